//! More bills than usual of a counterparty whose bills are paid, and these are not.
//!
//! Bills that belong to another company, or to nothing, are booked and never paid. In a stream whose
//! earlier bills were settled (four at least, and no more than a tenth left open), a month stands out whatever the size of its
//! bills if two of them or more stay open for longer than
//! [`crate::ExpenseSpikeParameters::unpaid_days`] and than 95 % of the stream's bills took, make at least
//! [`crate::ExpenseSpikeParameters::unpaid_share`] of an expected month, and the month as a whole is
//! above it. It shows weeks after the month: by age, nothing of the days ahead is used. A bill that has a
//! settled twin of the same amount within 31 days is the duplicate detector's.
//!
//! Source: the criteria of the VDK circular of 18 April 2025 (bills without payment in 60 to 90 days).

use super::{AGEING, MIN_BILLS, draft};
use crate::{
    amount::Kurus,
    context::{Context, MonthNo, Overdue, Spend, first_day_of},
    detect::{Output, draft::Draft},
    finding::Quantity,
    ledger::AccountNo,
    reason::Reason,
    statistics::{count, quantile_of_sorted},
};

/// Share of the earlier bills that must not be open.
const PAID: f64 = 0.9;
/// Within how many days two bills of one amount are twins.
const TWIN_DAYS: i32 = 31;

/// The months of a stream whose surplus became overdue in the report window.
pub(super) fn judge(
    context: &Context<'_>,
    account: AccountNo,
    bills: &[&Spend],
    output: &Output,
) -> Vec<Draft> {
    let least = i32::try_from(context.parameters.expense_spike.unpaid_days).unwrap_or(i32::MAX);
    let is_open = |bill: &Spend| context.is_open(bill.entry);
    // Cheap first: few streams have an open bill of that age.
    let has_old = |bill: &&&Spend| {
        context.overdue(bill.day, least) != Overdue::NotYet && month_is_near(context, bill.month)
    };
    if bills.len() < MIN_BILLS + 2
        || bills.iter().filter(has_old).filter(|b| is_open(b)).count() < 2
    {
        return Vec::new();
    }
    let mut terms: Vec<f64> = bills
        .iter()
        .filter_map(|bill| Some(f64::from(context.settled(bill.entry)? - bill.day)))
        .collect();
    if terms.len() < MIN_BILLS {
        return Vec::new();
    }
    terms.sort_unstable_by(f64::total_cmp);
    let longest = quantile_of_sorted(&terms, 0.95).unwrap_or(0.0);
    let within = if longest > f64::from(least) { whole_days(longest) } else { least };
    let mut months: Vec<MonthNo> = bills
        .iter()
        .filter(|bill| is_open(bill) && context.overdue(bill.day, within) == Overdue::Now)
        .map(|bill| bill.month)
        .collect();
    months.dedup();
    months
        .into_iter()
        .filter_map(|month| judge_month(context, account, bills, month, within, output))
        .collect()
}

fn judge_month(
    context: &Context<'_>,
    account: AccountNo,
    bills: &[&Spend],
    month: MonthNo,
    within: i32,
    output: &Output,
) -> Option<Draft> {
    let first = bills.first()?.month.max(context.first_month).max(month - 12);
    let months = month - first;
    let of = |range: std::ops::Range<MonthNo>| -> Vec<&Spend> {
        bills.iter().filter(|bill| range.contains(&bill.month)).copied().collect()
    };
    let (before, now) = (of(first..month), of(month..month + 1));
    let left = before.iter().filter(|bill| context.is_open(bill.entry)).count();
    if months < 3
        || before.len() < MIN_BILLS
        || count(before.len() - left) < PAID * count(before.len())
    {
        return None;
    }
    let open: Vec<&Spend> = now
        .iter()
        .filter(|bill| {
            context.is_open(bill.entry)
                && context.overdue(bill.day, within) != Overdue::NotYet
                && !output.explained.contains(&bill.entry)
                && !has_paid_twin(context, bills, bill)
        })
        .copied()
        .collect();
    let expected = before
        .iter()
        .map(|bill| AGEING.mul_add(f64::from(month - bill.month), bill.log()).exp())
        .sum::<f64>()
        / f64::from(months);
    let total: Kurus = now.iter().map(|bill| bill.amount).sum();
    let unpaid: Kurus = open.iter().map(|bill| bill.amount).sum();
    let share = context.parameters.expense_spike.unpaid_share;
    if open.len() < 2 || unpaid.as_f64() < share * expected || total.as_f64() < expected {
        return None;
    }
    let entries = open.iter().map(|bill| bill.entry).collect();
    let oldest = open.iter().map(|bill| bill.day).min()?;
    let today = chrono::Datelike::num_days_from_ce(&context.reference);
    Some(Draft {
        observed: Quantity::Amount(unpaid),
        threshold: Some(Quantity::Ratio(share)),
        at_stake: Some(unpaid),
        reason: Reason::MonthLeftUnpaid {
            account: context.ledger.code(account).to_owned(),
            month: first_day_of(month),
            unpaid: open.len() as u64,
            bills: now.len() as u64,
            days: i64::from(today - oldest),
        },
        ..draft(context, account, month, &before, total, expected, entries, now.len())
    })
}

/// Nothing is looked for in months that became overdue long ago.
fn month_is_near(context: &Context<'_>, month: MonthNo) -> bool {
    context.month - month <= 12
}

fn has_paid_twin(context: &Context<'_>, bills: &[&Spend], open: &Spend) -> bool {
    let tolerance = context.parameters.duplicate.tolerance;
    bills.iter().any(|bill| {
        bill.entry != open.entry
            && (bill.amount - open.amount).abs() <= tolerance
            && (bill.day - open.day).abs() <= TWIN_DAYS
            && context.settled(bill.entry).is_some()
    })
}

#[allow(clippy::cast_possible_truncation, reason = "days between two dates of a window")]
fn whole_days(days: f64) -> i32 {
    days.ceil() as i32
}
