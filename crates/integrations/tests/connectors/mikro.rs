//! Mikro against a local server that behaves as its clients know it, over TLS with a certificate of
//! its own.

use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};
use integrations::{
    ConnectorError, Direction, InvoiceRecord, PullRequest,
    testing::{Fault, MikroSource, Server},
};
use serde_json::{Value, json};

use crate::support::{Bench, Books, day};

const NOW: &str = "2026-03-10T09:00:00+03:00";
const SINCE: &str = "2026-01-01";

struct Office {
    bench: Bench,
    source: Arc<MikroSource>,
    server: Server,
}

impl Office {
    fn new() -> Self {
        let source = Arc::new(MikroSource::new(day("2026-03-10")));
        let server = Server::start_tls(Arc::clone(&source)).unwrap();
        Self { bench: Bench::new(NOW), source, server }
    }

    fn pinned(&self) -> Value {
        let mut config = MikroSource::config(&self.server.base());
        config["certificateSha256"] = json!(self.server.fingerprint().unwrap());
        config
    }

    fn sell(&self, count: u32) {
        for number in 0..count {
            // Three rows of each instant: the page's edge falls between equals.
            let changed = changed(number / 3);
            self.source.add_sale(
                &id(number),
                day("2026-02-01"),
                changed,
                1_000 + i64::from(number),
            );
        }
    }

    async fn sync(&self, books: &mut Books<InvoiceRecord>) {
        let connector = self.bench.accounting("MIKRO_ACCOUNTING", &self.pinned());
        books.sync(&*connector, 50, SINCE).await;
    }
}

fn id(number: u32) -> String {
    format!("00000000-0000-0000-0000-{:012x}", number + 1)
}

fn changed(minute: u32) -> NaiveDateTime {
    day("2026-02-01").and_hms_milli_opt(8, 0, 0, 457).unwrap()
        + TimeDelta::minutes(i64::from(minute))
}

#[tokio::test]
async fn invoices_come_page_by_page_and_changes_again() {
    let office = Office::new();
    office.sell(200);
    let mut books = Books::empty(&office.bench);
    office.sync(&mut books).await;
    assert_eq!((books.records.len(), books.skipped.len()), (200, 0));
    let one = &books.records[&id(0)];
    assert_eq!(one.direction, Some(Direction::Sales));
    assert_eq!(one.total_amount.to_string(), "12.00");
    assert_eq!(one.lines[0].unit_price.to_string(), "5");
    assert_eq!(one.lines[0].net_amount, rust_decimal::Decimal::TEN);
    assert_eq!(one.customer.tax_number.as_deref(), Some("4540536920"));
    office.sync(&mut books).await;
    assert_eq!(books.written, 0);
    office.source.change(&id(5), changed(9_999), "is_cancelled", &json!(true));
    office.sync(&mut books).await;
    assert_eq!(books.written, 1);
    assert_eq!(books.records[&id(5)].status.as_platform_word(), "iptal");
}

#[tokio::test]
async fn twenty_five_thousand_invoices_are_all_there_and_a_second_sync_writes_nothing() {
    let office = Office::new();
    office.sell(25_000);
    let connector = office.bench.accounting("MIKRO_ACCOUNTING", &office.pinned());
    let mut books = Books::empty(&office.bench);
    books.sync(&*connector, 1_000, SINCE).await;
    assert_eq!((books.records.len(), books.skipped.len()), (25_000, 0));
    assert!(books.records.values().all(|record| record.lines.len() == 1));
    books.sync(&*connector, 1_000, "2026-03-01").await;
    assert_eq!(books.written, 0);
}

#[tokio::test]
async fn a_certificate_is_trusted_by_its_fingerprint_or_its_authority_and_never_unseen() {
    let office = Office::new();
    office.sell(1);
    let unseen = MikroSource::config(&office.server.base());
    let mut wrong = unseen.clone();
    wrong["certificateSha256"] = json!("ab".repeat(32));
    for config in [unseen.clone(), wrong] {
        let connector = office.bench.accounting("MIKRO_ACCOUNTING", &config);
        let error = connector.test_connection().await.unwrap_err();
        assert!(matches!(error, ConnectorError::Config { .. }), "{error}");
        assert!(error.in_turkish().contains("sertifika"), "{}", error.in_turkish());
    }
    assert_eq!(office.server.call_count(), 0, "nothing was sent to a stranger");
    let mut own = unseen;
    own["caCertificate"] = json!(office.server.certificate().unwrap());
    for config in [own, office.pinned()] {
        let connector = office.bench.accounting("MIKRO_ACCOUNTING", &config);
        let report = connector.test_connection().await.unwrap();
        assert!(report.message.contains("1 fatura"), "{report:?}");
    }
}

