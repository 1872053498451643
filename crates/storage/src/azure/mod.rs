//! Azure Blob Storage.

mod body;
mod client;
mod fault;
mod shared_key;
#[cfg(feature = "testing")]
pub(crate) mod stage;

use std::num::NonZero;

use async_trait::async_trait;
use azure_storage_blob::{
    BlobContainerClient,
    models::{
        BlobClientDownloadOptions, BlobClientGetPropertiesResultHeaders as _,
        BlobClientUploadOptions, BlobContainerClientListBlobsOptions,
    },
};
use futures::StreamExt;

use crate::{
    cloud::{
        CloudStore,
        content::Content,
        service::{Fault, Listed, Name, Reading, Rest, Service},
        timing::Timing,
    },
    config::AzureConfig,
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{ObjectMeta, PageToken, Sha256Digest},
};

/// The name under which the hash of the content is kept beside it (`x-ms-meta-sha256`).
const SHA256: &str = "sha256";
/// A blob that nobody writes, for [`Service::probe`].
const PROBE: &str = "worker-storage-check/probe";
/// Azure gives no more names at once.
const LONGEST_PAGE: usize = 5_000;
/// One range for a whole object: by its defaults the SDK would hold up to 16 parts of 4 MiB for each
/// download, about 1 GB for 16 at once.
const ONE_PART: NonZero<usize> = NonZero::<usize>::MAX;
/// The same for writes; `Put Blob` takes up to 5,000 MiB.
const ONE_UPLOAD: NonZero<u64> = NonZero::<u64>::MAX;
const ONE_AT_A_TIME: NonZero<usize> = NonZero::<usize>::MIN;

/// A container of Azure.
pub(crate) struct Azure {
    container: BlobContainerClient,
    name: String,
}

impl std::fmt::Debug for Azure {
    // The client's address may hold a SAS.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Azure").field("container", &self.name).finish_non_exhaustive()
    }
}

/// Opens the container; nothing is asked of the server yet.
pub(crate) fn open(
    config: &AzureConfig,
    timing: Timing,
) -> Result<CloudStore<Azure>, StorageError> {
    let container = client::new(config, timing)?;
    Ok(CloudStore::new(Azure { container, name: config.container.clone() }, timing))
}

/// The size of the whole from `bytes 0-9/10`, or else of what is coming.
fn whole_size(range: Option<&str>, length: Option<u64>) -> Result<u64, Fault> {
    let total = range.and_then(|range| range.rsplit_once('/')?.1.parse().ok());
    total.or(length).ok_or_else(|| Fault::Refused("the answer has no content length".to_owned()))
}

#[async_trait]
impl Service for Azure {
    fn bucket(&self) -> &str {
        &self.name
    }

    async fn read(&self, key: &ObjectKey, rest: Option<Rest<'_>>) -> Result<Reading, Fault> {
        let options = BlobClientDownloadOptions {
            parallel: Some(ONE_AT_A_TIME),
            partition_size: Some(ONE_PART),
            range: rest.map(|rest| (rest.offset..).into()),
            if_match: rest.map(|rest| rest.version.to_owned().into()),
            ..BlobClientDownloadOptions::default()
        };
        let blob = self.container.blob_client(key.as_str());
        let answer = blob.download(Some(options)).await.map_err(|error| fault::of_get(&error))?;
        let range = answer.headers.get_optional_str(&"content-range".into());
        let properties = answer.properties;
        let meta = ObjectMeta {
            key: key.clone(),
            size: whole_size(range, properties.content_length)?,
            modified: properties.last_modified.map(Into::into),
            etag: properties.etag.map(|etag| etag.to_string()),
            sha256: properties.metadata.get(SHA256).and_then(|text| Sha256Digest::from_hex(text)),
        };
        let pieces = answer.body.map(|piece| piece.map_err(|error| fault::of(&error)));
        Ok(Reading { meta, pieces: pieces.boxed() })
    }

    async fn write(
        &self,
        key: &ObjectKey,
        content: &Content,
        if_absent: bool,
    ) -> Result<(), Fault> {
        let sha256 = content.stored().sha256.to_string();
        let options = BlobClientUploadOptions {
            parallel: Some(ONE_AT_A_TIME),
            partition_size: Some(ONE_UPLOAD),
            metadata: Some([(SHA256.to_owned(), sha256)].into()),
            if_none_match: if_absent.then(|| "*".into()),
            ..BlobClientUploadOptions::default()
        };
        let blob = self.container.blob_client(key.as_str());
        let body = body::of(content);
        blob.upload(body, Some(options)).await.map_err(|error| fault::of_put(&error))?;
        Ok(())
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, Fault> {
        let blob = self.container.blob_client(key.as_str());
        let answer = blob.get_properties(None).await.map_err(|error| fault::of(&error))?;
        let unreadable = |error| fault::of(&error);
        let size = answer.content_length().map_err(unreadable)?;
        let sha256 = answer.metadata().map_err(unreadable)?;
        Ok(ObjectMeta {
            key: key.clone(),
            size: whole_size(None, size)?,
            modified: answer.last_modified().map_err(unreadable)?.map(Into::into),
            etag: answer.etag().map_err(unreadable)?.map(|etag| etag.to_string()),
            sha256: sha256.get(SHA256).and_then(|text| Sha256Digest::from_hex(text)),
        })
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let blob = self.container.blob_client(key.as_str());
        blob.delete(None).await.map_err(|error| fault::of(&error))?;
        Ok(())
    }

    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Listed, Fault> {
        let options = BlobContainerClientListBlobsOptions {
            prefix: Some(prefix.as_str().to_owned()),
            marker: after.map(|token| token.0.clone()),
            maxresults: i32::try_from(limit.clamp(1, LONGEST_PAGE)).ok(),
            ..BlobContainerClientListBlobsOptions::default()
        };
        let pager = self.container.list_blobs(Some(options)).map_err(|error| fault::of(&error))?;
        let Some(page) = pager.into_pages().next().await else { return Ok(Listed::default()) };
        let page = page
            .and_then(azure_core::http::Response::into_model)
            .map_err(|error| fault::of(&error))?;
        let names = page.blob_items.into_iter().filter_map(|blob| {
            let properties = blob.properties?;
            Some(Name {
                key: blob.name?,
                size: properties.content_length?,
                version: properties.etag.map(|etag| etag.to_string()),
                modified: properties.last_modified.map(Into::into),
            })
        });
        let next = page.next_marker.filter(|marker| !marker.is_empty()).map(PageToken);
        Ok(Listed { names: names.collect(), next })
    }

    async fn probe(&self) -> Result<(), Fault> {
        let blob = self.container.blob_client(PROBE);
        blob.get_properties(None).await.map_err(|error| fault::of(&error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_whole_s() {
        assert_eq!(whole_size(Some("bytes 5-9/10"), Some(5)), Ok(10));
        assert_eq!(whole_size(None, Some(7)), Ok(7));
        assert!(whole_size(Some("bytes */*"), None).is_err());
    }
}
