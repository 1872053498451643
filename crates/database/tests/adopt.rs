//! A database that the existing platform made: everything in it stays, everything that writes to it
//! still works, and all of it can be taken back.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod catalog;
mod common;

use std::collections::BTreeSet;

use database::{Database, migrate, schema_check};
use dev_postgres::TestDatabase;
use tokio_postgres::Client;

/// One office with documents in every state, written as the platform writes them.
const ROWS: &str = include_str!("host_rows.sql");

async fn platform() -> (TestDatabase, Database, Client) {
    let (test, database) = common::empty().await;
    let client = catalog::client(&test.url()).await;
    client.batch_execute(include_str!("host_schema.sql")).await.expect("the platform's tables");
    client.batch_execute(ROWS).await.expect("the platform's rows");
    (test, database, client)
}

/// All rows of the platform's tables, as text, without the columns that migrations add.
async fn rows(client: &Client) -> BTreeSet<String> {
    let tables = client
        .query("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace", &[])
        .await
        .expect("lists the tables");
    let mut all = BTreeSet::new();
    for table in tables {
        let table: String = table.get(0);
        let select = format!(
            "SELECT (to_jsonb(t) - CASE WHEN '{table}' LIKE '%\\_jobs' THEN
                 '{{priority,run_at,max_attempts,lease_token,lease_owner,lease_expires_at}}'::text[]
             ELSE '{{}}'::text[] END - CASE WHEN '{table}' = 'integration_sync_jobs' THEN
                 '{{attempts,technical_error,is_surplus}}'::text[] ELSE '{{}}'::text[] END)::text \
             FROM \"{table}\" t"
        );
        for row in client.query(&select, &[]).await.expect("reads") {
            all.insert(format!("{table} {}", row.get::<_, String>(0)));
        }
    }
    all
}

#[tokio::test]
async fn the_description_is_what_the_platforms_statements_make() {
    let (test, _database, _client) = platform().await;
    let expected: BTreeSet<String> =
        include_str!("host_schema.txt").lines().map(str::to_owned).collect();
    let found = catalog::describe(&test.url(), "public").await;
    let differences: Vec<_> = expected.symmetric_difference(&found).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test]
