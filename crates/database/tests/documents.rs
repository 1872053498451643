//! Completing documents: what is written, by whom, and what is not.
#![allow(clippy::expect_used, reason = "a test panics")]

mod common;
mod office;

use std::sync::mpsc;
use std::time::Duration;

use database::documents::{Completed, Duplicates, Fingerprint, complete_document};
use domain::DocumentId;
use jobs_core::LeaseRef;
use office::{Office, results};
use tokio::time::{Instant, sleep};

fn print(content: u8, ettn: Option<&str>) -> Fingerprint {
    Fingerprint::new([content; 32], ettn, None, None)
}

fn written(completed: Completed) -> Option<String> {
    match completed {
        Completed::Written { new_alert } => new_alert,
        Completed::LostLease => panic!("the lease was held"),
        Completed::Deleted => panic!("the document is there"),
    }
}

#[tokio::test]
async fn everything_is_written_where_the_platform_reads_it() {
    let office = Office::open().await;
    let lease = office.document("doc1", "Ocak faturası.pdf").await;
    let print =
        Fingerprint::new([1; 32], Some("E-1"), Some("1234567801"), Some("ABC2025000000001"));
    let completed =
        complete_document(&office.database, &lease, &DocumentId::new("doc1"), &print, |found| {
            assert!(found.is_empty());
            results(80)
        })
        .await
        .expect("completes");
    let alert = written(completed).expect("80 is high");

    let row = office
        .row(
            r#"SELECT d.status, d.processed_at IS NOT NULL, d.processing_error_message,
                j.status, j.lease_owner, j.last_error_message,
                o.raw_text, o.ocr_engine, o.confidence::text,
                p.document_type, p.fields::text, p.parser_version,
                f.features::text, f."riskFlags"::text, f.risk_score::text,
                s.score::text, s.severity, s."triggeredRuleCodes"::text,
                h.score::text, h.severity, h.entity_type,
                a.status, a.severity, a.type, a.title, a.message, a.client_company_id, a.id,
                n.type, n.user_id, n.title, n.message, n.meta->>'riskAlertId',
                n.meta->>'documentId', n.meta->>'clientCompanyId'
            FROM documents d
            JOIN document_processing_jobs j ON j.document_id = d.id
            JOIN document_ocr_results o ON o.document_id = d.id AND o.tenant_id = d.tenant_id
            JOIN document_parsed_data p ON p.document_id = d.id AND p.tenant_id = d.tenant_id
            JOIN document_risk_features f ON f.document_id = d.id AND f.tenant_id = d.tenant_id
            JOIN document_risk_scores s ON s.document_id = d.id AND s.tenant_id = d.tenant_id
            JOIN risk_score_history h ON h.entity_id = d.id AND h.tenant_id = d.tenant_id
            JOIN risk_alerts a ON a.document_id = d.id AND a.tenant_id = d.tenant_id
            JOIN notifications n ON n.tenant_id = d.tenant_id
            WHERE d.id = 'doc1'"#,
        )
        .await;
    let cells: Vec<String> = (0..row.len())
        .map(|at| match row.try_get::<_, Option<String>>(at) {
            Ok(text) => text.unwrap_or_else(|| "-".to_owned()),
            Err(_) => row.get::<_, bool>(at).to_string(),
        })
        .collect();
    let expected = [
        "PROCESSED",
        "true",
        "-",
        "SUCCESS",
        "-",
        "-",
        "FATURA\nToplam 1.200,00",
        "pdf-text",
        "0.9877",
        "invoice",
        r#"{"totalAmount": 1200.00}"#,
        "3.0",
        r#"{"amountMismatch": true}"#,
        r#"[{"code": "AMOUNT_MISMATCH", "severity": "medium"}]"#,
        "15.00",
        "80.00",
        "high",
        r#"["INV_TOTAL_MISMATCH"]"#,
        "80.00",
        "high",
        "document",
        "open",
        "high",
        "RISK_THRESHOLD_EXCEEDED",
        "Yüksek riskli belge: Ocak faturası.pdf",
        "Ege Tekstil firmasının \"Ocak faturası.pdf\" belgesinin risk puanı yüksek: 100 üzerinden \
         80. Nedenleri: fatura toplamları birbirini tutmuyor (INV_TOTAL_MISMATCH): 80 puan.",
        "t1-company",
        alert.as_str(),
        "RISK_ALERT",
        "-",
        "Yeni risk uyarısı: Ocak faturası.pdf",
        "Ege Tekstil firmasının \"Ocak faturası.pdf\" belgesinin risk puanı yüksek: 100 üzerinden 80.",
        alert.as_str(),
        "doc1",
        "t1-company",
    ];
    assert_eq!(cells, expected);
    assert_eq!(office.count("worker.document_fingerprints WHERE ettn = 'e-1'").await, 1);
    assert_eq!(office.count("worker.usage_events WHERE metric = 'AI_ANALYSES'").await, 1);
}

