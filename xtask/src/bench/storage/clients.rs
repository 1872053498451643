//! Who reads.

use std::{process::Stdio, sync::Arc};

use anyhow::{Context, Result, ensure};
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use dev_storage::Feeder;
use domain::TenantId;
use futures::StreamExt;
use object_store::{ObjectStoreExt as _, aws::AmazonS3Builder};
use sha2::{Digest as _, Sha256};
use storage::{ObjectKey, ObjectStore, TenantScope, Variables, config::Secret};

const TENANT: &str = "office-bench";
const BUCKET: &str = "uploads";

/// A way to read an object of the server.
pub(super) enum Client {
    Ours(&'static str, Arc<dyn ObjectStore>),
    Bare { client: aws_sdk_s3::Client, hashing: bool },
    ObjectStore(object_store::aws::AmazonS3),
    Curl(Curl),
}

/// The program.
pub(super) struct Curl {
    base: String,
}

/// Ours, the bare library without and with the hash that ours makes, object_store and curl.
pub(super) async fn all(server: &Feeder) -> Result<Vec<Client>> {
    let url = server.url();
    let variables = |kind: &str, endpoint: String| Variables {
        kind: Some(kind.to_owned()),
        bucket: Some(BUCKET.to_owned()),
        endpoint: Some(endpoint),
        access_key_id: Some("muhasebe".to_owned()),
        secret_access_key: Some(Secret::new("Z2l6bGktYW5haHRhcg==")),
        ..Variables::default()
    };
    let gcs = Variables {
        access_key_id: None,
        secret_access_key: None,
        grpc_endpoint: Some(url.clone()),
        anonymous: true,
        ..variables("gcs", url.clone())
    };
    let mut clients = vec![
        Client::Ours("this project, s3", open(&variables("s3", url.clone())).await?),
        Client::Bare { client: bare(&url), hashing: false },
        Client::Bare { client: bare(&url), hashing: true },
        Client::ObjectStore(
            AmazonS3Builder::new()
                .with_endpoint(&url)
                .with_allow_http(true)
                .with_bucket_name(BUCKET)
                .with_region("eu-central-1")
                .with_access_key_id("muhasebe")
                .with_secret_access_key("gizli")
                .build()?,
        ),
        Client::Ours("this project, azure", open(&variables("azure", url.clone())).await?),
        Client::Ours("this project, gcs", open(&gcs).await?),
    ];
    if crate::run::succeeds(std::process::Command::new("curl").arg("--version")) {
        clients.push(Client::Curl(Curl { base: format!("{url}/{BUCKET}") }));
    }
    Ok(clients)
}

async fn open(variables: &Variables) -> Result<Arc<dyn ObjectStore>> {
    let config = variables.check().map_err(|problems| anyhow::anyhow!(problems.join("\n")))?;
    Ok(storage::open(&config).await?)
}

fn bare(url: &str) -> aws_sdk_s3::Client {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .http_client(http)
        .endpoint_url(url)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .credentials_provider(Credentials::new("muhasebe", "gizli", None, None, "bench"))
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

fn path(size: u64) -> String {
    format!("documents/{size}.bin")
}

fn key(size: u64) -> Result<ObjectKey> {
    Ok(TenantScope::new(&TenantId::new(TENANT))?.key(&path(size))?)
}

impl Client {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Ours(name, _) => name,
            Self::Bare { hashing: false, .. } => "aws-sdk-s3",
            Self::Bare { hashing: true, .. } => "aws-sdk-s3 with SHA-256",
            Self::ObjectStore(_) => "object_store",
            Self::Curl(_) => "curl",
        }
    }

    /// Reads a whole object and drops it.
    pub(super) async fn read(&self, size: u64) -> Result<()> {
        let read = self.pieces(size, u64::MAX).await?;
        ensure!(read == size, "{} read {read} of {size} bytes", self.name());
        Ok(())
    }

    /// Reads until something has come.
    pub(super) async fn first_piece(&self, size: u64) -> Result<()> {
        self.pieces(size, 1).await.map(drop)
    }

    /// Bytes read until the end, or until there are enough.
    async fn pieces(&self, size: u64, enough: u64) -> Result<u64> {
        let mut read = 0;
        match self {
            Self::Ours(_, store) => {
                let mut reader = store.open(&key(size)?, size).await?;
                while read < enough
                    && let Some(piece) = reader.next_piece().await?
                {
                    read += piece.len() as u64;
                }
            }
            Self::Bare { client, hashing } => {
                let request = client.get_object().bucket(BUCKET);
                let answer = request.key(format!("{TENANT}/{}", path(size))).send().await?;
                let (mut body, mut hash) = (answer.body, Sha256::new());
                while read < enough
                    && let Some(piece) = body.next().await.transpose()?
                {
                    read += piece.len() as u64;
                    if *hashing {
                        hash.update(&piece);
                    }
                }
                std::hint::black_box(hash.finalize());
            }
            Self::ObjectStore(store) => {
                let answer = store.get(&format!("{TENANT}/{}", path(size)).into()).await?;
                let mut body = answer.into_stream();
                while read < enough
                    && let Some(piece) = body.next().await.transpose()?
                {
                    read += piece.len() as u64;
                }
            }
            Self::Curl(_) => anyhow::bail!("curl reads by itself"),
        }
        Ok(read)
    }
}

impl Curl {
    /// One process for all of them, with its connections.
    pub(super) async fn read(&self, size: u64, at_once: usize, turns: u64) -> Result<()> {
        let mut command = tokio::process::Command::new("curl");
        command.args(["--silent", "--fail", "--no-buffer"]);
        if at_once > 1 {
            command.args(["--parallel", "--parallel-immediate", "--parallel-max"]);
            command.arg(at_once.to_string());
        }
        for _ in 0..turns * at_once as u64 {
            command.arg(format!("{}/{TENANT}/{}", self.base, path(size)));
            command.args(["--output", "/dev/null"]);
        }
        let status = command.stdout(Stdio::null()).status().await.context("curl")?;
        ensure!(status.success(), "curl ended with {status}");
        Ok(())
    }
}
