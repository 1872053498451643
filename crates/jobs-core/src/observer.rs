//! What the runner lets others see.

use std::time::Duration;

use crate::{LeaseRef, Reaped, StoreError};

/// How an attempt ended, as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The job succeeded.
    Succeeded,
    /// The attempt failed; another one follows.
    Retried,
    /// The job failed.
    Failed,
    /// The job was put off by its handler.
    Snoozed,
    /// The job was cancelled.
    Cancelled,
    /// The job was given back.
    Released,
    /// The lease was not valid any more when the end was to be recorded: somebody else holds the
    /// job, it was called off, or an earlier try to record whose answer got lost had worked.
    Lost,
    /// The store could not be told; the lease runs out and the job returns.
    Unrecorded,
}

/// Something that happened in a runner.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunnerEvent<'a> {
    /// A claim came back.
    Claimed {
        /// Jobs in it, possibly none.
        jobs: usize,
        /// How long the store took.
        took: Duration,
    },
    /// A claim failed; the next poll tries again.
    ClaimFailed(&'a StoreError),
    /// An attempt begins.
    Started(&'a LeaseRef),
    /// An attempt ended and this was recorded.
    Ended {
        /// The job.
        lease: &'a LeaseRef,
        /// What was recorded.
        ending: Ending,
        /// From start to record.
        took: Duration,
    },
    /// A completion, failure or release could not be recorded at once.
    RecordFailed(&'a StoreError),
    /// Leases were extended.
    Heartbeat {
        /// Leases still held.
        held: usize,
        /// Leases found to be lost.
        lost: usize,
    },
    /// Leases could not be extended.
    HeartbeatFailed(&'a StoreError),
    /// Jobs of dead workers were taken back.
    Reaped(Reaped),
    /// Taking back failed; the next round tries again.
    ReapFailed(&'a StoreError),
    /// The runner claims no more and waits for its attempts.
    Stopping {
        /// Attempts still running.
        running: usize,
    },
}

/// Sees what a runner does: logs for people, signals for tests. Must not block.
pub trait Observer: Send + Sync + 'static {
    /// Called for each event, on the runner's own tasks.
    fn observe(&self, event: &RunnerEvent<'_>);
}

/// Sees nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn observe(&self, _event: &RunnerEvent<'_>) {}
}

impl<F: Fn(&RunnerEvent<'_>) + Send + Sync + 'static> Observer for F {
    fn observe(&self, event: &RunnerEvent<'_>) {
        self(event);
    }
}
