//! What is pushed to the other side, and what became of each.

use chrono::NaiveDate;
use domain::{Currency, InvoiceId};
use rust_decimal::Decimal;

use crate::record::{BankAccountIdentity, Direction, InvoiceLine, PartyIdentity};

/// An invoice of the office to be created at the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingInvoice {
    /// Ours: written into the other side's record, so that a repeated push finds it.
    pub id: InvoiceId,
    /// Number, when it has one.
    pub number: Option<String>,
    /// The GİB type (`SATIS`, `IADE`, …), where it is known.
    pub invoice_type: Option<String>,
    /// Sale or purchase.
    pub direction: Direction,
    /// Düzenleme tarihi.
    pub issue_date: NaiveDate,
    /// Vade.
    pub due_date: Option<NaiveDate>,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Lira per unit of the currency, where it is another.
    pub exchange_rate: Option<Decimal>,
    /// Total with KDV.
    pub total_amount: Decimal,
    /// KDV.
    pub tax_amount: Decimal,
    /// The other party.
    pub counterparty: PartyIdentity,
    /// Lines; a connector that needs them refuses an invoice without.
    pub lines: Vec<InvoiceLine>,
}

/// A bank movement of the office to be created at the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingTransaction {
    /// Ours (`transactions.id`): written into the other side's record.
    pub id: String,
    /// Which account.
    pub account: BankAccountIdentity,
    /// İşlem tarihi.
    pub date: NaiveDate,
    /// Signed: money in is positive.
    pub amount: Decimal,
    /// Currency of the amount.
    pub currency: Currency,
    /// Text.
    pub description: Option<String>,
}

/// What became of one pushed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushOutcome {
    /// Our id of the record.
    pub id: String,
    /// How it ended.
    pub result: PushResult,
}

/// How a push of one record ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushResult {
    /// It is there now.
    Created {
        /// The id under which a pull gives the record.
        external_id: String,
    },
    /// It was there already, from a push whose end we did not see.
    AlreadyThere {
        /// The id under which a pull gives the record.
        external_id: String,
    },
    /// The other side, or a rule of ours before it was asked, refuses it.
    Refused {
        /// A Turkish sentence that says what to mend.
        message: String,
    },
}

impl PushResult {
    /// With the other side's id as a pull gives it.
    #[must_use]
    pub(crate) fn named(self, name: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Created { external_id } => Self::Created { external_id: name(&external_id) },
            Self::AlreadyThere { external_id } => {
                Self::AlreadyThere { external_id: name(&external_id) }
            }
            refused @ Self::Refused { .. } => refused,
        }
    }

    /// Whether the record is at the other side now.
    pub const fn is_there(&self) -> bool {
        matches!(self, Self::Created { .. } | Self::AlreadyThere { .. })
    }
}
