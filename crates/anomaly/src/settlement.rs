//! What settles the bills of suppliers: payments, returns, set-offs.

use std::collections::VecDeque;

use crate::{
    amount::Kurus,
    chart::{self, Shape},
    context::Facts,
    ledger::{Entry, Ledger, Line},
};

/// What is credited to suppliers less what is debited to them: above nothing it is a bill.
pub(crate) fn owed(lines: &[Line], mains: &[u16]) -> Kurus {
    lines
        .iter()
        .filter(|line| chart::is_supplier(mains.get(line.account.0 as usize).copied().unwrap_or(0)))
        .map(|line| line.credit - line.debit)
        .sum()
}

/// Open bills of a counterparty among which the one that a payment pays is looked for, newest ones.
const OPEN_BILLS: usize = 256;

/// What a supplier is owed.
#[derive(Debug, Clone, Default)]
struct Supplier {
    /// Position and amount, oldest first.
    open: VecDeque<(usize, Kurus)>,
    /// Paid without a bill of that amount, and not used up yet.
    on_account: Kurus,
}

impl Supplier {
    /// Takes a payment; gives the bills that it settles.
    fn pay(&mut self, amount: Kurus) -> Vec<usize> {
        let first = self.open.len().saturating_sub(OPEN_BILLS);
        if let Some(place) = self.open.iter().skip(first).position(|(_, owed)| *owed == amount) {
            return self.open.remove(first + place).into_iter().map(|(at, _)| at).collect();
        }
        // Instalments, round sums, sums of several bills: the oldest first.
        self.on_account += amount;
        let mut settled = Vec::new();
        while let Some((at, owed)) = self.open.front().copied() {
            if owed > self.on_account {
                return settled;
            }
            self.on_account = self.on_account - owed;
            self.open.pop_front();
            settled.push(at);
        }
        // What is left pays something from before the window, and nothing to come.
        self.on_account = Kurus::ZERO;
        settled
    }
}

/// Settles the bills of the window by what is taken off their suppliers' accounts later: the bill of
/// the same amount, otherwise the oldest ones.
pub(crate) fn settle(
    ledger: &Ledger,
    entries: &[Entry],
    facts: &mut [Facts],
    mains: &[u16],
    window_start: usize,
) {
    let mut suppliers = vec![Supplier::default(); ledger.parties().len()];
    for (at, entry) in entries.iter().enumerate().skip(window_start) {
        let Some(own) = facts.get(at).copied().filter(|own| !own.is_cancelled) else { continue };
        let Some(supplier) = entry.party.and_then(|party| suppliers.get_mut(party.0 as usize))
        else {
            continue;
        };
        let owed = owed(ledger.lines_of(entry), mains);
        if own.shape == Shape::Purchase && owed > Kurus::ZERO {
            supplier.open.push_back((at, owed));
        } else if owed < Kurus::ZERO {
            for bill in supplier.pay(-owed) {
                if let Some(bill) = facts.get_mut(bill) {
                    bill.settled = Some(own.day);
                }
            }
        }
    }
}
