//! The environment variables that steer this crate, and the server's settings.

use std::path::PathBuf;

/// Names the folder that holds `postgres` and `initdb`; it goes before every other place.
pub const BIN_VARIABLE: &str = "DEV_POSTGRES_BIN";

/// Names a server to use in place of a private one: a URL whose user may create databases.
pub const URL_VARIABLE: &str = "TEST_DATABASE_URL";

#[expect(clippy::disallowed_methods, reason = "a development tool; this is its edge")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn bin_folder() -> Option<PathBuf> {
    variable(BIN_VARIABLE).map(PathBuf::from)
}

pub(crate) fn given_url() -> Option<String> {
    variable(URL_VARIABLE)
}

pub(crate) fn search_path() -> String {
    variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned())
}

/// Settings of every server: loopback only, nothing in the system's log.
const COMMON: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    ("max_connections", "200"),
    ("max_wal_senders", "0"),
    ("wal_level", "minimal"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("logging_collector", "off"),
];

/// What a throw-away server does without: surviving a power failure.
const FAST: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("shared_buffers", "64MB"),
];

/// What a server that somebody measures or keeps data in has.
const DURABLE: &[(&str, &str)] = &[("shared_buffers", "256MB"), ("max_wal_size", "2GB")];

/// The server's command line settings, `name=value`.
pub(crate) fn server(durable: bool, extra: &[(String, String)]) -> Vec<String> {
    let kind = if durable { DURABLE } else { FAST };
    COMMON
        .iter()
        .chain(kind)
        .map(|(name, value)| format!("{name}={value}"))
        .chain(extra.iter().map(|(name, value)| format!("{name}={value}")))
        .collect()
}
