//! `worker integrations` and `worker sync`: what people and programs read, bad input, exit codes.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use serde_json::{Value, json};
use support::{Finished, Platform, SETTINGS};

const KEY: (&str, &str) = ("INTEGRATIONS_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
const TWO_KEYS: (&str, &str) = (
    "INTEGRATIONS_KEYS",
    "k2:HxweHRobGBkWFxQVEhMQEQ4PDA0KCwgJBgcEBQIDAAE=,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
);
const SECRET: &str = "cok-gizli-anahtar";

async fn stage() -> Platform {
    let platform = Platform::new().await;
    let mock = json!({
        "apiKey": SECRET, "seed": 5, "recordsPerDay": 3, "firstSyncDays": 1, "faults": {"1": "spoilt_record"},
    });
    platform.add_integration("office-1", "mock", "MOCK_ACCOUNTING", &mock).await;
    platform.add_integration("office-1", "files", "FILE_DROP", &json!({"apiKey": "x"})).await;
    platform.add_tenant("office-2").await;
    platform.add_integration("office-2", "other", "MOCK_BANK", &json!({"apiKey": "y"})).await;
    platform
}

fn run(platform: &Platform, arguments: &[&str], more: &[(&str, &str)]) -> Finished {
    let finished = platform.worker(arguments, &[SETTINGS, more].concat()).wait();
    let shown = format!("{}{}", finished.stdout, finished.stderr);
    assert!(!shown.contains(SECRET), "{arguments:?} shows a secret: {shown}");
    finished
}

/// Standard output as text; the command must have succeeded.
fn text(platform: &Platform, arguments: &[&str]) -> String {
    let finished = run(platform, arguments, &[]);
    assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
    finished.stdout
}

fn as_json(platform: &Platform, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(platform, &[arguments, &["--json"]].concat())).unwrap()
}

