//! Nilvera against a local server that behaves as its OpenAPI documents.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use integrations::{
    ConnectorError, Direction, InvoiceRecord, PullRequest,
    testing::{Answer, Fault, NilveraSource, Server},
};
use serde_json::json;

use crate::support::{Bench, Books, at, day, ettn, invoice_xml};

const NOW: &str = "2026-03-10T09:00:00+03:00";
const SINCE: &str = "2026-01-01";

struct Account {
    bench: Bench,
    source: Arc<NilveraSource>,
    server: Server,
}

impl Account {
    fn new() -> Self {
        let source = Arc::new(NilveraSource::default());
        let server = Server::start(Arc::clone(&source)).unwrap();
        Self { bench: Bench::new(NOW), source, server }
    }

    fn buy(&self, numbers: std::ops::Range<u32>, created: impl Fn(u32) -> DateTime<Utc>) {
        for number in numbers {
            let ettn = ettn(number);
            self.source.add_purchase(&ettn, created(number), invoice_xml(&ettn, number));
        }
    }

    async fn sync(&self, books: &mut Books<InvoiceRecord>, size: usize) {
        let connector =
            self.bench.accounting("NILVERA", &NilveraSource::config(&self.server.base()));
        books.sync(&*connector, size, SINCE).await;
    }

    fn lists(&self) -> usize {
        self.server.calls().iter().filter(|call| call.path.last().unwrap() != "xml").count()
    }
}

fn minute(number: u32) -> DateTime<Utc> {
    at("2026-02-01T00:00:00Z") + TimeDelta::minutes(i64::from(number))
}

#[tokio::test]
async fn the_lists_are_read_as_ubl_once() {
    let account = Account::new();
    account.buy(0..60, minute);
    account.source.add_sale(&ettn(100), minute(3), invoice_xml(&ettn(100), 100));
    account.source.add_archive(&ettn(101), minute(3), invoice_xml(&ettn(101), 101));
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 25).await;
    assert_eq!((books.records.len(), books.skipped.len()), (62, 0));
    let calls = account.server.calls();
    let in_order = calls.iter().filter(|call| call.parameter("SortColumn").is_some());
    assert!(in_order.clone().count() > 3, "more than a page");
    for call in in_order {
        assert_eq!(call.parameter("Page"), Some("1"), "the order is kept: no page is counted");
    }
    let bought = &books.records[&ettn(7)];
    assert_eq!(bought.direction, Some(Direction::Purchase));
    assert_eq!(bought.ettn.as_deref(), Some(ettn(7).as_str()));
    assert_eq!(bought.total_amount.to_string(), "148050.00");
    assert_eq!(bought.lines.len(), 3);
    assert_eq!(books.records[&ettn(101)].direction, Some(Direction::Sales));
    account.sync(&mut books, 25).await;
    assert_eq!(books.written, 0);
}

#[tokio::test]
async fn a_first_sync_of_thousands_is_complete() {
    let account = Account::new();
    account.buy(0..3_000, minute);
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 1_000).await;
    assert_eq!((books.records.len(), books.skipped.len()), (3_000, 0));
}

#[tokio::test]
async fn a_second_sync_reads_what_came_since_and_what_was_dated_back() {
    let account = Account::new();
    account.buy(0..30, minute);
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 25).await;
    let calls = account.server.call_count();
    account.bench.clock.advance(TimeDelta::days(1));
    // One that the portal dates a day back.
    account.buy(40..41, |_| at("2026-03-09T10:00:00Z"));
    account.sync(&mut books, 25).await;
    assert_eq!(books.written, 1);
    let xmls =
        account.server.calls()[calls..].iter().filter(|c| c.path.last().unwrap() == "xml").count();
    assert_eq!(xmls, 1, "the month before is not read again");
}

#[tokio::test]
async fn a_long_outage_loses_nothing_although_the_first_wanted_day_moves_on() {
    let account = Account::new();
    account.buy(0..3, minute);
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 25).await;
    account.buy(10..13, |_| at("2026-03-12T10:00:00Z"));
    account.bench.clock.advance(TimeDelta::days(60));
    let connector =
        account.bench.accounting("NILVERA", &NilveraSource::config(&account.server.base()));
    books.sync(&*connector, 25, "2026-05-01").await;
    assert_eq!(books.written, 3);
}

#[tokio::test]
async fn many_of_one_instant_are_all_given_whatever_start_date_means() {
    for inclusive in [true, false] {
        let account = Account::new();
        account.source.set_start_inclusive(inclusive);
        // Forty in one instant, more than a page, between others.
        account.buy(0..10, minute);
        account.buy(10..50, |_| at("2026-02-02T00:00:00.500Z"));
        account.buy(50..60, |number| minute(number) + TimeDelta::days(2));
        let mut books = Books::empty(&account.bench);
        account.sync(&mut books, 10).await;
        assert_eq!(books.records.len(), 60, "inclusive: {inclusive}");
        let xmls = account.server.call_count() - account.lists();
        assert_eq!(xmls, 60, "each is read once");
    }
}

