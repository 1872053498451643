//! How an attempt ended.

use std::time::Duration;

/// What a handler reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The handler has already completed the job, inside the transaction that wrote its effects.
    Completed,
    /// There was nothing to write; the runner completes the job, many at a time.
    Done,
    /// Call again after this long. The attempt does not count.
    Snooze(Duration),
    /// The job has lost its point (its subject is gone): it ends as cancelled.
    Cancelled,
    /// The handler found that somebody else holds the job now; nothing was written.
    LostLease,
    /// The attempt failed; nothing was written.
    Failed(Failure),
    /// The job failed for good, and the handler has already recorded it, inside the transaction that
    /// wrote what follows from it.
    FailureRecorded,
}

/// Why an attempt failed, for the two who will read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether another attempt makes sense.
    pub retry: Retry,
    /// A Turkish sentence for the person who waits for the result.
    pub user_message: String,
    /// The chain of causes, for the log and the job's row.
    pub technical: String,
}

/// Whether, and when, another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After the queue's back-off.
    Backoff,
    /// After this long.
    At(Duration),
    /// Never: the same input would fail the same way.
    Never,
}

impl Failure {
    /// A failure that another attempt may cure.
    pub fn retryable(user_message: impl Into<String>, technical: impl Into<String>) -> Self {
        Self {
            retry: Retry::Backoff,
            user_message: user_message.into(),
            technical: technical.into(),
        }
    }

    /// A failure that will not change.
    pub fn permanent(user_message: impl Into<String>, technical: impl Into<String>) -> Self {
        Self { retry: Retry::Never, user_message: user_message.into(), technical: technical.into() }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
