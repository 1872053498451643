//! One file for each kind of work. A new kind is a file and a line in `commands::run` (a queue) or in [`schedules`].

mod charts;
mod document;
mod risk;
mod risk_day;
mod rules;
pub(crate) mod sync;
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
    let IntervalSettings { risk_calculation, usage_fold, sync_scheduler, .. } = settings.intervals;
    let store = Arc::new(PgPeriodicStore::new(database.clone()));
    Scheduler::new(store, owner, LOOK_EVERY.min(usage_fold / 2).min(sync_scheduler / 2))
        .with(
            Schedule::new("risk-calculation", risk_calculation),
            Arc::new(risk_day::FanOutRisk::new(database.clone())),
        )
        .with(
            Schedule::new("usage-fold", usage_fold),
            Arc::new(usage::FoldUsage::new(database.clone())),
        )
        .with(
            Schedule::new("sync-scheduler", sync_scheduler),
            Arc::new(sync::ScheduleSyncs::new(database.clone(), settings.integrations.every)),
        )
}
