//! Jobs in PostgreSQL: one implementation for every job table.
//!
//! A table's columns and status words are a [`TableDescription`]; the SQL is made from it once. Times
//! are the server's. The rows of a tenant are claimed in the order of the table's partial index on
//! due work `(tenant_id, priority, run_at, id)`, which finished rows are outside of.

mod document;
mod listen;
mod periodic;
mod rows;
mod statements;
mod store;
mod sync;
mod table;

pub use document::{DOCUMENT_PROCESSING, DocumentJob};
pub use listen::{CHANNEL, Listener};
pub use periodic::PgPeriodicStore;
pub use statements::Statements;
pub use store::PgJobStore;
pub use sync::{INTEGRATION_SYNC, SyncJob};
pub use table::{Columns, StatusWords, Subject, TableDescription};
