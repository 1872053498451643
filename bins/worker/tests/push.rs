//! Invoices and bank movements to a provider, by real worker processes: off unless switched on, each
//! once whatever happens, with a result for each.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::{collections::BTreeMap, sync::Arc};

use integrations::testing::{Answer, Asked, Fault, ParasutSource, Server};
use rustix::process::Signal;
use serde_json::{Value, json};
use support::{LOCAL, Platform, SETTINGS, Worker};

const OFFICE: &str = "office-1";
const IBAN: &str = "TR330006100519786457841326";

/// Invoices as people of the office enter them: one line each, issued, from `first` on.
async fn enter_invoices(platform: &Platform, first: i32, last: i32) {
    let sql = "
        WITH entered AS (
            INSERT INTO invoices (id, tenant_id, client_company_id, type, issue_date, total_amount,
                tax_amount, net_amount, counterparty_name, counterparty_tax_number, status, metadata,
                updated_at)
            SELECT 'inv-' || n, 'office-1', 'company-office-1', CASE n % 4 WHEN 0 THEN 'ALIŞ' ELSE 'SATIŞ' END,
                '2026-01-01Z'::timestamptz + n % 40 * interval '1 day', 120.60 * n, 20.10 * n, 100.50 * n,
                'Örnek Firma', '4540536920', 'kesildi', jsonb_build_object('invoiceNumber', 'ORN' || n), now()
            FROM generate_series($1::int, $2::int) n
            RETURNING id, net_amount, tax_amount
        )
        INSERT INTO invoice_lines (id, tenant_id, invoice_id, line_number, description, quantity,
            unit_price, line_total, vat_rate, vat_amount, updated_at)
        SELECT 'line-' || id, 'office-1', id, 1, 'Hizmet', 1, net_amount, net_amount, 0.2, tax_amount, now()
        FROM entered";
    platform.connect().await.execute(sql, &[&first, &last]).await.unwrap();
}

/// How often each mark of ours stands in the records of a source.
fn marks(records: &[Value]) -> BTreeMap<String, usize> {
    let mut marks = BTreeMap::new();
    for record in records {
        let text = record["attributes"]["description"].as_str().unwrap();
        let (_, rest) = text.split_once("[ref:").unwrap();
        let (mark, _) = rest.split_once(']').unwrap();
        *marks.entry(mark.to_owned()).or_default() += 1;
    }
    marks
}

fn created(server: &Server, list: &str) -> usize {
    let is_one =
        |call: &&Asked| call.method == "POST" && call.path.last().is_some_and(|at| at == list);
    server.calls().iter().filter(is_one).count()
}

/// How the last job of a type ended, and what it says.
async fn last_job(platform: &Platform, job_type: &str) -> (String, String, i64, i64) {
    let row = platform
        .row(
            "SELECT j.status, coalesce(j.error_message, ''), p.created, p.failed
             FROM integration_sync_jobs j JOIN worker.sync_progress p ON p.job_id = j.id
             WHERE j.job_type = $1 ORDER BY j.created_at DESC LIMIT 1",
            &[&job_type],
        )
        .await;
    (row.get(0), row.get(1), row.get(2), row.get(3))
}

async fn set(platform: &Platform, config: &Value) {
    let sql =
        "UPDATE tenant_integrations SET config = config || $1::text::jsonb WHERE id = 'parasut'";
    platform.connect().await.execute(sql, &[&config.to_string()]).await.unwrap();
}

async fn sync(platform: &Platform, job_type: &str) {
    platform.click(OFFICE, "parasut", job_type).await;
    platform.until_synced().await;
}

struct Stage {
    platform: Platform,
    source: Arc<ParasutSource>,
    server: Server,
}

impl Stage {
    async fn new() -> Self {
        let platform = Platform::new().await;
        let source = Arc::new(ParasutSource::default());
        let server = Server::start(Arc::clone(&source)).unwrap();
        let config = ParasutSource::config(&server.base());
        platform.add_integration(OFFICE, "parasut", "PARASUT", &config).await;
        platform.give_to_company("parasut").await;
        Self { platform, source, server }
    }

    fn worker(&self) -> Worker {
        self.platform.worker(&["run"], &[SETTINGS, LOCAL].concat())
    }

