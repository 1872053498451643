//! The reading child as a program of its own, for callers that are not the worker (whose own binary
//! does the same behind a hidden subcommand) and for this crate's tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    doc_pipeline::isolation::serve_child()
}
