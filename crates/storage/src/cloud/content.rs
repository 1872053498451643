//! What is written: known length and hash, readable again for each try, with an eye on its progress.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::object::{Body, Sha256Digest, Stored};

/// Bytes that are handed on at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Pieces read from a file ahead of a slow network.
const PIECES_AHEAD: usize = 2;

/// The content of a write.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    source: Source,
    stored: Stored,
    taken: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(Arc<File>),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bytes(_) => "Bytes",
            Self::File(_) => "File",
        })
    }
}

impl Content {
    /// Takes a body; bytes are hashed here, a file was hashed when it was spooled.
    pub(crate) async fn new(body: Body) -> io::Result<Self> {
        let (source, stored) = match body {
            Body::Bytes(bytes) => {
                let hashed = bytes.clone();
                let hash = move || Sha256Digest::new(Sha256::digest(&hashed).into());
                let sha256 = if bytes.len() <= PIECE_BYTES {
                    hash()
                } else {
                    // Megabytes would hold up whatever else this thread serves.
                    tokio::task::spawn_blocking(hash).await.map_err(io::Error::other)?
                };
                let stored = Stored { size: bytes.len() as u64, sha256 };
                (Source::Bytes(bytes), stored)
            }
            Body::File(spooled) => {
                let stored = spooled.stored();
                (Source::File(Arc::new(spooled.into_file()?)), stored)
            }
        };
        Ok(Self { source, stored, taken: Arc::default() })
    }

    /// Length and hash.
    pub(crate) const fn stored(&self) -> Stored {
        self.stored
    }

    /// Bytes that were taken by all tries together; grows as long as a write gets on.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// The content from a byte on, in pieces. A file is read at its own positions, so that tries do
    /// not disturb one another.
    pub(crate) fn pieces(&self, offset: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let taken = Arc::clone(&self.taken);
        let count = move |piece: &io::Result<Bytes>| {
            if let Ok(piece) = piece {
                taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
        };
        match &self.source {
            Source::Bytes(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let rest = bytes.slice(start..);
                stream::unfold(rest, async |mut rest| {
                    if rest.is_empty() {
                        return None;
                    }
                    let piece = rest.split_to(rest.len().min(PIECE_BYTES));
                    Some((Ok(piece), rest))
                })
                .inspect(count)
                .boxed()
            }
            Source::File(file) => {
                let (file, end) = (Arc::clone(file), self.stored.size);
                let (send, receive) = mpsc::channel(PIECES_AHEAD);
                // Ends by itself when the stream is dropped, as then nobody takes the next piece.
                tokio::task::spawn_blocking(move || read_file(&file, offset, end, &send));
                stream::unfold(receive, async |mut receive: mpsc::Receiver<_>| {
                    receive.recv().await.map(|piece| (piece, receive))
                })
                .inspect(count)
                .boxed()
            }
        }
    }
}

fn read_file(file: &File, mut offset: u64, end: u64, send: &mpsc::Sender<io::Result<Bytes>>) {
    while offset < end {
        let wanted = usize::try_from(end - offset).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let mut piece = vec![0; wanted];
        let piece = match file.read_exact_at(&mut piece, offset) {
            Ok(()) => Ok(Bytes::from(piece)),
            Err(error) => Err(error),
        };
        let failed = piece.is_err();
        if send.blocking_send(piece).is_err() || failed {
            return;
        }
        offset += wanted as u64;
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;
    use crate::spool::Spooler;

    async fn all(content: &Content, offset: u64) -> Vec<u8> {
        let pieces: Vec<Bytes> = content.pieces(offset).try_collect().await.unwrap();
        pieces.concat()
    }

    #[tokio::test]
    async fn bytes_and_files_are_read_from_anywhere_any_number_of_times() {
        let text: Vec<u8> = (0..700_000_u32).map(|n| (n % 253) as u8).collect();
        let folder = tempfile::tempdir().unwrap();
        let spooled =
            Spooler::new(folder.path()).spool_from(&mut text.as_slice(), 1 << 20).unwrap();
        let of_file = Content::new(Body::File(spooled)).await.unwrap();
        let of_bytes = Content::new(Body::Bytes(text.clone().into())).await.unwrap();
        assert_eq!(of_file.stored(), of_bytes.stored());
        for content in [of_file, of_bytes] {
            let (first, again) = tokio::join!(all(&content, 0), all(&content, 0));
            assert!(first == text && again == text, "{content:?}");
            assert!(all(&content, 300_001).await == text[300_001..], "{content:?}");
            assert!(all(&content, 700_000).await.is_empty());
            assert_eq!(content.taken(), 2 * 700_000 + 399_999);
        }
    }

    #[tokio::test]
    async fn nothing_is_one_empty_content() {
        let content = Content::new(Body::Bytes(Bytes::new())).await.unwrap();
        assert!(all(&content, 0).await.is_empty());
        assert_eq!(content.stored().size, 0);
    }
}
