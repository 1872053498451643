//! Scores with what made them.

use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    company_facts::CompanyFacts,
    condition::{self, Facts},
    expression::Variables,
    facts::DocumentFacts,
    points::points,
    rule::{Rule, Scope},
    rule_set::RuleSet,
};

/// Why a rule was triggered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "by")]
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
    /// Something counted or divided is above the rule's threshold.
    Measured {
        /// What was measured.
        what: Measure,
        /// The value.
        value: Decimal,
        /// The threshold, which itself is not enough.
        above: Decimal,
        /// How many things it was measured on.
        base: Decimal,
        /// Within how many days.
        days: Decimal,
    },
    /// Findings in the books.
    Findings {
        /// Their kinds.
        kinds: Vec<String>,
        /// How many count.
        count: Decimal,
        /// The most serious of them.
        worst: Severity,
    },
    /// An expression of the office holds.
    Expression {
        /// As it was written.
        source: String,
        /// The variables that it reads, in the order of their first use, with their values.
        values: Vec<(String, String)>,
    },
}

/// What a company rule measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Measure {
    /// Documents whose score is high, of those scored.
    HighRiskDocuments,
    /// Their share of those scored, 0..=1.
    HighRiskShare,
    /// Invoices that repeat an earlier one, of all invoices.
    RepeatedInvoices,
}

/// What one rule adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// Its share of the score: the weight, or less where the sum would be above 100, or nothing where
    /// a rule that asks nearly the same already counts.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub points: Decimal,
    /// The rule of the same group that counts instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_by: Option<String>,
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
    /// Shadow rules that were triggered: recorded, without points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadow: Vec<Contribution>,
}

impl RiskScore {
    /// Codes of the triggered rules, the heaviest first; shadow rules are not among them.
    pub fn triggered_codes(&self) -> impl Iterator<Item = &str> {
        self.contributions.iter().map(|contribution| contribution.code.as_str())
    }
}

/// Scores a document: the sum of the weights of the triggered rules, at most 100.
pub fn score_document(rules: &RuleSet, facts: &DocumentFacts) -> RiskScore {
    score(rules, Scope::Document, &Facts::Document(facts), || Variables::of_document(facts))
}

/// Scores a company in the same way.
pub fn score_company(rules: &RuleSet, facts: &CompanyFacts) -> RiskScore {
    score(rules, Scope::Company, &Facts::Company(facts), || Variables::of_company(facts))
}

fn score(
    rules: &RuleSet,
    scope: Scope,
    facts: &Facts<'_>,
    variables: impl FnOnce() -> Variables,
) -> RiskScore {
    // Most rule sets have no expression, and variables cost more than all other rules together.
    let variables = if rules.has_expressions(scope) { variables() } else { Variables::default() };
    let mut triggered: Vec<(&Rule, Reason)> = rules
        .rules_of(scope)
        .filter_map(|rule| condition::decide(rule, facts, &variables).map(|reason| (rule, reason)))
        .collect();
    triggered.sort_by(|(a, _), (b, _)| b.weight.cmp(&a.weight).then_with(|| a.code.cmp(&b.code)));
    let (shadow, counted): (Vec<_>, Vec<_>) =
        triggered.into_iter().partition(|(rule, _)| rule.shadow);

    let shares = points(&counted.iter().map(|(rule, _)| *rule).collect::<Vec<_>>());
    let contribution = |rule: &Rule, reason, points, counted_by| Contribution {
        code: rule.code.clone(),
        description: rule.description.clone(),
        severity: rule.severity,
        weight: rule.weight,
        points,
        counted_by,
        reason,
    };
    let contributions: Vec<Contribution> = counted
        .into_iter()
        .zip(shares)
        .map(|((rule, reason), share)| contribution(rule, reason, share.points, share.counted_by))
        .collect();
    let score = contributions.iter().map(|one| one.points).sum::<Decimal>();
    RiskScore {
        score,
        severity: rules.thresholds().severity(score),
        contributions,
        shadow: shadow
            .into_iter()
            .map(|(rule, reason)| contribution(rule, reason, Decimal::ZERO, None))
            .collect(),
    }
}
