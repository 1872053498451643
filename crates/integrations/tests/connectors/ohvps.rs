//! ÖHVPS against a local server that behaves as the standard documents.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use integrations::{
    BankTransactionRecord, ConnectorError, PullRequest,
    page::Warning,
    testing::{Answer, Fault, OhvpsSource, Server},
};
use serde_json::json;

use crate::support::{Bench, Books, at, day};

const NOW: &str = "2026-03-10T09:00:00+03:00";
const IBAN: &str = "TR330006100519786457841326";

struct Bank {
    bench: Bench,
    source: Arc<OhvpsSource>,
    server: Server,
}

impl Bank {
    fn new() -> Self {
        let bench = Bench::new(NOW);
        let source = Arc::new(OhvpsSource::new(Arc::clone(&bench.clock)));
        source.add_account("hsp-1", IBAN);
        let server = Server::start(Arc::clone(&source)).unwrap();
        Self { bench, source, server }
    }

    async fn sync(&self, books: &mut Books<BankTransactionRecord>, customer: &str, since: &str) {
        let config = OhvpsSource::config(&self.server.base(), customer);
        let bank = self.bench.bank("OHVPS", &config);
        let clock = &self.bench.clock;
        // As the job engine: what asks to wait is asked again when the time has come.
        let wait = |pause: Duration| clock.advance(TimeDelta::from_std(pause).unwrap());
        books.sync_bank(&*bank, since, wait).await;
    }

    fn fill(&self, reference: &str, days: i64, per_day: i64) {
        for day in 0..days {
            for number in 0..per_day {
                let at = at(NOW) - TimeDelta::days(day) - TimeDelta::minutes(1 + number);
                let kurus = if number % 2 == 0 { 1_000 + number } else { -500 };
                self.source.add_movement(reference, &format!("{day:04}{number:05}"), at, kurus);
            }
        }
    }
}

#[tokio::test]
async fn windows_of_a_day_and_pages_of_a_hundred_give_everything() {
    let bank = Bank::new();
    bank.source.add_account("hsp-2", "TR610006400000011018204715");
    bank.fill("hsp-1", 5, 250);
    bank.fill("hsp-2", 5, 3);
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-05").await;
    assert_eq!((books.records.len(), books.skipped.len()), (5 * 250 + 5 * 3, 0));
    assert!(books.failures.is_empty(), "{:?}", books.failures);
    let one = &books.records["hsp-1:000000000"];
    assert_eq!(one.amount.to_string(), "10.00");
    assert_eq!(one.account.iban.as_ref().unwrap().as_str(), IBAN);
    assert_eq!(one.counterparty.name.as_deref(), Some("Örnek A.Ş."));
    assert_eq!(books.records["hsp-1:000000001"].amount.to_string(), "-5.00", "B debits");
    bank.sync(&mut books, "corporate", "2026-03-05").await;
    assert_eq!(books.written, 0);
}

#[tokio::test]
async fn an_account_that_is_refused_for_a_while_is_read_from_where_it_was() {
    for status in [400, 403, 404] {
        let bank = Bank::new();
        bank.source.add_account("hsp-2", "TR610006400000011018204715");
        bank.fill("hsp-1", 5, 3);
        bank.fill("hsp-2", 5, 3);
        bank.source.refuse_account("hsp-1", status);
        let mut books = Books::empty(&bank.bench);
        bank.sync(&mut books, "corporate", "2026-03-05").await;
        assert_eq!(books.records.len(), 15, "{status}: the other account is read");
        let refused = Warning::AccountRefused { external_id: "hsp-1".to_owned() };
        assert_eq!(books.warnings, [refused], "{status}");
        bank.source.give_accounts();
        bank.bench.clock.advance(TimeDelta::days(2));
        bank.sync(&mut books, "corporate", "2026-03-05").await;
        assert_eq!(books.records.len(), 30, "{status}: nothing was passed as read");
        // A week of refusals later it goes on a day before where it was, and not a week.
        bank.source.refuse_account("hsp-1", status);
        for _ in 0..7 {
            bank.bench.clock.advance(TimeDelta::days(1));
            bank.sync(&mut books, "corporate", "2026-03-05").await;
        }
        bank.source.give_accounts();
        let calls = bank.server.call_count();
        bank.sync(&mut books, "corporate", "2026-03-05").await;
        let calls = bank.server.calls().split_off(calls);
        let windows = calls.iter().filter(|call| call.path.iter().any(|part| part == "hsp-1"));
        assert_eq!(windows.count(), 8, "{status}");
    }
}

