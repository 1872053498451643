//! A small HTTP/1.1 server whose answers can be cut, stalled or spoilt: what a library's server takes
//! care never to do. One thread a connection; not for anything but tests.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest head of a request that is read.
const HEAD_BYTES: usize = 64 << 10;

/// What the server's data and behaviour are.
pub trait Source: Send + Sync + 'static {
    /// Answers one call.
    fn answer(&self, asked: &Asked) -> Answer;
}

impl<S: Source> Source for Arc<S> {
    fn answer(&self, asked: &Asked) -> Answer {
        (**self).answer(asked)
    }
}

/// A call as it came.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// GET, POST, …
    pub method: String,
    /// The path, decoded, in its parts.
    pub path: Vec<String>,
    /// The query's parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// The head, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// The path's parts.
    pub fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// A query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A query parameter that is a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.parameter(name)?.parse().ok()
    }

    /// The bearer token.
    pub fn bearer(&self) -> Option<&str> {
        self.headers.get("authorization")?.strip_prefix("Bearer ")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// More of the head.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// A text with a status.
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// With one more line in its head.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        let value = format!("{value}");
        self.headers.push((name.to_owned(), value));
        self
    }
}

/// How a call goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This answer instead of the source's; the source does not see the call.
    Instead(Answer),
    /// The source does what was asked, and something in between answers this.
    Hidden(Answer),
    /// The source does what was asked, and its answer is cut in the middle.
    Cut,
    /// The source does what was asked, and its answer stops in the middle without an end.
    Stalled,
    /// The source does what was asked, and the connection ends before any answer.
    Lost,
    /// The answer's body is no JSON any more.
    Broken,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Asked>,
    faults: BTreeMap<usize, Fault>,
    connections: Vec<TcpStream>,
    stopped: bool,
}

struct Shared {
    source: Box<dyn Source>,
    tls: Option<Arc<ServerConfig>>,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server; dropping it ends it.
pub struct Server {
    address: SocketAddr,
    certificate: Option<(String, [u8; 32])>,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Without TLS.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(source: impl Source) -> io::Result<Self> {
        Self::listen(Box::new(source), None, None)
    }

