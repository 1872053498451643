//! The suite that every backend passes, whatever it stands on. Panics on the first thing that is not
//! as the trait promises.
#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "a test suite panics")]

use bytes::Bytes;
use domain::TenantId;

use crate::{Body, ObjectKey, ObjectStore, PutOptions, Spooler, StorageError, TenantScope};

const LIMIT: u64 = 1 << 20;

fn scope(tenant: &str) -> TenantScope {
    TenantScope::new(&TenantId::new(tenant)).expect("a tenant id")
}

fn key(scope: &TenantScope, path: &str) -> ObjectKey {
    scope.key(path).expect("a key")
}

fn body(text: &str) -> Body {
    Body::Bytes(Bytes::copy_from_slice(text.as_bytes()))
}

/// Makes the container of these settings, for a test on an emulator.
///
/// # Errors
/// The server refuses.
#[cfg(feature = "azure")]
pub async fn create_azure_container(
    config: &crate::config::AzureConfig,
) -> Result<(), StorageError> {
    crate::azure::stage::create_container(config).await
}

/// A shared access signature for everything in an account, for a test on an emulator.
#[cfg(feature = "azure")]
pub fn azure_account_sas(account: &str, key: &str) -> String {
    crate::azure::stage::account_sas(account, key)
}

/// Runs everything on an empty store.
pub async fn behaves_as_promised(store: &dyn ObjectStore, spooler: &Spooler) {
    store.check().await.expect("the store is there");
    what_was_put_is_read(store).await;
    the_limit_holds(store, spooler).await;
    missing_is_not_found(store).await;
    if_absent_keeps_what_is_there(store).await;
    of_conditional_writers_one_wins(store).await;
    large_objects_go_through_files(store, spooler).await;
    listing_is_paged_and_stays_with_the_tenant(store).await;
    writers_at_once_leave_one_whole_object(store).await;
}

async fn what_was_put_is_read(store: &dyn ObjectStore) {
    let tenant = scope("office-read");
    for (path, text) in [
        ("documents/d1/fatura.xml", "<Invoice/>"),
        ("documents/d1/Şubat Ğüİıöç (2).pdf", "%PDF"),
        ("documents/d1/%2e%2e%2F+#?&=.pdf", "literal"),
        ("documents/d1/empty", ""),
        ("top", "no folder"),
    ] {
        let key = key(&tenant, path);
        let stored = store.put(&key, body(text), PutOptions::default()).await.expect(path);
        assert_eq!(stored.size, text.len() as u64, "{path}");
        let object = store.get(&key, LIMIT).await.expect(path);
        assert_eq!(object.bytes, text.as_bytes(), "{path}");
        assert_eq!(object.sha256, stored.sha256, "{path}");
        let meta = store.head(&key).await.expect(path);
        assert_eq!((meta.size, &meta.key), (text.len() as u64, &key), "{path}");

        let mut reader = store.open(&key, LIMIT).await.expect(path);
        let mut streamed = Vec::new();
        while let Some(piece) = reader.next_piece().await.expect(path) {
            streamed.extend_from_slice(&piece);
        }
        assert_eq!(streamed, text.as_bytes(), "{path}");
        let reader = store.open_hashed(&key, LIMIT).await.expect(path);
        assert_eq!(reader.finish().await.expect(path), stored, "{path}");
    }
    let key = key(&tenant, "documents/d1/fatura.xml");
    store.put(&key, body("<Invoice2/>"), PutOptions::default()).await.expect("replaces");
    assert_eq!(store.get(&key, LIMIT).await.expect("replaced").bytes, "<Invoice2/>");
}

async fn the_limit_holds(store: &dyn ObjectStore, spooler: &Spooler) {
    let key = key(&scope("office-limit"), "documents/d1/ten");
    store.put(&key, body("0123456789"), PutOptions::default()).await.expect("put");
    assert_eq!(store.get(&key, 10).await.expect("exactly the limit").bytes.len(), 10);
    for refused in [
        store.get(&key, 9).await.map(drop),
        store.open(&key, 9).await.map(drop),
        store.get_to_file(&key, 9, spooler).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StorageError::TooLarge { limit: 9, .. })), "{refused:?}");
    }
}

async fn missing_is_not_found(store: &dyn ObjectStore) {
    let tenant = scope("office-missing");
    let kept = key(&tenant, "documents/d1/kept");
    store.put(&kept, body("kept"), PutOptions::default()).await.expect("put");
    // Nothing there, no folder there, a folder instead of an object, an object instead of a folder.
    for path in ["documents/d1/none", "none/none/none", "documents/d1", "documents/d1/kept/none"] {
        let key = key(&tenant, path);
        for missing in [
            store.get(&key, LIMIT).await.map(drop),
            store.open(&key, LIMIT).await.map(drop),
            store.head(&key).await.map(drop),
        ] {
            let error = missing.expect_err(path);
            assert!(matches!(error, StorageError::NotFound { .. }), "{path}: {error:?}");
            assert!(!error.is_retryable());
        }
        store.delete(&key).await.expect("deleting what is missing is fine");
    }
    store.delete(&kept).await.expect("delete");
    assert!(matches!(store.get(&kept, LIMIT).await, Err(StorageError::NotFound { .. })));
}