#[tokio::test]
async fn plain_http_is_refused_off_this_machine() {
    let office = Office::new();
    let config = MikroSource::config("http://192.168.1.10:8094");
    let connector = office.bench.accounting("MIKRO_ACCOUNTING", &config);
    let error = connector.test_connection().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Config { .. }), "{error}");
    let mut bench = Bench::new(NOW);
    bench.environment.http.allow_loopback = false;
    let error = bench.connect("MIKRO_ACCOUNTING", &config).unwrap_err();
    assert!(error.to_string().contains("https"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_booked_right_is_skipped() {
    let office = Office::new();
    office.sell(6);
    office.source.change(&id(1), changed(50), "row_count", &json!(2));
    office.source.change(&id(2), changed(51), "currency", &json!(1));
    office.source.change(&id(3), changed(52), "total", &json!("on lira"));
    office.source.change(&id(4), changed(53), "is_return", &json!(1));
    let mut books = Books::empty(&office.bench);
    office.sync(&mut books).await;
    let skipped: Vec<_> = books
        .skipped
        .iter()
        .map(|one| (one.external_id.clone().unwrap(), one.reason.as_str()))
        .collect();
    assert_eq!(
        skipped,
        [(id(1), "unsupported_kind"), (id(2), "unknown_currency"), (id(3), "invalid_field"),]
    );
    let back = &books.records[&id(4)];
    assert_eq!(
        (back.direction, back.invoice_type.as_deref()),
        (Some(Direction::Purchase), Some("IADE"))
    );
}

#[tokio::test]
async fn rows_that_are_stamped_early_and_committed_late_come_with_the_next_sync() {
    let office = Office::new();
    office.sell(60);
    let mut books = Books::empty(&office.bench);
    office.sync(&mut books).await;
    let early = changed(0) - TimeDelta::days(1);
    office.source.add_sale(&id(900), day("2026-01-30"), early, 5_000);
    office.sync(&mut books).await;
    assert_eq!(books.written, 1);
    // A machine whose clock is years ahead hides nothing of the others.
    office.source.add_sale(&id(901), day("2026-02-02"), changed(0) + TimeDelta::days(2000), 5_000);
    office.sync(&mut books).await;
    let at = day("2026-03-09").and_hms_opt(12, 0, 0).unwrap();
    office.source.add_sale(&id(902), day("2026-03-09"), at, 5_000);
    office.sync(&mut books).await;
    assert_eq!((books.written, books.records.len()), (1, 63));
    // What is entered later comes with a day before the first wanted one, too.
    let later = day("2026-03-10").and_hms_opt(10, 0, 0).unwrap();
    office.source.add_sale(&id(903), day("2025-06-01"), later, 5_000);
    office.source.add_sale(&id(904), day("2025-06-01"), at, 5_000);
    office.sync(&mut books).await;
    assert!(books.records.contains_key(&id(903)) && !books.records.contains_key(&id(904)));
}

#[tokio::test]
async fn a_row_without_a_time_of_change_holds_nothing_up() {
    let office = Office::new();
    office.sell(60);
    // The last one of the first page.
    office.source.change(&id(49), changed(16), "changed_at", &Value::Null);
    let mut books = Books::empty(&office.bench);
    office.sync(&mut books).await;
    assert_eq!(books.records.len(), 59);
    assert!(books.skipped.iter().all(|one| one.detail == "changed_at"), "{:?}", books.skipped);
}

#[tokio::test]
async fn a_day_that_differs_around_midnight_is_tried_once() {
    let office = Office::new();
    office.sell(1);
    // In Turkey it is the eleventh already; the server counts by UTC.
    let bench = Bench::new("2026-03-11T01:00:00+03:00");
    let connector = bench.accounting("MIKRO_ACCOUNTING", &office.pinned());
    connector.test_connection().await.unwrap();
    assert_eq!(office.server.call_count(), 2);
    let mut config = office.pinned();
    config["apiSecret"] = json!("wrong-secret");
    let connector = office.bench.accounting("MIKRO_ACCOUNTING", &config);
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 5 };
    let error = connector.pull_invoices(request).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Credentials { .. }), "{error}");
    assert!(!format!("{error:?} {connector:?}").contains("secret"));
}

#[tokio::test]
async fn failures_on_the_way_lose_nothing() {
    let office = Office::new();
    office.sell(120);
    for (position, fault) in [Fault::Cut, Fault::Lost, Fault::Broken].into_iter().enumerate() {
        office.server.fail_after(1 + 2 * position, fault);
    }
    let mut books = Books::empty(&office.bench);
    office.sync(&mut books).await;
    assert_eq!(books.records.len(), 120, "{:?}", books.failures);
}

#[tokio::test]
async fn only_constant_statements_are_sent() {
    let office = Office::new();
    office.sell(60);
    let mut books = Books::empty(&office.bench);
    office.sync(&mut books).await;
    for call in office.server.calls() {
        let body = call.json();
        let statement = body["SQLSorgu"].as_str().unwrap();
        assert!(statement.starts_with("SELECT "), "{statement}");
        assert!(!statement.contains(';') && !statement.contains("--"), "{statement}");
    }
}
