//! What the service does when the database differs from what it uses.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use support::{Platform, demo};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_index_or_trigger_is_a_warning_and_a_lost_column_the_end() {
    let platform = Platform::new().await;
    let client = platform.connect().await;
    client
        .batch_execute(
            "DROP INDEX worker_document_jobs_due_idx;
             DROP TRIGGER worker_document_jobs_inserted ON document_processing_jobs",
        )
        .await
        .unwrap();
    platform.upload("d1", "a.xml", &demo("cinar-satis-efatura.xml")).await;
    let finished = platform.drain();
    assert_eq!(platform.state("d1").await.0, "SUCCESS");
    for text in ["[WARN]", "worker_document_jobs_due_idx", "worker_document_jobs_inserted"] {
        assert!(finished.stderr.contains(text), "{text} is not in:\n{}", finished.stderr);
    }
    let doctor = platform.worker(&["doctor"], &[]).wait();
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    assert!(doctor.stdout.contains("worker_document_jobs_due_idx"), "{doctor:?}");

    let sql = "ALTER TABLE document_processing_jobs DROP COLUMN max_attempts";
    client.batch_execute(sql).await.unwrap();
    let finished = platform.worker(&["run", "--once"], &[]).wait();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for text in ["[ERROR]", "max_attempts", "1 difference(s)"] {
        assert!(finished.stderr.contains(text), "{text} is not in:\n{}", finished.stderr);
    }
}
