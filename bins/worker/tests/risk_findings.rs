//! What real workers find between the companies of an office, what they keep besides findings, and how
//! they explain it.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use serde_json::{Value, json};
use support::{Platform, demo};

/// Companies of an office that sell to each other in a circle, or, when it is not closed, in a row.
/// Companies of several offices have the same tax numbers.
async fn trade(platform: &Platform, tenant: &str, is_closed: bool) {
    let last = if is_closed { 3 } else { 2 };
    let sql = format!(
        "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
         SELECT '{tenant}-r' || n, '{tenant}', 'Halka ' || n, 'Limited', (4000000000 + n)::text, now()
         FROM generate_series(1, 3) n;
         INSERT INTO user_tenant_memberships (id, user_id, tenant_id, role, status, updated_at)
         VALUES ('owner-{tenant}', 'user-{tenant}', '{tenant}', 'TenantOwner', 'active', now());
         INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date, total_amount,
             tax_amount, counterparty_name, counterparty_tax_number, status, updated_at)
         SELECT '{tenant}-i' || n, '{tenant}', '{tenant}-r' || n, 'HLK2026' || lpad(n::text, 9, '0'), 'SATIŞ',
             date_trunc('day', now()) - make_interval(days => 12 - n * 3), 120000 - n * 1000, 20000,
             'Halka', (4000000001 + n % 3)::text, 'kesildi', now()
         FROM generate_series(1, {last}) n;"
    );
    platform.connect().await.batch_execute(&sql).await.unwrap();
}

