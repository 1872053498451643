//! Documents through a real worker, database and storage.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use serde_json::Value;
use support::{Platform, demo};

/// Whether scans can be read here; says so loudly when not.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn has_tesseract() -> bool {
    let found = std::process::Command::new("tesseract").arg("--list-langs").output();
    let found = found.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("tur"));
    if !found {
        eprintln!("SKIPPED: scans are not tested, because Tesseract with Turkish is not installed");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_xml_invoice_is_read_scored_and_stored_exactly() {
    let platform = Platform::new().await;
    platform.upload("d1", "fatura.xml", &demo("cinar-satis-efatura.xml")).await;
    let finished = platform.drain();
    assert_eq!(
        platform.state("d1").await,
        ("SUCCESS".into(), "PROCESSED".into(), None),
        "{finished:?}"
    );
    let row = platform
        .row(
            "SELECT p.document_type, p.fields->>'totalAmount', p.fields->>'counterpartyTaxNumber',
                 t.ocr_engine, t.confidence IS NULL, s.severity, f.features::text, d.processed_at IS NOT NULL,
                 (SELECT count(*) FROM risk_score_history h WHERE h.entity_id = d.id AND h.entity_type = 'document'),
                 j.attempts_count, j.last_error_message
             FROM documents d
             JOIN document_processing_jobs j ON j.document_id = d.id
             JOIN document_parsed_data p ON p.document_id = d.id
             JOIN document_ocr_results t ON t.document_id = d.id
             JOIN document_risk_features f ON f.document_id = d.id
             JOIN document_risk_scores s ON s.document_id = d.id
             WHERE d.id = $1 AND d.tenant_id = 'office-1'",
            &[&"d1"],
        )
        .await;
    assert_eq!(row.get::<_, String>(0), "invoice");
    assert_eq!(row.get::<_, String>(1), "148050.00");
    // The client company is the customer, so the other party is the supplier.
    assert_eq!(row.get::<_, String>(2), "3182047150");
    assert_eq!(row.get::<_, String>(3), "ubl-tr");
    assert!(row.get::<_, bool>(4));
    assert_eq!(row.get::<_, String>(5), "low");
    assert!(row.get::<_, bool>(7));
    assert_eq!(row.get::<_, i64>(8), 1);
    assert_eq!(row.get::<_, i32>(9), 1);
    assert_eq!(row.get::<_, Option<String>>(10), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn digital_pdf_and_zip_are_read_in_a_child_process() {
    let platform = Platform::new().await;
    platform.upload("pdf", "fatura.pdf", &demo("gunes-alis-earsiv.pdf")).await;
    platform.upload("statement", "ekstre.pdf", &demo("cinar-hesap-ozeti-mart.pdf")).await;
    platform.upload("zip", "fatura.zip", &demo("lale-efatura.zip")).await;
    let finished = platform.drain();
    for (document, kind) in
        [("pdf", "invoice"), ("statement", "bank_statement"), ("zip", "invoice")]
    {
        assert_eq!(platform.state(document).await.0, "SUCCESS", "{document}: {finished:?}");
        let sql = "SELECT document_type FROM document_parsed_data WHERE document_id = $1";
        assert_eq!(platform.row(sql, &[&document]).await.get::<_, String>(0), kind);
    }
    let sql = "SELECT jsonb_array_length(fields->'transactions') FROM document_parsed_data WHERE document_id = $1";
    assert_eq!(platform.row(sql, &[&"statement"]).await.get::<_, i32>(0), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_recognised() {
    if !has_tesseract() {
        return;
    }
    let platform = Platform::new().await;
    platform.upload("scan", "fatura.jpg", &demo("gunes-alis-taranmis.jpg")).await;
    let finished = platform.drain();
    assert_eq!(platform.state("scan").await.0, "SUCCESS", "{finished:?}");
    let sql = "SELECT ocr_engine, confidence BETWEEN 0.3 AND 1 FROM document_ocr_results WHERE document_id = $1";
    let row = platform.row(sql, &[&"scan"]).await;
    assert_eq!(row.get::<_, String>(0), "tesseract");
    assert!(row.get::<_, bool>(1));

    let sql = "SELECT document_type, fields::text FROM document_parsed_data WHERE document_id = $1";
    let row = platform.row(sql, &[&"scan"]).await;
    assert_eq!(row.get::<_, String>(0), "invoice");
    let fields: Value = serde_json::from_str(&row.get::<_, String>(1)).unwrap();
    assert_eq!(fields["lineItems"].as_array().map(Vec::len), Some(3), "{fields}");
    // What the paper says. A recognised value may be wrong; then a person is asked to look at it.
    for (name, truth) in [
        ("invoiceNumber", "OZG2026000000733"),
        ("issueDate", "2026-03-18"),
        ("totalAmount", "44676.00"),
        ("counterpartyName", "GÜNEŞ KIRTASİYE LTD. ŞTİ."),
        ("counterpartyTaxNumber", "4077139205"),
    ] {
        let read = match &fields[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let evidence = &fields["evidence"][format!("/{name}")];
        assert_eq!(evidence["source"], "ocr", "{name}: {evidence}");
        let is_asked = evidence["needsReview"] == true;
        assert!(read == truth || is_asked, "{name} is {read} and nobody is asked: {evidence}");
        // Sums and check digits confirm these.
        if ["totalAmount", "counterpartyTaxNumber"].contains(&name) {
            assert_eq!(read, truth);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_ocr_engine_a_scan_says_what_to_install() {
    let platform = Platform::new().await;
    platform.upload("scan", "fatura.jpg", &demo("gunes-alis-taranmis.jpg")).await;
    platform.upload("xml", "fatura.xml", &demo("cinar-satis-efatura.xml")).await;
    let finished = platform
        .worker(&["run", "--once"], &[("TESSERACT_PROGRAM", "/nonexistent/tesseract")])
        .wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let (job, document, sentence) = platform.state("scan").await;
    assert_eq!((job.as_str(), document.as_str()), ("FAILED", "FAILED"));
    assert!(sentence.is_some_and(|text| text.contains("Tesseract")));
    assert_eq!(platform.state("xml").await.0, "SUCCESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_fails_once_with_a_sentence() {
    let platform = Platform::new().await;
    platform.upload("corrupt", "bozuk.pdf", &demo("defne-bozuk.pdf")).await;
    platform.upload("locked", "kilitli.pdf", &demo("lale-kilitli.pdf")).await;
    platform.upload("outside", "../../../x.xml", b"").await;
    platform.drain();
    for document in ["corrupt", "locked", "outside"] {
        let (job, state, sentence) = platform.state(document).await;
        assert_eq!((job.as_str(), state.as_str()), ("FAILED", "FAILED"), "{document}");
        let sentence = sentence.unwrap_or_default();
        assert!(sentence.ends_with('.') && !sentence.contains('/'), "{document}: {sentence}");
        let sql = "SELECT attempts_count, last_error_message FROM document_processing_jobs WHERE document_id = $1";
        let row = platform.row(sql, &[&document]).await;
        assert_eq!(row.get::<_, i32>(0), 1, "{document} was tried again");
        assert!(row.get::<_, Option<String>>(1).is_some());
    }
    assert_eq!(platform.count("SELECT count(*) FROM document_parsed_data").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_object_is_tried_again_before_it_fails() {
    let platform = Platform::new().await;
    platform.upload_for("office-1", "missing", "fatura.xml", None).await;
    let worker = platform.worker(&["run"], &[]);
    platform.until("SELECT status = 'FAILED' FROM documents WHERE id = 'missing'").await;
    drop(worker);
    let (job, document, sentence) = platform.state("missing").await;
    assert_eq!((job.as_str(), document.as_str()), ("FAILED", "FAILED"));
    assert!(sentence.is_some_and(|text| text.contains("bulunamadı")));
    let sql =
        "SELECT attempts_count::bigint FROM document_processing_jobs WHERE document_id = 'missing'";
    assert_eq!(platform.count(sql).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_document_ends_its_job_and_a_suspended_office_waits() {
    let platform = Platform::new().await;
    platform.upload("deleted", "fatura.xml", &demo("cinar-satis-efatura.xml")).await;
    platform.add_tenant("office-2").await;
    let xml = demo("cinar-satis-efatura.xml");
    platform.upload_for("office-2", "waiting", "fatura.xml", Some(&xml)).await;
    let sql = "UPDATE documents SET is_deleted = true WHERE id = 'deleted';
        UPDATE tenants SET status = 'SUSPENDED' WHERE id = 'office-2'";
    platform.connect().await.batch_execute(sql).await.unwrap();
    platform.drain();
    assert_eq!(platform.state("deleted").await.0, "CANCELLED");
    assert_eq!(platform.state("waiting").await.0, "PENDING");
    assert_eq!(platform.count("SELECT count(*) FROM document_parsed_data").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspicious_invoice_raises_one_alert_with_one_notification() {
    let platform = Platform::new().await;
    platform.upload("first", "fatura.xml", &demo("cinar-supheli-fatura.xml")).await;
    platform.drain();
    let score: (String, String) = {
        let sql = "SELECT severity, \"triggeredRuleCodes\"::text FROM document_risk_scores WHERE document_id = 'first'";
        let row = platform.row(sql, &[]).await;
        (row.get(0), row.get(1))
    };
    assert_eq!(score.0, "high", "{score:?}");
    let alerts = "SELECT count(*) FROM risk_alerts WHERE document_id = 'first' AND status = 'open'";
    assert_eq!(platform.count(alerts).await, 1);
    let notes = "SELECT count(*) FROM notifications WHERE type = 'RISK_ALERT' AND meta->>'documentId' = 'first'";
    assert_eq!(platform.count(notes).await, 1);

    // Processed once more, the open alert is the same one.
    let again =
        "UPDATE document_processing_jobs SET status = 'PENDING' WHERE document_id = 'first'";
    platform.connect().await.batch_execute(again).await.unwrap();
    platform.drain();
    assert_eq!(platform.count(alerts).await, 1);
    assert_eq!(platform.count(notes).await, 1);
    let history = "SELECT count(*) FROM risk_score_history WHERE entity_id = 'first'";
    assert_eq!(platform.count(history).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_invoice_twice_is_flagged_once() {
    let platform = Platform::new().await;
    platform.upload("a", "a.xml", &demo("cinar-satis-efatura.xml")).await;
    platform.upload("b", "b.xml", &demo("cinar-satis-efatura-tekrar.xml")).await;
    platform.drain();
    let sql = "SELECT count(*) FROM document_risk_features WHERE features->>'duplicateInvoiceNumber' = 'true'";
    assert_eq!(platform.count(sql).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_counted_in_the_platform_s_table() {
    let platform = Platform::new().await;
    platform.upload("u1", "a.xml", &demo("cinar-satis-efatura.xml")).await;
    platform.upload("u2", "b.xml", &demo("cinar-tevkifatli-nakliye.xml")).await;
    let worker = platform.worker(&["run"], &[("USAGE_FOLD_INTERVAL_MS", "100")]);
    platform
        .until(
            "SELECT coalesce(sum(value), 0) = 2 FROM tenant_usages
             WHERE tenant_id = 'office-1' AND metric = 'AI_ANALYSES'",
        )
        .await;
    worker.signal(rustix::process::Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_s_troubleshooting_queries_work_verbatim() {
    let platform = Platform::new().await;
    platform.upload("d1", "a.xml", &demo("cinar-satis-efatura.xml")).await;
    let client = platform.connect().await;
    let pending = "SELECT * FROM document_processing_jobs WHERE status = 'PENDING'";
    assert_eq!(client.query(pending, &[]).await.unwrap().len(), 1);
    let open = "SELECT id, status, processing_error_message FROM documents WHERE status IN ('UPLOADED','PROCESSING')";
    assert_eq!(client.query(open, &[]).await.unwrap().len(), 1);
    platform.drain();
    assert_eq!(client.query(pending, &[]).await.unwrap().len(), 0);
    assert_eq!(client.query(open, &[]).await.unwrap().len(), 0);
    let scores = "SELECT * FROM document_risk_scores ORDER BY created_at DESC LIMIT 10";
    assert_eq!(client.query(scores, &[]).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_name_jobs_and_never_content_or_secrets() {
    let platform = Platform::new().await;
    platform.upload("d1", "a.xml", &demo("cinar-satis-efatura.xml")).await;
    platform.upload("d2", "b.pdf", &demo("gunes-alis-earsiv.pdf")).await;
    platform.upload("d3", "c.pdf", &demo("defne-bozuk.pdf")).await;
    platform.upload("d4", "d.xml", &demo("cinar-supheli-fatura.xml")).await;
    platform.upload_for("office-1", "d5", "e.xml", None).await;
    // Tag names are content too.
    let spoilt = "<?xml version=\"1.0\"?><Invoice></Ahmet_Yilmaz_TCKN_10000000146>";
    platform.upload("d7", "g.xml", spoilt.as_bytes()).await;
    let settings = [("LOG_LEVEL", "debug"), ("LOG_FORMAT", "json")];
    let finished = platform.worker(&["run", "--once"], &settings).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let logs = finished.stdout.clone() + &finished.stderr;
    let password = url::Url::parse(&platform.url()).unwrap().password().unwrap().to_owned();
    for secret in [
        password.as_str(),
        "ÇINAR",
        "ÖZGÜN",
        "Çimento",
        "148050",
        "148.050",
        "3182047150",
        "8451720691",
        "CNR2026000000184",
        "6f1f9d0c",
        "GÜNEŞ",
        "Yilmaz",
    ] {
        assert!(!logs.contains(secret), "{secret} stands in the log:\n{logs}");
    }
    let lines: Vec<Value> = logs
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    let done =
        lines.iter().find(|line| line["message"] == "Document processed successfully").unwrap();
    assert_eq!(done["context"]["tenantId"], "office-1");
    for key in ["jobId", "documentId", "attempt"] {
        assert!(done["metadata"].get(key).is_some(), "{key} in {done}");
    }
    let stored = "SELECT last_error_message FROM document_processing_jobs WHERE document_id = 'd7'";
    let stored: String = platform.row(stored, &[]).await.get(0);
    assert!(stored.contains("at byte") && !stored.contains("Yilmaz"), "{stored}");
    let failed = lines
        .iter()
        .find(|line| line["metadata"]["documentId"] == "d3" && line["level"] == "error");
    assert!(
        failed.unwrap()["metadata"]["error"].as_str().is_some_and(|text| text.contains("corrupt"))
    );

    // What operators know, as text.
    platform.upload("d6", "f.xml", &demo("cinar-tevkifatli-nakliye.xml")).await;
    let text = platform.drain().stdout;
    for message in [
        "] [INFO] Worker jobs service starting",
        // The one without an object may be due again.
        "] [INFO] Picked up ",
        " pending document processing job(s)",
        "] [INFO] Processing document job {",
        "] [INFO] Document processed successfully {",
    ] {
        assert!(text.contains(message), "{message} is not in:\n{text}");
    }
}
