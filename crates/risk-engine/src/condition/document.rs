//! What rules of scope `document` ask.

use domain::Severity;

use super::Condition;
use crate::{
    config::Config,
    facts::{DocumentFacts, Kind, MissingField},
    rule::RuleProblem,
    score::Reason,
};

/// Rules of the platform that ask what no document alone tells. Facts about a company are charged to
/// the company, where they are known once, and not to each of its documents.
const NOT_COMPUTED: &[&str] = &[
    "INV_DUPLICATE_INVOICE",
    "UNUSUAL_COUNTERPARTY",
    "NEW_COUNTERPARTY",
    "BENFORDS_LAW_VIOLATION",
    "ROUND_NUMBER_SUSPICIOUS",
    "UNUSUAL_TIMING",
];

/// `DUPLICATE_CONTENT` is in no seeded rule: an invoice uploaded twice raises the flags of its number
/// or its ETTN as well wherever these could be read, and neither an invoice without them nor the same
/// statement or receipt has a rule of the platform. The flag counts in the flag score, and an office
/// may give it points by a rule of that code.
pub(super) fn read(code: &str, config: &mut Config<'_>) -> Condition {
    let flags: &[&str] = match code {
        "INV_MISSING_TAX_NUMBER" => return Condition::MissingTaxNumber,
        "DOC_PARSING_FAILED" => return Condition::ParsingFailed,
        "INV_DUE_BEFORE_ISSUE" => &["DATE_INCONSISTENCY"],
        "INV_TOTAL_MISMATCH" => &["AMOUNT_MISMATCH", "TOTALS_MISMATCH"],
        "INV_DUPLICATE_NUMBER" => &["DUPLICATE_INVOICE_NUMBER", "DUPLICATE_ETTN"],
        "VAT_RATE_INCONSISTENCY" => &["VAT_RATE_INCONSISTENCY"],
        "AMOUNT_DATE_INCONSISTENCY" => &["AMOUNT_DATE_INCONSISTENCY"],
        "CHART_MISMATCH" => &["CHART_MISMATCH"],
        _ => &[],
    };
    let at_least = config.severity("minSeverity", Severity::Low);
    if NOT_COMPUTED.contains(&code) {
        config.wrong("code", RuleProblem::NotComputed);
    }
    let Some(name) = feature(code) else { return Condition::OwnFlag { at_least } };
    let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
    Condition::Feature { name: name.to_owned(), flags, at_least }
}

fn feature(code: &str) -> Option<&'static str> {
    Some(match code {
        "INV_DUE_BEFORE_ISSUE" => "dateInconsistency",
        "INV_TOTAL_MISMATCH" => "amountMismatch",
        "INV_DUPLICATE_NUMBER" => "duplicateInvoiceNumber",
        "VAT_RATE_INCONSISTENCY" => "vatRateInconsistency",
        "AMOUNT_DATE_INCONSISTENCY" => "amountDateInconsistency",
        "CHART_MISMATCH" => "chartMismatch",
        _ => return None,
    })
}

pub(super) fn decide(code: &str, condition: &Condition, facts: &DocumentFacts) -> Option<Reason> {
    let worst_flag = |wanted: &dyn Fn(&str) -> bool, at_least: Severity| {
        facts
            .flags
            .iter()
            .filter(|flag| wanted(&flag.code) && flag.severity >= at_least)
            .max_by(|a, b| a.severity.cmp(&b.severity).then_with(|| b.code.cmp(&a.code)))
            .map(|flag| Reason::Flag { code: flag.code.clone(), severity: flag.severity })
    };
    match condition {
        Condition::Feature { name, flags, at_least } => {
            let wanted = |code: &str| flags.iter().any(|flag| flag == code);
            worst_flag(&wanted, *at_least).or_else(|| {
                // Several flags share one feature (a due date before the issue date and a date in the
                // future), so the feature speaks only where no flags are known at all; it has no
                // severity of its own.
                (facts.flags.is_empty()
                    && *at_least == Severity::Low
                    && facts.features.contains(name))
                .then(|| Reason::Feature { name: name.clone() })
            })
        }
        Condition::OwnFlag { at_least } => worst_flag(&|flag| flag == code, *at_least),
        Condition::MissingTaxNumber => (facts.kind == Kind::Invoice
            && facts.missing.contains(&MissingField::TaxNumber))
        .then_some(Reason::MissingTaxNumber),
        Condition::ParsingFailed => (facts.read_failed
            || (facts.kind == Kind::Unknown && !facts.has_fields && !facts.recognised))
            .then_some(Reason::ParsingFailed),
        _ => None,
    }
}
