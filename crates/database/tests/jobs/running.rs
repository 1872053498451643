//! The runner on the database.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use database::Database;
use database::jobs::{DocumentJob, Listener};
use jobs_core::testing::Harness;
use jobs_core::{
    Claimed, Ending, Handler, JobContext, NewJob, Outcome, Queue, Runner, RunnerEvent, Shutdown,
    Silent, Wakeups,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::surroundings::{Surroundings, number};

const DEADLINE: Duration = Duration::from_secs(30);

struct Done;

#[async_trait]
impl Handler<DocumentJob> for Done {
    async fn run(&self, _job: &Claimed<DocumentJob>, _context: &JobContext) -> Outcome {
        Outcome::Done
    }
}

#[tokio::test]
async fn several_workers_drain_the_queue_once() {
    let office = Surroundings::documents().await;
    for number in 0..120 {
        office.add(NewJob::new(format!("job-{number}"), format!("office-{}", number % 5))).await;
    }
    let workers = (0..3).map(|n| {
        let queue = Queue { concurrency: 4, buffer: 4, ..Queue::new("document_processing") };
        let store = Arc::new(office.store().clone());
        let owner = format!("worker-{n}");
        let runner =
            Runner::new(store, Arc::new(Done), queue, owner, &Wakeups::new(), Arc::new(Silent));
        runner.drain(Shutdown::never())
    });
    let summaries = futures::future::try_join_all(workers).await.unwrap();
    assert_eq!(summaries.iter().map(|summary| summary.claimed).sum::<u64>(), 120);
    assert_eq!(summaries.iter().map(|summary| summary.succeeded).sum::<u64>(), 120);
    let once = "SELECT count(*) FROM document_processing_jobs
        WHERE status = 'SUCCESS' AND attempts_count = 1 AND lease_owner IS NULL";
    assert_eq!(number(&office, once).await, 120);
}

#[tokio::test]
async fn an_inserted_job_runs_without_waiting_for_the_poll() {
    let office = Surroundings::documents().await;
    let wakeups = Wakeups::new();
    let (handle, shutdown) = Shutdown::new();
    let listener = Listener::new(office.database.clone(), wakeups.clone());
    let listening = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { listener.run_until(shutdown).await }
    });
    let (sender, mut events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let told = match event {
            RunnerEvent::Claimed { jobs, .. } => Some(Err(*jobs)),
            RunnerEvent::Ended { ending, .. } => Some(Ok(*ending)),
            _ => None,
        };
        if let Some(told) = told {
            let _ = sender.send(told);
        }
    };
    // Polling alone would never come within the test's time.
    let queue =
        Queue { poll_interval: Duration::from_hours(1), ..Queue::new("document_processing") };
    let store = Arc::new(office.store().clone());
    let runner = Runner::new(store, Arc::new(Done), queue, "worker", &wakeups, Arc::new(observer));
    let running = tokio::spawn(runner.run_until(shutdown));
    let first = timeout(DEADLINE, events.recv()).await.expect("the first look");
    assert_eq!(first, Some(Err(0)));

    office.add(NewJob::new("job", "office")).await;
    let ended = timeout(DEADLINE, async {
        loop {
            if let Some(Ok(ending)) = events.recv().await {
                break ending;
            }
        }
    });
    assert_eq!(ended.await.expect("the job ends"), Ending::Succeeded);
    handle.stop();
    let summary = timeout(DEADLINE, running).await.expect("the runner stops").unwrap();
    assert_eq!(summary.succeeded, 1);
    timeout(DEADLINE, listening).await.expect("the listener stops").unwrap();
}

#[tokio::test]
async fn a_listener_that_gets_nowhere_costs_a_poll_at_most() {
    let office = Surroundings::documents().await;
    // Notifications need a connection of their own, and nobody answers there.
    let mut config = office.database.config().clone();
    config.direct_url = Some("postgres://nobody@127.0.0.1:1/nothing".parse().unwrap());
    let deaf = Database::lazy(config).unwrap();
    let wakeups = Wakeups::new();
    let (handle, shutdown) = Shutdown::new();
    let listener = Listener::new(deaf, wakeups.clone());
    let listening = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { listener.run_until(shutdown).await }
    });
    let (sender, mut events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let told = match event {
            RunnerEvent::Claimed { jobs: 0, .. } => None,
            RunnerEvent::Ended { ending, .. } => Some(*ending),
            _ => return,
        };
        let _ = sender.send(told);
    };
    let poll_interval = Duration::from_millis(200);
    let queue = Queue { poll_interval, ..Queue::new("document_processing") };
    let store = Arc::new(office.store().clone());
    let runner = Runner::new(store, Arc::new(Done), queue, "worker", &wakeups, Arc::new(observer));
    let running = tokio::spawn(runner.run_until(shutdown));
    let first = timeout(DEADLINE, events.recv()).await.expect("the first look");
    assert_eq!(first, Some(None), "nothing there yet");
    office.add(NewJob::new("job", "office")).await;
    let ended = timeout(DEADLINE, async {
        loop {
            if let Some(Some(ending)) = events.recv().await {
                break ending;
            }
        }
    });
    assert_eq!(ended.await.expect("the poll finds the job"), Ending::Succeeded);
    handle.stop();
    timeout(DEADLINE, running).await.expect("the runner stops").unwrap();
    timeout(DEADLINE, listening).await.expect("the listener stops").unwrap();
}
