//! One file for each kind of work. A new kind is a file and a line in `commands::run` (a queue) or in [`schedules`].

mod charts;
mod document;
mod risk;
mod risk_day;
mod rules;
mod usage;

use std::{sync::Arc, time::Duration};

use database::{Database, jobs::PgPeriodicStore};
use jobs_core::{Schedule, Scheduler};

pub(crate) use self::{charts::Charts, document::DocumentHandler, risk::RiskHandler, rules::Rules};
use crate::config::{IntervalSettings, Settings};

/// Longest time that due periodic work waits for a worker to look.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Periodic work of this build.
pub(crate) fn schedules(settings: &Settings, database: &Database, owner: &str) -> Scheduler {
    let IntervalSettings { risk_calculation, usage_fold, .. } = settings.intervals;
    let store = Arc::new(PgPeriodicStore::new(database.clone()));
    Scheduler::new(store, owner, LOOK_EVERY.min(usage_fold / 2))
        .with(
            Schedule::new("risk-calculation", risk_calculation),
            Arc::new(risk_day::FanOutRisk::new(database.clone())),
        )
        .with(
            Schedule::new("usage-fold", usage_fold),
            Arc::new(usage::FoldUsage::new(database.clone())),
        )
}

/// Periods that are validated already, for work that this build does not have yet.
pub(crate) fn not_in_this_build(
    settings: &IntervalSettings,
) -> [(&'static str, &'static str, Duration); 2] {
    [
        (
            "Synchronisation of integrations",
            "INTEGRATION_SYNC_INTERVAL_MS",
            settings.integration_sync,
        ),
        ("Scheduling of synchronisations", "SYNC_SCHEDULER_INTERVAL_MS", settings.sync_scheduler),
    ]
}
