//! What mt940-rs reads, as its own tests have it.

use serde_json::Value;

use super::mt940_python::signed;
use super::text::{list, text};
use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("bank_statement");
    let statements = truth.as_array().cloned().unwrap_or_default();
    let movements: Vec<Value> =
        statements.iter().flat_map(|statement| list(statement, "statement_lines")).collect();
    comparison.length("transactions.count", "transactions", movements.len());
    if let [statement] = statements.as_slice() {
        for (field, key, own) in [
            ("startingBalance", "/startingBalance", "opening_balance"),
            ("endingBalance", "/endingBalance", "closing_balance"),
        ] {
            let Some(balance) = statement.get(own) else { continue };
            let mark = text(balance, "debit_credit_indicator").unwrap_or_default();
            let amount = text(balance, "amount").map(|amount| signed(&amount, &mark));
            comparison.at(field, key, amount);
        }
        let currency =
            statement.pointer("/opening_balance/iso_currency_code").and_then(Value::as_str);
        comparison.at("currency", "/currency", currency.map(str::to_owned));
    }
    for (index, movement) in movements.iter().enumerate() {
        let at = |key: &str| format!("/transactions/{index}/{key}");
        let mark = text(movement, "ext_debit_credit_indicator").unwrap_or_default();
        let amount = text(movement, "amount").map(|amount| signed(&amount, &mark));
        comparison.at("transaction.amount", &at("amount"), amount);
        let booked = text(movement, "entry_date").or_else(|| text(movement, "value_date"));
        comparison.at("transaction.date", &at("date"), booked);
        comparison.at("transaction.valueDate", &at("valueDate"), text(movement, "value_date"));
    }
}
