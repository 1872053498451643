//! Companies scored by real worker processes on a real server: every day once, the same result for
//! the same books, nothing half written, nobody else's data.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{Platform, Worker};

/// Companies of the office, each with a year of books in which a few things stand out: an entry that
/// does not balance, and an invoice recorded twice.
async fn books(platform: &Platform, tenant: &str, companies: u32) {
    let sql = format!(
        "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
         SELECT '{tenant}-c' || n, '{tenant}', 'Firma ' || n, 'Limited', (3000000000 + n)::text, now()
         FROM generate_series(1, {companies}) n;
         INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
         VALUES ('{tenant}-770', '{tenant}', '770.04', 'Genel yönetim gideri', 'expense', now()),
                ('{tenant}-102', '{tenant}', '102.01', 'Banka', 'asset', now());
         INSERT INTO transactions (id, tenant_id, client_company_id, date, reference_no, updated_at)
         SELECT c.id || '-' || n, c.tenant_id, c.id, date_trunc('day', now()) - make_interval(days => n * 6),
                'Y' || n, now()
         FROM client_companies c, generate_series(1, 60) n
         WHERE c.tenant_id = '{tenant}' AND c.id LIKE '{tenant}-c%';
         INSERT INTO transaction_lines (id, tenant_id, transaction_id, ledger_account_id, debit_amount, credit_amount, updated_at)
         SELECT t.id || l.n, t.tenant_id, t.id, '{tenant}-' || l.account,
                CASE l.n WHEN 1 THEN 100 + abs(hashtext(t.id)) % 900 ELSE 0 END,
                CASE l.n WHEN 2 THEN 100 + abs(hashtext(t.id)) % 900
                    -- One entry of each company does not balance.
                    + CASE WHEN t.id LIKE '%-2' THEN 7 ELSE 0 END ELSE 0 END, now()
         FROM transactions t, (VALUES (1, '770'), (2, '102')) l (n, account)
         WHERE t.tenant_id = '{tenant}';
         INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date, total_amount,
                tax_amount, counterparty_name, counterparty_tax_number, status, updated_at)
         SELECT c.id || '-i' || n, c.tenant_id, c.id, 'ABC2026' || lpad((n / 2)::text, 9, '0'), 'ALIŞ',
                date_trunc('day', now()) - make_interval(days => 3), 120, 20, 'Satıcı', '7469179581', 'kesildi', now()
         FROM client_companies c, generate_series(2, 11) n
         WHERE c.tenant_id = '{tenant}' AND c.id LIKE '{tenant}-c%';"
    );
    platform.connect().await.batch_execute(&sql).await.unwrap();
}

