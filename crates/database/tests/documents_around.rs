//! What surrounds a document's completion: rules, metering, and the operators' queries.
#![allow(clippy::expect_used, reason = "a test panics")]

mod common;
mod office;

use std::collections::BTreeSet;

use database::documents::{Fingerprint, complete_document};
use database::{risk_rules, seed, usage};
use domain::{DocumentId, TenantId};
use office::{Office, results};
use risk_engine::{RuleSet, Scope, SeverityThresholds};

#[tokio::test]
async fn seeds_once_and_keeps_what_is_there() {
    let office = Office::open().await;
    office.execute(
        "INSERT INTO risk_rules (id, scope, code, description, weight, default_severity, updated_at)
         VALUES ('kept', 'document', 'INV_TOTAL_MISMATCH', 'changed by the platform', 99, 'low', now())",
    )
    .await;
    let seeds = (0..6).map(|_| seed::seed_platform_rules(&office.database));
    let added = futures::future::join_all(seeds).await;
    let added: u64 = added.into_iter().map(|added| added.expect("seeded")).sum();
    assert_eq!(added, 7, "the eighth was there");
    assert_eq!(office.count("risk_rules").await, 8);
    assert_eq!(office.count("risk_rules WHERE weight = 99 AND tenant_id IS NULL").await, 1);
    assert_eq!(
        office
            .count(
                "risk_rules WHERE code = 'COMP_HIGH_RISK_RATIO' AND config = '{\"threshold\": 0.3}'"
            )
            .await,
        1
    );
}

#[tokio::test]
async fn an_office_gets_its_own_rules_and_the_platforms() {
    let office = Office::open().await;
    office.neighbour("t2").await;
    seed::seed_platform_rules(&office.database).await.expect("seeded");
    office
        .execute(
            "INSERT INTO risk_rules (id, tenant_id, scope, code, description, weight, is_active,
            default_severity, config, updated_at) VALUES
            ('r1', 't1', 'document', 'INV_TOTAL_MISMATCH', 'off', 30, false, 'high', NULL, now()),
            ('r2', 't1', 'document', 'HIGH_AMOUNT', 'ours', 12.50, true, 'medium',
                '{\"minSeverity\": \"medium\"}', now()),
            ('r3', 't2', 'document', 'NEGATIVE_AMOUNT', 'theirs', 30, true, 'high', '{}', now())",
        )
        .await;
    let rows = risk_rules::of_tenant(&office.database, &TenantId::new("t1")).await.expect("rules");
    assert_eq!(rows.len(), 10);
    let loaded = RuleSet::load(&rows, SeverityThresholds::default());
    assert_eq!(loaded.errors, []);
    assert_eq!(
        loaded.rules.codes(Scope::Document).collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "DOC_PARSING_FAILED",
            "HIGH_AMOUNT",
            "INV_DUE_BEFORE_ISSUE",
            "INV_DUPLICATE_NUMBER",
            "INV_MISSING_TAX_NUMBER",
        ])
    );
}

