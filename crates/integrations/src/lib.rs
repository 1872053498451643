//! Connectors to accounting packages, e-invoice portals and banks: pages of normalized records from a
//! cursor, and what is pushed back.
//!
//! Invariants: an amount is a [`rust_decimal::Decimal`] from the answer's text on; a record that
//! cannot be understood is skipped with its reason, never guessed and never fatal for its page; a code
//! or capability that does not work is refused with what to do, never answered with an empty success;
//! a secret reaches neither a log, an error nor a debug print. No SQL: what must be kept (rotated
//! tokens, objects already taken) goes through the traits in [`port`].
//!
//! A connector is one folder or file and one line in [`registry`].

pub mod catalogue;
pub mod config;
mod connect;
pub mod connector;
pub mod connectors;
pub mod cursor;
mod documents;
mod environment;
pub mod error;
pub mod http;
pub mod import;
pub mod page;
pub mod port;
pub mod push;
pub mod record;
pub mod registry;
pub mod secret;
mod session;
#[cfg(feature = "testing")]
pub mod testing;
mod values;

pub use config::{IntegrationConfig, seal_settings};
pub use connect::{Connected, connect};
pub use connector::{
    AccountingConnector, BankConnector, Capabilities, ConnectionReport, Connector, PullRequest,
};
pub use cursor::Cursor;
pub use environment::{Documents, Environment, Integration, Ports};
pub use error::ConnectorError;
pub use page::{ComeBack, ObjectOutcome, ObjectResult, Page, SkipReason, SkippedRecord, Warning};
pub use push::{OutgoingInvoice, OutgoingTransaction, PushOutcome, PushResult};
pub use record::{
    BankAccountIdentity, BankTransactionRecord, Direction, InvoiceLine, InvoiceRecord,
    InvoiceStatus, PartyIdentity,
};
pub use registry::ConnectorCode;
pub use secret::{KeyRing, Secret};
