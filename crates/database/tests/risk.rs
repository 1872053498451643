//! The daily calculation in the database: fan-out, memory of findings, what a completion writes.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod common;
mod office;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{NaiveDate, Timelike};
use database::jobs::PgJobStore;
use database::risk::{
    self, BookRow, Completion, Evaluation, FindingRow, Found, Ledger, NewAlert, RiskJob, WorseAlert,
};
use domain::{ClientCompanyId, Severity};
use jobs_core::{ClaimRequest, Claimed, JobStore, LeaseRef};
use office::Office;
use risk_engine::Level;
use rust_decimal::Decimal;

const TODAY: &str = "2026-03-31";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

async fn claim(store: &PgJobStore<RiskJob>) -> Vec<Claimed<RiskJob>> {
    let lease = Duration::from_mins(1);
    store.claim(ClaimRequest { limit: 100, owner: "me", lease }).await.expect("claims")
}

fn evaluation(score: i64, severity: Severity) -> Evaluation {
    Evaluation {
        score: score.into(),
        triggered: vec!["COMP_HIGH_RISK_RATIO".to_owned()],
        level: Level { severity, since: day(TODAY), calm_days: 0 },
        rule_set_version: 1,
        facts: "{\"day\":\"2026-03-31\"}".to_owned(),
        result: "{}".to_owned(),
        unusual_entries: Some("[]".to_owned()),
    }
}

fn finding(
    company: &str,
    fingerprint: &str,
    state: &'static str,
    alert: Option<&str>,
) -> FindingRow {
    FindingRow {
        company: company.to_owned(),
        kind: "EXPENSE_SPIKE".to_owned(),
        fingerprint: fingerprint.to_owned(),
        evidence: "e1".to_owned(),
        family: "770.04".to_owned(),
        severity: Severity::Medium,
        narrow: false,
        state,
        alert: alert.map(str::to_owned),
        detail: "{}".to_owned(),
        message: "770.04 hesabında olağan dışı artış".to_owned(),
    }
}

fn alert(id: &str, company: &str, narrow: bool) -> NewAlert {
    NewAlert {
        id: id.to_owned(),
        notification: format!("n-{id}"),
        company: company.to_owned(),
        kind: if narrow { "MASAK_THRESHOLD" } else { "ANOMALY_DETECTED" },
        title: "Başlık".to_owned(),
        message: "Mesaj\0".to_owned(),
        severity: Severity::Medium,
        narrow,
        notification_title: "Yeni".to_owned(),
        notification_message: "Yeni uyarı".to_owned(),
    }
}

