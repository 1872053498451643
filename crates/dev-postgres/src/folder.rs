//! Where the data lies: slots with lock files, so that processes never share a server.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::user::StandIn;

/// More processes than this at once is a mistake, not a load.
const MAX_SLOTS: u32 = 256;

/// A folder that this process alone uses, until it ends.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    /// Whether what is in it may be thrown away.
    pub(crate) throw_away: bool,
    // The kernel frees the lock at any kind of death.
    _lock: File,
}

impl Folder {
    /// The first free slot of the throw-away servers.
    pub(crate) fn free_slot(user: Option<StandIn>) -> Result<Self, Error> {
        let base = reachable(&target_folder().join("dev-postgres"), user)?;
        for slot in 0..MAX_SLOTS {
            let path = base.join(format!("slot-{slot}"));
            if let Some(lock) = lock(&path)? {
                return Ok(Self { path, throw_away: true, _lock: lock });
            }
        }
        Err(Error::InUse { folder: base })
    }

    /// A folder whose contents are kept.
    pub(crate) fn kept(wanted: &Path, user: Option<StandIn>) -> Result<Self, Error> {
        let path = reachable(wanted, user)?;
        match lock(&path)? {
            Some(lock) => Ok(Self { path, throw_away: false, _lock: lock }),
            None => Err(Error::InUse { folder: path }),
        }
    }

    /// The superuser's password of this folder's server, made at the first call.
    pub(crate) fn password(&self) -> Result<String, Error> {
        let path = self.path.join("password");
        match fs::read_to_string(&path) {
            Ok(text) if !text.is_empty() => return Ok(text),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::file("read", path)(error)),
        }
        let mut random = [0_u8; 16];
        File::open("/dev/urandom")
            .and_then(|mut source| source.read_exact(&mut random))
            .map_err(Error::file("read", "/dev/urandom"))?;
        let text = format!("{:032x}", u128::from_ne_bytes(random));
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(Error::file("write", path))?;
        Ok(text)
    }
}

/// Makes the folder and takes its lock; `None` when another process has it.
fn lock(folder: &Path) -> Result<Option<File>, Error> {
    make(folder)?;
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(Error::file("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(Error::file("lock", path)(error)),
    }
}

fn make(folder: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(folder)
        .map_err(Error::file("make the folder", folder))
}

/// The folder itself, or one under a system folder when the server's user could not get there.
fn reachable(wanted: &Path, user: Option<StandIn>) -> Result<PathBuf, Error> {
    make(wanted)?;
    let wanted = fs::canonicalize(wanted).map_err(Error::file("resolve", wanted))?;
    let Some(user) = user else { return Ok(wanted) };
    if wanted.ancestors().all(|folder| may_enter(folder, user)) {
        return Ok(wanted);
    }
    // One place for each wanted folder, so that two checkouts do not share a database.
    let name: String = wanted
        .to_string_lossy()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let system = ["/var/tmp", "/tmp"].iter().map(Path::new).find(|folder| folder.is_dir());
    let elsewhere = system.unwrap_or(Path::new("/")).join(format!("dev-postgres{name}"));
    make(&elsewhere)?;
    let owner = fs::symlink_metadata(&elsewhere).map_err(Error::file("look at", &elsewhere))?;
    // Anybody may write to the system's folder for temporary files: take only what is ours.
    if !owner.is_dir() || owner.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::InUse { folder: elsewhere });
    }
    Ok(elsewhere)
}

fn may_enter(folder: &Path, user: StandIn) -> bool {
    let Ok(metadata) = fs::metadata(folder) else { return false };
    let bit = if metadata.uid() == user.uid {
        0o100
    } else if metadata.gid() == user.gid {
        0o010
    } else {
        0o001
    };
    metadata.mode() & bit != 0
}

/// Cargo's target folder when the program lies in one, else the system's temporary folder.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file() || folder.ends_with("target"))
        .map_or_else(std::env::temp_dir, Path::to_path_buf)
}
