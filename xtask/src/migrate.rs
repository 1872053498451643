//! `cargo xtask migrate`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

/// What to do.
#[derive(Debug, Args)]
pub(crate) struct Options {}

pub(crate) fn run(_options: &Options) -> Result<ExitCode> {
    anyhow::bail!("soon")
}

pub(crate) async fn to_this_version(_url: &str) -> Result<()> {
    anyhow::bail!("the database crate has no such function yet")
}
