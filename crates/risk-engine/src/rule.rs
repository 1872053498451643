//! One rule: its row, what may be wrong with it, and its checked form.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{Severity, TenantId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    condition::{self, Condition},
    config::Config,
    expression::ExpressionError,
};

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

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One document.
    Document,
    /// One client company.
    Company,
}

impl Scope {
    /// The word of `risk_rules.scope`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Company => "company",
        }
    }

    /// The scope of a word of the database.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Document, Self::Company].into_iter().find(|scope| scope.as_str() == word)
    }
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
    /// A number that is not allowed there.
    #[error("{found} is not within {min} and {max}")]
    OutOfRange {
        /// What stands there.
        found: Decimal,
        /// The least that may stand there.
        min: Decimal,
        /// The most that may stand there.
        max: Decimal,
    },
    /// A setting that this rule does not have.
    #[error("this rule has no such setting")]
    UnknownKey,
    /// A value of the wrong type.
    #[error("must be {expected}")]
    WrongType {
        /// What it must be.
        expected: &'static str,
    },
    /// The expression cannot be used.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// Another row of the platform has this code and is newer; that one counts.
    #[error("another rule of the platform has this code and is newer ({newer})")]
    Superseded {
        /// `risk_rules.id` of the one that counts.
        newer: String,
    },
    /// The rule is known, but nothing computes what it asks.
    #[error("nothing computes what this rule asks yet, so it cannot be triggered")]
    NotComputed,
    /// A company rule that is not known and brings no expression of its own.
    #[error("no such company rule is known; a rule of your own needs config.expression")]
    UnknownCode,
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

/// A checked rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// What it looks at.
    pub scope: Scope,
    /// Its code, unique within its scope.
    pub code: String,
    /// Its description, for people.
    pub description: String,
    /// Points when triggered, 0..=100.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub weight: Decimal,
    /// How serious one hit is.
    pub severity: Severity,
    /// A shadow rule is recorded, gives no points and raises nothing.
    pub shadow: bool,
    /// Rules of one group ask nearly the same: of those triggered together only the heaviest gives
    /// points.
    pub group: Option<String>,
    /// What it asks.
    pub(crate) condition: Condition,
}

/// Checks a row, collecting everything that is wrong.
pub(crate) fn check(row: &RuleRow, scope: Scope) -> Result<Rule, Vec<RuleError>> {
    let mut config = Config::of(row);
    if row.weight < Decimal::ZERO
        || row.weight > Decimal::ONE_HUNDRED
        || row.weight.normalize().scale() > 2
    {
        config.wrong("weight", RuleProblem::WeightOutOfRange(row.weight));
    }
    let severity = row.default_severity.parse::<Severity>().unwrap_or_else(|_| {
        config.wrong("default_severity", not_a_severity(&row.default_severity));
        Severity::Low
    });
    let shadow = config.yes_or_no("shadow", false);
    let named = config.text("group");
    let group = named.or_else(|| condition::group(&row.code).map(str::to_owned));
    let condition = condition::read(scope, &row.code, &mut config);
    config.finish()?;
    // `read` gives none only where it has noted why.
    let Some(condition) = condition else {
        return Err(vec![row.error("code", RuleProblem::UnknownCode)]);
    };
    Ok(Rule {
        scope,
        code: row.code.clone(),
        description: row.description.clone(),
        weight: row.weight.normalize(),
        severity,
        shadow,
        group,
        condition,
    })
}

pub(crate) fn not_a_severity(found: &str) -> RuleProblem {
    RuleProblem::NotOneOf { found: found.to_owned(), allowed: "low, medium, high, critical" }
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
