//! `cargo xtask bench`.
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;
/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {}
pub(crate) fn run(_options: &Options) -> Result<ExitCode> {
    anyhow::bail!("soon")
}
