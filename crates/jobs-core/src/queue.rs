//! How one queue is worked on.

use std::time::Duration;

use crate::RetryPolicy;

/// Settings of one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The queue's name, also the payload of its wake-ups.
    pub name: String,
    /// Attempts running at once.
    pub concurrency: usize,
    /// Jobs held beyond that, so that a free slot need not wait for a claim.
    pub buffer: usize,
    /// Claims under way at once, while work abounds and there is room for many jobs: each asks for
    /// an equal share of `concurrency + buffer`. A small or an empty queue is asked by one.
    pub claims: usize,
    /// A due job is found after this long even when no wake-up arrives.
    pub poll_interval: Duration,
    /// A dead worker's jobs return after this long.
    pub lease: Duration,
    /// One attempt may take this long.
    pub attempt_timeout: Duration,
    /// After a stop is asked for, running attempts may take this long to end.
    pub grace: Duration,
    /// A worker waits up to this long after a wake-up, in proportion to how busy it is, so that idle
    /// workers come first and one insert does not make all claim at the same instant.
    pub wake_jitter: Duration,
    /// Jobs without effects that are completed in one statement.
    pub completion_batch: usize,
    /// When failed attempts are tried again.
    pub retry: RetryPolicy,
}

impl Queue {
    /// A queue with the defaults of this project: 8 at once, 2 in reserve, a poll each 5 s, leases of
    /// 30 s, 5 minutes an attempt, 30 s to end.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            concurrency: 8,
            buffer: 2,
            claims: 3,
            poll_interval: Duration::from_secs(5),
            lease: Duration::from_secs(30),
            attempt_timeout: Duration::from_mins(5),
            grace: Duration::from_secs(30),
            wake_jitter: Duration::from_millis(20),
            completion_batch: 500,
            retry: RetryPolicy::default(),
        }
    }

    /// How often leases are extended: three times within one.
    pub fn heartbeat(&self) -> Duration {
        (self.lease / 3).max(Duration::from_millis(1))
    }
}
