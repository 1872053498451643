//! Synchronisation by real worker processes: whatever goes wrong on the way, the books say what the
//! source says, once.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::sync::Arc;

use integrations::testing::{Answer, Fault, ParasutSource, Server};
use rustix::process::Signal;
use serde_json::{Value, json};
use support::{ALL_DONE, LOCAL, Platform, SETTINGS, Worker};

/// What the books of an office say of its invoices, without the ids that are made for it.
const BOOKS: &str =
    "SELECT count(*) || ' ' || coalesce(md5(string_agg(t, ',' ORDER BY t)), '') FROM (
    SELECT concat_ws('|', i.external_id, i.type, i.status, i.issue_date, i.due_date, i.total_amount,
        i.tax_amount, i.net_amount, i.currency, i.counterparty_name, i.counterparty_tax_number,
        (SELECT string_agg(concat_ws('/', l.line_number, l.description, l.quantity, l.unit_price,
                l.line_total, l.vat_rate, l.vat_amount), ';' ORDER BY l.line_number)
         FROM invoice_lines l WHERE l.invoice_id = i.id)) AS t
    FROM invoices i WHERE i.tenant_id = $1) rows";

async fn books(platform: &Platform, tenant: &str) -> String {
    platform.row(BOOKS, &[&tenant]).await.get(0)
}

