//! `cargo xtask eval`: how right the engines are, on data whose truth is known.

pub(crate) mod documents;

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
    /// Read every document of a folder that has an `.expected.json` beside it, and compare.
    Documents(documents::Options),
}

/// Evaluates one engine.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    match &options.what {
        What::Documents(options) => documents::run(options),
    }
}
