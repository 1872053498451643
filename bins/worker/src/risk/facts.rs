//! From books and findings to what company rules ask.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anomaly::{Direction, InvoiceStatus, Report};
use chrono::{Days, NaiveDate};
use database::risk::{Context, InvoiceRow};
use risk_engine::{CompanyFacts, DayCount, FindingFact, LONGEST_WINDOW_DAYS};
use rust_decimal::Decimal;

use super::books::{day_of, direction, party_of, status};

/// Invoices of the longest window that a rule may ask for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct InvoiceCounts {
    invoices: Vec<DayCount>,
    repeated: Vec<DayCount>,
}

/// Counts invoices, and those that repeat an earlier one: same direction, same other side, same
/// number. Cancelled ones and drafts are no invoices.
pub(crate) fn count_invoices(rows: &[InvoiceRow], day: NaiveDate) -> InvoiceCounts {
    let first = day.checked_sub_days(Days::new(LONGEST_WINDOW_DAYS.into())).unwrap_or(day);
    let mut seen: HashSet<(Option<Direction>, Option<String>, &str)> = HashSet::new();
    let (mut invoices, mut repeated) = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        if matches!(status(&row.status), InvoiceStatus::Cancelled | InvoiceStatus::Draft) {
            continue;
        }
        let issued = day_of(row.issue_date);
        let number = row.external_id.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let is_new =
            number.is_none_or(|number| seen.insert((direction(&row.kind), party_of(row), number)));
        if issued <= first || issued > day {
            continue;
        }
        *invoices.entry(issued).or_default() += 1;
        if !is_new {
            *repeated.entry(issued).or_default() += 1;
        }
    }
    let counts = |by_day: BTreeMap<NaiveDate, u32>| {
        by_day.into_iter().map(|(day, count)| DayCount { day, count }).collect()
    };
    InvoiceCounts { invoices: counts(invoices), repeated: counts(repeated) }
}

/// Everything that company rules ask for.
pub(crate) fn company_facts(
    day: NaiveDate,
    invoices: InvoiceCounts,
    context: &Context,
    report: &Report,
) -> CompanyFacts {
    let mut facts: Vec<FindingFact> = report
        .findings
        .iter()
        .map(|finding| FindingFact {
            kind: finding.kind.as_str().to_owned(),
            severity: finding.severity,
            amount: finding.at_stake.map(Decimal::from),
        })
        .collect();
    facts.extend(context.rings.iter().map(|ring| FindingFact {
        kind: ring.kind.clone(),
        severity: ring.severity,
        amount: None,
    }));
    facts.sort_unstable();
    let not_judged: BTreeSet<&str> =
        report.too_little_history.iter().map(|one| one.kind.as_str()).collect();
    CompanyFacts {
        day,
        documents: context.documents.clone(),
        invoices: invoices.invoices,
        repeated_invoices: invoices.repeated,
        findings: facts,
        too_little_history: not_judged.into_iter().map(str::to_owned).collect(),
    }
}
