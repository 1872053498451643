//! `cargo xtask eval`: how right the engines are, on data whose truth is known.

mod anomaly;
pub(crate) mod documents;
mod reference;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

/// What to evaluate.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Replay the month-ends of labelled ledgers and score the findings.
    Anomaly(anomaly::Options),
    /// Read every document of a folder that has an `.expected.json` beside it, and compare.
    Documents(documents::Options),
    /// Hold the statistics to values that others have published.
    Reference(reference::Options),
}

/// Evaluates one engine.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    match &options.what {
        What::Anomaly(options) => anomaly::run(options),
        What::Documents(options) => documents::run(options),
        What::Reference(options) => reference::run(options),
    }
}
