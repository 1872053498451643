//! Cash payments to one counterparty, each below the limit for payments through banks and together
//! above it.
//!
//! Payments above the limit must go through banks (tevsik zorunluluğu: VUK 257, Genel Tebliğ 459, limit
//! by date in [`domain::bank_payment_limit_on`]); parts of one deal on one day count together. Looked at
//! are entries that credit cash (100) with a counterparty, within
//! [`crate::CashParameters::days`], each at least [`crate::CashParameters::min_share`] of the limit:
//! two on one day, or three over several.
//!
//! Left out: payments with tax or social security withheld (gider pusulası, wages: each is documented
//! by itself and paid by the day), and a counterparty that has been paid so before, month after month.
//!
//! A kind for a narrow audience (law 5549 art. 4).

use domain::{Severity, bank_payment_limit_on};
use rustc_hash::FxHashMap;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    context::Context,
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::PartyNo,
    parameters::Parameters,
    reason::Reason,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct CashSplitting;

struct Payment {
    at: u32,
    day: i32,
    month: i32,
    amount: Kurus,
    limit: Kurus,
}

impl Detector for CashSplitting {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.cash.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        for (party, payments) in payments(context) {
            clusters(context, party, &payments, output);
        }
    }
}

fn payments(context: &Context<'_>) -> FxHashMap<PartyNo, Vec<Payment>> {
    let mut all: FxHashMap<PartyNo, Vec<Payment>> = FxHashMap::default();
    for (at, entry, facts) in context.live() {
        let Some(party) = entry.party else { continue };
        let lines = context.lines(entry);
        let paid: Kurus = lines
            .iter()
            .filter(|line| context.main(line.account) == 100)
            .map(|line| line.credit)
            .sum();
        if paid <= Kurus::ZERO
            || lines.iter().any(|line| matches!(context.main(line.account), 335 | 360 | 361))
        {
            continue;
        }
        let limit = Kurus::lira(i64::from(bank_payment_limit_on(entry.date)));
        // A share of the limit, not an amount.
        let least = context.parameters.cash.min_share * limit.as_f64();
        if paid > limit || paid.as_f64() < least {
            continue;
        }
        let Ok(at) = u32::try_from(at) else { continue };
        all.entry(party).or_default().push(Payment {
            at,
            day: facts.day,
            month: facts.month,
            amount: paid,
            limit,
        });
    }
    all
}

fn clusters(context: &Context<'_>, party: PartyNo, payments: &[Payment], output: &mut Output) {
    let parameters = &context.parameters.cash;
    let gap = i32::try_from(parameters.days).unwrap_or(i32::MAX);
    let mut rest = payments;
    while let Some(first) = rest.first() {
        // A cluster goes on while the next payment follows within the days.
        let mut end = 1;
        while let (Some(last), Some(next)) = (rest.get(end - 1), rest.get(end)) {
            if next.day - last.day >= gap {
                break;
            }
            end += 1;
        }
        let (cluster, later) = rest.split_at(end);
        rest = later;
        let Some(last) = cluster.last() else { continue };
        let sum: Kurus = cluster.iter().map(|payment| payment.amount).sum();
        let is_one_day = cluster
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.day == b.day && a.amount + b.amount > a.limit));
        let enough = if is_one_day { parameters.min_payments } else { parameters.min_payments + 1 };
        let months_before = {
            let mut months: Vec<i32> = payments
                .iter()
                .take_while(|payment| payment.day < first.day)
                .map(|payment| payment.month)
                .collect();
            months.dedup();
            months.len()
        };
        if sum <= first.limit
            || cluster.len() < enough as usize
            || !context.is_recent(last.at)
            || months_before >= 3
        {
            continue;
        }
        let ratio = sum.as_f64() / first.limit.as_f64();
        output.explain(Draft {
            kind: Kind::CashSplitting,
            severity: if cluster.len() >= 3 { Severity::High } else { Severity::Medium },
            strength: beyond(ratio, 1.0),
            evidence: Evidence::Counterparty {
                party: context.ledger.party(party).to_owned(),
                since: context.date(first.at),
            },
            entries: cluster.iter().map(|payment| payment.at).collect(),
            invoices: Vec::new(),
            date: context.date(last.at),
            observed: Quantity::Amount(sum),
            base: None,
            threshold: Some(Quantity::Amount(first.limit)),
            at_stake: Some(sum),
            reason: Reason::Split {
                party: context.ledger.party(party).to_owned(),
                payments: cluster.len() as u64,
                days: i64::from(last.day - first.day),
                limit: first.limit,
            },
            next_check: NextCheck::PaymentsTogether,
        });
    }
}
