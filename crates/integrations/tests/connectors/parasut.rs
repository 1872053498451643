//! Paraşüt against a local server that behaves as its OpenAPI documents.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use crate::support::{Bench, Books, day};
use chrono::TimeDelta;
use domain::{Currency, InvoiceId};
use integrations::{
    AccountingConnector, ConnectorError, Direction, InvoiceLine, InvoiceRecord, OutgoingInvoice,
    OutgoingTransaction, PartyIdentity, PullRequest, PushResult, Secret,
    http::HttpSettings,
    testing::{Answer, Fault, ParasutSource, Server, local_http},
};
use serde_json::json;

const NOW: &str = "2026-03-10T09:00:00+03:00";
const SINCE: &str = "2026-01-01";
const VKN: &str = "4540536920";
const IBAN: &str = "TR330006100519786457841326";

struct Firm {
    bench: Bench,
    source: Arc<ParasutSource>,
    server: Server,
}

impl Firm {
    fn new() -> Self {
        let source = Arc::new(ParasutSource::default());
        let server = Server::start(Arc::clone(&source)).unwrap();
        Self { bench: Bench::new(NOW), source, server }
    }

    fn connect(&self) -> Arc<dyn AccountingConnector> {
        self.bench.accounting("PARASUT", &ParasutSource::config(&self.server.base()))
    }

    fn sell(&self, count: i64) {
        for number in 0..count {
            let day = format!("2026-02-{:02}", number % 28 + 1);
            self.source.add_sale(&day, "2026-03-01T10:00:00Z", 10_000 + number, VKN);
        }
    }

