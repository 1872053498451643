//! The chain of balances: each follows from the one before and its movement.

use rust_decimal::Decimal;

use crate::fields::BankTransaction;

/// Movements whose balance does not follow from the one before, in the order of the file.
pub(super) fn chain(movements: &[BankTransaction], opening: Option<Decimal>) -> Vec<usize> {
    let newest_first = is_newest_first(movements);
    let mut broken = Vec::new();
    for (index, movement) in movements.iter().enumerate() {
        let Some(balance) = movement.balance else { continue };
        let before = if newest_first { index.checked_add(1) } else { index.checked_sub(1) };
        let before = match before.and_then(|before| movements.get(before)) {
            Some(before) => before.balance,
            None => opening,
        };
        let Some(before) = before else { continue };
        if before.checked_add(movement.amount) != Some(balance) {
            broken.push(index);
        }
    }
    broken
}

/// Whether every movement has a balance that follows from the one before.
pub(super) fn is_unbroken(movements: &[BankTransaction]) -> bool {
    movements.iter().all(|movement| movement.balance.is_some()) && chain(movements, None).is_empty()
}

/// Whether the balances lead from the last row to the first.
pub(super) fn is_newest_first(movements: &[BankTransaction]) -> bool {
    let (mut old, mut new) = (0_usize, 0_usize);
    for pair in movements.windows(2) {
        let [a, b] = pair else { continue };
        let (Some(first), Some(second)) = (a.balance, b.balance) else { continue };
        old += usize::from(first.checked_add(b.amount) == Some(second));
        new += usize::from(second.checked_add(a.amount) == Some(first));
    }
    if old != new {
        return new > old;
    }
    match (movements.first(), movements.last()) {
        (Some(first), Some(last)) => {
            (first.date, first.time.as_deref()) > (last.date, last.time.as_deref())
        }
        _ => false,
    }
}
