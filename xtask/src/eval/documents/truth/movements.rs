//! The project's truth of statement files: movements in the order of time, whatever the file's order.

use serde_json::Value;

use super::text::{list, text};
use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("bank_statement");
    // Several renderings share one truth; some of them have no place for the account.
    comparison.at("currency", "/currency", text(truth, "currency"));
    if comparison.list("transactions").is_empty() || text(truth, "iban").is_some() {
        comparison.at("iban", "/iban", text(truth, "iban"));
    }
    comparison.at("accountNumber", "/accountNumber", text(truth, "account"));
    comparison.at("startingBalance", "/startingBalance", text(truth, "opening_balance"));
    comparison.at("endingBalance", "/endingBalance", text(truth, "closing_balance"));
    let movements = list(truth, "transactions_chronological");
    comparison.length("transactions.count", "transactions", movements.len());
    let count = movements.len();
    let newest_first = is_newest_first(&comparison.list("transactions"));
    for (index, movement) in movements.iter().enumerate() {
        let place = if newest_first { count - 1 - index } else { index };
        let at = |key: &str| format!("/transactions/{place}/{key}");
        comparison.row(|comparison| {
            let description = text(movement, "description");
            comparison.at("transaction.date", &at("date"), text(movement, "date"));
            comparison.at("transaction.amount", &at("amount"), text(movement, "amount"));
            comparison.at("transaction.description", &at("description"), description);
            // Not every layout has a column for them: only what the file holds is compared.
            for (field, key, own) in [
                ("transaction.balance", "balance", "balance_after"),
                ("transaction.reference", "reference", "reference"),
            ] {
                let read = comparison.list("transactions");
                if read.get(place).is_some_and(|read| read.get(key).is_some()) {
                    comparison.at(field, &at(key), text(movement, own));
                }
            }
        });
    }
}

pub(super) fn compare_card(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("bank_statement");
    let effects = list(truth, "cash_effect");
    comparison.length("transactions.count", "transactions", effects.len());
    for (index, effect) in effects.iter().enumerate() {
        let pointer = format!("/transactions/{index}/amount");
        comparison.at("transaction.amount", &pointer, effect.as_str().map(str::to_owned));
    }
}

fn is_newest_first(movements: &[Value]) -> bool {
    let day = |movement: Option<&Value>| movement.and_then(|m| text(m, "date"));
    day(movements.first()) > day(movements.last())
}