async fn every_row_stays_and_all_can_be_taken_back() {
    let (test, database, client) = platform().await;
    let before = (catalog::describe(&test.url(), "public").await, rows(&client).await);
    assert!(before.1.len() > 10);

    migrate::run(&database).await.expect("adopts");
    assert_eq!(rows(&client).await, before.1);
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
    let adopted = catalog::describe(&test.url(), "public").await;
    assert!(adopted.is_superset(&before.0), "nothing of the platform's was changed");

    migrate::revert(&database, None).await.expect("reverts");
    assert_eq!(catalog::describe(&test.url(), "public").await, before.0);
    assert!(catalog::describe(&test.url(), "worker").await.is_empty());
    assert_eq!(rows(&client).await, before.1);
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'worker'";
    let left: i64 = client.query_one(schemas, &[]).await.expect("counts").get(0);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn what_a_killed_worker_held_returns_to_the_old_one() {
    let (_test, database, client) = platform().await;
    let statuses = async || {
        let sql = "SELECT id, status FROM document_processing_jobs ORDER BY id";
        let rows = client.query(sql, &[]).await.expect("reads");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect::<Vec<(String, String)>>()
    };
    migrate::run(&database).await.expect("adopts");
    // One job of each worker in progress: only this one's has a lease.
    client
        .batch_execute(
            "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                 storage_path, mime_type, file_size_bytes, upload_user_id, status, updated_at)
             SELECT id, 'tenant_1', 'company_1', 'INVOICE', 'a', 'a', 'a', 1, 'user_1',
                 'PROCESSING', now()
             FROM unnest(ARRAY['leased', 'unleased']) AS id;
             DELETE FROM document_processing_jobs;
             INSERT INTO document_processing_jobs
                 (id, tenant_id, document_id, status, attempts_count, lease_owner, lease_expires_at,
                 updated_at)
             VALUES ('leased', 'tenant_1', 'leased', 'IN_PROGRESS', 1, 'host/1', now(), now()),
                 ('unleased', 'tenant_1', 'unleased', 'IN_PROGRESS', 1, NULL, NULL, now())",
        )
        .await
        .expect("both work");
    migrate::revert(&database, None).await.expect("reverts");
    let pair = |id: &str, status: &str| (id.to_owned(), status.to_owned());
    assert_eq!(statuses().await, [pair("leased", "PENDING"), pair("unleased", "IN_PROGRESS")]);
    // The platform's schema tool may have dropped the column before.
    migrate::run(&database).await.expect("adopts again");
    let drops = "ALTER TABLE document_processing_jobs DROP COLUMN lease_owner";
    client.batch_execute(drops).await.expect("drops");
    migrate::revert(&database, None).await.expect("reverts without the column");
}

#[tokio::test]
async fn the_platforms_statements_work_on_and_wake_the_workers() {
    let (test, database, client) = platform().await;
    migrate::run(&database).await.expect("adopts");
    let mut listener = database.direct().await.expect("connects");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut listener, "LISTEN worker_jobs")
        .await
        .expect("listens");

    // Upload: the backend names the columns that its model has.
    client
        .batch_execute(
            "INSERT INTO \"public\".\"documents\" (\"id\",\"tenant_id\",\"client_company_id\",\"type\",
                 \"original_file_name\",\"storage_path\",\"mime_type\",\"file_size_bytes\",\"upload_user_id\",
                 \"upload_source\",\"status\",\"is_deleted\",\"created_at\",\"updated_at\")
             VALUES ('new_document','tenant_1','company_1','INVOICE','a.pdf','documents/doc_1_x/a.pdf',
                 'application/pdf',1024,'user_1','manual','UPLOADED',false,now(),now());
             INSERT INTO \"public\".\"document_processing_jobs\" (\"id\",\"tenant_id\",\"document_id\",\"status\",
                 \"attempts_count\",\"created_at\",\"updated_at\")
             VALUES ('new_job','tenant_1','new_document','PENDING',0,now(),now())",
        )
        .await
        .expect("the backend uploads");
    let row = client
        .query_one(
            "SELECT priority, max_attempts, lease_token, lease_owner IS NULL, run_at <= now()
             FROM document_processing_jobs WHERE id = 'new_job'",
            &[],
        )
        .await
        .expect("reads");
    let job: (i16, i16, i64, bool, bool) =
        (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
    assert_eq!(job, (0, 3, 0, true, true), "a job of the backend is due at once");
    let mut notifications = std::pin::pin!(listener.notifications_stream());
    let woken = futures::StreamExt::next(&mut notifications).await.expect("open").expect("heard");
    assert_eq!(
        (woken.channel.as_str(), woken.payload.as_str()),
        ("worker_jobs", "document_processing")
    );

    // The retry route inserts a second job, which the platform's unique key refuses as before.
    let retried = client
        .batch_execute(
            "INSERT INTO document_processing_jobs (id,tenant_id,document_id,status,attempts_count,created_at,updated_at)
             VALUES ('again','tenant_1','new_document','PENDING',0,now(),now())",
        )
        .await;
    let error = retried.expect_err("one job a document");
    assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION));

    // The old worker's way through a job, which may run beside until the switch.
    client
        .batch_execute(
            "SELECT * FROM document_processing_jobs WHERE status = 'PENDING' ORDER BY created_at LIMIT 10;
             UPDATE document_processing_jobs SET status='IN_PROGRESS', last_attempt_at=now(), updated_at=now() WHERE id='new_job';
             UPDATE documents SET status='PROCESSING', updated_at=now() WHERE id='new_document';
             UPDATE document_processing_jobs SET status='SUCCESS', updated_at=now() WHERE id='new_job';
             INSERT INTO document_ocr_results (id,tenant_id,document_id,raw_text,ocr_engine,confidence,created_at,updated_at)
                 VALUES ('ocr_new','tenant_1','new_document','x','stub',NULL,now(),now())
                 ON CONFLICT (document_id) DO UPDATE SET raw_text=excluded.raw_text, updated_at=now();
             INSERT INTO document_risk_scores (id,tenant_id,document_id,score,severity,\"triggeredRuleCodes\",generated_at,created_at,updated_at)
                 VALUES ('score_new','tenant_1','new_document',45,'medium','[\"A\"]',now(),now(),now());
             UPDATE documents SET status='PROCESSED', processed_at=now(), updated_at=now() WHERE id='new_document';
             UPDATE document_processing_jobs SET status='PENDING', attempts_count=1, last_error_message='x',
                 last_attempt_at=now(), updated_at=now() WHERE id='job_failed';
             DELETE FROM documents WHERE id='new_document'",
        )
        .await
        .expect("the old worker works");

    // What operators look at.
    for query in [
        "SELECT * FROM document_processing_jobs WHERE status = 'PENDING'",
        "SELECT id, status, processing_error_message FROM documents WHERE status IN ('UPLOADED','PROCESSING')",
        "SELECT * FROM document_risk_scores ORDER BY created_at DESC LIMIT 10",
    ] {
        client.query(query, &[]).await.expect(query);
    }
    drop(test);
}

