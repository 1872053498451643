//! The other program on the database: the platform's backend and its pages.
//!
//! All SQL of this project is in `database`. What stands here is not the project's: it is what the
//! backend sends when a document is uploaded (naming only the columns that it knows) and what its
//! pages read, so that the demo and the measurements meet the worker from outside, as the platform
//! does.

mod integrations;
mod offices;
mod pages;
mod uploads;

use anyhow::{Context, Result};
use tokio_postgres::{Client, NoTls};

pub(crate) use integrations::NewIntegration;
pub(crate) use offices::{Company, Office};
pub(crate) use pages::{Alert, Progress, ResultRow};
pub(crate) use uploads::Upload;

/// A connection as the platform's backend holds one.
pub(crate) struct Platform {
    client: Client,
}

impl Platform {
    /// Connects to a database of this machine, without TLS.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let (client, connection) =
            tokio_postgres::connect(url, NoTls).await.context("cannot connect to the database")?;
        // What ends the connection shows in the statement that needs it.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Self { client })
    }

    /// For measurements, which bring their own statements.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}