    /// The books hold the source's invoices and nothing else.
    fn assert_equal(&self, books: &Books<InvoiceRecord>) {
        let ids = |list| -> BTreeSet<String> {
            self.source.ids(list).iter().map(|id| format!("{list}:{id}")).collect()
        };
        let mut expected = ids("sales_invoices");
        expected.extend(ids("purchase_bills"));
        let found: BTreeSet<String> = books.records.keys().cloned().collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_first_sync_takes_everything_and_a_second_writes_nothing() {
    let firm = Firm::new();
    firm.sell(24_000);
    for number in 0..1_000 {
        firm.source.add_purchase("2026-02-05", "2026-03-01T10:00:00Z", 5_000 + number, VKN);
    }
    let connector = firm.connect();
    let mut books = Books::empty(&firm.bench);
    books.sync(&*connector, 1000, SINCE).await;
    firm.assert_equal(&books);
    assert_eq!((books.records.len(), books.written, books.skipped.len()), (25_000, 25_000, 0));
    books.pages = 0;
    books.sync(&*connector, 1000, SINCE).await;
    assert_eq!(books.written, 0, "the same source twice writes nothing");
    assert!(books.pages < 10, "an incremental sync reads only what is recent: {}", books.pages);
}

#[tokio::test]
async fn a_record_keeps_its_amounts_parties_and_lines() {
    let firm = Firm::new();
    let sale = firm.source.add_sale("2026-02-03", "2026-02-03T10:00:00Z", 12_345, VKN);
    let bill = firm.source.add_purchase("2026-02-04", "2026-02-03T10:00:00Z", 100, "17291716060");
    let mut books = Books::empty(&firm.bench);
    books.sync(&*firm.connect(), 25, SINCE).await;
    let record = &books.records[&format!("sales_invoices:{sale}")];
    assert_eq!(record.direction, Some(Direction::Sales));
    assert_eq!(record.total_amount.to_string(), "148.14");
    assert_eq!(record.tax_amount.to_string(), "24.69");
    assert_eq!(record.currency, Currency::TRY);
    assert_eq!(record.issue_date, day("2026-02-03"));
    assert_eq!(record.customer.tax_number.as_deref(), Some(VKN));
    assert_eq!(record.supplier.external_id.as_deref(), Some("115"), "the firm itself");
    let line = &record.lines[0];
    assert_eq!(
        (line.net_amount.to_string(), line.kdv_rate),
        ("123.45".to_owned(), Some("0.2".parse().unwrap()))
    );
    assert_eq!(line.kdv_amount.unwrap().to_string(), "24.69");
    let record = &books.records[&format!("purchase_bills:{bill}")];
    assert_eq!(record.direction, Some(Direction::Purchase));
    assert_eq!(record.supplier.tax_number.as_deref(), Some("17291716060"));
}

#[tokio::test]
async fn new_changed_and_old_changed_records_arrive() {
    let firm = Firm::new();
    firm.sell(200);
    let connector = firm.connect();
    let mut books = Books::empty(&firm.bench);
    books.sync(&*connector, 25, SINCE).await;
    let ids = firm.source.ids("sales_invoices");
    firm.bench.clock.advance(TimeDelta::days(1));
    let late = firm.source.add_sale("2025-11-01", "2026-03-11T05:00:00Z", 777, VKN);
    let recent = ids[199];
    firm.source.change("sales_invoices", recent, "net_total", json!("999.99"));
    firm.source.change("sales_invoices", recent, "updated_at", json!("2026-03-11T05:00:00Z"));
    books.sync(&*connector, 25, SINCE).await;
    firm.assert_equal(&books);
    assert_eq!(books.written, 2);
    assert!(books.records.contains_key(&format!("sales_invoices:{late}")), "dated back, and new");
    let changed = &books.records[&format!("sales_invoices:{recent}")];
    assert_eq!(changed.total_amount.to_string(), "999.99");
    // A change of an old record is found by the weekly full pass.
    firm.source.change("sales_invoices", ids[0], "net_total", json!("1.00"));
    firm.bench.clock.advance(TimeDelta::days(7));
    books.sync(&*connector, 25, SINCE).await;
    assert_eq!(
        books.records[&format!("sales_invoices:{}", ids[0])].total_amount.to_string(),
        "1.00"
    );
}

#[tokio::test]
async fn a_list_that_moves_while_it_is_read_loses_nothing() {
    let firm = Firm::new();
    firm.sell(120);
    let ids = firm.source.ids("sales_invoices");
    // Behind the second page's question, records of the first page are gone: the rest moves forward.
    firm.source.delete_between_pages("sales_invoices", ids[3]);
    firm.source.delete_between_pages("sales_invoices", ids[4]);
    let mut books = Books::empty(&firm.bench);
    books.sync(&*firm.connect(), 25, SINCE).await;
    for gone in [ids[3], ids[4]] {
        assert!(
            books.records.remove(&format!("sales_invoices:{gone}")).is_some(),
            "it was read before"
        );
    }
    firm.assert_equal(&books);
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_the_books_equal_the_source() {
    let firm = Firm::new();
    firm.sell(300);
    let connector = firm.connect();
    let limited = Answer::json(429, &json!({})).with("Retry-After", 30);
    let faults = [
        Fault::Instead(limited),
        Fault::Instead(Answer::text(500, "oops")),
        Fault::Instead(Answer::text(502, "<html>bad gateway</html>")),
        Fault::Cut,
        Fault::Broken,
        Fault::Lost,
        Fault::Instead(Answer::text(200, "<html>maintenance</html>")),
    ];
    for (position, fault) in faults.into_iter().enumerate() {
        firm.server.fail_after(3 + 2 * position, fault);
    }
    let mut books = Books::empty(&firm.bench);
    books.sync(&*connector, 25, SINCE).await;
    firm.assert_equal(&books);
    let pause = books.failures.iter().find_map(|error| match error {
        ConnectorError::RateLimited { retry_after } => Some(*retry_after),
        _ => None,
    });
    assert_eq!(pause, Some(Duration::from_secs(30)), "a long pause is the job's, not the slot's");
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_ends_in_time_and_is_asked_for_again() {
    let http = integrations::http::HttpSettings {
        total_timeout: Duration::from_millis(300),
        attempts: 1,
        ..local_http()
    };
    let firm = Firm { bench: Bench::with(NOW, http), ..Firm::new() };
    firm.sell(30);
    let connector = firm.connect();
    firm.server.fail_after(1, Fault::Stalled);
    let mut books = Books::empty(&firm.bench);
    books.sync(&*connector, 25, SINCE).await;
    firm.assert_equal(&books);
    assert!(
        matches!(books.failures.as_slice(), [ConnectorError::Transient { .. }]),
        "{:?}",
        books.failures
    );
}

#[tokio::test]
async fn a_bad_record_is_skipped_with_its_id_and_the_rest_goes_in() {
    let firm = Firm::new();
    firm.sell(10);
    let ids = firm.source.ids("sales_invoices");
    firm.source.change("sales_invoices", ids[2], "net_total", json!("1.234,56"));
    firm.source.change("sales_invoices", ids[5], "currency", json!("Dolar"));
    firm.source.change("sales_invoices", ids[7], "issue_date", json!(null));
    let mut books = Books::empty(&firm.bench);
    books.sync(&*firm.connect(), 25, SINCE).await;
    assert_eq!(books.records.len(), 7);
    let skipped: Vec<_> = books
        .skipped
        .iter()
        .map(|one| (one.external_id.clone().unwrap(), one.reason.as_str(), one.detail.as_str()))
        .collect();
    assert_eq!(
        skipped,
        [
            (format!("sales_invoices:{}", ids[2]), "invalid_field", "net_total"),
            (format!("sales_invoices:{}", ids[5]), "unknown_currency", "currency"),
            (format!("sales_invoices:{}", ids[7]), "missing_field", "issue_date"),
        ]
    );
}

#[tokio::test]
async fn a_return_is_the_other_sides_document() {
    let firm = Firm::new();
    let sold = firm.source.add_sale("2026-02-01", "2026-03-01T10:00:00Z", 10_000, VKN);
    let bought = firm.source.add_purchase("2026-02-01", "2026-03-01T10:00:00Z", 10_000, VKN);
    firm.source.change("sales_invoices", sold, "item_type", json!("refund"));
    firm.source.change("purchase_bills", bought, "item_type", json!("refund"));
    let mut books = Books::empty(&firm.bench);
    books.sync(&*firm.connect(), 25, SINCE).await;
    let of_sale = &books.records[&format!("sales_invoices:{sold}")];
    let of_purchase = &books.records[&format!("purchase_bills:{bought}")];
    assert_eq!(of_sale.direction, Some(Direction::Purchase));
    assert_eq!(of_sale.supplier.tax_number.as_deref(), Some(VKN));
    assert_eq!(of_purchase.direction, Some(Direction::Sales));
    assert_eq!(of_purchase.customer.tax_number.as_deref(), Some(VKN));
    for one in [of_sale, of_purchase] {
        assert_eq!(one.invoice_type.as_deref(), Some("IADE"));
    }
}

#[tokio::test]
async fn an_invoice_whose_lines_are_named_and_not_given_is_no_invoice_without_lines() {
    let firm = Firm::new();
    firm.sell(2);
    let lost = firm.source.ids("sales_invoice_details")[0];
    firm.source.delete("sales_invoice_details", lost);
    let mut books = Books::empty(&firm.bench);
    books.sync(&*firm.connect(), 25, SINCE).await;
    assert_eq!((books.records.len(), books.skipped.len()), (1, 1));
    assert_eq!(books.skipped[0].detail, "details");
}

#[tokio::test]
async fn tokens_rotate_and_are_stored_before_they_are_used() {
    let firm = Firm::new();
    firm.sell(60);
    let connector = firm.connect();
    let mut books = Books::empty(&firm.bench);
    books.step(&*connector, 25, SINCE).await;
    assert_eq!(firm.source.grants(), (1, 1), "the password once");
    firm.source.expire_tokens();
    firm.bench.tokens.fail_to_store(2);
    books.step(&*connector, 25, SINCE).await;
    assert_eq!(firm.source.grants(), (2, 1), "then the refresh token");
    let stored = firm.bench.tokens.stored().unwrap();
    assert_eq!(stored.tokens.refresh, Some(Secret::new("refresh-secret-2")));
    // The store was away twice; no call was made with a token that was not kept.
    books.sync(&*connector, 25, SINCE).await;
    firm.assert_equal(&books);
    assert!(books.failures.is_empty(), "{:?}", books.failures);
    // Another process begins with what is stored.
    firm.source.set_lifetime(30);
    let other = firm.connect();
    let mut again = Books::empty(&firm.bench);
    again.sync(&*other, 25, SINCE).await;
    assert_eq!(firm.source.grants(), (2, 1));
}

#[tokio::test]
async fn tokens_that_end_soon_are_renewed_before_they_are_refused() {
    let firm = Firm::new();
    firm.sell(30);
    let connector = firm.connect();
    let mut books = Books::empty(&firm.bench);
    books.step(&*connector, 25, SINCE).await;
    firm.bench.clock.advance(TimeDelta::seconds(7200 - 30));
    books.step(&*connector, 25, SINCE).await;
    assert_eq!(firm.source.grants(), (2, 1));
    let refused = firm.server.calls().iter().filter(|call| call.path[0] == "v4").count();
    assert_eq!(refused, 2, "no call was wasted");
}

#[tokio::test]
async fn two_at_once_refresh_once() {
    let firm = Firm::new();
    firm.sell(10);
    let (first, second) = (firm.connect(), firm.connect());
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 5 };
    let (one, two) = tokio::join!(first.pull_invoices(request), second.pull_invoices(request));
    // The memory keeper lets one refresh at a time; whoever waited long enough got its tokens.
    let pulled = [&one, &two].iter().filter(|result| result.is_ok()).count();
    assert!(pulled >= 1, "{one:?} {two:?}");
    assert_eq!(firm.source.grants().0, 1, "one refresh, whoever asked");
    firm.bench.tokens.claim_for_another();
    firm.source.revoke();
    let busy = firm.connect().pull_invoices(request).await.unwrap_err();
    assert!(matches!(busy, ConnectorError::RateLimited { .. }), "another worker's refresh: {busy}");
}

#[tokio::test]
async fn withdrawn_credentials_break_the_integration_and_no_secret_is_told() {
    let firm = Firm::new();
    firm.sell(3);
    let mut config = ParasutSource::config(&firm.server.base());
    config["password"] = json!("wrong-secret");
    let connector = firm.bench.accounting("PARASUT", &config);
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 5 };
    let error = connector.pull_invoices(request).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Credentials { .. }), "{error}");
    assert!(error.breaks_integration() && !error.is_retryable());
    let shown = format!("{error} {error:?} {} {connector:?}", error.in_turkish());
    assert!(!shown.contains("-secret"), "{shown}");
    // After the password is right again the claim is free.
    assert!(firm.connect().pull_invoices(request).await.is_ok());
}

