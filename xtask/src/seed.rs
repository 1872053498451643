//! `cargo xtask seed`: the platform's risk rules, and the demo's offices on request.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::{database_url, demo};

/// What to write.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Two invented offices with their companies too.
    #[arg(long)]
    demo: bool,
}

/// Writes into the database of `DATABASE_URL`; what is there already stays.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let url = database_url::of_the_developer()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        platform_rules(&url).await?;
        anstream::println!("the platform's risk rules are there");
        if options.demo {
            demo::register_offices(&url).await?;
            anstream::println!("the demo's offices are there");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The eight global rules of the platform.
pub(crate) async fn platform_rules(_url: &str) -> Result<()> {
    anyhow::bail!("the database crate has no such function yet")
}
