//! Leading digits of an account that neither Benford's law nor a smooth distribution explains.
//!
//! Over the bills of the last twelve months of a cost or stock account, price lists left out (a
//! counterparty whose amounts repeat). Gates: at least [`crate::BenfordParameters::min_amounts`]
//! amounts, the middle 90 % of them over at least [`crate::BenfordParameters::min_decades`] decades.
//! The excess MAD of the first digits must reach [`crate::BenfordParameters::excess_mad`] against
//! Benford's law and three quarters of it against the digits of log-normal distributions of the same
//! middles and widths, one for each counterparty, and both must be improbable
//! ([`crate::BenfordParameters::max_p`], chi-square).
//!
//! The second comparison is what keeps honest accounts quiet: goods of one price level have no Benford
//! digits (of log-normal amounts with sigma 0.8, 46 % of samples of 500 fail the plain test), and an
//! account with a handful of suppliers has a handful of price levels, but their digits follow from
//! their middles and widths. Invented amounts prefer digits at every order of magnitude. It is a hint, never a charge: severity low.
//!
//! Sources: see [`crate::digits`].

use std::collections::{BTreeMap, HashMap};

use domain::Severity;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    chart,
    context::{Context, Spend},
    digits::{self, Digits},
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, PartyNo},
    parameters::Parameters,
    reason::{DigitExcess, Reason, Subject},
    report::{HistoryUnit, TooLittleHistory},
    statistics::{count, quantile_of_sorted},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Benford;

const MONTHS: i32 = 12;

impl Detector for Benford {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.benford.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let mut accounts: BTreeMap<AccountNo, Vec<&Spend>> = BTreeMap::new();
        for spend in &context.spends {
            if context.month - spend.month < MONTHS && chart::is_spend(context.main(spend.account))
            {
                accounts.entry(spend.account).or_default().push(spend);
            }
        }
        for (account, bills) in accounts {
            if !bills.iter().any(|bill| context.is_recent(bill.entry)) {
                continue;
            }
            let free = without_price_lists(&bills);
            let need = context.parameters.benford.min_amounts;
            if free.len() < need as usize {
                output.too_little.push(TooLittleHistory {
                    kind: Kind::Benford,
                    subject: Some(context.ledger.code(account).to_owned()),
                    have: free.len() as u64,
                    need: u64::from(need),
                    unit: HistoryUnit::Amounts,
                });
                continue;
            }
            if let Some(draft) = judge(context, account, &free) {
                output.push(draft);
            }
        }
    }
}

/// Bills of counterparties whose amounts seldom repeat.
fn without_price_lists<'a>(bills: &[&'a Spend]) -> Vec<&'a Spend> {
    let mut by_party: HashMap<Option<PartyNo>, (usize, HashMap<Kurus, usize>)> = HashMap::new();
    for bill in bills {
        let (n, amounts) = by_party.entry(bill.party).or_default();
        *n += 1;
        *amounts.entry(bill.amount).or_default() += 1;
    }
    bills
        .iter()
        .filter(|bill| {
            by_party.get(&bill.party).is_some_and(|(n, amounts)| amounts.len() * 10 >= n * 7)
        })
        .copied()
        .collect()
}

/// Bills from which on a counterparty has a middle and a width of its own.
const OWN: usize = 5;

/// The digits of a smooth account: a mixture of log-normal distributions, one for each counterparty
/// with enough bills and one for all others.
fn smooth_law(bills: &[&Spend]) -> [f64; 9] {
    let mut by_party: BTreeMap<Option<PartyNo>, Vec<f64>> = BTreeMap::new();
    for bill in bills {
        by_party.entry(bill.party).or_default().push(bill.amount.as_f64().log10());
    }
    let mut others = Vec::new();
    let mut parts = Vec::new();
    for logs in by_party.into_values() {
        if logs.len() < OWN {
            others.extend(logs);
        } else {
            parts.push(logs);
        }
    }
    if !others.is_empty() {
        parts.push(others);
    }
    let mut law = [0.0; 9];
    for logs in parts {
        let n = count(logs.len());
        let middle = logs.iter().sum::<f64>() / n;
        let width = (logs.iter().map(|log| (log - middle).powi(2)).sum::<f64>() / n).sqrt();
        let own = digits::first_of_log_normal(middle, width);
        for (share, own) in law.iter_mut().zip(own) {
            *share += own * n / count(bills.len());
        }
    }
    law
}

fn judge(context: &Context<'_>, account: AccountNo, bills: &[&Spend]) -> Option<Draft> {
    let parameters = &context.parameters.benford;
    let mut logs: Vec<f64> = bills.iter().map(|bill| bill.amount.as_f64().log10()).collect();
    logs.sort_unstable_by(f64::total_cmp);
    let decades = quantile_of_sorted(&logs, 0.95)? - quantile_of_sorted(&logs, 0.05)?;
    if decades < parameters.min_decades {
        return None;
    }
    let found: Digits = bills.iter().map(|bill| bill.amount).collect();
    let (law, smooth) = (digits::first_law(), smooth_law(bills));
    let excess = found.first_excess(&law);
    let beyond_smooth = found.first_excess(&smooth);
    let chance = found.first_chance(&law).max(found.first_chance(&smooth));
    if excess < parameters.excess_mad
        || beyond_smooth < 0.75 * parameters.excess_mad
        || chance > parameters.max_p
    {
        return None;
    }
    let mut too_many: Vec<DigitExcess> = (1_u8..)
        .zip(found.first_shares().iter().zip(&law))
        .map(|(digits, (share, expected))| DigitExcess {
            digits,
            share: *share,
            expected: *expected,
        })
        .filter(|digit| digit.share > digit.expected)
        .collect();
    too_many.sort_by(|a, b| (b.share - b.expected).total_cmp(&(a.share - a.expected)));
    too_many.truncate(5);
    // The entries behind the excess: those with the digits that are too many.
    let entries = bills
        .iter()
        .filter(|bill| {
            let own: Digits = std::iter::once(bill.amount).collect();
            let first = own.first_shares().iter().position(|share| *share > 0.5);
            too_many.iter().any(|digit| Some(usize::from(digit.digits)) == first.map(|at| at + 1))
        })
        .map(|bill| bill.entry)
        .collect();
    let code = context.ledger.code(account).to_owned();
    let last = bills.iter().map(|bill| bill.entry).max()?;
    Some(Draft {
        kind: Kind::Benford,
        severity: Severity::Low,
        strength: beyond(excess, parameters.excess_mad),
        evidence: Evidence::Account { account: code.clone() },
        entries,
        invoices: Vec::new(),
        date: context.date(last),
        observed: Quantity::Score(excess),
        base: None,
        threshold: Some(Quantity::Score(parameters.excess_mad)),
        at_stake: None,
        reason: Reason::Digits {
            of: Subject::Account(code),
            n: bills.len() as u64,
            decades,
            excess: too_many,
            first_two_mad: found.first_two_mad(),
            p: chance,
        },
        next_check: NextCheck::EntriesBehindDigits,
    })
}
