//! What is written for a document.

use chrono::NaiveDate;
use risk_engine::RiskScore;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

/// `document_ocr_results`.
#[derive(Debug, Clone, PartialEq)]
pub struct TextResult {
    /// The text; NUL, which PostgreSQL does not store, is left out.
    pub raw: String,
    /// What gave it (`ubl-tr`, `pdf-text`, `tesseract`), at most 50 characters.
    pub engine: String,
    /// Mean confidence of recognised words as a fraction 0..=1.
    pub confidence: Option<Decimal>,
}

/// `document_parsed_data`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedResult {
    /// `invoice`, `bank_statement`, `receipt`, `contract` or `unknown`.
    pub document_type: String,
    /// The fields, an object.
    pub fields: Value,
    /// Version of the parser, at most 50 characters.
    pub parser_version: String,
}

/// `document_risk_features`.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureResult {
    /// Map of the features that are true.
    pub features: Value,
    /// Array of flags.
    pub flags: Value,
    /// Score of the flags, 0..=100.
    pub score: Option<Decimal>,
}

/// What a score was made with, so that it can be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredWith {
    /// The day, in Turkey.
    pub day: NaiveDate,
    /// The version of the office's rules.
    pub rule_set_version: i32,
    /// The facts, as text.
    pub facts: String,
}

/// Everything that follows from a document that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Its text.
    pub text: TextResult,
    /// Its fields.
    pub parsed: ParsedResult,
    /// Its features and flags.
    pub features: FeatureResult,
    /// Its risk score; high and critical ones raise an alert.
    pub risk: RiskScore,
    /// What that score was made with.
    pub evaluation: ScoredWith,
}

/// Within 0..=1 and four decimals, as `numeric(5,4)` has it; rounded here, so that nothing is rounded
/// unseen in the database.
pub(super) fn stored_confidence(confidence: Decimal) -> Decimal {
    confidence
        .clamp(Decimal::ZERO, Decimal::ONE)
        .round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)
}

/// Within 0..=100 and two decimals, as `numeric(5,2)` has it.
pub(crate) fn stored_score(score: Decimal) -> Decimal {
    score
        .clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
