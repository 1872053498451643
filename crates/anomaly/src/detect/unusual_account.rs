//! A payment or receipt on an account that this company never or hardly uses.
//!
//! Looked at are entries without document (no counterparty, or no number) that move money against an
//! account with at most one earlier month of use and none in the last half year. An account's first
//! use with a bill behind it is ordinary (a first vehicle, a first insurance), so is one through a
//! connected bank (a first interest), and so are accounts that every company opens on some day by the
//! calendar: taxes, wages, closing.
//!
//! Minimum history: [`crate::UnusualAccountParameters::min_months`] months. Source: ISA 240 A45 (entries
//! to unrelated, unusual or seldom used accounts).

use domain::Severity;
use rustc_hash::FxHashMap;

use super::{Detector, Output, draft::Draft};
use crate::{
    amount::Kurus,
    chart,
    context::{Context, MonthNo, first_day_of},
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, EntrySource},
    parameters::Parameters,
    reason::Reason,
    report::{HistoryUnit, TooLittleHistory},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct UnusualAccount;

/// Months without use after which an account's earlier use says little.
const SILENT_MONTHS: i32 = 6;

#[derive(Debug, Clone, Copy)]
struct Use {
    months: u32,
    last: MonthNo,
}

impl Detector for UnusualAccount {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.unusual_account.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let need = context.parameters.unusual_account.min_months;
        let have = context.months_before(context.month);
        if have < need {
            output.too_little.push(TooLittleHistory {
                kind: Kind::UnusualAccount,
                subject: None,
                have: u64::from(have),
                need: u64::from(need),
                unit: HistoryUnit::Months,
            });
            return;
        }
        // Of all that is visible, not of the window: what was used three years ago is known.
        let mut used: FxHashMap<AccountNo, Use> = FxHashMap::default();
        for (at, (entry, facts)) in (0_u32..).zip(context.entries.iter().zip(&context.facts)) {
            if facts.is_cancelled {
                continue;
            }
            for line in context.lines(entry) {
                let earlier = used.get(&line.account).copied();
                let is_new = earlier.is_none_or(|earlier| {
                    earlier.last == facts.month
                        || (earlier.months <= 1 && facts.month - earlier.last > SILENT_MONTHS)
                });
                // The first entry of the month speaks for the month.
                let is_first = earlier.is_none_or(|earlier| earlier.last != facts.month);
                if is_new
                    && is_first
                    && facts.is_recent
                    && context.months_before(facts.month) >= need
                    && is_strange(context, at, line.account)
                {
                    output.explain(draft(
                        context,
                        at,
                        line.account,
                        line.debit.max(line.credit),
                        earlier,
                    ));
                }
                used.entry(line.account)
                    .and_modify(|earlier| {
                        if earlier.last != facts.month {
                            earlier.months += 1;
                            earlier.last = facts.month;
                        }
                    })
                    .or_insert(Use { months: 1, last: facts.month });
            }
        }
    }
}

fn is_strange(context: &Context<'_>, at: u32, account: AccountNo) -> bool {
    let Some(entry) = context.entries.get(at as usize) else { return false };
    let main = context.main(account);
    if main == 0
        || chart::is_statutory(main)
        || chart::is_liquid(main)
        || chart::is_customer(main)
        || chart::is_supplier(main)
    {
        return false;
    }
    let lines = context.lines(entry);
    let moves_money = lines.iter().any(|line| chart::is_liquid(context.main(line.account)));
    let is_undocumented = entry.party.is_none() || entry.reference.is_none();
    // Partners, affiliates, extraordinary income and expense: strange from any source.
    let is_sensitive = matches!(main, 131..=137 | 231..=237 | 331..=337 | 431..=437 | 671..=689);
    moves_money
        && is_undocumented
        && (entry.source == EntrySource::Manual || (is_sensitive && entry.party.is_none()))
}

fn draft(
    context: &Context<'_>,
    at: u32,
    account: AccountNo,
    amount: Kurus,
    earlier: Option<Use>,
) -> Draft {
    let date = context.date(at);
    let month = crate::context::month_of(date);
    let code = context.ledger.code(account).to_owned();
    Draft {
        kind: Kind::UnusualAccount,
        severity: Severity::Medium,
        strength: if earlier.is_none() { 0.8 } else { 0.5 },
        evidence: Evidence::AccountMonth { account: code.clone(), month: first_day_of(month) },
        entries: vec![at],
        invoices: Vec::new(),
        date,
        observed: Quantity::Amount(amount),
        base: None,
        threshold: None,
        at_stake: Some(amount),
        reason: Reason::AccountHardlyUsed {
            account: code,
            months_used: earlier.map_or(0, |earlier| u64::from(earlier.months)),
            months: u64::from(context.months_before(month)),
        },
        next_check: NextCheck::ChoiceOfAccount,
    }
}
