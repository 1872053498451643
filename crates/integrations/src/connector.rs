//! What a connector can do. Object-safe: the registry gives `Arc<dyn …>`.

use std::fmt;

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::{
    cursor::Cursor,
    error::ConnectorError,
    page::Page,
    push::{OutgoingInvoice, OutgoingTransaction, PushOutcome},
    record::{BankTransactionRecord, InvoiceRecord},
    registry::ConnectorCode,
};

/// What works with a connector in this build. What is false is refused with
/// [`ConnectorError::Unsupported`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four job types, each there or not")]
pub struct Capabilities {
    /// [`AccountingConnector::pull_invoices`].
    pub pull_invoices: bool,
    /// [`BankConnector::pull_transactions`].
    pub pull_bank_transactions: bool,
    /// [`AccountingConnector::push_invoices`].
    pub push_invoices: bool,
    /// [`BankConnector::push_transactions`].
    pub push_bank_transactions: bool,
}

/// What a successful test of a connection found. Says what was really asked of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionReport {
    /// A Turkish sentence for the person who pressed "test".
    pub message: String,
}

/// What is asked of a pull.
#[derive(Debug, Clone, Copy)]
pub struct PullRequest<'a> {
    /// The cursor that was stored with the last page; absent on the first sync.
    pub cursor: Option<&'a Cursor>,
    /// First day wanted by the first sync.
    pub since: NaiveDate,
    /// How many records a page should have; a hint, bounded by what the source allows.
    pub page_size: usize,
}

/// What every connector says of itself.
#[async_trait]
pub trait Connector: Send + Sync + fmt::Debug {
    /// Which connector it is.
    fn code(&self) -> ConnectorCode;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Asks the source for something that needs the credentials; never a check of the settings alone.
    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError>;
}

/// A source of invoices.
#[async_trait]
pub trait AccountingConnector: Connector {
    /// One page of invoices from a cursor.
    async fn pull_invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError>;

    /// Creates invoices at the other side, one outcome for each in their order. After an error send the
    /// same ones again: what was made before it is found there by our id and not made twice.
    async fn push_invoices(
        &self,
        _invoices: &[OutgoingInvoice],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        Err(ConnectorError::unsupported(self.code(), "push_invoices"))
    }
}

/// A source of bank movements.
#[async_trait]
pub trait BankConnector: Connector {
    /// One page of movements from a cursor.
    async fn pull_transactions(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError>;

    /// Creates movements at the other side; as [`AccountingConnector::push_invoices`].
    async fn push_transactions(
        &self,
        _transactions: &[OutgoingTransaction],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        Err(ConnectorError::unsupported(self.code(), "push_bank_transactions"))
    }
}