    /// Pushes, with the worker killed when the source has made some of the records.
    async fn killed_on_the_way(&self, job_type: &str, list: &str, kills: usize) {
        self.platform.click(OFFICE, "parasut", job_type).await;
        for kill in 1..=kills {
            let worker = self.worker();
            while created(&self.server, list) < 10 * kill {
                self.platform.hurry_syncs().await;
                support::tick().await;
            }
            worker.signal(Signal::KILL);
            drop(worker);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invoices_are_pushed_once_when_switched_on() {
    let stage = Stage::new().await;
    let platform = &stage.platform;
    enter_invoices(platform, 1, 130).await;
    let client = platform.connect().await;
    client
        .batch_execute(
            "UPDATE invoices SET status = 'taslak' WHERE id = 'inv-7';
             DELETE FROM invoice_lines WHERE invoice_id = 'inv-8';
             UPDATE invoices SET counterparty_tax_number = '1' WHERE id = 'inv-9';
             UPDATE invoices SET metadata = '{\"invoiceNumber\": \"REDDET\"}' WHERE id = 'inv-10';
             UPDATE invoices SET currency = 'EUR',
                 metadata = metadata || '{\"exchangeRate\": \"51.2345\"}' WHERE id = 'inv-11'",
        )
        .await
        .unwrap();

    // Off: the scheduler makes no push, and a push that is asked for says so.
    let worker = stage.worker();
    platform
        .until("SELECT count(*) = 1 FROM tenant_integrations WHERE last_sync_status = 'success'")
        .await;
    let pushes = "SELECT count(*) FROM integration_sync_jobs WHERE job_type LIKE 'push%'";
    assert_eq!(platform.count(pushes).await, 0);
    sync(platform, "push_invoices").await;
    let (status, told, ..) = last_job(platform, "push_invoices").await;
    assert_eq!(status, "failed");
    assert_eq!(told, "Gönderim bu entegrasyonda kapalı; entegrasyon ayarlarından açın.");
    assert_eq!(created(&stage.server, "sales_invoices"), 0);
    let connected = "SELECT count(*) FROM tenant_integrations WHERE status = 'connected'";
    assert_eq!(platform.count(connected).await, 1, "it still pulls");
    worker.signal(Signal::KILL);
    drop(worker);

    set(platform, &json!({"pushSyncEnabled": true})).await;
    let pulled = "SELECT last_sync_at::text FROM tenant_integrations";
    let pulled_at: String = platform.row(pulled, &[]).await.get(0);
    stage.killed_on_the_way("push_invoices", "sales_invoices", 2).await;
    // An answer that is lost on the way, and a source that fails.
    stage.server.fail_after(4, Fault::Lost);
    stage.server.fail_after(9, Fault::Instead(Answer::text(500, "")));
    let worker = stage.worker();
    platform.until_synced().await;
    let (status, told, sent, refused) = last_job(platform, "push_invoices").await;
    // 130, less the draft and the three that cannot be sent.
    assert_eq!((status.as_str(), sent, refused), ("success", 126, 3));
    assert_eq!(told, "3 kayıt gönderilemedi; nedenleri eşitleme kayıtlarında.", "partial is said");
    let mut there = marks(&stage.source.records("sales_invoices"));
    there.extend(marks(&stage.source.records("purchase_bills")));
    assert_eq!(there.len(), 126);
    assert!(there.values().all(|times| *times == 1), "{there:?}");
    for id in ["inv-7", "inv-8", "inv-9", "inv-10"] {
        assert!(!there.contains_key(id), "{id}");
    }
    let unpushed = "SELECT string_agg(id, ' ' ORDER BY id) FROM invoices WHERE pushed_at IS NULL";
    assert_eq!(platform.row(unpushed, &[]).await.get::<_, String>(0), "inv-10 inv-7 inv-8 inv-9");
    let why = "SELECT string_agg(row_id || ': ' || message, '; ' ORDER BY row_id)
        FROM worker.sync_pushes WHERE state = 'refused'";
    assert_eq!(
        platform.row(why, &[]).await.get::<_, String>(0),
        "inv-10: Fatura no daha önce kullanılmış; inv-8: Faturanın kalemi yok; kalemlerini \
         girip yeniden deneyin.; inv-9: Karşı tarafın geçerli bir vergi numarası yok."
    );
    let log = "SELECT level || ' ' || (context ->> 'outcome') || ' ' || message FROM integration_sync_logs
        WHERE context ? 'outcome' ORDER BY created_at DESC LIMIT 1";
    assert_eq!(
        platform.row(log, &[]).await.get::<_, String>(0),
        "warning partial Fatura gönderimi tamamlandı: 126 gönderildi, 3 reddedildi."
    );
    // Pulling has its own time.
    assert_eq!(platform.row(pulled, &[]).await.get::<_, String>(0), pulled_at);
    let amounts = stage.source.records("sales_invoices");
    let one = amounts.iter().find(|one| one["attributes"]["description"] == "[ref:inv-1] ORN1");
    let detail = &one.unwrap()["relationships"]["details"]["data"][0]["attributes"];
    assert_eq!(detail["unit_price"].to_string(), "100.5");
    let euro = amounts.iter().find(|one| one["attributes"]["currency"] == "EUR").unwrap();
    assert_eq!(euro["attributes"]["exchange_rate"].to_string(), "51.2345");

    // Next time: what could not be sent and now can, and what is new though its day is long past.
    client
        .batch_execute(
            "UPDATE invoices SET counterparty_tax_number = '4540536920' WHERE id = 'inv-9';
             UPDATE invoices SET status = 'kesildi' WHERE id = 'inv-7'",
        )
        .await
        .unwrap();
    enter_invoices(platform, 200, 200).await;
    client
        .batch_execute("UPDATE invoices SET issue_date = '2020-05-05Z' WHERE id = 'inv-200'")
        .await
        .unwrap();
    sync(platform, "push_invoices").await;
    let (status, _, sent, refused) = last_job(platform, "push_invoices").await;
    assert_eq!((status.as_str(), sent, refused), ("success", 3, 2));

    // Nothing but refusals is no success.
    sync(platform, "push_invoices").await;
    let (status, told, sent, refused) = last_job(platform, "push_invoices").await;
    assert_eq!((status.as_str(), sent, refused), ("failed", 0, 2));
    assert!(told.contains("hiçbiri kabul edilmedi"), "{told}");
    assert_eq!(platform.count(connected).await, 1);

    // What was sent comes back, and is the row that it was; a copy that somebody made there is new.
    let last = stage.source.records("sales_invoices").len();
    let other = stage.source.add_sale("2026-02-10", "2026-02-10T10:00:00Z", 1_000, "4540536920");
    let marked = stage.source.records("sales_invoices")[0]["attributes"]["description"].clone();
    stage.source.change("sales_invoices", other, "description", marked);
    set(platform, &json!({"firstSyncDays": 3_650})).await;
    client
        .batch_execute(
            "DELETE FROM worker.sync_cursors WHERE stream = 'invoices';
             -- As if the worker had died between the sending and its record.
             DELETE FROM worker.sync_records WHERE row_id = 'inv-1'",
        )
        .await
        .unwrap();
    let rows = "SELECT count(*) FROM invoices";
    let before = platform.count(rows).await;
    sync(platform, "pull_invoices").await;
    assert_eq!(last_job(platform, "pull_invoices").await.0, "success");
    assert_eq!(platform.count(rows).await, before + 1, "{last} were there");
    let theirs = "SELECT count(*) FROM invoices WHERE source = 'integration'";
    assert_eq!(platform.count(theirs).await, 1);
    let names = "SELECT count(*) FROM invoices WHERE counterparty_name <> 'Örnek Firma'";
    assert_eq!(platform.count(names).await, 1, "what a person entered stays");

    // With nothing to send, nothing is sent.
    let before = created(&stage.server, "sales_invoices");
    client.batch_execute("DELETE FROM invoices WHERE id IN ('inv-8', 'inv-10')").await.unwrap();
    sync(platform, "push_invoices").await;
    assert_eq!(created(&stage.server, "sales_invoices"), before);
    assert_eq!(last_job(platform, "push_invoices").await.0, "success");
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_firm_gets_the_rows_of_one_company() {
    let stage = Stage::new().await;
    let platform = &stage.platform;
    enter_invoices(platform, 1, 3).await;
    set(platform, &json!({"pushSyncEnabled": true})).await;
    let client = platform.connect().await;
    client.batch_execute("UPDATE tenant_integrations SET client_company_id = NULL").await.unwrap();
    let worker = stage.worker();
    sync(platform, "push_invoices").await;
    let (status, told, ..) = last_job(platform, "push_invoices").await;
    assert_eq!(status, "failed");
    assert!(told.contains("bir mükellefe bağlayın"), "{told}");
    assert_eq!(created(&stage.server, "sales_invoices"), 0);
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bank_movements_are_pushed_once_to_the_account_of_their_iban() {
    let stage = Stage::new().await;
    let platform = &stage.platform;
    let account = stage.source.add_account(IBAN);
    let config = json!({"apiKey": "k", "seed": 3, "recordsPerDay": 10, "firstSyncDays": 5});
    platform.add_integration(OFFICE, "bank", "MOCK_BANK", &config).await;
    platform.give_to_company("bank").await;
    platform.click(OFFICE, "bank", "pull_bank_transactions").await;
    let worker = stage.worker();
    platform.until_synced().await;
    worker.signal(Signal::KILL);
    drop(worker);
    let here = "SELECT string_agg(amount || ' ' || id, ',' ORDER BY id) FROM (
        SELECT t.id, sum(l.debit_amount - l.credit_amount) AS amount
        FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id
        JOIN worker.bank_ledger_accounts a ON a.ledger_account_id = l.ledger_account_id GROUP BY t.id) m";
    let here: String = platform.row(here, &[]).await.get(0);
    assert_eq!(here.split(',').count(), 60);

    set(platform, &json!({"pushSyncEnabled": "true"})).await;
    for list in ["debit_transactions", "credit_transactions"] {
        assert_eq!(created(&stage.server, list), 0);
    }
    stage.killed_on_the_way("push_bank_transactions", "debit_transactions", 2).await;
    let worker = stage.worker();
    platform.until_synced().await;
    let (status, told, sent, refused) = last_job(platform, "push_bank_transactions").await;
    assert_eq!((status.as_str(), told.as_str(), sent, refused), ("success", "", 60, 0));
    let movements = stage.source.movements(account);
    assert!(marks(&movements).values().all(|times| *times == 1));
    let mut there: Vec<String> = movements
        .iter()
        .map(|one| {
            let (attributes, links) = (&one["attributes"], &one["relationships"]);
            let text = attributes["description"].as_str().unwrap();
            let id = text.split_once("[ref:").unwrap().1.split_once(']').unwrap().0.to_owned();
            // What came in debits the account.
            let sign = if links["debit_account"]["data"].is_null() { "-" } else { "" };
            format!("{sign}{} {id}", attributes["debit_amount"].as_str().unwrap())
        })
        .collect();
    there.sort_unstable_by(|a, b| a.split_once(' ').unwrap().1.cmp(b.split_once(' ').unwrap().1));
    assert_eq!(there.join(","), here);
    let pushed = "SELECT count(*) FROM transactions WHERE pushed_at IS NULL";
    assert_eq!(platform.count(pushed).await, 0);
    let calls = stage.server.call_count();
    sync(platform, "push_bank_transactions").await;
    assert_eq!(last_job(platform, "push_bank_transactions").await.2, 0);
    assert_eq!(stage.server.call_count(), calls, "there was nothing to ask for");
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scheduler_pushes_what_is_switched_on_at_its_own_pace() {
    let platform = Platform::new().await;
    enter_invoices(&platform, 1, 5).await;
    let config = json!({
        "apiKey": "k", "firstSyncDays": 1, "pushSyncEnabled": true, "pushSyncFrequency": "hourly",
    });
    platform.add_integration(OFFICE, "mock", "MOCK_ACCOUNTING", &config).await;
    platform.give_to_company("mock").await;
    let often = [SETTINGS, &[("SYNC_SCHEDULER_INTERVAL_MS", "1000")]].concat();
    let worker = platform.worker(&["run"], &often);
    let made = "SELECT count(*) = 2 FROM integration_sync_jobs WHERE status = 'success'
        AND job_type IN ('pull_invoices', 'push_invoices')";
    platform.until(made).await;
    assert_eq!(
        platform.count("SELECT count(*) FROM invoices WHERE pushed_at IS NOT NULL").await,
        5
    );
    // An hour later the push is due again, the pull is not.
    let client = platform.connect().await;
    client
        .batch_execute(
            "UPDATE worker.sync_cursors SET covered_until = now() - interval '61 minutes';
             UPDATE tenant_integrations SET last_sync_at = now() - interval '61 minutes'",
        )
        .await
        .unwrap();
    platform
        .until("SELECT count(*) = 2 FROM integration_sync_jobs WHERE job_type = 'push_invoices' AND status = 'success'")
        .await;
    let pulls = "SELECT count(*) FROM integration_sync_jobs WHERE job_type = 'pull_invoices'";
    assert_eq!(platform.count(pulls).await, 1);
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}
