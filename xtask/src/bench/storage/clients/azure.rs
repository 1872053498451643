//! Azure: the bare SDK and object_store.

use std::num::NonZero;

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use azure_storage_blob::{BlobContainerClient, models::BlobClientDownloadOptions};
use futures::StreamExt;
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use storage::Variables;

use super::{ACCOUNT, BUCKET, KEY, Opens, Pieces, name};

pub(super) fn settings(url: &str) -> Variables {
    super::variables("azure", url)
}

/// Without a signature, which the SDK cannot make by an account's key.
pub(super) struct Bare {
    container: BlobContainerClient,
    /// As ours reads, or else in its usual parts, several at a time.
    in_one_part: bool,
}

impl Bare {
    pub(super) fn new(url: &str, in_one_part: bool) -> Result<Self> {
        let url = format!("{url}/{BUCKET}").parse()?;
        Ok(Self { container: BlobContainerClient::new(url, None, None)?, in_one_part })
    }
}

#[async_trait]
impl Opens for Bare {
    async fn open(&self, size: u64) -> Result<Pieces> {
        let options = self.in_one_part.then(|| BlobClientDownloadOptions {
            parallel: Some(NonZero::<usize>::MIN),
            partition_size: Some(NonZero::<usize>::MAX),
            ..BlobClientDownloadOptions::default()
        });
        let answer = self.container.blob_client(&name(size)).download(options).await?;
        Ok(answer.body.map(|piece| piece.map_err(|error| anyhow!(error))).boxed())
    }
}

pub(super) fn other(url: &str) -> Result<MicrosoftAzure> {
    Ok(MicrosoftAzureBuilder::new()
        .with_account(ACCOUNT)
        .with_access_key(KEY)
        .with_container_name(BUCKET)
        .with_endpoint(url.to_owned())
        .with_allow_http(true)
        .build()?)
}
