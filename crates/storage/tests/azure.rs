//! Azure Blob Storage, by Azurite: the signatures of our own are checked by somebody else's code.
//!
//! Without the emulator these tests fail; with `STORAGE_TESTS_ALLOW_SKIP=1` they are shown as ignored,
//! which is why they have a harness of their own.
#![allow(clippy::expect_used, reason = "a test panics")]

#[path = "cloud/faults.rs"]
mod faults;
#[path = "cloud/tls.rs"]
mod tls;

use std::{process::ExitCode, sync::Arc};

use dev_storage::{AZURITE_ACCOUNT, AZURITE_ACCOUNT_KEY, Azurite, Proxy};
use faults::Subject;
use libtest_mimic::{Arguments, Trial};
use storage::{
    Body, Config, ObjectStore, PutOptions, Spooler, StorageError,
    config::{Secret, Variables},
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    #[expect(clippy::disallowed_methods, reason = "the switch of this test alone")]
    let may_skip = std::env::var_os("STORAGE_TESTS_ALLOW_SKIP").is_some_and(|value| value == "1");
    let skip = may_skip && !dev_storage::is_azurite_installed();
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
        .with_ignored_flag(skip)
    };
    let tests = vec![
        test("the_common_suite", || block_on(the_common_suite())),
        test("faults_are_borne", || block_on(faults_are_borne())),
        test("a_connection_string_opens_it", || block_on(a_connection_string_opens_it())),
        test("a_signature_of_the_account_opens_it", || block_on(a_sas_opens_it())),
        test("an_authority_is_trusted_when_it_is_named", || block_on(an_authority_is_trusted())),
        test("wrong_credentials_are_denied", || block_on(wrong_credentials_are_denied())),
        test("a_missing_container_is_named", || block_on(a_missing_container_is_named())),
    ];
    libtest_mimic::run(&arguments, tests).exit_code()
}

fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

struct Stage {
    server: Azurite,
    variables: Variables,
}

impl Stage {
    async fn new() -> Self {
        let server = Azurite::start().unwrap_or_else(|error| panic!("{error}"));
        let variables = Variables {
            kind: Some("azure".to_owned()),
            bucket: Some("uploads".to_owned()),
            endpoint: Some(server.url()),
            access_key_id: Some(AZURITE_ACCOUNT.to_owned()),
            secret_access_key: Some(Secret::new(AZURITE_ACCOUNT_KEY)),
            ..Variables::default()
        };
        let stage = Self { server, variables };
        let Config::Azure(config) = stage.config(|_| {}) else { panic!("not azure") };
        storage::testing::create_azure_container(&config).await.expect("a container");
        stage
    }

    fn config(&self, change: impl FnOnce(&mut Variables)) -> Config {
        let mut variables = self.variables.clone();
        change(&mut variables);
        variables.check().expect("valid settings")
    }

    async fn open(&self, change: impl FnOnce(&mut Variables)) -> Arc<dyn ObjectStore> {
        storage::open(&self.config(change)).await.expect("opens")
    }
}

async fn the_common_suite() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = stage.open(|_| {}).await;
    storage::testing::behaves_as_promised(store.as_ref(), &Spooler::new(folder.path())).await;
}

async fn faults_are_borne() {
    let stage = Stage::new().await;
    let proxy = Proxy::start(stage.server.address()).await.expect("relays");
    let through = format!("{}/{AZURITE_ACCOUNT}", proxy.url());
    let subject = Subject {
        config: stage.config(|variables| variables.endpoint = Some(through)),
        direct: stage.open(|_| {}).await,
        secrets: vec![AZURITE_ACCOUNT_KEY.to_owned()],
        proxy,
    };
    faults::are_borne(&subject).await;
}

async fn a_connection_string_opens_it() {
    let stage = Stage::new().await;
    let text = format!(
        "DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};\
         AccountKey={AZURITE_ACCOUNT_KEY};BlobEndpoint={};",
        stage.server.url()
    );
    let store = stage
        .open(|variables| {
            *variables = Variables {
                kind: variables.kind.clone(),
                bucket: variables.bucket.clone(),
                connection_string: Some(Secret::new(text)),
                ..Variables::default()
            };
        })
        .await;
    reads_what_it_wrote(store.as_ref()).await;
}

async fn a_sas_opens_it() {
    let stage = Stage::new().await;
    let with_sas = |token: String| {
        stage.open(move |variables| {
            variables.access_key_id = None;
            variables.secret_access_key = None;
            variables.sas_token = Some(Secret::new(token));
        })
    };
    reads_what_it_wrote(
        with_sas(storage::testing::azure_account_sas(AZURITE_ACCOUNT, AZURITE_ACCOUNT_KEY))
            .await
            .as_ref(),
    )
    .await;
    let other = storage::testing::azure_account_sas(AZURITE_ACCOUNT, "YmFza2EtYW5haHRhcg==");
    let error = with_sas(other).await.check().await.expect_err("denied");
    assert!(matches!(error, StorageError::Denied { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("sig"), "{error:?}");
}

async fn an_authority_is_trusted() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let tls = tls::front(stage.server.address(), folder.path()).await;
    let url = format!("{}/{AZURITE_ACCOUNT}", tls.server.url());
    let unknown = stage.open(|variables| variables.endpoint = Some(url.clone())).await;
    let error = unknown.check().await.expect_err("unknown");
    assert!(matches!(error, StorageError::Transient { .. }), "{error:?}");
    let named = stage.open(|variables| {
        variables.endpoint = Some(url.clone());
        variables.ca_file = Some(tls.ca_file.to_str().expect("text").to_owned());
    });
    reads_what_it_wrote(named.await.as_ref()).await;
}

async fn reads_what_it_wrote(store: &dyn ObjectStore) {
    store.check().await.expect("reachable");
    let key = faults::key("documents/Şubat 1+2.pdf");
    let body = Body::Bytes(bytes::Bytes::from_static(b"%PDF"));
    store.put(&key, body, PutOptions::default()).await.expect("put");
    assert_eq!(store.get(&key, 10).await.expect("read").bytes, "%PDF");
}

async fn wrong_credentials_are_denied() {
    let stage = Stage::new().await;
    let wrong = Some(Secret::new("YmFza2EtYW5haHRhcg=="));
    let store = stage.open(|variables| variables.secret_access_key = wrong).await;
    for error in [
        store.check().await.expect_err("denied"),
        store.get(&faults::key("a"), 10).await.map(drop).expect_err("denied"),
        store.head(&faults::key("a")).await.map(drop).expect_err("denied"),
    ] {
        assert!(matches!(error, StorageError::Denied { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("YmFza2E"));
    }
}

async fn a_missing_container_is_named() {
    let stage = Stage::new().await;
    let store = stage.open(|variables| variables.bucket = Some("yanlis".to_owned())).await;
    let key = faults::key("a");
    let body = Body::Bytes(bytes::Bytes::from_static(b"x"));
    for error in [
        store.check().await.expect_err("missing"),
        store.get(&key, 10).await.map(drop).expect_err("missing"),
        store.head(&key).await.map(drop).expect_err("missing"),
        store.put(&key, body, PutOptions::default()).await.map(drop).expect_err("missing"),
        store.delete(&key).await.expect_err("missing"),
    ] {
        assert!(
            matches!(&error, StorageError::BucketMissing { bucket } if bucket == "yanlis"),
            "{error:?}"
        );
    }
}
