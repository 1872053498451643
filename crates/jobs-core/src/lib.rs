//! Job states, retry policy, leases, schedules and the runner; knows nothing of accounting or SQL.
//!
//! A job is a row somewhere that a [`JobStore`] can claim, extend and finish. A [`Runner`] drives one
//! [`Queue`]: it claims as much as it has room for, keeps the leases alive, runs a [`Handler`] for each
//! job and records how it ended. A [`Reaper`] takes back what dead workers held, a [`Scheduler`] runs
//! periodic work whose due times live in a store.
//!
//! Invariants:
//! - A claim counts the attempt and hands out a token that is used once; whoever no longer holds the
//!   newest token of a job changes nothing.
//! - Wake-ups are hints. Polling alone finds every due job.
//! - Time in a store is the store's own; this crate measures durations only.

mod handler;
mod lease;
mod memory;
mod observer;
mod outcome;
mod periodic;
mod queue;
mod reaper;
mod retry;
mod runner;
mod shutdown;
mod state;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod wakeups;

pub use handler::{CancelReason, Handler, JobContext};
pub use lease::{Claimed, LeaseRef};
pub use memory::{MemoryJob, MemoryPeriodicStore, MemoryStore, NewJob};
pub use observer::{Ending, Observer, RunnerEvent, Silent};
pub use outcome::{Failure, Outcome, Retry};
pub use periodic::{Due, PeriodicStore, PeriodicTask, Schedule, ScheduleEnd, Scheduler};
pub use queue::Queue;
pub use reaper::Reaper;
pub use retry::{Jitter, RetryPolicy};
pub use runner::{Runner, Summary};
pub use shutdown::{Shutdown, ShutdownHandle, StopPhase};
pub use state::{Event, IllegalTransition, JobState, apply};
pub use store::{ClaimRequest, JobStore, ReapRequest, Reaped, StoreError, Verdict};
pub use wakeups::{Wakeup, Wakeups};
