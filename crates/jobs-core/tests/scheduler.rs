//! The scheduler's loop, in paused time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jobs_core::{
    Due, MemoryPeriodicStore, PeriodicStore, PeriodicTask, Schedule, ScheduleEnd, Scheduler,
    Shutdown, ShutdownHandle, StoreError,
};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_secs(10);

/// Periodic work that tells when it begins and ends, and waits where it is told to.
struct Work {
    begun: mpsc::UnboundedSender<Instant>,
    /// One permit lets one run go on.
    gate: Option<Arc<Semaphore>>,
    act: fn(usize) -> Result<(), String>,
    runs: AtomicUsize,
    ended: AtomicUsize,
    dropped: AtomicUsize,
}

struct CountDrop<'a>(&'a AtomicUsize);

impl Drop for CountDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Work {
    fn new(act: fn(usize) -> Result<(), String>) -> (Arc<Self>, mpsc::UnboundedReceiver<Instant>) {
        Self::make(act, None)
    }

    fn gated(gate: &Arc<Semaphore>) -> (Arc<Self>, mpsc::UnboundedReceiver<Instant>) {
        Self::make(|_| Ok(()), Some(Arc::clone(gate)))
    }

    fn make(
        act: fn(usize) -> Result<(), String>,
        gate: Option<Arc<Semaphore>>,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Instant>) {
        let (begun, begins) = mpsc::unbounded_channel();
        let (runs, ended, dropped) = Default::default();
        (Arc::new(Self { begun, gate, act, runs, ended, dropped }), begins)
    }

    fn counts(&self) -> (usize, usize, usize) {
        let read = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (read(&self.runs), read(&self.ended), read(&self.dropped))
    }
}

#[async_trait]
impl PeriodicTask for Work {
    async fn run(&self) -> Result<(), String> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        let _ = self.begun.send(Instant::now());
        let _guard = CountDrop(&self.dropped);
        if let Some(gate) = &self.gate {
            gate.acquire().await.map_err(|error| error.to_string())?.forget();
        }
        let result = (self.act)(run);
        self.ended.fetch_add(1, Ordering::SeqCst);
        result
    }
}

fn start(
    store: &Arc<impl PeriodicStore>,
    owner: &str,
    schedule: Schedule,
    work: &Arc<Work>,
) -> (ShutdownHandle, JoinHandle<()>) {
    let store: Arc<dyn PeriodicStore> = Arc::clone(store) as _;
    let scheduler = Scheduler::new(store, owner, LOOK).with(schedule, Arc::clone(work) as _);
    let (handle, shutdown) = Shutdown::new();
    (handle, tokio::spawn(async move { scheduler.run_until(shutdown).await }))
}

async fn stop(handle: ShutdownHandle, running: JoinHandle<()>) {
    handle.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn work_runs_at_once_and_then_by_the_clock() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let (work, mut begins) = Work::new(|_| Ok(()));
    let origin = Instant::now();
    let (handle, running) = start(&store, "one", Schedule::new("risk", HOUR), &work);
    for hour in 0..5 {
        let after = begins.recv().await.unwrap() - origin;
        let due = HOUR * hour;
        assert!(after >= due && after <= due + LOOK, "{after:?}");
    }
    stop(handle, running).await;
}

