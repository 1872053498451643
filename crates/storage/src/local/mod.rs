//! Objects as files: `<base>/<tenant>/<storage path>`, as the platform's local storage lays them out.
//!
//! The base is held by descriptor and every way to an object is walked from it, folder by folder,
//! following no link. Calls that may block run on the blocking pool, one for each operation; a stream
//! reads there only what the system's cache does not have ([`pieces`]).

mod files;
mod list;
mod pieces;
mod walk;

use std::{
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};

use self::pieces::Pieces;
use crate::{
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{Body, ListPage, Object, ObjectMeta, PageToken, PutOptions, Stored},
    reading::ObjectReader,
    store::ObjectStore,
};

/// A folder of this machine or a mounted volume.
#[derive(Debug, Clone)]
pub struct LocalStore {
    root: Arc<Root>,
}

/// The open base folder.
#[derive(Debug)]
struct Root {
    folder: OwnedFd,
    base: PathBuf,
}

impl LocalStore {
    /// Opens the base folder, which must exist. Links on the way to the base itself are the
    /// operator's and are followed.
    ///
    /// # Errors
    /// `Misconfigured`, naming the folder and what to do, when it cannot be opened.
    pub fn open(base: &Path) -> Result<Self, StorageError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(base, flags, Mode::empty()).map_err(|errno| {
            let mend = match errno {
                Errno::NOENT => "create it, or set STORAGE_BASE_PATH to the folder of the uploads",
                Errno::NOTDIR => "it is not a folder",
                Errno::ACCESS | Errno::PERM => "give the worker's user the right to read it",
                _ => "look at the file system",
            };
            StorageError::Misconfigured(format!(
                "STORAGE_BASE_PATH {} cannot be opened ({errno}): {mend}",
                base.display()
            ))
        })?;
        Ok(Self { root: Arc::new(Root { folder, base: base.to_owned() }) })
    }

    async fn blocking<T, F>(&self, what: &str, work: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&Root) -> Result<T, StorageError> + Send + 'static,
    {
        let root = Arc::clone(&self.root);
        match tokio::task::spawn_blocking(move || work(&root)).await {
            Ok(result) => result,
            Err(error) => Err(StorageError::Transient {
                what: what.to_owned(),
                source: std::io::Error::other(error),
            }),
        }
    }
}

#[async_trait]
impl ObjectStore for LocalStore {
    async fn open(&self, key: &ObjectKey, max_bytes: u64) -> Result<ObjectReader, StorageError> {
        let wanted = key.clone();
        let (meta, file) =
            self.blocking(key.as_str(), move |root| files::open(root, &wanted)).await?;
        let pieces = stream::try_unfold(
            (Pieces::new(file, meta.size), meta.key.clone()),
            async |(mut pieces, key)| match pieces.next().await {
                Ok(piece) => Ok(piece.map(|piece| (piece, (pieces, key)))),
                Err(source) => Err(walk::io_error(key.as_str(), source)),
            },
        );
        ObjectReader::new(meta, max_bytes, pieces.boxed())
    }

    async fn get(&self, key: &ObjectKey, max_bytes: u64) -> Result<Object, StorageError> {
        let wanted = key.clone();
        self.blocking(key.as_str(), move |root| files::read(root, &wanted, max_bytes)).await
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        let wanted = key.clone();
        self.blocking(key.as_str(), move |root| files::write(root, &wanted, body, options)).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, StorageError> {
        let wanted = key.clone();
        self.blocking(key.as_str(), move |root| files::open(root, &wanted).map(|(meta, _)| meta))
            .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let wanted = key.clone();
        self.blocking(key.as_str(), move |root| files::delete(root, &wanted)).await
    }

    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<ListPage, StorageError> {
        let (prefix, after) = (prefix.clone(), after.cloned());
        let what = prefix.as_str().to_owned();
        self.blocking(&what, move |root| list::page(root, &prefix, after.as_ref(), limit)).await
    }

    async fn check(&self) -> Result<(), StorageError> {
        self.blocking("the storage folder", |root| {
            let what = root.base.display().to_string();
            let entries = rustix::fs::Dir::read_from(&root.folder)
                .map_err(|errno| walk::errno_error(&what, errno))?;
            match entries.take(1).next() {
                Some(Err(errno)) => Err(walk::errno_error(&what, errno)),
                Some(Ok(_)) | None => Ok(()),
            }
        })
        .await
    }
}
