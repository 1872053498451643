//! The connectors against local servers of ours that behave as the sources document, and against
//! files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod file_drop;
mod gocardless;
mod hostile;
mod http;
mod mikro;
mod mock;
mod nilvera;
mod ohvps;
mod parasut;
mod support;
