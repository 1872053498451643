//! Documents in each storage, an outage in the middle, and the commands `worker storage check` and
//! `worker storage copy`.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::{net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use dev_storage::{
    AZURITE_ACCOUNT, AZURITE_ACCOUNT_KEY, Azurite, Fault, GcsServer, Proxy, S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY, S3Server,
};
use domain::TenantId;
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use storage::{Body, ObjectStore, PutOptions, TenantScope, Variables, config::Secret};
use support::{Finished, Platform, Worker, command, demo, invoice_xml, tick};

/// A harness of its own, so that what is left out for want of Azurite (with
/// `STORAGE_TESTS_ALLOW_SKIP=1`) is shown as ignored and not as passed.
fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the switch of these tests alone")]
    let may_skip = std::env::var_os("STORAGE_TESTS_ALLOW_SKIP").is_some_and(|value| value == "1");
    let skip = may_skip && !dev_storage::is_azurite_installed();
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    let tests = vec![
        test("documents_on_s3", || block_on(documents_on_s3())),
        test("documents_on_google_cloud_storage", || block_on(documents_on_google_cloud_storage())),
        test("an_outage_of_s3_costs_no_document_and_no_attempt", || block_on(outage_of_s3())),
        test("an_outage_of_gcs_costs_no_document_and_no_attempt", || block_on(outage_of_gcs())),
        test("an_outage_of_azure_costs_no_document_and_no_attempt", || block_on(outage_of_azure()))
            .with_ignored_flag(skip),
        test("an_outage_of_a_folder_costs_no_document_and_no_attempt", || {
            block_on(outage_of_a_folder());
        })
        .with_ignored_flag(!cfg!(target_os = "linux")),
        test("check_says_what_is_right_and_what_is_wrong", || {
            block_on(check_says_what_is_right_and_what_is_wrong());
        }),
        test("check_names_the_step_that_fails", || block_on(check_names_the_step_that_fails())),
        test("check_probes_google_cloud_storage", || block_on(check_probes_gcs())),
        test("check_probes_azure", || block_on(check_probes_azure())).with_ignored_flag(skip),
        test("copy_goes_on_where_it_was_cut_and_compares_what_arrived", || {
            block_on(copy_goes_on_where_it_was_cut_and_compares_what_arrived());
        }),
        test("copy_finds_what_arrives_spoilt", || block_on(copy_finds_what_arrives_spoilt())),
        test("copy_holds_no_whole_object", || block_on(copy_holds_no_whole_object()))
            .with_ignored_flag(!cfg!(target_os = "linux")),
        test("copy_names_what_is_wrong_with_the_files_and_quotes_no_key", || {
            copy_names_what_is_wrong_with_the_files_and_quotes_no_key();
        }),
        test("documents_on_azure", || block_on(documents_on_azure())).with_ignored_flag(skip),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.unwrap().block_on(test);
}

