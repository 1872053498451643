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
use percent_encoding::percent_decode_str;
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
    let Some(total) = size_of(request.uri().path()) else { return empty(404) };
    let range = ["x-ms-range", "range"].iter().find_map(|name| request.headers().get(*name));
    let (start, end) = match range.and_then(|range| range.to_str().ok()) {
        None => (0, total),
        Some(range) => match part(range, total) {
            Some(part) => part,
            None => return empty(416),
        },
    };
    let (length, total_text) = ((end - start).to_string(), total.to_string());
    let mut builder = Response::builder()
        .status(if range.is_some() { 206 } else { 200 })
        .header("content-length", &length)
        .header("content-type", "application/octet-stream")
        .header("etag", "\"1\"")
        .header("last-modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        .header("x-ms-blob-type", "BlockBlob")
        .header("x-goog-generation", "1")
        .header("x-goog-metageneration", "1")
        .header("x-goog-stored-content-length", &total_text)
        .header("x-goog-stored-content-encoding", "identity");
    if range.is_some() {
        let range = format!("bytes {start}-{}/{total}", end.saturating_sub(1));
        builder = builder.header("content-range", range);
    }
    let sent = if *request.method() == Method::HEAD { 0 } else { end - start };
    let frames = stream::unfold(sent, async |left| {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE.len());
        let piece = PIECE.get(..length).filter(|piece| !piece.is_empty())?;
        Some((Ok(Frame::data(Bytes::from_static(piece))), left - piece.len() as u64))
    });
    builder.body(StreamBody::new(frames.boxed())).unwrap_or_else(|_| empty(500))
}

fn empty(status: u16) -> Response<Body> {
    let mut answer = Response::new(StreamBody::new(stream::empty().boxed()));
    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    answer
}

/// First byte and the one after the last of `bytes=0-9` or `bytes=5-`; none when there is no such part.
fn part(range: &str, total: u64) -> Option<(u64, u64)> {
    let (start, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let start = start.parse().ok().filter(|start| *start < total)?;
    let end = match last {
        "" => total,
        last => last.parse::<u64>().ok()?.saturating_add(1).min(total),
    };
    (start < end).then_some((start, end))
}

fn size_of(path: &str) -> Option<u64> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    path.rsplit('/').next()?.strip_suffix(".bin")?.parse().ok()
}
