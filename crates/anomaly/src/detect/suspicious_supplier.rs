//! A new supplier with heavy bills that nobody pays.
//!
//! New: first seen in the last half year, with at least three months of ledger before. Heavy: three
//! bills or more within two months and at least [`crate::SupplierParameters::heavy_share`] of what was bought on account
//! from the first of them on. Unpaid: not one payment, return or set-off, and the first bill is older
//! than what nine of ten of the company's bills take to be paid and than
//! [`crate::SupplierParameters::unpaid_days`] (or
//! [`crate::SupplierParameters::usual_way_days`], see below).
//!
//! An honest supplier on long terms looks the same for a while. It keeps delivering; a maker of paper
//! stops when the period is full. So the supplier must also have fallen silent: no bill for longer than
//! any pause before and at least 25 days; or its bills must have come by another way than those of the
//! others (typed or uploaded where most purchases arrive through a connection); with both, half the
//! share is heavy. Nothing of the days ahead is used. A counterparty with round bills is
//! [`super::round_amounts`]'s.
//!
//! Source: criteria of the VDK circular of 18 April 2025 on knowing use of false documents (payment,
//! share in cost, newness). A kind for a narrow audience.

use domain::Severity;
use rustc_hash::FxHashMap;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    chart::{self, Shape},
    context::Context,
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{EntrySource, PartyNo},
    parameters::Parameters,
    reason::Reason,
    report::{HistoryUnit, TooLittleHistory},
    settlement::owed,
    statistics::quantile_of_sorted,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct SuspiciousSupplier;

/// How long a supplier counts as new, in days.
const NEW_DAYS: i32 = 183;
/// Silence that says something, in days.
const SILENT_DAYS: i32 = 25;
/// Within how many days of the first the third bill must have come.
const BURST_DAYS: i32 = 62;

#[derive(Debug, Default)]
struct Supplier {
    bills: Vec<Bill>,
    was_paid: bool,
    /// Whether an entry before the window names it.
    is_known: bool,
}

#[derive(Debug, Clone, Copy)]
struct Bill {
    at: u32,
    day: i32,
    amount: Kurus,
    source: EntrySource,
    is_cost: bool,
    is_round: bool,
}

