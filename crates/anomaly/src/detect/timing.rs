//! A large hand-made entry on a day without business.
//!
//! Dates of documents carry no hour, so only days are looked at: official holidays (law 2429, table in
//! [`domain::holiday_on`]) and, in a company that never does so, Sundays. An entry counts if it was
//! typed in, moves money (banks are closed), stands without document (no counterparty with a number),
//! touches no account that runs by the calendar (taxes, wages, closing), and is large: above the 90 %
//! quantile of the company's comparable hand-made entries and three times their median. Comparable are
//! those on the same account if there are five, otherwise all.
//!
//! Minimum history: [`crate::TimingParameters::min_months`] months. Source: ISA 240 A45 (journal
//! entries made at unusual times); thresholds by rank, so that they follow prices.

use chrono::{Datelike, Weekday};
use domain::{Severity, holiday_on};
use rustc_hash::FxHashMap;

use super::{
    Detector, Output,
    draft::{Draft, beyond},
};
use crate::{
    amount::Kurus,
    chart,
    context::Context,
    finding::{Base, Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, EntrySource},
    parameters::Parameters,
    reason::{QuietDay, Reason},
    report::{HistoryUnit, TooLittleHistory},
    statistics::{count, quantile_of_sorted},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Timing;

struct Typed {
    at: u32,
    account: AccountNo,
    amount: Kurus,
    is_sunday: bool,
    holiday: Option<&'static str>,
}

impl Detector for Timing {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.timing.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let need = context.parameters.timing.min_months;
        let have = context.months_before(context.month);
        if have < need {
            output.too_little.push(TooLittleHistory {
                kind: Kind::Timing,
                subject: None,
                have: u64::from(have),
                need: u64::from(need),
                unit: HistoryUnit::Months,
            });
            return;
        }
        let typed = typed_entries(context);
        let usual: Vec<&Typed> =
            typed.iter().filter(|one| one.holiday.is_none() && !one.is_sunday).collect();
        let all = sorted(usual.iter().map(|one| one.amount));
        let mut by_account: FxHashMap<AccountNo, Vec<Kurus>> = FxHashMap::default();
        for one in &usual {
            by_account.entry(one.account).or_default().push(one.amount);
        }
        let sundays = typed.iter().filter(|one| one.is_sunday).count();
        for one in typed.iter().filter(|one| context.is_recent(one.at)) {
            let day = match (one.holiday, one.is_sunday) {
                (Some(_), _) => QuietDay::Holiday,
                // The only one of its kind in the window.
                (None, true) if sundays == 1 && usual.len() >= 20 => QuietDay::Sunday,
                _ => continue,
            };
            let own = by_account.get(&one.account).filter(|own| own.len() >= 5);
            let base = own.map_or_else(|| all.clone(), |own| sorted(own.iter().copied()));
            if let Some(draft) = judge(context, one, day, &base) {
                output.explain(draft);
            }
        }
    }
}

fn typed_entries(context: &Context<'_>) -> Vec<Typed> {
    let mut typed = Vec::new();
    for (at, entry, facts) in context.live() {
        if entry.source != EntrySource::Manual
            || (entry.party.is_some() && entry.reference.is_some())
        {
            continue;
        }
        let lines = context.lines(entry);
        let mut moves_money = false;
        let mut is_by_calendar = false;
        let mut only_cash = true;
        for line in lines {
            let main = context.main(line.account);
            moves_money |= chart::is_liquid(main);
            only_cash &= !chart::is_liquid(main) || main == 100;
            is_by_calendar |= chart::is_statutory(main) && main != 191;
        }
        // The till is open on holidays too.
        if !moves_money || is_by_calendar || only_cash {
            continue;
        }
        let Some(account) = context.subject_account(entry) else { continue };
        let Ok(at) = u32::try_from(at) else { continue };
        typed.push(Typed {
            at,
            account,
            amount: facts.gross,
            is_sunday: entry.date.weekday() == Weekday::Sun,
            holiday: holiday_on(entry.date).filter(|holiday| !holiday.is_half).map(|h| h.name),
        });
    }
    typed
}

fn sorted(amounts: impl Iterator<Item = Kurus>) -> Vec<Kurus> {
    let mut amounts: Vec<Kurus> = amounts.collect();
    amounts.sort_unstable();
    amounts
}

fn judge(context: &Context<'_>, one: &Typed, day: QuietDay, base: &[Kurus]) -> Option<Draft> {
    let values: Vec<f64> = base.iter().map(|amount| amount.as_f64()).collect();
    let middle = base.get(base.len() / 2)?;
    let high = quantile_of_sorted(&values, 0.9)?;
    let logs: Vec<f64> = values.iter().map(|value| value.max(1.0).ln()).collect();
    let spread = crate::statistics::median_and_spread(&logs)?.1;
    let amount = one.amount.as_f64();
    let least = high.max(3.0 * middle.as_f64());
    if count(base.len()) < 5.0 || amount <= least {
        return None;
    }
    let entry = context.entries.get(one.at as usize)?;
    Some(Draft {
        kind: Kind::Timing,
        severity: if day == QuietDay::Holiday { Severity::Medium } else { Severity::Low },
        strength: beyond(amount, least),
        evidence: Evidence::Entries { ids: vec![entry.id.clone()] },
        entries: vec![one.at],
        invoices: Vec::new(),
        date: entry.date,
        observed: Quantity::Amount(one.amount),
        base: Some(Base {
            n: base.len() as u64,
            median: Quantity::Amount(*middle),
            spread: Quantity::Ratio(spread.exp()),
        }),
        threshold: Some(Quantity::Ratio(least / middle.as_f64())),
        at_stake: Some(one.amount),
        reason: Reason::Quiet {
            day,
            holiday: one.holiday.map(str::to_owned),
            account: context.ledger.code(one.account).to_owned(),
        },
        next_check: NextCheck::WhoAndWhy,
    })
}