type Settings = Vec<(&'static str, String)>;

fn s3(url: &str) -> Settings {
    vec![
        ("STORAGE_TYPE", "s3".to_owned()),
        ("STORAGE_BUCKET_NAME", "uploads".to_owned()),
        ("STORAGE_ENDPOINT", url.to_owned()),
        ("STORAGE_ACCESS_KEY_ID", S3_ACCESS_KEY_ID.to_owned()),
        ("STORAGE_SECRET_ACCESS_KEY", S3_SECRET_ACCESS_KEY.to_owned()),
    ]
}

fn gcs(json: SocketAddr, grpc: SocketAddr) -> Settings {
    vec![
        ("STORAGE_TYPE", "gcs".to_owned()),
        ("STORAGE_BUCKET_NAME", "uploads".to_owned()),
        ("STORAGE_ENDPOINT", format!("http://{json}")),
        ("STORAGE_GRPC_ENDPOINT", format!("http://{grpc}")),
        ("STORAGE_ANONYMOUS", "true".to_owned()),
    ]
}

fn azure(url: &str) -> Settings {
    vec![
        ("STORAGE_TYPE", "azure".to_owned()),
        ("STORAGE_BUCKET_NAME", "uploads".to_owned()),
        ("STORAGE_ENDPOINT", url.to_owned()),
        ("STORAGE_ACCESS_KEY_ID", AZURITE_ACCOUNT.to_owned()),
        ("STORAGE_SECRET_ACCESS_KEY", AZURITE_ACCOUNT_KEY.to_owned()),
    ]
}

fn config(settings: &Settings) -> storage::Config {
    let value = |name| settings.iter().find(|(key, _)| *key == name).map(|(_, text)| text.clone());
    let variables = Variables {
        kind: value("STORAGE_TYPE"),
        base_path: value("STORAGE_BASE_PATH"),
        bucket: value("STORAGE_BUCKET_NAME"),
        endpoint: value("STORAGE_ENDPOINT"),
        grpc_endpoint: value("STORAGE_GRPC_ENDPOINT"),
        access_key_id: value("STORAGE_ACCESS_KEY_ID"),
        secret_access_key: value("STORAGE_SECRET_ACCESS_KEY").map(Secret::new),
        anonymous: value("STORAGE_ANONYMOUS").is_some(),
        ..Variables::default()
    };
    variables.check().unwrap()
}

async fn open(settings: &Settings) -> Arc<dyn ObjectStore> {
    storage::open(&config(settings)).await.unwrap()
}

fn scope(tenant: &str) -> TenantScope {
    TenantScope::new(&TenantId::new(tenant)).unwrap()
}

/// Stores a document's object as the platform's backend does, then its rows.
async fn upload(platform: &Platform, store: &dyn ObjectStore, document: &str, bytes: Vec<u8>) {
    let key = scope(platform.tenant).key(&format!("documents/doc_{document}/fatura.xml")).unwrap();
    store.put(&key, Body::Bytes(bytes.into()), PutOptions::default()).await.unwrap();
    platform.upload_for(platform.tenant, document, "fatura.xml", None).await;
}

/// The document loop on one storage: one document that is there, one whose object is missing.
async fn documents_are_read(settings: &Settings) {
    let platform = Platform::new().await;
    let store = open(settings).await;
    upload(&platform, store.as_ref(), "there", demo("cinar-satis-efatura.xml")).await;
    platform.upload_for(platform.tenant, "missing", "yok.xml", None).await;
    let texts: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let worker = platform.worker(&["run"], &texts);
    platform
        .until("SELECT count(*) = 2 FROM document_processing_jobs WHERE status IN ('SUCCESS', 'FAILED')")
        .await;
    drop(worker);
    assert_eq!(platform.state("there").await.0, "SUCCESS");
    let (job, _, sentence) = platform.state("missing").await;
    assert_eq!(job, "FAILED");
    assert!(sentence.unwrap().contains("depoda bulunamadı"));
}

async fn documents_on_s3() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(folder.path(), "uploads").await.unwrap();
    documents_are_read(&s3(&server.url())).await;
}

async fn documents_on_google_cloud_storage() {
    let folder = tempfile::tempdir().unwrap();
    let server = GcsServer::start(folder.path(), "uploads").await.unwrap();
    documents_are_read(&gcs(server.json_address(), server.grpc_address())).await;
}

async fn documents_on_azure() {
    let server = Azurite::start().unwrap_or_else(|error| panic!("{error}"));
    let settings = azure(&server.url());
    let storage::Config::Azure(config) = config(&settings) else { panic!("not azure") };
    storage::testing::create_azure_container(&config).await.unwrap();
    documents_are_read(&settings).await;
}