    /// With TLS and a certificate that nobody else has signed, for `localhost`.
    ///
    /// # Errors
    /// When no port or certificate can be had.
    pub fn start_tls(source: impl Source) -> io::Result<Self> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .map_err(io::Error::other)?;
        let key =
            PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(io::Error::other)?;
        let certificate = made.cert.der().clone();
        let fingerprint = Sha256::digest(certificate.as_ref()).into();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate], key)
            })
            .map_err(io::Error::other)?;
        let told = Some((made.cert.pem(), fingerprint));
        Self::listen(Box::new(source), Some(Arc::new(config)), told)
    }

    fn listen(
        source: Box<dyn Source>,
        tls: Option<Arc<ServerConfig>>,
        certificate: Option<(String, [u8; 32])>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { source, tls, state: Mutex::default() });
        let accepting = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Ok(Self { address, certificate, shared, accepting: Some(accepting) })
    }

    /// The server's address, `http://127.0.0.1:…` or `https://localhost:…`.
    pub fn base(&self) -> String {
        match self.certificate {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// The certificate as PEM.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_ref().map(|(pem, _)| pem.as_str())
    }

    /// The certificate's SHA-256 in hex.
    pub fn fingerprint(&self) -> Option<String> {
        self.certificate.as_ref().map(|(_, digest)| hex::encode(digest))
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Asked> {
        self.shared.state().calls.clone()
    }

    /// How many calls were made so far.
    pub fn call_count(&self) -> usize {
        self.shared.state().calls.len()
    }

    /// Lets the call after so many more (0: the next one) go wrong.
    pub fn fail_after(&self, calls: usize, fault: Fault) {
        let mut state = self.shared.state();
        let call = state.calls.len() + calls;
        state.faults.insert(call, fault);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let connections = {
            let mut state = self.shared.state();
            state.stopped = true;
            std::mem::take(&mut state.connections)
        };
        for connection in connections {
            connection.shutdown(Shutdown::Both).ok();
        }
        // Wakes the thread that accepts.
        TcpStream::connect(self.address).ok();
        if let Some(accepting) = self.accepting.take() {
            accepting.join().ok();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        let Ok(connection) = connection else { continue };
        let (Ok(kept), Ok(ended)) = (connection.try_clone(), connection.try_clone()) else {
            continue;
        };
        {
            let mut state = shared.state();
            if state.stopped {
                return;
            }
            state.connections.push(kept);
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            connection.set_nodelay(true).ok();
            let served = match shared.tls.clone() {
                Some(config) => ServerConnection::new(config)
                    .map_err(io::Error::other)
                    .and_then(|tls| serve(StreamOwned::new(tls, connection), &shared)),
                None => serve(connection, &shared),
            };
            // A client that goes away ends its connection, and nothing else. The one kept for the
            // server's end would hold it open.
            served.ok();
            ended.shutdown(Shutdown::Both).ok();
        });
    }
}

fn serve(stream: impl Read + Write, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = read(&mut stream)? {
        let fault = {
            let mut state = shared.state();
            let call = state.calls.len();
            state.calls.push(asked.clone());
            state.faults.remove(&call)
        };
        if let Some(Fault::Instead(answer)) = &fault {
            write(stream.get_mut(), answer, answer.body.len())?;
            continue;
        }
        let mut answer = shared.source.answer(&asked);
        let half = answer.body.len() / 2;
        match fault {
            None | Some(Fault::Instead(_)) => write(stream.get_mut(), &answer, answer.body.len())?,
            Some(Fault::Hidden(other)) => write(stream.get_mut(), &other, other.body.len())?,
            Some(Fault::Lost) => return Ok(()),
            Some(Fault::Cut) => return write(stream.get_mut(), &answer, half),
            Some(Fault::Stalled) => {
                write(stream.get_mut(), &answer, half)?;
                // Until the client gives up.
                return stream.fill_buf().map(|_| ());
            }
            Some(Fault::Broken) => {
                answer.body.truncate(half);
                write(stream.get_mut(), &answer, half)?;
            }
        }
    }
    Ok(())
}

fn write(stream: &mut impl Write, answer: &Answer, bytes: usize) -> io::Result<()> {
    let mut head = Vec::new();
    write!(head, "HTTP/1.1 {} X\r\n", answer.status)?;
    for (name, value) in &answer.headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    write!(head, "content-length: {}\r\n\r\n", answer.body.len())?;
    stream.write_all(&head)?;
    stream.write_all(answer.body.get(..bytes).unwrap_or_default())?;
    stream.flush()
}

fn read(stream: &mut impl BufRead) -> io::Result<Option<Asked>> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut asked = Asked::default();
    let mut head = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.take(HEAD_BYTES as u64).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        head += line.len();
        if head > HEAD_BYTES {
            return Err(wrong("the head is too large"));
        }
        let text = line.trim_end();
        if asked.method.is_empty() {
            let mut words = text.split(' ');
            words.next().unwrap_or_default().clone_into(&mut asked.method);
            let target = words.next().ok_or_else(|| wrong("no target"))?;
            let target = url::Url::parse("http://here/").and_then(|base| base.join(target));
            let target = target.map_err(|_| wrong("no target"))?;
            let parts = target.path_segments().into_iter().flatten();
            asked.path = parts.map(decoded).collect();
            asked.query = target.query_pairs().into_owned().collect();
        } else if text.is_empty() {
            break;
        } else if let Some((name, value)) = text.split_once(':') {
            asked.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let length = asked.headers.get("content-length").and_then(|text| text.parse().ok());
    asked.body = vec![0; length.unwrap_or(0_usize).min(HEAD_BYTES)];
    stream.read_exact(&mut asked.body)?;
    Ok(Some(asked))
}

/// A part of a path without its percent signs.
fn decoded(part: &str) -> String {
    // `+` is a plain letter in a path, and a blank in a form.
    let part = part.replace('+', "%2B");
    let pair = url::form_urlencoded::parse(part.as_bytes()).next();
    pair.map(|(name, _)| name.into_owned()).unwrap_or_default()
}
