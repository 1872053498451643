//! One page of records into the books: one transaction, fenced by the job's lease, that also keeps
//! the cursor. The decisions are an importer's ([`domain::books::PageImport`]).
//!
//! A page of a thousand new invoices takes ten statements, one of unchanged records five, `BEGIN` and
//! `COMMIT` included, whatever the number of lines.

mod entries;
mod invoices;
mod page;
mod rows;

use std::time::Duration;

use jobs_core::LeaseRef;
use serde_json::Value;

pub use entries::import_entries;
pub use invoices::import_invoices;

use domain::books::ImportNote;

/// Whose page it is.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The job that reads it, with its tenant.
    pub lease: &'a LeaseRef,
    /// `tenant_integrations.id`.
    pub integration_id: &'a str,
    /// `invoices` or `bank_transactions`.
    pub stream: &'a str,
}

/// An object of a file drop that a page settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledObject {
    /// Its key below the drop's folder.
    pub key: String,
    /// Which version was read.
    pub version: Value,
    /// SHA-256 of its content in hex.
    pub sha256: Option<String>,
    /// How it ended.
    pub result: Value,
}

/// A record that the connector could not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// The source's id, when at least that could be read.
    pub external_id: Option<String>,
    /// A word for programs.
    pub reason: String,
    /// A Turkish sentence.
    pub message: String,
    /// What exactly, without any value of the record.
    pub detail: String,
}

/// What is stored with a page's records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advance {
    /// The connector's cursor after the page; none for records that did not come from the source
    /// just now.
    pub position: Option<Value>,
    /// Whether the source has nothing more for now.
    pub done: bool,
    /// The source will have more after this long.
    pub come_back: Option<Duration>,
    /// Objects that the page settles, each key once.
    pub objects: Vec<SettledObject>,
    /// Records that were not understood.
    pub not_understood: Vec<NotUnderstood>,
    /// What the office should be told, in Turkish.
    pub warnings: Vec<String>,
    /// Whether the records were set aside before and counted then.
    pub retried: bool,
}

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New in the books.
    pub created: i64,
    /// Changed at the source, and now in the books.
    pub updated: i64,
    /// As they were.
    pub unchanged: i64,
    /// Not taken, with a reason.
    pub skipped: i64,
    /// Changed at the source, and not overwritten.
    pub kept: i64,
}

/// The end of an import of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// Everything is written.
    Written(Counts, Vec<ImportNote>),
    /// The job is no longer this worker's: nothing is written.
    LostLease,
}
