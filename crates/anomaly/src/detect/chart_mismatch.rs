//! Postings that the Tekdüzen Hesap Planı does not allow.
//!
//! Exact rules without history (1 Sıra No'lu MSUGT and the lists of its accounts; decisions about each
//! are with the rule below). What looks like a breach and is none is left out: returns (610, 612, 191
//! credited to the supplier), refunds of booked returns and overpayments, exempt and export sales,
//! closing and set-off entries.

use std::collections::{HashMap, VecDeque};

use domain::Severity;

use super::{Detector, Output, draft::Draft};
use crate::{
    amount::Kurus,
    chart::{self, Shape},
    context::{Context, Facts},
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, Entry, Line, PartyNo},
    parameters::Parameters,
    reason::{ChartRule, Reason},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct ChartMismatch;

impl Detector for ChartMismatch {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.chart.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        let mut returns = Returns::default();
        for (at, entry, facts) in context.live() {
            let lines = context.lines(entry);
            let broken = if facts.is_recent {
                broken_rule(context, entry, facts, lines, &returns)
            } else {
                None
            };
            returns.note(context, entry, facts, lines);
            let Some((rule, account)) = broken else { continue };
            let Ok(at) = u32::try_from(at) else { continue };
            output.explain(Draft {
                kind: Kind::ChartMismatch,
                severity: severity(rule),
                strength: 1.0,
                evidence: Evidence::Entries { ids: vec![entry.id.clone()] },
                entries: vec![at],
                invoices: Vec::new(),
                date: entry.date,
                observed: Quantity::Amount(facts.gross),
                base: None,
                threshold: None,
                at_stake: Some(facts.gross),
                reason: Reason::Chart { rule, account: context.ledger.code(account).to_owned() },
                next_check: NextCheck::CorrectPosting,
            });
        }
    }
}

fn severity(rule: ChartRule) -> Severity {
    match rule {
        ChartRule::MemorandumMixed
        | ChartRule::ClosingOutsideYearEnd
        | ChartRule::PaymentSidesSwapped
        | ChartRule::CollectionSidesSwapped => Severity::Medium,
        ChartRule::AssetExpensed => Severity::Low,
        _ => Severity::High,
    }
}

fn broken_rule(
    context: &Context<'_>,
    entry: &Entry,
    facts: &Facts,
    lines: &[Line],
    returns: &Returns,
) -> Option<(ChartRule, AccountNo)> {
    form(context, lines).or_else(|| business(context, entry, facts, lines, returns))
}

/// Rules that need no idea of the business.
fn form(context: &Context<'_>, lines: &[Line]) -> Option<(ChartRule, AccountNo)> {
    let first = lines.first()?;
    for line in lines {
        let account = context.ledger.accounts().get(line.account.0 as usize)?;
        let rule = if line.debit < Kurus::ZERO
            || line.credit < Kurus::ZERO
            || (!line.debit.is_zero() && !line.credit.is_zero())
        {
            Some(ChartRule::BothSides)
        } else if line.debit.is_zero() && line.credit.is_zero() {
            Some(ChartRule::ZeroLine)
        } else if context.main(line.account) == 0 {
            Some(ChartRule::MalformedAccount)
        } else if !account.is_in_chart {
            Some(ChartRule::UnknownAccount)
        } else if !account.is_active {
            Some(ChartRule::InactiveAccount)
        } else {
            None
        };
        if let Some(rule) = rule {
            return Some((rule, line.account));
        }
    }
    let balance: Kurus = lines.iter().map(|line| line.debit - line.credit).sum();
    if !balance.is_zero() {
        return Some((ChartRule::Unbalanced, first.account));
    }
    let is_memorandum = |line: &&Line| context.main(line.account) >= 900;
    let memorandum = lines.iter().filter(is_memorandum).count();
    if memorandum > 0 && memorandum < lines.len() {
        return lines
            .iter()
            .find(is_memorandum)
            .map(|line| (ChartRule::MemorandumMixed, line.account));
    }
    None
}