#[tokio::test]
async fn the_test_of_a_connection_asks_the_source() {
    let firm = Firm::new();
    firm.sell(3);
    let report = firm.connect().test_connection().await.unwrap();
    assert!(report.message.contains("3 satış faturası"), "{}", report.message);
    let mut config = ParasutSource::config(&firm.server.base());
    config["companyId"] = json!("999");
    let bench = Bench::new(NOW);
    assert!(bench.accounting("PARASUT", &config).test_connection().await.is_err());
}

#[tokio::test]
async fn movements_have_the_sign_of_the_accounts_side() {
    let firm = Firm::new();
    let account = firm.source.add_account(IBAN);
    for number in 0..60 {
        let kurus = if number % 2 == 0 { 1_000 + number } else { -1_000 - number };
        firm.source.add_movement(account, "2026-02-10", kurus);
    }
    firm.source.add_movement(account, "2025-12-31", 5);
    let bank = firm.bench.bank("PARASUT", &ParasutSource::config(&firm.server.base()));
    let mut books = Books::empty(&firm.bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.records.len(), 60, "nothing before the first wanted day");
    let sum: rust_decimal::Decimal = books.records.values().map(|one| one.amount).sum();
    assert_eq!(sum.to_string(), "-0.30");
    assert!(books.records.values().all(|one| one.account.iban.as_ref().unwrap().as_str() == IBAN));
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.written, 0);
}

