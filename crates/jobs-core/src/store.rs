//! What the engine asks of whatever keeps the jobs.

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use crate::{Claimed, Failure, LeaseRef};

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Asking again later may help (connection lost, server restarting, lock time-out).
    #[error("the job store is out of reach")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Asking again will not help: the store and the program do not fit each other.
    #[error("the job store refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether asking again later may help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The store may never answer: a server that vanished closes no connection.
    pub(crate) fn unanswered(patience: Duration) -> Self {
        Self::Unavailable(format!("no answer within {} ms", patience.as_millis()).into())
    }
}

/// How long to wait for an answer that nothing else bounds. Longer than a server may take over a
/// statement before it ends it by itself, so that a slow one is not taken for a silent one.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The store's answer; an error when it stays silent for longer than `patience`.
pub(crate) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(patience, answer).await.unwrap_or_else(|_| Err(StoreError::unanswered(patience)))
}

/// What a claim asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRequest<'a> {
    /// At most this many jobs.
    pub limit: usize,
    /// Who claims; for people who look at the row.
    pub owner: &'a str,
    /// How long the leases last unless extended.
    pub lease: Duration,
}

/// What becomes of a job whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Back to pending, due after this long.
    RetryAfter(Duration),
    /// Failed for good.
    Final,
}

/// What a reaper asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReapRequest {
    /// At most this many jobs at once.
    pub limit: usize,
    /// Jobs in progress without any lease (a worker that knows no leases left them) are taken back
    /// when they are this old.
    pub abandoned_after: Duration,
}

impl Default for ReapRequest {
    fn default() -> Self {
        Self { limit: 500, abandoned_after: Duration::from_mins(15) }
    }
}

/// What a reaper did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Jobs that are pending again.
    pub returned: usize,
    /// Jobs that had used up their attempts and failed.
    pub failed: usize,
}

impl Reaped {
    /// All jobs touched.
    pub fn total(self) -> usize {
        self.returned + self.failed
    }
}

/// Keeps the jobs of one queue.
///
/// Every method that takes a [`LeaseRef`] changes a job only while the lease's token is the newest
/// and the job is in progress.
#[async_trait]
pub trait JobStore: Send + Sync + 'static {
    /// What a claim returns with each job.
    type Payload: Send + Sync + 'static;

    /// Hands out due jobs: never one job twice, fair between tenants, within a tenant by priority and
    /// then by age. Jobs of suspended tenants wait. Each handed out job has its attempt counted.
    ///
    /// Fewer jobs than asked for does not mean that there are no more; none does.
    async fn claim(
        &self,
        request: ClaimRequest<'_>,
    ) -> Result<Vec<Claimed<Self::Payload>>, StoreError>;

    /// Makes the leases last `lease` from now. Returns those that are lost. A lease under which its
    /// own job has succeeded is not lost: its holder has only not heard of it yet.
    async fn extend(
        &self,
        leases: &[LeaseRef],
        lease: Duration,
    ) -> Result<Vec<LeaseRef>, StoreError>;

    /// Completes jobs that had nothing to write. Returns the leases that were lost.
    async fn complete(&self, leases: &[LeaseRef]) -> Result<Vec<LeaseRef>, StoreError>;

    /// Records a failed attempt. `false` when the lease was lost.
    async fn fail(
        &self,
        lease: &LeaseRef,
        failure: &Failure,
        verdict: Verdict,
    ) -> Result<bool, StoreError>;

    /// Makes the job due again after `delay` and gives the attempt back. `false` when the lease was
    /// lost.
    async fn snooze(&self, lease: &LeaseRef, delay: Duration) -> Result<bool, StoreError>;

    /// Ends the job as cancelled. `false` when the lease was lost.
    async fn cancel(&self, lease: &LeaseRef) -> Result<bool, StoreError>;

    /// Gives unfinished jobs back, due and as old as before, with their attempts. Returns how many
    /// were still held.
    async fn release(&self, leases: &[LeaseRef]) -> Result<usize, StoreError>;

    /// Takes back jobs whose leases ran out, and jobs in progress that never had a lease and are old.
    /// They are due and as old as before.
    async fn reap(&self, request: ReapRequest) -> Result<Reaped, StoreError>;
}