/// Standard error of a command that must end with this code.
fn refused(platform: &Platform, arguments: &[&str], code: i32) -> String {
    let finished = run(platform, arguments, &[]);
    assert_eq!(finished.code, Some(code), "{arguments:?}: {finished:?}");
    finished.stderr
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn integrations_are_listed_and_tested() {
    let nothing = Platform::new().await;
    let finished = run(&nothing, &["integrations", "list"], &[]);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), ""));
    assert!(finished.stderr.contains("no integrations"), "{finished:?}");
    assert_eq!(as_json(&nothing, &["integrations", "list"]), json!([]));

    let platform = stage().await;
    let listed = as_json(&platform, &["integrations", "list"]);
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids.len(), 3);
    let mock = listed.as_array().unwrap().iter().find(|one| one["id"] == "mock").unwrap();
    assert_eq!(
        *mock,
        json!({
            "id": "mock", "tenantId": "office-1", "displayName": "mock", "provider": "MOCK_ACCOUNTING",
            "type": "accounting", "providerActive": true, "clientCompanyId": null, "status": "connected",
            "lastSyncAt": null, "lastSyncStatus": null, "records": 0, "setAside": 0,
        })
    );
    let of_office = as_json(&platform, &["integrations", "list", "--tenant", "office-2"]);
    assert_eq!(of_office[0]["id"], "other");
    assert_eq!(of_office.as_array().unwrap().len(), 1);
    assert_eq!(
        as_json(&platform, &["integrations", "list", "--limit", "1"]).as_array().unwrap().len(),
        1
    );
    let table = text(&platform, &["integrations", "list"]);
    for word in ["mock", "files", "other", "MOCK_ACCOUNTING", "connected"] {
        assert!(table.contains(word), "{table}");
    }

    let tested = text(&platform, &["integrations", "test", "mock"]);
    assert!(tested.contains("ok: Deneme bağlayıcısı hazır"), "{tested}");
    let tested = run(&platform, &["integrations", "test", "files", "--json"], &[]);
    assert_eq!(tested.code, Some(1));
    let told: Value = serde_json::from_str(&tested.stdout).unwrap();
    assert_eq!(told["ok"], json!(false));
    assert!(told["message"].as_str().unwrap().contains("\"folder\" alanına"), "{told}");
    assert!(told["detail"].as_str().unwrap().contains("set folder"), "{told}");
    let stderr = refused(&platform, &["integrations", "test", "files"], 1);
    assert!(stderr.contains("set folder"), "{stderr}");
    let stderr = refused(&platform, &["integrations", "test", "nobody"], 1);
    assert!(stderr.contains("no integration has the id nobody"), "{stderr}");
    refused(&platform, &["integrations", "test"], 2);
    refused(&platform, &["integrations", "list", "--limit", "0"], 2);
    // Made-up records are refused where they are not allowed.
    let here =
        run(&platform, &["integrations", "test", "mock"], &[("INTEGRATIONS_ALLOW_MOCK", "false")]);
    assert_eq!(here.code, Some(1), "{here:?}");
    assert!(here.stderr.contains("INTEGRATIONS_ALLOW_MOCK"), "{here:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn providers_are_listed_without_a_database() {
    let mut command = support::command();
    command.args(["integrations", "providers", "--json"]);
    let finished = support::Worker::start(command).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let rows: Value = serde_json::from_str(&finished.stdout).unwrap();
    let codes: Vec<_> =
        rows.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    // Those that the platform has always had, and new ones.
    for code in [
        "MOCK_ACCOUNTING",
        "MOCK_BANK",
        "MIKRO_ACCOUNTING",
        "LOGO_ACCOUNTING",
        "ETA",
        "IS_BANKASI",
        "GARANTI_BBVA",
        "FILE_DROP",
        "NILVERA",
        "PARASUT",
        "OHVPS",
        "GOCARDLESS",
    ] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    let parasut = rows.as_array().unwrap().iter().find(|one| one["code"] == "PARASUT").unwrap();
    assert_eq!(parasut["configSchema"]["clientSecret"]["secret"], json!(true));
    let mut command = support::command();
    command.args(["integrations", "providers"]);
    let finished = support::Worker::start(command).wait();
    assert!(finished.stdout.contains("companyId"), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syncs_are_asked_for_listed_and_explained() {
    let platform = stage().await;
    let finished = run(&platform, &["sync", "list"], &[]);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), ""));
    assert!(finished.stderr.contains("no sync jobs"), "{finished:?}");
    assert!(run(&platform, &["sync", "logs"], &[]).stderr.contains("no entries"));

    let stderr = refused(&platform, &["sync", "trigger", "nobody"], 1);
    assert!(stderr.contains("no integration has the id nobody"), "{stderr}");
    refused(&platform, &["sync", "trigger", "mock", "--job-type", "pull_everything"], 2);
    let asked = text(&platform, &["sync", "trigger", "mock"]);
    assert!(asked.contains("(pull_invoices): waiting for a worker"), "{asked}");
    let again = text(&platform, &["sync", "trigger", "mock"]);
    assert!(again.contains("open already"), "{again}");
    assert_eq!(asked.split(' ').next(), again.split(' ').next(), "the same job");
    let asked =
        as_json(&platform, &["sync", "trigger", "files", "--job-type", "pull_bank_transactions"]);
    assert_eq!(
        (&asked["jobType"], &asked["isNew"]),
        (&json!("pull_bank_transactions"), &json!(true))
    );
    let waiting = as_json(&platform, &["sync", "list", "--status", "PENDING"]);
    assert_eq!(waiting.as_array().unwrap().len(), 2);
    assert_eq!(waiting[0]["attempts"], json!(0));
    refused(&platform, &["sync", "list", "--status", "waiting"], 2);
    refused(&platform, &["sync", "list", "--limit", "10001"], 2);

    let done = run(&platform, &["run", "--once"], &[]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let jobs = as_json(&platform, &["sync", "list", "--integration", "mock"]);
    let job = &jobs[0];
    assert_eq!(
        (&job["status"], &job["created"], &job["skipped"]),
        (&json!("success"), &json!(5), &json!(1))
    );
    assert_eq!(job["leaseOwner"], Value::Null);
    let failed =
        as_json(&platform, &["sync", "list", "--status", "failed", "--tenant", "office-1"]);
    assert_eq!(failed[0]["integrationId"], json!("files"));
    assert!(failed[0]["userMessage"].as_str().unwrap().contains("\"folder\" alanına"), "{failed}");
    assert!(failed[0]["lastError"].as_str().unwrap().contains("set folder"), "{failed}");
    let table = text(&platform, &["sync", "list"]);
    for word in ["pull_invoices", "success", "failed", "mock (MOCK_ACCOUNTING)"] {
        assert!(table.contains(word), "{table}");
    }

    let logs = as_json(&platform, &["sync", "logs", "--integration", "mock"]);
    let newest = &logs[0];
    assert_eq!(newest["level"], json!("warning"));
    assert_eq!(
        newest["message"],
        json!("Fatura eşitlemesi tamamlandı: 5 yeni, 0 güncellendi, 0 değişmedi, 1 atlandı.")
    );
    assert_eq!(newest["context"]["skipped"], json!(1));
    let skipped = as_json(
        &platform,
        &["sync", "logs", "--job", job["id"].as_str().unwrap(), "--level", "warning"],
    );
    assert_eq!(skipped.as_array().unwrap().len(), 2, "the record, and the end");
    let errors = text(&platform, &["sync", "logs", "--level", "error"]);
    assert!(errors.contains("Eşitleme hatası"), "{errors}");
    refused(&platform, &["sync", "logs", "--level", "loud"], 2);

    let unmatched =
        as_json(&platform, &["integrations", "unmatched", "--reason", "not_understood"]);
    assert_eq!(unmatched[0]["integrationId"], json!("mock"));
    let unmatched = text(&platform, &["integrations", "unmatched"]);
    assert!(unmatched.contains("Bir alanın değeri anlaşılamadı."), "{unmatched}");
    let none = run(&platform, &["integrations", "unmatched", "--reason", "no_such"], &[]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    let listed = as_json(&platform, &["integrations", "list", "--integration", "mock"]);
    assert_eq!((&listed[0]["records"], &listed[0]["setAside"]), (&json!(5), &json!(1)));
    assert_eq!(listed[0]["lastSyncStatus"], json!("success"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubles_of_earlier_imports_are_listed() {
    let platform = stage().await;
    let finished = run(&platform, &["integrations", "duplicates"], &[]);
    assert!(finished.stderr.contains("no row is there twice"), "{finished:?}");
    let client = platform.connect().await;
    client
        .batch_execute(
            "INSERT INTO invoices (id, tenant_id, client_company_id, external_id, type, issue_date,
                 total_amount, tax_amount, source, created_at, updated_at)
             SELECT 'old-' || n, 'office-1', 'company-office-1', 'F-1', 'SATIŞ', '2026-01-05Z', 10, 1,
                 'integration', now() + n * interval '1 second', now()
             FROM generate_series(1, 2) n",
        )
        .await
        .unwrap();
    let doubles = as_json(&platform, &["integrations", "duplicates"]);
    assert_eq!(
        doubles,
        json!([{
            "stream": "invoices", "tenantId": "office-1", "externalId": "F-1", "ids": ["old-1", "old-2"],
        }])
    );
    assert!(text(&platform, &["integrations", "duplicates"]).contains("old-1 old-2"));
    assert_eq!(
        as_json(&platform, &["integrations", "duplicates", "--tenant", "office-2"]),
        json!([])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_are_sealed_and_sealed_anew_with_a_new_key() {
    let platform = stage().await;
    let finished = run(&platform, &["integrations", "seal"], &[]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("set INTEGRATIONS_KEYS"), "{finished:?}");
    let stored = async || {
        let sql = "SELECT config ->> 'apiKey' FROM tenant_integrations WHERE id = 'mock'";
        platform.row(sql, &[]).await.get::<_, String>(0)
    };
    assert_eq!(stored().await, SECRET, "plain ones are read as they are");

    let arguments = ["integrations", "seal", "--tenant", "office-1", "--json"];
    let finished = run(&platform, &arguments, &[KEY]);
    let sealed: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!((finished.code, &sealed["failed"]), (Some(0), &json!([])));
    let mut ids: Vec<_> =
        sealed["sealed"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["files", "mock"]);
    let first = stored().await;
    assert!(first.starts_with("sealed:v1:k1:"), "{first}");
    let others = "SELECT config ->> 'apiKey' FROM tenant_integrations WHERE id = 'other'";
    assert_eq!(platform.row(others, &[]).await.get::<_, String>(0), "y", "of another office");
    let plain = "SELECT config ->> 'recordsPerDay' FROM tenant_integrations WHERE id = 'mock'";
    assert_eq!(platform.row(plain, &[]).await.get::<_, String>(0), "3", "no secret");

    let finished = run(&platform, &["integrations", "seal", "--integration", "mock"], &[KEY]);
    assert!(finished.stdout.contains("0 sealed, 1 needed nothing"), "{finished:?}");
    let finished = run(&platform, &["integrations", "seal", "--integration", "mock"], &[TWO_KEYS]);
    assert!(finished.stdout.contains("mock: sealed"), "{finished:?}");
    assert!(stored().await.starts_with("sealed:v1:k2:"));
    let tested = run(&platform, &["integrations", "test", "mock"], &[TWO_KEYS]);
    assert_eq!(tested.code, Some(0), "{tested:?}");
    // Stored tokens too: with the new key alone they open, and settings that were sealed stay.
    let tokens = "SELECT sealed FROM worker.integration_tokens WHERE integration_id = 'other'";
    let keys = integrations::KeyRing::parse(KEY.1).unwrap();
    let scope = integrations::secret::Scope { integration: "other", name: "tokens" };
    let old = keys.seal(scope, &integrations::Secret::new("belirteç")).unwrap();
    let insert =
        "INSERT INTO worker.integration_tokens (integration_id, tenant_id, sealed, generation)
        VALUES ('other', 'office-2', $1, 4)";
    platform.connect().await.execute(insert, &[&old]).await.unwrap();
    let finished = run(&platform, &["integrations", "seal", "--tenant", "office-2"], &[TWO_KEYS]);
    assert!(finished.stdout.contains("other: sealed"), "{finished:?}");
    let anew: String = platform.row(tokens, &[]).await.get(0);
    let new_alone = TWO_KEYS.1.split(',').next().unwrap();
    let new_alone = integrations::KeyRing::parse(new_alone).unwrap();
    assert_eq!(new_alone.open(scope, &anew).unwrap().reveal(), "belirteç");
    let finished = run(&platform, &["integrations", "seal", "--tenant", "office-2"], &[TWO_KEYS]);
    assert!(finished.stdout.contains("0 sealed, 1 needed nothing"), "{finished:?}");
    // With the old key alone it cannot be opened, and that is said.
    let tested = run(&platform, &["integrations", "test", "mock"], &[KEY]);
    assert_eq!(tested.code, Some(1), "{tested:?}");
    assert!(tested.stderr.contains("k2"), "{tested:?}");
    let finished =
        run(&platform, &["integrations", "seal", "--integration", "mock", "--json"], &[KEY]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(told["failed"][0]["id"], json!("mock"));
    // A key that is none is a wrong setting.
    let wrong = run(&platform, &["integrations", "list"], &[("INTEGRATIONS_KEYS", "k1:short")]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(
        wrong.stderr.contains("INTEGRATIONS_KEYS") && !wrong.stderr.contains("short"),
        "{wrong:?}"
    );
}
