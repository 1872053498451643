//! Google Cloud Storage, by our own server in small.

use dev_storage::{GcsServer, Proxy};
use storage::{StorageError, config::Variables};

use crate::{
    behaves_as_promised,
    faults::{self, Subject},
    with,
};

struct Stage {
    server: GcsServer,
    variables: Variables,
    _folder: tempfile::TempDir,
}

async fn stage(is_public: bool) -> Stage {
    let folder = tempfile::tempdir().expect("a folder");
    let server = if is_public {
        GcsServer::start(folder.path(), "uploads").await
    } else {
        GcsServer::start_private(folder.path(), "uploads").await
    };
    let server = server.expect("serves");
    let variables = Variables {
        kind: Some("gcs".to_owned()),
        bucket: Some("uploads".to_owned()),
        endpoint: Some(format!("http://{}", server.json_address())),
        grpc_endpoint: Some(format!("http://{}", server.grpc_address())),
        anonymous: true,
        ..Variables::default()
    };
    Stage { server, variables, _folder: folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_common_suite() {
    let stage = stage(true).await;
    let store = storage::open(&with(&stage.variables, |_| {})).await.expect("opens");
    behaves_as_promised(store.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_borne() {
    let stage = stage(true).await;
    let proxy = Proxy::start(stage.server.json_address()).await.expect("relays");
    let through = proxy.url();
    let subject = Subject {
        config: with(&stage.variables, |variables| variables.endpoint = Some(through)),
        direct: storage::open(&with(&stage.variables, |_| {})).await.expect("opens"),
        secrets: Vec::new(),
        proxy,
    };
    faults::are_borne(&subject).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_protocol_fails_in_the_same_words() {
    let stage = stage(true).await;
    let proxy = Proxy::start(stage.server.grpc_address()).await.expect("relays");
    let through = proxy.url();
    let config = with(&stage.variables, |variables| variables.grpc_endpoint = Some(through));
    let store = storage::open(&config).await.expect("opens");
    let key = faults::key("a");
    let body = storage::Body::Bytes(bytes::Bytes::from_static(b"x"));
    store.put(&key, body, storage::PutOptions::default()).await.expect("put");
    assert_eq!(store.head(&key).await.expect("there").size, 1);
    proxy.set_down(true);
    for error in [
        store.head(&key).await.map(drop).expect_err("down"),
        store.check().await.expect_err("down"),
        store.delete(&key).await.expect_err("down"),
    ] {
        assert!(matches!(error, StorageError::Transient { .. }), "{error:?}");
    }
    proxy.set_down(false);
    store.delete(&key).await.expect("back");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_denied() {
    let stage = stage(false).await;
    let store = storage::open(&with(&stage.variables, |_| {})).await.expect("opens");
    for error in [
        store.check().await.expect_err("denied"),
        store.get(&faults::key("a"), 10).await.map(drop).expect_err("denied"),
        store.head(&faults::key("a")).await.map(drop).expect_err("denied"),
    ] {
        assert!(matches!(error, StorageError::Denied { .. }), "{error:?}");
    }
}

/// The key was made for this test and opens nothing; the token that is signed with it is looked at by
/// the server only for being there.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_s_key_file_signs_the_requests() {
    let stage = stage(false).await;
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/service-account-of-nobody.json");
    let config = with(&stage.variables, |variables| {
        variables.anonymous = false;
        variables.credentials_file = Some(file.to_owned());
    });
    behaves_as_promised(storage::open(&config).await.expect("opens").as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_key_is_named_without_its_content() {
    let stage = stage(false).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("anahtar.json");
    for content in ["gizli", "{\"type\": \"service_account\", \"private_key\": \"gizli\"}"] {
        std::fs::write(&path, content).expect("written");
        let config = with(&stage.variables, |variables| {
            variables.anonymous = false;
            variables.credentials_file = Some(path.to_str().expect("text").to_owned());
        });
        let error = storage::open(&config).await.map(drop).expect_err("no key");
        let text = format!("{error:?} {error}");
        assert!(text.contains("anahtar.json") && !text.contains("gizli"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_named() {
    let stage = stage(true).await;
    let config = with(&stage.variables, |variables| variables.bucket = Some("yanlis".to_owned()));
    let store = storage::open(&config).await.expect("opens");
    let key = faults::key("a");
    let body = storage::Body::Bytes(bytes::Bytes::from_static(b"x"));
    for error in [
        store.check().await.expect_err("missing"),
        store.get(&key, 10).await.map(drop).expect_err("missing"),
        store.head(&key).await.map(drop).expect_err("missing"),
        store.put(&key, body, storage::PutOptions::default()).await.map(drop).expect_err("missing"),
        store.delete(&key).await.expect_err("missing"),
    ] {
        assert!(
            matches!(&error, StorageError::BucketMissing { bucket } if bucket == "yanlis"),
            "{error:?}"
        );
    }
}