/// One document is read, then the storage goes away; three more are uploaded meanwhile, past the outage.
async fn an_outage_costs_no_document_and_no_attempt(
    direct: &dyn ObjectStore,
    settings: &Settings,
    set_down: impl Fn(&Worker, bool),
) {
    let platform = Platform::new().await;
    let put = async |number: u32| {
        let xml = invoice_xml(number).into_bytes();
        upload(&platform, direct, &format!("d{number}"), xml).await;
    };
    let texts: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    put(0).await;
    let worker = platform.worker(&["run"], &texts);
    let succeeded = "SELECT count(*) = 1 FROM document_processing_jobs WHERE status = 'SUCCESS'";
    platform.until(succeeded).await;
    set_down(&worker, true);
    for number in 1..=3 {
        put(number).await;
    }
    // Rounds of three documents. 30 seconds at the usual pause of ten are three of them; a document
    // has three attempts, so the outage is longer than those would bear.
    while worker.written("The storage is out of reach") < 3 * 5 {
        tick().await;
    }
    let waiting =
        "SELECT count(*) FROM document_processing_jobs WHERE status IN ('PENDING', 'IN_PROGRESS')";
    assert_eq!(platform.count(waiting).await, 3, "an outage ended a job");
    set_down(&worker, false);
    platform
        .until("SELECT count(*) = 4 FROM document_processing_jobs WHERE status = 'SUCCESS'")
        .await;
    drop(worker);
    let attempts = "SELECT max(attempts_count)::bigint FROM document_processing_jobs";
    assert_eq!(platform.count(attempts).await, 1, "the outage burnt attempts");
}

async fn outage_of_s3() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(folder.path(), "uploads").await.unwrap();
    let proxy = Proxy::start(server.address()).await.unwrap();
    let direct = open(&s3(&server.url())).await;
    an_outage_costs_no_document_and_no_attempt(direct.as_ref(), &s3(&proxy.url()), |_, down| {
        proxy.set_down(down);
    })
    .await;
}

async fn outage_of_gcs() {
    let folder = tempfile::tempdir().unwrap();
    let server = GcsServer::start(folder.path(), "uploads").await.unwrap();
    let json = Proxy::start(server.json_address()).await.unwrap();
    let grpc = Proxy::start(server.grpc_address()).await.unwrap();
    let direct = open(&gcs(server.json_address(), server.grpc_address())).await;
    let settings = gcs(json.address(), grpc.address());
    an_outage_costs_no_document_and_no_attempt(direct.as_ref(), &settings, |_, down| {
        json.set_down(down);
        grpc.set_down(down);
    })
    .await;
}

async fn outage_of_azure() {
    let server = Azurite::start().unwrap_or_else(|error| panic!("{error}"));
    let settings = azure(&server.url());
    let storage::Config::Azure(config) = config(&settings) else { panic!("not azure") };
    storage::testing::create_azure_container(&config).await.unwrap();
    let proxy = Proxy::start(server.address()).await.unwrap();
    let direct = open(&settings).await;
    let settings = azure(&format!("{}/{AZURITE_ACCOUNT}", proxy.url()));
    an_outage_costs_no_document_and_no_attempt(direct.as_ref(), &settings, |_, down| {
        proxy.set_down(down);
    })
    .await;
}

/// A folder that cannot be opened for a while, as one of a file server that is away: here because the
/// process may open no more files.
async fn outage_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let settings = vec![("STORAGE_BASE_PATH", folder.path().to_str().unwrap().to_owned())];
    let direct = open(&settings).await;
    let usual = std::sync::Mutex::new(None);
    an_outage_costs_no_document_and_no_attempt(direct.as_ref(), &settings, |worker, down| {
        let mut usual = usual.lock().unwrap();
        if down {
            *usual = worker.limit_open_files(Some(0));
        } else {
            worker.limit_open_files(*usual);
        }
    })
    .await;
}

fn storage_command(arguments: &[&str], settings: &Settings) -> Worker {
    let mut command = command();
    command.args(arguments).envs(settings.iter().map(|(name, value)| (*name, value.as_str())));
    Worker::start(command)
}

fn check(settings: &Settings) -> (Finished, Value) {
    let finished = storage_command(&["storage", "check", "--json"], settings).wait();
    let report = serde_json::from_str(&finished.stdout).unwrap_or(Value::Null);
    (finished, report)
}

fn states(report: &Value) -> Vec<(String, String)> {
    let text = |step: &Value, name: &str| step[name].as_str().unwrap_or_default().to_owned();
    let steps = report["steps"].as_array().into_iter().flatten();
    steps.map(|step| (text(step, "step"), text(step, "state"))).collect()
}

