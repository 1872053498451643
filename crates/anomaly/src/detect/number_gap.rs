//! Numbers missing in a series of issued invoices.
//!
//! The running number of an e-document begins with 1 in each year and series and leaves nothing out
//! (VUK 231: müteselsil sıra numarası; e-document guides of the Gelir İdaresi). Numbers are taken from
//! sales entries and from issued invoices, cancelled ones included: a cancelled number is used. What is
//! missing between the first and the last is one finding per hole.
//!
//! Needs [`crate::NumberGapParameters::min_numbers`] numbers of the series; order does not matter. A number may come late: a hole is reported when its upper
//! neighbour is older than [`crate::NumberGapParameters::grace_days`], or than half as much again as the
//! company's own lateness (the longest time by which a lower number was dated or recorded after a higher
//! one), whichever is longer. If no number ever came in a later month than a higher one, the end of the
//! month ends the wait.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::Severity;

use super::{Detector, Output, draft::Draft};
use crate::{
    chart::Shape,
    context::{Context, first_day_of, month_of},
    document_number::DocumentNumber,
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{Direction, InvoiceStatus},
    parameters::Parameters,
    reason::Reason,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct NumberGap;

/// When a number was used, and when that was known.
#[derive(Debug, Clone, Copy)]
struct Used {
    date: NaiveDate,
    known: NaiveDate,
    /// Known from a cancellation, whose date says when it was cancelled.
    is_cancelled: bool,
}

impl Detector for NumberGap {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.number_gap.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let all = series_of(context);
        let needed = (context.parameters.number_gap.min_numbers as usize).max(2);
        let lateness = all.values().filter(|used| used.len() >= needed).map(lateness).fold(
            Lateness::default(),
            |a, b| Lateness {
                days: a.days.max(b.days),
                crosses_months: a.crosses_months || b.crosses_months,
            },
        );
        for (series, used) in all {
            holes(context, series, &used, lateness, output);
        }
    }
}

fn series_of<'a>(context: &Context<'a>) -> BTreeMap<&'a str, BTreeMap<u32, Used>> {
    let mut all: BTreeMap<&str, BTreeMap<u32, Used>> = BTreeMap::new();
    let mut note = |number: Option<&'a str>,
                    date: NaiveDate,
                    recorded: Option<NaiveDate>,
                    is_cancelled: bool| {
        let Some(number) = number.map(DocumentNumber::of).and_then(|n| n.electronic()) else {
            return;
        };
        let known = context.known_on(date, recorded);
        let used = all.entry(number.series).or_default();
        used.entry(number.running)
            .and_modify(|first| {
                if known < first.known {
                    *first = Used { date, known, is_cancelled };
                }
            })
            .or_insert(Used { date, known, is_cancelled });
    };
    // Cancelled pairs too: their numbers were used.
    let visible = context.entries.iter().zip(&context.facts).skip(context.window_start);
    for (entry, facts) in visible {
        let is_known = entry.recorded_on.is_none_or(|day| day <= context.reference);
        if facts.shape == Shape::Sale && is_known {
            note(entry.reference.as_deref(), entry.date, entry.recorded_on, false);
        }
    }
    for invoice in context.ledger.invoices() {
        if invoice.direction == Direction::Sale
            && invoice.status != InvoiceStatus::Draft
            && invoice.issue_date <= context.reference
            && invoice.recorded_on.is_none_or(|day| day <= context.reference)
        {
            let is_cancelled = invoice.status == InvoiceStatus::Cancelled;
            note(invoice.number.as_deref(), invoice.issue_date, invoice.recorded_on, is_cancelled);
        }
    }
    all
}

fn holes(
    context: &Context<'_>,
    series: &str,
    used: &BTreeMap<u32, Used>,
    lateness: Lateness,
    output: &mut Output,
) {
    let parameters = &context.parameters.number_gap;
    // A few hand-made numbers in no order are no series.
    let needed = (parameters.min_numbers as usize).max(2);
    let mut known: Vec<NaiveDate> = used.values().map(|used| used.known).collect();
    known.sort_unstable();
    let Some(series_since) = known.get(needed - 1).copied() else { return };
    let grace = i64::from(parameters.grace_days).max(lateness.days + lateness.days / 2).min(60);
    let ripe_on = |since: NaiveDate| -> Option<NaiveDate> {
        let ripe = since.checked_add_signed(chrono::Duration::days(grace))?;
        if lateness.crosses_months {
            return Some(ripe);
        }
        let month_end = first_day_of(month_of(since) + 1).pred_opt()?;
        Some(ripe.min(month_end))
    };
    let mut below: Option<u32> = None;
    for (number, at) in used {
        let missing = below.map_or(0, |below| number - below - 1);
        let previous = below.replace(*number);
        let Some(previous) = previous else { continue };
        if missing == 0 || missing > parameters.max_missing {
            continue;
        }
        // Known from the upper neighbour on; stays in the report as long as that is recent.
        let since = at.known.max(series_since);
        if !ripe_on(since)
            .is_some_and(|ripe| (context.report_from..=context.reference).contains(&ripe))
        {
            continue;
        }
        let text = |running: u32| format!("{series}{running:09}");
        output.push(Draft {
            kind: Kind::NumberGap,
            severity: if missing >= 3 { Severity::High } else { Severity::Medium },
            strength: 1.0 - 1.0 / f64::from(missing + 1),
            evidence: Evidence::NumberRange { first: text(previous + 1), last: text(number - 1) },
            entries: Vec::new(),
            invoices: Vec::new(),
            date: at.date,
            observed: Quantity::Count(u64::from(missing)),
            base: None,
            threshold: Some(Quantity::Count(1)),
            at_stake: None,
            reason: Reason::MissingNumbers {
                series: series.to_owned(),
                missing: u64::from(missing),
            },
            next_check: NextCheck::MissingNumbers,
        });
    }
}

/// How late a lower number became known after a higher one.
#[derive(Debug, Clone, Copy, Default)]
struct Lateness {
    days: i64,
    /// Whether that was ever in a later month.
    crosses_months: bool,
}

fn lateness(used: &BTreeMap<u32, Used>) -> Lateness {
    let mut lateness = Lateness::default();
    let mut earliest_above: Option<NaiveDate> = None;
    for at in used.values().rev().filter(|used| !used.is_cancelled) {
        if let Some(above) = earliest_above {
            lateness.days = lateness.days.max((at.known - above).num_days());
            lateness.crosses_months |= month_of(at.known) > month_of(above);
        }
        earliest_above = Some(earliest_above.map_or(at.known, |above| above.min(at.known)));
    }
    lateness
}
