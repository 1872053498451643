//! What the balances beside the movements say: their signs, the reading of their decimals, and where
//! the account began and ended.

use rust_decimal::Decimal;

use crate::{
    fields::BankTransaction,
    statement::{chain, model::Statement},
};

/// How many neighbours differ by the amount of one of them.
pub(super) fn tied(movements: &[BankTransaction]) -> usize {
    movements
        .windows(2)
        .filter(|pair| {
            let [a, b] = pair else { return false };
            let (Some(first), Some(second)) = (a.balance, b.balance) else { return false };
            let step = second - first;
            step.abs() == b.amount.abs() || step.abs() == a.amount.abs()
        })
        .count()
}

/// Where no amount says which way the money went, the balances do: a step down is money out.
pub(super) fn signs_by_balances(movements: &mut [BankTransaction]) {
    let newest_first = {
        let (mut old, mut new) = (0_usize, 0_usize);
        for pair in movements.windows(2) {
            let [a, b] = pair else { continue };
            let (Some(first), Some(second)) = (a.balance, b.balance) else { continue };
            let step = (second - first).abs();
            old += usize::from(step == b.amount.abs());
            new += usize::from(step == a.amount.abs());
        }
        new > old
    };
    let balances: Vec<Option<Decimal>> =
        movements.iter().map(|movement| movement.balance).collect();
    for (index, movement) in movements.iter_mut().enumerate() {
        let before = if newest_first { index.checked_add(1) } else { index.checked_sub(1) };
        let before = before.and_then(|before| balances.get(before).copied().flatten());
        if let (Some(before), Some(balance)) = (before, movement.balance)
            && before.checked_sub(movement.amount) == Some(balance)
        {
            movement.amount = -movement.amount;
        }
    }
}

/// Opening and closing balance where every balance follows from the one before: then the first and the
/// last row say them.
pub(super) fn ends(statement: &mut Statement) {
    let movements = &statement.movements;
    let newest_first = chain::is_newest_first(movements);
    let (first, last) = match (movements.first(), movements.last()) {
        (Some(first), Some(last)) if newest_first => (last, first),
        (Some(first), Some(last)) => (first, last),
        _ => return,
    };
    if statement.unread > 0 || !chain::is_unbroken(movements) {
        return;
    }
    let opening = first.balance.and_then(|balance| balance.checked_sub(first.amount));
    statement.closing = statement.closing.or(last.balance);
    if statement.opening.is_none() {
        statement.opening = opening;
    }
    if statement.closing.is_some() && statement.opening.is_some() {
        statement.is_closed = true;
    }
}
