//! Counts what a worker says to PostgreSQL, from outside: a relay on the loopback that reads the
//! frames of the protocol as they pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Counts of all connections together.
#[derive(Debug, Default)]
pub(super) struct Counts {
    statements: AtomicU64,
    round_trips: AtomicU64,
}

impl Counts {
    /// Statements that were executed.
    pub(super) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Times that the worker spoke after an answer: what it waited for, pipelined or not.
    pub(super) fn round_trips(&self) -> u64 {
        self.round_trips.load(Ordering::Relaxed)
    }
}

/// Starts the relay in front of the server of `url`; returns the URL through it.
pub(super) async fn start(url: &str) -> Result<(String, Arc<Counts>)> {
    let server = address_in(url).context("the URL names no host and port")?.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let through = url.replacen(&server, &listener.local_addr()?.to_string(), 1);
    let counts = Arc::new(Counts::default());
    let shared = Arc::clone(&counts);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let counts = Arc::clone(&shared);
            let server = server.clone();
            tokio::spawn(async move {
                if let Ok(server) = TcpStream::connect(&server).await {
                    relay(client, server, &counts).await;
                }
            });
        }
    });
    Ok((through, counts))
}

fn address_in(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?']).next()?;
    Some(authority.rsplit_once('@').map_or(authority, |(_, address)| address))
}

async fn relay(client: TcpStream, server: TcpStream, counts: &Counts) {
    // A proxy that gathers small packets would change what it measures.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answered = AtomicBool::new(true);
    let asking = async {
        let mut frames = Frames::default();
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            let bytes = &buffer[..length];
            counts.statements.fetch_add(frames.executions_in(bytes), Ordering::Relaxed);
            if answered.swap(false, Ordering::Relaxed) {
                counts.round_trips.fetch_add(1, Ordering::Relaxed);
            }
            if to_server.write_all(bytes).await.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown().await;
    };
    let answering = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
            answered.store(true, Ordering::Relaxed);
            if to_client.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
        let _ = to_client.shutdown().await;
    };
    tokio::join!(asking, answering);
}

/// The code with which a client asks for TLS; this server has none.
const TLS_REQUEST: usize = 80_877_103;

/// Reads the boundaries of a client's messages out of arbitrary pieces.
#[derive(Debug, Default)]
struct Frames {
    /// The first messages of a connection have no type byte.
    started: bool,
    header: Vec<u8>,
    body_left: usize,
}

impl Frames {
    /// Messages in these bytes that execute something: `Execute` and `Query`.
    fn executions_in(&mut self, mut bytes: &[u8]) -> u64 {
        let mut executions = 0;
        while let Some((first, rest)) = bytes.split_first() {
            if self.body_left > 0 {
                let skipped = self.body_left.min(bytes.len());
                self.body_left -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.header.push(*first);
            bytes = rest;
            // Untyped: length and code; a request for TLS is followed by another untyped message.
            let header_length = if self.started { 5 } else { 8 };
            if self.header.len() == header_length {
                let number = |at: usize| {
                    self.header[at..at + 4]
                        .iter()
                        .fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
                };
                if self.started {
                    self.body_left = number(1).saturating_sub(4);
                    executions += u64::from(matches!(self.header[0], b'E' | b'Q'));
                } else {
                    self.body_left = number(0).saturating_sub(8);
                    self.started = number(4) != TLS_REQUEST;
                }
                self.header.clear();
            }
        }
        executions
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, address_in};

    #[test]
    fn executions_are_counted_across_pieces() {
        let mut conversation = vec![0, 0, 0, 8, 4, 210, 22, 47, 0, 0, 0, 10, 0, 3, 0, 0, b'u', 0];
        for (kind, body) in
            [(b'P', "select 1"), (b'B', "x"), (b'E', "portal"), (b'S', ""), (b'Q', "commit")]
        {
            conversation.push(kind);
            conversation.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
            conversation.extend(body.as_bytes());
        }
        for size in 1..conversation.len() {
            let mut frames = Frames::default();
            let counted: u64 =
                conversation.chunks(size).map(|piece| frames.executions_in(piece)).sum();
            assert_eq!(counted, 2, "pieces of {size}");
        }
    }

    #[test]
    fn finds_the_address() {
        assert_eq!(address_in("postgresql://a:b@127.0.0.1:5/x?y=1"), Some("127.0.0.1:5"));
    }
}
