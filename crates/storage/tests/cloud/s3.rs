//! S3, by s3s-fs.

use dev_storage::{Proxy, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3Server};
use storage::{
    StorageError,
    config::{Secret, Variables},
};

use crate::{
    behaves_as_promised,
    faults::{self, Subject},
    tls, with,
};

struct Stage {
    server: S3Server,
    variables: Variables,
    _folder: tempfile::TempDir,
}

async fn stage() -> Stage {
    let folder = tempfile::tempdir().expect("a folder");
    let server = S3Server::start(folder.path(), "uploads").await.expect("serves");
    let variables = Variables {
        kind: Some("s3".to_owned()),
        bucket: Some("uploads".to_owned()),
        endpoint: Some(server.url()),
        access_key_id: Some(S3_ACCESS_KEY_ID.to_owned()),
        secret_access_key: Some(Secret::new(S3_SECRET_ACCESS_KEY)),
        ..Variables::default()
    };
    Stage { server, variables, _folder: folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_common_suite() {
    let stage = stage().await;
    let store = storage::open(&with(&stage.variables, |_| {})).await.expect("opens");
    behaves_as_promised(store.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_borne() {
    let stage = stage().await;
    let proxy = Proxy::start(stage.server.address()).await.expect("relays");
    let through = proxy.url();
    let subject = Subject {
        config: with(&stage.variables, |variables| variables.endpoint = Some(through)),
        direct: storage::open(&with(&stage.variables, |_| {})).await.expect("opens"),
        secrets: vec![S3_SECRET_ACCESS_KEY.to_owned()],
        proxy,
    };
    faults::are_borne(&subject).await;
}

/// Many compatible servers refuse the newer checksums, and bodies whose length they are not told.
#[tokio::test(flavor = "multi_thread")]
async fn another_server_is_spoken_to_plainly() {
    let stage = stage().await;
    let proxy = Proxy::start(stage.server.address()).await.expect("relays");
    let config = with(&stage.variables, |variables| variables.endpoint = Some(proxy.url()));
    let store = storage::open(&config).await.expect("opens");
    let folder = tempfile::tempdir().expect("a folder");
    let spooler = storage::Spooler::new(folder.path());
    let body = spooler.spool_from(&mut &b"0123456789"[..], 10).expect("spooled");
    let key = faults::key("a");
    store.put(&key, storage::Body::File(body), storage::PutOptions::default()).await.expect("put");
    let head = proxy.last_head();
    assert!(head.starts_with("put /uploads/office-faults/a"), "by path: {head}");
    assert!(head.contains("content-length: 10\r\n"), "{head}");
    for refused in ["x-amz-checksum", "x-amz-sdk-checksum", "x-amz-trailer", "aws-chunked"] {
        assert!(!head.contains(refused), "{refused}: {head}");
    }
    store.get(&key, 10).await.expect("read");
    assert!(!proxy.last_head().contains("x-amz-checksum-mode"), "{}", proxy.last_head());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_one_s_own_is_trusted_when_it_is_named() {
    let stage = stage().await;
    let folder = tempfile::tempdir().expect("a folder");
    let tls = tls::front(stage.server.address(), folder.path()).await;
    let unknown = with(&stage.variables, |v| v.endpoint = Some(tls.server.url()));
    let error = storage::open(&unknown).await.expect("opens").check().await.expect_err("unknown");
    assert!(matches!(error, StorageError::Transient { .. }), "{error:?}");
    let named = with(&stage.variables, |v| {
        v.endpoint = Some(tls.server.url());
        v.ca_file = Some(tls.ca_file.to_str().expect("text").to_owned());
    });
    behaves_as_promised(storage::open(&named).await.expect("opens").as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_denied() {
    let stage = stage().await;
    for wrong in [
        with(&stage.variables, |v| v.secret_access_key = Some(Secret::new("anahtar-degil"))),
        with(&stage.variables, |v| v.access_key_id = Some("AKIANOBODY".to_owned())),
    ] {
        let store = storage::open(&wrong).await.expect("opens");
        for error in [
            store.check().await.expect_err("denied"),
            store.get(&faults::key("a"), 10).await.map(drop).expect_err("denied"),
            store.head(&faults::key("a")).await.map(drop).expect_err("denied"),
        ] {
            assert!(matches!(error, StorageError::Denied { .. }), "{error:?}");
            assert!(!format!("{error:?}").contains("anahtar-degil"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_named() {
    let stage = stage().await;
    let config = with(&stage.variables, |variables| variables.bucket = Some("yanlis".to_owned()));
    let store = storage::open(&config).await.expect("opens");
    let key = faults::key("a");
    let body = storage::Body::Bytes(bytes::Bytes::from_static(b"x"));
    for error in [
        store.check().await.expect_err("missing"),
        store.get(&key, 10).await.map(drop).expect_err("missing"),
        // Its answer has no body that could say so.
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
