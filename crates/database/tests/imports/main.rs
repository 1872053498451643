//! Pages of records into the books, on a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod bank;
mod invoices;
mod jobs;
mod office;
