//! How often a company's calculation goes to the database. Alone in its file: the counter is the
//! process's.
#![allow(clippy::expect_used, reason = "a test panics")]

mod common;
mod office;

use std::sync::Mutex;
use std::time::Duration;

use chrono::NaiveDate;
use database::jobs::PgJobStore;
use database::risk::{self, Completion, Evaluation, Ledger};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use domain::Severity;
use jobs_core::{ClaimRequest, JobStore};
use office::Office;
use risk_engine::Level;

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Count;

impl Instrumentation for Count {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            STATEMENTS.lock().expect("not poisoned").push(query.to_string());
        }
    }
}

/// What a worker asks and writes for one company, with its claim.
async fn calculate(office: &Office, day: NaiveDate) -> usize {
    let database = &office.database;
    risk::fan_out(database, day, Some("t1"), Some("t1-company"), true).await.expect("fans out");
    STATEMENTS.lock().expect("not poisoned").clear();
    let store = PgJobStore::risk(database.clone());
    let lease = Duration::from_mins(1);
    let claimed = store.claim(ClaimRequest { limit: 8, owner: "me", lease }).await.expect("claims");
    let job = claimed.first().expect("a job");
    let books = Ledger {
        tenant: "t1",
        company: "t1-company",
        from: "2024-01-01T00:00:00Z".parse().expect("an instant"),
        until: "2027-01-01T00:00:00Z".parse().expect("an instant"),
    };
    risk::chart(database, "t1").await.expect("reads");
    let mut lines = 0_usize;
    books.invoices(database).await.expect("reads");
    books.entries(database, |_| lines += 1).await.expect("reads");
    let context = risk::context(database, "t1", &["t1-company"], day, &[]).await.expect("asks");
    let level =
        context.level.unwrap_or(Level { severity: Severity::Low, since: day, calm_days: 0 });
    let evaluation = Evaluation {
        score: 0.into(),
        triggered: vec![],
        level,
        rule_set_version: 1,
        facts: "{}".to_owned(),
        result: "{}".to_owned(),
        unusual_entries: None,
    };
    let completion = Completion { evaluation: Some(evaluation), ..Completion::default() };
    assert!(risk::complete(database, &job.lease(), day, completion).await.expect("writes"));
    assert!(lines > 0);
    STATEMENTS.lock().expect("not poisoned").len()
}

#[tokio::test]
async fn a_company_takes_six_statements_whatever_its_size() {
    set_default_instrumentation(|| Some(Box::new(Count))).expect("set");
    let office = Office::open().await;
    office
        .execute(
            "INSERT INTO ledger_accounts (id, tenant_id, code, name, type, updated_at)
             VALUES ('a', 't1', '770.04', 'Gider', 'expense', now())",
        )
        .await;
    let mut counts = Vec::new();
    for (number, day) in [(1, "2026-03-01"), (2_000, "2026-03-02")] {
        office
            .execute(&format!(
                "INSERT INTO transactions (id, tenant_id, client_company_id, date, updated_at)
                 SELECT 'e{number}-' || n, 't1', 't1-company', '2026-03-02', now()
                 FROM generate_series(1, {number}) n;
                 INSERT INTO transaction_lines (id, tenant_id, transaction_id, ledger_account_id,
                    debit_amount, credit_amount, updated_at)
                 SELECT t.id || 'l', 't1', t.id, 'a', 1, 0, now()
                 FROM transactions t WHERE t.id LIKE 'e{number}-%'"
            ))
            .await;
        counts.push(calculate(&office, day.parse().expect("a day")).await);
    }
    // Claim, chart, invoices, lines, context, results; claim and chart serve many companies at once.
    assert_eq!(counts, [6, 6], "{:#?}", STATEMENTS.lock().expect("not poisoned"));
}
