//! One file for each kind of work. A new kind is a file and a line in `commands::run` (a queue) or in [`schedules`].

mod document;
mod rules;
pub(crate) mod sync;
mod usage;

use std::{sync::Arc, time::Duration};

use database::{Database, jobs::PgPeriodicStore};
use jobs_core::{Schedule, Scheduler};

pub(crate) use self::{document::DocumentHandler, rules::Rules};
use crate::config::{IntervalSettings, Settings};

/// Longest time that due periodic work waits for a worker to look.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Periodic work of this build.
pub(crate) fn schedules(settings: &Settings, database: &Database, owner: &str) -> Scheduler {
    let IntervalSettings { usage_fold, sync_scheduler, .. } = settings.intervals;
    let store = Arc::new(PgPeriodicStore::new(database.clone()));
    Scheduler::new(store, owner, LOOK_EVERY.min(usage_fold / 2).min(sync_scheduler / 2))
        .with(
            Schedule::new("usage-fold", usage_fold),
            Arc::new(usage::FoldUsage::new(database.clone())),
        )
        .with(
            Schedule::new("sync-scheduler", sync_scheduler),
            Arc::new(sync::ScheduleSyncs::new(database.clone(), settings.integrations.every)),
        )
}

/// Periods that are validated already, for work that this build does not have yet.
pub(crate) fn not_in_this_build(
    settings: &IntervalSettings,
) -> [(&'static str, &'static str, Duration); 1] {
    [(
        "Risk calculation of companies",
        "RISK_CALCULATION_INTERVAL_MS",
        settings.risk_calculation,
    )]
}