async fn check_says_what_is_right_and_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(&folder.path().join("s3"), "uploads").await.unwrap();
    let local_folder = folder.path().join("local");
    std::fs::create_dir(&local_folder).unwrap();
    let local = vec![("STORAGE_BASE_PATH", local_folder.to_str().unwrap().to_owned())];
    for settings in [&local, &s3(&server.url())] {
        let (finished, report) = check(settings);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let steps = ["reach", "write", "read", "list", "delete"];
        let fine: Vec<_> = steps.iter().map(|step| ((*step).to_owned(), "ok".to_owned())).collect();
        assert_eq!(states(&report), fine, "{report}");
    }

    let mut wrong = s3(&server.url());
    wrong.retain(|(name, _)| *name != "STORAGE_SECRET_ACCESS_KEY");
    wrong.push(("STORAGE_SECRET_ACCESS_KEY", "gizli-ama-yanlis".to_owned()));
    let (finished, report) = check(&wrong);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!(states(&report), [("reach".to_owned(), "broken".to_owned())]);
    assert!(report["steps"][0]["mend"].as_str().unwrap().contains("credentials"), "{report}");
    assert!(!format!("{finished:?}").contains("gizli-ama-yanlis"));

    let mut elsewhere = s3(&server.url());
    elsewhere.retain(|(name, _)| *name != "STORAGE_BUCKET_NAME");
    elsewhere.push(("STORAGE_BUCKET_NAME", "yanlis".to_owned()));
    let (finished, report) = check(&elsewhere);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(report["steps"][0]["detail"].as_str().unwrap().contains("yanlis"), "{report}");

    elsewhere.retain(|(name, _)| *name == "STORAGE_TYPE");
    let finished = storage_command(&["storage", "check"], &elsewhere).wait();
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("STORAGE_BUCKET_NAME is missing"), "{finished:?}");
}

/// Every step and how it ended, with the code that the command left with.
fn checked(settings: &Settings) -> (Option<i32>, Vec<(String, String)>, String) {
    let (finished, report) = check(settings);
    (finished.code, states(&report), report.to_string())
}

fn as_states(states: &[(&str, &str)]) -> Vec<(String, String)> {
    states.iter().map(|(step, state)| ((*step).to_owned(), (*state).to_owned())).collect()
}

/// Requests of a check of S3: reach, write, read, list, delete, and whether it is gone.
async fn check_names_the_step_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(folder.path(), "uploads").await.unwrap();
    let proxy = Proxy::start(server.address()).await.unwrap();
    let settings = s3(&proxy.url());
    let fails_at = |request: usize| {
        proxy.next((0..request).map(|_| Fault::None).chain([Fault::status(403)]));
        checked(&settings)
    };
    // Reading is all that the worker needs, so what it does not need is a warning.
    let (code, steps, report) = fails_at(1);
    let states = as_states(&[("reach", "ok"), ("write", "warning"), ("list", "ok")]);
    assert_eq!((code, steps), (Some(0), states), "{report}");
    assert!(report.contains("copying to this storage needs it"), "{report}");
    for (request, step) in [(2, "read"), (3, "list")] {
        let (code, steps, report) = fails_at(request);
        assert_eq!(code, Some(1), "{report}");
        let broken: Vec<_> = steps.iter().filter(|(_, state)| state == "broken").collect();
        assert_eq!(broken, [&(step.to_owned(), "broken".to_owned())], "{report}");
        assert!(report.contains("get, put, list and delete"), "{report}");
    }
    for request in [4, 5] {
        let (code, steps, report) = fails_at(request);
        assert_eq!(code, Some(0), "{report}");
        assert_eq!(steps.last().unwrap(), &("delete".to_owned(), "warning".to_owned()), "{report}");
    }
    // A content that is another, and a server that is away.
    proxy.next([Fault::None, Fault::None]);
    proxy.always(Some(Fault::Spoil(3)));
    let (code, steps, report) = checked(&settings);
    proxy.always(None);
    assert_eq!(code, Some(1), "{report}");
    assert!(steps.contains(&("read".to_owned(), "broken".to_owned())), "{report}");
    assert!(report.contains("does not keep what it is given"), "{report}");
    proxy.set_down(true);
    let (code, steps, report) = checked(&settings);
    assert_eq!((code, steps), (Some(1), as_states(&[("reach", "broken")])), "{report}");
    assert!(report.contains("name service, firewall and proxy"), "{report}");
}