/// Everything that calculations write for an office, without times and ids that are made anew.
async fn results(platform: &Platform, tenant: &str) -> Vec<String> {
    let sql = format!(
        "SELECT 'score ' || client_company_id || score || severity || \"triggeredRuleCodes\"::text
         FROM client_company_risk_scores WHERE tenant_id = '{tenant}'
         UNION ALL SELECT 'evaluation ' || entity_id || day || input_digest::text || result || level || level_since
         FROM worker.risk_evaluations WHERE tenant_id = '{tenant}'
         UNION ALL SELECT 'finding ' || client_company_id || kind || fingerprint || severity || state || message
         FROM worker.risk_findings WHERE tenant_id = '{tenant}'
         UNION ALL SELECT 'alert ' || client_company_id || type || title || message || severity || status
         FROM risk_alerts WHERE tenant_id = '{tenant}'
         UNION ALL SELECT 'notification ' || title || message FROM notifications WHERE tenant_id = '{tenant}'
         ORDER BY 1"
    );
    let rows = platform.connect().await.query(&sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// A company is as it was or as it is to be: what belongs together is there together.
async fn assert_nothing_is_mixed(platform: &Platform) {
    for (what, sql) in [
        (
            "a score without what it was made of, or another one",
            "SELECT count(*) FROM client_company_risk_scores s
             FULL JOIN worker.risk_evaluations e ON e.entity_id = s.client_company_id AND e.entity_type = 'company'
             WHERE s.id IS NULL OR e.entity_id IS NULL OR (e.result::jsonb ->> 'score')::numeric <> s.score",
        ),
        (
            "a score more or less than once in the history",
            "SELECT count(*) FROM (
                 SELECT e.entity_id, (SELECT count(*) FROM risk_score_history h WHERE h.entity_id = e.entity_id) AS n
                 FROM worker.risk_evaluations e WHERE e.entity_type = 'company') counted WHERE n <> 1",
        ),
        (
            "a finding whose alert is missing",
            "SELECT count(*) FROM worker.risk_findings f LEFT JOIN risk_alerts a ON a.id = f.alert_id
             WHERE f.state IN ('alerted', 'listed') AND a.id IS NULL",
        ),
        (
            "findings without a score",
            "SELECT count(*) FROM worker.risk_findings f WHERE f.kind <> 'RING' AND NOT EXISTS (
                 SELECT 1 FROM worker.risk_evaluations e WHERE e.entity_id = f.client_company_id)",
        ),
        (
            "an alert without its notification, or with two",
            "SELECT count(*) FROM risk_alerts a WHERE a.type <> 'MASAK_THRESHOLD' AND (
                 SELECT count(*) FROM notifications n WHERE n.meta ->> 'riskAlertId' = a.id) <> 1",
        ),
        (
            "a company that is done without a score",
            "SELECT count(*) FROM worker.risk_jobs j WHERE j.status = 'succeeded'
             AND j.client_company_id IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM worker.risk_evaluations e WHERE e.entity_id = j.client_company_id)",
        ),
    ] {
        assert_eq!(platform.count(sql).await, 0, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_company_is_scored_and_the_same_books_say_nothing_new() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    books(&platform, tenant, 5).await;
    platform
        .connect()
        .await
        .batch_execute(&format!(
            "UPDATE client_companies SET is_active = false WHERE id = '{tenant}-c5'"
        ))
        .await
        .unwrap();
    platform.drain();
    let scored = "SELECT count(*) FROM client_company_risk_scores";
    // Four with books, one without; the inactive one is left alone.
    assert_eq!(platform.count(scored).await, 5);
    assert_nothing_is_mixed(&platform).await;
    let first = results(&platform, tenant).await;
    let alerts = "SELECT count(*) FROM risk_alerts";
    assert!(platform.count(alerts).await >= 4, "an entry that does not balance: {first:#?}");
    let named =
        "SELECT count(*) FROM risk_alerts a JOIN client_companies c ON c.id = a.client_company_id
                 WHERE a.title LIKE '%' || c.name || '%' AND a.message LIKE '%' || c.name || '%'";
    assert_eq!(platform.count(named).await, platform.count(alerts).await, "{first:#?}");
    let frequent = "SELECT count(*) FROM client_company_risk_scores
                    WHERE \"triggeredRuleCodes\" @> '[\"COMP_FREQUENT_DUPLICATES\"]'";
    assert_eq!(platform.count(frequent).await, 4, "five repeated invoices each");

    // The day is done; asked for again, the same books say the same.
    platform.drain();
    assert_eq!(platform.count("SELECT count(*) FROM risk_score_history").await, 5);
    let again = platform.worker(&["risk", "recalc", "--wait", "--json"], &[]).wait();
    assert_eq!(again.code, Some(0), "{again:?}");
    let report: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(report["failed"], json!(0), "{report}");
    assert_eq!(results(&platform, tenant).await, first, "two runs on unchanged data");
    assert_eq!(platform.count("SELECT count(*) FROM risk_score_history").await, 10);
    let seen = "SELECT count(*) FROM worker.risk_findings WHERE occurrences <> 2";
    assert_eq!(platform.count(seen).await, 0, "each was seen twice");

    // Another office with books of its own changes nothing here.
    platform.add_tenant("other").await;
    books(&platform, "other", 3).await;
    let one = format!("{tenant}-c1");
    let both = platform.worker(&["risk", "recalc", "--wait"], &[]).wait();
    assert_eq!(both.code, Some(0), "{both:?}");
    assert_eq!(results(&platform, tenant).await, first, "another office's data");
    assert!(!results(&platform, "other").await.is_empty());

    // What was made of what, and that it can be made again.
    let explained = platform.worker(&["risk", "explain", &one, "--json"], &[]).wait();
    let explained: Value = serde_json::from_str(&explained.stdout).unwrap();
    assert_eq!(explained["replayIsSame"], json!(true), "{explained}");
    assert_eq!(explained["ruleSetVersion"], json!(1));
    assert_eq!(explained["entityType"], json!("company"));
    let unknown = platform.worker(&["risk", "explain", "nobody"], &[]).wait();
    assert_eq!(unknown.code, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_closed_stays_closed_until_it_is_different() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    books(&platform, tenant, 1).await;
    let recalculate = || {
        let done = platform.worker(&["risk", "recalc", "--wait", "--tenant", tenant], &[]).wait();
        assert_eq!(done.code, Some(0), "{done:?}");
    };
    recalculate();
    let alerts = "SELECT count(*) FROM risk_alerts";
    let first = platform.count(alerts).await;
    let client = platform.connect().await;
    let alert: String = client
        .query_one("SELECT alert_id FROM worker.risk_findings WHERE state = 'alerted' ORDER BY kind, fingerprint LIMIT 1", &[])
        .await
        .unwrap()
        .get(0);
    let close = ["risk", "close", &alert, "--reason", "false-alarm"];
    assert_eq!(platform.worker(&close, &[]).wait().code, Some(0));
    assert_eq!(platform.worker(&close, &[]).wait().code, Some(1), "closed already");
    recalculate();
    assert_eq!(platform.count(alerts).await, first, "closed stays closed");
    let closed = "SELECT count(*) FROM worker.risk_findings WHERE state = 'closed' AND closed_reason = 'false_alarm'";
    assert_eq!(platform.count(closed).await, 1);

    // A second entry that does not balance is another finding; a muted kind says nothing.
    let client = platform.connect().await;
    let other = format!(
        "UPDATE transaction_lines SET credit_amount = credit_amount + 3 WHERE id = '{tenant}-c1-12'"
    );
    client.batch_execute(&other).await.unwrap();
    let company = format!("{tenant}-c1");
    let mute = [
        "risk",
        "mute",
        &company,
        "--kind",
        "CHART_MISMATCH",
        "--until",
        "2999-12-31",
        "--reason",
        "biliniyor",
    ];
    assert_eq!(platform.worker(&mute, &[]).wait().code, Some(0));
    recalculate();
    assert_eq!(platform.count(alerts).await, first, "muted");
    let muted = "SELECT count(*) FROM worker.risk_findings WHERE state = 'muted'";
    assert!(platform.count(muted).await >= 1);
    client.batch_execute("DELETE FROM worker.risk_mutings").await.unwrap();
    recalculate();
    assert_eq!(platform.count(alerts).await, first + 1, "the new entry, now that it may be said");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_checked_and_tried_before_they_count() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    books(&platform, tenant, 3).await;
    platform.drain();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rule: Value| {
        let path = folder.path().join(name);
        fs::write(&path, rule.to_string()).unwrap();
        path.display().to_string()
    };
    let rule = |expression: &str| {
        json!({"scope": "company", "code": "OFFICE_REPEATED", "description": "Tekrar eden faturalar",
               "weight": 60, "defaultSeverity": "high", "config": {"expression": expression}})
    };
    let wrong = write("wrong.json", rule("repeatedInvoices90 > 3 && kind == 1"));
    let checked = platform.worker(&["rules", "check", "--file", &wrong, "--json"], &[]).wait();
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let report: Value = serde_json::from_str(&checked.stdout).unwrap();
    let problem = report["errors"][0]["problem"].as_str().unwrap();
    assert!(problem.starts_with("line 1, column 27: no variable \"kind\""), "{problem}");

    let right = write("right.json", json!([rule("repeatedInvoices90 > 3")]));
    let checked = platform.worker(&["rules", "check", "--file", &right], &[]).wait();
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let tested = ["rules", "test", "--tenant", tenant, "--file", &right, "--json"];
    let tested = platform.worker(&tested, &[]).wait();
    assert_eq!(tested.code, Some(0), "{tested:?}");
    let report: Value = serde_json::from_str(&tested.stdout).unwrap();
    assert_eq!(report["difference"]["gained"].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(report["difference"]["lost"], json!([]), "{report}");
    assert_eq!(
        platform
            .count("SELECT count(*) FROM risk_alerts WHERE type = 'RISK_THRESHOLD_EXCEEDED'")
            .await,
        0
    );

    // In the shadow it is recorded and raises nothing; switched on it counts, as a version of its own.
    let save = |shadow: bool| {
        format!(
            "INSERT INTO risk_rules (id, tenant_id, scope, code, description, weight, default_severity, config, updated_at)
             VALUES ('own', '{tenant}', 'company', 'OFFICE_REPEATED', 'x', 60, 'high',
                 '{{\"expression\": \"repeatedInvoices90 > 3\", \"shadow\": {shadow}}}', now())
             ON CONFLICT (id) DO UPDATE SET config = excluded.config, updated_at = now()"
        )
    };
    let client = platform.connect().await;
    let recalculate = || {
        let done = platform.worker(&["risk", "recalc", "--wait"], &[]).wait();
        assert_eq!(done.code, Some(0), "{done:?}");
    };
    let high = "SELECT count(*) FROM risk_alerts WHERE type = 'RISK_THRESHOLD_EXCEEDED'";
    client.batch_execute(&save(true)).await.unwrap();
    recalculate();
    assert_eq!(platform.count(high).await, 0);
    let shadow = "SELECT count(*) FROM worker.risk_evaluations WHERE result LIKE '%\"shadow\":[{\"code\":\"OFFICE_REPEATED\"%'";
    assert_eq!(platform.count(shadow).await, 3);
    client.batch_execute(&save(false)).await.unwrap();
    recalculate();
    assert_eq!(platform.count(high).await, 3);
    recalculate();
    assert_eq!(platform.count(high).await, 3, "one episode is one alert");
    let versions = format!("SELECT count(*) FROM worker.rule_sets WHERE tenant_id = '{tenant}'");
    assert_eq!(platform.count(&versions).await, 3);
    let listed = platform.worker(&["rules", "list", "--tenant", tenant, "--json"], &[]).wait();
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let own =
        listed["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == "OFFICE_REPEATED");
    assert_eq!(own.map(|rule| &rule["hits"]), Some(&json!(3)), "{listed}");
    let variables = platform.worker(&["rules", "explain"], &[]).wait();
    assert!(variables.stdout.contains("repeatedInvoices90"), "{variables:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_with_broken_books_stops_nobody() {
    let platform = Platform::new().await;
    let tenant = platform.tenant;
    books(&platform, tenant, 3).await;
    let broken =
        format!("UPDATE invoices SET currency = '?' WHERE client_company_id = '{tenant}-c2'");
    platform.connect().await.batch_execute(&broken).await.unwrap();
    let done = platform.worker(&["risk", "recalc", "--wait", "--json"], &[]).wait();
    assert_eq!(done.code, Some(1), "{done:?}");
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    let [failure] = report["failures"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!(failure["clientCompanyId"], json!(format!("{tenant}-c2")));
    assert!(failure["error"].as_str().unwrap().contains("currency"), "{report}");
    // The two others, and the one that the platform was made with.
    assert_eq!(platform.count("SELECT count(*) FROM client_company_risk_scores").await, 3);
    assert_nothing_is_mixed(&platform).await;
}

/// Short enough that dead workers' jobs come back within the test; nothing is measured by it.
const SETTINGS: &[(&str, &str)] = &[
    ("WORKER_LEASE_MS", "2000"),
    ("WORKER_REAP_INTERVAL_MS", "500"),
    ("DOCUMENT_POLL_INTERVAL_MS", "500"),
    ("RISK_CONCURRENCY", "2"),
    ("LOG_LEVEL", "warn"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_leave_each_company_old_or_new() {
    const COMPANIES: u32 = 400;
    let platform = Platform::new().await;
    books(&platform, platform.tenant, COMPANIES).await;
    let attempts = "ALTER TABLE worker.risk_jobs ALTER COLUMN max_attempts SET DEFAULT 100";
    platform.connect().await.batch_execute(attempts).await.unwrap();
    let start = || platform.worker(&["run"], SETTINGS);
    let mut workers: Vec<Worker> = (0..2).map(|_| start()).collect();
    let all_done = "SELECT count(*) > 400 AND count(*) FILTER (WHERE status <> 'succeeded') = 0
        FROM worker.risk_jobs";
    let some_done = |more_than: i64| {
        format!("SELECT count(*) > {more_than} FROM worker.risk_jobs WHERE status = 'succeeded'")
    };
    // In the middle of the work, three times over.
    let mut kills = 0;
    for share in [10, 120, 240] {
        platform.until(&some_done(share)).await;
        let victim = workers.remove(0);
        victim.signal(Signal::KILL);
        victim.wait();
        kills += 1;
        assert_nothing_is_mixed(&platform).await;
        workers.push(start());
    }
    platform.until(all_done).await;
    for worker in workers {
        worker.signal(Signal::TERM);
        worker.wait();
    }
    assert_eq!(kills, 3);
    assert_nothing_is_mixed(&platform).await;
    let scored = "SELECT count(*) FROM client_company_risk_scores";
    assert_eq!(platform.count(scored).await, i64::from(COMPANIES) + 1);
}