fn outgoing(id: &str, direction: Direction) -> OutgoingInvoice {
    let number = |text: &str| text.parse().unwrap();
    OutgoingInvoice {
        id: InvoiceId::new(id),
        number: Some(format!("ABC{id}")),
        invoice_type: Some("SATIS".to_owned()),
        exchange_rate: None,
        direction,
        issue_date: day("2026-03-02"),
        due_date: None,
        currency: Currency::TRY,
        total_amount: number("120.00"),
        tax_amount: number("20.00"),
        counterparty: PartyIdentity {
            name: Some("Örnek Alıcı".to_owned()),
            tax_number: Some(VKN.to_owned()),
            external_id: None,
        },
        lines: vec![InvoiceLine {
            description: "Hizmet".to_owned(),
            quantity: number("2"),
            unit: None,
            unit_price: number("50.005"),
            net_amount: number("100.00"),
            kdv_rate: Some(number("0.20")),
            kdv_amount: Some(number("20.00")),
        }],
    }
}

#[tokio::test]
async fn pushed_invoices_are_created_once_with_a_result_each() {
    let firm = Firm::new();
    let connector = firm.connect();
    let mut without_lines = outgoing("cinv3", Direction::Sales);
    without_lines.lines.clear();
    let mut refused = outgoing("cinv4", Direction::Sales);
    refused.number = Some("REDDET".to_owned());
    let invoices = [
        outgoing("cinv1", Direction::Sales),
        outgoing("cinv2", Direction::Purchase),
        without_lines,
        refused,
    ];
    let outcomes = connector.push_invoices(&invoices).await.unwrap();
    let ids: Vec<&str> = outcomes.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["cinv1", "cinv2", "cinv3", "cinv4"]);
    assert!(matches!(&outcomes[0].result, PushResult::Created { .. }));
    assert!(matches!(&outcomes[1].result, PushResult::Created { .. }));
    assert!(
        matches!(&outcomes[2].result, PushResult::Refused { message } if message.contains("kalem"))
    );
    assert!(
        matches!(&outcomes[3].result, PushResult::Refused { message } if message.contains("daha önce"))
    );
    assert_eq!(firm.source.ids("contacts").len(), 1, "one contact per tax number");
    let sent = firm.server.calls();
    let body = sent
        .iter()
        .find(|call| call.method == "POST" && call.path.last().unwrap() == "sales_invoices");
    let detail = &body.unwrap().json()["data"]["relationships"]["details"]["data"][0]["attributes"];
    assert_eq!(detail["unit_price"].to_string(), "50.005", "no float in between");
    assert_eq!(detail["discount_value"].to_string(), "0.01");
    // A push whose end was not seen: the same again finds what is there.
    let again = connector.push_invoices(&invoices[..2]).await.unwrap();
    assert!(
        again.iter().all(|one| matches!(one.result, PushResult::AlreadyThere { .. })),
        "{again:?}"
    );
    assert_eq!(firm.source.ids("sales_invoices").len(), 1);
}