#[tokio::test(start_paused = true)]
async fn several_workers_run_it_once() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let (work, _begins) = Work::new(|_| Ok(()));
    let workers: Vec<_> = ["one", "two", "three"]
        .into_iter()
        .map(|owner| start(&store, owner, Schedule::new("risk", HOUR), &work))
        .collect();
    sleep(3 * HOUR + HOUR / 2).await;
    for (handle, running) in workers {
        stop(handle, running).await;
    }
    assert_eq!(work.counts(), (4, 4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_long_run_keeps_its_lead() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let gate = Arc::new(Semaphore::new(0));
    let (work, _begins) = Work::gated(&gate);
    let schedule = Schedule::new("risk", HOUR);
    let one = start(&store, "one", schedule.clone(), &work);
    let two = start(&store, "two", schedule.clone(), &work);
    sleep(schedule.lease * 20).await;
    assert_eq!(work.counts(), (1, 0, 0), "nobody else took it while it ran");
    // Both first and second run may go on now.
    gate.add_permits(2);
    sleep(HOUR).await;
    assert_eq!(work.counts().1, 2);
    stop(one.0, one.1).await;
    stop(two.0, two.1).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_run_comes_again_soon_and_a_panic_is_one() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let (work, mut begins) = Work::new(|run| match run {
        1 => Err("connection refused".to_owned()),
        2 => panic!("boom"),
        _ => Ok(()),
    });
    let origin = Instant::now();
    let schedule = Schedule { retry_after: 5 * MINUTE, ..Schedule::new("risk", HOUR) };
    let (handle, running) = start(&store, "one", schedule, &work);
    // The interval counts from the run that went well.
    for due in [Duration::ZERO, 5 * MINUTE, 10 * MINUTE, HOUR + 10 * MINUTE] {
        let after = begins.recv().await.unwrap() - origin;
        assert!(after >= due && after <= due + 3 * LOOK, "{after:?}");
    }
    stop(handle, running).await;
}

#[tokio::test(start_paused = true)]
async fn one_kind_of_work_does_not_hold_up_another() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let (stuck, _) = Work::gated(&Arc::new(Semaphore::new(0)));
    let (quick, _) = Work::new(|_| Ok(()));
    let store: Arc<dyn PeriodicStore> = store;
    let scheduler = Scheduler::new(store, "one", LOOK)
        .with(Schedule::new("stuck", HOUR), Arc::clone(&stuck) as _)
        .with(Schedule::new("quick", MINUTE), Arc::clone(&quick) as _);
    let (handle, shutdown) = Shutdown::new();
    let running = tokio::spawn(async move { scheduler.run_until(shutdown).await });
    sleep(9 * MINUTE + 5 * LOOK).await;
    assert_eq!(stuck.counts(), (1, 0, 0));
    assert!(quick.counts().1 >= 9, "{:?}", quick.counts());
    handle.stop_now();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_lost_the_lead_stops_and_writes_nothing() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let (work, mut begins) = Work::gated(&Arc::new(Semaphore::new(0)));
    let schedule = Schedule::new("risk", HOUR);
    let (handle, running) = start(&store, "one", schedule.clone(), &work);
    begins.recv().await.unwrap();
    // As after a stand-still of the whole machine.
    store.advance(2 * schedule.lease);
    let taken = store.try_take("risk", "two", schedule.lease).await.unwrap().expect("free again");
    sleep(schedule.lease / 2).await;
    assert_eq!(work.counts(), (1, 0, 1), "dropped in the middle");
    assert!(store.finish(&taken, &ScheduleEnd::Done).await.unwrap(), "the new lead stands");
    stop(handle, running).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_work_end_and_a_second_gives_it_back() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let gate = Arc::new(Semaphore::new(0));
    let (work, mut begins) = Work::gated(&gate);
    let (handle, running) = start(&store, "one", Schedule::new("risk", HOUR), &work);
    begins.recv().await.unwrap();
    handle.stop();
    sleep(MINUTE).await;
    assert!(!running.is_finished());
    gate.add_permits(1);
    running.await.unwrap();
    assert_eq!(work.counts(), (1, 1, 1));
    assert!(store.due_in("risk").unwrap() > HOUR / 2, "its end was written");

    store.advance(HOUR);
    let (handle, running) = start(&store, "one", Schedule::new("risk", HOUR), &work);
    begins.recv().await.unwrap();
    handle.signal();
    handle.signal();
    running.await.unwrap();
    assert_eq!(work.counts(), (2, 1, 2));
    assert_eq!(store.due_in("risk"), Some(Duration::ZERO), "due as before");
    let lease = Duration::from_secs(30);
    assert!(store.try_take("risk", "two", lease).await.unwrap().is_some(), "and free");
}

#[tokio::test(start_paused = true)]
async fn everything_due_runs_once_on_demand() {
    let store = Arc::new(MemoryPeriodicStore::new());
    let (well, _) = Work::new(|_| Ok(()));
    let (badly, _) = Work::new(|_| Err("connection refused".to_owned()));
    let scheduler = Scheduler::new(Arc::clone(&store) as _, "one", LOOK)
        .with(Schedule::new("badly", HOUR), Arc::clone(&badly) as _)
        .with(Schedule::new("well", HOUR), Arc::clone(&well) as _);
    assert_eq!(scheduler.run_due().await, 1);
    assert_eq!(scheduler.run_due().await, 0, "nothing is due any more");
    assert_eq!((well.counts().0, badly.counts().0), (1, 1));
}

/// A store that is out of reach for its first calls of each kind.
struct Absent {
    store: MemoryPeriodicStore,
    left: Mutex<(usize, usize)>,
}

impl Absent {
    fn answer(&self, which: impl Fn(&mut (usize, usize)) -> &mut usize) -> Result<(), StoreError> {
        let mut left = self.left.lock().unwrap();
        let left = which(&mut left);
        if *left > 0 {
            *left -= 1;
            return Err(StoreError::Unavailable("connection refused".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl PeriodicStore for Absent {
    async fn ensure(&self, name: &str, interval: Duration) -> Result<(), StoreError> {
        self.answer(|left| &mut left.0)?;
        self.store.ensure(name, interval).await
    }

    async fn try_take(
        &self,
        name: &str,
        owner: &str,
        lease: Duration,
    ) -> Result<Option<Due>, StoreError> {
        self.answer(|left| &mut left.1)?;
        self.store.try_take(name, owner, lease).await
    }

    async fn extend(&self, due: &Due, lease: Duration) -> Result<bool, StoreError> {
        self.store.extend(due, lease).await
    }

    async fn finish(&self, due: &Due, end: &ScheduleEnd) -> Result<bool, StoreError> {
        self.store.finish(due, end).await
    }

    async fn release(&self, due: &Due) -> Result<bool, StoreError> {
        self.store.release(due).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_out_of_reach_is_asked_at_the_next_look() {
    let store = Absent { store: MemoryPeriodicStore::new(), left: Mutex::new((3, 2)) };
    let (work, mut begins) = Work::new(|_| Ok(()));
    let origin = Instant::now();
    let (handle, running) = start(&Arc::new(store), "one", Schedule::new("risk", HOUR), &work);
    let after = begins.recv().await.unwrap() - origin;
    // Three looks could not make sure of the schedule, two more could not take it.
    assert!(after >= LOOK * 5 && after <= LOOK * 6, "{after:?}");
    stop(handle, running).await;
}