#[tokio::test]
async fn a_consent_without_accounts_is_no_success() {
    let bench = Bench::new(NOW);
    let source = Arc::new(OhvpsSource::new(Arc::clone(&bench.clock)));
    let server = Server::start(Arc::clone(&source)).unwrap();
    let connector = bench.bank("OHVPS", &OhvpsSource::config(&server.base(), "corporate"));
    let first = PullRequest { cursor: None, since: day("2026-03-05"), page_size: 100 };
    let error = connector.pull_transactions(first).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Config { .. }), "{error}");
}

#[tokio::test]
async fn no_account_at_all_is_no_success() {
    let bank = Bank::new();
    bank.source.add_account("hsp-2", "TR610006400000011018204715");
    bank.source.refuse_account("hsp-1", 404);
    bank.source.refuse_account("hsp-2", 404);
    let config = OhvpsSource::config(&bank.server.base(), "corporate");
    let connector = bank.bench.bank("OHVPS", &config);
    let first = PullRequest { cursor: None, since: day("2026-03-05"), page_size: 100 };
    let page = connector.pull_transactions(first).await.unwrap();
    let second = PullRequest { cursor: Some(&page.next), ..first };
    let error = connector.pull_transactions(second).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Protocol { .. }), "{error}");
}

#[tokio::test]
async fn twenty_five_thousand_movements_are_all_there_and_a_second_sync_writes_nothing() {
    let bank = Bank::new();
    // A minute apart, twelve hundred a day.
    bank.fill("hsp-1", 21, 1_200);
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-02-16").await;
    assert_eq!((books.records.len(), books.skipped.len()), (25_200, 0));
    bank.sync(&mut books, "corporate", "2026-03-01").await;
    assert_eq!(books.written, 0);
}

#[tokio::test]
async fn a_long_catch_up_of_a_firm_keeps_to_twelve_calls_an_hour() {
    let bank = Bank::new();
    bank.fill("hsp-1", 30, 2);
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-02-08").await;
    assert_eq!(books.records.len(), 60);
    let pauses = books.failures.len();
    assert!((2..=3).contains(&pauses), "31 windows: {:?}", books.failures);
    let refused = bank.server.calls().len();
    assert!(refused < 40, "none was sent that the bank had to refuse: {refused}");
}

#[tokio::test]
async fn a_person_is_asked_four_times_a_day() {
    let bank = Bank::new();
    bank.source.set_individual();
    bank.fill("hsp-1", 9, 1);
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "individual", "2026-03-01").await;
    assert_eq!(books.records.len(), 9);
    assert_eq!(books.failures.len(), 2, "ten windows are three days: {:?}", books.failures);
}

#[tokio::test]
async fn an_account_without_quota_does_not_hold_up_the_others() {
    let bank = Bank::new();
    bank.source.add_account("hsp-2", "TR610006400000011018204715");
    bank.source.set_individual();
    bank.fill("hsp-1", 6, 1);
    bank.fill("hsp-2", 6, 1);
    let config = OhvpsSource::config(&bank.server.base(), "individual");
    let source = bank.bench.bank("OHVPS", &config);
    let mut cursor = None;
    let mut given = 0;
    let error = loop {
        let request =
            PullRequest { cursor: cursor.as_ref(), since: day("2026-03-04"), page_size: 100 };
        match source.pull_transactions(request).await {
            Ok(page) => {
                given += page.records.len();
                cursor = Some(page.next);
            }
            Err(error) => break error,
        }
    };
    assert!(given >= 6, "both accounts got their four windows: {given}");
    assert_eq!(error, ConnectorError::RateLimited { retry_after: Duration::from_hours(15) });
}

#[tokio::test]
async fn the_banks_own_limit_reschedules_by_its_seconds() {
    let bank = Bank::new();
    bank.fill("hsp-1", 1, 1);
    // Token, consent, accounts, then the movements.
    let limited = Answer::json(429, &json!({"errorCode": "TR.OHVPS.Connection.ExceededRate"}));
    bank.server.fail_after(3, Fault::Instead(limited.with("X-RateLimit-Reset", 900)));
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-09").await;
    let pause = ConnectorError::RateLimited { retry_after: Duration::from_mins(15) };
    assert_eq!(books.failures, [pause]);
    assert_eq!(books.records.len(), 1);
}

