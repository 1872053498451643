//! One posting far above what its account sees.
//!
//! Looked at are postings of cost, stock and asset accounts by a known counterparty (a bill
//! within the year before). In logarithms, against the account's postings of the 365 days before: modified z
//! (Iglewicz and Hoaglin 1993) of at least [`crate::LargeEntryParameters::z`], with the spread held
//! above 0.3, and at least [`crate::LargeEntryParameters::min_factor`] times the median. It must also be
//! new for the counterparty: above the largest of its own bills, or of those on the account, by a quarter
//! if there are five or more and six times if there are fewer (little is known of its sizes then); or it
//! never billed on the account, then z must be half as much again.
//!
//! An account is a mixture: one of a canteen and meal cards, or of a trade in big lots, has a spread
//! that hides much. A counterparty with five bills or more on the account is therefore judged by these
//! too, brought to the prices of the day (2.5 % a month): z against them of at least
//! [`crate::LargeEntryParameters::party_z`] and twice the largest of them make a finding whatever the
//! account's spread is, and z below [`crate::LargeEntryParameters::least_party_z`] makes none. One that
//! never billed on the account is judged by all its bills: [`crate::LargeEntryParameters::party_factor`]
//! times the largest of them is enough.
//!
//! What was paid as it is had a second pair of eyes: all cuts are
//! [`crate::LargeEntryParameters::paid`] times as high for it (not the factor against the median). What
//! nobody pays had none: a single cost bill, by whomever, that is still open after
//! [`crate::LargeEntryParameters::unpaid_days`] and after what 95 % of the company's bills take, on an
//! account of which nine of ten bills were settled, needs no known counterparty.
//!
//! Not meant: what comes every year (a licence, an insurance: the same counterparty and account eleven
//! to thirteen months ago at a like amount), many of a thing with a list price (a whole multiple of an
//! amount that the counterparty billed three times), the last entry of a correction, first bills of a
//! new counterparty until they are overdue (see [`super::counterparty`]), and entries that a narrower kind explains.
//!
//! Minimum history: [`crate::LargeEntryParameters::min_entries`] postings of the account.

use std::collections::HashMap;

use domain::Severity;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    chart,
    context::{Context, Overdue, Spend},
    finding::{Base, Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, PartyNo},
    parameters::Parameters,
    reason::Reason,
    report::{HistoryUnit, TooLittleHistory},
    statistics::{count, median_and_spread},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct LargeEntry;

const YEAR: i32 = 365;
const MIN_SPREAD: f64 = 0.3;
/// Days around an unpaid bill in which it must be the only one of its size.
const SINGLE_DAYS: i32 = 62;
/// Bills from which on the largest of them says what a counterparty bills.
const ENOUGH: usize = 5;
/// What a month of age adds to a bill's price, in logarithms.
const AGEING: f64 = 0.025;

impl Detector for LargeEntry {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.large_entry.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let usual_terms = usual_terms(context);
        let mut by_account: HashMap<AccountNo, Vec<&Spend>> = HashMap::new();
        let mut by_party: HashMap<PartyNo, Vec<&Spend>> = HashMap::new();
        for spend in &context.spends {
            by_account.entry(spend.account).or_default().push(spend);
            if let Some(party) = spend.party {
                by_party.entry(party).or_default().push(spend);
            }
        }
        for (account, spends) in by_account {
            let mut too_little: Option<u64> = None;
            for spend in &spends {
                let is_recent = context.is_recent(spend.entry);
                let is_old = !is_recent && became_overdue(context, spend, usual_terms);
                if !(is_recent || is_old) || output.explained.contains(&spend.entry) {
                    continue;
                }
                let Some(bills) = spend.party.and_then(|party| by_party.get(&party)) else {
                    continue;
                };
                let is_unpaid = is_old && is_single(spend, bills);
                if !(is_recent || is_unpaid) {
                    continue;
                }
                match judge(context, spend, &spends, bills, is_unpaid) {
                    Verdict::Finding(draft) => output.explain(draft),
                    Verdict::TooLittle(have) => too_little = Some(have),
                    Verdict::Usual => {}
                }
            }
            if let Some(have) = too_little {
                output.too_little.push(TooLittleHistory {
                    kind: Kind::LargeEntry,
                    subject: Some(context.ledger.code(account).to_owned()),
                    have,
                    need: u64::from(context.parameters.large_entry.min_entries),
                    unit: HistoryUnit::Entries,
                });
            }
        }
    }
}

#[allow(clippy::large_enum_variant, reason = "lives for one call")]
enum Verdict {
    Finding(Draft),
    TooLittle(u64),
    Usual,
}

