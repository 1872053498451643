//! The trait that every backend implements.

use async_trait::async_trait;

use crate::{
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{Body, ListPage, Object, ObjectMeta, PageToken, PutOptions, Stored},
    reading::{HashedReader, ObjectReader},
    spool::{Spooled, Spooler},
};

/// A store of objects. Calls are safe to repeat.
#[async_trait]
pub trait ObjectStore: Send + Sync + std::fmt::Debug {
    /// Begins to read an object of at most `max_bytes`. Its bytes are not hashed.
    async fn open(&self, key: &ObjectKey, max_bytes: u64) -> Result<ObjectReader, StorageError>;

    /// As [`Self::open`], for who wants the hash or a content that was compared with one; it costs
    /// about as much again as the read itself.
    async fn open_hashed(
        &self,
        key: &ObjectKey,
        max_bytes: u64,
    ) -> Result<HashedReader, StorageError> {
        Ok(HashedReader::new(self.open(key, max_bytes).await?))
    }

    /// Reads a whole object of at most `max_bytes` into memory, hashed.
    async fn get(&self, key: &ObjectKey, max_bytes: u64) -> Result<Object, StorageError> {
        self.open_hashed(key, max_bytes).await?.collect().await
    }

    /// Reads a whole object of at most `max_bytes` into a temporary file, hashed.
    async fn get_to_file(
        &self,
        key: &ObjectKey,
        max_bytes: u64,
        spooler: &Spooler,
    ) -> Result<Spooled, StorageError> {
        spooler.spool(self.open_hashed(key, max_bytes).await?).await
    }

    /// Writes an object: durable when this returns, and never seen half.
    async fn put(
        &self,
        key: &ObjectKey,
        body: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError>;

    /// What is known of an object.
    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, StorageError>;

    /// Deletes an object; a missing one is fine.
    async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError>;

    /// Up to `limit` objects below a prefix in the order of their keys, from the page after `after`.
    /// A page may be shorter, even empty, and still have a next one.
    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<ListPage, StorageError>;

    /// Whether the store can be reached and read with these settings.
    async fn check(&self) -> Result<(), StorageError>;
}
