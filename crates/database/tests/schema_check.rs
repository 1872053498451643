//! The start-up check names what is wrong and how to mend it.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod common;

use database::schema_check::{self, Difference};
use diesel_async::SimpleAsyncConnection;

/// Breaks a migrated database and returns the differences as text.
async fn after(sql: &str) -> Vec<String> {
    let (_test, database) = common::migrated().await;
    database.get().await.expect("connects").batch_execute(sql).await.expect(sql);
    let found = schema_check::check(&database).await.expect("checks");
    found.iter().map(Difference::to_string).collect()
}

#[tokio::test]
async fn the_old_name_of_the_rule_codes_is_recognised() {
    let found = after(
        "ALTER TABLE document_risk_scores RENAME COLUMN \"triggeredRuleCodes\" TO triggered_rule_codes",
    )
    .await;
    assert_eq!(
        found,
        ["column document_risk_scores.triggeredRuleCodes is there under its old name \
          triggered_rule_codes; mend: ALTER TABLE document_risk_scores RENAME COLUMN \
          triggered_rule_codes TO \"triggeredRuleCodes\""]
    );
}

#[tokio::test]
async fn each_kind_of_difference_is_named() {
    let found = after(
        "ALTER TABLE documents ALTER COLUMN file_size_bytes TYPE text;
         ALTER TABLE documents ALTER COLUMN processing_error_message SET NOT NULL;
         ALTER TABLE documents ALTER COLUMN mime_type DROP NOT NULL;
         ALTER TABLE documents DROP COLUMN processed_at;
         ALTER TABLE document_ocr_results ADD COLUMN reviewed_by text NOT NULL;
         ALTER TABLE document_ocr_results ADD COLUMN reviewed_at timestamptz NOT NULL DEFAULT now();
         DROP INDEX document_parsed_data_document_id_key;
         DROP TABLE risk_score_history;
         DROP TABLE worker.usage_events;
         ALTER TABLE document_processing_jobs DISABLE TRIGGER worker_document_jobs_inserted",
    )
    .await;
    insta::assert_snapshot!(found.join("\n"), @r#"
    column documents.mime_type may be null; mend: ALTER TABLE documents ALTER COLUMN "mime_type" SET NOT NULL
    column documents.file_size_bytes is text, not bigint; mend: check what the column holds, then ALTER TABLE documents ALTER COLUMN "file_size_bytes" TYPE bigint
    column documents.processing_error_message may not be null; mend: ALTER TABLE documents ALTER COLUMN "processing_error_message" DROP NOT NULL
    column documents.processed_at (timestamp with time zone) is missing; mend: update the platform's database to its current model
    table risk_score_history is missing; mend: update the platform's database to its current model
    table worker.usage_events is missing; mend: run the migrations (cargo xtask migrate); docs/adopting.md says what may drop it
    column document_ocr_results.reviewed_by is not known here and must have a value; mend: use a worker that knows the column, or give it a default: ALTER TABLE document_ocr_results ALTER COLUMN "reviewed_by" SET DEFAULT …
    table document_parsed_data has no unique key on (document_id); mend: remove the duplicates, then CREATE UNIQUE INDEX ON document_parsed_data (document_id)
    trigger worker_document_jobs_inserted on document_processing_jobs is missing or switched off; mend: run the migrations (cargo xtask migrate); docs/adopting.md says what may drop it
    "#);
}

#[tokio::test]
async fn what_only_slows_the_worker_down_is_not_fatal() {
    let (_test, database) = common::migrated().await;
    let mut connection = database.get().await.expect("connects");
    connection
        .batch_execute(
            "DROP INDEX worker_document_jobs_due_idx, worker_document_jobs_running_idx;
             DROP TRIGGER worker_document_jobs_inserted ON document_processing_jobs",
        )
        .await
        .expect("drops");
    let found = schema_check::check(&database).await.expect("checks");
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(!found.iter().any(Difference::is_fatal), "{found:#?}");
    connection
        .batch_execute(
            "DROP INDEX document_parsed_data_document_id_key;
             ALTER TABLE document_processing_jobs DROP COLUMN max_attempts",
        )
        .await
        .expect("drops");
    let found = schema_check::check(&database).await.expect("checks");
    assert_eq!(found.iter().filter(|one| one.is_fatal()).count(), 2, "{found:#?}");
}

#[tokio::test]
async fn wider_columns_and_foreign_columns_do_not_matter() {
    let found = after(
        "ALTER TABLE documents ALTER COLUMN status TYPE varchar(80);
         ALTER TABLE documents ALTER COLUMN mime_type TYPE text;
         ALTER TABLE documents ADD COLUMN note text;
         CREATE TABLE something_else (id int)",
    )
    .await;
    assert_eq!(found, [] as [&str; 0]);
}

#[tokio::test]
async fn an_empty_database_is_told_from_one_that_lacks_tables() {
    let (_test, database) = common::empty().await;
    let found = schema_check::check(&database).await.expect("checks");
    assert_eq!(found, [Difference::NothingThere]);
    assert!(found[0].is_fatal() && found[0].is_mended_by_migrating());
    assert!(found[0].to_string().contains("cargo xtask migrate"), "{}", found[0]);
    // One table of the platform, and it is the platform's database.
    let mut connection = database.get().await.expect("connects");
    connection.batch_execute("CREATE TABLE tenants (id text)").await.expect("creates");
    let found = schema_check::check(&database).await.expect("checks");
    assert!(found.contains(&Difference::MissingTable { table: "documents".to_owned() }));
}
