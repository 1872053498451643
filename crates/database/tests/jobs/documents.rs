//! The document queue: the shared behaviour, and what the documents themselves show.

use database::jobs::{DOCUMENT_PROCESSING, DocumentJob, Statements};
use diesel::sql_types::{Array, BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs_core::testing::{Harness, LEASE, claim, claim_one, claim_up_to};
use jobs_core::{Failure, JobStore, NewJob, ReapRequest, Verdict, behaviour_suite};

use crate::surroundings::{Surroundings, number};

behaviour_suite!(Surroundings::documents().await);

async fn document(office: &Surroundings<DocumentJob>, id: &str) -> (String, Option<String>) {
    let row = format!("FROM documents WHERE id = 'document-{id}'");
    let status = office.text(&format!("SELECT status {row}")).await.unwrap();
    (status, office.text(&format!("SELECT processing_error_message {row}")).await)
}

#[tokio::test]
async fn a_claim_brings_what_the_handler_needs() {
    let office = Surroundings::documents().await;
    office.add(NewJob::new("job", "office")).await;
    let claimed = claim(office.store(), 5).await;
    let expected = DocumentJob {
        document_id: "document-job".to_owned(),
        client_company_id: "company-office".to_owned(),
        client_tax_number: Some("1234567890".to_owned()),
        document_type: "INVOICE".to_owned(),
        original_file_name: "fatura.xml".to_owned(),
        storage_path: "documents/1/fatura.xml".to_owned(),
        mime_type: "application/xml".to_owned(),
        file_size_bytes: 1234,
    };
    assert_eq!(claimed[0].payload, expected);
    assert_eq!(document(&office, "job").await, ("PROCESSING".to_owned(), None));
    let owner = office.text("SELECT lease_owner FROM document_processing_jobs").await;
    assert_eq!(owner.as_deref(), Some("suite"));
}

#[tokio::test]
async fn the_document_follows_its_job() {
    let office = Surroundings::documents().await;
    office.add(NewJob::new("job", "office")).await;
    let lease = claim_one(office.store()).await;
    let failure = Failure::permanent("Belge bozuk.", "xref not found\0");
    office.store().fail(&lease, &failure, Verdict::Final).await.unwrap();
    let failed = ("FAILED".to_owned(), Some("Belge bozuk.".to_owned()));
    assert_eq!(document(&office, "job").await, failed);

    assert_eq!(office.store().requeue(&["document-job".to_owned()]).await.unwrap(), ["job"]);
    assert_eq!(document(&office, "job").await, ("UPLOADED".to_owned(), None));

    let lease = claim_one(office.store()).await;
    assert!(office.store().complete(&[lease]).await.unwrap().is_empty());
    assert_eq!(document(&office, "job").await, ("PROCESSED".to_owned(), None));
    assert!(office.text("SELECT processed_at FROM documents").await.is_some());
}

#[tokio::test]
async fn a_called_off_document_says_so_and_comes_back_when_asked_for() {
    let office = Surroundings::documents().await;
    let store = office.store();
    office.add(NewJob::new("job", "office")).await;
    let lease = claim_one(store).await;
    assert_eq!(store.call_off(&["document-job".to_owned()]).await.unwrap(), ["job"]);
    let told = ("FAILED".to_owned(), Some("Belgenin işlenmesi iptal edildi.".to_owned()));
    assert_eq!(document(&office, "job").await, told);
    // The worker that was at it comes too late, whatever it wants to write.
    let one = std::slice::from_ref(&lease);
    assert_eq!(store.complete(one).await.unwrap(), one);
    let late = Failure::permanent("Belge bozuk.", "xref not found");
    assert!(!store.fail(&lease, &late, Verdict::Final).await.unwrap());
    assert_eq!(document(&office, "job").await, told);

    assert_eq!(store.requeue(&["job".to_owned()]).await.unwrap(), ["job"]);
    assert_eq!(document(&office, "job").await, ("UPLOADED".to_owned(), None));
    assert_eq!(office.look("job").await.attempts, 0);
    let again = claim_one(store).await;
    assert!(again.token > lease.token);
    assert!(store.complete(&[again]).await.unwrap().is_empty());

    // What has succeeded stays so.
    for ids in [["job".to_owned()], ["document-job".to_owned()]] {
        assert!(store.requeue(&ids).await.unwrap().is_empty());
        assert!(store.call_off(&ids).await.unwrap().is_empty());
    }
    assert_eq!(document(&office, "job").await, ("PROCESSED".to_owned(), None));
}

#[tokio::test]
async fn many_jobs_are_steered_in_one_statement() {
    let office = Surroundings::documents().await;
    for id in ["a", "b", "c", "untouched"] {
        office.add(NewJob::new(id, "office")).await;
    }
    // By job, by document, twice, and one that nobody knows.
    let ids = ["a", "document-b", "c", "document-c", "unknown"].map(str::to_owned);
    let mut changed = office.store().call_off(&ids).await.unwrap();
    changed.sort_unstable();
    assert_eq!(changed, ["a", "b", "c"]);
    assert_eq!(document(&office, "untouched").await.0, "UPLOADED");

    let mut requeued = office.store().requeue(&ids).await.unwrap();
    requeued.sort_unstable();
    assert_eq!(requeued, ["a", "b", "c"]);
    assert!(office.store().requeue(&ids).await.unwrap().is_empty(), "they are pending already");
    assert_eq!(claim_up_to(office.store(), 10).await.len(), 4);
}

#[tokio::test]
async fn a_document_that_kills_its_workers_is_failed_with_a_sentence() {
    let office = Surroundings::documents().await;
    office.add(NewJob { max_attempts: 1, ..NewJob::new("job", "office") }).await;
    claim_one(office.store()).await;
    office.advance(2 * LEASE).await;
    office.store().reap(ReapRequest::default()).await.unwrap();
    let (status, message) = document(&office, "job").await;
    assert_eq!(status, "FAILED");
    assert!(message.unwrap().contains("yarıda kaldığı"));
    let technical = office.look("job").await.technical.unwrap();
    assert_eq!(technical, "the lease of suite ran out (attempt 1 of 1)");
}

#[tokio::test]
async fn jobs_of_deleted_documents_end_without_hiding_others() {
    let office = Surroundings::documents().await;
    for number in 0..20 {
        office
            .add(NewJob { priority: -1, ..NewJob::new(format!("gone-{number}"), "office") })
            .await;
    }
    office.sql("UPDATE documents SET is_deleted = true").await;
    office.add(NewJob::new("stays", "office")).await;
    let claimed = claim(office.store(), 4).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].id, "stays");
    let cancelled = "SELECT count(*) FROM document_processing_jobs WHERE status = 'CANCELLED'";
    assert_eq!(number(&office, cancelled).await, 20);
    let untouched = "SELECT count(*) FROM documents WHERE is_deleted AND status = 'UPLOADED'";
    assert_eq!(number(&office, untouched).await, 20);
}

