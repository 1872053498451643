//! Reading, writing and deleting one file.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::AsFd,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, Stat},
    io::Errno,
};
use sha2::{Digest, Sha256};

use super::{
    Root,
    walk::{self, Folder, errno_error, io_error},
};
use crate::{
    error::StorageError,
    key::{ObjectKey, TEMPORARY_PREFIX},
    object::{Body, Object, ObjectMeta, PutOptions, Sha256Digest, Stored},
};

/// Bytes that a write copies at once.
const PIECE_BYTES: usize = 256 * 1024;

/// Opens an object and says what it is; anything but a regular file is refused.
pub(super) fn open(root: &Root, key: &ObjectKey) -> Result<(ObjectMeta, File), StorageError> {
    let (folder, name) = walk::to_object(root, key)?;
    // Non-blocking, so that a named pipe in the folder cannot hold the worker.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(&folder, name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Err(StorageError::NotFound { key: key.clone() }),
        Err(errno) => return Err(errno_error(key.as_str(), errno)),
    };
    let stat = rustix::fs::fstat(&file).map_err(|errno| errno_error(key.as_str(), errno))?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok((meta(key.clone(), &stat), File::from(file))),
        FileType::Directory => Err(StorageError::NotFound { key: key.clone() }),
        _ => Err(StorageError::Denied {
            what: key.to_string(),
            reason: "it is not a regular file".to_owned(),
        }),
    }
}

pub(super) fn meta(key: ObjectKey, stat: &Stat) -> ObjectMeta {
    let modified = u64::try_from(stat.st_mtime)
        .ok()
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    let size = u64::try_from(stat.st_size).unwrap_or_default();
    ObjectMeta { key, size, modified, etag: None, sha256: None }
}

/// Reads a whole object. The limit holds for the announced size and for what is read, as a file may
/// grow meanwhile.
pub(super) fn read(root: &Root, key: &ObjectKey, max_bytes: u64) -> Result<Object, StorageError> {
    let (meta, file) = open(root, key)?;
    let too_large = || StorageError::TooLarge { key: key.clone(), limit: max_bytes };
    if meta.size > max_bytes {
        return Err(too_large());
    }
    let announced = usize::try_from(meta.size).map_err(|_| too_large())?;
    let mut bytes = Vec::with_capacity(announced.saturating_add(1));
    file.take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| io_error(key.as_str(), source))?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large());
    }
    if bytes.len() != announced {
        return Err(StorageError::Transient {
            what: key.to_string(),
            source: std::io::Error::new(
                std::io::ErrorKind::UnexpectedEof,
                "the file changed while it was read",
            ),
        });
    }
    let sha256 = Sha256Digest::new(Sha256::digest(&bytes).into());
    Ok(Object { bytes: bytes.into(), sha256 })
}

/// Writes beside the object, makes it durable, then gives it its name.
pub(super) fn write(
    root: &Root,
    key: &ObjectKey,
    body: Body,
    options: PutOptions,
) -> Result<Stored, StorageError> {
    let (folder, name) = walk::making(root, key)?;
    let (temporary, mut file) = create_temporary(&folder, key)?;
    let written = fill(&mut file, body, key).and_then(|stored| {
        file.sync_all().map_err(|source| io_error(key.as_str(), source))?;
        publish(&folder, &temporary, name, key, options)?;
        Ok(stored)
    });
    if written.is_err() || options.if_absent {
        // After a rename there is nothing left under the temporary name; after a link there is.
        let _ = rustix::fs::unlinkat(&folder, &temporary, AtFlags::empty());
    }
    let stored = written?;
    rustix::fs::fsync(&folder).map_err(|errno| errno_error(key.as_str(), errno))?;
    Ok(stored)
}

fn publish(
    folder: &Folder<'_>,
    temporary: &str,
    name: &str,
    key: &ObjectKey,
    options: PutOptions,
) -> Result<(), StorageError> {
    let published = if options.if_absent {
        // A link, unlike a rename, refuses an existing name in one step.
        rustix::fs::linkat(folder, temporary, folder, name, AtFlags::empty())
    } else {
        // A rename replaces a symbolic link of that name and does not follow it.
        rustix::fs::renameat(folder, temporary, folder, name)
    };
    match published {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) if options.if_absent => {
            Err(StorageError::AlreadyExists { key: key.clone() })
        }
        Err(Errno::ISDIR | Errno::NOTEMPTY) => Err(StorageError::Denied {
            what: key.to_string(),
            reason: "a folder has that name".to_owned(),
        }),
        Err(errno) => Err(errno_error(key.as_str(), errno)),
    }
}

fn create_temporary(folder: &Folder<'_>, key: &ObjectKey) -> Result<(String, File), StorageError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    loop {
        // Names may collide with those of another machine or of a former process; `EXCL` tells.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{TEMPORARY_PREFIX}{}-{number}", std::process::id());
        match rustix::fs::openat(folder, &name, flags, Mode::from_raw_mode(0o640)) {
            Ok(file) => return Ok((name, File::from(file))),
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno_error(key.as_str(), errno)),
        }
    }
}

fn fill(file: &mut File, body: Body, key: &ObjectKey) -> Result<Stored, StorageError> {
    let failed = |source| io_error(key.as_str(), source);
    match body {
        Body::Bytes(bytes) => {
            file.write_all(&bytes).map_err(failed)?;
            let sha256 = Sha256Digest::new(Sha256::digest(&bytes).into());
            Ok(Stored { size: bytes.len() as u64, sha256 })
        }
        Body::File(spooled) => {
            let expected = spooled.stored();
            let mut source = spooled.into_file().map_err(failed)?;
            let mut hash = Sha256::new();
            let mut size = 0_u64;
            let mut buffer = vec![0; PIECE_BYTES];
            loop {
                let read = match source.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(failed(error)),
                };
                let piece = buffer.get(..read).unwrap_or_default();
                hash.update(piece);
                size += read as u64;
                file.write_all(piece).map_err(failed)?;
            }
            let stored = Stored { size, sha256: Sha256Digest::new(hash.finalize().into()) };
            if stored == expected {
                Ok(stored)
            } else {
                Err(StorageError::Corrupt { key: key.clone() })
            }
        }
    }
}

/// Removes an object; a missing one is fine.
pub(super) fn delete(root: &Root, key: &ObjectKey) -> Result<(), StorageError> {
    let (folder, name) = match walk::to_object(root, key) {
        Ok(found) => found,
        Err(StorageError::NotFound { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    match rustix::fs::unlinkat(&folder, name, AtFlags::empty()) {
        Ok(()) => {
            rustix::fs::fsync(folder.as_fd()).map_err(|errno| errno_error(key.as_str(), errno))
        }
        // A folder is no object.
        Err(Errno::NOENT | Errno::ISDIR) => Ok(()),
        Err(errno) => Err(errno_error(key.as_str(), errno)),
    }
}