/// After how many days a bill is overdue: what 95 % of the company's bills take to be settled.
fn usual_terms(context: &Context<'_>) -> i32 {
    let mut terms: Vec<i32> = context
        .spends
        .iter()
        .filter_map(|spend| Some(context.settled(spend.entry)? - spend.day))
        .collect();
    let least = i32::try_from(context.parameters.large_entry.unpaid_days).unwrap_or(i32::MAX);
    let at = terms.len() * 19 / 20;
    if at == 0 {
        return least;
    }
    let (_, longest, _) = terms.select_nth_unstable(at);
    least.max(*longest)
}

/// Whether it is a cost bill that nobody paid, and became overdue in the report window.
fn became_overdue(context: &Context<'_>, spend: &Spend, within: i32) -> bool {
    context.is_open(spend.entry)
        && context.overdue(spend.day, within) == Overdue::Now
        && chart::is_cost(context.main(spend.account))
}

/// Whether the counterparty billed nothing else of at least a quarter of the amount within two months.
fn is_single(spend: &Spend, party: &[&Spend]) -> bool {
    party.iter().all(|bill| {
        bill.entry == spend.entry
            || (bill.day - spend.day).abs() > SINGLE_DAYS
            || bill.amount.0.saturating_mul(4) < spend.amount.0
    })
}

/// What the counterparty billed within a year before.
struct Earlier {
    bills: usize,
    /// Of these, on the account.
    here: usize,
    largest: Kurus,
    largest_here: Kurus,
}

impl Earlier {
    fn of(spend: &Spend, party: &[&Spend]) -> Self {
        let mut all = Self { bills: 0, here: 0, largest: Kurus::ZERO, largest_here: Kurus::ZERO };
        // By day: what is later ends it.
        for bill in party.iter().take_while(|bill| bill.day < spend.day) {
            if spend.day - bill.day > YEAR {
                continue;
            }
            all.bills += 1;
            all.largest = all.largest.max(bill.amount);
            if bill.account == spend.account {
                all.here += 1;
                all.largest_here = all.largest_here.max(bill.amount);
            }
        }
        all
    }
}

fn judge(
    context: &Context<'_>,
    spend: &Spend,
    account: &[&Spend],
    party: &[&Spend],
    is_unpaid: bool,
) -> Verdict {
    let parameters = &context.parameters.large_entry;
    // Cheap first: most postings are below the largest earlier one of their counterparty.
    let earlier = Earlier::of(spend, party);
    let amount = spend.amount.as_f64();
    let is_above = |n: usize, largest: Kurus| {
        (n >= ENOUGH && amount >= 1.25 * largest.as_f64()) || amount >= 6.0 * largest.as_f64()
    };
    let is_new_here = earlier.here == 0 && earlier.bills >= ENOUGH;
    let is_above_all = is_above(earlier.bills, earlier.largest);
    let is_new_size = earlier.bills >= 1
        && (is_above_all || is_new_here || is_above(earlier.here, earlier.largest_here));
    if !(is_new_size || is_unpaid)
        || is_yearly(spend, party)
        || is_many_of_one(spend, party)
        || context.facts.get(spend.entry as usize).is_some_and(|facts| facts.is_correction)
    {
        return Verdict::Usual;
    }
    let base: Vec<&&Spend> = account
        .iter()
        .take_while(|other| other.day < spend.day)
        .filter(|other| spend.day - other.day <= YEAR)
        .collect();
    if base.len() < parameters.min_entries as usize {
        return Verdict::TooLittle(base.len() as u64);
    }
    let logs: Vec<f64> = base.iter().map(|other| other.log()).collect();
    let Some((middle, spread)) = median_and_spread(&logs) else { return Verdict::Usual };
    let distance = spend.log() - middle;
    if distance < parameters.min_factor.ln() || (is_unpaid && !is_paid_account(context, &base)) {
        return Verdict::Usual;
    }
    // Whoever paid it has looked at the amount.
    let doubt = if context.settled(spend.entry).is_some() { parameters.paid } else { 1.0 };
    let is_elsewhere_small =
        is_new_here && amount >= doubt * parameters.party_factor * earlier.largest.as_f64();
    let account_cut = doubt
        * if is_above_all || !is_new_here || is_unpaid { parameters.z } else { 1.5 * parameters.z };
    let of_account = distance / spread.max(MIN_SPREAD);
    let of_party = own_bills(spend, party);
    let party_cut = doubt * parameters.party_z;
    let is_large = match &of_party {
        Some(own) if own.z >= party_cut && own.times_largest >= 2.0 * doubt => true,
        Some(own) => of_account >= account_cut && own.z >= parameters.least_party_z,
        None => of_account >= account_cut || is_elsewhere_small,
    };
    if !is_large {
        return Verdict::Usual;
    }
    let factor = distance.exp();
    // What carries the finding is its base: the account's bills, or the counterparty's own.
    let (z, cut, spread, mut amounts) = match of_party {
        Some(own) if of_account < account_cut => (own.z, party_cut, own.spread, own.amounts),
        _ => {
            let amounts = base.iter().map(|other| other.amount).collect::<Vec<Kurus>>();
            (of_account, account_cut, spread, amounts)
        }
    };
    amounts.sort_unstable();
    let n = amounts.len() as u64;
    let median = amounts.get(amounts.len() / 2).copied().unwrap_or_default();
    let threshold = (cut * spread.max(MIN_SPREAD)).exp();
    let date = context.date(spend.entry);
    let Some(id) = context.id(spend.entry) else { return Verdict::Usual };
    Verdict::Finding(Draft {
        kind: Kind::LargeEntry,
        severity: if z >= 2.0 * cut { Severity::High } else { Severity::Medium },
        strength: beyond(z, cut),
        evidence: Evidence::Entries { ids: vec![id.to_owned()] },
        entries: vec![spend.entry],
        invoices: Vec::new(),
        date,
        observed: Quantity::Amount(spend.amount),
        base: Some(Base {
            n,
            median: Quantity::Amount(median),
            spread: Quantity::Ratio(spread.exp()),
        }),
        threshold: Some(Quantity::Ratio(threshold)),
        at_stake: Some(spend.amount),
        reason: Reason::EntryAboveUsual {
            account: context.ledger.code(spend.account).to_owned(),
            factor,
        },
        next_check: NextCheck::DocumentOfEntry,
    })
}

