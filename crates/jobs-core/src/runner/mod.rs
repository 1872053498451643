//! Drives one queue: claims, keeps leases alive, runs attempts, records how they ended.

mod attempt;
mod claims;
mod completer;
mod heartbeat;
mod held;
mod reserve;
mod summary;
mod unsettled;

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::store::{PATIENCE, within};
use crate::{
    CancelReason, Claimed, Ending, Handler, JobStore, Observer, Queue, ReapRequest, RunnerEvent,
    Shutdown, StopPhase, StoreError, Wakeup, Wakeups,
};

use attempt::{Attempt, Finished};
use claims::{Answer, Claims};
use completer::Completer;
use held::Held;
use reserve::{Reserve, Waiting};
pub use summary::Summary;
use summary::Tally;

/// Claims that may fail in a row before a drain gives up.
const DRAIN_PATIENCE: u32 = 5;
/// How long a stop waits for what cannot be interrupted, and for the store to take leases back.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(5);

/// Drives one queue in this process.
pub struct Runner<S: JobStore> {
    shared: Arc<Shared<S>>,
    wakeup: Wakeup,
}

/// What the runner's tasks have in common.
struct Shared<S: JobStore> {
    store: Arc<S>,
    handler: Arc<dyn Handler<S::Payload>>,
    queue: Queue,
    owner: String,
    observer: Arc<dyn Observer>,
    held: Held,
    tally: Tally,
}

impl<S: JobStore> std::fmt::Debug for Runner<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("queue", &self.shared.queue)
            .field("owner", &self.shared.owner)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    UntilStopped,
    UntilNothingIsDue,
}

impl<S: JobStore> Runner<S> {
    /// A runner for `queue`; `owner` names this process in the jobs' rows.
    pub fn new(
        store: Arc<S>,
        handler: Arc<dyn Handler<S::Payload>>,
        queue: Queue,
        owner: impl Into<String>,
        wakeups: &Wakeups,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let wakeup = wakeups.subscribe(&queue.name);
        let queue = Queue { concurrency: queue.concurrency.max(1), ..queue };
        let shared = Shared {
            store,
            handler,
            queue,
            owner: owner.into(),
            observer,
            held: Held::default(),
            tally: Tally::default(),
        };
        Self { shared: Arc::new(shared), wakeup }
    }

    /// Works until the stop is asked for: then claims nothing more, lets attempts end within the
    /// queue's grace period, interrupts the others, and gives everything unfinished back.
    pub async fn run_until(self, shutdown: Shutdown) -> Summary {
        let tally = Arc::clone(&self.shared);
        // A long-lived runner outlasts its store's absences: the error is in the events.
        let _ = self.drive(shutdown, Mode::UntilStopped).await;
        tally.tally.read()
    }

    /// Works until nothing is due, after taking back what dead workers held.
    ///
    /// # Errors
    /// When the store stayed out of reach for several claims in a row.
    pub async fn drain(self, shutdown: Shutdown) -> Result<Summary, StoreError> {
        let shared = Arc::clone(&self.shared);
        let request = ReapRequest::default();
        loop {
            let reaped = within(PATIENCE, shared.store.reap(request)).await?;
            if reaped.total() > 0 {
                shared.observer.observe(&RunnerEvent::Reaped(reaped));
            }
            if reaped.total() < request.limit {
                break;
            }
        }
        self.drive(shutdown, Mode::UntilNothingIsDue).await?;
        Ok(shared.tally.read())
    }

    async fn drive(mut self, shutdown: Shutdown, mode: Mode) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let heartbeat = AbortOnDropHandle::new(tokio::spawn(heartbeat::beat(Arc::clone(&shared))));
        let (completer, completions) = Completer::start(Arc::clone(&shared));
        let mut work =
            Work { shared, completer, attempts: JoinSet::new(), waiting: Reserve::new() };

        let ended = self.claim_and_run(&mut work, &shutdown, mode).await;

