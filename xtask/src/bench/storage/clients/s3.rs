//! S3: the bare SDK and object_store.

use anyhow::Result;
use async_trait::async_trait;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures::{StreamExt, stream};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use storage::Variables;

use super::{ACCOUNT, BUCKET, KEY, Opens, Pieces, name};

const REGION: &str = "eu-central-1";

pub(super) fn settings(url: &str) -> Variables {
    super::variables("s3", url)
}

pub(super) struct Bare(aws_sdk_s3::Client);

impl Bare {
    pub(super) fn new(url: &str) -> Self {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .http_client(http)
            .endpoint_url(url)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .credentials_provider(Credentials::new(ACCOUNT, KEY, None, None, "bench"))
            .build();
        Self(aws_sdk_s3::Client::from_conf(config))
    }
}

#[async_trait]
impl Opens for Bare {
    async fn open(&self, size: u64) -> Result<Pieces> {
        let answer = self.0.get_object().bucket(BUCKET).key(name(size)).send().await?;
        Ok(stream::try_unfold(answer.body, async |mut body| {
            Ok(body.next().await.transpose()?.map(|piece| (piece, body)))
        })
        .boxed())
    }
}

pub(super) fn other(url: &str) -> Result<AmazonS3> {
    Ok(AmazonS3Builder::new()
        .with_endpoint(url)
        .with_allow_http(true)
        .with_bucket_name(BUCKET)
        .with_region(REGION)
        .with_access_key_id(ACCOUNT)
        .with_secret_access_key(KEY)
        .build()?)
}
