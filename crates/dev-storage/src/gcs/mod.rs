//! Google Cloud Storage in small, inside this process: the part of its two protocols that clients of
//! objects use, built from their descriptions (JSON API v1; `google.storage.v2` for gRPC). Contents
//! are files of a folder, so that large objects cost no memory.

mod grpc;
mod json;
mod multipart;
mod objects;

use std::{io, net::SocketAddr, path::Path, sync::Arc};

use bytes::Bytes;
use futures::stream::BoxStream;
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{net::TcpListener, task::JoinHandle};

use self::objects::{Admission, Objects};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A running server with one bucket; ends when dropped.
#[derive(Debug)]
pub struct GcsServer {
    json: SocketAddr,
    grpc: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl GcsServer {
    /// Serves anybody, on two free ports of the loopback address; contents go to the folder.
    ///
    /// # Errors
    /// The folder cannot be used, or no port can be had.
    pub async fn start(folder: &Path, bucket: &str) -> io::Result<Self> {
        Self::serve(folder, bucket, Admission::Anybody).await
    }

    /// As [`Self::start`], and refuses requests without a token.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn start_private(folder: &Path, bucket: &str) -> io::Result<Self> {
        Self::serve(folder, bucket, Admission::AnyToken).await
    }

    /// As [`Self::start`], and refuses requests without this very token.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn start_for(folder: &Path, bucket: &str, token: &str) -> io::Result<Self> {
        Self::serve(folder, bucket, Admission::Token(token.to_owned())).await
    }

    async fn serve(folder: &Path, bucket: &str, admission: Admission) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let objects = Arc::new(Objects::new(folder, bucket, admission));
        let (json_listener, grpc_listener) =
            (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let (json, grpc) = (json_listener.local_addr()?, grpc_listener.local_addr()?);
        let for_grpc = Arc::clone(&objects);
        let tasks = [
            tokio::spawn(accept(json_listener, move |request| {
                json::answer(Arc::clone(&objects), request)
            })),
            tokio::spawn(accept(grpc_listener, move |request| {
                grpc::answer(Arc::clone(&for_grpc), request)
            })),
        ];
        Ok(Self { json, grpc, tasks })
    }

    /// Where it reads and writes.
    pub const fn json_address(&self) -> SocketAddr {
        self.json
    }

    /// Where it lists and deletes.
    pub const fn grpc_address(&self) -> SocketAddr {
        self.grpc
    }
}

impl Drop for GcsServer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn accept<F, A>(listener: TcpListener, answer: A)
where
    A: Fn(hyper::Request<hyper::body::Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = hyper::Response<Body>> + Send + 'static,
{
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let answer = answer.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let answer = answer(request);
                async move { Ok::<_, std::convert::Infallible>(answer.await) }
            });
            let builder = Builder::new(TokioExecutor::new());
            // An error is the client's end of the connection.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn body(bytes: impl Into<Bytes>) -> Body {
    http_body_util::Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

fn streamed(frames: BoxStream<'static, io::Result<Frame<Bytes>>>) -> Body {
    BodyExt::boxed_unsync(StreamBody::new(frames))
}
