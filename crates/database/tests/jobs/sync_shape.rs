//! A table of another shape: lower-case words, other columns, no subject, as the platform's
//! `integration_sync_jobs` is.

use database::jobs::{Columns, StatusWords, TableDescription};
use jobs_core::testing::{Harness, claim, claim_one};
use jobs_core::{Failure, JobStore, NewJob, Verdict, behaviour_suite};
use serde::Deserialize;

use crate::surroundings::Surroundings;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncJob {
    job_type: String,
    client_company_id: Option<String>,
}

pub(crate) const SYNC: TableDescription = TableDescription {
    queue: "integration_sync",
    table: "sync_jobs",
    words: StatusWords {
        pending: "pending",
        in_progress: "in_progress",
        succeeded: "success",
        failed: "failed",
        cancelled: "cancelled",
    },
    columns: Columns {
        attempts: "attempts",
        started_at: "started_at",
        finished_at: Some("finished_at"),
        technical: "technical_error",
        user_message: Some("error_message"),
    },
    subject: None,
    payload: &[("jobType", "j.job_type"), ("clientCompanyId", "j.client_company_id")],
    exhausted: "Eşitleme birkaç kez yarıda kaldığı için durduruldu.",
    cancelled: "Eşitleme iptal edildi.",
};

const TABLE: &str = "CREATE TABLE sync_jobs (
    id text PRIMARY KEY,
    tenant_id text NOT NULL,
    client_company_id text,
    job_type varchar(50) NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'pending',
    started_at timestamptz,
    finished_at timestamptz,
    error_message text,
    technical_error text,
    attempts integer NOT NULL DEFAULT 0,
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT now(),
    max_attempts smallint NOT NULL DEFAULT 3,
    lease_token bigint NOT NULL DEFAULT 0,
    lease_owner text,
    lease_expires_at timestamptz,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ON sync_jobs (tenant_id, priority, run_at, id) WHERE status = 'pending';
CREATE INDEX ON sync_jobs (id) WHERE status = 'in_progress'";

async fn surroundings() -> Surroundings<SyncJob> {
    Surroundings::new(&SYNC, TABLE).await
}

behaviour_suite!(surroundings().await);

#[tokio::test]
async fn its_own_columns_are_written() {
    let office = surroundings().await;
    office.add(NewJob::new("job", "office")).await;
    let claimed = claim(office.store(), 1).await;
    let payload = SyncJob { job_type: "pull_invoices".to_owned(), client_company_id: None };
    assert_eq!(claimed[0].payload, payload);
    let lease = claimed[0].lease();
    assert!(office.text("SELECT finished_at FROM sync_jobs").await.is_none());
    let failure = Failure::permanent("Bağlantı reddedildi.", "401");
    office.store().fail(&lease, &failure, Verdict::Final).await.unwrap();
    assert!(office.text("SELECT finished_at FROM sync_jobs").await.is_some());
    assert!(office.requeue("job").await);
    assert!(office.text("SELECT finished_at FROM sync_jobs").await.is_none());
    let lease = claim_one(office.store()).await;
    office.store().complete(&[lease]).await.unwrap();
    assert!(office.text("SELECT finished_at FROM sync_jobs").await.is_some());
    assert!(office.text("SELECT error_message FROM sync_jobs").await.is_none());
}
