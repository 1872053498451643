//! A read under way: the limit and the announced size are checked here, once for all backends, and the
//! hash where one is wanted.

use std::fmt;

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use sha2::{Digest, Sha256};

use crate::{
    error::StorageError,
    object::{Object, ObjectMeta, Sha256Digest, Stored},
};

/// The content of an object, piece by piece, of one version and of the announced size. Its bytes are
/// not hashed: [`HashedReader`] does that.
pub struct ObjectReader {
    meta: ObjectMeta,
    limit: u64,
    seen: u64,
    ended: bool,
    pieces: BoxStream<'static, Result<Bytes, StorageError>>,
}

impl fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectReader")
            .field("meta", &self.meta)
            .field("limit", &self.limit)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

impl ObjectReader {
    /// For backends: wraps the pieces as they arrive.
    ///
    /// # Errors
    /// `TooLarge` when the announced size is above the limit already.
    pub fn new(
        meta: ObjectMeta,
        max_bytes: u64,
        pieces: BoxStream<'static, Result<Bytes, StorageError>>,
    ) -> Result<Self, StorageError> {
        if meta.size > max_bytes {
            return Err(StorageError::TooLarge { key: meta.key, limit: max_bytes });
        }
        Ok(Self { meta, limit: max_bytes, seen: 0, ended: false, pieces })
    }

    /// What the store says of the object.
    pub const fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    /// The next piece, or nothing at the end.
    ///
    /// # Errors
    /// `TooLarge` when more arrives than the limit allows, `Transient` when less or more arrives than
    /// was announced, and whatever the backend meets.
    pub async fn next_piece(&mut self) -> Result<Option<Bytes>, StorageError> {
        if self.ended {
            return Ok(None);
        }
        let Some(piece) = self.pieces.next().await.transpose()? else {
            if self.seen != self.meta.size {
                return Err(self.cut());
            }
            self.ended = true;
            return Ok(None);
        };
        self.seen = self.seen.saturating_add(piece.len() as u64);
        if self.seen > self.limit {
            return Err(StorageError::TooLarge { key: self.meta.key.clone(), limit: self.limit });
        }
        Ok(Some(piece))
    }

    fn cut(&self) -> StorageError {
        StorageError::Transient {
            what: self.meta.key.to_string(),
            source: std::io::Error::new(
                std::io::ErrorKind::UnexpectedEof,
                format!("{} of {} bytes arrived", self.seen, self.meta.size),
            ),
        }
    }
}

/// A read whose bytes are hashed as they pass, and compared at the end with the hash that their writer
/// stored, where one did.
#[derive(Debug)]
pub struct HashedReader {
    reader: ObjectReader,
    hash: Sha256,
}

impl HashedReader {
    /// From the first byte on: a hash of a part would be of no object.
    pub(crate) fn new(reader: ObjectReader) -> Self {
        Self { reader, hash: Sha256::new() }
    }

    /// What the store says of the object.
    pub const fn meta(&self) -> &ObjectMeta {
        self.reader.meta()
    }

    /// The next piece, or nothing at the end.
    ///
    /// # Errors
    /// Those of [`ObjectReader::next_piece`], and `Corrupt` when the whole is not what its writer
    /// stored the hash of.
    pub async fn next_piece(&mut self) -> Result<Option<Bytes>, StorageError> {
        let piece = self.reader.next_piece().await?;
        match &piece {
            Some(piece) => self.hash.update(piece),
            None if self.meta().sha256.is_some_and(|expected| expected != self.so_far()) => {
                return Err(StorageError::Corrupt { key: self.meta().key.clone() });
            }
            None => {}
        }
        Ok(piece)
    }

    /// Reads what is left and drops it: length and hash of the whole object.
    ///
    /// # Errors
    /// Those of [`Self::next_piece`].
    pub async fn finish(mut self) -> Result<Stored, StorageError> {
        while self.next_piece().await?.is_some() {}
        Ok(Stored { size: self.reader.seen, sha256: self.so_far() })
    }