#[tokio::test]
async fn a_line_is_sent_with_exactly_its_total() {
    let firm = Firm::new();
    let mut rounded = outgoing("cinv1", Direction::Sales);
    // A third of a hundred, three times: the price was rounded down.
    rounded.lines[0].quantity = "3".parse().unwrap();
    rounded.lines[0].unit_price = "33.33".parse().unwrap();
    let outcomes = firm.connect().push_invoices(&[rounded]).await.unwrap();
    assert!(matches!(outcomes[0].result, PushResult::Created { .. }), "{outcomes:?}");
    let sent = &firm.source.records("sales_invoices")[0]["attributes"];
    assert_eq!(sent["net_total"], json!("120.00"));
}

#[tokio::test]
async fn what_would_not_be_the_same_there_is_refused_and_a_currency_has_its_rate() {
    let firm = Firm::new();
    let mut euro = outgoing("cinv1", Direction::Sales);
    euro.currency = "EUR".parse().unwrap();
    let mut rated = euro.clone();
    rated.id = InvoiceId::new("cinv2");
    rated.exchange_rate = Some("51.2345".parse().unwrap());
    let mut returned = outgoing("cinv3", Direction::Purchase);
    returned.invoice_type = Some("IADE".to_owned());
    let mut withheld = outgoing("cinv4", Direction::Sales);
    withheld.total_amount = "110.00".parse().unwrap();
    let outcomes = firm.connect().push_invoices(&[euro, rated, returned, withheld]).await.unwrap();
    let told = |at: usize| match &outcomes[at].result {
        PushResult::Refused { message } => message.as_str(),
        _ => "",
    };
    assert!(told(0).contains("kur"), "{outcomes:?}");
    assert!(matches!(outcomes[1].result, PushResult::Created { .. }), "{outcomes:?}");
    assert!(told(2).contains("İade"), "{outcomes:?}");
    assert!(told(3).contains("toplamı"), "{outcomes:?}");
    let there = firm.source.records("sales_invoices");
    assert_eq!((there.len(), firm.source.ids("purchase_bills").len()), (1, 0));
    assert_eq!(there[0]["attributes"]["exchange_rate"].to_string(), "51.2345");
}

#[tokio::test]
async fn another_total_at_the_other_side_is_told_each_time_and_made_once() {
    let firm = Firm::new();
    firm.source.set_surcharge(1);
    for _ in 0..2 {
        let invoice = outgoing("cinv1", Direction::Sales);
        let outcomes = firm.connect().push_invoices(&[invoice]).await.unwrap();
        let PushResult::Refused { message } = &outcomes[0].result else {
            panic!("{outcomes:?}");
        };
        assert!(message.contains("120.01") && message.contains("120.00"), "{message}");
    }
    assert_eq!(firm.source.ids("sales_invoices").len(), 1);
}

