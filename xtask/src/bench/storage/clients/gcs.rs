//! Google Cloud Storage: the bare SDK and object_store.

use anyhow::Result;
use async_trait::async_trait;
use futures::{StreamExt, stream};
use google_cloud_auth::credentials::anonymous;
use google_cloud_storage::client::Storage;
use object_store::{
    ClientOptions,
    gcp::{GoogleCloudStorage, GoogleCloudStorageBuilder},
};
use storage::Variables;

use super::{BUCKET, Opens, Pieces, name};

pub(super) fn settings(url: &str) -> Variables {
    Variables {
        access_key_id: None,
        secret_access_key: None,
        grpc_endpoint: Some(url.to_owned()),
        anonymous: true,
        ..super::variables("gcs", url)
    }
}

pub(super) struct Bare(Storage);

impl Bare {
    pub(super) async fn new(url: &str) -> Result<Self> {
        let credentials = anonymous::Builder::new().build();
        let builder = Storage::builder().with_endpoint(url).with_credentials(credentials);
        Ok(Self(builder.build().await?))
    }
}

#[async_trait]
impl Opens for Bare {
    async fn open(&self, size: u64) -> Result<Pieces> {
        let request = self.0.read_object(format!("projects/_/buckets/{BUCKET}"), name(size));
        let answer = request.send().await?;
        Ok(stream::try_unfold(answer, async |mut answer| {
            Ok(answer.next().await.transpose()?.map(|piece| (piece, answer)))
        })
        .boxed())
    }
}

pub(super) fn other(url: &str) -> Result<GoogleCloudStorage> {
    Ok(GoogleCloudStorageBuilder::new()
        .with_base_url(url)
        .with_bucket_name(BUCKET)
        .with_skip_signature(true)
        .with_client_options(ClientOptions::new().with_allow_http(true))
        .build()?)
}
