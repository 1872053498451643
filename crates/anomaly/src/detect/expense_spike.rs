//! A cost account's month far above its own path.
//!
//! A month is looked at per account and counterparty: an account is a mixture, its streams are not.
//! Against the bills of the twelve months before, brought to the prices of the month (the company's own
//! drift: the median over its cost accounts of the month against the half year before, and 2.5 % a
//! month of ageing), a month stands out if its total is at least
//! [`crate::ExpenseSpikeParameters::min_factor`] times the expected one and
//! - **size**: two bills or more lie above the 95 % quantile of the earlier bills, and without the
//!   largest of them their logarithms exceed it by [`crate::ExpenseSpikeParameters::size_excess`] in
//!   sum; or
//! - **number**: the stream is regular (variance of the monthly number at most 0.4 of its mean) and so
//!   many bills have a chance of at most [`crate::ExpenseSpikeParameters::number_chance`] (Poisson); or
//! - **both together**: what the month brings without its largest bill has a chance of at most
//!   [`crate::ExpenseSpikeParameters::rest_chance`] (compound Poisson with the earlier sizes, gamma tail;
//!   Bowers et al., Actuarial Mathematics, 1997, chapter 12).
//!
//! A third way, by bills that nobody pays, is in `unpaid.rs`.
//!
//! One bill alone never makes a spike: that is a large entry. Leaving the largest out makes the test
//! robust against it (a trimmed sum; Huber, Robust Statistics, 1981).
//!
//! Not meant: what the same month of the year before showed too (season, yearly renewals), the second
//! and later months of a lasting rise (one episode is one finding), and bills that a narrower kind
//! explains. A partial month is compared with whole ones: it can only be found too small.
//!
//! Minimum history: [`crate::ExpenseSpikeParameters::min_months`] months and four bills of the stream.

mod unpaid;

use std::collections::BTreeMap;

use domain::Severity;
use rustc_hash::FxHashMap;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    chart,
    context::{Context, MonthNo, Spend, first_day_of, month_of},
    finding::{Base, Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, PartyNo},
    parameters::Parameters,
    reason::Reason,
    report::{HistoryUnit, TooLittleHistory},
    statistics::{
        chi_square_tail, count, median, median_and_spread, poisson_tail, quantile_of_sorted,
    },
};

/// See the module.
#[derive(Debug)]
pub(crate) struct ExpenseSpike;

/// What a month of age adds to a bill's price, in logarithms.
const AGEING: f64 = 0.025;
const MIN_BILLS: usize = 4;
const REGULAR: f64 = 0.4;

type Stream = (AccountNo, PartyNo);

impl Detector for ExpenseSpike {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.expense_spike.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let need = context.parameters.expense_spike.min_months;
        let mut streams: BTreeMap<Stream, Vec<&Spend>> = BTreeMap::new();
        for spend in &context.spends {
            if let Some(party) = spend.party
                && chart::is_cost(context.main(spend.account))
            {
                streams.entry((spend.account, party)).or_default().push(spend);
            }
        }
        let earliest = month_of(context.report_from);
        for month in earliest..=context.month {
            let have = context.months_before(month);
            if have < need {
                output.too_little.push(TooLittleHistory {
                    kind: Kind::ExpenseSpike,
                    subject: None,
                    have: u64::from(have),
                    need: u64::from(need),
                    unit: HistoryUnit::Months,
                });
                continue;
            }
            let drift = drift(context, month);
            for ((account, _), bills) in &streams {
                if let Some(draft) = judge(context, *account, bills, month, drift, output) {
                    output.explain(draft);
                }
            }
        }
        for ((account, _), bills) in &streams {
            for draft in unpaid::judge(context, *account, bills, output) {
                output.explain(draft);
            }
        }
    }
}

/// The company's common rise of a month against the half year before, in logarithms; not negative, so
/// that a quiet month makes no spikes.
fn drift(context: &Context<'_>, month: MonthNo) -> f64 {
    let mut totals: FxHashMap<AccountNo, [f64; 7]> = FxHashMap::default();
    for spend in &context.spends {
        let age = month - spend.month;
        if (0..=6).contains(&age) && chart::is_cost(context.main(spend.account)) {
            let months = totals.entry(spend.account).or_default();
            if let Some(total) = usize::try_from(age).ok().and_then(|age| months.get_mut(age)) {
                *total += spend.amount.as_f64();
            }
        }
    }
    let mut rises: Vec<f64> = totals
        .values()
        .filter_map(|months| {
            let (now, before) = months.split_first()?;
            let mut before: Vec<f64> =
                before.iter().copied().filter(|total| *total > 0.0).collect();
            if *now <= 0.0 || before.len() < 3 {
                return None;
            }
            median(&mut before).map(|usual| (now / usual).ln())
        })
        .collect();
    if rises.len() < 5 {
        return 0.0;
    }
    median(&mut rises).unwrap_or(0.0).clamp(0.0, 0.7)
}

