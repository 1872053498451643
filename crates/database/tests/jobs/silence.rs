//! Connections that take everything and answer nothing: neither side ever hears of an end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use database::jobs::{DocumentJob, PgJobStore};
use jobs_core::testing::Harness;
use jobs_core::{
    Claimed, Ending, Handler, JobContext, NewJob, Outcome, Queue, Runner, RunnerEvent, Shutdown,
    Wakeups,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::common;
use crate::relay::{Options, Relay};
use crate::surroundings::{Surroundings, number};

const DEADLINE: Duration = Duration::from_mins(2);

struct Done;

#[async_trait]
impl Handler<DocumentJob> for Done {
    async fn run(&self, _job: &Claimed<DocumentJob>, _context: &JobContext) -> Outcome {
        Outcome::Done
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    NothingClaimed,
    ClaimFailed,
    Ended(Ending),
}

#[tokio::test]
async fn the_pool_gets_rid_of_connections_that_fell_silent() {
    let office = Surroundings::documents().await;
    let relay = Relay::start(&office.url(), Options::Pass).await;
    let database = common::connect(&relay.url()).await;
    // Several lie idle in the pool, each of which would be silent.
    let several = futures::future::try_join_all((0..5).map(|_| database.get())).await.unwrap();
    drop(several);

    let (sender, mut events) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let seen = match event {
            RunnerEvent::Claimed { jobs: 0, .. } => Seen::NothingClaimed,
            RunnerEvent::ClaimFailed(error) if error.is_retryable() => Seen::ClaimFailed,
            RunnerEvent::Ended { ending, .. } => Seen::Ended(*ending),
            _ => return,
        };
        let _ = sender.send(seen);
    };
    let mut see = async |wanted: Seen| {
        let seen = async { while events.recv().await.expect("an event") != wanted {} };
        timeout(DEADLINE, seen).await.unwrap_or_else(|_| panic!("no {wanted:?}"));
    };
    let queue = Queue {
        poll_interval: Duration::from_millis(200),
        lease: Duration::from_secs(3),
        ..Queue::new("document_processing")
    };
    let store = Arc::new(PgJobStore::documents(database.clone()));
    let (handle, shutdown) = Shutdown::new();
    let wakeups = Wakeups::new();
    let runner = Runner::new(store, Arc::new(Done), queue, "worker", &wakeups, Arc::new(observer));
    let running = tokio::spawn(runner.run_until(shutdown));
    see(Seen::NothingClaimed).await;

    relay.fall_silent();
    office.add(NewJob::new("job", "office")).await;
    see(Seen::ClaimFailed).await;
    // The idle ones went with the first, so the next claim has a connection that answers.
    see(Seen::Ended(Ending::Succeeded)).await;
    handle.stop();
    let summary = timeout(DEADLINE, running).await.expect("it stops").unwrap();
    assert_eq!((summary.claimed, summary.succeeded, summary.unrecorded), (1, 1, 0));
    let once = "SELECT count(*) FROM document_processing_jobs
        WHERE status = 'SUCCESS' AND attempts_count = 1";
    assert_eq!(number(&office, once).await, 1);
}
