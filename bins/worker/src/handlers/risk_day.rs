//! The daily fan-out of risk calculations.

use async_trait::async_trait;
use chrono::Days;
use database::{Database, risk};
use jobs_core::PeriodicTask;
use tracing::info;

use crate::{scoring, telemetry::chain};

/// How long is kept what scores were made of.
const KEPT: Days = Days::new(400);

/// Makes the day's jobs, each once a day, and forgets what is too old.
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
        let today = scoring::today();
        let made = risk::fan_out(&self.database, today, None, None, false)
            .await
            .map_err(|error| chain(&error))?;
        if let Some(day) = today.checked_sub_days(KEPT) {
            risk::forget_before(&self.database, day).await.map_err(|error| chain(&error))?;
        }
        let (subjects, made) = (made.subjects, made.made);
        info!(subjects, made, "Risk calculations of the day are scheduled");
        Ok(())
    }
}
