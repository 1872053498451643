//! Work that comes back by the clock. Due times live in a store, never in a process's uptime.

mod scheduler;

use std::time::Duration;

use async_trait::async_trait;

use crate::StoreError;

pub use scheduler::Scheduler;

/// One kind of periodic work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name, unique in the store.
    pub name: String,
    /// From one due time to the next.
    pub interval: Duration,
    /// A dead leader is replaced after this long.
    pub lease: Duration,
    /// After a failed run the next one comes this soon, unless it is due earlier.
    pub retry_after: Duration,
}

impl Schedule {
    /// A schedule with a lease of 60 s, tried again a minute after a failure.
    pub fn new(name: impl Into<String>, interval: Duration) -> Self {
        Self {
            name: name.into(),
            interval,
            lease: Duration::from_mins(1),
            retry_after: Duration::from_mins(1),
        }
    }
}

/// The right to run a schedule once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The schedule's name.
    pub name: String,
    /// The fencing token.
    pub token: i64,
}

/// How a periodic run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleEnd {
    /// Well; due again at the next multiple of the interval that lies ahead.
    Done,
    /// Not well; due again after the delay or at its ordinary time, whichever comes first.
    Failed {
        /// The soonest next run.
        retry_after: Duration,
        /// For people who look at the row.
        error: String,
    },
}

/// Keeps due times and who leads.
#[async_trait]
pub trait PeriodicStore: Send + Sync + 'static {
    /// Makes sure that the schedule exists with this interval. A new one is due at once; a shorter
    /// interval draws the due time nearer.
    async fn ensure(&self, name: &str, interval: Duration) -> Result<(), StoreError>;

    /// Takes the schedule if it is due and nobody leads it.
    async fn try_take(
        &self,
        name: &str,
        owner: &str,
        lease: Duration,
    ) -> Result<Option<Due>, StoreError>;

    /// Keeps the lead. `false` when it was lost.
    async fn extend(&self, due: &Due, lease: Duration) -> Result<bool, StoreError>;

    /// Ends the run and sets the next due time. `false` when the lead was lost.
    async fn finish(&self, due: &Due, end: &ScheduleEnd) -> Result<bool, StoreError>;

    /// Gives an interrupted run back, due as before. `false` when the lead was lost.
    async fn release(&self, due: &Due) -> Result<bool, StoreError>;
}

/// Does the periodic work.
#[async_trait]
pub trait PeriodicTask: Send + Sync + 'static {
    /// Runs once. The error is a chain of causes, for the log. Dropped when the lead is lost.
    async fn run(&self) -> Result<(), String>;
}
