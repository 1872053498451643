//! What rules of scope `company` ask.

use std::collections::BTreeSet;

use domain::Severity;
use rust_decimal::Decimal;

use super::Condition;
use crate::{
    company_facts::{CompanyFacts, LONGEST_WINDOW_DAYS},
    config::Config,
    score::{Measure, Reason},
};

const DAYS: (u32, u32) = (1, LONGEST_WINDOW_DAYS);
const DEFAULT_DAYS: u32 = 90;
/// Counts that are compared with.
const COUNTS: (u32, u32) = (0, 1_000_000);

/// The settings of the platform's company rules, with the platform's defaults. Both parts of a ratio
/// are of the same window, and a threshold of 0 is a threshold.
pub(super) fn read(code: &str, config: &mut Config<'_>) -> Option<Condition> {
    let of_kinds = |kinds: &[&str], config: &mut Config<'_>| Condition::Findings {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        at_least: config.severity("minSeverity", Severity::Low),
        above: config.count("threshold", COUNTS, 0),
    };
    Some(match code {
        "COMP_MANY_HIGH_RISK_DOCS" => Condition::HighRiskDocuments {
            above: config.count("threshold", COUNTS, 5),
            days: config.count("days", DAYS, DEFAULT_DAYS),
        },
        "COMP_HIGH_RISK_RATIO" => Condition::HighRiskShare {
            above: config.number("threshold", (0, 1), Decimal::new(3, 1)),
            days: config.count("days", DAYS, DEFAULT_DAYS),
            min_documents: config.count("minDocuments", COUNTS, 5),
        },
        "COMP_FREQUENT_DUPLICATES" => Condition::RepeatedInvoices {
            above: config.count("threshold", COUNTS, 3),
            days: config.count("days", DAYS, DEFAULT_DAYS),
        },
        "COMP_BENFORDS_LAW_VIOLATION" => of_kinds(&["BENFORD"], config),
        "COMP_CIRCULAR_TRANSACTIONS" => of_kinds(&["RING"], config),
        "COMP_UNUSUAL_VAT_PATTERNS" => of_kinds(&["KDV_PATTERN"], config),
        "COMP_DATE_MANIPULATION" => of_kinds(&["BACK_DATING", "FUTURE_DATING"], config),
        "COMP_HIGH_FRAUD_PATTERNS" => Condition::FindingKinds {
            at_least: config.severity("minSeverity", Severity::Medium),
            above: config.count("threshold", COUNTS, 3),
        },
        _ => return None,
    })
}

pub(super) fn decide(condition: &Condition, facts: &CompanyFacts) -> Option<Reason> {
    let measured = |what, value: Decimal, above: Decimal, base: u32, days: u32| {
        (value > above).then(|| Reason::Measured {
            what,
            value: value.normalize(),
            above: above.normalize(),
            base: base.into(),
            days: days.into(),
        })
    };
    match condition {
        Condition::HighRiskDocuments { above, days } => {
            let (scored, high) = facts.documents_of(*days);
            let what = Measure::HighRiskDocuments;
            measured(what, high.into(), (*above).into(), scored, *days)
        }
        Condition::HighRiskShare { above, days, min_documents } => {
            let (scored, high) = facts.documents_of(*days);
            if scored == 0 || scored < *min_documents {
                return None;
            }
            let share = (Decimal::from(high) / Decimal::from(scored)).round_dp(4);
            measured(Measure::HighRiskShare, share, *above, scored, *days)
        }
        Condition::RepeatedInvoices { above, days } => {
            let what = Measure::RepeatedInvoices;
            let repeated = facts.repeated_of(*days);
            measured(what, repeated.into(), (*above).into(), facts.invoices_of(*days), *days)
        }
        Condition::Findings { kinds, at_least, above } => {
            let found = facts
                .findings
                .iter()
                .filter(|one| one.severity >= *at_least && kinds.contains(&one.kind));
            let worst = found.clone().map(|one| one.severity).max()?;
            let count = u32::try_from(found.count()).unwrap_or(u32::MAX);
            (count > *above).then(|| Reason::Findings {
                kinds: kinds.clone(),
                count: count.into(),
                worst,
            })
        }
        Condition::FindingKinds { at_least, above } => {
            let found = facts.findings.iter().filter(|one| one.severity >= *at_least);
            let worst = found.clone().map(|one| one.severity).max()?;
            let kinds: BTreeSet<&str> = found.map(|one| one.kind.as_str()).collect();
            let count = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
            (count > *above).then(|| Reason::Findings {
                kinds: kinds.into_iter().map(str::to_owned).collect(),
                count: count.into(),
                worst,
            })
        }
        _ => None,
    }
}
