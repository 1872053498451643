//! S3 over a folder, inside this process: `s3s-fs`, with what real servers do and it does not.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::StreamExt as _;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    S3, S3Request, S3Response, S3Result,
    auth::SimpleAuth,
    dto::{
        DeleteObjectInput, DeleteObjectOutput, ETagCondition, GetObjectInput, GetObjectOutput,
        HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput,
        PutObjectOutput,
    },
    s3_error,
    service::S3ServiceBuilder,
};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, sync::RwLock, task::JoinHandle};

/// The key id that the server knows.
pub const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// Its secret: the example of Amazon's documentation.
pub const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A running server with one bucket; ends when dropped.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl S3Server {
    /// Serves a folder on a free port of the loopback address, with a bucket of this name in it.
    ///
    /// # Errors
    /// The folder cannot be used, or no port can be had.
    pub async fn start(folder: &Path, bucket: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder.join(bucket))?;
        let files =
            FileSystem::new(folder).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let server =
            Server { files, folder: folder.canonicalize()?, order: Arc::new(RwLock::new(())) };
        let mut service = S3ServiceBuilder::new(server);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Without this each answer waits for the client's acknowledgement, some 40 ms.
                let _ = stream.set_nodelay(true);
                let service = service.clone();
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    // An error is the client's end of the connection.
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// `s3s-fs` writes to buckets that do not exist, takes folders for objects, knows no conditions on
/// reads, and lets content and metadata of two writers mix.
struct Server {
    files: FileSystem,
    folder: PathBuf,
    order: Arc<RwLock<()>>,
}

impl Server {
    fn bucket(&self, bucket: &str) -> S3Result<()> {
        if self.folder.join(bucket).is_dir() { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    fn object(&self, bucket: &str, key: &str) -> S3Result<()> {
        self.bucket(bucket)?;
        let is_file = self.folder.join(bucket).join(key).is_file();
        if is_file { Ok(()) } else { Err(s3_error!(NoSuchKey)) }
    }
}

#[async_trait::async_trait]
impl S3 for Server {
    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let _order = self.order.read().await;
        self.object(&request.input.bucket, &request.input.key)?;
        let wanted = request.input.if_match.clone();
        let answer = self.files.get_object(request).await?;
        match (wanted, &answer.output.e_tag) {
            (Some(ETagCondition::ETag(wanted)), Some(found)) if wanted != *found => {
                Err(s3_error!(PreconditionFailed))
            }
            _ => Ok(answer),
        }
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let _order = self.order.read().await;
        self.object(&request.input.bucket, &request.input.key)?;
        self.files.head_object(request).await
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let _order = self.order.write().await;
        let input = &request.input;
        let only_new = matches!(input.if_none_match, Some(ETagCondition::Any));
        let refused = self.bucket(&input.bucket).err().or_else(|| {
            let is_there = only_new && self.object(&input.bucket, &input.key).is_ok();
            is_there.then(|| s3_error!(PreconditionFailed))
        });
        if let Some(refused) = refused {
            // What is still coming is taken, or the answer could be lost with a reset.
            let mut body = request.input.body;
            while let Some(body) = &mut body
                && let Some(Ok(_)) = body.next().await
            {}
            return Err(refused);
        }
        self.files.put_object(request).await
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let _order = self.order.write().await;
        self.bucket(&request.input.bucket)?;
        // Missing is fine, as with Amazon.
        if self.object(&request.input.bucket, &request.input.key).is_err() {
            return Ok(S3Response::new(DeleteObjectOutput::default()));
        }
        self.files.delete_object(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let _order = self.order.read().await;
        self.bucket(&request.input.bucket)?;
        self.files.list_objects_v2(request).await
    }
}
