//! Diesel's picture of the tables. Kept by hand, compared with a migrated database by a test.
#![allow(missing_docs, reason = "the columns are described where the platform's data model is")]

pub mod host;
pub mod worker;