/// Whether nine of ten of the account's earlier bills were settled, five at least.
fn is_paid_account(context: &Context<'_>, base: &[&&Spend]) -> bool {
    let settled = base.iter().filter(|other| context.settled(other.entry).is_some()).count();
    settled >= ENOUGH && count(settled) >= 0.9 * count(base.len())
}

/// A bill against those of its counterparty on the account.
struct Own {
    z: f64,
    /// How many times the largest of them it is.
    times_largest: f64,
    spread: f64,
    amounts: Vec<Kurus>,
}

/// Against the counterparty's bills on the account within a year, at the prices of the day; none with
/// too few of them.
fn own_bills(spend: &Spend, party: &[&Spend]) -> Option<Own> {
    let bills: Vec<&&Spend> = party
        .iter()
        .filter(|bill| bill.account == spend.account && bill.day < spend.day)
        .filter(|bill| spend.day - bill.day <= YEAR)
        .collect();
    if bills.len() < ENOUGH {
        return None;
    }
    let logs: Vec<f64> = bills
        .iter()
        .map(|bill| (AGEING / 30.4).mul_add(f64::from(spend.day - bill.day), bill.log()))
        .collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (middle, spread) = median_and_spread(&logs)?;
    Some(Own {
        z: (spend.log() - middle) / spread.max(MIN_SPREAD),
        times_largest: (spend.log() - largest).exp(),
        spread,
        amounts: bills.iter().map(|bill| bill.amount).collect(),
    })
}

/// Whether the amount is a whole multiple, up to a thousand, of one that the counterparty billed at
/// least three times before; half a kuruş of rounding for each piece.
fn is_many_of_one(spend: &Spend, party: &[&Spend]) -> bool {
    let mut amounts: Vec<Kurus> = party
        .iter()
        .filter(|bill| bill.day < spend.day && bill.account == spend.account)
        .map(|bill| bill.amount)
        .collect();
    amounts.sort_unstable();
    amounts.chunk_by(|a, b| a == b).filter(|same| same.len() >= 3).any(|same| {
        let Some(unit) = same.first().map(|amount| amount.0).filter(|unit| *unit > 0) else {
            return false;
        };
        let pieces = (spend.amount.0 + unit / 2) / unit;
        (2..=1000).contains(&pieces) && (spend.amount.0 - pieces * unit).abs() * 2 <= pieces
    })
}

/// Whether the same counterparty sent a bill of like size eleven to thirteen months ago.
fn is_yearly(spend: &Spend, party: &[&Spend]) -> bool {
    let amount = spend.amount.as_f64();
    party.iter().any(|other| {
        (330..=400).contains(&(spend.day - other.day))
            && other.account == spend.account
            && other.amount.as_f64() * 3.0 >= amount
    })
}
