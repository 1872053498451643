//! The runner, in paused time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jobs_core::{
    Claimed, Ending, Failure, Handler, Jitter, JobContext, JobState, MemoryStore, NewJob, Outcome,
    Queue, RetryPolicy, Runner, RunnerEvent, Shutdown, Summary, Wakeups,
};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

/// What a job's payload tells the handler to do.
#[derive(Debug, Clone)]
enum Act {
    Done,
    FailUntil(u16),
    FailForGood,
    Panic,
    Hang,
    Snooze(Duration),
    Cancel,
    /// Waits for the gate.
    Gate,
}

struct Actor {
    gate: Semaphore,
    running: AtomicUsize,
    most: AtomicUsize,
    dropped: Arc<AtomicUsize>,
}

struct CountDrop(Arc<AtomicUsize>);

impl Drop for CountDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Handler<Act> for Actor {
    async fn run(&self, job: &Claimed<Act>, _context: &JobContext) -> Outcome {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        let outcome = match job.payload {
            Act::Done => Outcome::Done,
            Act::FailUntil(attempt) if job.attempt >= attempt => Outcome::Completed,
            Act::FailUntil(_) => Failure::retryable("Belge alınamadı.", "timed out").into(),
            Act::FailForGood => Failure::permanent("Belge bozuk.", "bad xref").into(),
            Act::Panic => panic!("boom"),
            Act::Hang => {
                let _guard = CountDrop(Arc::clone(&self.dropped));
                std::future::pending().await
            }
            Act::Snooze(delay) => Outcome::Snooze(delay),
            Act::Cancel => Outcome::Cancelled,
            Act::Gate => {
                self.gate.acquire().await.unwrap().forget();
                Outcome::Done
            }
        };
        self.running.fetch_sub(1, Ordering::SeqCst);
        outcome
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Claimed(usize),
    Started(String),
    Ended(String, Ending),
    Heartbeat(usize, usize),
}

struct Stage {
    store: Arc<MemoryStore<Act>>,
    actor: Arc<Actor>,
    wakeups: Wakeups,
    queue: Queue,
    events: Mutex<mpsc::UnboundedReceiver<Seen>>,
    sender: mpsc::UnboundedSender<Seen>,
}

impl Stage {
    fn new() -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let actor = Actor {
            gate: Semaphore::new(0),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            dropped: Arc::default(),
        };
        let retry = RetryPolicy { jitter: Jitter::None, ..RetryPolicy::default() };
        Self {
            store: Arc::new(MemoryStore::new()),
            actor: Arc::new(actor),
            wakeups: Wakeups::new(),
            queue: Queue { retry, ..Queue::new("test") },
            events: Mutex::new(events),
            sender,
        }
    }

    fn add(&self, id: &str, act: Act) {
        self.store.add(NewJob::new(id, "tenant"), act);
    }

    fn runner(&self) -> Runner<MemoryStore<Act>> {
        let sender = self.sender.clone();
        let observer = move |event: &RunnerEvent<'_>| {
            let seen = match event {
                RunnerEvent::Claimed { jobs, .. } => Seen::Claimed(*jobs),
                RunnerEvent::Started(lease) => Seen::Started(lease.id.clone()),
                RunnerEvent::Ended { lease, ending, .. } => Seen::Ended(lease.id.clone(), *ending),
                RunnerEvent::Heartbeat { held, lost } => Seen::Heartbeat(*held, *lost),
                _ => return,
            };
            let _ = sender.send(seen);
        };
        Runner::new(
            Arc::clone(&self.store),
            Arc::clone(&self.actor) as Arc<dyn Handler<Act>>,
            self.queue.clone(),
            "worker",
            &self.wakeups,
            Arc::new(observer),
        )
    }

    async fn drain(&self) -> Summary {
        self.runner().drain(Shutdown::never()).await.unwrap()
    }

    /// Waits for an event. Paused time moves on by itself while nothing else can run.
    #[expect(clippy::await_holding_lock, reason = "one test task waits at a time")]
    async fn see(&self, wanted: &Seen) {
        let mut events = self.events.lock().unwrap();
        while &events.recv().await.expect("the event comes") != wanted {}
    }

    fn state(&self, id: &str) -> JobState {
        self.store.job(id).unwrap().state
    }
}

fn ended(id: &str, ending: Ending) -> Seen {
    Seen::Ended(id.to_owned(), ending)
}

