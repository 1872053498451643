//! The reaper's loop, in paused time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jobs_core::{
    ClaimRequest, Claimed, Failure, JobState, JobStore, LeaseRef, MemoryStore, NewJob, Observer,
    ReapRequest, Reaped, Reaper, RunnerEvent, Shutdown, Silent, StoreError, Verdict,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

const LEASE: Duration = Duration::from_secs(30);
const EVERY: Duration = Duration::from_secs(10);

/// A store that is out of reach for its first calls.
struct Absent {
    store: MemoryStore<()>,
    calls_left: AtomicUsize,
}

#[async_trait]
impl JobStore for Absent {
    type Payload = ();

    async fn claim(&self, request: ClaimRequest<'_>) -> Result<Vec<Claimed<()>>, StoreError> {
        self.store.claim(request).await
    }

    async fn extend(&self, all: &[LeaseRef], by: Duration) -> Result<Vec<LeaseRef>, StoreError> {
        self.store.extend(all, by).await
    }

    async fn complete(&self, leases: &[LeaseRef]) -> Result<Vec<LeaseRef>, StoreError> {
        self.store.complete(leases).await
    }

    async fn fail(&self, one: &LeaseRef, why: &Failure, then: Verdict) -> Result<bool, StoreError> {
        self.store.fail(one, why, then).await
    }

    async fn snooze(&self, lease: &LeaseRef, delay: Duration) -> Result<bool, StoreError> {
        self.store.snooze(lease, delay).await
    }

    async fn cancel(&self, lease: &LeaseRef) -> Result<bool, StoreError> {
        self.store.cancel(lease).await
    }

    async fn release(&self, leases: &[LeaseRef]) -> Result<usize, StoreError> {
        self.store.release(leases).await
    }

    async fn reap(&self, request: ReapRequest) -> Result<Reaped, StoreError> {
        let left = self.calls_left.load(Ordering::SeqCst);
        if left > 0 {
            self.calls_left.store(left - 1, Ordering::SeqCst);
            return Err(StoreError::Unavailable("connection refused".into()));
        }
        self.store.reap(request).await
    }
}

/// Jobs that a worker took and then died over.
async fn left_behind(count: usize) -> MemoryStore<()> {
    let store = MemoryStore::new();
    for number in 0..count {
        store.add(NewJob::new(format!("job-{number}"), "tenant"), ());
    }
    let request = ClaimRequest { limit: count, owner: "dead", lease: LEASE };
    assert_eq!(store.claim(request).await.unwrap().len(), count);
    store
}

fn reaper<S: JobStore>(store: &Arc<S>, limit: usize, observer: Arc<dyn Observer>) -> Reaper<S> {
    let request = ReapRequest { limit, ..ReapRequest::default() };
    Reaper::new(Arc::clone(store), request, EVERY, observer)
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_worker_held_returns_soon_after_its_lease() {
    let store = Arc::new(left_behind(3).await);
    let (sender, mut events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        if let RunnerEvent::Reaped(reaped) = event {
            let _ = sender.send(*reaped);
        }
    };
    let begun = Instant::now();
    let (handle, shutdown) = Shutdown::new();
    let reaper = reaper(&store, 100, Arc::new(observer));
    let running = tokio::spawn(async move { reaper.run_until(shutdown).await });
    assert_eq!(events.recv().await, Some(Reaped { returned: 3, failed: 0 }));
    let waited = begun.elapsed();
    assert!(waited > LEASE && waited <= LEASE + EVERY * 5 / 4, "{waited:?}");
    let job = store.job("job-0").unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Pending, 1));
    handle.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_round_takes_everything_in_pieces() {
    let store = Arc::new(left_behind(25).await);
    store.advance(2 * LEASE);
    let reaped = reaper(&store, 10, Arc::new(Silent)).reap_all().await.unwrap();
    assert_eq!(reaped, Reaped { returned: 25, failed: 0 });
    let again = reaper(&store, 10, Arc::new(Silent)).reap_all().await.unwrap();
    assert_eq!(again.total(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_out_of_reach_is_asked_again() {
    let store = left_behind(1).await;
    store.advance(2 * LEASE);
    let store = Arc::new(Absent { store, calls_left: AtomicUsize::new(3) });
    let (sender, mut events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let seen = match event {
            RunnerEvent::ReapFailed(error) => Err(error.is_retryable()),
            RunnerEvent::Reaped(reaped) => Ok(reaped.returned),
            _ => return,
        };
        let _ = sender.send(seen);
    };
    let (handle, shutdown) = Shutdown::new();
    let reaper = reaper(&store, 100, Arc::new(observer));
    let running = tokio::spawn(async move { reaper.run_until(shutdown).await });
    for _ in 0..3 {
        assert_eq!(events.recv().await, Some(Err(true)));
    }
    assert_eq!(events.recv().await, Some(Ok(1)));
    handle.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_pause() {
    let store = Arc::new(left_behind(1).await);
    let (handle, shutdown) = Shutdown::new();
    let reaper = reaper(&store, 100, Arc::new(Silent));
    let running = tokio::spawn(async move { reaper.run_until(shutdown).await });
    sleep(Duration::from_secs(1)).await;
    let begun = Instant::now();
    handle.stop();
    running.await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(store.job("job-0").unwrap().state, JobState::InProgress);
}
