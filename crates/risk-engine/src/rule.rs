//! One rule: its row, what may be wrong with it, and its checked form.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{Severity, TenantId};
use rust_decimal::Decimal;
use serde_json::Value;

/// A row of `risk_rules` as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleRow {
    /// `risk_rules.id`.
    pub id: String,
    /// The office that made it; none for a rule of the platform.
    pub tenant: Option<TenantId>,
    /// `document` or `company`.
    pub scope: String,
    /// What it asks.
    pub code: String,
    /// Its description, for people.
    pub description: String,
    /// Points when triggered.
    pub weight: Decimal,
    /// Whether it counts.
    pub active: bool,
    /// How serious one hit is: `low`, `medium`, `high` or `critical`.
    pub default_severity: String,
    /// Its settings.
    pub config: Value,
    /// When the row was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Something wrong with a row. The row is left out (see [`crate::RuleSet::load`]), never silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// `risk_rules.id`.
    pub id: String,
    /// The rule's code.
    pub code: String,
    /// The office whose rule it is; none for a rule of the platform.
    pub tenant: Option<TenantId>,
    /// Column, or `config.<key>`.
    pub key: String,
    /// What is wrong there.
    pub problem: RuleProblem,
}

/// What may be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleProblem {
    /// The value is none of the known ones.
    #[error("{found:?} is not one of {allowed}")]
    NotOneOf {
        /// What stands there.
        found: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// The weight is no number of points with at most two decimals within 0..=100.
    #[error("{0} is not within 0 and 100 with at most two decimals")]
    WeightOutOfRange(Decimal),
    /// A setting that this rule does not have.
    #[error("this rule has no such setting")]
    UnknownKey,
    /// A value of the wrong type.
    #[error("must be {expected}")]
    WrongType {
        /// What it must be.
        expected: &'static str,
    },
    /// Another row of the platform has this code and is newer; that one counts.
    #[error("another rule of the platform has this code and is newer ({newer})")]
    Superseded {
        /// `risk_rules.id` of the one that counts.
        newer: String,
    },
    /// The rule is known, but nothing computes what it asks.
    #[error("nothing computes what this rule asks yet, so it cannot be triggered")]
    NotComputed,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "risk rule {} ({}", self.code, self.id)?;
        if let Some(tenant) = &self.tenant {
            write!(f, " of tenant {tenant}")?;
        }
        write!(f, "), {}: {}", self.key, self.problem)
    }
}

impl std::error::Error for RuleError {}

/// A checked rule of scope `document`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) weight: Decimal,
    pub(crate) severity: Severity,
    pub(crate) trigger: Trigger,
}

/// What a document rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// One of these flags is raised with at least this severity; where a document comes without any
    /// flags, its feature stands for them.
    Feature { name: &'static str, flags: &'static [&'static str], at_least: Severity },
    /// A flag with the rule's own code and at least this severity.
    OwnFlag { at_least: Severity },
    /// An invoice without a tax number of its counterparty.
    MissingTaxNumber,
    /// The reading failed, or gave neither kind nor fields.
    ParsingFailed,
}

/// Rules of the platform that ask what no document alone tells.
const NOT_COMPUTED: &[&str] = &[
    "INV_DUPLICATE_INVOICE",
    "UNUSUAL_COUNTERPARTY",
    "NEW_COUNTERPARTY",
    "BENFORDS_LAW_VIOLATION",
    "ROUND_NUMBER_SUSPICIOUS",
    "UNUSUAL_TIMING",
];

/// Checks a row of scope `document`, collecting everything that is wrong.
pub(crate) fn check(row: &RuleRow) -> Result<Rule, Vec<RuleError>> {
    let mut errors = Vec::new();
    let mut wrong = |key: &str, problem| errors.push(row.error(key, problem));

    if row.weight < Decimal::ZERO
        || row.weight > Decimal::ONE_HUNDRED
        || row.weight.normalize().scale() > 2
    {
        wrong("weight", RuleProblem::WeightOutOfRange(row.weight));
    }
    let severity = row.default_severity.parse::<Severity>();
    if severity.is_err() {
        wrong("default_severity", not_a_severity(&row.default_severity));
    }
    if NOT_COMPUTED.contains(&row.code.as_str()) {
        wrong("code", RuleProblem::NotComputed);
    }
    let takes_severity =
        !matches!(row.code.as_str(), "INV_MISSING_TAX_NUMBER" | "DOC_PARSING_FAILED");
    let mut at_least = Severity::Low;
    match &row.config {
        Value::Null => {}
        Value::Object(settings) => {
            for (key, value) in settings {
                let path = format!("config.{key}");
                if key != "minSeverity" || !takes_severity {
                    wrong(&path, RuleProblem::UnknownKey);
                } else if let Some(word) = value.as_str() {
                    match word.parse() {
                        Ok(severity) => at_least = severity,
                        Err(_) => wrong(&path, not_a_severity(word)),
                    }
                } else {
                    wrong(&path, RuleProblem::WrongType { expected: "a text" });
                }
            }
        }
        _ => wrong("config", RuleProblem::WrongType { expected: "an object" }),
    }
    match severity {
        Ok(severity) if errors.is_empty() => Ok(Rule {
            code: row.code.clone(),
            description: row.description.clone(),
            weight: row.weight,
            severity,
            trigger: trigger(&row.code, at_least),
        }),
        _ => Err(errors),
    }
}

fn not_a_severity(found: &str) -> RuleProblem {
    RuleProblem::NotOneOf { found: found.to_owned(), allowed: "low, medium, high, critical" }
}

/// `DUPLICATE_CONTENT` is in no seeded rule: an invoice uploaded twice raises the flags of its number
/// or its ETTN as well wherever these could be read, and neither an invoice without them nor the same
/// statement or receipt has a rule of the platform. The flag counts in the flag score, and an office
/// may give it points by a rule of that code.
fn trigger(code: &str, at_least: Severity) -> Trigger {
    let feature = |name, flags| Trigger::Feature { name, flags, at_least };
    match code {
        "INV_DUE_BEFORE_ISSUE" => feature("dateInconsistency", &["DATE_INCONSISTENCY"]),
        "INV_TOTAL_MISMATCH" => feature("amountMismatch", &["AMOUNT_MISMATCH", "TOTALS_MISMATCH"]),
        "INV_DUPLICATE_NUMBER" => {
            feature("duplicateInvoiceNumber", &["DUPLICATE_INVOICE_NUMBER", "DUPLICATE_ETTN"])
        }
        "VAT_RATE_INCONSISTENCY" => feature("vatRateInconsistency", &["VAT_RATE_INCONSISTENCY"]),
        "AMOUNT_DATE_INCONSISTENCY" => {
            feature("amountDateInconsistency", &["AMOUNT_DATE_INCONSISTENCY"])
        }
        "CHART_MISMATCH" => feature("chartMismatch", &["CHART_MISMATCH"]),
        "INV_MISSING_TAX_NUMBER" => Trigger::MissingTaxNumber,
        "DOC_PARSING_FAILED" => Trigger::ParsingFailed,
        _ => Trigger::OwnFlag { at_least },
    }
}

impl RuleRow {
    pub(crate) fn error(&self, key: &str, problem: RuleProblem) -> RuleError {
        RuleError {
            id: self.id.clone(),
            code: self.code.clone(),
            tenant: self.tenant.clone(),
            key: key.to_owned(),
            problem,
        }
    }
}
