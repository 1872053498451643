//! Documents against their truth files.

mod child;
mod files;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

pub(crate) use child::{ChildOptions, serve};

/// Which documents to read.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Folder that is walked for files with a truth beside them (`NAME.expected.json`).
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// One JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

/// Reads and compares.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let files = files::with_truth(&options.folder)?;
    if files.is_empty() {
        anyhow::bail!("{}: no file has a truth beside it", options.folder.display());
    }
    let mut failed = false;
    for file in files {
        let reading = child::read(&file.document)?;
        let outcome = match &reading.outcome {
            Ok(extraction) => extraction.kind().as_str().to_owned(),
            Err(error) => {
                failed = true;
                error.to_string()
            }
        };
        if options.json {
            anstream::println!("{}", serde_json::json!({"file": file.document, "outcome": outcome}));
        } else {
            anstream::println!("{}: {outcome}", file.document.display());
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
