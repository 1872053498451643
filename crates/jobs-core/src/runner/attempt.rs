//! One attempt: run it within its bounds and record how it ended.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use super::completer::{Completer, Ready};
use super::unsettled::Unsettled;
use super::{LAST_WORDS, Shared};
use crate::store::{PATIENCE, within};
use crate::{
    CancelReason, Claimed, Ending, Failure, JobContext, JobStore, LeaseRef, Outcome, Retry,
    RunnerEvent, StoreError, Verdict,
};

/// Pauses before an end that could not be recorded is tried again; the lease is kept alive meanwhile.
const RECORD_PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

const TIMED_OUT: &str = "İşlem, izin verilen sürede tamamlanamadı.";
const PANICKED: &str = "İşlem sırasında beklenmeyen bir hata oluştu.";

/// What the runner learns from an attempt that has ended.
pub(super) struct Finished {
    /// When the job is due again, if the attempt put it off.
    pub(super) due_after: Option<Duration>,
    /// The lease, when the attempt was interrupted by a stop and must be given back.
    pub(super) interrupted: Option<LeaseRef>,
}

pub(super) struct Attempt<S: JobStore> {
    shared: Arc<Shared<S>>,
    completer: Completer,
    context: JobContext,
}

impl<S: JobStore> Attempt<S> {
    pub(super) fn new(shared: Arc<Shared<S>>, completer: Completer, context: JobContext) -> Self {
        Self { shared, completer, context }
    }

    pub(super) async fn run(self, job: Claimed<S::Payload>) -> Finished {
        let span = tracing::info_span!(
            "job",
            queue = %self.shared.queue.name,
            job.id = %job.id,
            tenant.id = %job.tenant,
            attempt = job.attempt,
        );
        let lease = job.lease();
        let started = Instant::now();
        let unsettled = Unsettled::new(&self.shared, vec![lease.clone()]);
        let finished = async {
            self.shared.observer.observe(&RunnerEvent::Started(&lease));
            match self.outcome(&job).await {
                Ok(outcome) => self.settle(&job, lease, outcome, started).await,
                Err(CancelReason::Stopping) => {
                    Finished { due_after: None, interrupted: Some(lease) }
                }
                Err(CancelReason::LostLease | CancelReason::TimedOut) => {
                    self.shared.ended(&lease, Ending::Lost, started);
                    Finished { due_after: None, interrupted: None }
                }
            }
        }
        .instrument(span)
        .await;
        unsettled.settled();
        finished
    }

    /// Runs the handler within the attempt's time; `Err` when the attempt was interrupted from
    /// outside. In each case the handler's future is gone afterwards.
    async fn outcome(&self, job: &Claimed<S::Payload>) -> Result<Outcome, CancelReason> {
        let limit = self.shared.queue.attempt_timeout;
        let work = AssertUnwindSafe(self.shared.handler.run(job, &self.context)).catch_unwind();
        tokio::select! {
            biased;
            // A panic's text may quote what was being worked on, so it is not kept.
            result = work => Ok(result.unwrap_or_else(|_| {
                Failure::retryable(PANICKED, "the handler panicked; the log has the place").into()
            })),
            () = self.context.cancellation().cancelled() => {
                Err(self.context.reason().unwrap_or(CancelReason::Stopping))
            }
            () = sleep(limit) => {
                self.context.cancel(CancelReason::TimedOut);
                let technical = format!("the attempt took longer than {} ms", limit.as_millis());
                Ok(Failure::retryable(TIMED_OUT, technical).into())
            }
        }
    }

    async fn settle(
        &self,
        job: &Claimed<S::Payload>,
        lease: LeaseRef,
        outcome: Outcome,
        started: Instant,
    ) -> Finished {
        let store = &self.shared.store;
        let mut due_after = None;
        let (written, ending) = match outcome {
            Outcome::Done => {
                self.completer.hand_in(Ready { lease, started }).await;
                return Finished { due_after: None, interrupted: None };
            }
            Outcome::Completed => (Some(true), Ending::Succeeded),
            Outcome::FailureRecorded => (Some(true), Ending::Failed),
            Outcome::LostLease => (Some(false), Ending::Lost),
            Outcome::Snooze(delay) => {
                due_after = Some(delay);
                (self.shared.record(|| store.snooze(&lease, delay)).await, Ending::Snoozed)
            }
            Outcome::Cancelled => {
                (self.shared.record(|| store.cancel(&lease)).await, Ending::Cancelled)
            }
            Outcome::Failed(failure) => {
                let verdict = self.verdict(job, failure.retry);
                let ending = match verdict {
                    Verdict::RetryAfter(delay) => {
                        due_after = Some(delay);
                        Ending::Retried
                    }
                    Verdict::Final => Ending::Failed,
                };
                (self.shared.record(|| store.fail(&lease, &failure, verdict)).await, ending)
            }
        };
        let ending = match written {
            Some(true) => ending,
            Some(false) => Ending::Lost,
            None => Ending::Unrecorded,
        };
        self.shared.ended(&lease, ending, started);
        Finished { due_after, interrupted: None }
    }

    fn verdict(&self, job: &Claimed<S::Payload>, retry: Retry) -> Verdict {
        match retry {
            _ if job.is_last_attempt() => Verdict::Final,
            Retry::Never => Verdict::Final,
            Retry::At(delay) => Verdict::RetryAfter(delay),
            Retry::Backoff => {
                Verdict::RetryAfter(self.shared.queue.retry.delay(job.attempt, &mut rand::rng()))
            }
        }
    }
}

impl<S: JobStore> Shared<S> {
    /// Tells the store, again after a pause when it is out of reach. `None` when it never answered.
    pub(super) async fn record<T, F>(&self, mut write: impl FnMut() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let mut pauses = RECORD_PAUSES.into_iter();
        loop {
            // A lost answer keeps neither the attempt's place nor, by heartbeats, its lease for ever.
            match within(PATIENCE, write()).await {
                Ok(written) => return Some(written),
                Err(error) => {
                    self.observer.observe(&RunnerEvent::RecordFailed(&error));
                    match pauses.next().filter(|_| error.is_retryable()) {
                        Some(pause) => sleep(pause).await,
                        None => return None,
                    }
                }
            }
        }
    }

    /// Gives leases back; they run out when the store cannot be told in time, for whoever waits for
    /// this has more to see to.
    pub(super) async fn release(&self, leases: &[LeaseRef]) {
        if leases.is_empty() {
            return;
        }
        let started = Instant::now();
        let recorded = timeout(LAST_WORDS, self.record(|| self.store.release(leases))).await;
        let released = recorded.is_ok_and(|answer| answer.is_some());
        let ending = if released { Ending::Released } else { Ending::Unrecorded };
        for lease in leases {
            self.ended(lease, ending, started);
        }
    }

    pub(super) fn ended(&self, lease: &LeaseRef, ending: Ending, started: Instant) {
        self.held.remove(lease);
        self.tally.ended(ending);
        self.observer.observe(&RunnerEvent::Ended { lease, ending, took: started.elapsed() });
    }
}
