//! A relay in front of a server that misbehaves on request: refuses, answers with an error, cuts,
//! hangs or dawdles. One request a connection, HTTP/1.1; with no fault set, bytes pass as they are
//! (HTTP/2 too).

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// What becomes of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Passed on untouched.
    None,
    /// Answered by this status, with headers and a body, without asking the server.
    Answer {
        /// The status.
        status: u16,
        /// Lines like `Retry-After: 1`.
        headers: Vec<String>,
        /// The body.
        body: String,
    },
    /// Passed on; the answer's body is cut after this many bytes.
    CutAfter(usize),
    /// Passed on, and done by the server; the answer never arrives.
    LoseAnswer,
    /// Read, and never answered.
    Hang,
    /// Passed on; after this many bytes of the body nothing more comes.
    StandStillAfter(usize),
    /// Passed on with this byte of the answer's body changed; a shorter body passes as it is.
    Spoil(usize),
    /// Passed on in small pieces with a pause between them.
    Slow {
        /// Bytes of a piece.
        piece: usize,
        /// Time between pieces.
        pause: Duration,
    },
}

impl Fault {
    /// An empty answer of this status.
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: String::new() }
    }
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    script: Mutex<VecDeque<Fault>>,
    always: Mutex<Option<Fault>>,
    down: AtomicBool,
    requests: AtomicUsize,
    refused: AtomicUsize,
    last_head: Mutex<String>,
    changed: Notify,
}

/// A running relay; ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// In front of a server, on a free port of the loopback address.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            script: Mutex::default(),
            always: Mutex::default(),
            down: AtomicBool::new(false),
            requests: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            last_head: Mutex::default(),
            changed: Notify::new(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What becomes of the next requests, one each; later ones pass.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.script.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// What becomes of every request that has no fault of its own.
    pub fn always(&self, fault: Option<Fault>) {
        *self.shared.always.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Begins or ends an outage: connections are closed as soon as they are made, and those that
    /// stand are not used any more.
    pub fn set_down(&self, down: bool) {
        self.shared.down.store(down, Ordering::SeqCst);
        self.shared.changed.notify_waiters();
    }

    /// Requests that arrived while it was up, whatever became of them.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Request line and headers of the last request, in lower case.
    pub fn last_head(&self) -> String {
        self.shared.last_head.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Connections that were closed during outages.
    pub fn refused(&self) -> usize {
        self.shared.refused.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        if shared.down.load(Ordering::SeqCst) {
            shared.refused.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let went_down = async {
                loop {
                    let changed = shared.changed.notified();
                    if shared.down.load(Ordering::SeqCst) {
                        return;
                    }
                    changed.await;
                }
            };
            tokio::select! {
                // An error is the client's or the server's end of the connection.
                _ = serve(client, &shared) => {}
                () = went_down => {}
            }
        });
    }
}

async fn serve(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut head = Vec::new();
    let Some(body_at) = read_head(&mut client, &mut head).await? else { return Ok(()) };
    shared.requests.fetch_add(1, Ordering::SeqCst);
    *shared.last_head.lock().unwrap_or_else(PoisonError::into_inner) =
        String::from_utf8_lossy(&head[..body_at]).to_lowercase();
    let fault = {
        let next = shared.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let always = || shared.always.lock().unwrap_or_else(PoisonError::into_inner).clone();
        next.or_else(always).unwrap_or(Fault::None)
    };
    match fault {
        Fault::Answer { status, headers, body } => {
            answer(&mut client, status, &headers, &body).await
        }
        Fault::Hang => {
            let mut rest = vec![0; 64 * 1024];
            while client.read(&mut rest).await? > 0 {}
            Ok(())
        }
        fault => {
            let is_http2 = head.starts_with(b"PRI * HTTP/2");
            if !is_http2 {
                // One request a connection, so that the end of the answer is the end of the stream.
                head.splice(body_at - 2..body_at - 2, *b"Connection: close\r\n");
            }
            let mut server = TcpStream::connect(shared.upstream).await?;
            server.set_nodelay(true)?;
            server.write_all(&head).await?;
            if is_http2 || fault == Fault::None {
                return tokio::io::copy_bidirectional(&mut client, &mut server).await.map(drop);
            }
            relay(client, server, &fault).await
        }
    }
}

/// Where the body begins; none when the client went away.
async fn read_head(client: &mut TcpStream, head: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = client.read(&mut buffer).await?;
        if read == 0 {
            return Ok(None);
        }
        head.extend_from_slice(&buffer[..read]);
        if let Some(at) = end_of_head(head) {
            return Ok(Some(at));
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

async fn answer(
    client: &mut TcpStream,
    status: u16,
    headers: &[String],
    body: &str,
) -> io::Result<()> {
    let mut text = format!(
        "HTTP/1.1 {status} Fault\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    client.write_all(text.as_bytes()).await?;
    client.shutdown().await?;
    // What the client still sends is taken, or the answer could be lost with a reset.
    let mut rest = vec![0; 64 * 1024];
    while client.read(&mut rest).await? > 0 {}
    Ok(())
}

async fn relay(client: TcpStream, server: TcpStream, fault: &Fault) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut head = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut body = 0_usize;
    let mut in_body = false;
    let outcome = loop {
        let read = from_server.read(&mut buffer).await?;
        if read == 0 {
            break Ok(());
        }
        let mut piece = buffer[..read].to_vec();
        if *fault == Fault::LoseAnswer {
            // The server has done it once it answers.
            break Ok(());
        }
        if !in_body {
            head.extend_from_slice(&piece);
            // An interim answer (100) has a head of its own.
            let Some(at) = end_of_head(&head) else { continue };
            if head.starts_with(b"HTTP/1.1 100") {
                to_client.write_all(&head[..at]).await?;
                head.drain(..at);
                continue;
            }
            to_client.write_all(&head[..at]).await?;
            piece = head.split_off(at);
            in_body = true;
        }
        if let Fault::Spoil(at) = fault
            && let Some(byte) = at.checked_sub(body).and_then(|at| piece.get_mut(at))
        {
            *byte = !*byte;
        }
        let allowed = match fault {
            Fault::CutAfter(limit) | Fault::StandStillAfter(limit) => limit.saturating_sub(body),
            _ => usize::MAX,
        };
        let take = piece.len().min(allowed);
        if let Fault::Slow { piece: small, pause } = fault {
            for part in piece[..take].chunks((*small).max(1)) {
                to_client.write_all(part).await?;
                tokio::time::sleep(*pause).await;
            }
        } else {
            to_client.write_all(&piece[..take]).await?;
        }
        body += take;
        if take < piece.len() {
            if matches!(fault, Fault::StandStillAfter(_)) {
                to_client.flush().await?;
                // Until the client gives up.
                up.await.map_err(io::Error::other)??;
                return Ok(());
            }
            break Ok(());
        }
    };
    up.abort();
    outcome
}
