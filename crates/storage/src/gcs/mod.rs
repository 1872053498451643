//! Google Cloud Storage: reading and writing by JSON over HTTP, everything else by gRPC.

mod body;
mod client;
mod fault;

use async_trait::async_trait;
use futures::{StreamExt, stream};
use google_cloud_storage::{
    client::{Storage, StorageControl},
    model::Object,
};

use crate::{
    cloud::{
        CloudStore,
        content::Content,
        service::{Fault, Listed, Name, Reading, Rest, Service},
        timing::Timing,
    },
    config::GcsConfig,
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{ObjectMeta, PageToken, Sha256Digest},
};

/// The name under which the hash of the content is kept beside it (`x-goog-meta-sha256`).
const SHA256: &str = "sha256";
/// GCS gives no more names at once.
const LONGEST_PAGE: usize = 1_000;

/// A bucket of GCS.
#[derive(Debug)]
pub(crate) struct Gcs {
    objects: Storage,
    names: StorageControl,
    bucket: String,
    /// As the interface wants it.
    resource: String,
}

/// Opens the bucket; nothing is asked of the server yet.
pub(crate) async fn open(
    config: &GcsConfig,
    timing: Timing,
) -> Result<CloudStore<Gcs>, StorageError> {
    let (objects, names) = client::new(config).await?;
    let service = Gcs {
        objects,
        names,
        bucket: config.bucket.clone(),
        resource: format!("projects/_/buckets/{}", config.bucket),
    };
    Ok(CloudStore::new(service, timing))
}

fn size(size: i64) -> Result<u64, Fault> {
    u64::try_from(size).map_err(|_| Fault::Refused("the answer has no size".to_owned()))
}

fn updated(object: &Object) -> Option<std::time::SystemTime> {
    object.update_time.and_then(|time| std::time::SystemTime::try_from(time).ok())
}

#[async_trait]
impl Service for Gcs {
    fn bucket(&self) -> &str {
        &self.bucket
    }

    async fn read(&self, key: &ObjectKey, rest: Option<Rest<'_>>) -> Result<Reading, Fault> {
        let mut request = self.objects.read_object(&self.resource, key.as_str());
        if let Some(rest) = rest {
            let generation: i64 = rest.version.parse().map_err(|_| Fault::Changed)?;
            // Not `set_generation`: a bucket with versions would still give the replaced one.
            request = request
                .set_if_generation_match(generation)
                .set_read_range(google_cloud_storage::model_ext::ReadRange::offset(rest.offset));
        }
        let answer = request.send().await.map_err(|error| fault::of_get(&error))?;
        let object = answer.object();
        let meta = ObjectMeta {
            key: key.clone(),
            size: size(object.size)?,
            modified: None,
            etag: Some(object.generation.to_string()),
            sha256: object.metadata.get(SHA256).and_then(|text| Sha256Digest::from_hex(text)),
        };
        let pieces = stream::unfold(answer, async |mut answer| {
            let piece = answer.next().await?;
            Some((piece.map_err(|error| fault::of_body(&error)), answer))
        });
        Ok(Reading { meta, pieces: pieces.boxed() })
    }

    async fn write(
        &self,
        key: &ObjectKey,
        content: &Content,
        if_absent: bool,
    ) -> Result<(), Fault> {
        let stored = content.stored();
        let mut request = self
            .objects
            .write_object(&self.resource, key.as_str(), body::Outgoing::new(content))
            .set_metadata([(SHA256, stored.sha256.to_string())]);
        if if_absent {
            // Generation 0 is that of an object that is not there.
            request = request.set_if_generation_match(0);
        }
        // Boxed: the SDK's future is 30 kB.
        let sent = Box::pin(request.send_unbuffered()).await;
        let object = sent.map_err(|error| fault::of_put(&error))?;
        // The client compares checksums, but not in every case.
        if size(object.size)? == stored.size { Ok(()) } else { Err(Fault::Corrupt) }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, Fault> {
        let request = self.names.get_object().set_bucket(&self.resource).set_object(key.as_str());
        let object = request.send().await.map_err(|error| fault::of(&error))?;
        Ok(ObjectMeta {
            key: key.clone(),
            size: size(object.size)?,
            modified: updated(&object),
            etag: Some(object.generation.to_string()),
            sha256: object.metadata.get(SHA256).and_then(|text| Sha256Digest::from_hex(text)),
        })
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let request =
            self.names.delete_object().set_bucket(&self.resource).set_object(key.as_str());
        request.send().await.map_err(|error| fault::of(&error))
    }

    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Listed, Fault> {
        let answer = self
            .names
            .list_objects()
            .set_parent(&self.resource)
            .set_prefix(prefix.as_str())
            .set_page_size(i32::try_from(limit.clamp(1, LONGEST_PAGE)).unwrap_or(1))
            .set_page_token(after.map(|token| token.0.clone()).unwrap_or_default())
            .send()
            .await
            .map_err(|error| fault::of_list(&error))?;
        let names = answer.objects.into_iter().filter_map(|object| {
            Some(Name {
                size: u64::try_from(object.size).ok()?,
                version: Some(object.generation.to_string()),
                modified: updated(&object),
                key: object.name,
            })
        });
        let next = answer.next_page_token;
        Ok(Listed { names: names.collect(), next: (!next.is_empty()).then_some(PageToken(next)) })
    }

    async fn probe(&self) -> Result<(), Fault> {
        // "Not found" of an object and of its bucket look the same, but not those of a listing.
        let request = self.names.list_objects().set_parent(&self.resource).set_page_size(1);
        request.send().await.map_err(|error| fault::of_list(&error))?;
        // The other protocol may have another address.
        let probe = self.objects.read_object(&self.resource, "worker-storage-check/probe");
        match probe.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(fault::of_get(&error)),
        }
    }
}
