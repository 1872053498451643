//! Importers: records in, what is to be written out. They validate, match and map; the database
//! looks up and writes ([`domain::books`] is what passes between them).
//!
//! Invariants: a record is known again by its integration and external id, an invoice of two sources
//! by its ETTN; what the source did not change is not touched; what a person edited or posted is
//! never overwritten; no company is guessed; a bad record is set aside with its reason, and the rest
//! of its page goes in.

pub mod bank;
pub mod company;
mod exact;
mod hash;
mod incoming;
pub mod invoice;
mod reason;
mod text;

pub use bank::BankImport;
pub use company::OwnCompany;
pub use invoice::InvoiceImport;
pub use reason::Reason;

use text::short;
