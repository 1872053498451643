//! Adds usage events up for the platform's metering.

use async_trait::async_trait;
use database::Database;
use jobs_core::PeriodicTask;
use tracing::debug;

use crate::telemetry::chain;

/// Folds `worker.usage_events` into `tenant_usages`.
#[derive(Debug)]
pub(super) struct FoldUsage {
    database: Database,
}

impl FoldUsage {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl PeriodicTask for FoldUsage {
    async fn run(&self) -> Result<(), String> {
        let events = database::usage::fold(&self.database).await.map_err(|error| chain(&error))?;
        debug!(events, "Usage was added up");
        Ok(())
    }
}
