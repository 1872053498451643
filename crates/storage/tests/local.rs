//! The local backend: the common suite, and what only a file system can be attacked with.
#![allow(clippy::expect_used, reason = "a test panics")]

use std::{fs, os::unix::fs::symlink, path::Path};

use bytes::Bytes;
use domain::TenantId;
use storage::{
    Body, LocalStore, ObjectKey, ObjectStore, PutOptions, Spooler, StorageError, TenantScope,
};

fn key(tenant: &str, path: &str) -> ObjectKey {
    TenantScope::new(&TenantId::new(tenant)).expect("a tenant").key(path).expect("a key")
}

fn body(text: &'static str) -> Body {
    Body::Bytes(Bytes::from_static(text.as_bytes()))
}

fn store(base: &Path) -> LocalStore {
    LocalStore::open(base).expect("the base opens")
}

#[tokio::test]
async fn behaves_as_promised() {
    let base = tempfile::tempdir().expect("a folder");
    let spool = tempfile::tempdir().expect("a folder");
    let spooler = Spooler::new(spool.path());
    storage::testing::behaves_as_promised(&store(base.path()), &spooler).await;
    assert_eq!(fs::read_dir(spool.path()).expect("listed").count(), 0, "no spool file is left");
}

#[tokio::test]
async fn reads_what_the_platform_lays_down() {
    let base = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(base.path().join("ckoffice/documents/doc_1_ab")).expect("folders");
    fs::write(base.path().join("ckoffice/documents/doc_1_ab/Fatura Ş.pdf"), "%PDF").expect("file");
    let object =
        store(base.path()).get(&key("ckoffice", "documents/doc_1_ab/Fatura Ş.pdf"), 100).await;
    assert_eq!(object.expect("read").bytes, "%PDF");
}

#[tokio::test]
async fn follows_no_link_anywhere() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::create_dir(outside.path().join("sub")).expect("a folder");
    fs::write(outside.path().join("secret"), "secret").expect("a file");
    fs::write(outside.path().join("sub/secret"), "secret").expect("a file");
    let base = tempfile::tempdir().expect("a folder");
    let at = |path: &str| base.path().join(path);
    fs::create_dir_all(at("t1/documents")).expect("folders");
    fs::create_dir_all(at("t2/documents")).expect("folders");
    fs::write(at("t2/documents/theirs"), "theirs").expect("a file");
    symlink(outside.path().join("secret"), at("t1/documents/file")).expect("a link");
    symlink(outside.path(), at("t1/documents/folder")).expect("a link");
    symlink("../../t2/documents", at("t1/documents/neighbour")).expect("a link");
    symlink("../../t2/documents/theirs", at("t1/documents/theirs")).expect("a link");
    symlink(outside.path(), at("t3")).expect("a link as a tenant's folder");

    let store = store(base.path());
    for (tenant, path) in [
        ("t1", "documents/file"),
        ("t1", "documents/folder/secret"),
        ("t1", "documents/folder/sub/secret"),
        ("t1", "documents/neighbour/theirs"),
        ("t1", "documents/theirs"),
        ("t3", "secret"),
    ] {
        let key = key(tenant, path);
        for result in [
            store.get(&key, 100).await.map(drop),
            store.open(&key, 100).await.map(drop),
            store.head(&key).await.map(drop),
        ] {
            let error = result.expect_err(path);
            assert!(matches!(error, StorageError::Denied { .. }), "{path}: {error:?}");
        }
    }
    for path in ["documents/folder/new", "documents/neighbour/new"] {
        let refused = store.put(&key("t1", path), body("x"), PutOptions::default()).await;
        assert!(matches!(refused, Err(StorageError::Denied { .. })), "{refused:?}");
        let refused = store.delete(&key("t1", path)).await;
        assert!(matches!(refused, Err(StorageError::Denied { .. })), "{refused:?}");
    }
    // A write takes the link's name and leaves its target alone.
    store
        .put(&key("t1", "documents/file"), body("ours"), PutOptions::default())
        .await
        .expect("put");
    assert_eq!(fs::read_to_string(outside.path().join("secret")).expect("there"), "secret");
    assert_eq!(fs::read_to_string(at("t1/documents/file")).expect("there"), "ours");
    assert!(!outside.path().join("new").exists() && !at("t2/documents/new").exists());

    let scope = TenantScope::new(&TenantId::new("t1")).expect("a tenant");
    let listed = store.list(&scope.all(), None, 100).await.expect("listed");
    let listed: Vec<_> = listed.objects.iter().map(|meta| meta.key.as_str()).collect();
    assert_eq!(listed, ["t1/documents/file"], "links are no objects");
}

#[tokio::test]
async fn what_is_no_file_is_refused_without_waiting() {
    let base = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(base.path().join("t1")).expect("a folder");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        base.path().join("t1/pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .expect("a pipe");
    let refused = store(base.path()).get(&key("t1", "pipe"), 100).await;
    assert!(matches!(refused, Err(StorageError::Denied { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_failed_write_leaves_nothing() {
    let base = tempfile::tempdir().expect("a folder");
    let store = store(base.path());
    let taken = key("t1", "documents/taken");
    store
        .put(&key("t1", "documents/taken/below"), body("x"), PutOptions::default())
        .await
        .expect("put");
    let refused = store.put(&taken, body("y"), PutOptions::default()).await;
    assert!(matches!(refused, Err(StorageError::Denied { .. })), "{refused:?}");
    let names: Vec<_> = fs::read_dir(base.path().join("t1/documents"))
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["taken"]);
}

#[tokio::test]
async fn the_base_is_held_even_when_its_name_moves() {
    let parent = tempfile::tempdir().expect("a folder");
    let base = parent.path().join("base");
    fs::create_dir_all(base.join("t1")).expect("a folder");
    fs::write(base.join("t1/a"), "a").expect("a file");
    let store = store(&base);
    fs::rename(&base, parent.path().join("moved")).expect("moved");
    fs::create_dir_all(base.join("t1")).expect("another folder of that name");
    fs::write(base.join("t1/a"), "another").expect("a file");
    assert_eq!(store.get(&key("t1", "a"), 10).await.expect("read").bytes, "a");
}

#[test]
fn a_wrong_base_says_what_to_do() {
    let base = tempfile::tempdir().expect("a folder");
    fs::write(base.path().join("file"), "").expect("a file");
    for (path, hint) in [("none", "create it"), ("file", "not a folder")] {
        let error = LocalStore::open(&base.path().join(path)).expect_err(path);
        assert!(matches!(error, StorageError::Misconfigured(_)));
        let text = error.to_string();
        assert!(text.contains("STORAGE_BASE_PATH") && text.contains(hint), "{text}");
    }
}