fn mock(days: u32, per_day: u32, faults: &Value) -> Value {
    json!({
        "apiKey": "k", "seed": 7, "recordsPerDay": per_day, "firstSyncDays": days, "faults": faults,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_the_source_and_killed_workers_change_nothing_in_the_books() {
    let platform = Platform::new().await;
    for tenant in ["faulty", "killed"] {
        platform.add_tenant(tenant).await;
    }
    let (days, per_day) = (9, 500);
    let expected = i64::from((days + 1) * per_day);
    platform
        .add_integration("office-1", "plain", "MOCK_ACCOUNTING", &mock(days, per_day, &json!({})))
        .await;
    platform.click("office-1", "plain", "pull_invoices").await;
    // Nobody is killed here. With a short lease, a worker that a busy machine holds up for two seconds
    // loses it, its page is rolled back and asked for again: one call more than the faults count on.
    let patient = [SETTINGS, &[("WORKER_LEASE_MS", "600000")]].concat();
    let worker = platform.worker(&["run"], &patient);
    platform.until_synced().await;
    let plain = books(&platform, "office-1").await;
    assert!(plain.starts_with(&format!("{expected} ")), "{plain}");

    let faults = json!({
        "1": "server_error", "3": "timeout", "4": "repeated_page", "5": "rate_limited",
        "6": "broken_page", "8": "repeated_page",
    });
    platform
        .add_integration("faulty", "faulty", "MOCK_ACCOUNTING", &mock(days, per_day, &faults))
        .await;
    platform.click("faulty", "faulty", "pull_invoices").await;
    platform.until_synced().await;
    assert_eq!(books(&platform, "faulty").await, plain);
    let job = platform
        .row(
            "SELECT j.status, p.created, p.unchanged FROM integration_sync_jobs j
             JOIN worker.sync_progress p ON p.job_id = j.id WHERE j.tenant_id = 'faulty'",
            &[],
        )
        .await;
    assert_eq!((job.get::<_, String>(0), job.get::<_, i64>(1)), ("success".to_owned(), expected));
    assert_eq!(job.get::<_, i64>(2), 2_000, "two repeated pages change nothing");
    worker.signal(Signal::KILL);
    drop(worker);

    platform
        .add_integration("killed", "killed", "MOCK_ACCOUNTING", &mock(days, per_day, &json!({})))
        .await;
    platform.click("killed", "killed", "pull_invoices").await;
    let sql = "UPDATE integration_sync_jobs SET max_attempts = 100";
    platform.connect().await.execute(sql, &[]).await.unwrap();
    let start = || platform.worker(&["run"], SETTINGS);
    // Killed whenever some pages, and not all, are stored.
    let mut kills = 0_i64;
    loop {
        let worker: Worker = start();
        let more = format!(
            "SELECT count(*) > {kills} * 1000 OR (SELECT bool_and(status = 'success')
                 FROM integration_sync_jobs) FROM invoices WHERE tenant_id = 'killed'"
        );
        platform.until(&more).await;
        worker.signal(Signal::KILL);
        drop(worker);
        kills += 1;
        if platform.row(ALL_DONE, &[]).await.get::<_, bool>(0) {
            break;
        }
    }
    assert!(kills >= 3, "the work was over after {kills} kills");
    assert_eq!(books(&platform, "killed").await, plain);
    let doubles = "SELECT count(*) FROM (SELECT 1 FROM invoices GROUP BY tenant_id, external_id
        HAVING count(*) > 1) d";
    assert_eq!(platform.count(doubles).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_workers_with_ten_schedulers_make_no_double_job_and_no_double_row() {
    let platform = Platform::new().await;
    for n in 1..=6 {
        let config = json!({"apiKey": "k", "seed": n, "recordsPerDay": 60, "firstSyncDays": 4});
        platform.add_integration("office-1", &format!("i{n}"), "MOCK_ACCOUNTING", &config).await;
    }
    let often = [SETTINGS, &[("SYNC_SCHEDULER_INTERVAL_MS", "1000")]].concat();
    let workers: Vec<Worker> = (0..10).map(|_| platform.worker(&["run"], &often)).collect();
    platform
        .until("SELECT count(*) = 6 FROM tenant_integrations WHERE last_sync_status = 'success'")
        .await;
    // All of them have looked, some more than once, for what is due.
    platform
        .until(
            "SELECT lease_token >= 5 FROM worker.periodic_schedules WHERE name = 'sync-scheduler'",
        )
        .await;
    for worker in workers {
        worker.signal(Signal::TERM);
        assert_eq!(worker.wait().code, Some(0));
    }
    assert_eq!(platform.count("SELECT count(*) FROM integration_sync_jobs").await, 6);
    let rows = "SELECT count(*) FROM invoices";
    assert_eq!(platform.count(rows).await, 6 * 300);
    // Six made-up sources have the same numbers: an invoice is one by its integration.
    let links = "SELECT count(DISTINCT (integration_id, external_id)) FROM worker.sync_records";
    assert_eq!(platform.count(links).await, 6 * 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_credential_sets_the_integration_to_error_and_is_told_once() {
    let platform = Platform::new().await;
    let config = mock(1, 5, &json!({"1": "credentials"}));
    platform.add_integration("office-1", "refused", "MOCK_ACCOUNTING", &config).await;
    let finished = platform.worker(&["run", "--once"], SETTINGS).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let row = platform
        .row(
            "SELECT i.status, i.last_sync_status, i.last_sync_at IS NULL, j.status, j.error_message,
                 (SELECT string_agg(message, '|') FROM notifications), j.attempts
             FROM tenant_integrations i JOIN integration_sync_jobs j ON j.tenant_integration_id = i.id",
            &[],
        )
        .await;
    let text = |at: usize| row.get::<_, String>(at);
    assert_eq!((text(0), text(1), text(3)), ("error".into(), "error".into(), "failed".into()));
    assert!(row.get::<_, bool>(2), "nothing was read");
    let told =
        "Kaynak, kayıtlı kullanıcı bilgilerini kabul etmedi; entegrasyonu yeniden yetkilendirin.";
    assert_eq!((text(4), text(5)), (told.to_owned(), format!("refused eşitlenemedi: {told}")));
    assert_eq!(row.get::<_, i32>(6), 1, "no second attempt");
    // Nobody tries again until somebody has seen to it.
    platform.worker(&["run", "--once"], SETTINGS).wait();
    assert_eq!(platform.count("SELECT count(*) FROM integration_sync_jobs").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_records_are_refused_unless_allowed_and_never_an_empty_success() {
    let platform = Platform::new().await;
    platform.add_integration("office-1", "mock", "MOCK_BANK", &json!({"apiKey": "k"})).await;
    let finished = platform.worker(&["run", "--once"], &[("LOG_LEVEL", "warn")]).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let status = "SELECT j.status FROM integration_sync_jobs j";
    assert_eq!(platform.row(status, &[]).await.get::<_, String>(0), "failed");
    assert_eq!(platform.count("SELECT count(*) FROM transactions").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_is_seen_through_to_the_log_and_the_commands_show_it() {
    let platform = Platform::new().await;
    let config = mock(1, 5, &json!({"1": "spoilt_record"}));
    platform.add_integration("office-1", "parasut", "MOCK_ACCOUNTING", &config).await;
    let triggered = platform.worker(&["sync", "trigger", "parasut", "--json"], SETTINGS).wait();
    let made: Value = serde_json::from_str(&triggered.stdout).unwrap();
    assert_eq!((&made["jobType"], &made["isNew"]), (&json!("pull_invoices"), &json!(true)));
    let again = platform.worker(&["sync", "trigger", "parasut", "--json"], SETTINGS).wait();
    let open: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&open["jobId"], &open["isNew"]), (&made["jobId"], &json!(false)));

    let finished = platform.worker(&["run", "--once"], SETTINGS).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let listed = platform.worker(&["sync", "list", "--json"], SETTINGS).wait();
    let jobs: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!((&jobs[0]["status"], &jobs[0]["created"]), (&json!("success"), &json!(9)));
    assert_eq!(jobs[0]["skipped"], json!(1));
    let logs = platform.worker(&["sync", "logs"], SETTINGS).wait();
    assert!(logs.stdout.contains("9 yeni, 0 güncellendi, 0 değişmedi, 1 atlandı"), "{logs:?}");
    assert!(logs.stdout.contains("Bir alanın değeri anlaşılamadı. (totalAmount)"), "{logs:?}");
    let unmatched = platform.worker(&["integrations", "unmatched", "--json"], SETTINGS).wait();
    let unmatched: Value = serde_json::from_str(&unmatched.stdout).unwrap();
    assert_eq!(unmatched[0]["reason"], json!("not_understood"));
    let tested = platform.worker(&["integrations", "test", "parasut"], SETTINGS).wait();
    assert_eq!(tested.code, Some(0), "{tested:?}");
    let key = ("INTEGRATIONS_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let sealed = platform.worker(&["integrations", "seal"], &[SETTINGS, &[key]].concat()).wait();
    assert_eq!(sealed.code, Some(0), "{sealed:?}");
    let config = "SELECT config ->> 'apiKey' LIKE 'sealed:v1:k1:%' FROM tenant_integrations";
    assert!(platform.row(config, &[]).await.get::<_, bool>(0));
    let tested =
        platform.worker(&["integrations", "test", "parasut"], &[SETTINGS, &[key]].concat()).wait();
    assert_eq!(tested.code, Some(0), "{tested:?}");
    // Without the key it says so.
    let tested = platform.worker(&["integrations", "test", "parasut"], SETTINGS).wait();
    assert_eq!(tested.code, Some(1), "{tested:?}");
}

/// Whatever the office's program has, in the books: by total, each of which is there once.
async fn totals(platform: &Platform) -> Vec<String> {
    let client = platform.connect().await;
    let rows =
        client.query("SELECT total_amount::text FROM invoices ORDER BY 1", &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_source_that_fails_and_changes_is_in_the_books_as_it_is() {
    const OTHER: &str = "4540536920";
    let platform = Platform::new().await;
    let source = Arc::new(ParasutSource::default());
    let mut expected = Vec::new();
    let mut ids = Vec::new();
    let total = |net_kurus: i64| format!("{}.{:02}", net_kurus * 6 / 500, net_kurus * 6 / 5 % 100);
    for n in 1..=60_i64 {
        let (day, net) = (format!("2026-03-{:02}", 1 + n % 28), 1_000 * n);
        ids.push(source.add_sale(&day, "2026-04-01T10:00:00Z", net, OTHER));
        expected.push(total(net));
    }
    for n in 1..=5_i64 {
        source.add_purchase("2026-03-10", "2026-04-01T10:00:00Z", 500_000 + 100 * n, OTHER);
        expected.push(total(500_000 + 100 * n));
    }
    let server = Server::start(Arc::clone(&source)).unwrap();
    let mut config = ParasutSource::config(&server.base());
    config["firstSyncDays"] = json!(3_650);
    platform.add_integration("office-1", "parasut", "PARASUT", &config).await;
    platform.give_to_company("parasut").await;
    platform.click("office-1", "parasut", "pull_invoices").await;
    // Each once, on the way through the lists.
    server.fail_after(2, Fault::Instead(Answer::text(500, "broken")));
    server.fail_after(4, Fault::Cut);
    server.fail_after(6, Fault::Instead(Answer::text(200, "{\"data\": [")));
    server.fail_after(8, Fault::Instead(Answer::text(429, "").with("Retry-After", 1)));
    server.fail_after(9, Fault::Instead(Answer::text(401, "")));
    source.delete_between_pages("sales_invoices", ids[0]);
    let settings = [SETTINGS, LOCAL].concat();
    let worker = platform.worker(&["run"], &settings);
    platform.until_synced().await;
    let status = "SELECT string_agg(concat_ws(' ', status, technical_error), ',') FROM integration_sync_jobs";
    assert_eq!(platform.row(status, &[]).await.get::<_, String>(0), "success");
    expected.sort();
    let mut found = totals(&platform).await;
    // The deleted one may have been read before it was deleted.
    let mut without = expected.clone();
    without.retain(|one| *one != total(1_000));
    if found.len() == without.len() {
        found.push(total(1_000));
    }
    found.sort();
    assert_eq!(found, expected);
    let sealed = "SELECT sealed LIKE 'sealed:v1:k1:%' FROM worker.integration_tokens";
    assert!(platform.row(sealed, &[]).await.get::<_, bool>(0));

    // Later: one changed, one is new, nothing else is written.
    let now = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    let now: String = platform.row(now, &[]).await.get(0);
    source.change("sales_invoices", ids[55], "issue_date", json!("2026-03-31"));
    source.change("sales_invoices", ids[55], "updated_at", json!(now));
    source.add_sale("2026-05-01", &now, 7_777_700, OTHER);
    source.expire_tokens();
    platform.click("office-1", "parasut", "pull_invoices").await;
    platform.until_synced().await;
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
    let done = platform
        .row(
            "SELECT created, updated, skipped, kept FROM worker.sync_progress ORDER BY started_at DESC LIMIT 1",
            &[],
        )
        .await;
    let counts: Vec<i64> = (0..4).map(|at| done.get(at)).collect();
    assert_eq!(counts, [1, 1, 0, 0]);
    let moved = "SELECT count(*) FROM invoices WHERE issue_date = '2026-03-31Z'";
    assert_eq!(platform.count(moved).await, 1);
}