async fn rings(platform: &Platform, tenant: &str) -> Vec<String> {
    let sql = format!(
        "SELECT f.client_company_id || ' ' || f.fingerprint || ' ' || f.severity || ' ' || f.state || ' '
             || a.type || ' ' || a.status || ' ' || f.message
         FROM worker.risk_findings f JOIN risk_alerts a ON a.id = f.alert_id
         WHERE f.tenant_id = '{tenant}' AND f.kind = 'RING' ORDER BY 1"
    );
    let rows = platform.connect().await.query(&sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ring_is_found_within_an_office_and_never_across() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    trade(&platform, tenant, true).await;
    platform.drain();
    let found = rings(&platform, tenant).await;
    assert_eq!(found.len(), 3, "one for each company of the ring: {found:#?}");
    for (company, ring) in ["r1", "r2", "r3"].iter().zip(&found) {
        assert!(ring.starts_with(&format!("{tenant}-{company} ")), "{ring}");
        assert!(ring.contains(" alerted MASAK_THRESHOLD open "), "{ring}");
    }
    // Few may know: each owner is told, the office is not.
    let told =
        "SELECT count(*) FROM notifications n JOIN risk_alerts a ON a.id = n.meta ->> 'riskAlertId'
        WHERE a.type = 'MASAK_THRESHOLD' AND n.user_id = 'user-office-1'";
    assert_eq!(platform.count(told).await, 3);
    let all = "SELECT count(*) FROM notifications WHERE user_id IS NULL";
    assert_eq!(platform.count(all).await, 0);

    // Another office has the same companies. Its row of sales closes no circle, with the other
    // office's invoices neither.
    platform.add_tenant("other").await;
    trade(&platform, "other", false).await;
    let again = platform.worker(&["risk", "recalc", "--wait"], &[]).wait();
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(rings(&platform, tenant).await, found, "another office's data");
    assert_eq!(rings(&platform, "other").await, [] as [&str; 0]);
    assert_eq!(platform.count("SELECT count(*) FROM risk_alerts").await, 3);

    // From the next calculation on the ring is a fact of its companies' scores.
    let facts = "SELECT count(*) FROM worker.risk_evaluations WHERE facts LIKE '%\"RING\"%'";
    assert_eq!(platform.count(facts).await, 3);
    let company = format!("{tenant}-r1");
    let explained = platform.worker(&["risk", "explain", &company, "--json"], &[]).wait();
    let explained: Value = serde_json::from_str(&explained.stdout).unwrap();
    assert_eq!(explained["findings"][0]["kind"], json!("RING"), "{explained}");
    assert_eq!(explained["findings"][0]["narrow"], json!(true), "{explained}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_documents_score_is_explained_and_comes_again() {
    let platform = Platform::new().await;
    platform.upload("d1", "fatura.xml", &demo("cinar-supheli-fatura.xml")).await;
    platform.drain();
    let explained = platform.worker(&["risk", "explain", "d1", "--json"], &[]).wait();
    assert_eq!(explained.code, Some(0), "{explained:?}");
    let explained: Value = serde_json::from_str(&explained.stdout).unwrap();
    assert_eq!(explained["entityType"], json!("document"), "{explained}");
    assert_eq!(explained["name"], json!("fatura.xml"));
    assert_eq!(explained["replayIsSame"], json!(true), "{explained}");
    let stored = "SELECT score::float8 FROM document_risk_scores WHERE document_id = $1";
    let stored: f64 = platform.row(stored, &[&"d1"]).await.get(0);
    let parts = explained["result"]["contributions"].as_array().unwrap();
    let points = |part: &Value| part["points"].to_string().parse::<f64>().unwrap();
    assert!(parts.len() > 1 && (parts.iter().map(points).sum::<f64>() - stored).abs() < 1e-9);
    let codes: Vec<&str> = parts.iter().filter_map(|part| part["code"].as_str()).collect();
    assert!(codes.contains(&"INV_DUE_BEFORE_ISSUE"), "{codes:?}");
    let text = platform.worker(&["risk", "explain", "d1"], &[]).wait();
    assert!(text.stdout.contains("gives the same again"), "{text:?}");
    assert!(text.stdout.contains("INV_DUE_BEFORE_ISSUE"), "{text:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unusual_entries_are_listed_with_their_features_and_raise_nothing() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    // A rent a day; the newest entry uses accounts that hardly any other does.
    let sql = format!(
        "INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
         VALUES ('a770', '{tenant}', '770.04', 'Gider', 'expense', now()),
                ('a102', '{tenant}', '102.01', 'Banka', 'asset', now()),
                ('a689', '{tenant}', '689.01', 'Olağan dışı gider', 'expense', now()),
                ('a136', '{tenant}', '136.01', 'Diğer alacak', 'asset', now());
         INSERT INTO transactions (id, tenant_id, client_company_id, date, reference_no, updated_at)
         SELECT 't' || n, '{tenant}', 'company-{tenant}', date_trunc('day', now()) - make_interval(days => n),
                'Y' || n, now()
         FROM generate_series(0, 300) n;
         INSERT INTO transaction_lines (id, tenant_id, transaction_id, ledger_account_id, debit_amount, credit_amount, updated_at)
         SELECT t.id || l.n, t.tenant_id, t.id,
                CASE WHEN t.id IN ('t1', 't200') THEN (ARRAY['a689', 'a136'])[l.n] ELSE (ARRAY['a770', 'a102'])[l.n] END,
                CASE l.n WHEN 1 THEN 1000 + abs(hashtext(t.id)) % 90 ELSE 0 END,
                CASE l.n WHEN 2 THEN 1000 + abs(hashtext(t.id)) % 90 ELSE 0 END, now()
         FROM transactions t, generate_series(1, 2) l (n) WHERE t.tenant_id = '{tenant}';"
    );
    platform.connect().await.batch_execute(&sql).await.unwrap();
    let company = format!("company-{tenant}");
    let explain = || {
        let explained = platform.worker(&["risk", "explain", &company, "--json"], &[]).wait();
        serde_json::from_str::<Value>(&explained.stdout).unwrap()
    };
    platform.drain();
    let first = explain();
    let listed = first["unusualEntries"].as_array().unwrap();
    assert!((1..=5).contains(&listed.len()), "{first}");
    assert_eq!(listed[0]["entry"], json!("t1"), "{first}");
    assert!(listed[0]["message"].as_str().unwrap().contains("Y1 numaralı"), "{first}");
    for entry in listed {
        let parts = entry["contributions"].as_array().unwrap();
        let sum: f64 = parts.iter().map(|part| part["part"].as_f64().unwrap()).sum();
        assert!((sum - entry["score"].as_f64().unwrap()).abs() < 1e-9, "{entry}");
        assert!(parts.iter().all(|part| part["feature"] != "named_finding"), "{entry}");
    }
    let about = "SELECT count(*) FROM risk_alerts WHERE message LIKE '%benzemiyor%'";
    assert_eq!(platform.count(about).await, 0);
    // Calculated again, the list is the same and still one.
    let again = platform.worker(&["risk", "recalc", "--wait"], &[]).wait();
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(explain()["unusualEntries"], first["unusualEntries"]);
    let text = platform.worker(&["risk", "explain", &company], &[]).wait();
    assert!(text.stdout.contains("unusual entries that no finding speaks of"), "{text:?}");
    assert!(text.stdout.contains("rare_account"), "{text:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_days_budget_findings_are_listed_in_one_alert() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    // Eight entries that do not balance.
    let sql = format!(
        "INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
         VALUES ('a770', '{tenant}', '770.04', 'Gider', 'expense', now()),
                ('a102', '{tenant}', '102.01', 'Banka', 'asset', now());
         INSERT INTO transactions (id, tenant_id, client_company_id, date, reference_no, updated_at)
         SELECT 't' || n, '{tenant}', 'company-{tenant}', date_trunc('day', now()) - make_interval(days => n),
                'Y' || n, now()
         FROM generate_series(1, 8) n;
         INSERT INTO transaction_lines (id, tenant_id, transaction_id, ledger_account_id, debit_amount, credit_amount, updated_at)
         SELECT t.id || l.n, t.tenant_id, t.id, (ARRAY['a770', 'a102'])[l.n],
                CASE l.n WHEN 1 THEN 100 + abs(hashtext(t.id)) % 900 ELSE 0 END,
                CASE l.n WHEN 2 THEN 5 ELSE 0 END, now()
         FROM transactions t, generate_series(1, 2) l (n) WHERE t.tenant_id = '{tenant}';"
    );
    platform.connect().await.batch_execute(&sql).await.unwrap();
    let recalculate = || {
        let few = [("RISK_ALERTS_PER_DAY", "2")];
        let done = platform.worker(&["risk", "recalc", "--wait"], &few).wait();
        assert_eq!(done.code, Some(0), "{done:?}");
    };
    recalculate();
    let states = "SELECT string_agg(state || n, ' ' ORDER BY state) FROM (
        SELECT state, count(*) AS n FROM worker.risk_findings WHERE kind = 'CHART_MISMATCH' GROUP BY state) s";
    let of_day: String = platform.row(states, &[]).await.get(0);
    assert_eq!(of_day, "alerted2 listed6");
    let alerts = "SELECT count(*) FROM risk_alerts WHERE type <> 'RISK_THRESHOLD_EXCEEDED'";
    assert_eq!(platform.count(alerts).await, 3);
    let lists = "SELECT a.title, a.message, count(f.*) FROM risk_alerts a
        JOIN worker.risk_findings f ON f.alert_id = a.id AND f.state = 'listed' GROUP BY a.id";
    let list = platform.row(lists, &[]).await;
    assert!(list.get::<_, String>(0).starts_with("6 bulgu daha: "));
    assert!(list.get::<_, String>(1).contains(" 6) "), "all of them are named");
    assert_eq!(list.get::<_, i64>(2), 6);
    recalculate();
    assert_eq!(platform.count(alerts).await, 3, "the same findings are in the same list");

    // What people say of alerts stands beside what raised them.
    let own = "SELECT alert_id FROM worker.risk_findings WHERE state = 'alerted' ORDER BY fingerprint LIMIT 1";
    let alert: String = platform.row(own, &[]).await.get(0);
    let closed = platform.worker(&["risk", "close", &alert, "--reason", "false-alarm"], &[]).wait();
    assert_eq!(closed.code, Some(0), "{closed:?}");
    let rules = platform.worker(&["rules", "list", "--tenant", tenant, "--json"], &[]).wait();
    let rules: Value = serde_json::from_str(&rules.stdout).unwrap();
    assert_eq!(rules["kinds"]["CHART_MISMATCH"], json!({"closed": 1, "right": 0}), "{rules}");
    assert_eq!(rules["poor"], json!([]), "one says nothing yet");
}