/// Everything that a calculation writes, of every office.
async fn everything(office: &Office) -> Vec<String> {
    let mut all = Vec::new();
    for table in [
        "client_company_risk_scores",
        "risk_score_history",
        "worker.risk_evaluations",
        "worker.risk_findings",
        "risk_alerts",
        "notifications",
    ] {
        let rows = office.rows(&format!("SELECT t::text FROM {table} t ORDER BY 1")).await;
        all.extend(rows.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    all
}

#[tokio::test]
async fn a_day_makes_each_job_once() {
    let office = Office::open().await;
    let suspended = office.neighbour("t2").await;
    office
        .execute(
            "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, is_active, updated_at)
             VALUES ('gone', 't1', 'Kapanan', 'Limited', '1', false, now());
             UPDATE tenants SET status = 'SUSPENDED' WHERE id = 't2'",
        )
        .await;
    let database = &office.database;
    let fan_out = |on: &str, again| {
        let on = day(on);
        async move {
            let made = risk::fan_out(database, on, None, None, again).await.expect("fans out");
            (made.subjects, made.made)
        }
    };
    assert_eq!(fan_out(TODAY, false).await, (2, 2), "the company, and what lies between");
    let (one, other) = tokio::join!(fan_out(TODAY, false), fan_out(TODAY, false));
    assert_eq!((one.1, other.1), (0, 0));

    let store = PgJobStore::risk(database.clone());
    let jobs = claim(&store).await;
    let mut companies: Vec<_> =
        jobs.iter().map(|job| job.payload.client_company_id.as_deref()).collect();
    companies.sort_unstable();
    assert_eq!(companies, [None, Some("t1-company")]);
    let company = jobs.iter().find_map(|job| job.payload.company_name.as_deref());
    assert_eq!(company, Some("Ege Tekstil"));

    // The next day leaves alone what is being worked on.
    assert_eq!(fan_out("2026-04-01", false).await.1, 0);
    let leases: Vec<LeaseRef> = jobs.iter().map(Claimed::lease).collect();
    assert_eq!(store.complete(&leases).await.expect("completes"), []);
    assert_eq!(fan_out(TODAY, false).await.1, 0, "done is done for the day");
    assert_eq!(fan_out(TODAY, true).await.1, 2, "unless it is asked for again");
    assert_eq!(fan_out("2026-04-01", false).await.1, 2);

    // A suspended office's jobs wait, also those that were made before.
    suspended
        .execute("INSERT INTO worker.risk_jobs (id, tenant_id, client_company_id, day) VALUES ('risk_t2-company', 't2', 't2-company', '2026-03-01')")
        .await;
    let claimed = claim(&store).await;
    assert!(claimed.iter().all(|job| job.tenant == "t1"), "{claimed:?}");
    office.execute("UPDATE tenants SET status = 'ACTIVE' WHERE id = 't2'").await;
    assert_eq!(claim(&store).await.len(), 1);
    let only = risk::fan_out(database, day(TODAY), Some("t2"), Some("t2-company"), true).await;
    assert_eq!(only.expect("fans out").subjects, 1);
}

#[tokio::test]
async fn a_large_office_does_not_keep_a_small_one_waiting() {
    let office = Office::open().await;
    office.neighbour("t2").await;
    office
        .execute(
            "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
             SELECT 'c' || n, 't1', 'Firma', 'Limited', n::text, now() FROM generate_series(1, 500) n",
        )
        .await;
    let store = PgJobStore::risk(office.database.clone());
    let lease = Duration::from_mins(1);
    let claim = || async {
        let request = ClaimRequest { limit: 4, owner: "me", lease };
        let jobs = store.claim(request).await.expect("claims");
        jobs.into_iter().map(|job| job.tenant).collect::<Vec<_>>()
    };
    // The large office's companies are there first, and some of them are being worked on.
    risk::fan_out(&office.database, day(TODAY), Some("t1"), None, false).await.expect("fans out");
    assert_eq!(claim().await, ["t1"; 4]);
    risk::fan_out(&office.database, day(TODAY), Some("t2"), None, false).await.expect("fans out");
    let mut of_small = 0;
    for _ in 0..2 {
        let jobs = claim().await;
        assert_eq!(jobs.len(), 4);
        of_small += jobs.iter().filter(|tenant| *tenant == "t2").count();
    }
    assert_eq!(of_small, 2, "its company and what lies between come with the next claims");
}

#[tokio::test]
async fn a_completion_is_one_statement_and_needs_the_lease() {
    let office = Office::open().await;
    let database = &office.database;
    risk::fan_out(database, day(TODAY), None, None, false).await.expect("fans out");
    let store = PgJobStore::risk(database.clone());
    let job = claim(&store).await.into_iter().find(|job| job.payload.client_company_id.is_some());
    let lease = job.expect("a job").lease();
    let completion = || Completion {
        evaluation: Some(evaluation(70, Severity::High)),
        findings: vec![finding("t1-company", "f1", "alerted", Some("a1"))],
        new_alerts: vec![alert("a1", "t1-company", false)],
        worse_alerts: vec![],
    };
    let stale = LeaseRef { token: lease.token - 1, ..lease.clone() };
    let elsewhere = LeaseRef { tenant: "t2".to_owned(), ..lease.clone() };
    for wrong in [stale, elsewhere] {
        let written = risk::complete(database, &wrong, day(TODAY), completion()).await;
        assert!(!written.expect("asks"), "a lost lease writes nothing");
    }
    assert_eq!(everything(&office).await, [] as [&str; 0]);

    assert!(risk::complete(database, &lease, day(TODAY), completion()).await.expect("writes"));
    assert!(!risk::complete(database, &lease, day(TODAY), completion()).await.expect("asks"));
    let row = office
        .row("SELECT score::text, severity, \"triggeredRuleCodes\"::text FROM client_company_risk_scores")
        .await;
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, &str>(1), row.get::<_, &str>(2)),
        ("70.00", "high", "[\"COMP_HIGH_RISK_RATIO\"]")
    );
    let row = office.row("SELECT unusual_entries FROM worker.risk_evaluations").await;
    assert_eq!(row.get::<_, Option<&str>>(0), Some("[]"));
    let row = office.row("SELECT a.message, n.user_id FROM risk_alerts a, notifications n").await;
    assert!(row.get::<_, Option<&str>>(1).is_none(), "the whole office is told");
    for (table, rows) in [
        ("client_company_risk_scores", 1),
        ("risk_score_history", 1),
        ("worker.risk_evaluations", 1),
        ("worker.risk_findings", 1),
        ("risk_alerts", 1),
        ("notifications", 1),
        ("worker.risk_jobs WHERE status = 'succeeded'", 1),
    ] {
        assert_eq!(office.count(table).await, rows, "{table}");
    }

    // A failing part takes everything with it: the same alert cannot be written twice.
    risk::fan_out(database, day(TODAY), None, None, true).await.expect("fans out");
    let job = claim(&store).await.into_iter().find(|job| job.payload.client_company_id.is_some());
    let lease = job.expect("a job").lease();
    let before = everything(&office).await;
    risk::complete(database, &lease, day(TODAY), completion()).await.expect_err("a1 is there");
    assert_eq!(everything(&office).await, before);
    assert_eq!(office.count("worker.risk_jobs WHERE status = 'in_progress'").await, 2);
}

