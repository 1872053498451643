//! The daily fan-out of risk calculations.

use async_trait::async_trait;
use database::{Database, risk};
use jobs_core::PeriodicTask;
use tracing::info;

use crate::{scoring, telemetry::chain};

/// Makes the day's jobs, each once a day.
#[derive(Debug)]
pub(super) struct FanOutRisk {
    database: Database,
}

impl FanOutRisk {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl PeriodicTask for FanOutRisk {
    async fn run(&self) -> Result<(), String> {
        let made = risk::fan_out(&self.database, scoring::today(), None, None, false)
            .await
            .map_err(|error| chain(&error))?;
        let (subjects, made) = (made.subjects, made.made);
        info!(subjects, made, "Risk calculations of the day are scheduled");
        Ok(())
    }
}