async fn check_probes_gcs() {
    let folder = tempfile::tempdir().unwrap();
    let server = GcsServer::start(folder.path(), "uploads").await.unwrap();
    let (code, steps, report) = checked(&gcs(server.json_address(), server.grpc_address()));
    let fine = ["reach", "write", "read", "list", "delete"].map(|step| (step, "ok"));
    assert_eq!((code, steps), (Some(0), as_states(&fine)), "{report}");
}

async fn check_probes_azure() {
    let server = Azurite::start().unwrap_or_else(|error| panic!("{error}"));
    let settings = azure(&server.url());
    let storage::Config::Azure(config) = config(&settings) else { panic!("not azure") };
    storage::testing::create_azure_container(&config).await.unwrap();
    let (code, steps, report) = checked(&settings);
    let fine = ["reach", "write", "read", "list", "delete"].map(|step| (step, "ok"));
    assert_eq!((code, steps), (Some(0), as_states(&fine)), "{report}");
}

/// A file of settings, as `storage copy` takes it.
fn file_of(folder: &Path, name: &str, settings: &Settings) -> String {
    let lines: Vec<String> =
        settings.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
    let path = folder.join(name);
    std::fs::write(&path, lines.concat()).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn keys(store: &dyn ObjectStore, tenant: &str) -> Vec<String> {
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(&scope(tenant).all(), after.as_ref(), 7).await.unwrap();
        keys.extend(page.objects.iter().map(|meta| meta.key.storage_path().to_owned()));
        after = page.next;
        if after.is_none() {
            return keys;
        }
    }
}

async fn copy_goes_on_where_it_was_cut_and_compares_what_arrived() {
    const COUNT: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(&folder.path().join("s3"), "uploads").await.unwrap();
    let base = folder.path().join("local");
    std::fs::create_dir(&base).unwrap();
    let local = vec![("STORAGE_BASE_PATH", base.to_str().unwrap().to_owned())];
    let (source, target) = (open(&local).await, open(&s3(&server.url())).await);
    for number in 0..COUNT {
        let key =
            scope("office-1").key(&format!("documents/d{number}/Şubat {number}.xml")).unwrap();
        let text = vec![u8::try_from(number).unwrap(); 50_000 + number];
        source.put(&key, Body::Bytes(text.into()), PutOptions::default()).await.unwrap();
    }
    let other = scope("office-10").key("documents/d1/baskasi.xml").unwrap();
    let body = Body::Bytes(bytes::Bytes::from_static(b"x"));
    source.put(&other, body, PutOptions::default()).await.unwrap();

    let from = file_of(folder.path(), "from.env", &local);
    let to = file_of(folder.path(), "to.env", &s3(&server.url()));
    let arguments =
        ["storage", "copy", "--from", &from, "--to", &to, "--tenant", "office-1", "--json"];
    let nothing = Settings::new();
    let cut = storage_command(&[&arguments[..], &["--parallel", "1"]].concat(), &nothing);
    while keys(target.as_ref(), "office-1").await.len() < 5 {
        tick().await;
    }
    cut.signal(rustix::process::Signal::KILL);
    assert_eq!(cut.wait().code, None);

    let finished = storage_command(&arguments, &nothing).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    let number = |name: &str| usize::try_from(report[name].as_u64().unwrap()).unwrap();
    assert_eq!(number("copied") + number("alreadyThere"), COUNT, "{report}");
    assert!(finished.stderr.contains("40 of 40: "), "no progress with a total: {finished:?}");
    assert!(number("alreadyThere") >= 5, "what had arrived was copied again: {report}");
    assert_eq!(keys(target.as_ref(), "office-1").await, keys(source.as_ref(), "office-1").await);
    assert!(keys(target.as_ref(), "office-10").await.is_empty(), "another office's was copied");
    for path in keys(source.as_ref(), "office-1").await {
        let key = scope("office-1").key(&path).unwrap();
        let (ours, theirs) =
            (source.get(&key, 1 << 20).await.unwrap(), target.get(&key, 1 << 20).await.unwrap());
        assert_eq!(ours.sha256, theirs.sha256, "{path}");
    }

    // Another content is not silently replaced, nor is it taken for the same.
    let key = scope("office-1").key("documents/d0/Şubat 0.xml").unwrap();
    let body = Body::Bytes(vec![9; 50_000].into());
    target.put(&key, body, PutOptions::default()).await.unwrap();
    let finished = storage_command(&arguments, &nothing).wait();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(report["problems"][0]["storagePath"], "documents/d0/Şubat 0.xml", "{report}");
    let finished = storage_command(&[&arguments[..], &["--overwrite"]].concat(), &nothing).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(target.get(&key, 1 << 20).await.unwrap().bytes, vec![0; 50_000]);
}

