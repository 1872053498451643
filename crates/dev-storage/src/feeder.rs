//! A server that gives bytes from memory to whoever asks in the way of S3, GCS or Azure, and checks
//! nothing: for measuring clients.

use std::{convert::Infallible, io, net::SocketAddr};

use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body_util::StreamBody;
use hyper::{Method, Request, Response, body::Frame, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// Sent again and again.
static PIECE: [u8; 256 * 1024] = [7; 256 * 1024];

/// A running server; ends when dropped.
#[derive(Debug)]
pub struct Feeder {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Feeder {
    /// Serves on a free port of the loopback address. An object's name says its size: whatever ends in
    /// `<bytes>.bin`, also percent-encoded.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    let service = hyper::service::service_fn(async |request| {
                        Ok::<_, Infallible>(answer(&request))
                    });
                    // An error is the client's end of the connection.
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, task })
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Body = StreamBody<stream::BoxStream<'static, Result<Frame<Bytes>, Infallible>>>;

fn answer(request: &Request<Incoming>) -> Response<Body> {
    let size = size_of(request.uri().path());
    let sent = if *request.method() == Method::HEAD { 0 } else { size.unwrap_or_default() };
    let (size_text, total) = (size.unwrap_or_default().to_string(), size.unwrap_or_default());
    let mut builder = Response::builder()
        .status(match size {
            Some(_) if request.headers().contains_key("range") => 206,
            Some(_) => 200,
            None => 404,
        })
        .header("content-length", &size_text)
        .header("content-type", "application/octet-stream")
        .header("etag", "\"1\"")
        .header("last-modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        .header("x-ms-blob-type", "BlockBlob")
        .header("x-goog-generation", "1")
        .header("x-goog-metageneration", "1")
        .header("x-goog-stored-content-length", &size_text)
        .header("x-goog-stored-content-encoding", "identity");
    if request.headers().contains_key("range") {
        let range = format!("bytes 0-{}/{total}", total.saturating_sub(1));
        builder = builder.header("content-range", range);
    }
    let frames = stream::unfold(sent, async |left| {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE.len());
        let piece = PIECE.get(..length).filter(|piece| !piece.is_empty())?;
        Some((Ok(Frame::data(Bytes::from_static(piece))), left - piece.len() as u64))
    });
    builder
        .body(StreamBody::new(frames.boxed()))
        .unwrap_or_else(|_| Response::new(StreamBody::new(stream::empty().boxed())))
}

fn size_of(path: &str) -> Option<u64> {
    let name = path.rsplit(['/', 'F']).next()?;
    name.strip_suffix(".bin")?.parse().ok()
}
