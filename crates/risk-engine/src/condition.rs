//! What rules ask: read from a rule's settings, decided on facts.

mod company;
mod document;

use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    company_facts::CompanyFacts,
    config::Config,
    expression::{Expression, Variables},
    facts::DocumentFacts,
    rule::{Rule, RuleProblem, Scope},
    score::Reason,
};

/// What a rule asks, with every setting filled in, so that a stored rule set does not depend on the
/// defaults of a later version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Condition {
    /// One of these flags is raised with at least this severity; where a document comes without any
    /// flags, its feature stands for them.
    Feature { name: String, flags: Vec<String>, at_least: Severity },
    /// A flag with the rule's own code and at least this severity.
    OwnFlag { at_least: Severity },
    /// An invoice without a tax number of its counterparty.
    MissingTaxNumber,
    /// The reading failed, or gave neither kind nor fields.
    ParsingFailed,
    /// More documents than this were scored high within this many days.
    HighRiskDocuments { above: u32, days: u32 },
    /// Of the documents scored within this many days, a greater share than this was scored high; asked
    /// only where there are enough of them.
    HighRiskShare {
        #[serde(with = "rust_decimal::serde::arbitrary_precision")]
        above: Decimal,
        days: u32,
        min_documents: u32,
    },
    /// More invoices than this repeat an earlier one, within this many days.
    RepeatedInvoices { above: u32, days: u32 },
    /// More findings than this of these kinds, with at least this severity.
    Findings { kinds: Vec<String>, at_least: Severity, above: u32 },
    /// Findings of more different kinds than this, with at least this severity.
    FindingKinds { at_least: Severity, above: u32 },
    /// What the office wrote.
    Expression { source: Expression },
}

/// Rules that ask nearly the same; see [`Rule::group`].
pub(crate) fn group(code: &str) -> Option<&'static str> {
    match code {
        "INV_DUPLICATE_NUMBER"
        | "INV_DUPLICATE_INVOICE"
        | "DUPLICATE_INVOICE_NUMBER"
        | "DUPLICATE_CONTENT"
        | "DUPLICATE_ETTN" => Some("duplicate"),
        "COMP_MANY_HIGH_RISK_DOCS" | "COMP_HIGH_RISK_RATIO" => Some("high-risk-documents"),
        _ => None,
    }
}

/// Reads what a rule asks. `None` when something is wrong, which is then noted in `config`, or when
/// the code is not known.
pub(crate) fn read(scope: Scope, code: &str, config: &mut Config<'_>) -> Option<Condition> {
    if config.has("expression") {
        let source = config.text("expression")?;
        return match Expression::check(scope, &source) {
            Ok(source) => Some(Condition::Expression { source }),
            Err(error) => {
                config.wrong("config.expression", RuleProblem::Expression(error));
                None
            }
        };
    }
    match scope {
        Scope::Document => Some(document::read(code, config)),
        Scope::Company => company::read(code, config),
    }
}

/// What is known of the subject that is scored.
pub(crate) enum Facts<'a> {
    Document(&'a DocumentFacts),
    Company(&'a CompanyFacts),
}

/// Why the rule is triggered, if it is. `variables` are those of the same facts.
pub(crate) fn decide(rule: &Rule, facts: &Facts<'_>, variables: &Variables) -> Option<Reason> {
    match (&rule.condition, facts) {
        (Condition::Expression { source }, _) => source.holds(variables),
        (condition, Facts::Document(facts)) => document::decide(&rule.code, condition, facts),
        (condition, Facts::Company(facts)) => company::decide(condition, facts),
    }
}
