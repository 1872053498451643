//! One file for each command.

mod beside;
pub(crate) mod doctor;
pub(crate) mod health;
pub(crate) mod integrations;
pub(crate) mod jobs;
pub(crate) mod process;
pub(crate) mod risk;
pub(crate) mod rules;
pub(crate) mod run;
mod shown;
pub(crate) mod status;
pub(crate) mod storage;
pub(crate) mod sync;

use anyhow::Context as _;
use database::{Config, Database};

use crate::{
    config::{DatabaseSettings, Flags, Settings, Source, env_file},
    telemetry::{self, Target},
};

/// Where the settings of this start come from.
fn source(flags: &Flags) -> Source {
    #[expect(clippy::disallowed_methods, reason = "this is the edge where settings are parsed")]
    let environment = |name: &str| std::env::var_os(name);
    Source::new(flags, environment, &env_file())
}

/// The settings of a command that looks at the platform or steers it.
fn settings(flags: &Flags) -> anyhow::Result<Settings> {
    let settings = Settings::load(&source(flags))?;
    telemetry::install(settings.logs, Target::Command);
    Ok(settings)
}

/// Runs a command's work. Threads that still read a document are not waited for: their child
/// processes end with this one.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}

/// The pool, without a connection yet.
fn database(settings: &DatabaseSettings) -> anyhow::Result<Database> {
    let url = settings.url.reveal().parse().context("DATABASE_URL cannot be used")?;
    let direct =
        settings.direct_url.reveal().parse().context("DIRECT_DATABASE_URL cannot be used")?;
    let config =
        Config { direct_url: Some(direct), pool_size: settings.pool_size, ..Config::new(url) };
    Ok(Database::lazy(config)?)
}
