//! The made-up sources.

use std::time::Duration;

use chrono::TimeDelta;
use integrations::{ConnectorError, OutgoingInvoice, PullRequest, PushResult};
use serde_json::{Value, json};

use crate::support::{Bench, Books, day};

const NOW: &str = "2026-03-10T09:00:00+03:00";
const SINCE: &str = "2026-03-01";

fn config(more: &Value) -> Value {
    let mut config = json!({"apiKey": "k", "seed": 7, "recordsPerDay": 10});
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    config
}

#[tokio::test]
async fn they_are_refused_unless_allowed_by_name() {
    let mut bench = Bench::new(NOW);
    bench.environment.allow_mock = false;
    for code in ["MOCK_ACCOUNTING", "MOCK_BANK"] {
        let error = bench.connect(code, &config(&json!({}))).unwrap_err();
        assert!(matches!(error, ConnectorError::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains("INTEGRATIONS_ALLOW_MOCK"), "{error}");
    }
    bench.environment.allow_mock = true;
    assert!(bench.connect("MOCK_ACCOUNTING", &json!({})).is_err(), "apiKey, as ever");
}

#[tokio::test]
async fn one_seed_gives_the_same_records_on_the_asked_days() {
    let bench = Bench::new(NOW);
    let mut books = Books::empty(&bench);
    books.sync(&*bench.accounting("MOCK_ACCOUNTING", &config(&json!({}))), 33, SINCE).await;
    assert_eq!(books.records.len(), 100);
    for record in books.records.values() {
        assert!(record.issue_date >= day(SINCE) && record.issue_date <= day("2026-03-10"));
        let net: rust_decimal::Decimal = record.lines.iter().map(|line| line.net_amount).sum();
        assert_eq!(record.net_amount, Some(net));
        assert_eq!(record.total_amount, net + record.tax_amount);
        assert!(record.supplier.valid_tax_number().is_some());
        assert!(record.customer.valid_tax_number().is_some());
    }
    let other = Bench::new(NOW);
    let mut again = Books::empty(&other);
    again.sync(&*other.accounting("MOCK_ACCOUNTING", &config(&json!({}))), 7, SINCE).await;
    assert_eq!(books.records, again.records, "whatever the page");
    let mut third = Books::empty(&other);
    let seed = config(&json!({"seed": 8}));
    third.sync(&*other.accounting("MOCK_ACCOUNTING", &seed), 50, SINCE).await;
    assert_ne!(books.records, third.records);
}

#[tokio::test]
async fn a_second_sync_writes_nothing_and_a_next_day_its_own() {
    let bench = Bench::new(NOW);
    let bank = bench.bank("MOCK_BANK", &config(&json!({})));
    let mut books = Books::empty(&bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.records.len(), 100);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.written, 0);
    bench.clock.advance(TimeDelta::days(1));
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.written, 10);
}

#[tokio::test]
async fn any_volume_can_be_had() {
    let bench = Bench::new(NOW);
    let many = config(&json!({"recordsPerDay": 2_500}));
    let mut books = Books::empty(&bench);
    books.sync(&*bench.accounting("MOCK_ACCOUNTING", &many), 1_000, SINCE).await;
    assert_eq!(books.records.len(), 25_000);
}

#[tokio::test]
async fn faults_come_once_and_the_books_equal_the_source() {
    let bench = Bench::new(NOW);
    let faults = json!({
        "2": "timeout", "3": "rate_limited", "4": "server_error", "5": "broken_page",
        "6": "repeated_page", "8": "repeated_page",
    });
    let mut books = Books::empty(&bench);
    let config = config(&json!({"faults": faults}));
    // A worker makes the connector anew for every job.
    while !books.step(&*bench.accounting("MOCK_ACCOUNTING", &config), 20, SINCE).await {}
    assert_eq!(books.records.len(), 100);
    assert_eq!(books.failures.len(), 4);
    let pause = ConnectorError::RateLimited { retry_after: Duration::from_mins(2) };
    assert_eq!(books.failures[1], pause);
    let clean = Bench::new(NOW);
    let mut expected = Books::empty(&clean);
    let plain = self::config(&json!({}));
    expected.sync(&*clean.accounting("MOCK_ACCOUNTING", &plain), 20, SINCE).await;
    assert_eq!(books.records, expected.records);
}

#[tokio::test]
async fn a_changed_and_a_spoilt_record_can_be_had() {
    let bench = Bench::new(NOW);
    let config = config(&json!({"faults": {"2": "spoilt_record", "5": "changed_record"}}));
    let connector = bench.accounting("MOCK_ACCOUNTING", &config);
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 50, SINCE).await;
    assert_eq!((books.records.len(), books.skipped.len()), (99, 1));
    books.sync(&*connector, 50, SINCE).await;
    books.sync(&*connector, 50, SINCE).await;
    books.sync(&*connector, 50, SINCE).await;
    assert!(books.written > 0, "the source changed what was there");
    let error = bench.connect("MOCK_ACCOUNTING", &self::config(&json!({"faults": {"1": "fire"}})));
    assert!(matches!(error, Err(ConnectorError::Config { .. })));
}

#[tokio::test]
async fn a_push_has_a_result_for_each() {
    let bench = Bench::new(NOW);
    let connector = bench.accounting("MOCK_ACCOUNTING", &config(&json!({})));
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 1 };
    let pulled = connector.pull_invoices(request).await.unwrap().records.remove(0);
    let outgoing = |id: &str, lines: Vec<_>| OutgoingInvoice {
        id: domain::InvoiceId::new(id),
        number: None,
        invoice_type: None,
        exchange_rate: None,
        direction: integrations::Direction::Sales,
        issue_date: pulled.issue_date,
        due_date: None,
        currency: pulled.currency,
        total_amount: pulled.total_amount,
        tax_amount: pulled.tax_amount,
        counterparty: pulled.customer.clone(),
        lines,
    };
    let outcomes = connector
        .push_invoices(&[outgoing("a", pulled.lines.clone()), outgoing("b", Vec::new())])
        .await
        .unwrap();
    assert!(outcomes[0].result.is_there() && outcomes[0].id == "a");
    assert!(matches!(outcomes[1].result, PushResult::Refused { .. }));
}
