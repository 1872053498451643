//! Every source that has a local server, read by real worker processes: a first sync of 25,000 records
//! with everything that goes wrong on the way, and workers killed in the middle; then what has changed
//! since. The books are compared with the source row by row.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

#[path = "../support/mod.rs"]
mod support;

mod files;
mod gocardless;
mod mikro;
mod nilvera;
mod ohvps;
mod parasut;

use std::{collections::BTreeMap, path::Path, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use integrations::{
    port::Clock,
    testing::{Answer, Fault, Server},
};
use rustix::process::Signal;
use serde_json::Value;
use support::{ALL_DONE, LOCAL, Platform, SETTINGS};

/// Records of a first sync.
const MANY: u32 = 25_000;
const OFFICE: &str = "office-1";
/// The company of the office that the integration belongs to, and a firm that it deals with.
const OWN: &str = "8451720691";
const OTHER: &str = "4540536920";

/// What stands in the books or in the source, by the record's own id: all that counts of it in one line.
type Rows = BTreeMap<String, String>;

/// A source that is filled, and can be changed while it is read.
trait Source {
    const CODE: &'static str;
    const JOB: &'static str;

    /// The settings of an integration with it.
    fn config(&self) -> Value;

    /// Where it is called; none for files.
    fn server(&self) -> Option<&Server>;

    /// What it has, as the books must have it.
    fn rows(&self) -> Rows;

    /// Changes something between two pages, while no worker runs.
    fn disturb(&mut self);

    /// Changes a record and adds one, after a sync.
    fn go_on(&mut self);

    /// Ends what access was given, where it ends at all.
    fn expire(&self) {}
}

/// A number that looks like any other: kuruş, a multiple of ten.
fn kurus(number: u32) -> i64 {
    10 * (1 + i64::from(number) * 7_919 % 999_983)
}

fn lira(kurus: i64) -> String {
    format!("{}{}.{:02}", if kurus < 0 { "-" } else { "" }, kurus.abs() / 100, kurus.abs() % 100)
}

/// An invoice of one line with 20 % KDV, as the books have it.
fn invoice_row(day: NaiveDate, kind: &str, net: i64, quantity: i64, other: &str) -> String {
    let (tax, price) = (net / 5, net / quantity);
    format!(
        "{day}|{kind}|{}|{}|{}|TRY|{other}|{quantity}.000 {} {} 0.2000 {}",
        lira(net + tax),
        lira(tax),
        lira(net),
        lira(price),
        lira(net),
        lira(tax)
    )
}

/// A movement as the books have it: money in is positive, a debit of the account.
fn movement_row(day: NaiveDate, kurus: i64, iban: &str) -> String {
    format!("{day}|{}|{iban}", lira(kurus))
}

const INVOICES: &str = "SELECT i.external_id, NULL::text, concat_ws('|',
        (i.issue_date AT TIME ZONE 'UTC')::date, i.type, i.total_amount, i.tax_amount, i.net_amount,
        i.currency, i.counterparty_tax_number,
        (SELECT string_agg(concat_ws(' ', l.quantity, l.unit_price, l.line_total, l.vat_rate, l.vat_amount),
                ';' ORDER BY l.line_number)
         FROM invoice_lines l WHERE l.invoice_id = i.id))
    FROM invoices i WHERE i.tenant_id = $1";
const MOVEMENTS: &str = "SELECT t.external_id, t.description, concat_ws('|',
        (t.date AT TIME ZONE 'UTC')::date, sum(l.debit_amount - l.credit_amount), a.iban)
    FROM transactions t
    JOIN transaction_lines l ON l.transaction_id = t.id
    JOIN worker.bank_ledger_accounts a ON a.ledger_account_id = l.ledger_account_id
    WHERE t.tenant_id = $1
    GROUP BY t.id, t.external_id, t.description, t.date, a.iban
    ORDER BY t.external_id";
const UNBALANCED: &str = "SELECT count(*) FROM (SELECT transaction_id FROM transaction_lines
    GROUP BY transaction_id HAVING sum(debit_amount) <> sum(credit_amount) OR count(*) <> 2) t";
/// When anything was last written into the books.
const WRITTEN: &str = "SELECT concat_ws(' ', count(*), max(at)) FROM (
    SELECT updated_at AS at FROM invoices UNION ALL SELECT updated_at FROM transactions
    UNION ALL SELECT created_at FROM invoice_lines UNION ALL SELECT created_at FROM transaction_lines) w";

async fn books<S: Source>(platform: &Platform) -> Rows {
    let sql = if S::JOB == "pull_invoices" { INVOICES } else { MOVEMENTS };
    let client = platform.connect().await;
    let mut books = Rows::new();
    for row in client.query(sql, &[&OFFICE]).await.unwrap() {
        // A file gives its movements no ids of their own: they are told apart by their text.
        let by_text = S::CODE == "FILE_DROP" && S::JOB != "pull_invoices";
        let mut key = row.get::<_, Option<String>>(usize::from(by_text)).unwrap();
        while books.contains_key(&key) {
            assert!(by_text, "{key} is there twice");
            key.push('\'');
        }
        books.insert(key, row.get(2));
    }
    assert_eq!(platform.count(UNBALANCED).await, 0, "every entry is balanced");
    books
}