impl Detector for SuspiciousSupplier {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.supplier.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let need = context.parameters.supplier.min_months;
        let have = context.months_before(context.month);
        if have < need {
            output.too_little.push(TooLittleHistory {
                kind: Kind::SuspiciousSupplier,
                subject: None,
                have: u64::from(have),
                need: u64::from(need),
                unit: HistoryUnit::Months,
            });
            return;
        }
        let book = Book::of(context);
        for (party, supplier) in &book.suppliers {
            if let Some(draft) = judge(context, &book, *party, supplier) {
                output.explain(draft);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Book {
    suppliers: FxHashMap<PartyNo, Supplier>,
    /// All bills by day, with running sums.
    bought: Vec<(i32, Kurus)>,
    /// What nine of ten bills take to be paid, in days.
    usual_terms: f64,
    /// Bills of stock and assets, and of costs: how many, and how many came through a connection.
    ways: [(usize, usize); 2],
}

impl Book {
    fn of(context: &Context<'_>) -> Self {
        let mut book = Self::default();
        let mut terms: Vec<f64> = Vec::new();
        let mut sum = Kurus::ZERO;
        for (at, (entry, facts)) in (0_u32..).zip(context.entries.iter().zip(&context.facts)) {
            let (false, Some(party)) = (facts.is_cancelled, entry.party) else { continue };
            let is_before = (at as usize) < context.window_start;
            let supplier = book.suppliers.entry(party).or_default();
            if is_before {
                supplier.is_known = true;
                continue;
            }
            let lines = context.lines(entry);
            let to_supplier = owed(lines, &context.mains);
            if facts.shape == Shape::Purchase && to_supplier > Kurus::ZERO {
                let is_cost = lines.iter().any(|line| chart::is_cost(context.main(line.account)));
                supplier.bills.push(Bill {
                    at,
                    day: facts.day,
                    amount: to_supplier,
                    source: entry.source,
                    is_cost,
                    is_round: lines.iter().any(|line| {
                        chart::is_spend(context.main(line.account))
                            && super::round_amounts::is_round(line.debit)
                    }),
                });
                sum += to_supplier;
                if let Some((bills, connected)) = book.ways.get_mut(usize::from(is_cost)) {
                    *bills += 1;
                    *connected += usize::from(entry.source == EntrySource::Integration);
                }
                book.bought.push((facts.day, sum));
                terms.extend(facts.settled.map(|settled| f64::from(settled - facts.day)));
            } else if to_supplier < Kurus::ZERO {
                supplier.was_paid = true;
            }
        }
        terms.sort_unstable_by(f64::total_cmp);
        book.usual_terms = quantile_of_sorted(&terms, 0.9).unwrap_or(30.0);
        book
    }

    /// Whether most bills of goods, or of costs, come through a connection.
    fn is_connected(&self, is_cost: bool) -> bool {
        self.ways
            .get(usize::from(is_cost))
            .is_some_and(|(bills, connected)| connected * 2 >= *bills)
    }

    /// What was bought on account from a day on.
    fn since(&self, day: i32) -> Kurus {
        let first = self.bought.partition_point(|(other, _)| *other < day);
        let before = first.checked_sub(1).and_then(|at| self.bought.get(at)).map(|(_, sum)| *sum);
        self.bought.last().map_or(Kurus::ZERO, |(_, sum)| *sum - before.unwrap_or_default())
    }
}

fn judge(context: &Context<'_>, book: &Book, party: PartyNo, supplier: &Supplier) -> Option<Draft> {
    let parameters = &context.parameters.supplier;
    let bills = &supplier.bills;
    let (first, last) = (bills.first()?, bills.last()?);
    if supplier.was_paid || supplier.is_known || bills.len() < 3 {
        return None;
    }
    let today = chrono::Datelike::num_days_from_ce(&context.reference);
    let age = today - first.day;
    let is_new = age <= NEW_DAYS
        && context.months_before(crate::context::month_of(context.date(first.at)))
            >= parameters.min_months;
    let is_burst = bills.get(2).is_some_and(|third| third.day - first.day <= BURST_DAYS);
    let came_otherwise = bills
        .iter()
        .all(|bill| bill.source != EntrySource::Integration && book.is_connected(bill.is_cost));
    let unpaid_days =
        if came_otherwise { parameters.unpaid_days } else { parameters.usual_way_days };
    let unpaid_days = i32::try_from(unpaid_days).unwrap_or(i32::MAX);
    let round = bills.iter().filter(|bill| bill.is_round).count();
    if !is_new
        || !is_burst
        || round * 2 > bills.len()
        || age < unpaid_days
        || f64::from(age) < book.usual_terms
    {
        return None;
    }
    let pause = bills
        .windows(2)
        .map(|pair| if let [a, b] = pair { b.day - a.day } else { 0 })
        .max()
        .unwrap_or(0);
    let silence = today - last.day;
    let fell_silent = silence >= SILENT_DAYS && silence > pause;
    if !fell_silent && !came_otherwise {
        return None;
    }
    let sum: Kurus = bills.iter().map(|bill| bill.amount).sum();
    let share = sum.as_f64() / book.since(first.day).as_f64().max(1.0);
    let heavy = if fell_silent && came_otherwise {
        0.5 * parameters.heavy_share
    } else {
        parameters.heavy_share
    };
    if share < heavy {
        return None;
    }
    Some(Draft {
        kind: Kind::SuspiciousSupplier,
        severity: if fell_silent && came_otherwise { Severity::High } else { Severity::Medium },
        strength: beyond(share, heavy),
        evidence: Evidence::Counterparty {
            party: context.ledger.party(party).to_owned(),
            since: context.date(first.at),
        },
        entries: bills.iter().map(|bill| bill.at).collect(),
        invoices: Vec::new(),
        date: context.date(last.at),
        observed: Quantity::Ratio(share),
        base: None,
        threshold: Some(Quantity::Ratio(heavy)),
        at_stake: Some(sum),
        reason: Reason::UnpaidNewSupplier {
            party: context.ledger.party(party).to_owned(),
            bills: bills.len() as u64,
            share,
            unpaid_days: i64::from(age),
        },
        next_check: NextCheck::SupplierReality,
    })
}
