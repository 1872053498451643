//! The object model of genkgo/camt: amounts in minor units as whole numbers, signed.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("bank_statement");
    // The dump cuts circles: of several records it keeps the entries of the last alone.
    if truth.get("getRecords").and_then(Value::as_array).is_some_and(|records| records.len() > 1) {
        return;
    }
    let all = entries(truth);
    // The other side keeps what the bank has not booked.
    let booked: Vec<&Value> = all
        .iter()
        .filter(|entry| !matches!(word(entry, "getStatus").as_deref(), Some("PDNG" | "INFO")))
        .collect();
    comparison.length("transactions.count", "transactions", booked.len());
    for (index, entry) in booked.iter().enumerate() {
        let at = |key: &str| format!("/transactions/{index}/{key}");
        comparison.at("transaction.amount", &at("amount"), amount(entry));
        comparison.at("transaction.date", &at("date"), day(entry, "getBookingDate"));
        comparison.at("transaction.valueDate", &at("valueDate"), day(entry, "getValueDate"));
        let reversal = entry.get("getReversalIndicator").and_then(Value::as_bool);
        comparison.at(
            "transaction.reversal",
            &at("reversal"),
            reversal.filter(|is| *is).map(|is| is.to_string()),
        );
    }
}

/// Entries of the message, or of its records where the message has none of its own.
fn entries(truth: &Value) -> Vec<Value> {
    let of = |value: &Value| value.get("getEntries").and_then(Value::as_array).cloned();
    let own: Vec<Value> =
        of(truth).unwrap_or_default().into_iter().filter(Value::is_object).collect();
    if !own.is_empty() {
        return own;
    }
    let records = truth.get("getRecords").and_then(Value::as_array).cloned().unwrap_or_default();
    records
        .iter()
        .flat_map(|record| of(record).unwrap_or_default())
        .filter(Value::is_object)
        .collect()
}

fn word(entry: &Value, key: &str) -> Option<String> {
    entry.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn amount(entry: &Value) -> Option<String> {
    let minor: Decimal = entry.pointer("/getAmount/getAmount")?.as_str()?.parse().ok()?;
    let code = entry.pointer("/getAmount/getCurrency/getCode").and_then(Value::as_str);
    let decimals = if matches!(code, Some("JPY" | "KRW")) { 0 } else { 2 };
    let amount = minor * Decimal::new(1, decimals);
    // Some versions of the library sign the amount, others leave it to the indicator.
    let is_out = word(entry, "getCreditDebitIndicator").as_deref() == Some("DBIT");
    Some(if is_out { -amount.abs() } else { amount.abs() }.to_string())
}

fn day(entry: &Value, key: &str) -> Option<String> {
    let moment = entry.get(key)?.get("0")?.as_str()?;
    moment.get(..10).map(str::to_owned)
}
