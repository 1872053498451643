//! The job store on a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod documents;
mod listening;
mod locked;
mod periodic;
mod plans;
#[path = "../relay/mod.rs"]
mod relay;
mod running;
mod silence;
mod statements;
mod surroundings;
mod sync_shape;
