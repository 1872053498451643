//! What is known of a document when it is scored. Plain data, so that this crate knows no parser.

use std::collections::BTreeSet;

use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The kind of a document (`document_parsed_data.document_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Fatura.
    Invoice,
    /// Banka hesap ekstresi.
    BankStatement,
    /// Fiş.
    Receipt,
    /// Sözleşme.
    Contract,
    /// None of these.
    #[default]
    Unknown,
}

impl Kind {
    /// The kind of a word of the database; any other word is `Unknown`.
    pub fn from_word(word: &str) -> Self {
        match word {
            "invoice" => Self::Invoice,
            "bank_statement" => Self::BankStatement,
            "receipt" => Self::Receipt,
            "contract" => Self::Contract,
            _ => Self::Unknown,
        }
    }
}

/// A flag of `document_risk_features."riskFlags"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FlagFact {
    /// Its code, `UPPER_SNAKE_CASE`.
    pub code: String,
    /// How serious it is.
    pub severity: Severity,
}

/// A field that the document should have and that was not found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingField {
    /// Fatura numarası.
    InvoiceNumber,
    /// Düzenleme tarihi.
    IssueDate,
    /// VKN or TCKN of the counterparty.
    TaxNumber,
    /// Name of the counterparty.
    CounterpartyName,
    /// Ödenecek tutar.
    TotalAmount,
    /// Opening and closing balance of a statement.
    Balances,
}

/// Everything that document rules ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// What it is.
    pub kind: Kind,
    /// The flags raised.
    pub flags: Vec<FlagFact>,
    /// Keys of the features that are true (`dateInconsistency`, `amountMismatch`, …).
    pub features: BTreeSet<String>,
    /// What is missing.
    pub missing: BTreeSet<MissingField>,
    /// The document could not be read, or its text could not be parsed. The worker stores no score for
    /// a document whose reading failed (its row says why), so it is set only by callers who score such
    /// documents too.
    pub read_failed: bool,
    /// The document was read and recognised, but is of a kind without fields (e-İrsaliye, Uygulama
    /// Yanıtı): that is no failed parsing.
    pub recognised: bool,
    /// At least one field came out.
    pub has_fields: bool,
    /// Ödenecek tutar, in the document's currency.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    pub total_amount: Option<Decimal>,
    /// KDV, in the document's currency.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    pub tax_amount: Option<Decimal>,
    /// ISO 4217 code of the amounts.
    #[serde(default)]
    pub currency: Option<String>,
}