/// Rules about what the entry records.
fn business(
    context: &Context<'_>,
    entry: &Entry,
    facts: &Facts,
    lines: &[Line],
    returns: &Returns,
) -> Option<(ChartRule, AccountNo)> {
    let find = |is_debit: bool, test: fn(u16) -> bool| {
        lines
            .iter()
            .find(|line| {
                let side = if is_debit { line.debit } else { line.credit };
                side > Kurus::ZERO && test(context.main(line.account))
            })
            .map(|line| line.account)
    };
    let is_input_kdv: fn(u16) -> bool = |main| main == 191;
    let is_output_kdv: fn(u16) -> bool = |main| main == 391;
    if facts.shape == Shape::Closing {
        // 690 is the year's result: it is reached on 31 December, or when a company ends.
        let result = find(true, |main| main == 690).or_else(|| find(false, |main| main == 690));
        let is_year_end =
            chrono::Datelike::month(&entry.date) == 12 && chrono::Datelike::day(&entry.date) == 31;
        return result
            .filter(|_| !is_year_end && find(true, chart::is_revenue).is_some())
            .map(|account| (ChartRule::ClosingOutsideYearEnd, account));
    }
    // A sale carries computed KDV (391); 191 is what the company may deduct.
    if facts.shape == Shape::Sale
        && let Some(account) = find(false, is_input_kdv)
    {
        return Some((ChartRule::InputKdvInSale, account));
    }
    // A purchase carries 191. With 391 on the debit side it is no purchase return (191 credited) and
    // no set-off.
    if facts.shape == Shape::Purchase
        && find(true, is_input_kdv).is_none()
        && let Some(account) = find(true, is_output_kdv)
    {
        return Some((ChartRule::OutputKdvInPurchase, account));
    }
    // Revenue on the debit side: returns belong to 610, discounts to 611 and 612, closing to 690.
    if let Some(account) = find(true, chart::is_revenue)
        && find(false, chart::is_revenue).is_none()
        && find(false, |main| {
            chart::is_supplier(main) || chart::is_liquid(main) || matches!(main, 330..=339)
        })
        .is_some()
    {
        return Some((ChartRule::CostInRevenueAccount, account));
    }
    let party = entry.party?;
    // Money to a customer: the refund of a return, of an overpayment, or a collection with its sides
    // swapped.
    if facts.shape == Shape::Payment
        && let Some(account) = find(true, chart::is_customer)
        && lines.len() == 2
        && returns.to_customer(party, facts).is_none_or(|owed| owed < facts.gross)
    {
        return Some((ChartRule::CollectionSidesSwapped, account));
    }
    if facts.shape == Shape::Receipt
        && let Some(account) = find(false, chart::is_supplier)
        && lines.len() == 2
        && returns.by_supplier(party, facts).is_none_or(|owed| owed < facts.gross)
    {
        return Some((ChartRule::PaymentSidesSwapped, account));
    }
    None
}

/// How many days a refund may come after what it refunds.
const REFUND_DAYS: i32 = 366;

/// Payments of a party among which the same one twice is looked for.
const RECENT: usize = 6;

/// What customers may get back and suppliers have to give back.
#[derive(Debug, Default)]
struct Returns {
    customers: HashMap<PartyNo, Owed>,
    suppliers: HashMap<PartyNo, Owed>,
}

#[derive(Debug, Default)]
struct Owed {
    /// Returned or paid twice, not yet refunded.
    amount: Kurus,
    day: i32,
    /// The last payments, to see the same one twice.
    payments: VecDeque<Kurus>,
}

impl Returns {
    fn to_customer(&self, party: PartyNo, facts: &Facts) -> Option<Kurus> {
        Self::owed(&self.customers, party, facts)
    }

    fn by_supplier(&self, party: PartyNo, facts: &Facts) -> Option<Kurus> {
        Self::owed(&self.suppliers, party, facts)
    }

    fn owed(of: &HashMap<PartyNo, Owed>, party: PartyNo, facts: &Facts) -> Option<Kurus> {
        of.get(&party).filter(|owed| facts.day - owed.day <= REFUND_DAYS).map(|owed| owed.amount)
    }

    fn note(&mut self, context: &Context<'_>, entry: &Entry, facts: &Facts, lines: &[Line]) {
        let Some(party) = entry.party else { return };
        let side = |is_debit: bool, test: fn(u16) -> bool| -> Kurus {
            lines
                .iter()
                .filter(|line| test(context.main(line.account)))
                .map(|line| if is_debit { line.debit } else { line.credit })
                .sum()
        };
        match facts.shape {
            Shape::SaleReturn => {
                let owed = self.customers.entry(party).or_default();
                owed.amount += side(false, chart::is_customer);
                owed.day = facts.day;
            }
            Shape::PurchaseReturn => {
                let owed = self.suppliers.entry(party).or_default();
                owed.amount += side(true, chart::is_supplier);
                owed.day = facts.day;
            }
            Shape::Collection | Shape::Payment => {
                let (of, paid, refunded) = if facts.shape == Shape::Collection {
                    (&mut self.customers, side(false, chart::is_customer), Kurus::ZERO)
                } else {
                    (
                        &mut self.suppliers,
                        side(true, chart::is_supplier),
                        side(true, chart::is_customer),
                    )
                };
                if paid > Kurus::ZERO {
                    let owed = of.entry(party).or_default();
                    // The same amount twice in a short time: one of them may come back.
                    if owed.payments.contains(&paid) {
                        owed.amount += paid;
                        owed.day = facts.day;
                    }
                    if owed.payments.len() == RECENT {
                        owed.payments.pop_front();
                    }
                    owed.payments.push_back(paid);
                }
                if refunded > Kurus::ZERO
                    && let Some(owed) = self.customers.get_mut(&party)
                {
                    owed.amount = owed.amount - refunded;
                }
            }
            Shape::Receipt => {
                if let Some(owed) = self.suppliers.get_mut(&party) {
                    owed.amount = owed.amount - side(false, chart::is_supplier);
                }
            }
            _ => {}
        }
    }
}