#[tokio::test]
async fn a_finding_is_remembered_with_what_became_of_it() {
    let office = Office::open().await;
    let neighbour = office.neighbour("t2").await;
    let database = &office.database;
    let run = async |on: &str, findings: Vec<FindingRow>, new_alerts, worse_alerts| {
        risk::fan_out(database, day(on), Some("t1"), Some("t1-company"), true).await.expect("jobs");
        let store = PgJobStore::risk(database.clone());
        let lease = claim(&store).await.first().expect("a job").lease();
        let completion = Completion { findings, new_alerts, worse_alerts, evaluation: None };
        assert!(risk::complete(database, &lease, day(on), completion).await.expect("writes"));
    };
    let known = async |fingerprint: &str| {
        let found = Found { company: "t1-company", kind: "EXPENSE_SPIKE", fingerprint };
        let context =
            risk::context(database, "t1", &["t1-company"], day("2026-04-02"), &[found]).await;
        context.expect("asks").known("t1-company", "EXPENSE_SPIKE", "f1")
    };
    assert_eq!(known("f1").await, None);
    let new = |state, alert| vec![finding("t1-company", "f1", state, alert)];
    run(TODAY, new("alerted", Some("a1")), vec![alert("a1", "t1-company", false)], vec![]).await;
    let first = known("f1").await.expect("known");
    assert_eq!(first.alert.map(|alert| (alert.id, alert.is_open)), Some(("a1".to_owned(), true)));
    assert!(known("").await.is_some(), "all of the kind");
    assert_eq!(known("f2").await, None);

    // Seen again, and worse.
    let worse = WorseAlert {
        id: "a1".to_owned(),
        severity: Severity::High,
        title: "Daha kötü".to_owned(),
        message: "Daha kötü".to_owned(),
    };
    let higher =
        FindingRow { severity: Severity::High, ..finding("t1-company", "f1", "alerted", None) };
    run("2026-04-01", vec![higher], vec![], vec![worse]).await;
    run("2026-04-02", new("alerted", None), vec![], vec![]).await;
    let row = office
        .row(
            "SELECT f.occurrences, f.severity, f.alert_id, f.first_day::text, f.last_day::text, a.severity
             FROM worker.risk_findings f JOIN risk_alerts a ON a.id = f.alert_id",
        )
        .await;
    assert_eq!(row.get::<_, i32>(0), 3);
    assert_eq!(row.get::<_, &str>(1), "high", "the worst is kept");
    assert_eq!(row.get::<_, &str>(2), "a1");
    assert_eq!((row.get::<_, &str>(3), row.get::<_, &str>(4)), (TODAY, "2026-04-02"));
    assert_eq!(row.get::<_, &str>(5), "high");
    assert_eq!((office.count("risk_alerts").await, office.count("notifications").await), (1, 1));

    // Closed: its evidence stays that of the closing.
    office.execute("UPDATE risk_alerts SET status = 'closed'").await;
    let other =
        FindingRow { evidence: "e2".to_owned(), ..finding("t1-company", "f1", "closed", None) };
    run("2026-04-03", vec![other], vec![], vec![]).await;
    let closed = known("f1").await.expect("known");
    assert_eq!((closed.evidence.as_str(), closed.severity), ("e1", Severity::High));
    assert!(!closed.alert.expect("an alert").is_open);

    // Another office knows nothing of it, and is not told.
    let found = [Found { company: "t1-company", kind: "EXPENSE_SPIKE", fingerprint: "f1" }];
    let there = risk::context(database, "t2", &["t1-company"], day(TODAY), &found).await;
    assert_eq!(there.expect("asks").known("t1-company", "EXPENSE_SPIKE", "f1"), None);
    assert_eq!(neighbour.count("notifications WHERE tenant_id = 't2'").await, 0);
}

