//! For tests and demonstrations: what the ports need in memory, a clock that stands still, and local
//! servers that behave as the sources document (feature `testing`).
//!
//! The servers listen on the loopback address alone, hold invented data, and can be told to fail in
//! every way that the connectors have to survive.

mod gocardless;
mod memory;
mod mikro;
mod nilvera;
mod ohvps;
mod parasut;
mod server;

pub use gocardless::GocardlessSource;
pub use memory::{ManualClock, MemoryLedger, MemoryTokens};
pub use mikro::MikroSource;
pub use nilvera::NilveraSource;
pub use ohvps::OhvpsSource;
pub use parasut::ParasutSource;
pub use server::{Answer, Asked, Fault, Server, Source};

use crate::http::HttpSettings;

/// Settings for calls to the local servers: short waits, no rates, loopback allowed.
pub fn local_http() -> HttpSettings {
    use std::time::Duration;
    HttpSettings {
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(20),
        longest_wait: Duration::ZERO,
        first_backoff: Duration::from_millis(1),
        keep_rates: false,
        allow_loopback: true,
        ..HttpSettings::default()
    }
}
