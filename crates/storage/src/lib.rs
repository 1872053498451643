//! Objects of the platform behind one trait.
//!
//! Invariants: a key is only made by a [`TenantScope`], so nothing reaches another tenant's objects;
//! no read is larger than the caller's limit, whatever the backend declares; every read and write is
//! hashed while its bytes pass; a write is seen whole or not at all.
//!
//! A backend implements [`ObjectStore`] and passes the suite in [`testing`] (feature `testing`).

mod error;
mod key;
mod kind;
mod local;
mod object;
mod reading;
mod spool;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::StorageError;
pub use key::{InvalidKey, ObjectKey, Prefix, TenantScope};
pub use kind::{StorageKind, UnknownStorageKind, open};
pub use local::LocalStore;
pub use object::{Body, ListPage, Object, ObjectMeta, PutOptions, Sha256Digest, Stored};
pub use reading::ObjectReader;
pub use spool::{Spooled, Spooler};
pub use store::ObjectStore;
