//! `cargo xtask eval`: how right the engines are, on data whose truth is known.

mod anomaly;

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
}

/// Evaluates one engine.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    match &options.what {
        What::Anomaly(options) => anomaly::run(options),
    }
}
