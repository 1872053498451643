//! What jobs do while others have rows locked.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use jobs_core::testing::{Harness, LEASE, claim, claim_one};
use jobs_core::{JobStore, NewJob};
use tokio::time::{Instant, sleep};

use crate::surroundings::{Surroundings, number};

const DEADLINE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_claim_passes_over_a_document_that_the_platform_is_changing() {
    let office = Surroundings::documents().await;
    let age = Duration::from_mins(10);
    office.add(NewJob { age, ..NewJob::new("head", "office") }).await;
    office.add(NewJob::new("next", "office")).await;
    let mut platform = office.connection().await;
    let change = "BEGIN; UPDATE documents SET updated_at = now() WHERE id = 'document-head'";
    platform.batch_execute(change).await.unwrap();
    // Waiting would end with an error after the lock time-out.
    let claimed = claim(office.store(), 1).await;
    assert_eq!(claimed[0].id, "next");
    assert!(claim(office.store(), 1).await.is_empty());
    platform.batch_execute("COMMIT").await.unwrap();
    assert_eq!(claim(office.store(), 1).await[0].id, "head");
}

#[tokio::test]
async fn rows_that_refer_to_a_document_do_not_hide_its_job() {
    let office = Surroundings::documents().await;
    office.add(NewJob::new("job", "office")).await;
    let mut platform = office.connection().await;
    // What inserting a row with a foreign key to the document does.
    let refer = "BEGIN; SELECT id FROM documents FOR KEY SHARE";
    platform.batch_execute(refer).await.unwrap();
    assert_eq!(claim(office.store(), 1).await.len(), 1);
    platform.batch_execute("COMMIT").await.unwrap();
}

#[tokio::test]
async fn a_heartbeat_that_waited_for_the_completion_loses_nothing() {
    let office = Surroundings::documents().await;
    office.add(NewJob::new("job", "office")).await;
    let lease = claim_one(office.store()).await;
    let mut handler = office.connection().await;
    let complete = "BEGIN; UPDATE document_processing_jobs SET status = 'SUCCESS',
        lease_owner = NULL, lease_expires_at = NULL WHERE id = 'job'";
    handler.batch_execute(complete).await.unwrap();
    let beat = tokio::spawn({
        let (store, lease) = (office.store().clone(), lease.clone());
        async move { store.extend(&[lease], LEASE).await }
    });
    let waits = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let deadline = Instant::now() + DEADLINE;
    while number(&office, waits).await == 0 {
        assert!(Instant::now() < deadline, "the heartbeat waits for the row");
        sleep(Duration::from_millis(10)).await;
    }
    handler.batch_execute("COMMIT").await.unwrap();
    assert!(beat.await.unwrap().unwrap().is_empty());
    // Another tenant's worker learns nothing of it.
    let foreign = jobs_core::LeaseRef { tenant: "stranger".to_owned(), ..lease };
    assert_eq!(
        office.store().extend(std::slice::from_ref(&foreign), LEASE).await.unwrap(),
        [foreign]
    );
}