        work.wind_down(&shutdown).await;
        drop(work);
        let grace = self.shared.queue.grace;
        let patience = async {
            let _ = timeout(grace, shutdown.reached(StopPhase::Now)).await;
            sleep(LAST_WORDS).await;
        };
        tokio::select! {
            biased;
            _ = completions => {}
            () = patience => {
                tracing::warn!("Completions could not be recorded in time; their leases run out");
            }
        }
        drop(heartbeat);
        ended
    }

    async fn claim_and_run(
        &mut self,
        work: &mut Work<S>,
        shutdown: &Shutdown,
        mode: Mode,
    ) -> Result<(), StoreError> {
        let queue = &self.shared.queue;
        let mut claims = Claims::new(Arc::clone(&self.shared));
        let mut failures = 0;
        // Whether there may be more to claim; otherwise the next look is at `next_look`, or when the
        // next of this runner's own jobs that were put off is due.
        let mut hungry = true;
        let mut next_look = Instant::now();
        let mut next_due: Option<Instant> = None;
        let drains = mode == Mode::UntilNothingIsDue;

        let ended = loop {
            work.start_waiting();
            let (running, waiting) = (work.attempts.len(), work.waiting.len());
            let mut room = if hungry { claims.room(running, waiting) } else { 0 };
            while room > 0 {
                // Hints from before this claim are answered by it.
                self.wakeup.clear();
                next_due = next_due.filter(|due| *due > Instant::now());
                claims.start(room);
                room = claims.room(running, waiting);
            }
            if drains && !hungry && failures == 0 && claims.is_empty() && work.is_idle() {
                break Ok(());
            }
            // Hints and the poll wait for the claims under way: their answers say what comes next.
            let look_again = !hungry && claims.is_empty() && (!drains || failures > 0);
            let look_at = next_due.map_or(next_look, |due| due.min(next_look));
            let stale = work.waiting.since().map_or(next_look, |since| since + queue.lease);
            tokio::select! {
                biased;
                () = shutdown.reached(StopPhase::Draining) => break Ok(()),
                Some(finished) = work.attempts.join_next(), if !work.attempts.is_empty() => {
                    match finished {
                        Ok(Finished { due_after: Some(delay), .. }) => {
                            // Known without asking: no need to wait for the poll.
                            let due = Instant::now() + delay;
                            next_due = Some(next_due.map_or(due, |next| next.min(due)));
                        }
                        Ok(_) => {}
                        Err(error) => tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "An attempt was torn down; its job returns when its lease runs out"
                        ),
                    }
                }
                Some(Answer { result, took, .. }) = claims.answer(), if !claims.is_empty() => {
                    match result {
                        Ok(jobs) => {
                            failures = 0;
                            hungry = !jobs.is_empty();
                            let jobs_claimed = RunnerEvent::Claimed { jobs: jobs.len(), took };
                            self.shared.observer.observe(&jobs_claimed);
                            work.hold(jobs);
                            next_look = Instant::now() + shortened(queue.poll_interval);
                        }
                        Err(error) => {
                            self.shared.observer.observe(&RunnerEvent::ClaimFailed(&error));
                            failures += 1;
                            if drains && (!error.is_retryable() || failures >= DRAIN_PATIENCE) {
                                break Err(error);
                            }
                            hungry = false;
                            let pause = Duration::from_millis(100 << failures.min(6));
                            next_look = Instant::now() + pause.min(queue.poll_interval);
                        }
                    }
                }
                () = self.wakeup.woken(), if look_again => {
                    let wait = jitter(queue.wake_jitter, work.attempts.len(), queue.concurrency);
                    if wait.is_zero() {
                        hungry = true;
                    } else {
                        next_look = next_look.min(Instant::now() + wait);
                    }
                }
                () = sleep_until(look_at), if look_again => hungry = true,
                () = sleep_until(stale), if !work.waiting.is_empty() => {
                    let waits = work.waiting.look_since().map(|since| since.elapsed());
                    if waits.is_some_and(|waits| waits >= queue.lease) {
                        // Another worker may have the free slot that this one does not get.
                        work.give_back_waiting().await;
                        hungry = false;
                        next_look = Instant::now() + shortened(queue.poll_interval);
                    }
                }
            }
        };
        // Claims under way may already hold leases: they must be known to be given back.
        let answers = async {
            while let Some(answer) = claims.answer().await {
                work.hold(answer.result.unwrap_or_default());
            }
        };
        if timeout(LAST_WORDS, answers).await.is_err() {
            tracing::warn!("A claim did not answer in time; its leases run out");
        }
        ended
    }
}

