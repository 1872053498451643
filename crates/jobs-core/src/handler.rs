//! What does the work of a job.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{Claimed, Outcome};

/// Does the work of one kind of job.
#[async_trait]
pub trait Handler<P>: Send + Sync + 'static {
    /// Runs one attempt.
    ///
    /// The future is dropped when the lease is lost, the attempt's time is up or the worker must stop;
    /// [`JobContext::cancellation`] fires first, for work that a drop does not reach (threads, child
    /// processes).
    async fn run(&self, job: &Claimed<P>, context: &JobContext) -> Outcome;
}

/// Why an attempt is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    /// The job belongs to somebody else now, or was called off.
    LostLease,
    /// The attempt took longer than the queue allows.
    TimedOut,
    /// The worker stops and cannot wait any longer.
    Stopping,
}

/// What an attempt may know of the engine around it.
#[derive(Debug, Clone, Default)]
pub struct JobContext {
    token: CancellationToken,
    reason: Arc<OnceLock<CancelReason>>,
}

impl JobContext {
    /// A context that nothing has cancelled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fires when the attempt is interrupted.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.token
    }

    /// Whether the attempt is interrupted.
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Why, once it is.
    pub fn reason(&self) -> Option<CancelReason> {
        self.reason.get().copied()
    }

    /// Interrupts the attempt. The first reason stays.
    pub fn cancel(&self, reason: CancelReason) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }
}
