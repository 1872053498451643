//! The bytes of an open file, piece by piece.
//!
//! What lies in the system's cache is copied right here: a change of threads costs more than copying a
//! piece. Only what a disk or a file server must bring first is read on the blocking pool.

use std::{fs::File, io, os::unix::fs::FileExt as _, sync::Arc};

use bytes::{Bytes, BytesMut};

/// Bytes that are read at once: few enough to stay in a processor's own cache until they are used.
const PIECE_BYTES: usize = 256 * 1024;
/// A page, for small files.
const LEAST_BYTES: usize = 4 * 1024;

/// A file that is read from its beginning to its end.
#[derive(Debug)]
pub(super) struct Pieces {
    file: Arc<File>,
    offset: u64,
    /// What the file had when it was opened.
    size: u64,
    /// Whether the file system can say "not at once".
    asks_cache: bool,
    /// The memory of the piece before, used again once its reader has dropped it.
    before: Bytes,
}

impl Pieces {
    pub(super) fn new(file: File, size: u64) -> Self {
        Self {
            file: Arc::new(file),
            offset: 0,
            size,
            asks_cache: cfg!(target_os = "linux"),
            before: Bytes::new(),
        }
    }

    /// The next piece; nothing at the end, which may be beyond the size when the file has grown.
    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        // Copying never waits, so it must let others in by itself.
        tokio::task::coop::consume_budget().await;
        let length =
            usize::try_from(self.size).unwrap_or(PIECE_BYTES).clamp(LEAST_BYTES, PIECE_BYTES);
        let mut piece = match std::mem::take(&mut self.before).try_into_mut() {
            Ok(piece) if piece.len() == length => piece,
            Ok(_) | Err(_) => BytesMut::zeroed(length),
        };
        let read = if let Some(read) = self.read_from_cache(&mut piece) {
            read
        } else {
            let (file, offset) = (Arc::clone(&self.file), self.offset);
            let reading = tokio::task::spawn_blocking(move || {
                let read = read_at(&file, &mut piece, offset);
                (piece, read)
            });
            let read;
            (piece, read) = reading.await.map_err(io::Error::other)?;
            read?
        };
        self.offset += read as u64;
        self.before = piece.freeze();
        Ok((read > 0).then(|| self.before.slice(..read)))
    }

    /// What can be had without waiting; nothing when that cannot be told, whatever the reason: the
    /// usual way of reading says.
    #[cfg(target_os = "linux")]
    fn read_from_cache(&mut self, piece: &mut [u8]) -> Option<usize> {
        use rustix::io::{Errno, ReadWriteFlags};
        if !self.asks_cache {
            return None;
        }
        let mut pieces = [io::IoSliceMut::new(piece)];
        match rustix::io::preadv2(&*self.file, &mut pieces, self.offset, ReadWriteFlags::NOWAIT) {
            // Before the end it means nothing (preadv2(2), "Bugs").
            Ok(0) if self.offset < self.size => None,
            Ok(read) => Some(read),
            Err(Errno::AGAIN | Errno::INTR) => None,
            Err(_) => {
                self.asks_cache = false;
                None
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn read_from_cache(&mut self, _: &mut [u8]) -> Option<usize> {
        None
    }
}

fn read_at(file: &File, piece: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(piece, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(size: usize) -> (File, Vec<u8>) {
        let text: Vec<u8> = (0..=250).cycle().take(size).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&text).unwrap();
        (file, text)
    }

    async fn all(pieces: &mut Pieces) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(piece) = pieces.next().await.unwrap() {
            all.extend_from_slice(&piece);
        }
        all
    }

    #[tokio::test]
    async fn the_cache_and_the_disk_give_the_same() {
        for size in [0, 1, 1_000, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 1_000_000] {
            for asks_cache in [true, false] {
                let (file, text) = file(size);
                let mut pieces = Pieces::new(file, size as u64);
                pieces.asks_cache &= asks_cache;
                assert!(all(&mut pieces).await == text, "{size} {asks_cache}");
            }
        }
    }

    #[tokio::test]
    async fn what_left_the_cache_is_brought_back() {
        let (file, text) = file(1_000_000);
        file.sync_all().unwrap();
        // On a file system that is memory itself this drops nothing.
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
        assert!(all(&mut Pieces::new(file, 1_000_000)).await == text);
    }

    #[tokio::test]
    async fn a_piece_that_is_kept_is_not_written_over() {
        let (file, text) = file(1_000_000);
        let mut pieces = Pieces::new(file, 1_000_000);
        let mut kept = Vec::new();
        while let Some(piece) = pieces.next().await.unwrap() {
            kept.push(piece);
        }
        assert!(kept.concat() == text);
    }

    #[tokio::test]
    async fn a_piece_that_was_dropped_lends_its_memory() {
        let (file, _) = file(1_000_000);
        let mut pieces = Pieces::new(file, 1_000_000);
        let first = pieces.next().await.unwrap().unwrap().as_ptr();
        assert_eq!(pieces.next().await.unwrap().unwrap().as_ptr(), first);
    }

    #[tokio::test]
    async fn growth_is_seen() {
        let (file, _) = file(10);
        let mut pieces = Pieces::new(file, 4);
        assert_eq!(all(&mut pieces).await.len(), 10);
    }
}
