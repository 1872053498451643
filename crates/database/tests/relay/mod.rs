//! What may stand between the worker and its server: a pooler, or a network that swallows packets.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::future::pending;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of the options in a connection's first message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Options {
    /// They reach the server.
    Pass,
    /// They are left out without a word, as by PgBouncer with `ignore_startup_parameters = options`.
    Drop,
    /// They are refused, as by PgBouncer without that line.
    Refuse,
}

/// Passes on what client and server say to each other, over the loopback.
pub(crate) struct Relay {
    address: SocketAddr,
    server: String,
    url: String,
    silence: watch::Sender<()>,
}

impl Relay {
    /// Stands in front of the server of this URL.
    pub(crate) async fn start(url: &str, options: Options) -> Self {
        let authority = url.split_once("://").expect("a URL").1;
        let authority = authority.split(['/', '?']).next().expect("a host");
        let server = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (silence, _) = watch::channel(());
        let (told, to) = (silence.clone(), server.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, to.clone(), options, told.subscribe()));
            }
        });
        Self { address, server, url: url.to_owned(), silence }
    }

    /// The server's URL, through this.
    pub(crate) fn url(&self) -> String {
        let through = self.url.replacen(&self.server, &self.address.to_string(), 1);
        let and = if through.contains('?') { '&' } else { '?' };
        // The first message must be one that can be read.
        format!("{through}{and}sslmode=disable")
    }

    /// The connections of now take everything and answer nothing any more; later ones are as before.
    pub(crate) fn fall_silent(&self) {
        self.silence.send_replace(());
    }
}

async fn relay(
    mut client: TcpStream,
    server: String,
    options: Options,
    mut silence: watch::Receiver<()>,
) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let Ok(first) = first_message(&mut client).await else { return };
    let settings = Settings::of(&first);
    let first = match options {
        Options::Drop => settings.without("options"),
        Options::Refuse if settings.has("options") => {
            let text = b"SFATAL\0C08P01\0Munsupported startup parameter: options\0\0";
            let length = u32::try_from(text.len() + 4).expect("short").to_be_bytes();
            let _ = client.write_all(&[b"E", &length[..], text].concat()).await;
            return;
        }
        Options::Pass | Options::Refuse => first,
    };
    if server.write_all(&first).await.is_err() {
        return;
    }
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = silence.changed() => pending().await,
    }
}

/// The message of a client that has no type: its length, a version, then names and values.
async fn first_message(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = client.read_u32().await?;
    let mut message = length.to_be_bytes().to_vec();
    message.resize(usize::try_from(length).expect("short"), 0);
    client.read_exact(&mut message[4..]).await?;
    Ok(message)
}

struct Settings {
    version: Vec<u8>,
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Settings {
    fn of(message: &[u8]) -> Self {
        let texts: Vec<&[u8]> = message[8..].split(|byte| *byte == 0).collect();
        let pairs = texts
            .chunks_exact(2)
            .filter(|pair| !pair[0].is_empty())
            .map(|pair| (pair[0].to_vec(), pair[1].to_vec()))
            .collect();
        Self { version: message[4..8].to_vec(), pairs }
    }

    fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name.as_bytes())
    }

    fn without(&self, name: &str) -> Vec<u8> {
        let mut body = self.version.clone();
        for (known, value) in self.pairs.iter().filter(|(known, _)| known != name.as_bytes()) {
            body.extend([known.as_slice(), b"\0", value.as_slice(), b"\0"].concat());
        }
        body.push(0);
        let length = u32::try_from(body.len() + 4).expect("short").to_be_bytes();
        [&length[..], &body].concat()
    }
}
