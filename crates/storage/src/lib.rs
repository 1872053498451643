//! Objects of the platform behind one trait.
//!
//! Invariants: a key is only made by a [`TenantScope`], so nothing reaches another tenant's objects;
//! no read is larger than the caller's limit, whatever the backend declares; a read ends with the
//! announced size, of one version of the object, however often its connection was cut; a write is
//! hashed, and seen whole or not at all.
//!
//! A read is hashed where the caller asks for it ([`ObjectStore::open_hashed`], [`ObjectStore::get`],
//! [`ObjectStore::get_to_file`]: the types hold the digest) and is then compared with what its writer
//! stored. [`ObjectStore::open`] alone costs no more than the provider's library.
//!
//! A backend implements [`ObjectStore`] and passes the suite in `testing` (feature `testing`).

#[cfg(feature = "azure")]
mod azure;
#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
mod cloud;
pub mod config;
mod error;
#[cfg(feature = "gcs")]
mod gcs;
mod key;
mod kind;
mod local;
mod object;
mod open;
mod reading;
#[cfg(feature = "s3")]
mod s3;
mod spool;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
pub use cloud::timing::Timing;
pub use config::{Config, Variables};
pub use error::StorageError;
pub use key::{InvalidKey, ObjectKey, Prefix, TenantScope};
pub use kind::{StorageKind, UnknownStorageKind};
pub use local::LocalStore;
pub use object::{Body, ListPage, Object, ObjectMeta, PageToken, PutOptions, Sha256Digest, Stored};
pub use open::open;
#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
pub use open::open_with;
pub use reading::{HashedReader, ObjectReader};
pub use spool::{Spooled, Spooler};
pub use store::ObjectStore;
