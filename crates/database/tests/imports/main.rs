//! Pages of records into the books, on a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod bank;
#[path = "../common/mod.rs"]
mod common;
mod invoices;
mod jobs;
mod office;
mod providers;
mod pushed;
mod takeover;
