//! What the providers have in common, done once: tries, time-outs, resuming, verifying, and one
//! taxonomy of errors. A provider only brings single requests ([`service::Service`]).

pub(crate) mod content;
mod download;
pub(crate) mod service;
pub(crate) mod timing;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{Instant, sleep, timeout};

use self::{
    content::Content,
    service::{Fault, Reading, Service},
    timing::Timing,
};
use crate::{
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{Body, ListPage, Object, ObjectMeta, PageToken, PutOptions, Stored},
    reading::ObjectReader,
    spool::{Spooled, Spooler},
    store::ObjectStore,
};

/// A provider's bucket as a store of objects.
#[derive(Debug)]
pub(crate) struct CloudStore<S> {
    service: Arc<S>,
    timing: Timing,
    /// Whether the bucket was seen: afterwards an answer "not found" means the object.
    bucket_seen: AtomicBool,
}

impl<S: Service> CloudStore<S> {
    pub(crate) fn new(service: S, timing: Timing) -> Self {
        Self { service: Arc::new(service), timing, bucket_seen: AtomicBool::new(false) }
    }

    /// The one place that tries again.
    async fn trying<T, F>(
        &self,
        limit: Duration,
        mut request: impl FnMut(u32) -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>> + Send,
    {
        let mut failed = 0;
        loop {
            let result = match timeout(limit, request(failed)).await {
                Ok(result) => result,
                Err(_) => Err(Fault::timed_out("the answer did not come")),
            };
            match result {
                Ok(value) => {
                    self.bucket_seen.store(true, Ordering::Relaxed);
                    return Ok(value);
                }
                Err(Fault::Passing { kind, cause, after }) => {
                    failed += 1;
                    let Some(pause) = self.timing.pause_after(failed, after, &mut rand::rng())
                    else {
                        return Err(Fault::Passing { kind, cause, after });
                    };
                    tracing::debug!(cause, failed, "a request to the storage is tried again");
                    sleep(pause).await;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// "Not found" of a bucket that nobody has seen yet may mean the bucket: not every answer says.
    async fn settle(&self, fault: Fault) -> Fault {
        if fault != Fault::Missing || self.bucket_seen.load(Ordering::Relaxed) {
            return fault;
        }
        match self.trying(self.timing.first_byte, |_| self.service.probe()).await {
            Err(Fault::MissingBucket) => Fault::MissingBucket,
            Ok(()) | Err(Fault::Missing) => {
                self.bucket_seen.store(true, Ordering::Relaxed);
                fault
            }
            Err(_) => fault,
        }
    }

    async fn failed(&self, fault: Fault, key: &ObjectKey) -> StorageError {
        error_of(self.settle(fault).await, key, self.service.bucket())
    }

    /// One whole read, begun again when what came is not the object.
    async fn whole<T, F>(
        &self,
        key: &ObjectKey,
        mut read: impl FnMut() -> F,
    ) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, StorageError>> + Send,
    {
        let mut failed = 0;
        loop {
            let error = match read().await {
                // Spoilt on the way, or replaced meanwhile: the next read tells. Cuts have been
                // mended already, as far as there were tries.
                Err(error @ StorageError::Corrupt { .. }) => error,
                other => return other,
            };
            failed += 1;
            let Some(pause) = self.timing.pause_after(failed, None, &mut rand::rng()) else {
                return Err(error);
            };
            tracing::debug!(object = %key, failed, "a download starts over");
            sleep(pause).await;
        }
    }

    /// Writes once, watching that it gets on.
    async fn write(
        &self,
        key: &ObjectKey,
        content: &Content,
        if_absent: bool,
    ) -> Result<(), Fault> {
        let stalled = async {
            let mut before = content.taken();
            loop {
                sleep(self.timing.idle).await;
                let now = content.taken();
                if now == before {
                    return;
                }
                before = now;
            }
        };
        tokio::select! {
            biased;
            written = self.service.write(key, content, if_absent) => written,
            () = stalled => Err(Fault::timed_out("the upload stood still")),
        }
    }
}

#[async_trait]
impl<S: Service> ObjectStore for CloudStore<S> {
    async fn open(&self, key: &ObjectKey, max_bytes: u64) -> Result<ObjectReader, StorageError> {
        let first = self.trying(self.timing.first_byte, |_| self.service.read(key, None)).await;
        let first: Reading = match first {
            Ok(first) => first,
            Err(fault) => return Err(self.failed(fault, key).await),
        };
        let meta = first.meta.clone();
        let pieces = download::pieces(Arc::clone(&self.service), self.timing, first);
        ObjectReader::new(meta, max_bytes, pieces)
    }

    async fn get(&self, key: &ObjectKey, max_bytes: u64) -> Result<Object, StorageError> {
        self.whole(key, || async { self.open_hashed(key, max_bytes).await?.collect().await }).await
    }

    async fn get_to_file(
        &self,
        key: &ObjectKey,
        max_bytes: u64,
        spooler: &Spooler,
    ) -> Result<Spooled, StorageError> {
        self.whole(key, || async { spooler.spool(self.open_hashed(key, max_bytes).await?).await })
            .await
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        let content = Content::new(body)
            .await
            .map_err(|source| StorageError::Transient { what: key.to_string(), source })?;
        let stored = content.stored();
        let limit = self.timing.total_for(stored.size);
        let mut repeated = false;
        let written = self
            .trying(limit, |failed| {
                repeated |= failed > 0;
                self.write(key, &content, options.if_absent)
            })
            .await;
        match written {
            Ok(()) => Ok(stored),
            // The answer to an earlier try may have got lost after the write.
            Err(Fault::Exists) if repeated && self.is_there(key, stored).await => Ok(stored),
            Err(fault) => Err(self.failed(fault, key).await),
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, StorageError> {
        match self.trying(self.timing.first_byte, |_| self.service.head(key)).await {
            Ok(meta) => Ok(meta),
            Err(fault) => Err(self.failed(fault, key).await),
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        match self.trying(self.timing.first_byte, |_| self.service.delete(key)).await {
            Ok(()) => Ok(()),
            Err(fault) => match self.settle(fault).await {
                Fault::Missing => Ok(()),
                fault => Err(error_of(fault, key, self.service.bucket())),
            },
        }
    }

    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<ListPage, StorageError> {
        let listed = self
            .trying(self.timing.first_byte, |_| self.service.list(prefix, after, limit))
            .await
            .map_err(|fault| error_of_place(fault, prefix.as_str(), self.service.bucket()))?;
        let mut has_nameless = false;
        let objects = listed.names.into_iter().filter_map(|name| {
            // Whatever is not a key below the prefix is none of ours, whoever put it there. A name with a
            // slash at its end is how consoles mark a folder.
            let key = ObjectKey::listed(prefix, &name.key);
            has_nameless |= key.is_none() && !name.key.ends_with('/');
            let key = key?;
            Some(ObjectMeta {
                key,
                size: name.size,
                modified: name.modified,
                etag: name.version,
                sha256: None,
            })
        });
        let objects = objects.collect();
        Ok(ListPage { objects, next: listed.next, has_nameless })
    }

    async fn check(&self) -> Result<(), StorageError> {
        match self.trying(self.timing.first_byte, |_| self.service.probe()).await {
            Ok(()) | Err(Fault::Missing) => Ok(()),
            Err(fault) => Err(error_of_place(fault, "the bucket", self.service.bucket())),
        }
    }
}

impl<S: Service> CloudStore<S> {
    async fn is_there(&self, key: &ObjectKey, stored: Stored) -> bool {
        let began = Instant::now();
        let found = self.head(key).await;
        tracing::debug!(object = %key, took = ?began.elapsed(), "looked for a lost answer");
        found.is_ok_and(|meta| meta.size == stored.size && meta.sha256 == Some(stored.sha256))
    }
}

/// What a fault is for the caller, of an object.
fn error_of(fault: Fault, key: &ObjectKey, bucket: &str) -> StorageError {
    match fault {
        Fault::Missing => StorageError::NotFound { key: key.clone() },
        Fault::Exists => StorageError::AlreadyExists { key: key.clone() },
        // Halves of two versions are no content either.
        Fault::Corrupt | Fault::Changed => StorageError::Corrupt { key: key.clone() },
        fault => error_of_place(fault, key.as_str(), bucket),
    }
}

/// What a fault is for the caller, where there is no single object.
fn error_of_place(fault: Fault, what: &str, bucket: &str) -> StorageError {
    let passing = |kind, cause: String| StorageError::Transient {
        what: what.to_owned(),
        source: std::io::Error::new(kind, cause),
    };
    match fault {
        Fault::MissingBucket => StorageError::BucketMissing { bucket: bucket.to_owned() },
        Fault::Denied(code) => StorageError::Denied { what: what.to_owned(), reason: code },
        Fault::Refused(code) => StorageError::Misconfigured(format!(
            "the storage refuses the request for {what} ({code}): check STORAGE_ENDPOINT, \
             STORAGE_REGION and STORAGE_BUCKET_NAME"
        )),
        Fault::Passing { kind, cause, .. } => passing(kind, cause),
        Fault::Missing | Fault::Exists | Fault::Corrupt | Fault::Changed => {
            passing(std::io::ErrorKind::Other, format!("unexpected answer: {fault:?}"))
        }
    }
}