    /// Reads the whole object into memory.
    ///
    /// # Errors
    /// Those of [`Self::next_piece`].
    pub async fn collect(mut self) -> Result<Object, StorageError> {
        // No more than the caller's limit, by `new`; memory that nothing arrives for is not touched.
        let mut bytes = Vec::with_capacity(usize::try_from(self.meta().size).unwrap_or_default());
        while let Some(piece) = self.next_piece().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(Object { bytes: bytes.into(), sha256: self.so_far() })
    }

    fn so_far(&self) -> Sha256Digest {
        Sha256Digest::new(self.hash.clone().finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::TenantScope;
    use domain::TenantId;

    /// Of `abcde`.
    const ABCDE: [u8; 32] = [
        0x36, 0xbb, 0xe5, 0x0e, 0xd9, 0x68, 0x41, 0xd1, 0x04, 0x43, 0xbc, 0xb6, 0x70, 0xd6, 0x55,
        0x4f, 0x0a, 0x34, 0xb7, 0x61, 0xbe, 0x67, 0xec, 0x9c, 0x4a, 0x8a, 0xd2, 0xc0, 0xc4, 0x4c,
        0xa4, 0x2c,
    ];

    fn reader(
        announced: u64,
        limit: u64,
        pieces: &[&'static str],
    ) -> Result<HashedReader, StorageError> {
        let scope = TenantScope::new(&TenantId::new("t1")).expect("a tenant");
        let meta = ObjectMeta {
            key: scope.key("a").expect("a key"),
            size: announced,
            modified: None,
            etag: None,
            sha256: None,
        };
        let pieces: Vec<_> =
            pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        let pieces = futures::stream::iter(pieces).boxed();
        Ok(HashedReader::new(ObjectReader::new(meta, limit, pieces)?))
    }

    #[tokio::test]
    async fn hashes_what_passes() {
        let object =
            reader(5, 5, &["a", "bc", "", "de"]).expect("small").collect().await.expect("read");
        assert_eq!(object.bytes, "abcde");
        assert_eq!(object.sha256, Sha256Digest::new(ABCDE));
    }

    #[tokio::test]
    async fn the_limit_holds_for_what_is_said_and_for_what_comes() {
        assert!(matches!(reader(6, 5, &[]), Err(StorageError::TooLarge { limit: 5, .. })));
        let lying = reader(2, 5, &["abc", "def"]).expect("says it is small").collect().await;
        assert!(matches!(lying, Err(StorageError::TooLarge { limit: 5, .. })));
    }

    #[tokio::test]
    async fn a_cut_body_is_an_error_worth_a_retry() {
        let error = reader(9, 20, &["abc"]).expect("small").collect().await.expect_err("cut");
        assert!(error.is_retryable(), "{error}");
    }

    #[tokio::test]
    async fn the_hash_is_of_the_whole_however_much_was_taken_before() {
        for taken in 0..4 {
            let mut reader = reader(5, 5, &["ab", "c", "de"]).expect("small");
            for _ in 0..taken {
                reader.next_piece().await.expect("read");
            }
            let stored = reader.finish().await.expect("read");
            assert_eq!((stored.size, stored.sha256), (5, Sha256Digest::new(ABCDE)), "{taken}");
        }
    }

    #[tokio::test]
    async fn what_its_writer_hashed_must_arrive() {
        let mut right = reader(5, 5, &["abc", "de"]).expect("small");
        right.reader.meta.sha256 = Some(Sha256Digest::new(ABCDE));
        right.finish().await.expect("the same");
        let mut wrong = reader(5, 5, &["abc", "dx"]).expect("small");
        wrong.reader.meta.sha256 = Some(Sha256Digest::new(ABCDE));
        let error = wrong.finish().await.expect_err("another content");
        assert!(matches!(error, StorageError::Corrupt { .. }), "{error:?}");
    }
}
