//! A counterparty whose bills are round to a conspicuous degree.
//!
//! Round is an amount without KDV of at most two significant digits, or a multiple of a hundred lira
//! from a thousand on.
//! An episode is a run of bills of one counterparty within 62 days. It counts from
//! [`crate::RoundParameters::min_bills`] bills on if nine of ten are round, at least three amounts
//! differ, and the company's own share of round bills makes that improbable (binomial, one in a
//! million).
//!
//! A retainer is round and honest: it has one amount, or two around a step, and one or two bills a
//! month. Source: Nigrini, Benford's Law (2012), chapter 10, on invented numbers; the test is absolute
//! and so the only one that changes when all amounts are scaled.

use domain::Severity;
use rustc_hash::FxHashMap;

use super::{Detector, Output, draft::Draft};
use crate::{
    amount::Kurus,
    context::{Context, Spend},
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::PartyNo,
    parameters::Parameters,
    reason::Reason,
    statistics::count,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct RoundAmounts;

const EPISODE_DAYS: i32 = 62;

/// At most two significant digits, or whole hundreds of lira from a thousand on.
pub(crate) fn is_round(amount: Kurus) -> bool {
    let mut rest = amount.0;
    if rest < 10_000 {
        return false;
    }
    if rest >= 100_000 && rest % 10_000 == 0 {
        return true;
    }
    while rest % 10 == 0 {
        rest /= 10;
    }
    rest < 100
}

impl Detector for RoundAmounts {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.round.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let mut bills: FxHashMap<PartyNo, Vec<&Spend>> = FxHashMap::default();
        let mut round = 0;
        let mut all = 0;
        for spend in &context.spends {
            let Some(party) = spend.party else { continue };
            all += 1;
            round += usize::from(is_round(spend.amount));
            bills.entry(party).or_default().push(spend);
        }
        if all == 0 {
            return;
        }
        let usual_share = (count(round) / count(all)).max(0.01);
        for (party, bills) in bills {
            if let Some(draft) = episode(context, party, &bills, usual_share) {
                output.explain(draft);
            }
        }
    }
}

fn episode(
    context: &Context<'_>,
    party: PartyNo,
    bills: &[&Spend],
    usual_share: f64,
) -> Option<Draft> {
    let last = bills.last()?;
    if !context.is_recent(last.entry) {
        return None;
    }
    // From the last bill back as long as bills follow each other within the days, at most so long.
    let recent: Vec<&&Spend> =
        bills.iter().filter(|bill| last.day - bill.day < EPISODE_DAYS).collect();
    let n = recent.len();
    let round = recent.iter().filter(|bill| is_round(bill.amount)).count();
    let mut amounts: Vec<Kurus> = recent.iter().map(|bill| bill.amount).collect();
    amounts.sort_unstable();
    amounts.dedup();
    let before = bills.len() - n;
    // A counterparty with a long history of its own is judged by it: bills that always were round are
    // its price list.
    let round_before = bills.iter().take(before).filter(|bill| is_round(bill.amount)).count();
    let own_share = if before >= 6 { count(round_before) / count(before) } else { 0.0 };
    let share = usual_share.max(own_share);
    let chance = share.powi(i32::try_from(round).unwrap_or(i32::MAX));
    if n < context.parameters.round.min_bills as usize
        || round * 10 < n * 9
        || amounts.len() < 3
        || chance > 1e-4
    {
        return None;
    }
    // The run's beginning, which stays when the window moves on.
    let mut first = last;
    for bill in bills.iter().rev() {
        if first.day - bill.day > EPISODE_DAYS || !is_round(bill.amount) {
            break;
        }
        first = bill;
    }
    let sum: Kurus = recent.iter().map(|bill| bill.amount).sum();
    Some(Draft {
        kind: Kind::RoundAmounts,
        severity: Severity::Medium,
        strength: 1.0 - chance.powf(0.1),
        evidence: Evidence::Counterparty {
            party: context.ledger.party(party).to_owned(),
            since: context.date(first.entry),
        },
        entries: recent.iter().map(|bill| bill.entry).collect(),
        invoices: Vec::new(),
        date: context.date(last.entry),
        observed: Quantity::Ratio(count(round) / count(n)),
        base: None,
        threshold: Some(Quantity::Ratio(0.9)),
        at_stake: Some(sum),
        reason: Reason::Round {
            party: context.ledger.party(party).to_owned(),
            round: round as u64,
            of: n as u64,
            usual_share,
        },
        next_check: NextCheck::ProofOfService,
    })
}