#[tokio::test]
async fn many_suspended_tenants_hide_nobody() {
    let office = Surroundings::documents().await;
    office.add(NewJob::new("job", "zeta")).await;
    office
        .sql(
            "INSERT INTO tenants (id, name, slug, status, updated_at)
                 SELECT 'off-' || n, 'x', 'off-' || n, 'SUSPENDED', now() FROM generate_series(1, 500) n;
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 SELECT 'company-off-' || n, 'off-' || n, 'x', 'Limited', '1', now()
                 FROM generate_series(1, 500) n;
             INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                     storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
                 SELECT 'd' || n, 'off-' || n, 'company-off-' || n, 'INVOICE', 'x', 'x', 'x', 1, 'user', now()
                 FROM generate_series(1, 500) n;
             INSERT INTO document_processing_jobs (id, tenant_id, document_id, updated_at)
                 SELECT 'j' || n, 'off-' || n, 'd' || n, now() FROM generate_series(1, 500) n",
        )
        .await;
    let claimed = claim_up_to(office.store(), 10).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].id, "job");
}

#[tokio::test]
async fn heartbeats_touch_no_index() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let office = Surroundings::documents().await;
    office.add(NewJob::new("job", "office")).await;
    let lease = claim_one(office.store()).await;
    let mut connection = office.connection().await;
    // The server counts heap-only updates; for the transaction under way it counts at once.
    connection.batch_execute("BEGIN").await.unwrap();
    let held = sql_query(Statements::new(&DOCUMENT_PROCESSING).extend)
        .bind::<Array<Text>, _>(vec![lease.id])
        .bind::<Array<Text>, _>(vec![lease.tenant])
        .bind::<Array<BigInt>, _>(vec![lease.token])
        .bind::<BigInt, _>(30_000)
        .execute(&mut connection)
        .await
        .unwrap();
    let hot = "SELECT pg_stat_get_xact_tuples_hot_updated('document_processing_jobs'::regclass)
        AS value";
    let row: Row = sql_query(hot).get_result(&mut connection).await.unwrap();
    connection.batch_execute("COMMIT").await.unwrap();
    assert_eq!((held, row.value), (1, 1));
}