#[tokio::test]
async fn what_only_a_few_may_know_goes_to_the_owners() {
    let office = Office::open().await;
    let database = &office.database;
    office
        .execute(
            "INSERT INTO users (id, email, hashed_password, full_name, updated_at)
             SELECT 'u' || n, n || '@x', 'x', 'x', now() FROM generate_series(1, 4) n;
             INSERT INTO user_tenant_memberships (id, user_id, tenant_id, role, status, updated_at)
             VALUES ('m1', 'u1', 't1', 'TenantOwner', 'active', now()),
                    ('m2', 'u2', 't1', 'TenantOwner', 'active', now()),
                    ('m3', 'u3', 't1', 'Accountant', 'active', now()),
                    ('m4', 'u4', 't1', 'TenantOwner', 'suspended', now())",
        )
        .await;
    risk::fan_out(database, day(TODAY), None, Some("t1-company"), false).await.expect("fans out");
    let store = PgJobStore::risk(database.clone());
    let lease = claim(&store).await.first().expect("a job").lease();
    let secret = FindingRow { narrow: true, ..finding("t1-company", "f1", "alerted", Some("a1")) };
    let completion = Completion {
        findings: vec![secret],
        new_alerts: vec![alert("a1", "t1-company", true)],
        ..Completion::default()
    };
    assert!(risk::complete(database, &lease, day(TODAY), completion).await.expect("writes"));
    let told = office.rows("SELECT user_id FROM notifications ORDER BY 1").await;
    let told: Vec<Option<&str>> = told.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, [Some("u1"), Some("u2")]);
    assert_eq!(office.count("worker.risk_findings WHERE narrow").await, 1);
    // It does not use up the day's budget of the others.
    let context = risk::context(database, "t1", &["t1-company"], day(TODAY), &[]).await;
    assert_eq!(context.expect("asks").alerted_today, BTreeMap::new());
}

#[tokio::test]
async fn the_context_is_the_companys_own() {
    let office = Office::open().await;
    let neighbour = office.neighbour("t2").await;
    let database = &office.database;
    for (office, document) in [(&office, "d1"), (&neighbour, "d2")] {
        let t = &office.tenant;
        office.document(document, "a.xml").await;
        office
            .execute(&format!(
                "INSERT INTO document_risk_scores (id, tenant_id, document_id, score, severity, generated_at, updated_at)
                 VALUES ('s-{t}', '{t}', '{document}', 80, 'high', '2026-03-30T22:30:00Z', now());
                 INSERT INTO worker.risk_mutings (tenant_id, client_company_id, kind, family, until, reason)
                 VALUES ('{t}', '{t}-company', 'TIMING', '', '2026-03-31', 'x'),
                        ('{t}', '{t}-company', 'BENFORD', '', '2026-03-30', 'over')"
            ))
            .await;
    }
    let context = risk::context(database, "t1", &["t1-company"], day(TODAY), &[]).await;
    let context = context.expect("asks");
    assert_eq!(context.company_name.as_deref(), Some("Ege Tekstil"));
    let [documents] = context.documents.as_slice() else { panic!("{:?}", context.documents) };
    // 22:30 in London is the next day in Turkey.
    assert_eq!((documents.day, documents.scored, documents.high), (day(TODAY), 1, 1));
    let muted: Vec<_> =
        context.mutings.iter().map(|one| (&one.company, one.kind.as_str())).collect();
    assert_eq!(muted, [(&ClientCompanyId::new("t1-company"), "TIMING")]);
    assert_eq!(context.level, None);
}

