//! What can go wrong with an object, by what the caller can do about it.

use crate::key::{InvalidKey, ObjectKey};

/// Carries keys, never credentials or signed addresses.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object.
    #[error("object {key} does not exist")]
    NotFound {
        /// The object.
        key: ObjectKey,
    },
    /// The store refuses, or the way to the object is not a plain one (a link, a device).
    #[error("access to {what} is denied: {reason}")]
    Denied {
        /// Object, prefix or root.
        what: String,
        /// What stood in the way.
        reason: String,
    },
    /// There is no such bucket or container, or it is not this account's to see.
    #[error("the bucket or container {bucket} does not exist: check STORAGE_BUCKET_NAME")]
    BucketMissing {
        /// Its name.
        bucket: String,
    },
    /// The object is larger than the caller takes.
    #[error("object {key} is larger than {limit} bytes")]
    TooLarge {
        /// The object.
        key: ObjectKey,
        /// The caller's limit in bytes.
        limit: u64,
    },
    /// The text is no key; found before anything was asked of the store.
    #[error("not a valid object key: {0}")]
    InvalidKey(#[from] InvalidKey),
    /// A write with `if_absent` found an object.
    #[error("object {key} exists already")]
    AlreadyExists {
        /// The object.
        key: ObjectKey,
    },
    /// The bytes are not those that were announced.
    #[error("object {key} does not have the expected content")]
    Corrupt {
        /// The object.
        key: ObjectKey,
    },
    /// No room to write.
    #[error("the storage is full")]
    OutOfSpace,
    /// The settings do not lead to a store; the text says which and how to mend it.
    #[error("{0}")]
    Misconfigured(String),
    /// Something that may pass: a time-out, a cut connection, a busy or failing device.
    #[error("the storage did not answer properly for {what}")]
    Transient {
        /// Object, prefix or root.
        what: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl StorageError {
    /// Whether the same call may succeed later without anybody changing anything about the object.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::OutOfSpace)
    }
}
