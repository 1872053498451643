//! What every provider's store does when its server misbehaves: seen through a relay that answers
//! with errors, cuts, hangs and dawdles on request.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use dev_storage::{Fault, Proxy};
use domain::TenantId;
use storage::{
    Body, Config, ObjectKey, ObjectStore, PutOptions, Spooler, StorageError, TenantScope, Timing,
};

const LIMIT: u64 = 8 << 20;

/// A store behind a relay.
pub(crate) struct Subject {
    pub(crate) proxy: Proxy,
    /// Through the relay.
    pub(crate) config: Config,
    /// Past it.
    pub(crate) direct: Arc<dyn ObjectStore>,
    /// What must stand in no error.
    pub(crate) secrets: Vec<String>,
}

/// Waits long, as nothing here should; pauses are short.
fn patient() -> Timing {
    Timing {
        first_byte: Duration::from_mins(1),
        idle: Duration::from_mins(1),
        pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(50),
        ..Timing::default()
    }
}

/// Waits just as long as it takes to see that nothing comes.
fn hasty() -> Timing {
    Timing { first_byte: Duration::from_millis(300), idle: Duration::from_millis(300), ..patient() }
}

pub(crate) fn key(path: &str) -> ObjectKey {
    TenantScope::new(&TenantId::new("office-faults")).expect("a tenant").key(path).expect("a key")
}

fn content() -> Bytes {
    (0..1_000_000_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>().into()
}

fn transient(error: &StorageError) -> Option<io::ErrorKind> {
    match error {
        StorageError::Transient { source, .. } => Some(source.kind()),
        _ => None,
    }
}

impl Subject {
    async fn store(&self, timing: Timing) -> Arc<dyn ObjectStore> {
        storage::open_with(&self.config, timing).await.expect("opens")
    }

    /// Requests that the relay saw during some work.
    async fn counted<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.proxy.requests();
        let outcome = work.await;
        (outcome, self.proxy.requests() - before)
    }

    /// An error tells nothing that it should not.
    fn is_discreet(&self, error: &StorageError) {
        let mut text = format!("{error:?} {error}");
        let mut source = std::error::Error::source(error);
        while let Some(next) = source {
            text = format!("{text} {next:?} {next}");
            source = next.source();
        }
        for secret in &self.secrets {
            assert!(!text.contains(secret.as_str()), "a secret stands in {text}");
        }
        for word in ["authorization", "Authorization", "Signature", "sig="] {
            assert!(!text.contains(word), "{word} stands in {text}");
        }
    }
}

/// Everything, one after the other.
pub(crate) async fn are_borne(subject: &Subject) {
    let object = key("documents/large");
    let body = || Body::Bytes(content());
    subject.direct.put(&object, body(), PutOptions::default()).await.expect("put");
    what_passes_is_tried_again(subject, &object).await;
    what_stays_is_not_tried_again(subject, &object).await;
    a_cut_download_resumes(subject, &object).await;
    a_replaced_object_is_not_glued_together(subject).await;
    silence_ends(subject, &object).await;
    a_slow_body_is_waited_for(subject, &object).await;
    but_not_for_ever(subject, &object).await;
    a_write_is_repeated_from_its_beginning(subject).await;
    a_lost_answer_is_looked_for(subject).await;
    an_outage_is_one(subject, &object).await;
}

async fn what_passes_is_tried_again(subject: &Subject, object: &ObjectKey) {
    let store = subject.store(patient()).await;
    for status in [408, 429, 500, 502, 503, 504] {
        subject.proxy.next([Fault::status(status), Fault::status(status)]);
        let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
        assert!(read.expect("the third try").bytes == content(), "{status}");
        assert_eq!(requests, 3, "{status}");

        subject.proxy.always(Some(Fault::status(status)));
        let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
        subject.proxy.always(None);
        let error = read.expect_err("never answered");
        assert!(error.is_retryable() && transient(&error).is_some(), "{error:?}");
        assert_eq!(requests, 3, "one owner of retries, three tries: {status}");
        subject.is_discreet(&error);
    }
    let wait = |seconds: u32| Fault::Answer {
        status: 503,
        headers: vec![format!("Retry-After: {seconds}")],
        body: String::new(),
    };
    subject.proxy.next([wait(0)]);
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    assert!(read.is_ok() && requests == 2, "{requests}: {read:?}");
    subject.proxy.next([wait(3600)]);
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    assert!(read.is_err_and(|error| error.is_retryable()));
    assert_eq!(requests, 1, "who wants to be asked in an hour is not asked at once");
}

async fn what_stays_is_not_tried_again(subject: &Subject, object: &ObjectKey) {
    let store = subject.store(patient()).await;
    for status in [401, 403] {
        subject.proxy.next([Fault::status(status)]);
        let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
        let error = read.expect_err("denied");
        assert!(matches!(error, StorageError::Denied { .. }), "{status}: {error:?}");
        assert!(!error.is_retryable());
        assert_eq!(requests, 1, "{status}");
        subject.is_discreet(&error);
    }
    subject.proxy.next([Fault::status(400)]);
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    let error = read.expect_err("refused");
    assert!(matches!(error, StorageError::Misconfigured(_)), "{error:?}");
    assert_eq!(requests, 1);
    subject.proxy.next([Fault::status(403)]);
    let refused = store.put(object, Body::Bytes(content()), PutOptions::default()).await;
    assert!(matches!(refused, Err(StorageError::Denied { .. })), "{refused:?}");
}

