//! Who reads.

mod azure;
mod curl;
mod gcs;
mod s3;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use async_trait::async_trait;
use bytes::Bytes;
use dev_storage::Feeder;
use domain::TenantId;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use object_store::ObjectStoreExt as _;
use sha2::{Digest as _, Sha256};
use storage::{ObjectKey, ObjectStore, TenantScope, Variables, config::Secret};

pub(super) use curl::Curl;

const TENANT: &str = "office-bench";
const BUCKET: &str = "uploads";
const ACCOUNT: &str = "muhasebe";
/// Base64, as Azure wants it; the server does not look.
const KEY: &str = "Z2l6bGktYW5haHRhcg==";

/// The pieces of an object under way.
type Pieces = BoxStream<'static, Result<Bytes>>;

/// A library that opens an object.
#[async_trait]
trait Opens: Send + Sync {
    async fn open(&self, size: u64) -> Result<Pieces>;
}

/// A way to read an object of the server inside this process.
#[derive(Clone)]
pub(super) struct Client {
    name: &'static str,
    library: Arc<dyn Opens>,
    /// Whether what is read is hashed here; ours does so by itself when it is asked.
    hashing: bool,
}

/// Of each provider: ours and the bare library, each without and with the hash, and object_store.
pub(super) async fn all(server: &Feeder) -> Result<Vec<Client>> {
    let url = server.url();
    let mut clients = Vec::new();
    let mut add = |name, library: Arc<dyn Opens>, hashing| {
        clients.push(Client { name, library, hashing });
    };
    // First, as it chooses the process's TLS library, which the others need.
    let (plain, hashed) = ours(&gcs::settings(&url)).await?;
    add("this project, gcs", plain, false);
    add("google-cloud-storage", Arc::new(gcs::Bare::new(&url).await?), false);
    add("object_store, gcs", Arc::new(Other(Box::new(gcs::other(&url)?))), false);
    add("this project with SHA-256, gcs", hashed, false);
    add("google-cloud-storage with SHA-256", Arc::new(gcs::Bare::new(&url).await?), true);
    let (plain, hashed) = ours(&s3::settings(&url)).await?;
    add("this project, s3", plain, false);
    add("aws-sdk-s3", Arc::new(s3::Bare::new(&url)), false);
    add("object_store, s3", Arc::new(Other(Box::new(s3::other(&url)?))), false);
    add("this project with SHA-256, s3", hashed, false);
    add("aws-sdk-s3 with SHA-256", Arc::new(s3::Bare::new(&url)), true);
    let (plain, hashed) = ours(&azure::settings(&url)).await?;
    add("this project, azure", plain, false);
    add("azure_storage_blob in one part", Arc::new(azure::Bare::new(&url, true)?), false);
    add("object_store, azure", Arc::new(Other(Box::new(azure::other(&url)?))), false);
    add("azure_storage_blob, its defaults", Arc::new(azure::Bare::new(&url, false)?), false);
    add("this project with SHA-256, azure", hashed, false);
    add(
        "azure_storage_blob in one part with SHA-256",
        Arc::new(azure::Bare::new(&url, true)?),
        true,
    );
    Ok(clients)
}

/// Ours, and whom it should be as fast as.
pub(super) const PAIRS: [(&str, &str); 9] = [
    ("this project, gcs", "google-cloud-storage"),
    ("this project, gcs", "object_store, gcs"),
    ("this project with SHA-256, gcs", "google-cloud-storage with SHA-256"),
    ("this project, s3", "aws-sdk-s3"),
    ("this project, s3", "object_store, s3"),
    ("this project with SHA-256, s3", "aws-sdk-s3 with SHA-256"),
    ("this project, azure", "azure_storage_blob in one part"),
    ("this project, azure", "object_store, azure"),
    ("this project with SHA-256, azure", "azure_storage_blob in one part with SHA-256"),
];

impl Client {
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// Reads a whole object and drops it; how long its first piece took.
    pub(super) async fn read(&self, size: u64) -> Result<Duration> {
        let began = Instant::now();
        let mut pieces = self.library.open(size).await?;
        let (mut read, mut first, mut hash) = (0, None, Sha256::new());
        while let Some(piece) = pieces.next().await.transpose()? {
            read += piece.len() as u64;
            if self.hashing {
                hash.update(&piece);
            }
            // Hashed, as ours gives it.
            first.get_or_insert_with(|| began.elapsed());
        }
        std::hint::black_box(hash.finalize());
        ensure!(read == size, "{} read {read} of {size} bytes", self.name);
        Ok(first.unwrap_or_default())
    }
}

/// The server makes an object of the size that its name says.
fn path(size: u64) -> String {
    format!("documents/{size}.bin")
}

/// As the bucket has it.
fn name(size: u64) -> String {
    format!("{TENANT}/{}", path(size))
}

fn key(size: u64) -> Result<ObjectKey> {
    Ok(TenantScope::new(&TenantId::new(TENANT))?.key(&path(size))?)
}

/// What the settings of all providers have in common.
fn variables(kind: &str, endpoint: &str) -> Variables {
    Variables {
        kind: Some(kind.to_owned()),
        bucket: Some(BUCKET.to_owned()),
        endpoint: Some(endpoint.to_owned()),
        access_key_id: Some(ACCOUNT.to_owned()),
        secret_access_key: Some(Secret::new(KEY)),
        ..Variables::default()
    }
}

/// Without and with the hash; one store each, as the bare libraries have.
async fn ours(variables: &Variables) -> Result<(Arc<dyn Opens>, Arc<dyn Opens>)> {
    let config = variables.check().map_err(|problems| anyhow::anyhow!(problems.join("\n")))?;
    let plain = Ours { store: storage::open(&config).await?, hashed: false };
    let hashed = Ours { store: storage::open(&config).await?, hashed: true };
    Ok((Arc::new(plain), Arc::new(hashed)))
}

struct Ours {
    store: Arc<dyn ObjectStore>,
    hashed: bool,
}

#[async_trait]
impl Opens for Ours {
    async fn open(&self, size: u64) -> Result<Pieces> {
        if self.hashed {
            let reader = self.store.open_hashed(&key(size)?, size).await?;
            return Ok(stream::try_unfold(reader, async |mut reader| {
                Ok(reader.next_piece().await?.map(|piece| (piece, reader)))
            })
            .boxed());
        }
        let reader = self.store.open(&key(size)?, size).await?;
        Ok(stream::try_unfold(reader, async |mut reader| {
            Ok(reader.next_piece().await?.map(|piece| (piece, reader)))
        })
        .boxed())
    }
}

struct Other(Box<dyn object_store::ObjectStore>);

#[async_trait]
impl Opens for Other {
    async fn open(&self, size: u64) -> Result<Pieces> {
        let answer = self.0.get(&name(size).into()).await?;
        Ok(answer.into_stream().map(|piece| Ok(piece?)).boxed())
    }
}
