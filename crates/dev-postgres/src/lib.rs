//! A private PostgreSQL for development and tests.
//!
//! Finds the installed binaries, makes a data folder once, starts a server on a free loopback port
//! and stops it when this process ends, however it ends. Works for root too: the server then runs
//! as another user. Nothing is downloaded and no daemon stays behind.
//!
//! Not for production, and it knows nothing of this project's schema: what goes into a template
//! database is the caller's.

mod binaries;
mod database;
mod error;
mod folder;
mod lifeline;
mod server;
mod settings;
mod user;

pub use database::TestDatabase;
pub use error::Error;
pub use server::{Options, Server, StopMode};
pub use settings::{BIN_VARIABLE, URL_VARIABLE};

/// Whether a server can be had: its binaries are found, or `TEST_DATABASE_URL` names one.
pub fn is_available() -> bool {
    settings::given_url().is_some() || binaries::Binaries::find().is_ok()
}
