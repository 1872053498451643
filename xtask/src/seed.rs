//! `cargo xtask seed`: the platform's risk rules, and the demo's offices on request.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::{database_url, demo, migrate};

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
        let added = platform_rules(&url).await?;
        anstream::println!("{added} of the platform's risk rules added, the others were there");
        if options.demo {
            demo::register_offices(&url).await?;
            anstream::println!("the demo's offices are there");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The platform's global rules; those that are there stay as they are. Returns how many were added.
pub(crate) async fn platform_rules(url: &str) -> Result<u64> {
    Ok(database::seed::seed_platform_rules(&migrate::open(url)?).await?)
}