#[tokio::test]
async fn books_are_those_of_the_company_and_the_window() {
    let office = Office::open().await;
    let neighbour = office.neighbour("t2").await;
    for office in [&office, &neighbour] {
        let t = &office.tenant;
        office
            .execute(&format!(
                "INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
                 VALUES ('{t}-770', '{t}', '770.04', 'Genel gider', 'expense', now()),
                        ('{t}-102', '{t}', '102.01', 'Banka', 'asset', now());
                 INSERT INTO transactions (id, tenant_id, client_company_id, date, updated_at)
                 VALUES ('{t}-old', '{t}', '{t}-company', '2024-01-01', now()),
                        ('{t}-b', '{t}', '{t}-company', '2026-03-02', now()),
                        ('{t}-a', '{t}', '{t}-company', '2026-03-02', now()),
                        ('{t}-empty', '{t}', '{t}-company', '2026-03-03', now());
                 INSERT INTO transaction_lines (id, tenant_id, transaction_id, ledger_account_id, debit_amount, credit_amount, updated_at)
                 SELECT e || l.n, '{t}', e, a, l.d, l.c, now()
                 FROM unnest(ARRAY['{t}-old', '{t}-a', '{t}-b']) e,
                      (VALUES (1, '{t}-770', 10.05, 0), (2, '{t}-102', 0, 10.05)) l (n, a, d, c);
                 INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date, total_amount, tax_amount, status, updated_at)
                 VALUES ('{t}-i', '{t}', '{t}-company', 'A1', 'SATIŞ', '2026-03-02', 120, 20, 'kesildi', now()),
                        ('{t}-j', '{t}', '{t}-company', 'A2', 'SATIŞ', '2026-03-03', 120, 20, 'kesildi', now());
                 INSERT INTO invoice_lines (id, tenant_id, invoice_id, line_number, description, quantity, unit_price, line_total, vat_rate, vat_amount, updated_at)
                 VALUES ('{t}-l1', '{t}', '{t}-i', 1, 'x', 1, 40, 40, 0.2, 8, now()),
                        ('{t}-l2', '{t}', '{t}-i', 2, 'x', 1, 60, 60, 0.2, 12, now())"
            ))
            .await;
    }
    let instant = |text: &str| text.parse().expect("an instant");
    let books = Ledger {
        tenant: "t1",
        company: "t1-company",
        from: instant("2025-01-01T00:00:00Z"),
        until: instant("2026-12-31T00:00:00Z"),
    };
    let mut entries: Vec<(String, Option<String>, Vec<Decimal>)> = Vec::new();
    let take = |row: BookRow<'_>| match row {
        BookRow::Entry(row) => {
            assert_eq!((row.source, row.date.hour()), ("manual", 0));
            entries.push((row.id.to_owned(), row.reference_no.map(str::to_owned), Vec::new()));
        }
        BookRow::Line(line) => {
            assert!(["t1-770", "t1-102"].contains(&line.ledger_account_id));
            let (.., lines) = entries.last_mut().expect("an entry first");
            lines.push(line.debit_amount - line.credit_amount);
        }
    };
    books.entries(&office.database, take).await.expect("reads");
    for (.., lines) in &mut entries {
        lines.sort_unstable();
    }
    entries.sort_unstable();
    let both = vec!["-10.05".parse().expect("a number"), "10.05".parse().expect("a number")];
    let entry = |id: &str, lines: &[Decimal]| (id.to_owned(), None, lines.to_vec());
    assert_eq!(entries, [entry("t1-a", &both), entry("t1-b", &both), entry("t1-empty", &[])]);
    let invoices = books.invoices(&office.database).await.expect("reads");
    let [first, second] = invoices.as_slice() else { panic!("{invoices:?}") };
    let [kdv] = first.kdv.as_slice() else { panic!("{:?}", first.kdv) };
    assert_eq!((kdv.net, kdv.kdv), (100.into(), 20.into()));
    assert_eq!(
        (first.total_amount.to_string(), kdv.rate.to_string()),
        ("120.00".into(), "0.2000".into())
    );
    let texts = (first.kind.as_str(), first.external_id.as_deref(), first.due_date);
    assert_eq!(texts, ("SATIŞ", Some("A1"), None));
    assert!(second.kdv.is_empty());
    let chart = risk::chart(&office.database, "t1").await.expect("reads");
    assert_eq!(chart.len(), 2);
    // The same books asked for as another office's are empty.
    let elsewhere = Ledger { tenant: "t2", ..books };
    assert!(elsewhere.invoices(&office.database).await.expect("reads").is_empty());
}

