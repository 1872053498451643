//! How syncs end that do not simply succeed: what is tried again, what is told to whom, and what waits.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::sync::Arc;

use integrations::testing::{GocardlessSource, ParasutSource, Server};
use serde_json::{Value, json};
use support::{LOCAL, Platform, SETTINGS};

const OFFICE: &str = "office-1";
/// A firm that is no company of the office.
const OTHER: &str = "4540536920";

fn mock(faults: &Value) -> Value {
    json!({"apiKey": "k", "seed": 7, "recordsPerDay": 5, "firstSyncDays": 1, "faults": faults})
}

fn once(platform: &Platform, more: &[(&str, &str)]) {
    let finished = platform.worker(&["run", "--once"], &[SETTINGS, more].concat()).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

/// One text of a query that gives one.
async fn text(platform: &Platform, sql: &str) -> String {
    platform.row(sql, &[]).await.get::<_, Option<String>>(0).unwrap_or_default()
}

const JOB: &str = "SELECT concat_ws('|', status, attempts, error_message, technical_error)
    FROM integration_sync_jobs ORDER BY created_at DESC LIMIT 1";
const INTEGRATION: &str = "SELECT concat_ws('|', status, last_sync_status, last_sync_at IS NULL) FROM tenant_integrations";
const TOLD: &str =
    "SELECT string_agg(concat_ws('|', type, title, message), '; ') FROM notifications";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_tried_again_and_then_told() {
    let platform = Platform::new().await;
    let faults = json!({
        "1": "server_error", "2": "timeout", "3": "broken_page", "4": "server_error", "5": "timeout",
    });
    platform.add_integration(OFFICE, "mock", "MOCK_ACCOUNTING", &mock(&faults)).await;
    platform.click(OFFICE, "mock", "pull_invoices").await;
    // One process: the made-up source counts its calls in it.
    let worker = platform.worker(&["run"], SETTINGS);
    platform.until_synced().await;
    let job = text(&platform, JOB).await;
    assert!(job.starts_with("failed|5|Kaynağa şu anda ulaşılamıyor"), "{job}");
    assert!(job.ends_with("no answer in time"), "{job}");
    // The integration goes on: it is tried again after a pause.
    assert_eq!(text(&platform, INTEGRATION).await, "connected|error|t");
    let told = text(&platform, TOLD).await;
    assert!(
        told.starts_with("INTEGRATION_SYNC|Entegrasyon eşitleme hatası|mock eşitlenemedi: "),
        "{told}"
    );
    let logs = "SELECT string_agg(concat_ws('|', level, context ->> 'retryCount', context ->> 'willRetry'), ', '
            ORDER BY created_at) FROM integration_sync_logs WHERE context ? 'willRetry'";
    assert_eq!(
        text(&platform, logs).await,
        "warning|0|true, warning|1|true, warning|2|true, warning|3|true, error|4|false"
    );
    // The source is well again: everything comes.
    platform.click(OFFICE, "mock", "pull_invoices").await;
    platform.until_synced().await;
    assert_eq!(platform.count("SELECT count(*) FROM invoices").await, 10);
    assert_eq!(text(&platform, INTEGRATION).await, "connected|success|f");
    assert_eq!(platform.count("SELECT count(*) FROM notifications").await, 1, "told once");
    drop(worker);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_asks_to_wait_gets_its_time_and_no_attempt_is_spent() {
    let platform = Platform::new().await;
    platform
        .add_integration(OFFICE, "mock", "MOCK_ACCOUNTING", &mock(&json!({"1": "rate_limited"})))
        .await;
    platform.click(OFFICE, "mock", "pull_invoices").await;
    // It does not sleep in its place: the process has nothing left to do and ends.
    once(&platform, &[]);
    let waits =
        "SELECT concat_ws('|', status, attempts, run_at > now() + interval '1 minute', lease_owner)
        FROM integration_sync_jobs";
    assert_eq!(text(&platform, waits).await, "pending|0|t");
    let logs = "SELECT level || ' ' || message FROM integration_sync_logs ORDER BY created_at DESC LIMIT 1";
    let told = text(&platform, logs).await;
    assert!(told.starts_with("info Kaynak"), "{told}");
    assert_eq!(platform.count("SELECT count(*) FROM notifications").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_consent_sets_the_integration_to_error_and_is_told() {
    let platform = Platform::new().await;
    let source = Arc::new(GocardlessSource::default());
    source.add_account("acc-1", "TR330006100519786457841326");
    let server = Server::start(Arc::clone(&source)).unwrap();
    let config = GocardlessSource::config(&server.base());
    platform.add_integration(OFFICE, "bank", "GOCARDLESS", &config).await;
    platform.give_to_company("bank").await;
    source.expire_agreement();
    platform.click(OFFICE, "bank", "pull_bank_transactions").await;
    once(&platform, LOCAL);
    assert_eq!(text(&platform, INTEGRATION).await, "error|error|t");
    let job = text(&platform, JOB).await;
    assert!(job.starts_with("failed|1|"), "no repetition cures it: {job}");
    let told = text(&platform, TOLD).await;
    assert!(told.contains("bank eşitlenemedi: ") && told.contains("izni sona ermiş"), "{told}");
    // The scheduler leaves it alone until somebody has connected it again.
    let calls = server.call_count();
    once(&platform, LOCAL);
    assert_eq!(server.call_count(), calls);
    assert_eq!(platform.count("SELECT count(*) FROM integration_sync_jobs").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_company_goes_in_when_it_is_known() {
    let platform = Platform::new().await;
    let source = Arc::new(ParasutSource::default());
    for number in 1..=3 {
        source.add_sale("2026-03-05", "2026-03-05T10:00:00Z", 1_000 * number, OTHER);
    }
    let server = Server::start(Arc::clone(&source)).unwrap();
    let mut config = ParasutSource::config(&server.base());
    config["firstSyncDays"] = json!(3_650);
    platform.add_integration(OFFICE, "parasut", "PARASUT", &config).await;
    platform.click(OFFICE, "parasut", "pull_invoices").await;
    once(&platform, LOCAL);
    let done = "SELECT concat_ws('|', j.status, p.created, p.skipped) FROM integration_sync_jobs j
        JOIN worker.sync_progress p ON p.job_id = j.id
        WHERE j.job_type = 'pull_invoices' ORDER BY j.created_at DESC LIMIT 1";
    assert_eq!(text(&platform, done).await, "success|0|3", "nobody's books are guessed");
    let aside = "SELECT string_agg(DISTINCT reason, ' ') FROM worker.sync_set_aside";
    assert_eq!(text(&platform, aside).await, "company_unknown");
    assert_eq!(platform.count("SELECT count(*) FROM client_companies").await, 1);
    // A person says whose they are.
    platform.give_to_company("parasut").await;
    platform.click(OFFICE, "parasut", "pull_invoices").await;
    once(&platform, LOCAL);
    assert_eq!(text(&platform, done).await, "success|3|0");
    assert_eq!(platform.count("SELECT count(*) FROM worker.sync_set_aside").await, 0);
    let owner = "SELECT string_agg(DISTINCT client_company_id, ' ') FROM invoices";
    assert_eq!(text(&platform, owner).await, "company-office-1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_click_is_answered_and_one_job_does_the_work() {
    let platform = Platform::new().await;
    platform.add_integration(OFFICE, "mock", "MOCK_ACCOUNTING", &mock(&json!({}))).await;
    for _ in 0..3 {
        platform.click(OFFICE, "mock", "pull_invoices").await;
    }
    once(&platform, &[]);
    let ends = "SELECT string_agg(status, ' ' ORDER BY status) FROM integration_sync_jobs";
    assert_eq!(text(&platform, ends).await, "cancelled cancelled success");
    assert_eq!(platform.count("SELECT count(*) FROM invoices").await, 10);
    assert_eq!(platform.count("SELECT count(*) FROM notifications").await, 0);
    assert_eq!(text(&platform, INTEGRATION).await, "connected|success|f");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_no_failure_while_pages_are_stored_however_old_the_job_is() {
    let platform = Platform::new().await;
    // Three pages: the second is put off, and once more when the job has come back.
    let mut config = mock(&json!({"2": "rate_limited", "3": "rate_limited"}));
    (config["recordsPerDay"], config["firstSyncDays"]) = (json!(500), json!(4));
    platform.add_integration(OFFICE, "mock", "MOCK_ACCOUNTING", &config).await;
    platform.click(OFFICE, "mock", "pull_invoices").await;
    let client = platform.connect().await;
    let old =
        "UPDATE integration_sync_jobs SET created_at = now() - interval '9 days', max_attempts = 1";
    client.execute(old, &[]).await.unwrap();
    // There is one attempt only: none may be lost to a slow machine.
    let patient = [SETTINGS, &[("WORKER_LEASE_MS", "600000")]].concat();
    let worker = platform.worker(&["run"], &patient);
    platform.until_synced().await;
    let job = text(&platform, JOB).await;
    assert_eq!(job, "success|1", "{job}");
    assert_eq!(platform.count("SELECT count(*) FROM notifications").await, 0);
    drop(worker);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operator_has_to_mend_breaks_no_integration() {
    let platform = Platform::new().await;
    let source = Arc::new(ParasutSource::default());
    source.add_sale("2026-03-05", "2026-03-05T10:00:00Z", 1_000, OTHER);
    let server = Server::start(Arc::clone(&source)).unwrap();
    let mut config = ParasutSource::config(&server.base());
    config["firstSyncDays"] = json!(3_650);
    platform.add_integration(OFFICE, "parasut", "PARASUT", &config).await;
    platform.give_to_company("parasut").await;
    platform.click(OFFICE, "parasut", "pull_invoices").await;
    let keyless: Vec<_> =
        LOCAL.iter().copied().filter(|(name, _)| *name != "INTEGRATIONS_KEYS").collect();
    once(&platform, &keyless);
    let waits = "SELECT status || attempts FROM integration_sync_jobs";
    assert_eq!(text(&platform, waits).await, "pending1", "it is tried again");
    let connected = "SELECT status FROM tenant_integrations";
    assert_eq!(text(&platform, connected).await, "connected");
    let told = "SELECT message FROM integration_sync_logs ORDER BY created_at DESC LIMIT 1";
    assert!(text(&platform, told).await.contains("sistem yöneticinize bildirin"));
    // So are tokens whose key was taken away.
    let tokens =
        "INSERT INTO worker.integration_tokens (integration_id, tenant_id, sealed, generation)
        VALUES ('parasut', 'office-1', 'sealed:v1:gone:AAAA', 4)";
    platform.connect().await.execute(tokens, &[]).await.unwrap();
    platform.hurry_syncs().await;
    once(&platform, LOCAL);
    assert_eq!(text(&platform, waits).await, "pending2");
    assert_eq!(text(&platform, connected).await, "connected");
    assert!(text(&platform, told).await.contains("erişim anahtarları çözülemedi"));
    // The key is back, or the tokens are gone: the same job ends well.
    platform.connect().await.execute("DELETE FROM worker.integration_tokens", &[]).await.unwrap();
    platform.hurry_syncs().await;
    once(&platform, LOCAL);
    assert_eq!(text(&platform, waits).await, "success3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_is_no_success_although_there_is_nothing_to_do() {
    let platform = Platform::new().await;
    let config = json!({"folder": "x", "pushSyncEnabled": true, "suspenseAccountCode": "102.01"});
    platform.add_integration(OFFICE, "files", "FILE_DROP", &config).await;
    for job_type in ["push_invoices", "push_bank_transactions"] {
        platform.click(OFFICE, "files", job_type).await;
        once(&platform, &[]);
        let job = text(&platform, JOB).await;
        assert!(job.starts_with("failed|1|Bu entegrasyon istenen işlemi desteklemiyor."), "{job}");
    }
    let connected = "SELECT status FROM tenant_integrations";
    assert_eq!(text(&platform, connected).await, "connected", "it pulls all the same");
    // An account of the banks' own is none to book against.
    platform.click(OFFICE, "files", "pull_bank_transactions").await;
    once(&platform, &[]);
    let job = text(&platform, JOB).await;
    assert!(job.contains("suspenseAccountCode"), "{job}");
    assert_eq!(text(&platform, connected).await, "error");
}