/// The bills of a stream in a month and in the months before.
struct Split<'a> {
    now: Vec<&'a Spend>,
    before: Vec<&'a Spend>,
    months: i32,
}

fn split<'a>(
    context: &Context<'_>,
    bills: &[&'a Spend],
    month: MonthNo,
    explained: &Output,
) -> Option<Split<'a>> {
    let first = bills.first()?.month.max(context.first_month).max(month - 12);
    let now: Vec<&Spend> = bills
        .iter()
        .filter(|bill| bill.month == month && !explained.explained.contains(&bill.entry))
        .copied()
        .collect();
    let before: Vec<&Spend> =
        bills.iter().filter(|bill| (first..month).contains(&bill.month)).copied().collect();
    let months = month - first;
    let is_enough = now.len() >= 2 && before.len() >= MIN_BILLS && months >= 3;
    is_enough.then_some(Split { now, before, months })
}

fn judge(
    context: &Context<'_>,
    account: AccountNo,
    bills: &[&Spend],
    month: MonthNo,
    drift: f64,
    output: &Output,
) -> Option<Draft> {
    let parameters = &context.parameters.expense_spike;
    if bills.last()?.month < month {
        return None;
    }
    let Split { mut now, before, months } = split(context, bills, month, output)?;
    now.sort_unstable_by(|a, b| b.amount.cmp(&a.amount).then(a.entry.cmp(&b.entry)));
    // The half year before is three and a half months old on average: so much is in the ageing already.
    let beyond_ageing = (-3.5_f64).mul_add(AGEING, drift).max(0.0);
    let mut sizes: Vec<f64> = before
        .iter()
        .map(|bill| AGEING.mul_add(f64::from(month - bill.month), bill.log()) + beyond_ageing)
        .collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let high = quantile_of_sorted(&sizes, 0.95)?;
    let rate = count(before.len()) / f64::from(months);
    // The expected month: the usual number at the usual size, single giants cut down to the quantile.
    let expected =
        rate * sizes.iter().map(|size| size.min(high).exp()).sum::<f64>() / count(sizes.len());
    let total: Kurus = now.iter().map(|bill| bill.amount).sum();
    let factor = total.as_f64() / expected;
    if factor < parameters.min_factor {
        return None;
    }
    let above: Vec<f64> = now.iter().map(|bill| bill.log() - high).filter(|by| *by > 0.0).collect();
    let excess: f64 = above.iter().skip(1).sum();
    let by_size = above.len() >= 2 && excess > parameters.size_excess;
    let chance = poisson_tail(now.len() as u64, rate.max(0.3));
    let by_number = is_regular(&before, month, months) && chance <= parameters.number_chance;
    let by_both = || chance_of_rest(&now, &before, &sizes, month, months) <= parameters.rest_chance;
    if !by_size && !by_number && !by_both() {
        return None;
    }
    if is_seasonal(bills, month, factor)
        || goes_on(bills, month, total, expected, parameters.min_factor)
    {
        return None;
    }
    let entries: Vec<u32> = if by_size {
        now.iter().filter(|bill| bill.log() > high).map(|bill| bill.entry).collect()
    } else {
        now.iter().map(|bill| bill.entry).collect()
    };
    Some(draft(context, account, month, &before, total, expected, entries, now.len()))
}

