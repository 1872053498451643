//! Documents against their truth: per kind and field what is exact, wrong, missing, and wrong but
//! presented as verified, which is the worst fault there is.

mod child;
mod compare;
mod files;
mod report;
mod shares;
mod stages;
mod truth;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use indicatif::ProgressBar;

pub(crate) use child::{ChildOptions, serve};

use self::compare::Comparison;
use self::report::Report;
use crate::workspace;

/// Which documents to read.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Folder that is walked for documents with a truth (`NAME.expected.json` beside them, or an
    /// `expected.json` that names them); the project's own fixtures when absent.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// One JSON object instead of tables.
    #[arg(long)]
    json: bool,
    /// Every difference, one line each.
    #[arg(long)]
    remarks: bool,
}

/// Reads every document and compares.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    stages::install();
    let folder = match &options.folder {
        Some(folder) => folder.clone(),
        None => workspace::root().join("crates/doc-pipeline/tests/fixtures"),
    };
    let files = files::with_truth(&folder)?;
    if files.is_empty() {
        anyhow::bail!("{}: no document has a truth beside it", folder.display());
    }
    let progress = ProgressBar::new(files.len() as u64);
    let mut report = Report::default();
    for file in files {
        let name = file.document.strip_prefix(&folder).unwrap_or(&file.document);
        let name = name.display().to_string();
        progress.set_message(name.clone());
        let bytes = std::fs::read(&file.document)
            .with_context(|| format!("cannot read {}", file.document.display()))?;
        let reading = child::read(&bytes, truth::hint(&file.truth))?;
        let comparison = match &reading.outcome {
            Ok(extraction) => {
                let mut comparison = Comparison::new(extraction);
                truth::compare(&file.truth, &mut comparison);
                comparison
            }
            Err(error) => {
                let mut comparison = Comparison::unread();
                truth::compare(&file.truth, &mut comparison);
                comparison.remarks.insert(0, format!("not read: {error}"));
                comparison
            }
        };
        report.add(name, &reading, comparison);
        progress.inc(1);
    }
    progress.finish_and_clear();
    report.print(options.json, options.remarks)?;
    Ok(ExitCode::SUCCESS)
}