async fn if_absent_keeps_what_is_there(store: &dyn ObjectStore) {
    let key = key(&scope("office-absent"), "documents/d1/once");
    let once = PutOptions { if_absent: true };
    store.put(&key, body("first"), once).await.expect("nothing there");
    let second = store.put(&key, body("second"), once).await;
    assert!(matches!(second, Err(StorageError::AlreadyExists { .. })), "{second:?}");
    assert_eq!(store.get(&key, LIMIT).await.expect("read").bytes, "first");
}

async fn of_conditional_writers_one_wins(store: &dyn ObjectStore) {
    let key = key(&scope("office-absent"), "documents/d1/wanted by all");
    let once = PutOptions { if_absent: true };
    let texts: Vec<String> = (0..8).map(|n| n.to_string().repeat(1_000)).collect();
    let writes = texts.iter().map(|text| store.put(&key, body(text), once));
    let mut winner = None;
    for (text, written) in texts.iter().zip(futures::future::join_all(writes).await) {
        match written {
            Ok(_) => assert!(winner.replace(text).is_none(), "two of them won"),
            Err(error) => {
                assert!(matches!(error, StorageError::AlreadyExists { .. }), "{error:?}");
            }
        }
    }
    let object = store.get(&key, LIMIT).await.expect("read");
    assert_eq!(object.bytes, winner.expect("one of them won").as_bytes());
}

async fn large_objects_go_through_files(store: &dyn ObjectStore, spooler: &Spooler) {
    let key = key(&scope("office-large"), "documents/d1/large");
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let spooled = spooler.spool_from(&mut content.as_slice(), 3_000_000).expect("spooled");
    let expected = spooled.stored();
    let stored = store.put(&key, Body::File(spooled), PutOptions::default()).await.expect("put");
    assert_eq!(stored, expected);
    let back = store.get_to_file(&key, 3_000_000, spooler).await.expect("read");
    assert_eq!(back.stored(), expected);
    let mut read = Vec::new();
    let mut file = back.into_file().expect("rewound");
    std::io::Read::read_to_end(&mut file, &mut read).expect("read");
    assert!(read == content, "the content is the same");
}

async fn listing_is_paged_and_stays_with_the_tenant(store: &dyn ObjectStore) {
    let (one, ten) = (scope("office-list-1"), scope("office-list-10"));
    // `-` and `.` sort before `/`, `0` after it.
    let mut paths = vec!["a-b", "a.b", "a/b", "a/c/d", "a0", "b/a", "b/ş"];
    for path in &paths {
        store.put(&key(&one, path), body(path), PutOptions::default()).await.expect("put");
    }
    store.put(&key(&ten, "a/foreign"), body("x"), PutOptions::default()).await.expect("put");
    paths.sort_unstable();

    for limit in 1..=paths.len() + 1 {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = store.list(&one.all(), after.as_ref(), limit).await.expect("list");
            assert!(page.objects.len() <= limit);
            seen.extend(page.objects.iter().map(|meta| {
                assert_eq!(meta.size, meta.key.storage_path().len() as u64);
                meta.key.storage_path().to_owned()
            }));
            let Some(next) = page.next else { break };
            after = Some(next);
        }
        assert_eq!(seen, paths, "in pages of {limit}");
    }
    let below = store.list(&one.below("a").expect("a folder"), None, 10).await.expect("list");
    let below: Vec<_> = below.objects.iter().map(|meta| meta.key.storage_path()).collect();
    assert_eq!(below, ["a/b", "a/c/d"]);
    let none = store.list(&scope("office-list-none").all(), None, 10).await.expect("list");
    assert!(none.objects.is_empty() && none.next.is_none());
}

async fn writers_at_once_leave_one_whole_object(store: &dyn ObjectStore) {
    let tenant = scope("office-race");
    let key = key(&tenant, "documents/new/folder/raced");
    let texts: Vec<String> = (0..8).map(|n| n.to_string().repeat(10_000 + n)).collect();
    let writes = texts.iter().map(|text| store.put(&key, body(text), PutOptions::default()));
    for written in futures::future::join_all(writes).await {
        written.expect("each write succeeds");
    }
    let object = store.get(&key, LIMIT).await.expect("read");
    assert!(texts.iter().any(|text| object.bytes == text.as_bytes()), "one of them, whole");
    let left = store.list(&tenant.all(), None, 100).await.expect("list");
    assert_eq!(left.objects.len(), 1, "no temporary object is left");
}