fn started(id: &str) -> Seen {
    Seen::Started(id.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_when_nothing_is_due() {
    let stage = Stage::new();
    for number in 0..1_000 {
        stage.add(&format!("job-{number}"), Act::Done);
    }
    stage.store.add(
        NewJob { due_in: Duration::from_mins(1), ..NewJob::new("later", "tenant") },
        Act::Done,
    );
    let summary = stage.drain().await;
    assert_eq!(summary, Summary { claimed: 1_000, succeeded: 1_000, ..Summary::default() });
    assert_eq!(stage.state("later"), JobState::Pending);
    assert!(stage.actor.most.load(Ordering::SeqCst) <= stage.queue.concurrency);
}

#[tokio::test(start_paused = true)]
async fn every_outcome_is_recorded() {
    let stage = Stage::new();
    stage.add("permanent", Act::FailForGood);
    stage.add("snoozed", Act::Snooze(Duration::from_mins(1)));
    stage.add("cancelled", Act::Cancel);
    stage.add("retried", Act::FailUntil(2));
    let summary = stage.drain().await;
    let expected = Summary {
        claimed: 4,
        failed: 1,
        snoozed: 1,
        cancelled: 1,
        retried: 1,
        ..Summary::default()
    };
    assert_eq!(summary, expected);
    assert_eq!(stage.state("permanent"), JobState::Failed);
    assert_eq!(stage.state("cancelled"), JobState::Cancelled);
    let retried = stage.store.job("retried").unwrap();
    assert_eq!(retried.run_at, stage.store.now() + Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_retry_runs_when_it_is_due_not_at_the_poll() {
    let mut stage = Stage::new();
    stage.queue.poll_interval = Duration::from_hours(1);
    stage.add("job", Act::FailUntil(3));
    let (handle, shutdown) = Shutdown::new();
    let begun = Instant::now();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    // The handler completes on its third attempt: 10 s and 20 s later.
    stage.see(&ended("job", Ending::Succeeded)).await;
    let took = begun.elapsed();
    assert!((30..32).contains(&took.as_secs()), "{took:?}");
    handle.stop();
    assert_eq!(running.await.unwrap().retried, 2);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failed_attempt() {
    let mut stage = Stage::new();
    stage.queue.retry.base = Duration::ZERO;
    stage.add("job", Act::Panic);
    stage.add("other", Act::Done);
    let mut summary = stage.drain().await;
    while stage.state("job") == JobState::Pending {
        summary = stage.drain().await;
    }
    assert_eq!(summary.failed, 1);
    let job = stage.store.job("job").unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Failed, 3));
    assert_eq!(job.technical.as_deref(), Some("the handler panicked; the log has the place"));
    assert!(job.user_message.is_some());
    assert_eq!(stage.state("other"), JobState::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_has_its_time() {
    let stage = Stage::new();
    stage.store.add(NewJob { max_attempts: 1, ..NewJob::new("job", "tenant") }, Act::Hang);
    let begun = Instant::now();
    let summary = stage.drain().await;
    assert_eq!(summary.failed, 1);
    assert_eq!(begun.elapsed().as_secs(), stage.queue.attempt_timeout.as_secs());
    assert_eq!(stage.actor.dropped.load(Ordering::SeqCst), 1);
    assert!(stage.store.job("job").unwrap().technical.unwrap().contains("longer than"));
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_a_long_attempt_and_a_lost_lease_ends_it() {
    let stage = Stage::new();
    stage.add("job", Act::Hang);
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    for _ in 0..9 {
        stage.see(&Seen::Heartbeat(1, 0)).await;
    }
    let job = stage.store.job("job").unwrap();
    assert_eq!(job.state, JobState::InProgress);
    assert!(job.lease_until.unwrap() > stage.store.now());
    assert!(stage.store.call_off("job"));
    stage.see(&ended("job", Ending::Lost)).await;
    assert_eq!(stage.actor.dropped.load(Ordering::SeqCst), 1);
    assert_eq!(stage.state("job"), JobState::Cancelled);
    handle.stop();
    assert_eq!(running.await.unwrap().lost, 1);
}

#[tokio::test(start_paused = true)]
async fn the_poll_finds_what_no_hint_told_of() {
    let stage = Stage::new();
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    stage.see(&Seen::Claimed(0)).await;
    let begun = Instant::now();
    stage.add("job", Act::Done);
    stage.see(&ended("job", Ending::Succeeded)).await;
    assert!(begun.elapsed() <= stage.queue.poll_interval);
    assert!(begun.elapsed() >= stage.queue.poll_interval * 8 / 10, "nothing came before the poll");
    handle.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_hint_makes_an_idle_worker_look_at_once() {
    let stage = Stage::new();
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    stage.see(&Seen::Claimed(0)).await;
    let begun = Instant::now();
    stage.add("job", Act::Done);
    stage.wakeups.wake("test");
    stage.see(&ended("job", Ending::Succeeded)).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    handle.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_attempts_end_and_gives_the_rest_back() {
    let mut stage = Stage::new();
    stage.queue.concurrency = 1;
    stage.queue.buffer = 4;
    stage.add("a-running", Act::Gate);
    stage.add("b-waiting", Act::Gate);
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    stage.see(&started("a-running")).await;
    handle.stop();
    stage.see(&ended("b-waiting", Ending::Released)).await;
    stage.actor.gate.add_permits(1);
    let summary = running.await.unwrap();
    assert_eq!((summary.succeeded, summary.released), (1, 1));
    assert_eq!(stage.state("a-running"), JobState::Succeeded);
    let given_back = stage.store.job("b-waiting").unwrap();
    assert_eq!((given_back.state, given_back.attempts), (JobState::Pending, 0));
}

#[tokio::test(start_paused = true)]
async fn the_grace_period_ends() {
    let stage = Stage::new();
    stage.add("job", Act::Hang);
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    stage.see(&started("job")).await;
    let begun = Instant::now();
    handle.stop();
    let summary = running.await.unwrap();
    assert_eq!(summary.released, 1);
    assert_eq!(begun.elapsed().as_secs(), stage.queue.grace.as_secs());
    let job = stage.store.job("job").unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Pending, 0));
    assert_eq!(stage.actor.dropped.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_stops_at_once() {
    let stage = Stage::new();
    stage.add("job", Act::Hang);
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(stage.runner().run_until(shutdown));
    stage.see(&started("job")).await;
    let begun = Instant::now();
    handle.signal();
    handle.signal();
    assert_eq!(running.await.unwrap().released, 1);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(stage.state("job"), JobState::Pending);
}
