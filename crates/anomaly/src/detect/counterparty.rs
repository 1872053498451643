//! A counterparty that is new, comes back, or departs from its own habit, with a heavy amount.
//!
//! All three are hints (severity low): a business has new suppliers. New: the first bill, and already
//! [`crate::CounterpartyParameters::heavy_share`] of three months' buying on account. Back: no entry for
//! [`crate::CounterpartyParameters::dormant_days`], then the same share. Unusual: modified z of at least
//! [`crate::CounterpartyParameters::z`] against its own bills of the year, and five times their median,
//! where no narrower kind has spoken.
//!
//! Minimum history: [`crate::CounterpartyParameters::min_months`] months of ledger, for the habit
//! [`crate::CounterpartyParameters::min_entries`] bills.

use domain::Severity;
use rustc_hash::FxHashMap;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    chart::Shape,
    context::Context,
    finding::{Base, Evidence, Kind, NextCheck, Quantity},
    ledger::PartyNo,
    parameters::Parameters,
    reason::Reason,
    report::{HistoryUnit, TooLittleHistory},
    statistics::median_and_spread,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Counterparty;

const QUARTER: i32 = 91;
const YEAR: i32 = 365;
const MIN_FACTOR: f64 = 5.0;

#[derive(Debug, Clone, Copy)]
struct Bill {
    at: u32,
    day: i32,
    amount: Kurus,
}

impl Detector for Counterparty {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.counterparty.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let need = context.parameters.counterparty.min_months;
        let have = context.months_before(context.month);
        if have < need {
            output.too_little.push(TooLittleHistory {
                kind: Kind::NewCounterparty,
                subject: None,
                have: u64::from(have),
                need: u64::from(need),
                unit: HistoryUnit::Months,
            });
            return;
        }
        // The last sight of each counterparty in any entry, and its bills.
        let mut seen: FxHashMap<PartyNo, i32> = FxHashMap::default();
        let mut bills: FxHashMap<PartyNo, Vec<Bill>> = FxHashMap::default();
        let mut bought: Vec<Bill> = Vec::new();
        let mut quarter_start = 0;
        let mut quarter = Kurus::ZERO;
        for (at, (entry, facts)) in (0_u32..).zip(context.entries.iter().zip(&context.facts)) {
            let (false, Some(party)) = (facts.is_cancelled, entry.party) else { continue };
            let silence = seen.insert(party, facts.day).map(|last| facts.day - last);
            if facts.shape != Shape::Purchase {
                continue;
            }
            let bill = Bill { at, day: facts.day, amount: facts.gross };
            quarter += bill.amount;
            bought.push(bill);
            while let Some(oldest) = bought.get(quarter_start)
                && facts.day - oldest.day > QUARTER
            {
                quarter = quarter - oldest.amount;
                quarter_start += 1;
            }
            if facts.is_recent && !output.explained.contains(&at) {
                let own = bills.get(&party).map_or(&[][..], Vec::as_slice);
                let draft = match silence {
                    None => new(context, party, bill, quarter),
                    Some(days)
                        if days.unsigned_abs() >= context.parameters.counterparty.dormant_days =>
                    {
                        back(context, party, bill, quarter, days, own)
                    }
                    Some(_) => unusual(context, party, bill, own),
                };
                output.drafts.extend(draft);
            }
            bills.entry(party).or_default().push(bill);
        }
    }
}

fn share_of(bill: Bill, quarter: Kurus) -> f64 {
    bill.amount.as_f64() / quarter.as_f64().max(1.0)
}

fn hint(context: &Context<'_>, kind: Kind, bill: Bill, reason: Reason) -> Draft {
    let ids = context.id(bill.at).map(str::to_owned).into_iter().collect();
    Draft {
        kind,
        severity: Severity::Low,
        strength: 0.0,
        evidence: Evidence::Entries { ids },
        entries: vec![bill.at],
        invoices: Vec::new(),
        date: context.date(bill.at),
        observed: Quantity::Amount(bill.amount),
        base: None,
        threshold: None,
        at_stake: Some(bill.amount),
        reason,
        next_check: NextCheck::CounterpartyBackground,
    }
}

fn new(context: &Context<'_>, party: PartyNo, bill: Bill, quarter: Kurus) -> Option<Draft> {
    let least = context.parameters.counterparty.heavy_share;
    let share = share_of(bill, quarter);
    let reason = Reason::PartyNew { party: context.ledger.party(party).to_owned(), share };
    (share >= least).then(|| Draft {
        observed: Quantity::Ratio(share),
        threshold: Some(Quantity::Ratio(least)),
        strength: beyond(share, least),
        ..hint(context, Kind::NewCounterparty, bill, reason)
    })
}

fn back(
    context: &Context<'_>,
    party: PartyNo,
    bill: Bill,
    quarter: Kurus,
    silent: i32,
    own: &[Bill],
) -> Option<Draft> {
    let least = context.parameters.counterparty.heavy_share;
    let share = share_of(bill, quarter);
    let mut amounts: Vec<Kurus> = own.iter().map(|bill| bill.amount).collect();
    amounts.sort_unstable();
    let usual = amounts.get(amounts.len() / 2).map_or(bill.amount, |usual| *usual);
    let reason = Reason::PartyBack {
        party: context.ledger.party(party).to_owned(),
        silent_days: i64::from(silent),
        factor: bill.amount.as_f64() / usual.as_f64().max(1.0),
    };
    (share >= least).then(|| Draft {
        observed: Quantity::Ratio(share),
        threshold: Some(Quantity::Ratio(least)),
        strength: beyond(share, least),
        ..hint(context, Kind::DormantCounterparty, bill, reason)
    })
}

fn unusual(context: &Context<'_>, party: PartyNo, bill: Bill, own: &[Bill]) -> Option<Draft> {
    let parameters = &context.parameters.counterparty;
    let first = own.partition_point(|other| bill.day - other.day > YEAR);
    let own = own.get(first..).unwrap_or_default();
    if own.len() < parameters.min_entries as usize {
        return None;
    }
    // Most bills are no larger than others before them: they need no statistics.
    let log = bill.amount.as_f64().ln();
    if own.iter().filter(|other| other.amount >= bill.amount).count() > own.len() / 50 {
        return None;
    }
    let logs: Vec<f64> = own.iter().map(|other| other.amount.as_f64().max(1.0).ln()).collect();
    let (middle, spread) = median_and_spread(&logs)?;
    let z = (log - middle) / spread.max(0.3);
    if z < parameters.z || log - middle < MIN_FACTOR.ln() {
        return None;
    }
    let mut amounts: Vec<Kurus> = own.iter().map(|other| other.amount).collect();
    amounts.sort_unstable();
    let reason = Reason::PartyAboveUsual {
        party: context.ledger.party(party).to_owned(),
        factor: (log - middle).exp(),
    };
    Some(Draft {
        base: Some(Base {
            n: own.len() as u64,
            median: Quantity::Amount(amounts.get(amounts.len() / 2).copied().unwrap_or_default()),
            spread: Quantity::Ratio(spread.exp()),
        }),
        threshold: Some(Quantity::Ratio((parameters.z * spread.max(0.3)).exp())),
        strength: beyond(z, parameters.z),
        ..hint(context, Kind::UnusualCounterparty, bill, reason)
    })
}