#[tokio::test]
async fn a_range_that_the_bank_does_not_give_is_told_and_passed() {
    let bank = Bank::new();
    bank.fill("hsp-1", 10, 1);
    bank.source.keep_only(TimeDelta::hours(25));
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-01").await;
    assert!(!books.records.is_empty(), "what is there comes");
    assert!(
        books.warnings.iter().any(|one| matches!(one, Warning::RangeNotAvailable { .. })),
        "{:?}",
        books.warnings
    );
}

#[tokio::test]
async fn late_entries_of_the_last_day_arrive() {
    let bank = Bank::new();
    bank.fill("hsp-1", 2, 1);
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-05").await;
    bank.source.add_movement("hsp-1", "late", at(NOW) - TimeDelta::hours(20), 700);
    bank.bench.clock.advance(TimeDelta::hours(2));
    bank.sync(&mut books, "corporate", "2026-03-05").await;
    assert!(books.records.contains_key("hsp-1:late"));
    assert_eq!(books.written, 1);
}

#[tokio::test]
async fn an_ended_consent_breaks_the_integration_and_a_near_end_is_told() {
    let bank = Bank::new();
    bank.source.set_consent_end(at(NOW) + TimeDelta::days(5));
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-09").await;
    assert!(
        matches!(books.warnings.as_slice(), [Warning::ConsentEnds { .. }]),
        "{:?}",
        books.warnings
    );
    let config = OhvpsSource::config(&bank.server.base(), "corporate");
    let source = bank.bench.bank("OHVPS", &config);
    let request = PullRequest { cursor: None, since: day("2026-03-09"), page_size: 100 };
    bank.bench.clock.advance(TimeDelta::days(6));
    let ended = source.pull_transactions(request).await.unwrap_err();
    assert!(matches!(ended, ConnectorError::ConsentExpired { .. }), "{ended}");
    for state in ["I", "S"] {
        bank.source.set_consent(state);
        let error = source.pull_transactions(request).await.unwrap_err();
        assert!(matches!(error, ConnectorError::ConsentExpired { .. }), "{state}: {error}");
        assert!(error.breaks_integration());
    }
    bank.source.set_consent("B");
    let waiting = source.pull_transactions(request).await.unwrap_err();
    assert!(matches!(waiting, ConnectorError::Config { .. }), "{waiting}");
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_by_the_refresh_token() {
    let bank = Bank::new();
    bank.fill("hsp-1", 3, 1);
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-08").await;
    bank.source.expire_token();
    bank.bench.clock.advance(TimeDelta::hours(1));
    bank.sync(&mut books, "corporate", "2026-03-08").await;
    assert_eq!(bank.source.tokens_given(), 2);
    assert!(books.failures.is_empty(), "{:?}", books.failures);
}

#[tokio::test]
async fn a_spoilt_movement_is_skipped_with_its_id() {
    let bank = Bank::new();
    bank.fill("hsp-1", 1, 5);
    bank.source.spoil("000000002");
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-09").await;
    assert_eq!(books.records.len(), 4);
    let skipped = &books.skipped[0];
    assert_eq!(skipped.external_id.as_deref(), Some("hsp-1:000000002"));
    assert_eq!(skipped.detail, "islTtr");
}

#[tokio::test]
async fn failures_on_the_way_lose_nothing() {
    let bank = Bank::new();
    bank.fill("hsp-1", 4, 120);
    for (position, fault) in
        [Fault::Cut, Fault::Broken, Fault::Lost, Fault::Instead(Answer::text(503, ""))]
            .into_iter()
            .enumerate()
    {
        bank.server.fail_after(2 + 2 * position, fault);
    }
    let mut books = Books::empty(&bank.bench);
    bank.sync(&mut books, "corporate", "2026-03-06").await;
    assert_eq!(books.records.len(), 480, "{:?}", books.failures);
}

#[tokio::test]
async fn the_test_of_a_connection_names_accounts_and_the_consents_end() {
    let bank = Bank::new();
    let config = OhvpsSource::config(&bank.server.base(), "corporate");
    let report = bank.bench.bank("OHVPS", &config).test_connection().await.unwrap();
    assert!(
        report.message.contains("1 hesap") && report.message.contains("10.03.2027"),
        "{report:?}"
    );
}
