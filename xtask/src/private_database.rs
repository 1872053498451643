//! A private PostgreSQL with this version's schema in it.

use std::path::Path;

use anyhow::{Context, Result};
use dev_postgres::{Options, Server};

/// Starts the server whose data stays in `folder`; it stops when this process ends.
pub(crate) fn start(folder: &Path) -> Result<Server> {
    let options =
        Options { durable: true, folder: Some(folder.to_path_buf()), ..Options::default() };
    Server::start(&options).context("no private PostgreSQL")
}

/// Brings a database to this version and writes the platform's rules into it.
pub(crate) async fn prepare(url: &str) -> Result<()> {
    crate::migrate::to_this_version(url).await?;
    crate::seed::platform_rules(url).await?;
    Ok(())
}