async fn a_cut_download_resumes(subject: &Subject, object: &ObjectKey) {
    let store = subject.store(patient()).await;
    subject.proxy.next([Fault::CutAfter(300_000), Fault::CutAfter(1), Fault::CutAfter(400_000)]);
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    let read = read.expect("resumed");
    assert!(read.bytes == content(), "the pieces are of one object");
    assert_eq!(requests, 4, "each cut costs one request, not the whole again");

    let folder = tempfile::tempdir().expect("a folder");
    subject.proxy.next([Fault::CutAfter(999_999)]);
    let spooler = Spooler::new(folder.path());
    let spooled = store.get_to_file(object, LIMIT, &spooler).await.expect("resumed");
    assert_eq!(spooled.stored().sha256, read.sha256);

    // Without any progress it ends.
    subject.proxy.next([Fault::CutAfter(300_000)]);
    subject.proxy.always(Some(Fault::CutAfter(0)));
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    subject.proxy.always(None);
    let error = read.expect_err("never comes to its end");
    assert!(transient(&error).is_some(), "{error:?}");
    assert_eq!(requests, 3);
    subject.is_discreet(&error);
}

async fn a_replaced_object_is_not_glued_together(subject: &Subject) {
    let (store, object) = (subject.store(patient()).await, key("documents/replaced"));
    let old = Body::Bytes(vec![b'a'; 1_000_000].into());
    subject.direct.put(&object, old, PutOptions::default()).await.expect("put");
    subject.proxy.next([Fault::CutAfter(300_000)]);
    let mut reader = store.open(&object, LIMIT).await.expect("opens");
    let first = reader.next_piece().await.expect("a piece").expect("not the end");
    assert!(first.iter().all(|byte| *byte == b'a'));
    let new = Body::Bytes(vec![b'b'; 1_000_000].into());
    subject.direct.put(&object, new, PutOptions::default()).await.expect("replaced");
    let error = loop {
        match reader.next_piece().await {
            Ok(Some(piece)) => assert!(piece.iter().all(|byte| *byte == b'a'), "of the new one"),
            Ok(None) => panic!("two halves passed for a whole"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StorageError::Corrupt { .. }), "{error:?}");
}

async fn silence_ends(subject: &Subject, object: &ObjectKey) {
    let store = subject.store(hasty()).await;
    subject.proxy.always(Some(Fault::Hang));
    let read = store.get(object, LIMIT).await;
    let written = store.put(object, Body::Bytes(content()), PutOptions::default()).await;
    subject.proxy.always(None);
    for error in [read.expect_err("silent"), written.expect_err("silent")] {
        assert_eq!(transient(&error), Some(io::ErrorKind::TimedOut), "{error:?}");
    }
    // A body that stands still is a cut.
    let timing = Timing { idle: Duration::from_secs(1), ..patient() };
    let store = subject.store(timing).await;
    subject.proxy.next([Fault::StandStillAfter(300_000)]);
    let read = store.get(object, LIMIT).await.expect("resumed");
    assert!(read.bytes == content());
}

async fn a_slow_body_is_waited_for(subject: &Subject, object: &ObjectKey) {
    let store = subject.store(patient()).await;
    subject.proxy.next([Fault::Slow { piece: 100_000, pause: Duration::from_millis(5) }]);
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    assert!(read.expect("read").bytes == content());
    assert_eq!(requests, 1);
}

async fn but_not_for_ever(subject: &Subject, object: &ObjectKey) {
    // Never idle, and still not done after ten times what a transfer may take.
    let timing = Timing {
        total: Duration::from_millis(200),
        slowest_bytes_per_second: u64::MAX,
        ..patient()
    };
    let store = subject.store(timing).await;
    subject.proxy.next([Fault::Slow { piece: 10_000, pause: Duration::from_millis(20) }]);
    let (read, requests) = subject.counted(store.get(object, LIMIT)).await;
    let error = read.expect_err("too slow");
    assert_eq!(transient(&error), Some(io::ErrorKind::TimedOut), "{error:?}");
    assert_eq!(requests, 1);
}

async fn a_write_is_repeated_from_its_beginning(subject: &Subject) {
    let (store, object) = (subject.store(patient()).await, key("documents/written"));
    let folder = tempfile::tempdir().expect("a folder");
    let content = content();
    let spooled =
        Spooler::new(folder.path()).spool_from(&mut content.as_ref(), LIMIT).expect("spooled");
    subject.proxy.next([Fault::status(503), Fault::status(500)]);
    let (stored, requests) =
        subject.counted(store.put(&object, Body::File(spooled), PutOptions::default())).await;
    assert_eq!(stored.expect("the third try").size, 1_000_000);
    assert_eq!(requests, 3);
    assert!(subject.direct.get(&object, LIMIT).await.expect("there").bytes == content);
}

async fn a_lost_answer_is_looked_for(subject: &Subject) {
    let (store, object) = (subject.store(patient()).await, key("documents/once"));
    let once = PutOptions { if_absent: true };
    subject.proxy.next([Fault::LoseAnswer]);
    let stored = store.put(&object, Body::Bytes(content()), once).await;
    assert_eq!(stored.expect("it was this very write").size, 1_000_000);
    // Another's object is not taken for one's own.
    subject.proxy.next([Fault::status(503)]);
    let other = Body::Bytes(vec![7; 1_000_000].into());
    let refused = store.put(&object, other, once).await;
    assert!(matches!(refused, Err(StorageError::AlreadyExists { .. })), "{refused:?}");
}

async fn an_outage_is_one(subject: &Subject, object: &ObjectKey) {
    let store = subject.store(patient()).await;
    subject.proxy.set_down(true);
    for error in [
        store.get(object, LIMIT).await.expect_err("down"),
        store.put(object, Body::Bytes(content()), PutOptions::default()).await.expect_err("down"),
    ] {
        assert!(transient(&error).is_some(), "{error:?}");
        subject.is_discreet(&error);
    }
    subject.proxy.set_down(false);
    assert!(store.get(object, LIMIT).await.expect("back").bytes == content());
}
