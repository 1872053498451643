//! Migrations: additive, embedded, one runner at a time.
//!
//! Files and bookkeeping are Diesel's (`migrations/<number>_<what>/{up,down}.sql`), its table lies
//! in schema `worker`. The runner is ours, because Diesel's takes no lock, cannot show what it
//! would do, and cannot run two concurrent index builds of one file.

mod bookkeeping;
mod files;
mod runner;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub use files::{ALL, Migration};

use crate::{Database, Error, schema_check};
use runner::Runner;

/// Why migrations could not be run.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Another process kept migrating for too long.
    #[error("another process is migrating this database and did not end")]
    Locked,
    /// A table stayed locked by others; nothing of this migration was done.
    #[error("{migration} could not get its locks because a table is in use; try again later")]
    Blocked {
        /// The migration's name.
        migration: &'static str,
    },
    /// A statement failed; a migration in a transaction left nothing behind.
    #[error("{migration} failed")]
    Failed {
        /// The migration's name.
        migration: &'static str,
        /// The database's reason.
        source: diesel::result::Error,
    },
    /// The database was migrated by a newer program.
    #[error("the database has migrations that this program does not know: {}", versions.join(", "))]
    Newer {
        /// The unknown versions.
        versions: Vec<String>,
    },
}

/// A migration and when it was run.
#[derive(Debug, Clone)]
pub struct Status {
    /// The migration.
    pub migration: &'static Migration,
    /// When it was run, by the database's clock; `None` when it is still to be run.
    pub run_at: Option<DateTime<Utc>>,
}

/// What [`run`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Migrations that were run now.
    pub applied: Vec<&'static str>,
    /// Migrations that were run again to bring back something that was lost.
    pub mended: Vec<&'static str>,
}

/// Runs what was not yet run, and brings back what was lost since; any number of processes may
/// call this at once.
pub async fn run(database: &Database) -> Result<Report, Error> {
    let mut runner = Runner::lock(database).await?;
    let mut report = Report::default();
    for status in runner.status().await? {
        if status.run_at.is_none() {
            runner.apply(status.migration).await?;
            report.applied.push(status.migration.name);
        }
    }
    let lost = schema_check::differences(runner.connection()).await?;
    if lost.iter().any(schema_check::Difference::is_mended_by_migrating) {
        for migration in ALL.iter().filter(|migration| migration.repeatable) {
            runner.repeat(migration).await?;
            report.mended.push(migration.name);
        }
    }
    runner.unlock().await?;
    Ok(report)
}

/// Every migration and when it was run. Changes nothing.
pub async fn status(database: &Database) -> Result<Vec<Status>, Error> {
    bookkeeping::status(&mut database.direct().await?).await
}

/// The migrations that [`run`] would run, in order. Changes nothing.
pub async fn dry_run(database: &Database) -> Result<Vec<&'static Migration>, Error> {
    let status = status(database).await?;
    Ok(status.iter().filter(|s| s.run_at.is_none()).map(|s| s.migration).collect())
}

/// Takes back the newest `count` migrations, newest first; `None` takes back all, which leaves the
/// platform's tables as they were before.
pub async fn revert(database: &Database, count: Option<usize>) -> Result<Vec<&'static str>, Error> {
    let mut runner = Runner::lock(database).await?;
    let status = runner.status().await?;
    let applied = status.iter().rev().filter(|status| status.run_at.is_some());
    let mut reverted = Vec::new();
    for status in applied.take(count.unwrap_or(usize::MAX)) {
        runner.revert(status.migration).await?;
        reverted.push(status.migration.name);
    }
    runner.clean().await?;
    runner.unlock().await?;
    Ok(reverted)
}

/// A digest of all migrations, as hexadecimal text: another one whenever any of them changes.
pub fn digest() -> String {
    let mut digest = Sha256::new();
    for migration in ALL {
        for part in [migration.name, migration.up, migration.down] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    hex::encode(digest.finalize())
}
