//! A read under way: the limit, the hash and the announced size are checked here, once for all
//! backends.

use std::fmt;

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use sha2::{Digest, Sha256};

use crate::{
    error::StorageError,
    object::{Object, ObjectMeta, Sha256Digest},
};

/// The content of an object, piece by piece.
pub struct ObjectReader {
    meta: ObjectMeta,
    limit: u64,
    seen: u64,
    hash: Sha256,
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
        Ok(Self { meta, limit: max_bytes, seen: 0, hash: Sha256::new(), pieces })
    }

    /// What the store says of the object.
    pub const fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    /// The next piece, or nothing at the end.
    ///
    /// # Errors
    /// `TooLarge` when more arrives than the limit allows, `Transient` when less arrives than was
    /// announced, `Corrupt` when the whole is not what its writer stored the hash of, and whatever
    /// the backend meets.
    pub async fn next_piece(&mut self) -> Result<Option<Bytes>, StorageError> {
        let Some(piece) = self.pieces.next().await.transpose()? else {
            return self.ended().map(|()| None);
        };
        self.seen = self.seen.saturating_add(piece.len() as u64);
        if self.seen > self.limit {
            return Err(StorageError::TooLarge { key: self.meta.key.clone(), limit: self.limit });
        }
        self.hash.update(&piece);
        Ok(Some(piece))
    }

    /// The hash of all pieces so far: of the object once [`Self::next_piece`] gave nothing.
    pub fn sha256(&self) -> Sha256Digest {
        Sha256Digest::new(self.hash.clone().finalize().into())
    }

    /// Reads to the end, into memory.
    ///
    /// # Errors
    /// Those of [`Self::next_piece`].
    pub async fn collect(mut self) -> Result<Object, StorageError> {
        // No more than the caller's limit, by `new`; memory that nothing arrives for is not touched.
        let mut bytes = Vec::with_capacity(usize::try_from(self.meta.size).unwrap_or_default());
        while let Some(piece) = self.next_piece().await? {
            bytes.extend_from_slice(&piece);
        }
        let sha256 = self.sha256();
        Ok(Object { bytes: bytes.into(), sha256 })
    }

    fn ended(&self) -> Result<(), StorageError> {
        if self.seen != self.meta.size {
            return Err(self.cut());
        }
        match self.meta.sha256 {
            Some(expected) if expected != self.sha256() => {
                Err(StorageError::Corrupt { key: self.meta.key.clone() })
            }
            _ => Ok(()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::TenantScope;
    use domain::TenantId;

    fn reader(
        announced: u64,
        limit: u64,
        pieces: &[&'static str],
    ) -> Result<ObjectReader, StorageError> {
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
        ObjectReader::new(meta, limit, futures::stream::iter(pieces).boxed())
    }

    #[tokio::test]
    async fn hashes_what_passes() {
        let object =
            reader(5, 5, &["a", "bc", "", "de"]).expect("small").collect().await.expect("read");
        assert_eq!(object.bytes, "abcde");
        assert_eq!(
            object.sha256.to_string(),
            "36bbe50ed96841d10443bcb670d6554f0a34b761be67ec9c4a8ad2c0c44ca42c"
        );
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
}