#[tokio::test]
async fn invoices_between_companies_stay_within_the_office() {
    let office = Office::open().await;
    let neighbour = office.neighbour("t2").await;
    for office in [&office, &neighbour] {
        let t = &office.tenant;
        office
            .execute(&format!(
                "INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 VALUES ('{t}-other', '{t}', 'Öteki', 'Limited', '99', now());
                 INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date, total_amount, tax_amount, counterparty_tax_number, status, updated_at)
                 VALUES ('{t}-sale', '{t}', '{t}-company', 'A1', 'SATIŞ', '2026-03-02', 120, 20, '99', 'kesildi', now()),
                        ('{t}-void', '{t}', '{t}-company', 'A2', 'SATIŞ', '2026-03-02', 120, 20, '99', 'iptal', now()),
                        ('{t}-self', '{t}', '{t}-company', 'A3', 'SATIŞ', '2026-03-02', 120, 20, '1234567801', 'kesildi', now())"
            ))
            .await;
    }
    let (from, until) = ("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z");
    let (from, until) = (from.parse().expect("an instant"), until.parse().expect("an instant"));
    let found = risk::transfers(&office.database, "t1", from, until).await.expect("asks");
    let found: Vec<_> =
        found.iter().map(|one| (one.id.as_str(), one.counterparty.as_str())).collect();
    assert_eq!(found, [("t1-sale", "t1-other")]);
}

#[tokio::test]
async fn a_rule_set_is_stored_once_and_never_changed() {
    let office = Office::open().await;
    let neighbour = office.neighbour("t2").await;
    let database = office.database.clone();
    let many = (0..8).map(|n| {
        let database = database.clone();
        let content = format!("content {}", n % 2);
        tokio::spawn(async move { risk::ensure(&database, "t1", &content).await })
    });
    let mut versions = Vec::new();
    for one in many.collect::<Vec<_>>() {
        versions.push(one.await.expect("ends").expect("stores"));
    }
    versions.sort_unstable();
    assert_eq!(versions, [1, 1, 1, 1, 2, 2, 2, 2]);
    assert_eq!(risk::ensure(&database, "t2", "content 0").await.expect("stores"), 1);
    let newest = risk::load(&database, "t1", None).await.expect("reads").expect("one");
    assert_eq!(newest.version, 2);
    assert_eq!(risk::load(&database, "t2", Some(2)).await.expect("reads"), None);

    let refused = office.refused("UPDATE worker.rule_sets SET content = 'other'").await;
    assert!(refused.contains("never changed"), "{refused}");
    // It goes with its office.
    neighbour.execute("DELETE FROM tenants WHERE id = 't2'").await;
    assert_eq!(office.count("worker.rule_sets").await, 2);
}

#[tokio::test]
async fn verdicts_of_closed_alerts_stand_beside_what_raised_them() {
    let office = Office::open().await;
    office.neighbour("t2").await;
    // A score by two rules of which one gave points, closed 30 times: five times rightly.
    office
        .execute(
            "INSERT INTO worker.risk_findings (tenant_id, client_company_id, kind, fingerprint, evidence,
                 severity, state, detail, message, first_day, last_day, closed_reason)
             SELECT 't1', 't1-company', 'RISK_THRESHOLD_EXCEEDED', n::text, '', 'high', 'closed',
                 '{\"contributions\":[{\"code\":\"A\",\"points\":25.5},{\"code\":\"B\",\"points\":0}]}', '',
                 '2026-03-01', '2026-03-01', CASE WHEN n <= 5 THEN 'fixed' ELSE 'false_alarm' END
             FROM generate_series(1, 30) n;
             INSERT INTO worker.risk_findings (tenant_id, client_company_id, kind, fingerprint, evidence,
                 severity, state, detail, message, first_day, last_day, closed_reason)
             VALUES ('t1', 't1-company', 'TIMING', '1', '', 'low', 'closed', '{}', '', '2026-03-01', '2026-03-01', 'accepted'),
                    ('t1', 't1-company', 'TIMING', '2', '', 'low', 'alerted', '{}', '', '2026-03-01', '2026-03-01', NULL)",
        )
        .await;
    let found = risk::verdicts(&office.database, "t1").await.expect("asks");
    let told: Vec<_> =
        found.iter().map(|one| (one.code.as_str(), one.closed, one.right, one.is_poor())).collect();
    assert_eq!(told, [("A", 30, 5, true), ("TIMING", 1, 1, false)]);
    assert_eq!(risk::verdicts(&office.database, "t2").await.expect("asks"), []);
}
