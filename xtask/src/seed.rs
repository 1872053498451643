//! `cargo xtask seed`: the platform's risk rules and integration providers, and the demo's offices on
//! request.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use database::seed::NewProvider;
use integrations::{ConnectorCode, catalogue::PROVIDERS};

use crate::{database_url, demo, migrate};

/// What to write.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Two invented offices with their companies too, and the providers of made-up records.
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
        let added = providers(&url, options.demo).await?;
        anstream::println!("{added} integration providers added, the others were there");
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

/// Every provider that a connector has, so that offices can choose it; those that are there stay as they
/// are. Made-up ones only where `made_up` says so. Returns how many were added.
async fn providers(url: &str, made_up: bool) -> Result<u64> {
    let is_made_up = |code| matches!(code, ConnectorCode::MockAccounting | ConnectorCode::MockBank);
    let providers: Vec<NewProvider> = PROVIDERS
        .iter()
        .filter(|one| made_up || !is_made_up(one.code))
        .map(|one| NewProvider {
            kind: one.kind.to_owned(),
            code: one.code.as_str().to_owned(),
            name: one.name.to_owned(),
            description: one.description.to_owned(),
            config_schema: one.config_schema(),
        })
        .collect();
    Ok(database::seed::seed_providers(&migrate::open(url)?, &providers).await?)
}