#[tokio::test]
async fn an_unavailable_source_that_names_a_pause_may_have_done_what_it_was_asked() {
    let source = Arc::new(ParasutSource::default());
    let server = Server::start(Arc::clone(&source)).unwrap();
    let http = HttpSettings { longest_wait: Duration::from_secs(5), ..local_http() };
    let bench = Bench::with(NOW, http);
    let connector = bench.accounting("PARASUT", &ParasutSource::config(&server.base()));
    let invoices = [outgoing("cinv1", Direction::Sales)];
    // Token, the day's marks, the contact, its creation, and then the invoice.
    let busy = Answer::text(503, "").with("retry-after", 1);
    server.fail_after(4, Fault::Hidden(busy));
    let error = connector.push_invoices(&invoices).await.unwrap_err();
    assert!(matches!(error, ConnectorError::RateLimited { .. }), "{error}");
    let again = connector.push_invoices(&invoices).await.unwrap();
    assert!(matches!(again[0].result, PushResult::AlreadyThere { .. }), "{again:?}");
    assert_eq!(source.ids("sales_invoices").len(), 1);
}

#[tokio::test]
async fn a_push_that_lost_its_answer_does_not_create_twice() {
    let firm = Firm::new();
    let connector = firm.connect();
    let invoices = [outgoing("cinv1", Direction::Sales)];
    // Token, the day's invoices, the contact's search and creation, then the invoice itself.
    firm.server.fail_after(4, Fault::Lost);
    let error = connector.push_invoices(&invoices).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(firm.source.ids("sales_invoices").len(), 1, "it was made, unseen");
    let outcomes = connector.push_invoices(&invoices).await.unwrap();
    assert!(matches!(outcomes[0].result, PushResult::AlreadyThere { .. }), "{outcomes:?}");
    assert_eq!(firm.source.ids("sales_invoices").len(), 1);
}

#[tokio::test]
async fn a_failure_in_the_middle_of_a_batch_is_told_and_the_batch_can_be_sent_again() {
    let firm = Firm::new();
    let connector = firm.connect();
    let invoices: Vec<_> =
        (1..=4).map(|n| outgoing(&format!("cinv{n}"), Direction::Sales)).collect();
    // Token, the day's invoices, the contact's search and creation, two invoices; the third fails.
    firm.server.fail_after(6, Fault::Instead(Answer::text(500, "")));
    assert!(connector.push_invoices(&invoices).await.unwrap_err().is_retryable());
    let outcomes = connector.push_invoices(&invoices).await.unwrap();
    let there: Vec<bool> =
        outcomes.iter().map(|one| matches!(one.result, PushResult::AlreadyThere { .. })).collect();
    assert_eq!(there, [true, true, false, false]);
    assert_eq!(firm.source.ids("sales_invoices").len(), 4);
}

#[tokio::test]
async fn pushed_movements_go_to_the_account_with_their_iban() {
    let firm = Firm::new();
    firm.source.add_account(IBAN);
    let bank = firm.bench.bank("PARASUT", &ParasutSource::config(&firm.server.base()));
    let movement = |id: &str, iban: &str, amount: &str| OutgoingTransaction {
        id: id.to_owned(),
        account: integrations::BankAccountIdentity {
            iban: iban.parse().ok(),
            ..Default::default()
        },
        date: day("2026-03-02"),
        amount: amount.parse().unwrap(),
        currency: Currency::TRY,
        description: Some("Havale".to_owned()),
    };
    let both =
        [movement("ctrx1", IBAN, "-12.30"), movement("ctrx2", "TR610006400000011018204715", "5")];
    let outcomes = bank.push_transactions(&both).await.unwrap();
    assert!(matches!(outcomes[0].result, PushResult::Created { .. }), "{outcomes:?}");
    assert!(
        matches!(&outcomes[1].result, PushResult::Refused { message } if message.contains("IBAN"))
    );
    let again = bank.push_transactions(&both[..1]).await.unwrap();
    assert!(matches!(again[0].result, PushResult::AlreadyThere { .. }), "{again:?}");
    let mut books = Books::empty(&firm.bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.records.values().next().unwrap().amount.to_string(), "-12.30");
}
