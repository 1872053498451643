//! Prints what is read from files as one JSON array of `{file, documentType, fields, findings, error}`:
//! `cargo run --example fields -- FILE…`. Nothing is bounded here; the worker reads in a child process.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "reading files and printing is its purpose"
)]

use std::process::ExitCode;

use doc_pipeline::{Context, read_in_process};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let read = |file: String| -> Value {
        let outcome = std::fs::read(&file).map_err(|error| error.to_string()).and_then(|bytes| {
            read_in_process(&bytes, &Context::default()).map_err(|e| e.to_string())
        });
        match outcome {
            Ok(read) => json!({
                "file": file,
                "documentType": read.kind().as_str(),
                "fields": read.fields_json(),
                "findings": read.findings,
                "error": null,
            }),
            Err(error) => json!({
                "file": file, "documentType": null, "fields": null, "findings": [], "error": error,
            }),
        }
    };
    println!("{}", Value::Array(std::env::args().skip(1).map(read).collect()));
    ExitCode::SUCCESS
}
