//! The score of a document.

use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    facts::{DocumentFacts, Kind, MissingField},
    rule::{Rule, Trigger},
    rule_set::RuleSet,
};

/// Why a rule was triggered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "by")]
pub enum Reason {
    /// A feature of the document.
    Feature {
        /// Its key.
        name: String,
    },
    /// A flag of the document.
    Flag {
        /// Its code.
        code: String,
        /// How serious that flag is.
        severity: Severity,
    },
    /// The invoice has no tax number of its counterparty.
    MissingTaxNumber,
    /// The document could not be parsed.
    ParsingFailed,
}

/// What one rule adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The rule.
    pub code: String,
    /// The rule's description as it stands in `risk_rules`.
    pub description: String,
    /// How serious the rule says one hit is.
    pub severity: Severity,
    /// The rule's weight.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub weight: Decimal,
    /// Its share of the score: the weight, or less where the sum would be above 100.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub points: Decimal,
    /// Why it was triggered.
    pub reason: Reason,
}

/// A score with everything that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskScore {
    /// 0..=100, two decimals: exactly the sum of the points.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub score: Decimal,
    /// The word for it.
    pub severity: Severity,
    /// What each triggered rule adds, the heaviest first, then by code.
    pub contributions: Vec<Contribution>,
}

impl RiskScore {
    /// Codes of the triggered rules, the heaviest first.
    pub fn triggered_codes(&self) -> impl Iterator<Item = &str> {
        self.contributions.iter().map(|contribution| contribution.code.as_str())
    }
}

/// Scores a document: the sum of the weights of the triggered rules, at most 100.
pub fn score_document(rules: &RuleSet, facts: &DocumentFacts) -> RiskScore {
    let mut triggered: Vec<(&Rule, Reason)> = rules
        .rules
        .iter()
        .filter_map(|rule| reason(rule, facts).map(|reason| (rule, reason)))
        .collect();
    triggered.sort_by(|(a, _), (b, _)| b.weight.cmp(&a.weight).then_with(|| a.code.cmp(&b.code)));

    let weights: Vec<Decimal> = triggered.iter().map(|(rule, _)| rule.weight).collect();
    let points = within_100(&weights);
    let score: Decimal = points.iter().sum();
    let contributions = triggered
        .into_iter()
        .zip(points)
        .map(|((rule, reason), points)| Contribution {
            code: rule.code.clone(),
            description: rule.description.clone(),
            severity: rule.severity,
            weight: rule.weight,
            points,
            reason,
        })
        .collect();
    RiskScore { score, severity: rules.thresholds.severity(score), contributions }
}

fn reason(rule: &Rule, facts: &DocumentFacts) -> Option<Reason> {
    let worst_flag = |codes: &[&str], at_least: Severity| {
        facts
            .flags
            .iter()
            .filter(|flag| codes.contains(&flag.code.as_str()) && flag.severity >= at_least)
            .max_by(|a, b| a.severity.cmp(&b.severity).then_with(|| b.code.cmp(&a.code)))
            .map(|flag| Reason::Flag { code: flag.code.clone(), severity: flag.severity })
    };
    match rule.trigger {
        Trigger::Feature { name, flags, at_least } => worst_flag(flags, at_least).or_else(|| {
            // Several flags share one feature (a due date before the issue date and a date in the
            // future), so the feature speaks only where no flags are known at all; it has no severity
            // of its own.
            (facts.flags.is_empty() && at_least == Severity::Low && facts.features.contains(name))
                .then(|| Reason::Feature { name: name.to_owned() })
        }),
        Trigger::OwnFlag { at_least } => worst_flag(&[&rule.code], at_least),
        Trigger::MissingTaxNumber => (facts.kind == Kind::Invoice
            && facts.missing.contains(&MissingField::TaxNumber))
        .then_some(Reason::MissingTaxNumber),
        Trigger::ParsingFailed => (facts.read_failed
            || (facts.kind == Kind::Unknown && !facts.has_fields && !facts.recognised))
            .then_some(Reason::ParsingFailed),
    }
}

/// The weights as they are, or scaled so that they sum to exactly 100 in steps of 0.01 (largest
/// remainder; the weights come sorted, so equal remainders go to the heaviest).
fn within_100(weights: &[Decimal]) -> Vec<Decimal> {
    let sum: Decimal = weights.iter().sum();
    if sum <= Decimal::ONE_HUNDRED {
        return weights.to_vec();
    }
    let step = Decimal::new(1, 2);
    let exact: Vec<Decimal> =
        weights.iter().map(|weight| weight * Decimal::ONE_HUNDRED / sum).collect();
    let mut points: Vec<Decimal> = exact.iter().map(|exact| exact.trunc_with_scale(2)).collect();
    let mut by_remainder: Vec<usize> = (0..points.len()).collect();
    let remainder = |at: &usize| {
        exact.get(*at).copied().unwrap_or_default() - points.get(*at).copied().unwrap_or_default()
    };
    by_remainder.sort_by_key(|at| std::cmp::Reverse(remainder(at)));
    let mut left = Decimal::ONE_HUNDRED - points.iter().sum::<Decimal>();
    for at in by_remainder {
        if left <= Decimal::ZERO {
            break;
        }
        if let Some(points) = points.get_mut(at) {
            *points += step;
            left -= step;
        }
    }
    points
}