#[tokio::test]
async fn without_the_lease_nothing_is_written() {
    let office = Office::open().await;
    let lease = office.document("doc1", "a.pdf").await;
    let other = office.document("doc2", "b.pdf").await;
    let stale = LeaseRef { token: lease.token - 1, ..lease.clone() };
    let foreign = LeaseRef { tenant: "t2".to_owned(), ..lease.clone() };
    for (lease, document) in [(&stale, "doc1"), (&foreign, "doc1"), (&other, "doc1")] {
        let document = DocumentId::new(document);
        let completed =
            complete_document(&office.database, lease, &document, &print(1, None), |_| {
                panic!("nothing is computed without the lease")
            })
            .await;
        assert_eq!(completed.expect("asked"), Completed::LostLease);
    }
    let lease = office.again("doc1").await;
    let document = DocumentId::new("doc1");
    office.execute("UPDATE document_processing_jobs SET status = 'CANCELLED'").await;
    let completed =
        complete_document(&office.database, &lease, &document, &print(1, None), |_| results(80))
            .await;
    assert_eq!(completed.expect("asked"), Completed::LostLease);

    for table in office::RESULT_TABLES {
        assert_eq!(office.count(table).await, 0, "{table}");
    }
    assert_eq!(office.count("documents WHERE status = 'PROCESSED'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_is_deleted_while_it_is_read_gets_nothing() {
    let office = Office::open().await;
    let (reading, computing) =
        (office.document("doc1", "a.pdf").await, office.document("doc2", "b.pdf").await);
    let delete = async |id: &str| {
        let sql = format!("UPDATE documents SET is_deleted = true WHERE id = '{id}'");
        office.execute(&sql).await;
    };
    delete("doc1").await;
    let document = DocumentId::new("doc1");
    let completed =
        complete_document(&office.database, &reading, &document, &print(1, None), |_| {
            panic!("nothing is computed for a deleted document")
        })
        .await;
    assert_eq!(completed.expect("asked"), Completed::Deleted);

    // As late as can be: between the look-up and the writing.
    let document = DocumentId::new("doc2");
    let completed =
        complete_document(&office.database, &computing, &document, &print(2, None), |_| {
            let delete = delete("doc2");
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(delete));
            results(80)
        })
        .await;
    assert_eq!(completed.expect("asked"), Completed::Deleted);

    for table in office::RESULT_TABLES {
        assert_eq!(office.count(table).await, 0, "{table}");
    }
    assert_eq!(office.count("documents WHERE status = 'PROCESSED'").await, 0);
    // The jobs are still held, so that their worker can call them off.
    assert_eq!(office.count("document_processing_jobs WHERE status = 'IN_PROGRESS'").await, 2);
}

#[tokio::test]
async fn a_failure_half_way_leaves_nothing() {
    let office = Office::open().await;
    let lease = office.document("doc1", "a.pdf").await;
    office.execute("ALTER TABLE worker.usage_events ADD CHECK (amount > 1)").await;
    let document = DocumentId::new("doc1");
    let error =
        complete_document(&office.database, &lease, &document, &print(1, None), |_| results(80))
            .await
            .expect_err("refused");
    assert!(!error.is_retryable(), "{error:?}");
    for table in office::RESULT_TABLES {
        assert_eq!(office.count(table).await, 0, "{table}");
    }
    assert_eq!(office.count("document_processing_jobs WHERE status = 'IN_PROGRESS'").await, 1);
}

#[tokio::test]
async fn a_second_completion_replaces_and_doubles_nothing() {
    let office = Office::open().await;
    let lease = office.document("doc1", "a.pdf").await;
    let document = DocumentId::new("doc1");
    let complete = async |lease: LeaseRef, weight| {
        written(
            complete_document(&office.database, &lease, &document, &print(1, None), |found| {
                assert!(found.is_empty(), "a document is no duplicate of itself");
                results(weight)
            })
            .await
            .expect("completes"),
        )
    };
    let severity = async || {
        let row = office.row("SELECT severity, message FROM risk_alerts").await;
        (row.get::<_, String>(0), row.get::<_, String>(1))
    };
    assert!(complete(lease, 80).await.is_some());
    // Worse is kept, better does not hide it, and there is one alert and one notification.
    assert_eq!(complete(office.again("doc1").await, 95).await, None);
    let worst = severity().await;
    assert_eq!(worst.0, "critical");
    assert_eq!(complete(office.again("doc1").await, 70).await, None);
    assert_eq!(severity().await, worst);
    assert_eq!(complete(office.again("doc1").await, 10).await, None);
    assert_eq!(severity().await, worst);

    office.execute("UPDATE risk_alerts SET status = 'in_progress'").await;
    assert_eq!(complete(office.again("doc1").await, 80).await, None);
    assert_eq!((office.count("risk_alerts").await, office.count("notifications").await), (1, 1));
    // Closed by a person: the next sighting is a new alert.
    office.execute("UPDATE risk_alerts SET status = 'closed'").await;
    assert!(complete(office.again("doc1").await, 80).await.is_some());
    assert_eq!((office.count("risk_alerts").await, office.count("notifications").await), (2, 2));

    for table in [
        "document_ocr_results",
        "document_parsed_data",
        "document_risk_features",
        "document_risk_scores",
        "worker.document_fingerprints",
        "worker.usage_events",
    ] {
        assert_eq!(office.count(table).await, 1, "{table}");
    }
    assert_eq!(office.count("risk_score_history").await, 6, "one row a completion");
    // A critical score is stored as high, decision 0003.
    assert_eq!(office.count("risk_score_history WHERE severity = 'high'").await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_with_one_ettn_see_each_other() {
    let office = Office::open().await;
    let first = office.document("doc1", "a.xml").await;
    let second = office.document("doc2", "b.xml").await;
    let (inside, is_inside) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let database = office.database.clone();
    let first = tokio::spawn(async move {
        complete_document(
            &database,
            &first,
            &DocumentId::new("doc1"),
            &print(1, Some("E")),
            move |found| {
                assert!(found.is_empty());
                inside.send(()).expect("the test waits");
                // Holds the transaction open where a slow worker would.
                tokio::task::block_in_place(|| may_go_on.recv()).expect("the test goes on");
                results(0)
            },
        )
        .await
    });
    tokio::task::spawn_blocking(move || is_inside.recv()).await.expect("joined").expect("inside");
    let database = office.database.clone();
    let second = tokio::spawn(async move {
        let mut seen = Duplicates::default();
        complete_document(
            &database,
            &second,
            &DocumentId::new("doc2"),
            &print(2, Some("e")),
            |found| {
                seen = found.clone();
                results(0)
            },
        )
        .await
        .map(|_| seen)
    });
    // The second waits for the lock of the common key, and only then the first goes on.
    let deadline = Instant::now() + Duration::from_secs(30);
    while office.count("pg_locks WHERE locktype = 'advisory' AND NOT granted").await == 0 {
        assert!(Instant::now() < deadline && !second.is_finished(), "the second never waited");
        sleep(Duration::from_millis(5)).await;
    }
    go_on.send(()).expect("the first waits");
    written(first.await.expect("joined").expect("completes"));
    let seen = second.await.expect("joined").expect("completes");
    let ids: Vec<&str> = seen.ettn.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["doc1"]);
    assert_eq!(seen.ettn.first().map(|found| found.file_name.as_str()), Some("a.xml"));
    assert!(seen.content.is_empty() && seen.invoice.is_empty());
}

#[tokio::test]
async fn many_at_once_each_see_all_before_them() {
    const DOCUMENTS: usize = 24;
    let office = Office::open().await;
    let mut running = Vec::new();
    for n in 0..DOCUMENTS {
        let id = format!("doc{n}");
        let lease = office.document(&id, "x.xml").await;
        let database = office.database.clone();
        // Two keys in common with all, in every order of arrival: neither a miss nor a deadlock.
        let print = Fingerprint::new([9; 32], Some("same"), Some("1"), Some("N1"));
        running.push(tokio::spawn(async move {
            let mut seen = 0;
            complete_document(&database, &lease, &DocumentId::new(id), &print, |found| {
                assert!(found.content == found.ettn && found.ettn == found.invoice);
                seen = found.ettn.len();
                results(0)
            })
            .await
            .map(|_| seen)
        }));
    }
    let mut seen = Vec::new();
    for task in running {
        seen.push(task.await.expect("joined").expect("completes"));
    }
    seen.sort_unstable();
    let expected: Vec<usize> = (0..DOCUMENTS).map(|before| before.min(5)).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn another_office_and_deleted_documents_are_not_seen() {
    let office = Office::open().await;
    let twin = office.neighbour("t2").await;
    let print = Fingerprint::new([1; 32], Some("E"), Some("1"), Some("N"));
    let complete = async |office: &Office, id: &str| {
        let lease = office.document(id, "same.xml").await;
        let mut seen = Duplicates::default();
        complete_document(&office.database, &lease, &DocumentId::new(id), &print, |found| {
            seen = found.clone();
            results(0)
        })
        .await
        .expect("completes");
        seen
    };
    assert!(complete(&twin, "theirs").await.is_empty());
    assert!(complete(&office, "ours1").await.is_empty(), "the other office's twin is not seen");
    assert_eq!(complete(&office, "ours2").await.invoice.len(), 1);
    office.execute("UPDATE documents SET is_deleted = true WHERE tenant_id = 't1'").await;
    assert!(complete(&office, "ours3").await.is_empty(), "deleted ones are not seen");
}

#[tokio::test]
async fn hostile_content_is_stored_or_left_out_and_stops_nothing() {
    let office = Office::open().await;
    let lease = office.document("doc1", "a\u{202e}.pdf").await;
    let long = "9".repeat(20_000);
    let print = Fingerprint::new([1; 32], Some(&long), Some("\0"), Some(&long));
    let document = DocumentId::new("doc1");
    complete_document(&office.database, &lease, &document, &print, |_| {
        let mut hostile = results(95);
        hostile.text.raw = "a\0b".to_owned();
        hostile.text.engine = "e".repeat(300);
        hostile.text.confidence = Some(95.into());
        hostile.parsed.fields = serde_json::json!({"invoiceNumber\0": ["\0", long]});
        hostile.features.score = Some(1_000_000.into());
        hostile.risk.contributions[0].description = "\0".to_owned();
        hostile.risk.contributions[0].code = "OWN\0".to_owned();
        hostile
    })
    .await
    .expect("completes");
    let row = office
        .row(
            "SELECT o.raw_text, length(o.ocr_engine), o.confidence::text, p.fields->'invoiceNumber'->>0
             FROM document_ocr_results o JOIN document_parsed_data p USING (document_id)",
        )
        .await;
    assert_eq!(row.get::<_, String>(0), "ab");
    assert_eq!(row.get::<_, i32>(1), 50);
    assert_eq!(row.get::<_, String>(2), "1.0000");
    assert_eq!(row.get::<_, String>(3), "");
}

#[tokio::test]
async fn the_look_up_probes_an_index_for_each_key() {
    let office = Office::open().await;
    office
        .execute(
            "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
            storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
         SELECT 'old' || n, 't1', 't1-company', 'INVOICE', 'f', 'p', 'm', 1, 't1-user', now()
         FROM generate_series(1, 20000) n",
        )
        .await;
    office
        .execute(
            "INSERT INTO worker.document_fingerprints
            (document_id, tenant_id, content_sha256, ettn, issuer_tax_number, invoice_number)
         SELECT 'old' || n, 't1', sha256(n::text::bytea), 'ettn' || n, 'i' || n % 50, 'n' || n
         FROM generate_series(1, 20000) n",
        )
        .await;
    office.execute("ANALYZE").await;
    let plan = office.plan_of_look_up().await;
    // The table of companies has one row here, which is read as it lies.
    for table in ["document_fingerprints", "documents"] {
        assert!(!plan.contains(&format!("Seq Scan on {table}")), "{table}: {plan}");
    }
    for index in ["content_idx", "ettn_idx", "invoice_idx", "documents_pkey"] {
        assert!(plan.contains(index), "{index}: {plan}");
    }
}