#[allow(clippy::too_many_arguments, reason = "the parts of one finding")]
fn draft(
    context: &Context<'_>,
    account: AccountNo,
    month: MonthNo,
    before: &[&Spend],
    total: Kurus,
    expected: f64,
    entries: Vec<u32>,
    bills: usize,
) -> Draft {
    let parameters = &context.parameters.expense_spike;
    let factor = total.as_f64() / expected;
    let mut totals: BTreeMap<MonthNo, Kurus> = BTreeMap::new();
    for bill in before {
        *totals.entry(bill.month).or_default() += bill.amount;
    }
    let mut totals: Vec<Kurus> = totals.into_values().collect();
    totals.sort_unstable();
    let logs: Vec<f64> = totals.iter().map(|total| total.as_f64().ln()).collect();
    let spread = median_and_spread(&logs).map_or(0.0, |(_, spread)| spread);
    let usual = totals.get(totals.len() / 2).copied().unwrap_or_default();
    let account = context.ledger.code(account).to_owned();
    let last = entries.iter().copied().max();
    Draft {
        kind: Kind::ExpenseSpike,
        severity: if factor >= 4.0 { Severity::High } else { Severity::Medium },
        strength: beyond(factor, parameters.min_factor),
        evidence: Evidence::AccountMonth { account: account.clone(), month: first_day_of(month) },
        entries,
        invoices: Vec::new(),
        date: last.map_or(context.reference, |at| context.date(at)),
        observed: Quantity::Amount(total),
        base: Some(Base {
            n: totals.len() as u64,
            median: Quantity::Amount(usual),
            spread: Quantity::Ratio(spread.exp()),
        }),
        threshold: Some(Quantity::Ratio(parameters.min_factor)),
        at_stake: Some(total - usual),
        reason: Reason::MonthAbovePath {
            account,
            month: first_day_of(month),
            factor,
            bills: bills as u64,
        },
        next_check: NextCheck::BillsOfMonth,
    }
}

/// The chance that a month brings as much as this one without its largest bill. The stream is taken as a
/// compound Poisson process with the earlier sizes; the variance of the monthly number is that of the
/// months, drawn towards Poisson by four months of it, and a month of so few is uncertain itself. The tail
/// is that of the gamma distribution with the same mean and variance.
fn chance_of_rest(
    now: &[&Spend],
    before: &[&Spend],
    sizes: &[f64],
    month: MonthNo,
    months: i32,
) -> f64 {
    const PRIOR: f64 = 4.0;
    let n = f64::from(months);
    let rate = count(before.len()) / n;
    let squares: f64 =
        numbers(before, month, months).iter().map(|number| (number - rate).powi(2)).sum();
    let dispersion = (squares + PRIOR * rate) / ((n - 1.0 + PRIOR) * rate);
    // In units of the mean size: nothing overflows, and the scale is of no account.
    let size = sizes.iter().map(|size| size.exp()).sum::<f64>() / count(sizes.len());
    let second =
        sizes.iter().map(|log| (log.exp() / size).powi(2)).sum::<f64>() / count(sizes.len());
    let variance = rate * (second - 1.0 + dispersion) * (1.0 + 1.0 / n);
    let rest: f64 = now.iter().skip(1).map(|bill| bill.amount.as_f64() / size).sum();
    if variance <= 0.0 || rest <= rate {
        return 1.0;
    }
    chi_square_tail(2.0 * rest * rate / variance, 2.0 * rate * rate / variance)
}

/// How many bills the months before had.
fn numbers(before: &[&Spend], month: MonthNo, months: i32) -> Vec<f64> {
    let mut numbers = vec![0.0; usize::try_from(months).unwrap_or(0)];
    for bill in before {
        let place = usize::try_from(bill.month - (month - months)).ok();
        if let Some(number) = place.and_then(|place| numbers.get_mut(place)) {
            *number += 1.0;
        }
    }
    numbers
}

fn is_regular(before: &[&Spend], month: MonthNo, months: i32) -> bool {
    let numbers = numbers(before, month, months);
    let n = count(numbers.len());
    let mean = numbers.iter().sum::<f64>() / n;
    let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / n;
    variance <= REGULAR * mean.max(0.1)
}

/// Whether the same month of the year before rose as well against the months around it.
fn is_seasonal(bills: &[&Spend], month: MonthNo, factor: f64) -> bool {
    let total = |months: std::ops::Range<MonthNo>| -> f64 {
        bills
            .iter()
            .filter(|bill| months.contains(&bill.month))
            .map(|bill| bill.amount.as_f64())
            .sum()
    };
    let then = month - 12;
    let Some(first) = bills.first().map(|bill| bill.month) else { return false };
    let months_before = (then - first).min(12);
    if months_before < 3 {
        return false;
    }
    let usual = total(then - months_before..then) / f64::from(months_before);
    usual > 0.0 && total(then..then + 1) / usual >= 0.75 * factor
}

/// Whether the month before was as high: the finding was that month's.
fn goes_on(bills: &[&Spend], month: MonthNo, total: Kurus, expected: f64, min_factor: f64) -> bool {
    let before: Kurus =
        bills.iter().filter(|bill| bill.month == month - 1).map(|bill| bill.amount).sum();
    before.as_f64() >= min_factor * expected && before.as_f64() >= 0.8 * total.as_f64()
}
