//! GoCardless against a local server that behaves as its clients know it.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use integrations::{
    BankTransactionRecord, ConnectorError, PullRequest,
    page::Warning,
    testing::{Fault, GocardlessSource, Server},
};
use serde_json::json;

use crate::support::{Bench, Books, day};

const NOW: &str = "2026-03-10T09:00:00+03:00";
const SINCE: &str = "2026-02-01";

struct Requisition {
    bench: Bench,
    source: Arc<GocardlessSource>,
    server: Server,
}

impl Requisition {
    fn new() -> Self {
        let source = Arc::new(GocardlessSource::default());
        for account in ["acc-1", "acc-2"] {
            source.add_account(account, "DE89370400440532013000");
            for number in 0..20 {
                let day = format!("2026-02-{:02}", number + 1);
                let amount = if number % 2 == 0 { "12.34" } else { "-5.60" };
                source.add_booked(account, &format!("t{number}"), &day, amount);
            }
        }
        source.add_booked("acc-1", "old", "2026-01-15", "1.00");
        let server = Server::start(Arc::clone(&source)).unwrap();
        Self { bench: Bench::new(NOW), source, server }
    }

    async fn sync(&self, books: &mut Books<BankTransactionRecord>) {
        let bank = self.bench.bank("GOCARDLESS", &GocardlessSource::config(&self.server.base()));
        books.sync_bank(&*bank, SINCE, |_| self.source.allow_calls(10)).await;
    }
}

#[tokio::test]
async fn booked_movements_of_every_account_come_once() {
    let requisition = Requisition::new();
    let mut books = Books::empty(&requisition.bench);
    requisition.sync(&mut books).await;
    assert_eq!((books.records.len(), books.skipped.len()), (40, 0));
    let one = &books.records["acc-1:t1"];
    assert_eq!((one.amount.to_string().as_str(), one.currency.as_str()), ("-5.60", "EUR"));
    assert_eq!(one.account.iban.as_ref().unwrap().as_str(), "DE89370400440532013000");
    requisition.source.add_booked("acc-2", "late", "2026-03-09", "3.00");
    requisition.bench.clock.advance(TimeDelta::days(1));
    requisition.sync(&mut books).await;
    assert_eq!(books.written, 1);
}

#[tokio::test]
async fn an_account_that_is_refused_for_a_while_is_read_from_where_it_was() {
    for status in [400, 403, 404, 409] {
        let requisition = Requisition::new();
        requisition.source.refuse_account("acc-2", status);
        let mut books = Books::empty(&requisition.bench);
        requisition.sync(&mut books).await;
        assert_eq!(books.records.len(), 20, "{status}: the other account is read");
        let refused = Warning::AccountRefused { external_id: "acc-2".to_owned() };
        assert_eq!(books.warnings, [refused], "{status}");
        requisition.source.give_accounts();
        requisition.bench.clock.advance(TimeDelta::days(5));
        requisition.sync(&mut books).await;
        assert_eq!(books.records.len(), 40, "{status}: nothing was passed as read");
    }
}

#[tokio::test]
async fn no_account_at_all_is_no_success() {
    let requisition = Requisition::new();
    requisition.source.refuse_account("acc-1", 403);
    requisition.source.refuse_account("acc-2", 404);
    let bank =
        requisition.bench.bank("GOCARDLESS", &GocardlessSource::config(&requisition.server.base()));
    let first = PullRequest { cursor: None, since: day(SINCE), page_size: 100 };
    let page = bank.pull_transactions(first).await.unwrap();
    assert!(!page.done && page.records.is_empty());
    let second = PullRequest { cursor: Some(&page.next), ..first };
    let error = bank.pull_transactions(second).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Denied { .. }), "{error}");
}

#[tokio::test]
async fn a_requisition_without_accounts_is_no_success() {
    let bench = Bench::new(NOW);
    let server = Server::start(Arc::new(GocardlessSource::default())).unwrap();
    let bank = bench.bank("GOCARDLESS", &GocardlessSource::config(&server.base()));
    let first = PullRequest { cursor: None, since: day(SINCE), page_size: 100 };
    let error = bank.pull_transactions(first).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Config { .. }), "{error}");
}

#[tokio::test]
async fn twenty_five_thousand_movements_are_all_there_and_a_second_sync_writes_nothing() {
    let requisition = Requisition::new();
    for number in 0..25_000 {
        let day = format!("2026-02-{:02}", number % 28 + 1);
        requisition.source.add_booked("acc-2", &format!("many{number}"), &day, "1.00");
    }
    let mut books = Books::empty(&requisition.bench);
    requisition.sync(&mut books).await;
    assert_eq!(books.records.len(), 25_040);
    requisition.sync(&mut books).await;
    assert_eq!(books.written, 0);
}

#[tokio::test]
async fn a_used_up_day_reschedules_by_the_accounts_own_head() {
    let requisition = Requisition::new();
    requisition.source.allow_calls(1);
    let mut books = Books::empty(&requisition.bench);
    requisition.sync(&mut books).await;
    assert_eq!(books.records.len(), 40);
    let pause = ConnectorError::RateLimited { retry_after: Duration::from_secs(40_000) };
    assert_eq!(books.failures, [pause]);
}

#[tokio::test]
async fn an_ended_agreement_is_an_ended_consent() {
    let requisition = Requisition::new();
    let bank =
        requisition.bench.bank("GOCARDLESS", &GocardlessSource::config(&requisition.server.base()));
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 100 };
    requisition.source.expire_agreement();
    let error = bank.pull_transactions(request).await.unwrap_err();
    assert!(matches!(error, ConnectorError::ConsentExpired { .. }), "{error}");
    requisition.source.set_status("EX");
    let error = bank.test_connection().await.unwrap_err();
    assert!(matches!(error, ConnectorError::ConsentExpired { .. }), "{error}");
    requisition.source.set_status("CR");
    let error = bank.test_connection().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Config { .. }), "{error}");
}

#[tokio::test]
async fn tokens_are_renewed_and_wrong_secrets_told_apart() {
    let requisition = Requisition::new();
    let mut books = Books::empty(&requisition.bench);
    requisition.sync(&mut books).await;
    requisition.source.expire_token();
    requisition.sync(&mut books).await;
    let kinds: Vec<String> = requisition
        .server
        .calls()
        .into_iter()
        .filter(|call| call.path.get(2).is_some_and(|part| part == "token"))
        .map(|call| call.path[3].clone())
        .collect();
    assert_eq!(kinds, ["new", "refresh"]);
    let mut config = GocardlessSource::config(&requisition.server.base());
    config["secretKey"] = json!("wrong");
    let bench = Bench::new(NOW);
    let error = bench.bank("GOCARDLESS", &config).test_connection().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Credentials { .. }), "{error}");
}

#[tokio::test]
async fn failures_on_the_way_lose_nothing() {
    let requisition = Requisition::new();
    for (position, fault) in [Fault::Cut, Fault::Lost, Fault::Broken].into_iter().enumerate() {
        requisition.server.fail_after(1 + 2 * position, fault);
    }
    let mut books = Books::empty(&requisition.bench);
    requisition.sync(&mut books).await;
    assert_eq!(books.records.len(), 40, "{:?}", books.failures);
}
