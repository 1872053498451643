//! The balance chain: finds the order of the movements, settles signs and confirms amounts.

use std::ops::Range;

use domain::Severity;
use rust_decimal::Decimal;

use crate::{
    evidence::Check,
    fields::{BankStatementFields, BankTransaction},
    finding::Finding,
    message::{finding, number},
};

use super::{
    super::{
        label::Label,
        trail::{Nature, Trail},
        view::View,
    },
    movements::{Movement, Table},
};

/// Which movement comes before which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    OldestFirst,
    NewestFirst,
}

/// Puts the movements into the fields with signs and checks. Each account of a document has a chain
/// of its own.
pub(super) fn settle(
    view: &View,
    table: &Table,
    fields: &mut BankStatementFields,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    let mut movements = table.movements.clone();
    let mut state: Vec<Option<bool>> = vec![None; movements.len()];
    let mut balances = Vec::new();
    let mut from = 0;
    for (part, rows) in table.parts.iter().enumerate() {
        let to = from
            + movements
                .get(from..)
                .unwrap_or_default()
                .iter()
                .take_while(|movement| movement.part == part)
                .count();
        let of = |label| super::head::balance(view, table, label, rows).map(|(value, _)| value);
        let (opening, closing) = (of(Label::Opening), of(Label::Closing));
        if let (Some(slice), Some(state)) = (movements.get_mut(from..to), state.get_mut(from..to)) {
            let order = order_of(slice);
            settle_signs(slice, order, opening);
            links(slice, order, opening, state);
        }
        balances.push((from..to, opening, closing));
        from = to;
    }
    for (index, (movement, link)) in movements.iter().zip(&state).enumerate() {
        let leads_on = ties_on(&movements, &state, index);
        put(index, movement, (*link, leads_on), fields, trail);
    }
    let broken: Vec<usize> = state
        .iter()
        .enumerate()
        .filter(|(_, link)| **link == Some(false))
        .map(|(index, _)| index)
        .collect();
    if !broken.is_empty() {
        let lines: Vec<serde_json::Value> =
            broken.iter().take(10).map(|index| (index + 1).into()).collect();
        findings.push(finding(
            "BALANCE_CHAIN_BROKEN",
            Severity::High,
            [("count", broken.len().into()), ("lines", lines.into())],
        ));
    }
    if table.unread > 0 {
        findings.push(finding(
            "MOVEMENTS_UNREADABLE",
            Severity::High,
            [("count", table.unread.into())],
        ));
    }
    if table.parts.len() > 1 {
        findings.push(finding("SEVERAL_ACCOUNTS", Severity::High, []));
    }
    for (part, (range, opening, closing)) in balances.into_iter().enumerate() {
        if let (Some(opening), Some(closing)) = (opening, closing) {
            let base =
                if table.parts.len() == 1 { String::new() } else { format!("/statements/{part}") };
            opening_to_closing(&range, &base, (opening, closing), fields, trail, findings);
        }
    }
    let signed = movements.iter().any(|movement| movement.sign_known);
    if !movements.is_empty() && !signed && !state.contains(&Some(true)) && !adds_up(fields) {
        findings.push(finding("MOVEMENT_SIGNS_UNKNOWN", Severity::Medium, []));
        for index in 0..movements.len() {
            trail.doubt(&format!("/transactions/{index}/amount"));
        }
    }
    if table.parts.len() <= 1 {
        ends(&movements, &state, fields, trail);
    }
}

/// Whether the movements lead from the printed opening to the printed closing balance.
fn adds_up(fields: &BankStatementFields) -> bool {
    let sum = fields.starting_balance.and_then(|opening| {
        fields.transactions.iter().try_fold(opening, |sum, own| sum.checked_add(own.amount))
    });
    sum.is_some() && sum == fields.ending_balance
}

/// Opening and closing balance that are not printed, where every balance follows from the one before:
/// then the first and the last movement say them.
fn ends(
    movements: &[Movement],
    state: &[Option<bool>],
    fields: &mut BankStatementFields,
    trail: &mut Trail,
) {
    let tied = state.iter().filter(|link| **link == Some(true)).count();
    if movements.len() < 2 || tied + 1 < movements.len() || state.contains(&Some(false)) {
        return;
    }
    let last = movements.len() - 1;
    let (first, last) = match order_of(movements) {
        Order::OldestFirst => (0, last),
        Order::NewestFirst => (last, 0),
    };
    let balance = |index: usize| movements.get(index).and_then(|movement| movement.balance);
    if fields.ending_balance.is_none() {
        fields.ending_balance = balance(last);
        trail.repeat("/endingBalance", &format!("/transactions/{last}/balance"));
    }
    if fields.starting_balance.is_none() {
        let amount = movements.get(first).map(|movement| movement.amount);
        fields.starting_balance =
            balance(first).zip(amount).and_then(|(balance, amount)| balance.checked_sub(amount));
        trail.repeat("/startingBalance", &format!("/transactions/{first}/amount"));
        trail.derived("/startingBalance");
    }
}

