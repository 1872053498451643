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
            // Old ones too where it matters what was refunded: a swapped entry refunds nothing.
            let broken = if facts.is_recent || is_refund(context, facts, lines) {
                broken_rule(context, entry, facts, lines, &returns)
            } else {
                None
            };
            let Some((rule, account)) = broken else {
                returns.note(context, entry, facts, lines);
                continue;
            };
            if !facts.is_recent {
                continue;
            }
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
        && !returns.customers.get(&party).is_some_and(|owed| owed.covers(facts.gross, facts.day))
    {
        return Some((ChartRule::CollectionSidesSwapped, account));
    }
    if facts.shape == Shape::Receipt
        && let Some(account) = find(false, chart::is_supplier)
        && lines.len() == 2
        && !returns.suppliers.get(&party).is_some_and(|owed| owed.covers(facts.gross, facts.day))
    {
        return Some((ChartRule::PaymentSidesSwapped, account));
    }
    None
}

/// Whether it moves money the other way round: to a customer, or from a supplier.
fn is_refund(context: &Context<'_>, facts: &Facts, lines: &[Line]) -> bool {
    lines.len() == 2
        && lines.iter().any(|line| {
            let main = context.main(line.account);
            (facts.shape == Shape::Payment && !line.debit.is_zero() && chart::is_customer(main))
                || (facts.shape == Shape::Receipt
                    && !line.credit.is_zero()
                    && chart::is_supplier(main))
        })
}

/// How many days a refund may come after what it refunds.
const REFUND_DAYS: i32 = 366;

/// Payments of a party among which the same one twice is looked for, and amounts that may come back.
const RECENT: usize = 6;

/// Open documents of a party that a swapped payment may mean.
const OPEN: usize = 64;

/// What customers may get back and suppliers have to give back.
#[derive(Debug, Default)]
struct Returns {
    customers: HashMap<PartyNo, Owed>,
    suppliers: HashMap<PartyNo, Owed>,
}

#[derive(Debug, Default)]
struct Owed {
    /// Returned or paid twice, not yet refunded: each of them, and all together.
    amounts: VecDeque<Kurus>,
    sum: Kurus,
    day: i32,
    /// The last payments, to see the same one twice.
    payments: VecDeque<Kurus>,
    /// Documents without a payment of their amount.
    open: VecDeque<Kurus>,
}

impl Owed {
    /// Whether money that goes the other way is owed. What is exactly the amount of a return or of a
    /// payment made twice is; what is exactly that of an open document is a payment with its sides
    /// swapped; anything else is if so much came together.
    fn covers(&self, amount: Kurus, day: i32) -> bool {
        if day - self.day > REFUND_DAYS {
            return false;
        }
        self.amounts.contains(&amount) || (!self.open.contains(&amount) && amount <= self.sum)
    }

    fn owe(&mut self, amount: Kurus, day: i32) {
        push(&mut self.amounts, amount, RECENT);
        self.sum += amount;
        self.day = day;
    }

    fn refund(&mut self, amount: Kurus) {
        take(&mut self.amounts, amount);
        self.sum = (self.sum - amount).max(Kurus::ZERO);
    }

    fn pay(&mut self, amount: Kurus, day: i32) {
        let was_open = take(&mut self.open, amount);
        // The same amount twice in a short time: one of them may come back.
        if !was_open && self.payments.contains(&amount) {
            self.owe(amount, day);
        }
        push(&mut self.payments, amount, RECENT);
    }
}

fn push(amounts: &mut VecDeque<Kurus>, amount: Kurus, most: usize) {
    if amounts.len() == most {
        amounts.pop_front();
    }
    amounts.push_back(amount);
}

fn take(amounts: &mut VecDeque<Kurus>, amount: Kurus) -> bool {
    let place = amounts.iter().position(|other| *other == amount);
    place.and_then(|place| amounts.remove(place)).is_some()
}

impl Returns {
    fn note(&mut self, context: &Context<'_>, entry: &Entry, facts: &Facts, lines: &[Line]) {
        let Some(party) = entry.party else { return };
        let net = |test: fn(u16) -> bool| -> Kurus {
            lines
                .iter()
                .filter(|line| test(context.main(line.account)))
                .map(|line| line.debit - line.credit)
                .sum()
        };
        let (customer, supplier) = (net(chart::is_customer), net(chart::is_supplier));
        let zero = Kurus::ZERO;
        match facts.shape {
            Shape::Sale if customer > zero => {
                push(&mut self.customers.entry(party).or_default().open, customer, OPEN);
            }
            Shape::Purchase if supplier < zero => {
                push(&mut self.suppliers.entry(party).or_default().open, -supplier, OPEN);
            }
            Shape::SaleReturn if customer < zero => {
                self.customers.entry(party).or_default().owe(-customer, facts.day);
            }
            Shape::PurchaseReturn if supplier > zero => {
                self.suppliers.entry(party).or_default().owe(supplier, facts.day);
            }
            Shape::Collection if customer < zero => {
                self.customers.entry(party).or_default().pay(-customer, facts.day);
            }
            Shape::Payment => {
                if supplier > zero {
                    self.suppliers.entry(party).or_default().pay(supplier, facts.day);
                }
                if customer > zero {
                    self.customers.entry(party).or_default().refund(customer);
                }
            }
            Shape::Receipt if supplier < zero => {
                self.suppliers.entry(party).or_default().refund(-supplier);
            }
            _ => {}
        }
    }
}
