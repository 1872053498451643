//! A table of another shape: lower-case words, other columns, no subject: the platform's
//! `integration_sync_jobs`.

use database::jobs::{INTEGRATION_SYNC, SyncJob};
use jobs_core::testing::{Harness, claim, claim_one};
use jobs_core::{Failure, JobStore, NewJob, Verdict, behaviour_suite};

use crate::surroundings::Surroundings;

async fn surroundings() -> Surroundings<SyncJob> {
    Surroundings::new(&INTEGRATION_SYNC, "").await
}

behaviour_suite!(surroundings().await);

#[tokio::test]
async fn its_own_columns_are_written() {
    let office = surroundings().await;
    office.add(NewJob::new("job", "office")).await;
    let claimed = claim(office.store(), 1).await;
    let payload = SyncJob {
        integration_id: "integration-job".to_owned(),
        job_type: "pull_invoices".to_owned(),
        client_company_id: None,
        is_surplus: false,
    };
    assert_eq!(claimed[0].payload, payload);
    let lease = claimed[0].lease();
    assert!(office.text("SELECT finished_at FROM integration_sync_jobs").await.is_none());
    let failure = Failure::permanent("Bağlantı reddedildi.", "401");
    office.store().fail(&lease, &failure, Verdict::Final).await.unwrap();
    assert!(office.text("SELECT finished_at FROM integration_sync_jobs").await.is_some());
    assert!(office.requeue("job").await);
    assert!(office.text("SELECT finished_at FROM integration_sync_jobs").await.is_none());
    let lease = claim_one(office.store()).await;
    office.store().complete(&[lease]).await.unwrap();
    assert!(office.text("SELECT finished_at FROM integration_sync_jobs").await.is_some());
    assert!(office.text("SELECT error_message FROM integration_sync_jobs").await.is_none());
}
