//! Migrations on an empty database, run by several at once, shown, taken back and mended.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod catalog;
mod common;

use std::collections::BTreeSet;

use database::migrate::{self, MigrateError};
use database::schema_check::{self, Difference};
use diesel_async::SimpleAsyncConnection;

#[tokio::test]
async fn an_empty_database_gets_the_whole_schema() {
    let (test, database) = common::migrated().await;
    let found = catalog::describe(&test.url(), "public").await;
    let expected: BTreeSet<String> =
        include_str!("host_schema.txt").lines().map(str::to_owned).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(missing.is_empty(), "missing or different: {missing:#?}");

    // What is there beyond it is what the migrations of the job tables and indexes add, and nothing else.
    let added: Vec<_> = found.difference(&expected).map(String::as_str).collect();
    insta::assert_snapshot!(added.join("\n"), @r"
    column document_processing_jobs.lease_expires_at timestamp(6) with time zone null
    column document_processing_jobs.lease_owner text null
    column document_processing_jobs.lease_token bigint not null default 0
    column document_processing_jobs.max_attempts smallint not null default 3
    column document_processing_jobs.priority smallint not null default 0
    column document_processing_jobs.run_at timestamp(6) with time zone not null default now()
    column integration_sync_jobs.attempts integer not null default 0
    column integration_sync_jobs.is_surplus boolean not null default false
    column integration_sync_jobs.lease_expires_at timestamp(6) with time zone null
    column integration_sync_jobs.lease_owner text null
    column integration_sync_jobs.lease_token bigint not null default 0
    column integration_sync_jobs.max_attempts smallint not null default 5
    column integration_sync_jobs.priority smallint not null default 0
    column integration_sync_jobs.run_at timestamp(6) with time zone not null default now()
    column integration_sync_jobs.technical_error text null
    index worker_document_jobs_due_idx document_processing_jobs (tenant_id, priority, run_at, id) where ((status)::text = 'PENDING'::text)
    index worker_document_jobs_running_idx document_processing_jobs (id) where ((status)::text = 'IN_PROGRESS'::text)
    index worker_invoices_external_idx invoices (tenant_id, external_id) where (external_id IS NOT NULL)
    index worker_invoices_window_idx invoices (tenant_id, client_company_id, issue_date)
    index worker_sync_jobs_due_idx integration_sync_jobs (tenant_id, priority, run_at, id) where ((status)::text = 'pending'::text)
    index worker_sync_jobs_open_idx unique integration_sync_jobs (tenant_integration_id) where (((status)::text = ANY ((ARRAY['pending'::character varying, 'in_progress'::character varying])::text[])) AND (NOT is_surplus))
    index worker_sync_jobs_recent_idx integration_sync_jobs (tenant_integration_id, created_at)
    index worker_sync_jobs_running_idx integration_sync_jobs (id) where ((status)::text = 'in_progress'::text)
    index worker_transactions_window_idx transactions (tenant_id, client_company_id, date)
    options document_processing_jobs fillfactor=70 autovacuum_vacuum_scale_factor=0.02 autovacuum_analyze_scale_factor=0.02
    options integration_sync_jobs fillfactor=70 autovacuum_vacuum_scale_factor=0.02 autovacuum_analyze_scale_factor=0.02
    trigger worker_document_jobs_inserted document_processing_jobs for each statement
    trigger worker_sync_jobs_inserted integration_sync_jobs for each statement
    trigger worker_sync_jobs_joined integration_sync_jobs for each row
    ");
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
}

#[tokio::test]
async fn ten_at_once_are_harmless() {
    let (_test, database) = common::empty().await;
    let runs = (0..10).map(|_| {
        let database = database.clone();
        tokio::spawn(async move { migrate::run(&database).await })
    });
    let mut applied = Vec::new();
    for run in runs.collect::<Vec<_>>() {
        applied.extend(run.await.expect("ends").expect("migrates").applied);
    }
    let all: Vec<_> = migrate::ALL.iter().map(|migration| migration.name).collect();
    assert_eq!(applied, all, "each was run once, by one of them");
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
}

#[tokio::test]
async fn looking_changes_nothing() {
    let (test, database) = common::empty().await;
    let planned = migrate::dry_run(&database).await.expect("plans");
    assert_eq!(planned.len(), migrate::ALL.len());
    assert!(planned[0].up.contains("CREATE TABLE tenants"));
    assert!(migrate::status(&database).await.expect("looks").iter().all(|s| s.run_at.is_none()));
    assert!(catalog::describe(&test.url(), "public").await.is_empty());
    assert!(catalog::describe(&test.url(), "worker").await.is_empty());

    migrate::run(&database).await.expect("migrates");
    assert!(migrate::dry_run(&database).await.expect("plans").is_empty());
    assert!(migrate::status(&database).await.expect("looks").iter().all(|s| s.run_at.is_some()));
}

#[tokio::test]
async fn a_migration_can_be_taken_back_and_run_again() {
    let (test, database) = common::migrated().await;
    let before = catalog::describe(&test.url(), "public").await;
    let mut names: Vec<&str> = migrate::ALL.iter().skip(1).map(|one| one.name).collect();
    names.reverse();
    let reverted = migrate::revert(&database, Some(names.len())).await.expect("reverts");
    assert_eq!(reverted, names);
    names.reverse();
    let report = migrate::run(&database).await.expect("migrates");
    assert_eq!(report.applied, names);
    assert_eq!(catalog::describe(&test.url(), "public").await, before);
}

#[tokio::test]
async fn what_the_platforms_schema_tool_drops_comes_back() {
    let (test, database) = common::migrated().await;
    let before = catalog::describe(&test.url(), "public").await;
    let mut connection = database.get().await.expect("connects");
    connection
        .batch_execute(
            "ALTER TABLE document_processing_jobs DROP COLUMN run_at, DROP COLUMN lease_owner;
             DROP INDEX worker_document_jobs_running_idx;
             DROP TRIGGER worker_document_jobs_inserted ON document_processing_jobs",
        )
        .await
        .expect("drops");
    let lost = schema_check::check(&database).await.expect("checks");
    assert_eq!(lost.len(), 5, "two columns, two indexes, a trigger: {lost:#?}");
    assert!(lost.iter().all(Difference::is_mended_by_migrating));

    let report = migrate::run(&database).await.expect("mends");
    let repeatable: Vec<_> =
        migrate::ALL.iter().filter(|one| one.repeatable).map(|one| one.name).collect();
    assert_eq!(report.mended, repeatable);
    assert_eq!(catalog::describe(&test.url(), "public").await, before);
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
}

#[tokio::test]
async fn an_index_whose_build_was_cut_off_is_built_again() {
    let (_test, database) = common::migrated().await;
    let mut connection = database.get().await.expect("connects");
    connection
        .batch_execute(
            "UPDATE pg_index SET indisvalid = false
             WHERE indexrelid = 'worker_document_jobs_due_idx'::regclass",
        )
        .await
        .expect("breaks");
    let lost = schema_check::check(&database).await.expect("checks");
    let index = "worker_document_jobs_due_idx".to_owned();
    assert_eq!(lost, [Difference::MissingIndex { index }]);
    migrate::run(&database).await.expect("mends");
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
}

#[tokio::test]
async fn a_trigger_that_was_switched_off_is_switched_on() {
    let (_test, database) = common::migrated().await;
    let mut connection = database.get().await.expect("connects");
    connection
        .batch_execute(
            "ALTER TABLE document_processing_jobs DISABLE TRIGGER USER;
             ALTER TABLE integration_sync_jobs DISABLE TRIGGER USER",
        )
        .await
        .expect("disables");
    let lost = schema_check::check(&database).await.expect("checks");
    let missing = [
        ("document_processing_jobs", "worker_document_jobs_inserted"),
        ("integration_sync_jobs", "worker_sync_jobs_inserted"),
        ("integration_sync_jobs", "worker_sync_jobs_joined"),
    ];
    let missing = missing.map(|(table, trigger)| Difference::MissingTrigger {
        table: table.into(),
        trigger: trigger.into(),
    });
    assert_eq!(lost, missing);
    migrate::run(&database).await.expect("mends");
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let (_test, database) = common::migrated().await;
    let mut connection = database.get().await.expect("connects");
    connection
        .batch_execute("INSERT INTO worker.__diesel_schema_migrations (version) VALUES ('9999')")
        .await
        .expect("inserts");
    let refused = migrate::run(&database).await;
    let newer = matches!(
        &refused,
        Err(database::Error::Migrate(MigrateError::Newer { versions })) if versions == &["9999"]
    );
    assert!(newer, "{refused:?}");
}
