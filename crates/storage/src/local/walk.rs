//! The way from the base to an object's folder, one open folder after the other.
//!
//! Each step opens one name below an open folder with `O_NOFOLLOW`: a link anywhere is refused, and
//! nothing that is swapped meanwhile can lead outside. Unlike `openat2` this works on every Unix and
//! under every system call filter, for about a microsecond a step.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags},
    io::Errno,
};

use super::Root;
use crate::{error::StorageError, key::ObjectKey};

/// A folder on the way: the base, or one opened below it.
pub(super) enum Folder<'root> {
    Base(BorrowedFd<'root>),
    Below(OwnedFd),
}

impl AsFd for Folder<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Base(base) => *base,
            Self::Below(folder) => folder.as_fd(),
        }
    }
}

/// The folder of an object and the object's name in it.
pub(super) fn to_object<'root, 'key>(
    root: &'root Root,
    key: &'key ObjectKey,
) -> Result<(Folder<'root>, &'key str), StorageError> {
    let (folders, name) = split(key);
    let mut folder = Folder::Base(root.folder.as_fd());
    for step in folders {
        folder = Folder::Below(enter(folder.as_fd(), step).map_err(|stop| stop.of(key))?);
    }
    Ok((folder, name))
}

/// As [`to_object`], making what is missing. A folder that was made is durable before it is used.
pub(super) fn making<'root, 'key>(
    root: &'root Root,
    key: &'key ObjectKey,
) -> Result<(Folder<'root>, &'key str), StorageError> {
    let (folders, name) = split(key);
    let mut folder = Folder::Base(root.folder.as_fd());
    for step in folders {
        let next = match enter(folder.as_fd(), step) {
            Err(Stop::Missing) => {
                match rustix::fs::mkdirat(&folder, step, Mode::from_raw_mode(0o750)) {
                    // Another writer may make the same folder at the same time.
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(errno) => return Err(errno_error(key.as_str(), errno)),
                }
                rustix::fs::fsync(&folder).map_err(|errno| errno_error(key.as_str(), errno))?;
                enter(folder.as_fd(), step)
            }
            other => other,
        };
        folder = Folder::Below(next.map_err(|stop| stop.of(key))?);
    }
    Ok((folder, name))
}

fn split(key: &ObjectKey) -> (impl Iterator<Item = &str>, &str) {
    let (folders, name) = key.as_str().rsplit_once('/').unwrap_or(("", key.as_str()));
    (folders.split('/').filter(|step| !step.is_empty()), name)
}

/// Why a step could not be taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stop {
    Missing,
    Link,
    Failed(Errno),
}

impl Stop {
    pub(super) fn of(self, key: &ObjectKey) -> StorageError {
        match self {
            Self::Missing => StorageError::NotFound { key: key.clone() },
            Self::Link => link(key.as_str()),
            Self::Failed(errno) => errno_error(key.as_str(), errno),
        }
    }
}

pub(super) fn enter(folder: BorrowedFd<'_>, name: &str) -> Result<OwnedFd, Stop> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(folder, name, flags, Mode::empty()) {
        Ok(next) => Ok(next),
        Err(Errno::NOENT) => Err(Stop::Missing),
        // A link is "not a directory" here; tell it from a file, as it may be an attack.
        Err(Errno::NOTDIR | Errno::LOOP) => {
            match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => {
                    Err(Stop::Link)
                }
                Ok(_) | Err(Errno::NOENT) => Err(Stop::Missing),
                Err(errno) => Err(Stop::Failed(errno)),
            }
        }
        Err(errno) => Err(Stop::Failed(errno)),
    }
}

/// A symbolic link where the platform never makes one.
pub(super) fn link(what: &str) -> StorageError {
    tracing::warn!(object = what, "a symbolic link in the storage folder was refused");
    StorageError::Denied {
        what: what.to_owned(),
        reason: "a symbolic link is on the way, which is never followed".to_owned(),
    }
}

pub(super) fn errno_error(what: &str, errno: Errno) -> StorageError {
    match errno {
        Errno::ACCESS | Errno::PERM | Errno::ROFS => {
            StorageError::Denied { what: what.to_owned(), reason: errno.to_string() }
        }
        Errno::LOOP => link(what),
        Errno::NOSPC | Errno::DQUOT => StorageError::OutOfSpace,
        // Attempts are counted by the caller, so an unknown failure may be tried again.
        _ => StorageError::Transient { what: what.to_owned(), source: errno.into() },
    }
}

pub(super) fn io_error(what: &str, source: std::io::Error) -> StorageError {
    match Errno::from_io_error(&source) {
        Some(errno) => errno_error(what, errno),
        None => StorageError::Transient { what: what.to_owned(), source },
    }
}
