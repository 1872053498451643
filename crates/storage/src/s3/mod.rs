//! Amazon S3 and what speaks its protocol.

mod body;
mod client;
mod fault;

use async_trait::async_trait;
use aws_sdk_s3::{Client, types::ChecksumMode};
use aws_smithy_types::date_time::DateTime;
use base64::Engine as _;
use futures::StreamExt;

use crate::{
    cloud::{
        CloudStore,
        content::Content,
        service::{Fault, Listed, Name, Reading, Rest, Service},
        timing::Timing,
    },
    config::S3Config,
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{ObjectMeta, PageToken, Sha256Digest},
};

/// The name under which the hash of the content is kept beside it (`x-amz-meta-sha256`).
const SHA256: &str = "sha256";
/// An object that nobody writes: asking for it tells whether bucket and keys are right, with no more
/// rights than reading.
const PROBE: &str = "worker-storage-check/probe";
/// S3 gives no more names at once.
const LONGEST_PAGE: usize = 1_000;

/// A bucket of S3.
#[derive(Debug)]
pub(crate) struct S3 {
    client: Client,
    bucket: String,
    /// Amazon's own servers verify checksums; many compatible ones refuse the headers.
    with_checksums: bool,
}

/// Opens the bucket; nothing is asked of the server yet.
pub(crate) async fn open(
    config: &S3Config,
    timing: Timing,
) -> Result<CloudStore<S3>, StorageError> {
    let client = client::new(config, timing).await?;
    let service =
        S3 { client, bucket: config.bucket.clone(), with_checksums: config.endpoint.is_none() };
    Ok(CloudStore::new(service, timing))
}

fn time(time: Option<&DateTime>) -> Option<std::time::SystemTime> {
    time.and_then(|time| std::time::SystemTime::try_from(*time).ok())
}

fn size(length: Option<i64>) -> Result<u64, Fault> {
    length
        .and_then(|length| u64::try_from(length).ok())
        .ok_or_else(|| Fault::Refused("the answer has no content length".to_owned()))
}

#[async_trait]
impl Service for S3 {
    fn bucket(&self) -> &str {
        &self.bucket
    }

    async fn read(&self, key: &ObjectKey, rest: Option<Rest<'_>>) -> Result<Reading, Fault> {
        let mut request = self.client.get_object().bucket(&self.bucket).key(key.as_str());
        match rest {
            Some(rest) => {
                request = request.range(format!("bytes={}-", rest.offset)).if_match(rest.version);
            }
            None if self.with_checksums => request = request.checksum_mode(ChecksumMode::Enabled),
            None => {}
        }
        let answer = request.send().await.map_err(|error| fault::of_get(&error))?;
        let length = size(answer.content_length)?;
        let sha256 = answer.metadata.as_ref().and_then(|all| all.get(SHA256));
        let meta = ObjectMeta {
            key: key.clone(),
            // Of a rest, the end of the whole is what was asked for plus what is coming.
            size: length + rest.map_or(0, |rest| rest.offset),
            modified: time(answer.last_modified.as_ref()),
            etag: answer.e_tag,
            sha256: sha256.and_then(|text| Sha256Digest::from_hex(text)),
        };
        Ok(Reading { meta, pieces: body::pieces(answer.body).boxed() })
    }

    async fn write(
        &self,
        key: &ObjectKey,
        content: &Content,
        if_absent: bool,
    ) -> Result<(), Fault> {
        let stored = content.stored();
        let length = i64::try_from(stored.size)
            .map_err(|_| Fault::Refused("the object is too large".to_owned()))?;
        let mut request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .content_length(length)
            .metadata(SHA256, stored.sha256.to_string())
            .body(body::of(content));
        if self.with_checksums {
            // Known beforehand, so that nothing has to trail the body.
            let sum = base64::engine::general_purpose::STANDARD.encode(stored.sha256.as_bytes());
            request = request.checksum_sha256(sum);
        }
        if if_absent {
            request = request.if_none_match("*");
        }
        request.send().await.map_err(|error| fault::of_put(&error))?;
        Ok(())
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, Fault> {
        let request = self.client.head_object().bucket(&self.bucket).key(key.as_str());
        let answer = request.send().await.map_err(|error| fault::of(&error))?;
        let sha256 = answer.metadata.as_ref().and_then(|all| all.get(SHA256));
        Ok(ObjectMeta {
            key: key.clone(),
            size: size(answer.content_length)?,
            modified: time(answer.last_modified.as_ref()),
            sha256: sha256.and_then(|text| Sha256Digest::from_hex(text)),
            etag: answer.e_tag,
        })
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let request = self.client.delete_object().bucket(&self.bucket).key(key.as_str());
        request.send().await.map_err(|error| fault::of(&error))?;
        Ok(())
    }

    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Listed, Fault> {
        let limit = i32::try_from(limit.clamp(1, LONGEST_PAGE)).unwrap_or(1);
        let answer = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix.as_str())
            .max_keys(limit)
            // Not a continuation token: those end with their server, a key is good for ever.
            .set_start_after(after.map(|token| token.0.clone()))
            .send()
            .await
            .map_err(|error| fault::of(&error))?;
        let more = answer.is_truncated.unwrap_or_default();
        let names: Vec<_> = answer
            .contents
            .unwrap_or_default()
            .into_iter()
            .filter_map(|object| {
                Some(Name {
                    key: object.key?,
                    size: u64::try_from(object.size?).ok()?,
                    modified: time(object.last_modified.as_ref()),
                    version: object.e_tag,
                })
            })
            .collect();
        let next = names.last().filter(|_| more).map(|last| PageToken(last.key.clone()));
        Ok(Listed { names, next })
    }

    async fn probe(&self) -> Result<(), Fault> {
        let request = self.client.get_object().bucket(&self.bucket).key(PROBE).range("bytes=0-0");
        request.send().await.map_err(|error| fault::of_get(&error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use dev_storage::{S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3Server};
    use domain::TenantId;
    use futures::TryStreamExt as _;

    use super::*;
    use crate::{Body, TenantScope, config::Secret};

    /// As Amazon's own servers are spoken to, which the settings allow for no other.
    #[tokio::test(flavor = "multi_thread")]
    async fn amazon_is_sent_a_checksum_that_it_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let server = S3Server::start(folder.path(), "uploads").await.unwrap();
        let config = S3Config {
            bucket: "uploads".to_owned(),
            region: "eu-central-1".to_owned(),
            endpoint: Some(server.url().parse().unwrap()),
            keys: Some((S3_ACCESS_KEY_ID.to_owned(), Secret::new(S3_SECRET_ACCESS_KEY))),
            ca_file: None,
        };
        let client = client::new(&config, Timing::default()).await.unwrap();
        let service = S3 { client, bucket: config.bucket, with_checksums: true };
        let key = TenantScope::new(&TenantId::new("office-1")).unwrap().key("a").unwrap();
        let content = Content::new(Body::Bytes(vec![7; 300_000].into())).await.unwrap();
        service.write(&key, &content, false).await.unwrap();
        let reading = service.read(&key, None).await.unwrap();
        assert_eq!(reading.meta.sha256, Some(content.stored().sha256));
        let pieces: Vec<bytes::Bytes> = reading.pieces.try_collect().await.unwrap();
        assert_eq!(pieces.concat(), vec![7; 300_000]);
    }
}
