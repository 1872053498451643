//! Features, flags and the flag score of a document, as the platform's document page shows them.
//!
//! Pure: today's date and the duplicates found by the caller are arguments.

mod bank_statement;
mod flags;
mod invoice;
mod receipt;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{Currency, DocumentId, Severity};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use self::flags::Flags;
use crate::extraction::{Extraction, Fields};

/// Another document of the same tenant that looks like this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// Which one.
    pub document_id: DocumentId,
}

/// Duplicates found by each key; documents that were deleted are the caller's to leave out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// The same bytes.
    pub content: Option<Duplicate>,
    /// The same ETTN.
    pub ettn: Option<Duplicate>,
    /// The same issuer and invoice number.
    pub number: Option<Duplicate>,
}

/// What is known beside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentContext {
    /// Today in Turkey.
    pub today: NaiveDate,
    /// Duplicates among the tenant's documents.
    pub duplicates: Duplicates,
}

/// One risk flag, in the shape that the platform's document page reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Stable code, listed in [`crate::message`].
    pub code: String,
    /// How serious it is; counts 30, 15 or 5 points.
    pub severity: Severity,
    /// The sentence for the accountant, in Turkish.
    pub description: String,
    /// The value concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

/// The result: what goes to `document_risk_features`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assessment {
    /// Features that are true; those that are not are absent.
    pub features: BTreeMap<String, bool>,
    /// Flags in order of detection.
    pub flags: Vec<Flag>,
    /// 30 per high, 15 per medium and 5 per low flag, at most 100.
    pub flag_score: u8,
}

/// Derives features, flags and the flag score.
pub fn assess(extraction: &Extraction, context: &AssessmentContext) -> Assessment {
    let mut flags = Flags::default();
    match &extraction.fields {
        Fields::Invoice(fields) => invoice::flag(fields, &extraction.evidence, context, &mut flags),
        Fields::BankStatement(fields) => {
            bank_statement::flag(fields, extraction, &mut flags);
        }
        Fields::Receipt(fields) => receipt::flag(fields, context, &mut flags),
        Fields::Contract(_) | Fields::EDocument(_) | Fields::Several(_) | Fields::Unknown => {}
    }
    if let Some(other) = &context.duplicates.content {
        let value = Some(other.document_id.as_str().into());
        flags.raise("duplicateDocument", "DUPLICATE_CONTENT", Severity::High, value);
    }
    flags.into_assessment()
}

/// The amount in lira, to be held against thresholds that are lira. A foreign amount without a stated
/// rate is not judged; an amount without a currency is taken for lira, as Turkish documents leave it out
/// for no other.
fn in_lira(amount: Decimal, currency: Option<Currency>, rate: Option<Decimal>) -> Option<Decimal> {
    match currency {
        None | Some(Currency::TRY) => Some(amount),
        Some(_) => amount.checked_mul(rate?),
    }
}

/// The sum, unless it does not fit.
fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    amounts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add)
}
