//! Entries dated long before, or after, they were recorded.
//!
//! Back: recorded at least [`crate::DatingParameters::late_days`] days after the date, when the KDV
//! return of its month was due (28th of the following month, KDVK 41). What was recorded on one day is
//! one finding. Left out: a day of loading (more than a third of what was recorded that day, and more
//! than ten entries, is as old), as when a new client's books come in. KDVK 29/3 allows deduction until
//! the end of the following year, so severity is low within it and medium after.
//!
//! Ahead: dated more than [`crate::DatingParameters::future_days`] days after the reference date.
//!
//! Needs the day of recording; without it nothing is said about the past.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use domain::Severity;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    context::{Context, first_day_of, month_of},
    finding::{Evidence, Kind, NextCheck, Quantity},
    parameters::Parameters,
    reason::Reason,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Dating;

impl Detector for Dating {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.dating.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        back(context, output);
        ahead(context, output);
    }
}

fn back(context: &Context<'_>, output: &mut Output) {
    let late = i64::from(context.parameters.dating.late_days);
    let mut days: BTreeMap<NaiveDate, (usize, Vec<u32>)> = BTreeMap::new();
    for (at, (entry, facts)) in (0_u32..).zip(context.entries.iter().zip(&context.facts)) {
        let Some(recorded) = entry.recorded_on.filter(|day| *day >= context.report_from) else {
            continue;
        };
        if facts.is_cancelled || recorded > context.reference {
            continue;
        }
        let (all, old) = days.entry(recorded).or_default();
        *all += 1;
        // The 28th of the month after.
        let due = first_day_of(month_of(entry.date) + 1).with_day(28);
        if (recorded - entry.date).num_days() >= late && due.is_some_and(|due| recorded > due) {
            old.push(at);
        }
    }
    for (recorded, (all, old)) in days {
        let Some(oldest) = old.first().map(|at| context.date(*at)) else { continue };
        if old.len() > 10 && old.len() * 3 > all {
            continue;
        }
        let days = (recorded - oldest).num_days();
        let sum: Kurus = old
            .iter()
            .filter_map(|at| context.facts.get(*at as usize))
            .map(|facts| facts.gross)
            .sum();
        let ids = old.iter().filter_map(|at| context.id(*at)).map(str::to_owned).collect();
        let is_deductible = recorded.year() <= oldest.year() + 1;
        output.push(Draft {
            kind: Kind::BackDating,
            severity: if is_deductible { Severity::Low } else { Severity::Medium },
            strength: beyond(
                crate::statistics::count64(days.unsigned_abs()),
                crate::statistics::count64(late.unsigned_abs()),
            ),
            evidence: Evidence::Entries { ids },
            entries: old,
            invoices: Vec::new(),
            date: recorded,
            observed: Quantity::Days(days),
            base: None,
            threshold: Some(Quantity::Days(late)),
            at_stake: Some(sum),
            reason: Reason::RecordedLate { recorded_on: recorded, days },
            next_check: NextCheck::DateOfDocument,
        });
    }
}

fn ahead(context: &Context<'_>, output: &mut Output) {
    let allowed = i64::from(context.parameters.dating.future_days);
    let visible = context.entries.len();
    let all = (0_u32..).zip(context.ledger.entries());
    for (at, entry) in all.skip(visible) {
        let days = (entry.date - context.reference).num_days();
        // Recorded later than the reference date: not known then.
        if days <= allowed || entry.recorded_on.is_some_and(|day| day > context.reference) {
            continue;
        }
        let gross: Kurus = context.lines(entry).iter().map(|line| line.debit).sum();
        output.push(Draft {
            kind: Kind::FutureDating,
            severity: if days > 31 { Severity::High } else { Severity::Medium },
            strength: beyond(crate::statistics::count64(days.unsigned_abs()), 1.0),
            evidence: Evidence::Entries { ids: vec![entry.id.clone()] },
            entries: vec![at],
            invoices: Vec::new(),
            date: context.reference,
            observed: Quantity::Days(days),
            base: None,
            threshold: Some(Quantity::Days(allowed)),
            at_stake: Some(gross),
            reason: Reason::InFuture { days },
            next_check: NextCheck::DateOfDocument,
        });
    }
    for invoice in context.ledger.invoices() {
        let days = (invoice.issue_date - context.reference).num_days();
        if days <= allowed || invoice.recorded_on.is_some_and(|day| day > context.reference) {
            continue;
        }
        output.push(Draft {
            kind: Kind::FutureDating,
            severity: if days > 31 { Severity::High } else { Severity::Medium },
            strength: beyond(crate::statistics::count64(days.unsigned_abs()), 1.0),
            evidence: Evidence::Invoices { ids: vec![invoice.id.clone()] },
            entries: Vec::new(),
            invoices: vec![invoice.id.clone()],
            date: context.reference,
            observed: Quantity::Days(days),
            base: None,
            threshold: Some(Quantity::Days(allowed)),
            at_stake: Some(invoice.total),
            reason: Reason::InFuture { days },
            next_check: NextCheck::DateOfDocument,
        });
    }
}
