//! The SDK's client as we want it: one TLS library, no retries of its own, our time-outs.

use std::path::Path;

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Credentials, Region, RequestChecksumCalculation,
        ResponseChecksumValidation, SharedCredentialsProvider, SharedHttpClient,
        StalledStreamProtectionConfig, retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

use crate::{cloud::timing::Timing, config::S3Config, error::StorageError};

pub(super) async fn new(config: &S3Config, timing: Timing) -> Result<Client, StorageError> {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls(config.ca_file.as_deref())?)
        .build_https();
    let credentials = credentials(config, &http).await?;
    // Requests are tried again, and bodies watched, by the layer above.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(timing.connect)
        .read_timeout(timing.total_for(0))
        .build();
    let mut builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .credentials_provider(credentials);
    if let Some(endpoint) = &config.endpoint {
        builder = builder
            .endpoint_url(endpoint.as_str())
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    }
    Ok(Client::from_conf(builder.build()))
}

async fn credentials(
    config: &S3Config,
    http: &SharedHttpClient,
) -> Result<SharedCredentialsProvider, StorageError> {
    match &config.keys {
        Some((id, secret)) => Ok(SharedCredentialsProvider::new(Credentials::new(
            id,
            secret.reveal(),
            None,
            None,
            "STORAGE_ACCESS_KEY_ID",
        ))),
        None => ambient(&config.region, http).await,
    }
}

/// The machine's own: environment, profile files, web identity, container, instance.
#[cfg(feature = "s3-ambient")]
async fn ambient(
    region: &str,
    http: &SharedHttpClient,
) -> Result<SharedCredentialsProvider, StorageError> {
    use aws_config::{
        default_provider::credentials::DefaultCredentialsChain, provider_config::ProviderConfig,
    };
    let region = Region::new(region.to_owned());
    // Asks by our client: the library's own would bring another TLS library.
    let config = ProviderConfig::without_region()
        .with_http_client(http.clone())
        .with_region(Some(region.clone()));
    let chain = DefaultCredentialsChain::builder().configure(config).region(region).build().await;
    Ok(SharedCredentialsProvider::new(chain))
}

#[cfg(not(feature = "s3-ambient"))]
#[expect(clippy::unused_async, reason = "as the other build's")]
async fn ambient(_: &str, _: &SharedHttpClient) -> Result<SharedCredentialsProvider, StorageError> {
    Err(StorageError::Misconfigured(
        "STORAGE_ACCESS_KEY_ID and STORAGE_SECRET_ACCESS_KEY are missing".to_owned(),
    ))
}

fn tls(ca_file: Option<&Path>) -> Result<TlsContext, StorageError> {
    let mut trusted = TrustStore::default();
    if let Some(path) = ca_file {
        let pem = std::fs::read(path).map_err(|error| {
            StorageError::Misconfigured(format!(
                "STORAGE_CA_FILE {} cannot be read: {error}",
                path.display()
            ))
        })?;
        trusted = trusted.with_pem_certificate(pem);
    }
    TlsContext::builder()
        .with_trust_store(trusted)
        .build()
        .map_err(|error| StorageError::Misconfigured(format!("STORAGE_CA_FILE: {error}")))
}
