//! What is stored.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

/// One object: a part of a file.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) path: PathBuf,
    pub(super) start: u64,
    pub(super) size: u64,
    pub(super) crc32c: u32,
    pub(super) generation: i64,
    pub(super) metadata: HashMap<String, String>,
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NoToken,
    NoBucket,
    NoObject,
    Condition,
}

/// Who may come in.
#[derive(Debug)]
pub(super) enum Admission {
    Anybody,
    /// Whoever brings a token, which is not looked at.
    AnyToken,
    /// Whoever brings this one.
    Token(String),
}

/// The bucket.
#[derive(Debug)]
pub(super) struct Objects {
    folder: PathBuf,
    bucket: String,
    admission: Admission,
    next: AtomicI64,
    all: Mutex<BTreeMap<String, Stored>>,
}

impl Objects {
    pub(super) fn new(folder: &Path, bucket: &str, admission: Admission) -> Self {
        Self {
            folder: folder.to_owned(),
            bucket: bucket.to_owned(),
            admission,
            // Generations are microseconds with Google; only their order matters.
            next: AtomicI64::new(1_700_000_000_000_000),
            all: Mutex::default(),
        }
    }

    /// Whether a request may go on, by its headers and the bucket it names.
    pub(super) fn admit(&self, headers: &hyper::HeaderMap, bucket: &str) -> Result<(), Refusal> {
        let token = headers.get("authorization").and_then(|value| value.to_str().ok());
        let is_admitted = match &self.admission {
            Admission::Anybody => true,
            Admission::AnyToken => token.is_some(),
            Admission::Token(wanted) => {
                token.and_then(|token| token.strip_prefix("Bearer ")) == Some(wanted)
            }
        };
        if !is_admitted {
            return Err(Refusal::NoToken);
        }
        if bucket == self.bucket { Ok(()) } else { Err(Refusal::NoBucket) }
    }

    /// A new file for a body.
    pub(super) fn create_file(&self) -> io::Result<(PathBuf, std::fs::File)> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let path = self.folder.join(format!("{number}.body"));
        Ok((path.clone(), std::fs::File::create_new(path)?))
    }

    pub(super) fn get(&self, name: &str, condition: Option<i64>) -> Result<Stored, Refusal> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(name).ok_or(Refusal::NoObject)?;
        match condition {
            Some(generation) if generation != found.generation => Err(Refusal::Condition),
            _ => Ok(found.clone()),
        }
    }

    pub(super) fn put(
        &self,
        name: &str,
        mut object: Stored,
        condition: Option<i64>,
    ) -> Result<Stored, Refusal> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wanted) = condition
            && wanted != all.get(name).map_or(0, |found| found.generation)
        {
            return Err(Refusal::Condition);
        }
        object.generation = self.next.fetch_add(1, Ordering::SeqCst);
        // The replaced file goes when its last reader has closed it.
        if let Some(replaced) = all.insert(name.to_owned(), object.clone()) {
            let _ = std::fs::remove_file(replaced.path);
        }
        Ok(object)
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), Refusal> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = all.remove(name).ok_or(Refusal::NoObject)?;
        let _ = std::fs::remove_file(gone.path);
        Ok(())
    }

    /// Up to `limit` objects below a prefix after a name, and whether there are more.
    pub(super) fn list(
        &self,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> (Vec<(String, Stored)>, bool) {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = all
            .iter()
            .filter(|(name, _)| {
                name.starts_with(prefix) && (after.is_empty() || *name.as_str() > *after)
            })
            .map(|(name, object)| (name.clone(), object.clone()));
        let page = found.by_ref().take(limit).collect();
        (page, found.next().is_some())
    }
}