/// What the old worker's loops and the backend's routes write, table by table, each naming the columns
/// that their model has.
const OLD_WRITERS: &[(&str, &str)] = &[
    (
        "a document's results and its failure",
        "INSERT INTO document_parsed_data (id, tenant_id, document_id, document_type, fields, parser_version,
             created_at, updated_at)
             VALUES ('parsed', 'tenant_1', 'document_uploaded', 'invoice', '{\"invoiceNumber\": \"A-1\"}',
             '1.0-stub', now(), now())
             ON CONFLICT (document_id) DO UPDATE SET fields = excluded.fields, updated_at = now();
         INSERT INTO document_risk_features (id, tenant_id, document_id, features, \"riskFlags\", risk_score,
             generated_at, created_at, updated_at)
             VALUES ('features', 'tenant_1', 'document_uploaded', '{\"highAmount\": true}', '[]', 45, now(),
             now(), now())
             ON CONFLICT (document_id) DO UPDATE SET \"riskFlags\" = excluded.\"riskFlags\";
         UPDATE document_processing_jobs SET status = 'FAILED', attempts_count = 3,
             last_error_message = 'x', last_attempt_at = now(), updated_at = now() WHERE id = 'job_pending';
         UPDATE documents SET status = 'FAILED', processing_error_message = 'x', updated_at = now()
             WHERE id = 'document_uploaded';
         UPDATE documents SET is_deleted = true, updated_at = now() WHERE id = 'document_uploaded'",
    ),
    (
        "scores, history, alerts and their closing, notifications and metering",
        "UPDATE document_risk_scores SET score = 80, severity = 'high', \"triggeredRuleCodes\" = '[\"B\"]',
             generated_at = now(), updated_at = now() WHERE id = 'score_1';
         INSERT INTO client_company_risk_scores (id, tenant_id, client_company_id, score, severity,
             \"triggeredRuleCodes\", generated_at, created_at, updated_at)
             VALUES ('company_score', 'tenant_1', 'company_1', 70, 'high', '[]', now(), now(), now());
         INSERT INTO risk_score_history (id, tenant_id, entity_type, entity_id, score, severity, recorded_at,
             created_at) VALUES ('history', 'tenant_1', 'company', 'company_1', 70, 'high', now(), now());
         INSERT INTO risk_alerts (id, tenant_id, client_company_id, document_id, type, title, message,
             severity, status, created_at, updated_at)
             VALUES ('alert', 'tenant_1', 'company_1', NULL, 'ANOMALY_DETECTED', 't', 'm', 'low', 'open', now(),
             now()),
             ('alert_2', 'tenant_1', 'company_1', NULL, 'ANOMALY_DETECTED', 't', 'm', 'low', 'open', now(), now());
         UPDATE risk_alerts SET severity = 'high', message = 'n', updated_at = now() WHERE id = 'alert';
         UPDATE risk_alerts SET status = 'closed', resolved_at = now(), resolved_by_user_id = 'user_1'
             WHERE id = 'alert';
         INSERT INTO notifications (id, tenant_id, user_id, type, title, message, meta, is_read, created_at,
             updated_at) VALUES ('note', 'tenant_1', NULL, 'RISK_ALERT', 't', 'm',
             '{\"riskAlertId\": \"alert\"}', false, now(), now());
         INSERT INTO tenant_usages (id, tenant_id, metric, period_start, period_end, value, created_at,
             updated_at) VALUES ('usage', 'tenant_1', 'AI_ANALYSES', '2025-01-01Z', '2025-01-31 23:59:59.999Z',
             1, now(), now())
             ON CONFLICT (tenant_id, metric, period_start)
             DO UPDATE SET value = tenant_usages.value + 1, updated_at = now();
         INSERT INTO risk_rules (id, tenant_id, scope, code, description, weight, is_active,
             default_severity, config, created_at, updated_at)
             VALUES ('own', 'tenant_1', 'document', 'TWICE', 'x', 5, false, 'low', '{}', now(), now())",
    ),
    (
        "integrations, their jobs and logs",
        "INSERT INTO integration_providers (id, type, code, name, updated_at)
             VALUES ('provider', 'accounting', 'SOME_OTHER', 'x', now());
         INSERT INTO tenant_integrations (id, tenant_id, provider_id, status, display_name, config, updated_at)
             VALUES ('integration', 'tenant_1', 'provider', 'connected', 'x', '{\"apiKey\": \"k\"}', now());
         INSERT INTO integration_sync_jobs (id, tenant_id, client_company_id, tenant_integration_id, job_type,
             status, created_at, updated_at)
             VALUES ('sync', 'tenant_1', NULL, 'integration', 'pull_invoices', 'pending', now(), now());
         UPDATE integration_sync_jobs SET status = 'in_progress', started_at = now(), updated_at = now()
             WHERE id = 'sync';
         UPDATE tenant_integrations SET last_sync_status = 'in_progress', updated_at = now();
         INSERT INTO integration_sync_logs (id, tenant_id, tenant_integration_id, level, message, context,
             created_at) VALUES ('log', 'tenant_1', 'integration', 'info', 'm', '{\"jobId\": \"sync\"}', now());
         UPDATE integration_sync_jobs SET status = 'failed', finished_at = now(), error_message = 'x',
             updated_at = now() WHERE id = 'sync';
         INSERT INTO integration_sync_jobs (id, tenant_id, tenant_integration_id, job_type, status, created_at,
             updated_at) VALUES ('sync_push', 'tenant_1', 'integration', 'push_invoices', 'pending', now(), now());
         UPDATE integration_sync_jobs SET status = 'success', finished_at = now() WHERE id = 'sync_push';
         UPDATE tenant_integrations SET last_sync_at = now(), last_sync_status = 'success',
             config = '{\"lastPushSyncAt\": \"2025-01-01\"}', updated_at = now()",
    ),
    (
        "books by the importers, a second row of one external id among them",
        "INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date, total_amount,
             tax_amount, updated_at)
             VALUES ('invoice_3', 'tenant_1', 'company_1', 'A-1', 'ALIŞ', now(), 12.00, 2.00, now());
         INSERT INTO invoice_lines (id, tenant_id, invoice_id, line_number, description, quantity, unit_price,
             line_total, vat_rate, vat_amount, updated_at)
             VALUES ('line', 'tenant_1', 'invoice_3', 1, 'x', 1, 10, 10, 0.20, 2, now());
         DELETE FROM invoice_lines WHERE invoice_id = 'invoice_3';
         UPDATE invoices SET total_amount = 24, pushed_at = now(), updated_at = now() WHERE id = 'invoice_3';
         INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
             VALUES ('company_2', 'tenant_1', 'x', 'Limited', 'TEMP-1735689600000', now());
         INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
             VALUES ('ledger', 'tenant_1', '102.01.abc', 'x', 'asset', now());
         INSERT INTO client_company_bank_accounts (id, tenant_id, client_company_id, bank_name, iban,
             updated_at) VALUES ('bank', 'tenant_1', 'company_1', 'x', 'TR1', now());
         INSERT INTO transactions (id, tenant_id, client_company_id, date, updated_at)
             VALUES ('movement', 'tenant_1', 'company_1', now(), now());
         INSERT INTO transaction_lines (id, tenant_id, transaction_id, ledger_account_id, debit_amount,
             credit_amount, updated_at) VALUES ('side', 'tenant_1', 'movement', 'ledger', 0, 10, now())",
    ),
    (
        "the retry queue, and an office's end with everything below it",
        "INSERT INTO retry_queue (id, tenant_id, type, payload, next_retry_at, updated_at)
             VALUES ('retry', 'tenant_1', 'email', '{}', now(), now());
         UPDATE retry_queue SET status = 'processing', attempts = attempts + 1 WHERE id = 'retry';
         DELETE FROM retry_queue WHERE id = 'retry';
         UPDATE tenants SET status = 'SUSPENDED', updated_at = now() WHERE id = 'tenant_1';
         DELETE FROM tenants WHERE id = 'tenant_1'",
    ),
];