/// Fails with the first few differences.
fn assert_same(books: &Rows, source: &Rows, when: &str) {
    let missing = source.iter().filter(|(id, row)| books.get(*id) != Some(*row));
    let missing: Vec<_> = missing.map(|(id, row)| (id, row, books.get(id))).take(5).collect();
    let strange: Vec<_> =
        books.iter().filter(|(id, _)| !source.contains_key(*id)).take(5).collect();
    assert!(
        missing.is_empty() && strange.is_empty(),
        "{when}: {} in the books, {} at the source; not as there: {missing:?}; not there: {strange:?}",
        books.len(),
        source.len()
    );
}

/// What the last job did.
async fn done(platform: &Platform) -> (String, [i64; 4]) {
    let row = platform
        .row(
            "SELECT concat_ws(' ', j.status, j.technical_error), p.created, p.updated, p.skipped, p.kept
             FROM integration_sync_jobs j JOIN worker.sync_progress p ON p.job_id = j.id
             ORDER BY j.created_at DESC LIMIT 1",
            &[],
        )
        .await;
    (row.get(0), [1, 2, 3, 4].map(|at| row.get(at)))
}

/// The whole story of one source.
async fn the_books_equal<S: Source>(fill: impl FnOnce(&Path) -> S) {
    let platform = Platform::new().await;
    let mut source = fill(platform.storage());
    platform.add_integration(OFFICE, "source", S::CODE, &source.config()).await;
    platform.give_to_company("source").await;
    let settings = [SETTINGS, LOCAL].concat();
    let start = || platform.worker(&["run"], &settings);
    platform.click(OFFICE, "source", S::JOB).await;
    let sql = "UPDATE integration_sync_jobs SET max_attempts = 100";
    platform.connect().await.execute(sql, &[]).await.unwrap();
    if let Some(server) = source.server() {
        let faults = [
            Fault::Instead(Answer::text(500, "broken")),
            Fault::Cut,
            Fault::Broken,
            Fault::Instead(Answer::text(429, "").with("Retry-After", 1)),
            Fault::Lost,
            Fault::Instead(Answer::text(503, "")),
        ];
        for (position, fault) in faults.into_iter().enumerate() {
            server.fail_after(2 + 2 * position, fault);
        }
    }
    let before = source.rows();
    let table = if S::JOB == "pull_invoices" { "invoices" } else { "transactions" };
    for (part, kill) in [(4, 1), (2, 2)] {
        let worker = start();
        let some = usize::try_from(MANY).unwrap().min(before.len()) / part;
        let enough = format!("SELECT count(*) >= {some} OR ({ALL_DONE}) FROM {table}");
        platform.sync_until(&enough).await;
        worker.signal(Signal::KILL);
        drop(worker);
        assert!(!platform.row(ALL_DONE, &[]).await.get::<_, bool>(0), "killed too late: {kill}");
        if kill == 1 {
            source.disturb();
        }
        source.expire();
    }
    let worker = start();
    platform.until_synced().await;
    let first = books::<S>(&platform).await;
    let now = source.rows();
    let (ended, [_, _, skipped, kept]) = done(&platform).await;
    assert_eq!((ended.as_str(), skipped, kept), ("success", 0, 0));
    for (id, row) in &before {
        let is_there = first.get(id).is_some_and(|one| one == row || now.get(id) == Some(one));
        assert!(is_there, "{id}: {row} at the source, {:?} in the books", first.get(id));
    }
    assert!(first.keys().all(|id| now.contains_key(id)), "nothing that no source has");

    source.go_on();
    source.expire();
    platform.click(OFFICE, "source", S::JOB).await;
    platform.until_synced().await;
    let (second, now) = (books::<S>(&platform).await, source.rows());
    assert_same(&second, &now, "after the second sync");
    let created = second.keys().filter(|id| !first.contains_key(*id)).count();
    let updated = second.iter().filter(|(id, row)| first.get(*id).is_some_and(|one| one != *row));
    let expected = [created, updated.count(), 0, 0].map(|count| i64::try_from(count).unwrap());
    assert!(expected[0] >= 1, "something was new");
    assert_eq!(done(&platform).await, ("success".to_owned(), expected));

    // Nothing has changed: nothing is written.
    let written: String = platform.row(WRITTEN, &[]).await.get(0);
    platform.click(OFFICE, "source", S::JOB).await;
    platform.until_synced().await;
    assert_eq!(done(&platform).await, ("success".to_owned(), [0; 4]));
    assert_eq!(platform.row(WRITTEN, &[]).await.get::<_, String>(0), written);
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}

/// The time of this machine, as the worker's.
#[derive(Debug)]
struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

fn days_ago(days: u64) -> NaiveDate {
    MachineClock.today() - chrono::Days::new(days)
}

fn hours_ago(hours: u64) -> DateTime<Utc> {
    Utc::now() - Duration::from_secs(hours * 3600)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parasut() {
    the_books_equal(|_| parasut::Firm::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nilvera() {
    the_books_equal(|_| nilvera::Account::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mikro() {
    the_books_equal(|_| mikro::Office::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ohvps() {
    the_books_equal(|_| ohvps::Bank::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gocardless() {
    the_books_equal(|_| gocardless::Requisition::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_with_statements() {
    the_books_equal(files::Statements::new).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_with_invoices() {
    the_books_equal(files::Invoices::new).await;
}