async fn copy_finds_what_arrives_spoilt() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start(&folder.path().join("s3"), "uploads").await.unwrap();
    let proxy = Proxy::start(server.address()).await.unwrap();
    let base = folder.path().join("local");
    std::fs::create_dir_all(base.join("office-1")).unwrap();
    std::fs::write(base.join("office-1/a.pdf"), vec![7; 50_000]).unwrap();
    let from = vec![("STORAGE_BASE_PATH", base.to_str().unwrap().to_owned())];
    let from = file_of(folder.path(), "from.env", &from);
    let to = file_of(folder.path(), "to.env", &s3(&proxy.url()));
    let arguments =
        ["storage", "copy", "--from", &from, "--to", &to, "--tenant", "office-1", "--json"];
    // Long enough to meet only the object itself, when it is read back.
    proxy.always(Some(Fault::Spoil(40_000)));
    let finished = storage_command(&arguments, &Settings::new()).wait();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(
        (&report["copied"], &report["problems"][0]["storagePath"]),
        (&0.into(), &"a.pdf".into())
    );
    proxy.always(None);
    let finished = storage_command(&arguments, &Settings::new()).wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(report["alreadyThere"], 1, "{report}");
}

async fn copy_holds_no_whole_object() {
    const SIZE: u64 = 100 << 20;
    const COUNT: u64 = 8;
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    std::fs::create_dir_all(from.join("office-1")).unwrap();
    std::fs::create_dir(&to).unwrap();
    for number in 0..COUNT {
        let file = std::fs::File::create(from.join(format!("office-1/{number}.bin"))).unwrap();
        file.set_len(SIZE).unwrap();
    }
    let settings = |path: &Path| vec![("STORAGE_BASE_PATH", path.to_str().unwrap().to_owned())];
    let from = file_of(folder.path(), "from.env", &settings(&from));
    let to = file_of(folder.path(), "to.env", &settings(&to));
    let arguments = ["storage", "copy", "--from", &from, "--to", &to, "--tenant", "office-1"];
    let arguments = [&arguments[..], &["--parallel", "8"]].concat();
    let copying = storage_command(&arguments, &Settings::new());
    let mut peak = 0;
    while let Some(memory) = copying.peak_memory() {
        peak = memory;
        tick().await;
    }
    let finished = copying.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    // The whole process, with 800 MB under way.
    assert!(peak < 128 << 20, "{} MB", peak >> 20);
}

fn copy_names_what_is_wrong_with_the_files_and_quotes_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let spoilt = folder.path().join("spoilt.env");
    std::fs::write(&spoilt, "STORAGE_TYPE=s3\nSTORAGE_SECRET_ACCESS_KEY=gizli anahtar\n").unwrap();
    let spoilt = spoilt.to_str().unwrap();
    let arguments = ["storage", "copy", "--from", spoilt, "--to", "env", "--tenant", "a"];
    let finished = storage_command(&arguments, &Settings::new()).wait();
    assert_ne!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.contains("spoilt.env"), "{finished:?}");
    assert!(!finished.stderr.contains("gizli"), "{finished:?}");
}
