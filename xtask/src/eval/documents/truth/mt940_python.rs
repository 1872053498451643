//! The truth of python's mt-940. It knows a reversal by its mark alone: RC lowers and RD raises the
//! balance (SWIFT, field 61), which that truth has the other way round.

use serde_json::Value;

use super::text::{list, text};
use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    let movements = list(truth, "transactions");
    if movements.is_empty() && truth.get("data") == Some(&serde_json::json!({})) {
        // Text that is no statement: that project reads nothing, this one says so.
        return comparison.refused();
    }
    comparison.kind("bank_statement");
    comparison.length("transactions.count", "transactions", movements.len());
    for (index, movement) in movements.iter().enumerate() {
        let Some(data) = movement.get("data") else { continue };
        let at = |key: &str| format!("/transactions/{index}/{key}");
        let amount = data.pointer("/amount/amount").and_then(Value::as_str);
        let amount = amount.map(|amount| signed(amount, &text(data, "status").unwrap_or_default()));
        comparison.at("transaction.amount", &at("amount"), amount);
        let booked = text(data, "entry_date").or_else(|| text(data, "date"));
        comparison.at("transaction.date", &at("date"), booked);
        comparison.at("transaction.valueDate", &at("valueDate"), text(data, "date"));
    }
}

/// The amount as the standard signs it.
pub(super) fn signed(amount: &str, mark: &str) -> String {
    let plain = amount.trim_start_matches('-');
    match mark {
        "D" | "RC" | "Debit" | "ReverseCredit" => format!("-{plain}"),
        _ => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::signed;

    #[test]
    fn reversals_are_signed_by_the_standard() {
        assert_eq!(signed("5", "RC"), "-5");
        assert_eq!(signed("-5", "RD"), "5");
        assert_eq!(signed("-5", "D"), "-5");
        assert_eq!(signed("5", "C"), "5");
    }
}
