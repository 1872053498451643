//! Large objects in a temporary file instead of memory.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::{
    error::StorageError,
    object::{Sha256Digest, Stored},
    reading::HashedReader,
};

/// Pieces that wait to be written.
const PIECES_AHEAD: usize = 4;

/// A nameless temporary file that is gone when dropped, with the length and hash of its content.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    stored: Stored,
}

impl Spooled {
    /// Length and hash of the content.
    pub const fn stored(&self) -> Stored {
        self.stored
    }

    /// The file, at its beginning.
    ///
    /// # Errors
    /// The file cannot be rewound.
    pub fn into_file(mut self) -> std::io::Result<File> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(self.file)
    }
}

/// Makes temporary files in one folder.
#[derive(Debug, Clone)]
pub struct Spooler {
    folder: PathBuf,
}

impl Spooler {
    /// Files go to this folder, or nameless into its file system.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned() }
    }

    /// Writes an object to a temporary file, within the reader's limit. One blocking thread writes what
    /// arrives, a few pieces behind.
    ///
    /// # Errors
    /// Those of the read, and what writing the file meets.
    pub async fn spool(&self, mut reader: HashedReader) -> Result<Spooled, StorageError> {
        let what = reader.meta().key.to_string();
        let (send, mut receive) = mpsc::channel::<Bytes>(PIECES_AHEAD);
        let folder = self.folder.clone();
        let writing = tokio::task::spawn_blocking(move || {
            let mut file = tempfile::tempfile_in(&folder)?;
            while let Some(piece) = receive.blocking_recv() {
                file.write_all(&piece)?;
            }
            Ok(file)
        });
        let read = async {
            while let Some(piece) = reader.next_piece().await? {
                if send.send(piece).await.is_err() {
                    // The writer stopped; it says why.
                    break;
                }
            }
            Ok::<_, StorageError>(())
        }
        .await;
        drop(send);
        let written = writing.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        read?;
        let file = written.map_err(|source| failed(&what, source))?;
        // Of what was read to its end: that is not repeated.
        Ok(Spooled { file, stored: reader.finish().await? })
    }

    /// Copies from a blocking source, at most `max_bytes`; for uploads from a local file.
    ///
    /// # Errors
    /// Reading or writing failed, or the source is longer (`FileTooLarge`).
    pub fn spool_from(
        &self,
        source: &mut dyn std::io::Read,
        max_bytes: u64,
    ) -> std::io::Result<Spooled> {
        let mut file = tempfile::tempfile_in(&self.folder)?;
        let mut hash = Sha256::new();
        let mut size = 0_u64;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            size += read as u64;
            if size > max_bytes {
                return Err(std::io::ErrorKind::FileTooLarge.into());
            }
            let piece = buffer.get(..read).unwrap_or_default();
            hash.update(piece);
            file.write_all(piece)?;
        }
        let sha256 = Sha256Digest::new(hash.finalize().into());
        Ok(Spooled { file, stored: Stored { size, sha256 } })
    }
}

fn failed(what: &str, source: std::io::Error) -> StorageError {
    match source.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            StorageError::OutOfSpace
        }
        _ => StorageError::Transient { what: format!("a temporary copy of {what}"), source },
    }
}
