//! How many claims the runner sends, in paused time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jobs_core::{
    ClaimRequest, Claimed, Failure, Handler, JobContext, JobState, JobStore, LeaseRef, MemoryStore,
    NewJob, Outcome, Queue, ReapRequest, Reaped, Runner, RunnerEvent, Shutdown, Silent, StoreError,
    Verdict, Wakeups,
};
use tokio::sync::mpsc;
use tokio::time::sleep;

/// What a round trip takes.
const TRIP: Duration = Duration::from_millis(10);

/// A store at the other end of a network, which counts.
#[derive(Default)]
struct Remote {
    store: MemoryStore<()>,
    claims: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    /// Jobs handed out and not yet ended, and those that claims under way may bring.
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Remote {
    fn with_jobs(count: usize) -> Arc<Self> {
        let remote = Self::default();
        for number in 0..count {
            let tenant = format!("tenant-{}", number % 3);
            remote.store.add(NewJob::new(format!("job-{number}"), tenant), ());
        }
        Arc::new(remote)
    }

    fn most(&self) -> (usize, usize) {
        (self.most_at_once.load(Ordering::SeqCst), self.most_open.load(Ordering::SeqCst))
    }

    fn closed(&self, jobs: usize) {
        self.open.fetch_sub(jobs, Ordering::SeqCst);
    }
}

#[async_trait]
impl JobStore for Remote {
    type Payload = ();

    async fn claim(&self, request: ClaimRequest<'_>) -> Result<Vec<Claimed<()>>, StoreError> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        let open = self.open.fetch_add(request.limit, Ordering::SeqCst) + request.limit;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        sleep(TRIP).await;
        let claimed = self.store.claim(request).await?;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        self.closed(request.limit - claimed.len());
        Ok(claimed)
    }

    async fn extend(&self, all: &[LeaseRef], by: Duration) -> Result<Vec<LeaseRef>, StoreError> {
        self.store.extend(all, by).await
    }

    async fn complete(&self, leases: &[LeaseRef]) -> Result<Vec<LeaseRef>, StoreError> {
        self.closed(leases.len());
        self.store.complete(leases).await
    }

    async fn fail(&self, one: &LeaseRef, why: &Failure, then: Verdict) -> Result<bool, StoreError> {
        self.closed(1);
        self.store.fail(one, why, then).await
    }

    async fn snooze(&self, lease: &LeaseRef, delay: Duration) -> Result<bool, StoreError> {
        self.closed(1);
        self.store.snooze(lease, delay).await
    }

    async fn cancel(&self, lease: &LeaseRef) -> Result<bool, StoreError> {
        self.closed(1);
        self.store.cancel(lease).await
    }

    async fn release(&self, leases: &[LeaseRef]) -> Result<usize, StoreError> {
        self.closed(leases.len());
        self.store.release(leases).await
    }

    async fn reap(&self, request: ReapRequest) -> Result<Reaped, StoreError> {
        self.store.reap(request).await
    }
}

/// Takes a little while, so that the reserve fills.
struct Brief;

#[async_trait]
impl Handler<()> for Brief {
    async fn run(&self, _job: &Claimed<()>, _context: &JobContext) -> Outcome {
        sleep(Duration::from_millis(1)).await;
        Outcome::Done
    }
}

fn queue(concurrency: usize, buffer: usize, claims: usize) -> Queue {
    Queue { concurrency, buffer, claims, ..Queue::new("test") }
}

fn runner(remote: &Arc<Remote>, queue: Queue, wakeups: &Wakeups) -> Runner<Remote> {
    Runner::new(Arc::clone(remote), Arc::new(Brief), queue, "worker", wakeups, Arc::new(Silent))
}

async fn drain(remote: &Arc<Remote>, queue: Queue) {
    let jobs = runner(remote, queue, &Wakeups::new()).drain(Shutdown::never()).await.unwrap();
    assert_eq!(jobs.claimed, jobs.succeeded);
}

#[tokio::test(start_paused = true)]
async fn claims_overlap_while_work_abounds_and_never_bring_too_much() {
    let remote = Remote::with_jobs(5_000);
    drain(&remote, queue(50, 350, 4)).await;
    let (at_once, open) = remote.most();
    assert!((2..=4).contains(&at_once), "{at_once}");
    assert!(open <= 400, "{open}");
    // Each asks for its share, not for whatever room there happens to be.
    let claims = remote.claims.load(Ordering::SeqCst);
    assert!(claims <= 5_000 / 100 + 10, "{claims}");
}

#[tokio::test(start_paused = true)]
async fn a_small_queue_sends_one_claim_at_a_time() {
    let remote = Remote::with_jobs(500);
    drain(&remote, queue(8, 8, 4)).await;
    assert_eq!(remote.most(), (1, 16));
}

#[tokio::test(start_paused = true)]
async fn an_idle_queue_is_asked_once_a_poll() {
    let remote = Remote::with_jobs(0);
    let (handle, shutdown) = Shutdown::new();
    let queue = queue(50, 350, 4);
    let poll = queue.poll_interval;
    let running = tokio::spawn(runner(&remote, queue, &Wakeups::new()).run_until(shutdown));
    sleep(poll * 100).await;
    handle.stop();
    running.await.unwrap();
    // A poll comes up to a tenth early.
    let claims = remote.claims.load(Ordering::SeqCst);
    assert!((100..=112).contains(&claims), "{claims}");
    assert_eq!(remote.most().0, 1);
}

#[tokio::test(start_paused = true)]
async fn a_stop_gives_back_what_claims_under_way_bring() {
    let remote = Remote::with_jobs(5_000);
    let (handle, shutdown) = Shutdown::new();
    let (sender, mut claimed) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        if let RunnerEvent::Claimed { jobs, .. } = event {
            let _ = sender.send(*jobs);
        }
    };
    let runner = Runner::new(
        Arc::clone(&remote),
        Arc::new(Brief),
        queue(50, 350, 4),
        "worker",
        &Wakeups::new(),
        Arc::new(observer),
    );
    let running = tokio::spawn(runner.run_until(shutdown));
    assert_eq!(claimed.recv().await, Some(100));
    // The first full answer let further claims start; they are under way now.
    tokio::task::yield_now().await;
    assert!(remote.at_once.load(Ordering::SeqCst) > 0);
    handle.stop();
    let summary = running.await.unwrap();
    assert_eq!(summary.claimed, summary.succeeded + summary.released);
    assert!(summary.claimed > 100, "{summary:?}");
    let held = (0..5_000).filter(|number| {
        remote.store.job(&format!("job-{number}")).unwrap().state == JobState::InProgress
    });
    assert_eq!(held.count(), 0);
    assert_eq!(remote.open.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_hint_during_a_claim_is_not_lost() {
    let remote = Remote::with_jobs(0);
    let (handle, shutdown) = Shutdown::new();
    let wakeups = Wakeups::new();
    let queue = Queue { poll_interval: Duration::from_hours(1), ..queue(50, 350, 4) };
    let running = tokio::spawn(runner(&remote, queue, &wakeups).run_until(shutdown));
    // Half way through the first claim, which finds nothing of this yet.
    sleep(TRIP / 2).await;
    wakeups.wake("test");
    sleep(TRIP).await;
    assert_eq!(remote.claims.load(Ordering::SeqCst), 2);
    handle.stop();
    running.await.unwrap();
}
