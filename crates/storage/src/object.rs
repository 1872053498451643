//! What goes in and out of a store.

use std::{fmt, time::SystemTime};

use bytes::Bytes;

use crate::{key::ObjectKey, spool::Spooled};

/// SHA-256 of an object's content.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    /// Takes the bytes of a finished hash.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From 64 hexadecimal digits, as they are stored beside an object.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256Digest({self})")
    }
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Which object.
    pub key: ObjectKey,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written, by the store's clock.
    pub modified: Option<SystemTime>,
    /// The store's opaque mark of this version; not a checksum.
    pub etag: Option<String>,
    /// The hash that was stored with it, where the writer stored one; hashed reads are verified by it.
    pub sha256: Option<Sha256Digest>,
}

/// A whole object in memory.
#[derive(Clone)]
pub struct Object {
    /// Its content.
    pub bytes: Bytes,
    /// The hash of the content, made while reading.
    pub sha256: Sha256Digest,
}

impl fmt::Debug for Object {
    // The content is a client's document: it does not belong in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("size", &self.bytes.len())
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

/// What a write made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Bytes written.
    pub size: u64,
    /// Their hash, made while writing.
    pub sha256: Sha256Digest,
}

/// What is to be written. Never an open stream: backends need a length, and retries a rewind.
#[derive(Debug)]
pub enum Body {
    /// From memory.
    Bytes(Bytes),
    /// From a temporary file of known length and hash.
    File(Spooled),
}

/// How a write treats what is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutOptions {
    /// Refuse with `AlreadyExists` instead of replacing.
    pub if_absent: bool,
}

/// One page of a listing, in the byte order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The objects of this page.
    pub objects: Vec<ObjectMeta>,
    /// Give this as `after` to get the next page; absent at the end.
    pub next: Option<PageToken>,
    /// Whether something stands below the prefix whose name is no text or no key: it cannot be read.
    pub has_nameless: bool,
}

/// Where a listing goes on: the store's own mark, good for the same prefix of the same store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToken(pub(crate) String);
