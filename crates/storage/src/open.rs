//! From checked settings to a store.

use std::sync::Arc;

use crate::{config::Config, error::StorageError, local::LocalStore, store::ObjectStore};

/// Opens a backend. Only `local` looks whether it is there; [`ObjectStore::check`] asks the others.
///
/// # Errors
/// A backend that this build does not have, and what cannot be opened: a folder, a file of keys or
/// certificates.
#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
pub async fn open(config: &Config) -> Result<Arc<dyn ObjectStore>, StorageError> {
    open_with(config, crate::Timing::default()).await
}

/// As [`open`], with other limits in time.
///
/// # Errors
/// Those of [`open`].
#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
pub async fn open_with(
    config: &Config,
    timing: crate::Timing,
) -> Result<Arc<dyn ObjectStore>, StorageError> {
    match config {
        Config::Local { base_path } => Ok(Arc::new(LocalStore::open(base_path)?)),
        #[cfg(feature = "s3")]
        Config::S3(config) => Ok(Arc::new(crate::s3::open(config, timing).await?)),
        #[cfg(feature = "gcs")]
        Config::Gcs(config) => Ok(Arc::new(crate::gcs::open(config, timing).await?)),
        #[cfg(feature = "azure")]
        Config::Azure(config) => Ok(Arc::new(crate::azure::open(config, timing)?)),
        #[cfg(not(all(feature = "s3", feature = "gcs", feature = "azure")))]
        other => Err(left_out(other)),
    }
}

/// Opens the folder; this build has no other backend.
///
/// # Errors
/// Another backend than `local`, or a folder that cannot be opened.
#[cfg(not(any(feature = "s3", feature = "gcs", feature = "azure")))]
pub async fn open(config: &Config) -> Result<Arc<dyn ObjectStore>, StorageError> {
    match config {
        Config::Local { base_path } => Ok(Arc::new(LocalStore::open(base_path)?)),
        other => Err(left_out(other)),
    }
}

#[cfg(not(all(feature = "s3", feature = "gcs", feature = "azure")))]
fn left_out(config: &Config) -> StorageError {
    let kind = config.kind();
    StorageError::Misconfigured(format!(
        "STORAGE_TYPE={kind} is not in this build: build the worker with `--features {kind}`"
    ))
}