/// Pairs of neighbours that tie in one direction or the other, whatever the sign.
fn order_of(movements: &[Movement]) -> Order {
    let (mut old, mut new) = (0_u32, 0_u32);
    for pair in movements.windows(2) {
        let [a, b] = pair else { continue };
        if let (Some(first), Some(second)) = (a.balance, b.balance) {
            let ties = |difference: Decimal, movement: &Movement| {
                difference.abs() == movement.amount.abs()
                    && (!movement.sign_known || difference == movement.amount)
            };
            old += u32::from(ties(second - first, b));
            new += u32::from(ties(first - second, a));
        }
    }
    if new != old {
        return if new > old { Order::NewestFirst } else { Order::OldestFirst };
    }
    match (movements.first(), movements.last()) {
        (Some(first), Some(last)) if first.date > last.date => Order::NewestFirst,
        _ => Order::OldestFirst,
    }
}

/// The balance before a movement.
fn before(
    movements: &[Movement],
    index: usize,
    order: Order,
    opening: Option<Decimal>,
) -> Option<Decimal> {
    let previous = match order {
        Order::OldestFirst => index.checked_sub(1),
        Order::NewestFirst => Some(index + 1).filter(|i| *i < movements.len()),
    };
    match previous {
        Some(previous) => movements.get(previous)?.balance,
        None => opening,
    }
}

/// Where the document does not say which way the money went, the balances do: all or nothing.
fn settle_signs(movements: &mut [Movement], order: Order, opening: Option<Decimal>) {
    let any_signed =
        movements.iter().any(|movement| movement.sign_known && movement.amount.is_sign_negative());
    for index in 0..movements.len() {
        let Some(before) = before(movements, index, order, opening) else { continue };
        let Some(movement) = movements.get_mut(index) else { continue };
        if movement.sign_known {
            continue;
        }
        let Some(balance) = movement.balance else { continue };
        // In a document with printed signs an unsigned amount is money in; only a tie says otherwise.
        if balance - before == -movement.amount && !(any_signed && movement.amount.is_zero()) {
            movement.amount = -movement.amount;
            movement.sign_known = true;
        }
    }
}

/// Which movements tie their balance to the one before.
fn links(
    movements: &[Movement],
    order: Order,
    opening: Option<Decimal>,
    state: &mut [Option<bool>],
) {
    for (index, slot) in state.iter_mut().enumerate() {
        let Some(movement) = movements.get(index) else { continue };
        *slot = match (before(movements, index, order, opening), movement.balance) {
            (Some(before), Some(balance)) => Some(before + movement.amount == balance),
            _ => None,
        };
    }
}

/// Whether a neighbour of the movement ties to the movement's balance too.
fn ties_on(movements: &[Movement], state: &[Option<bool>], index: usize) -> bool {
    let part = movements.get(index).map(|movement| movement.part);
    [index.checked_sub(1), Some(index + 1)].into_iter().flatten().any(|other| {
        movements.get(other).map(|movement| movement.part) == part
            && state.get(other).copied().flatten() == Some(true)
    })
}

fn put(
    index: usize,
    movement: &Movement,
    (link, leads_on): (Option<bool>, bool),
    fields: &mut BankStatementFields,
    trail: &mut Trail,
) {
    let pointer = |key: &str| format!("/transactions/{index}/{key}");
    trail.put(pointer("date"), movement.spots.date, Nature::Figure);
    trail.put(pointer("description"), movement.spots.description, Nature::Words);
    trail.put(pointer("amount"), movement.spots.amount, Nature::Figure);
    trail.put(pointer("balance"), movement.spots.balance, Nature::Figure);
    trail.put(pointer("reference"), movement.spots.reference, Nature::Figure);
    // From a balance of nothing the amount is printed a second time as the balance: the same
    // misreading twice would tie, so the movement after it has to tie too.
    let repeats = movement.balance.is_some_and(|balance| balance.abs() == movement.amount.abs());
    for key in ["amount", "balance"] {
        match link {
            Some(true) if repeats && !leads_on => {
                trail.agrees(&pointer(key), Check::BalanceChain);
            }
            Some(passed) => trail.check(&pointer(key), Check::BalanceChain, passed),
            None => {}
        }
    }
    fields.transactions.push(BankTransaction {
        date: movement.date,
        value_date: movement.value_date,
        description: movement.description.clone(),
        amount: movement.amount,
        balance: movement.balance,
        reference: movement.reference.clone(),
        account: fields
            .statements
            .get(movement.part)
            .and_then(|account| account.iban.clone().or_else(|| account.account_number.clone())),
        ..BankTransaction::default()
    });
}

fn opening_to_closing(
    range: &Range<usize>,
    base: &str,
    (opening, closing): (Decimal, Decimal),
    fields: &BankStatementFields,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    let movements = fields.transactions.get(range.clone()).unwrap_or_default();
    let Some(expected) =
        movements.iter().try_fold(opening, |sum, movement| sum.checked_add(movement.amount))
    else {
        return;
    };
    let passed = expected == closing;
    let check = Check::OpeningPlusMovementsIsClosing;
    // A statement without a movement repeats its balance.
    for key in ["startingBalance", "endingBalance"] {
        let pointer = format!("{base}/{key}");
        if passed && range.is_empty() {
            trail.agrees(&pointer, check);
        } else {
            trail.check(&pointer, check, passed);
        }
    }
    if passed {
        for index in range.clone() {
            trail.check(&format!("/transactions/{index}/amount"), check, true);
        }
    } else {
        findings.push(finding(
            "STATEMENT_BALANCES_DIFFER",
            Severity::High,
            [("expected", number(expected)), ("found", number(closing))],
        ));
    }
}
