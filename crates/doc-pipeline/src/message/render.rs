//! Fills a sentence's places with values, written the Turkish way.

use std::{collections::BTreeMap, fmt::Write};

use chrono::NaiveDate;
use serde_json::Value;

/// Replaces each `{name}` by its value; a value that is not there is shown as a dash.
pub(super) fn fill(sentence: &str, values: &BTreeMap<String, Value>) -> String {
    let mut out = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        match values.get(name) {
            Some(value) => shown(value, &mut out),
            None => out.push('–'),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn shown(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => match text.parse::<NaiveDate>() {
            Ok(day) => drop(write!(out, "{}", day.format("%d.%m.%Y"))),
            // Values may come from the document: a sentence stays a sentence.
            Err(_) => out.extend(text.chars().filter(|c| !c.is_control()).take(80)),
        },
        Value::Number(number) => out.push_str(&turkish_number(&number.to_string())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                shown(item, out);
            }
        }
        Value::Bool(_) | Value::Null | Value::Object(_) => out.push('–'),
    }
}

/// `1234567.5` as `1.234.567,5`.
fn turkish_number(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(',');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_values_the_turkish_way() {
        let values = BTreeMap::from([
            ("found".to_owned(), serde_json::json!(1_234_567.5)),
            ("day".to_owned(), "2024-05-02".into()),
            ("list".to_owned(), serde_json::json!(["a", 20])),
        ]);
        assert_eq!(
            fill("{found} / {day} / {list} / {none}", &values),
            "1.234.567,5 / 02.05.2024 / a, 20 / –"
        );
        assert_eq!(turkish_number("-100.00"), "-100,00");
    }
}
