//! Where the server's binaries are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, settings};

/// Folders that hold one folder a version, and what lies between it and the binaries.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// An installed server.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    pub(crate) postgres: PathBuf,
    pub(crate) initdb: PathBuf,
}

impl Binaries {
    /// The first of: the folder variable, the newest versioned install, PATH.
    pub(crate) fn find() -> Result<Self, Error> {
        if let Some(folder) = settings::bin_folder() {
            return Self::within(&folder).ok_or(Error::WrongFolder { folder });
        }
        let search_path = settings::search_path();
        installed()
            .into_iter()
            .chain(std::env::split_paths(&search_path))
            .find_map(|folder| Self::within(&folder))
            .ok_or(Error::NotInstalled)
    }

    fn within(folder: &Path) -> Option<Self> {
        // PATH often holds a link; the server looks for its own files beside the real binary.
        let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
        let initdb = fs::canonicalize(folder.join("initdb")).ok()?;
        Some(Self { postgres, initdb })
    }

    /// The major version, as the data folder's `PG_VERSION` writes it.
    pub(crate) fn major_version(&self) -> Result<String, Error> {
        let output = Command::new(&self.postgres)
            .arg("--version")
            .output()
            .map_err(Error::file("run", &self.postgres))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version =
            text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Ok(version.unwrap_or_default().chars().take_while(char::is_ascii_digit).collect())
    }
}

/// The versioned install folders that exist, newest major version first.
fn installed() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = VERSIONED
        .iter()
        .flat_map(|(parent, prefix, rest)| {
            let entries = fs::read_dir(parent).into_iter().flatten().flatten();
            entries.filter_map(move |entry| {
                let name = entry.file_name().into_string().ok()?;
                let major = name.strip_prefix(prefix)?.split('.').next()?.parse().ok()?;
                Some((major, entry.path().join(rest)))
            })
        })
        .collect();
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.into_iter().map(|(_, folder)| folder).collect()
}
