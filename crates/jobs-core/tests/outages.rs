//! A store that stops answering, and tasks that are torn down, in paused time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jobs_core::{
    ClaimRequest, Claimed, Ending, Failure, Handler, JobContext, JobState, JobStore, LeaseRef,
    MemoryStore, NewJob, Observer, Outcome, Queue, ReapRequest, Reaped, Reaper, Runner,
    RunnerEvent, Shutdown, StoreError, Verdict, Wakeups,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Call {
    Claim,
    Extend,
    Complete,
    Fail,
    Reap,
    Release,
}

/// A store behind a network that swallows some calls without a word.
#[derive(Default)]
struct Silenced {
    store: MemoryStore<bool>,
    swallowed: Mutex<HashSet<Call>>,
}

impl Silenced {
    fn with_jobs(ids: &[&str], hang: bool) -> Arc<Self> {
        let store = Self::default();
        for id in ids {
            store.store.add(NewJob::new(*id, "tenant"), hang);
        }
        Arc::new(store)
    }

    fn swallow(&self, call: Call) {
        self.swallowed.lock().unwrap().insert(call);
    }

    fn answer(&self, call: Call) {
        self.swallowed.lock().unwrap().remove(&call);
    }

    async fn pass(&self, call: Call) {
        let swallowed = self.swallowed.lock().unwrap().contains(&call);
        if swallowed {
            std::future::pending::<()>().await;
        }
    }

    fn state(&self, id: &str) -> JobState {
        self.store.job(id).unwrap().state
    }
}

#[async_trait]
impl JobStore for Silenced {
    type Payload = bool;

    async fn claim(&self, request: ClaimRequest<'_>) -> Result<Vec<Claimed<bool>>, StoreError> {
        self.pass(Call::Claim).await;
        self.store.claim(request).await
    }

    async fn extend(&self, all: &[LeaseRef], by: Duration) -> Result<Vec<LeaseRef>, StoreError> {
        self.pass(Call::Extend).await;
        self.store.extend(all, by).await
    }

    async fn complete(&self, leases: &[LeaseRef]) -> Result<Vec<LeaseRef>, StoreError> {
        self.pass(Call::Complete).await;
        self.store.complete(leases).await
    }

    async fn fail(&self, one: &LeaseRef, why: &Failure, then: Verdict) -> Result<bool, StoreError> {
        self.pass(Call::Fail).await;
        self.store.fail(one, why, then).await
    }

    async fn snooze(&self, lease: &LeaseRef, delay: Duration) -> Result<bool, StoreError> {
        self.store.snooze(lease, delay).await
    }

    async fn cancel(&self, lease: &LeaseRef) -> Result<bool, StoreError> {
        self.store.cancel(lease).await
    }

    async fn release(&self, leases: &[LeaseRef]) -> Result<usize, StoreError> {
        self.pass(Call::Release).await;
        self.store.release(leases).await
    }

    async fn reap(&self, request: ReapRequest) -> Result<Reaped, StoreError> {
        self.pass(Call::Reap).await;
        self.store.reap(request).await
    }
}

/// Hangs when the payload says so.
struct MayHang;

#[async_trait]
impl Handler<bool> for MayHang {
    async fn run(&self, job: &Claimed<bool>, _context: &JobContext) -> Outcome {
        if job.payload {
            std::future::pending::<()>().await;
        }
        Outcome::Done
    }
}

fn runner(store: &Arc<Silenced>, queue: Queue, observer: impl Observer) -> Runner<Silenced> {
    let observer = Arc::new(observer);
    let wakeups = Wakeups::new();
    Runner::new(Arc::clone(store), Arc::new(MayHang), queue, "worker", &wakeups, observer)
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Started,
    Claimed,
    ClaimFailed,
    Heartbeat,
    HeartbeatFailed,
    RecordFailed,
    Ended(Ending),
}

fn watch() -> (impl Observer, mpsc::UnboundedReceiver<Seen>) {
    let (sender, events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let seen = match event {
            RunnerEvent::Started(_) => Seen::Started,
            RunnerEvent::Claimed { .. } => Seen::Claimed,
            RunnerEvent::ClaimFailed(error) if error.is_retryable() => Seen::ClaimFailed,
            RunnerEvent::Heartbeat { .. } => Seen::Heartbeat,
            RunnerEvent::HeartbeatFailed(error) if error.is_retryable() => Seen::HeartbeatFailed,
            RunnerEvent::RecordFailed(error) if error.is_retryable() => Seen::RecordFailed,
            RunnerEvent::Ended { ending, .. } => Seen::Ended(*ending),
            _ => return,
        };
        let _ = sender.send(seen);
    };
    (observer, events)
}

