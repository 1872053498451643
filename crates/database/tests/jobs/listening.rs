//! Wake-ups by notifications.

use std::time::Duration;

use database::jobs::Listener;
use jobs_core::testing::Harness;
use jobs_core::{NewJob, Shutdown, Wakeups};
use tokio::time::timeout;

use crate::surroundings::{Surroundings, number};

const DEADLINE: Duration = Duration::from_secs(20);
const LISTENERS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND query = 'LISTEN worker_jobs'";

#[tokio::test]
async fn an_insert_wakes_and_a_lost_listener_comes_back() {
    let office = Surroundings::documents().await;
    let wakeups = Wakeups::new();
    let mut documents = wakeups.subscribe("document_processing");
    let mut sync = wakeups.subscribe("integration_sync");
    let (handle, shutdown) = Shutdown::new();
    let listener = Listener::new(office.database.clone(), wakeups);
    let task = tokio::spawn(async move { listener.run_until(shutdown).await });

    // Everybody looks once when listening begins.
    timeout(DEADLINE, documents.woken()).await.expect("woken at the start");
    timeout(DEADLINE, sync.woken()).await.expect("woken at the start");

    office.add(NewJob::new("first", "office")).await;
    timeout(DEADLINE, documents.woken()).await.expect("woken by the insert");

    let lost = "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query = 'LISTEN worker_jobs') ended";
    assert_eq!(number(&office, lost).await, 1);
    // Whatever was notified in the gap is made up for by one look.
    timeout(DEADLINE, sync.woken()).await.expect("woken after the reconnect");
    documents.clear();
    assert_eq!(number(&office, LISTENERS).await, 1);
    office.add(NewJob::new("second", "office")).await;
    timeout(DEADLINE, documents.woken()).await.expect("woken by the new connection");

    // The trigger sees inserts only; a job that is asked for again wakes by itself.
    office.store().call_off(&["first".to_owned()]).await.unwrap();
    documents.clear();
    office.store().requeue(&["first".to_owned()]).await.unwrap();
    timeout(DEADLINE, documents.woken()).await.expect("woken by the request");

    handle.stop();
    timeout(DEADLINE, task).await.expect("the listener stops").unwrap();
}