#[tokio::test]
async fn a_list_that_ignores_the_order_loses_nothing() {
    let account = Account::new();
    account.source.ignore_order();
    account.buy(0..95, minute);
    account.source.add_sale(&ettn(200), minute(3), invoice_xml(&ettn(200), 200));
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 10).await;
    assert_eq!((books.records.len(), books.skipped.len()), (96, 0));
    account.buy(100..120, |_| at("2026-03-10T05:00:00Z"));
    account.bench.clock.advance(TimeDelta::days(1));
    account.sync(&mut books, 10).await;
    assert_eq!((books.records.len(), books.written), (116, 20));
}

#[tokio::test]
async fn pages_smaller_than_asked_for_are_not_the_end_of_a_list() {
    for newest_first in [false, true] {
        let account = Account::new();
        if newest_first {
            account.source.ignore_order();
        }
        account.source.set_largest_page(7);
        account.buy(0..40, minute);
        let mut books = Books::empty(&account.bench);
        account.sync(&mut books, 25).await;
        assert_eq!(books.records.len(), 40, "newest first: {newest_first}");
    }
}

#[tokio::test]
async fn a_late_answer_changes_the_invoice_and_nothing_else_is_read_again() {
    let account = Account::new();
    account.buy(0..30, |number| at("2026-03-08T00:00:00Z") + TimeDelta::minutes(number.into()));
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 25).await;
    account.bench.clock.advance(TimeDelta::days(8));
    account.source.set_status(&ettn(4), "error");
    let calls = account.server.call_count();
    account.sync(&mut books, 25).await;
    assert_eq!(books.written, 1);
    assert_eq!(books.records[&ettn(4)].status.as_platform_word(), "iptal");
    let calls = account.server.calls().split_off(calls);
    assert_eq!(calls.iter().filter(|call| call.path.last().unwrap() == "xml").count(), 1);
}

#[tokio::test]
async fn a_limit_below_a_pages_calls_slows_the_sync_down_and_does_not_stop_it() {
    let account = Account::new();
    account.buy(0..40, minute);
    // Every seventh call is refused.
    for call in (0..400).filter(|call| call % 7 == 6) {
        account.server.fail_after(call, Fault::Instead(Answer::json(429, &json!({}))));
    }
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 40).await;
    assert_eq!((books.records.len(), books.skipped.len()), (40, 0));
    let xmls = account.server.call_count() - account.lists();
    assert!(xmls <= 40 + 10, "what was read is not read again: {xmls}");
}

#[tokio::test]
async fn what_comes_while_a_list_is_read_is_the_next_syncs() {
    let account = Account::new();
    account.buy(0..30, minute);
    let late = ettn(99);
    account.source.add_purchase_meanwhile(&late, minute(2), invoice_xml(&late, 99));
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 10).await;
    assert!(books.records.len() >= 30);
    for number in 0..30 {
        assert!(books.records.contains_key(&ettn(number)), "{number}");
    }
}

#[tokio::test]
async fn a_document_that_is_none_is_skipped_with_its_id() {
    let account = Account::new();
    account.buy(0..3, minute);
    account.source.add_purchase(&ettn(50), minute(50), "<broken");
    account.source.add_purchase(&ettn(51), minute(51), "<Invoice/>");
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 25).await;
    assert_eq!(books.records.len(), 3);
    let ids: Vec<_> = books.skipped.iter().map(|one| one.external_id.clone().unwrap()).collect();
    assert_eq!(ids, [ettn(50), ettn(51)]);
    assert!(books.skipped.iter().all(|one| !one.detail.contains("broken<")), "{:?}", books.skipped);
}

#[tokio::test]
async fn xml_as_a_json_string_and_as_it_is_read_alike() {
    let account = Account::new();
    account.buy(0..2, minute);
    account.source.set_plain_xml(true);
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 25).await;
    assert_eq!(books.records.len(), 2);
}

#[tokio::test]
async fn failures_on_the_way_lose_nothing() {
    let account = Account::new();
    account.buy(0..40, minute);
    let faults = [
        Fault::Cut,
        Fault::Instead(Answer::text(500, "")),
        Fault::Instead(Answer::json(429, &json!({}))),
        Fault::Broken,
        Fault::Lost,
    ];
    for (position, fault) in faults.into_iter().enumerate() {
        account.server.fail_after(5 * position, fault);
    }
    let mut books = Books::empty(&account.bench);
    account.sync(&mut books, 10).await;
    assert_eq!(books.records.len(), 40, "{:?}", books.failures);
    assert!(books.failures.iter().any(|e| matches!(e, ConnectorError::RateLimited { .. })));
}

#[tokio::test]
async fn a_withdrawn_key_breaks_the_integration() {
    let account = Account::new();
    let mut config = NilveraSource::config(&account.server.base());
    config["apiKey"] = json!("wrong-secret");
    let connector = account.bench.accounting("NILVERA", &config);
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 5 };
    for error in [
        connector.pull_invoices(request).await.unwrap_err(),
        connector.test_connection().await.unwrap_err(),
    ] {
        assert!(matches!(error, ConnectorError::Credentials { .. }), "{error}");
        assert!(!format!("{error:?}").contains("secret"));
    }
}