#[tokio::test]
async fn usage_is_counted_once_by_any_number_of_folds() {
    let office = Office::open().await;
    office.neighbour("t2").await;
    // Two offices and two months, more than one batch, and an office that is gone.
    office.execute(
        "INSERT INTO worker.usage_events (tenant_id, metric, period_start, period_end, amount)
         SELECT 't' || 1 + n % 2, 'AI_ANALYSES', month, month + interval '1 month' - interval '1 ms', 1
         FROM generate_series(1, 3000) n,
            (VALUES ('2025-01-01Z'::timestamptz), ('2025-02-01Z')) months (month);
         INSERT INTO worker.usage_events (tenant_id, metric, period_start, period_end, amount)
         VALUES ('gone', 'AI_ANALYSES', '2025-01-01Z', '2025-01-31Z', 1);
         INSERT INTO tenant_usages (id, tenant_id, metric, period_start, period_end, value, updated_at)
         VALUES ('kept', 't1', 'AI_ANALYSES', '2025-01-01Z', '2025-01-31 23:59:59.999Z', 5, now());",
    )
    .await;
    let folds = (0..4).map(|_| usage::fold(&office.database));
    let folded = futures::future::join_all(folds).await;
    let folded: u64 = folded.into_iter().map(|folded| folded.expect("folded")).sum();
    assert_eq!(folded, 6001);
    assert_eq!(usage::fold(&office.database).await.expect("folded"), 0);
    let rows = office
        .rows("SELECT tenant_id, period_start::date::text, value FROM tenant_usages ORDER BY 1, 2")
        .await;
    let rows: Vec<(String, String, i32)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let row = |tenant: &str, day: &str, value| (tenant.to_owned(), day.to_owned(), value);
    assert_eq!(
        rows,
        [
            row("t1", "2025-01-01", 1505),
            row("t1", "2025-02-01", 1500),
            row("t2", "2025-01-01", 1500),
            row("t2", "2025-02-01", 1500),
        ]
    );
    assert_eq!(office.count("tenant_usages WHERE id = 'kept' AND value = 1505").await, 1);
}

#[tokio::test]
async fn a_completions_usage_falls_into_the_platforms_month() {
    let office = Office::open().await;
    let lease = office.document("doc1", "a.pdf").await;
    let print = Fingerprint::new([1; 32], None, None, None);
    let document = DocumentId::new("doc1");
    complete_document(&office.database, &lease, &document, &print, |_| results(0))
        .await
        .expect("completes");
    usage::fold(&office.database).await.expect("folded");
    let matching = "tenant_usages WHERE tenant_id = 't1' AND metric = 'AI_ANALYSES' AND value = 1
        AND period_start <= now() AND now() <= period_end
        AND to_char(period_start AT TIME ZONE 'UTC', 'DD HH24:MI:SS.US') = '01 00:00:00.000000'
        AND period_end = period_start + interval '1 month' - interval '1 millisecond'";
    assert_eq!(office.count(matching).await, 1);
}

#[tokio::test]
async fn the_operators_queries_work_verbatim() {
    let office = Office::open().await;
    let lease = office.document("doc1", "a.pdf").await;
    let print = Fingerprint::new([1; 32], None, None, None);
    complete_document(&office.database, &lease, &DocumentId::new("doc1"), &print, |_| results(40))
        .await
        .expect("completes");
    office.document("doc2", "b.pdf").await;
    // Inserted as the platform does, which knows nothing of the worker's columns.
    office
        .execute(
            "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
            storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
         VALUES ('doc3', 't1', 't1-company', 'OTHER', 'c', 'p', 'm', 1, 't1-user', now());
         INSERT INTO document_processing_jobs (id, tenant_id, document_id, updated_at)
         VALUES ('job-doc3', 't1', 'doc3', now())",
        )
        .await;

    let pending =
        office.rows("SELECT * FROM document_processing_jobs WHERE status = 'PENDING'").await;
    let pending: Vec<String> = pending.iter().map(|row| row.get("document_id")).collect();
    assert_eq!(pending, ["doc3"]);

    let open = office
        .rows(
            "SELECT id, status, processing_error_message FROM documents WHERE status IN ('UPLOADED','PROCESSING')",
        )
        .await;
    let open: BTreeSet<(String, String, Option<String>)> =
        open.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(
        open,
        BTreeSet::from([
            ("doc2".to_owned(), "PROCESSING".to_owned(), Some("an earlier failure".to_owned())),
            ("doc3".to_owned(), "UPLOADED".to_owned(), None),
        ])
    );

    let scores =
        office.rows("SELECT * FROM document_risk_scores ORDER BY created_at DESC LIMIT 10").await;
    let scores: Vec<(String, String)> =
        scores.iter().map(|row| (row.get("document_id"), row.get("severity"))).collect();
    assert_eq!(scores, [("doc1".to_owned(), "medium".to_owned())]);
}
