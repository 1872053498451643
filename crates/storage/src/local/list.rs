//! Listing in pages, in the byte order of the whole keys as object stores have it.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::{
    fs::{AtFlags, Dir, FileType},
    io::Errno,
};

use super::{
    Root, files,
    walk::{self, Stop, errno_error},
};
use crate::{
    error::StorageError,
    key::{ObjectKey, Prefix},
    object::{ListPage, PageToken},
};

/// One page. Memory is bounded by the largest single folder, not by the tenant.
pub(super) fn page(
    root: &Root,
    prefix: &Prefix,
    after: Option<&PageToken>,
    limit: usize,
) -> Result<ListPage, StorageError> {
    let after = after.map(|token| token.0.as_str());
    let mut folder = None;
    for step in prefix.as_str().split('/').filter(|step| !step.is_empty()) {
        let from = folder.as_ref().map_or(root.folder.as_fd(), AsFd::as_fd);
        match walk::enter(from, step) {
            Ok(next) => folder = Some(next),
            Err(Stop::Missing) => return Ok(ListPage::default()),
            Err(Stop::Link) => return Err(walk::link(prefix.as_str())),
            Err(Stop::Failed(errno)) => return Err(errno_error(prefix.as_str(), errno)),
        }
    }
    let Some(folder) = folder else { return Ok(ListPage::default()) };
    // One more than asked for tells whether there is a next page.
    let mut listing =
        Listing { prefix, after, wanted: limit.saturating_add(1), page: ListPage::default() };
    listing.folder(folder.as_fd(), prefix.as_str())?;
    let mut page = listing.page;
    if page.objects.len() > limit {
        page.objects.truncate(limit);
        page.next = page.objects.last().map(|last| PageToken(last.key.to_string()));
    }
    Ok(page)
}

struct Listing<'a> {
    prefix: &'a Prefix,
    after: Option<&'a str>,
    wanted: usize,
    page: ListPage,
}

impl Listing<'_> {
    fn folder(&mut self, folder: BorrowedFd<'_>, path: &str) -> Result<(), StorageError> {
        for name in self.names(folder, path)? {
            if self.page.objects.len() >= self.wanted {
                return Ok(());
            }
            let whole = format!("{path}{name}");
            if let Some(below) = name.strip_suffix('/') {
                match walk::enter(folder, below) {
                    // Depth is bounded, as a key is.
                    Ok(next) => self.folder(next.as_fd(), &whole)?,
                    Err(Stop::Missing | Stop::Link) => {}
                    Err(Stop::Failed(errno)) => return Err(errno_error(&whole, errno)),
                }
            } else if let Some(key) = ObjectKey::listed(self.prefix, &whole) {
                match rustix::fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                        self.page.objects.push(files::meta(key, &stat));
                    }
                    Ok(_) | Err(Errno::NOENT) => {}
                    Err(errno) => return Err(errno_error(&whole, errno)),
                }
            }
        }
        Ok(())
    }

    /// The names of a folder that may still be wanted, sorted as keys: a folder counts with its `/`.
    fn names(&mut self, folder: BorrowedFd<'_>, path: &str) -> Result<Vec<String>, StorageError> {
        let after = self.after;
        let mut names = Vec::new();
        for entry in Dir::read_from(folder).map_err(|errno| errno_error(path, errno))? {
            let entry = entry.map_err(|errno| errno_error(path, errno))?;
            // Names that are no text, and dot segments, are no keys.
            let Ok(name) = entry.file_name().to_str() else {
                self.page.has_nameless = true;
                continue;
            };
            if name == "." || name == ".." {
                continue;
            }
            let is_folder = match entry.file_type() {
                FileType::Directory => true,
                FileType::RegularFile => false,
                FileType::Unknown => {
                    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                        Ok(stat) => FileType::from_raw_mode(stat.st_mode) == FileType::Directory,
                        Err(Errno::NOENT) => continue,
                        Err(errno) => return Err(errno_error(path, errno)),
                    }
                }
                _ => continue,
            };
            let name = if is_folder { format!("{name}/") } else { name.to_owned() };
            let whole = format!("{path}{name}");
            let done = after.is_some_and(|after| {
                if is_folder {
                    whole.as_str() < after && !after.starts_with(&whole)
                } else {
                    whole.as_str() <= after
                }
            });
            // Deeper than a key can be: nothing below has a key.
            if !done && whole.len() <= 1024 {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}