/// The jobs at hand.
struct Work<S: JobStore> {
    shared: Arc<Shared<S>>,
    completer: Completer,
    attempts: JoinSet<Finished>,
    waiting: Reserve<S::Payload>,
}

impl<S: JobStore> Work<S> {
    fn is_idle(&self) -> bool {
        // Completions under way do not count: they make nothing due.
        self.attempts.is_empty() && self.waiting.is_empty()
    }

    fn hold(&mut self, jobs: Vec<Claimed<S::Payload>>) {
        self.shared.tally.claimed(jobs.len());
        let since = Instant::now();
        for job in jobs {
            self.shared.held.add(job.lease());
            self.waiting.push(job, since);
        }
    }

    fn start_waiting(&mut self) {
        while self.attempts.len() < self.shared.queue.concurrency {
            let Some(Waiting { job, since }) = self.waiting.pop() else { return };
            let lease = job.lease();
            if let Some(context) = self.shared.held.context(&lease) {
                let attempt =
                    Attempt::new(Arc::clone(&self.shared), self.completer.clone(), context);
                self.attempts.spawn(attempt.run(job));
            } else {
                // Lost before its turn.
                self.shared.ended(&lease, Ending::Lost, since);
            }
        }
    }

    async fn give_back_waiting(&mut self) {
        let leases = self.waiting.take_leases();
        self.shared.release(&leases).await;
    }

    /// Ends what is at hand. Each step has its time: a store that is away must not hold up a stop,
    /// nor hide a second signal.
    async fn wind_down(&mut self, shutdown: &Shutdown) {
        let shared = Arc::clone(&self.shared);
        let waiting = self.waiting.take_leases();
        tokio::join!(shared.release(&waiting), self.end_attempts(shutdown));
    }

    async fn end_attempts(&mut self, shutdown: &Shutdown) {
        if self.attempts.is_empty() {
            return;
        }
        self.shared.observer.observe(&RunnerEvent::Stopping { running: self.attempts.len() });
        let grace = sleep_until(Instant::now() + self.shared.queue.grace);
        tokio::pin!(grace);
        loop {
            tokio::select! {
                biased;
                ended = self.attempts.join_next() => if ended.is_none() { return },
                () = shutdown.reached(StopPhase::Now) => break,
                () = &mut grace => break,
            }
        }
        self.shared.held.cancel_all(CancelReason::Stopping);
        let mut interrupted = Vec::new();
        let all_ended = timeout(LAST_WORDS, async {
            while let Some(finished) = self.attempts.join_next().await {
                if let Ok(Finished { interrupted: Some(lease), .. }) = finished {
                    interrupted.push(lease);
                }
            }
        });
        if all_ended.await.is_err() {
            self.attempts.abort_all();
        }
        self.shared.release(&interrupted).await;
    }
}

/// A little less than the interval, so that processes started together do not stay together.
fn shortened(interval: Duration) -> Duration {
    interval.mul_f64(rand::rng().random_range(0.9..=1.0))
}

/// An idle worker goes at once; the busier, the longer it waits.
fn jitter(most: Duration, busy: usize, slots: usize) -> Duration {
    if busy == 0 {
        return Duration::ZERO;
    }
    let share = u32::try_from(busy.min(slots)).unwrap_or(u32::MAX);
    let slots = u32::try_from(slots.max(1)).unwrap_or(u32::MAX);
    crate::retry::up_to(most.saturating_mul(share) / slots, &mut rand::rng())
}