async fn see(events: &mut mpsc::UnboundedReceiver<Seen>, wanted: &Seen) {
    while &events.recv().await.expect("the event comes") != wanted {}
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_without_an_answer_leaves_time_for_the_next() {
    let store = Silenced::with_jobs(&["job"], true);
    let queue = Queue::new("test");
    let lease = queue.lease;
    let (observer, mut events) = watch();
    let (handle, shutdown) = Shutdown::new();
    store.swallow(Call::Extend);
    let running = tokio::spawn(runner(&store, queue, observer).run_until(shutdown));
    see(&mut events, &Seen::HeartbeatFailed).await;
    store.answer(Call::Extend);
    see(&mut events, &Seen::Heartbeat).await;
    assert_eq!(store.store.reap(ReapRequest::default()).await.unwrap().total(), 0);
    let until = store.store.job("job").unwrap().lease_until.unwrap();
    assert!(until > store.store.now() + lease * 9 / 10, "extended before it ran out");
    handle.signal();
    handle.signal();
    assert_eq!(running.await.unwrap().released, 1);
}

#[tokio::test(start_paused = true)]
async fn a_claim_without_an_answer_is_sent_again_within_the_lease() {
    let store = Silenced::with_jobs(&["job"], false);
    let queue = Queue::new("test");
    let lease = queue.lease;
    let (observer, mut events) = watch();
    let (handle, shutdown) = Shutdown::new();
    store.swallow(Call::Claim);
    let begun = Instant::now();
    let running = tokio::spawn(runner(&store, queue, observer).run_until(shutdown));
    see(&mut events, &Seen::ClaimFailed).await;
    store.answer(Call::Claim);
    see(&mut events, &Seen::Ended(Ending::Succeeded)).await;
    assert!(begun.elapsed() < lease, "{:?}", begun.elapsed());
    handle.stop();
    running.await.unwrap();
}

/// Fails for good.
struct Fails;

#[async_trait]
impl Handler<bool> for Fails {
    async fn run(&self, _job: &Claimed<bool>, _context: &JobContext) -> Outcome {
        Failure::permanent("Belge bozuk.", "corrupt").into()
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_without_an_answer_is_recorded_again_and_its_place_used_again() {
    let store = Silenced::with_jobs(&["first", "second"], false);
    let queue = Queue { concurrency: 1, buffer: 0, ..Queue::new("test") };
    let (observer, mut events) = watch();
    let (handle, shutdown) = Shutdown::new();
    store.swallow(Call::Fail);
    let wakeups = Wakeups::new();
    let runner =
        Runner::new(Arc::clone(&store), Arc::new(Fails), queue, "w", &wakeups, Arc::new(observer));
    let running = tokio::spawn(runner.run_until(shutdown));
    see(&mut events, &Seen::RecordFailed).await;
    store.answer(Call::Fail);
    see(&mut events, &Seen::Ended(Ending::Failed)).await;
    see(&mut events, &Seen::Ended(Ending::Failed)).await;
    handle.stop();
    let summary = running.await.unwrap();
    assert_eq!((summary.claimed, summary.failed, summary.unrecorded), (2, 2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_reaper_without_an_answer_looks_again() {
    let store = Silenced::with_jobs(&["job"], false);
    let request = ClaimRequest { limit: 1, owner: "dead", lease: Duration::from_secs(30) };
    assert_eq!(store.claim(request).await.unwrap().len(), 1);
    store.swallow(Call::Reap);
    let (sender, mut events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let seen = match event {
            RunnerEvent::ReapFailed(error) => Err(error.is_retryable()),
            RunnerEvent::Reaped(reaped) => Ok(reaped.returned),
            _ => return,
        };
        let _ = sender.send(seen);
    };
    let every = Duration::from_secs(15);
    let reaper = Reaper::new(Arc::clone(&store), ReapRequest::default(), every, Arc::new(observer));
    let (handle, shutdown) = Shutdown::new();
    let reaping = tokio::spawn(async move { reaper.run_until(shutdown).await });
    assert_eq!(events.recv().await, Some(Err(true)));
    store.answer(Call::Reap);
    assert_eq!(events.recv().await, Some(Ok(1)));
    handle.stop();
    reaping.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_drain_without_an_answer_ends_with_an_error() {
    let store = Silenced::with_jobs(&["job"], false);
    store.swallow(Call::Reap);
    let (observer, _events) = watch();
    let runner = runner(&store, Queue::new("test"), observer);
    let error = runner.drain(Shutdown::never()).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_bounded_when_the_store_takes_nothing_back() {
    let store = Silenced::with_jobs(&["a", "b", "c"], true);
    let queue = Queue { concurrency: 1, buffer: 2, ..Queue::new("test") };
    let grace = queue.grace;
    let (observer, mut events) = watch();
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(runner(&store, queue, observer).run_until(shutdown));
    see(&mut events, &Seen::Started).await;
    store.swallow(Call::Release);
    let begun = Instant::now();
    handle.stop();
    let summary = running.await.unwrap();
    assert_eq!((summary.released, summary.unrecorded), (0, 3));
    let took = begun.elapsed();
    assert!(took >= grace && took <= grace + Duration::from_secs(5), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_is_seen_while_the_store_takes_nothing_back() {
    let store = Silenced::with_jobs(&["a", "b", "c"], true);
    let queue = Queue { concurrency: 1, buffer: 2, ..Queue::new("test") };
    let (observer, mut events) = watch();
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(runner(&store, queue, observer).run_until(shutdown));
    see(&mut events, &Seen::Started).await;
    store.swallow(Call::Release);
    let begun = Instant::now();
    handle.signal();
    handle.signal();
    running.await.unwrap();
    assert!(begun.elapsed() <= Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_ends_the_wait_for_completions() {
    let store = Silenced::with_jobs(&["job"], false);
    store.swallow(Call::Complete);
    let queue = Queue { grace: Duration::from_hours(1), ..Queue::new("test") };
    let (observer, mut events) = watch();
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(runner(&store, queue, observer).run_until(shutdown));
    see(&mut events, &Seen::Started).await;
    let begun = Instant::now();
    handle.signal();
    sleep(Duration::from_secs(1)).await;
    handle.signal();
    running.await.unwrap();
    assert!(begun.elapsed() <= Duration::from_secs(7), "{:?}", begun.elapsed());
    assert_eq!(store.state("job"), JobState::InProgress);
}

/// Panics at an event of one kind, once.
fn panicking(at: fn(&RunnerEvent<'_>) -> bool) -> impl Observer {
    let panicked = Mutex::new(false);
    move |event: &RunnerEvent<'_>| {
        if at(event) {
            let before = {
                let mut panicked = panicked.lock().unwrap();
                std::mem::replace(&mut *panicked, true)
            };
            assert!(before, "an observer's defect");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_outside_the_handler_keeps_no_lease() {
    let store = Silenced::with_jobs(&["job"], false);
    let queue = Queue::new("test");
    let lease = queue.lease;
    let observer = panicking(|event| matches!(event, RunnerEvent::Started(_)));
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(runner(&store, queue, observer).run_until(shutdown));
    sleep(2 * lease).await;
    assert_eq!(store.state("job"), JobState::InProgress);
    assert_eq!(store.store.reap(ReapRequest::default()).await.unwrap().returned, 1);
    sleep(lease).await;
    assert_eq!(store.state("job"), JobState::Succeeded, "the poll found it");
    handle.stop();
    let summary = running.await.unwrap();
    assert_eq!((summary.unrecorded, summary.succeeded), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_middle_of_a_batch_keeps_no_lease() {
    let store = Silenced::with_jobs(&["a", "b", "c"], false);
    let queue = Queue::new("test");
    let observer = panicking(|event| matches!(event, RunnerEvent::Ended { .. }));
    let summary = runner(&store, queue, observer).drain(Shutdown::never()).await.unwrap();
    for id in ["a", "b", "c"] {
        assert_eq!(store.state(id), JobState::Succeeded);
    }
    assert_eq!(summary.claimed, summary.succeeded + summary.unrecorded);
}
