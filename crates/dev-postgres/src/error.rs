use std::io;
use std::path::PathBuf;

use crate::settings::{BIN_VARIABLE, URL_VARIABLE};

/// Why there is no private PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No installed server was found; the text names the ways out.
    #[error(
        "no PostgreSQL server binaries found (looked in {BIN_VARIABLE}, the usual install folders \
         and PATH). Ways out: install it (Debian, Ubuntu: `apt-get install postgresql`; macOS: \
         `brew install postgresql@16`; Fedora: `dnf install postgresql-server`), or set \
         {BIN_VARIABLE} to the folder that holds `postgres` and `initdb`, or set {URL_VARIABLE} \
         to a server whose user may create databases"
    )]
    NotInstalled,
    /// `DEV_POSTGRES_BIN` points to a folder without the binaries.
    #[error("{BIN_VARIABLE} is {folder}, which does not hold both `postgres` and `initdb`")]
    WrongFolder {
        /// The folder that was given.
        folder: PathBuf,
    },
    /// Root may not run PostgreSQL, and there is no other user to run it as.
    #[error(
        "PostgreSQL refuses to run as root and neither a `postgres` nor a `nobody` user exists: \
         run this as an ordinary user or set {URL_VARIABLE}"
    )]
    NoUser,
    /// Another process is using the data folder.
    #[error("another process is using the database in {folder}; stop it first")]
    InUse {
        /// The data folder's parent.
        folder: PathBuf,
    },
    /// The kept data was made by another major version.
    #[error(
        "the data in {folder} was made by PostgreSQL {made_by}, the binaries found are {found}: \
         install {made_by}, or delete the folder if its contents are not needed"
    )]
    OtherVersion {
        /// The data folder.
        folder: PathBuf,
        /// Major version in the data folder.
        made_by: String,
        /// Major version of the binaries.
        found: String,
    },
    /// A file operation failed.
    #[error("cannot {what} {path}")]
    File {
        /// What was tried, as a verb.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// `initdb` did not make a data folder.
    #[error("initdb failed: {output}")]
    Init {
        /// What it said.
        output: String,
    },
    /// The server did not come up.
    #[error("the server did not start; the end of its log: {log}")]
    Start {
        /// The end of its log.
        log: String,
    },
    /// The server was given by URL, so it is not ours to stop.
    #[error("the server of {URL_VARIABLE} is not this program's to stop or restart")]
    NotOurs,
    /// The given URL cannot be read.
    #[error("{URL_VARIABLE} is not a PostgreSQL URL")]
    Url(#[source] url::ParseError),
    /// A statement of this crate failed.
    #[error("PostgreSQL refused to {what}")]
    Database {
        /// What was tried.
        what: &'static str,
        /// The server's reason.
        source: tokio_postgres::Error,
    },
    /// The caller's part of a template database failed.
    #[error("building the template database failed")]
    Template(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(crate) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }

    pub(crate) fn database(what: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Database { what, source }
    }
}