#[tokio::test]
async fn every_writer_of_the_platform_writes_on() {
    // The same statements on the platform's own tables first: what fails there is this test's mistake.
    for adopted in [false, true] {
        let (_test, database, client) = platform().await;
        if adopted {
            migrate::run(&database).await.expect("adopts");
        }
        for (what, statements) in OLD_WRITERS {
            if let Err(error) = client.batch_execute(statements).await {
                panic!("{what}, adopted: {adopted}: {:?}", error.as_db_error());
            }
        }
    }
}

#[tokio::test]
async fn a_busy_table_is_waited_for_without_stopping_it() {
    let (test, database, mut client) = platform().await;
    // An open transaction of the backend holds its row's table for a while.
    let transaction = client.transaction().await.expect("begins");
    transaction
        .execute("UPDATE document_processing_jobs SET updated_at = now()", &[])
        .await
        .expect("updates");
    let migrating = tokio::spawn({
        let database = database.clone();
        async move { migrate::run(&database).await }
    });
    // It must have tried, and given up at least once, before the transaction ends.
    let watch = catalog::client(&test.url()).await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND wait_event_type = 'Lock'";
    let seen = async |wanted: bool| {
        loop {
            let waits: i64 = watch.query_one(waiting, &[]).await.expect("looks").get(0);
            if (waits > 0) == wanted {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_mins(1);
    tokio::time::timeout(patience, seen(true)).await.expect("it tries");
    tokio::time::timeout(patience, seen(false)).await.expect("it lets the others pass");
    transaction.commit().await.expect("commits");
    migrating.await.expect("ends").expect("migrates");
    assert_eq!(schema_check::check(&database).await.expect("checks"), []);
}
