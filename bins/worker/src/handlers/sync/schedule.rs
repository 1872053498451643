//! Makes the sync jobs that are due, and puts right what a killed job left behind.

use std::time::Duration;

use async_trait::async_trait;
use database::{Database, integrations::jobs};
use integrations::catalogue::OF_BOTH;
use jobs_core::PeriodicTask;
use tracing::{debug, info, warn};

use crate::telemetry::chain;

/// First pause of an integration whose job failed; it doubles with each failure in a row.
const PAUSE: Duration = Duration::from_mins(10);

/// The scheduler of synchronisations.
#[derive(Debug)]
pub(crate) struct ScheduleSyncs {
    database: Database,
    every: Duration,
}

impl ScheduleSyncs {
    /// Syncs each integration `every` so often.
    pub(crate) fn new(database: Database, every: Duration) -> Self {
        Self { database, every }
    }
}

#[async_trait]
impl PeriodicTask for ScheduleSyncs {
    async fn run(&self) -> Result<(), String> {
        let settled = jobs::settle(&self.database).await.map_err(|error| chain(&error))?;
        if settled > 0 {
            warn!(integrations = settled, "Syncs that were cut off for good were told");
        }
        let of_both: Vec<_> =
            OF_BOTH.iter().map(|(code, unless)| (code.as_str(), *unless)).collect();
        let made = jobs::schedule(&self.database, self.every, PAUSE, &of_both)
            .await
            .map_err(|error| chain(&error))?;
        for job in &made {
            debug!(job_id = %job.job_id, integration_id = %job.integration_id,
                job_type = %job.job_type, "Sync job scheduled");
        }
        if !made.is_empty() {
            info!("Scheduled {} integration sync job(s)", made.len());
        }
        Ok(())
    }
}
