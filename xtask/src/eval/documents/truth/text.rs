//! Values of truth files as the fields write them.

use serde_json::Value;

/// A text of a truth.
pub(super) fn text(of: &Value, key: &str) -> Option<String> {
    match of.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A list of a truth.
pub(super) fn list(of: &Value, key: &str) -> Vec<Value> {
    of.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// `1.234,50` as `1234.50`.
pub(super) fn turkish(text: &str) -> String {
    text.replace('.', "").replace(',', ".")
}

/// A Turkish amount of a truth.
pub(super) fn amount(of: &Value, key: &str) -> Option<String> {
    of.get(key).and_then(Value::as_str).map(turkish)
}

/// A day-first date as ISO.
pub(super) fn iso(text: &str) -> String {
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    match parts.as_slice() {
        [year, _, _] if year.len() == 4 => text.to_owned(),
        [day, month, year] if year.len() == 2 => format!("20{year}-{month:0>2}-{day:0>2}"),
        [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    }
}

/// A date of a truth.
pub(super) fn date(of: &Value, key: &str) -> Option<String> {
    text(of, key).map(|date| iso(&date))
}

/// A whole per cent as a fraction.
pub(super) fn fraction(per_cent: &str) -> Option<String> {
    let per_cent: rust_decimal::Decimal = per_cent.parse().ok()?;
    Some((per_cent / rust_decimal::Decimal::ONE_HUNDRED).to_string())
}
