//! The only place with SQL.
//!
//! Everything that reads or writes the database is here: connections, migrations, the schema, the
//! job store and one module for each aggregate. Functions take and return plain types.
//!
//! Invariants: every statement names its tenant, except claims, schedules and operators' commands
//! (`tests/tenancy.rs` lists them); effects on several rows are one transaction with the state
//! change of their job, which checks the job's lease; times of jobs are the database's.

mod alerts;
pub mod connect;
pub mod documents;
mod error;
mod ids;
pub mod integrations;
pub mod jobs;
pub mod migrate;
pub mod operations;
pub mod risk;
pub mod risk_rules;
pub mod schema;
pub mod schema_check;
pub mod seed;
pub mod sql;
pub mod usage;

pub use connect::{Config, Connection, Database, DatabaseUrl, Pooled, TlsMode, UrlError};
pub use error::Error;
pub use ids::new_id;
