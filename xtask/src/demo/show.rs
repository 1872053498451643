//! What came out, as tables for people.

use serde_json::Value;

use crate::platform::{Alert, Office, ResultRow};
use crate::report;

/// One office's documents and alerts.
pub(super) fn office(office: &Office<'_>, rows: &[ResultRow], alerts: &[Alert]) {
    report::heading(office.name);
    let mut table = report::table(&["document", "type", "what was read", "flags", "score"]);
    for row in rows {
        let score = match (&row.score, &row.severity) {
            (Some(score), Some(severity)) => format!("{score}\n{severity}"),
            _ => "–".to_owned(),
        };
        table.add_row([
            row.file_name.clone(),
            row.kind.clone().unwrap_or_else(|| "–".to_owned()),
            outcome(row),
            flags(row.flags.as_ref()),
            score,
        ]);
    }
    anstream::println!("{table}");
    for alert in alerts {
        let document = alert.file_name.as_deref().unwrap_or("–");
        anstream::println!(
            "alert ({}) {document}: {}. {}",
            alert.severity,
            alert.title,
            alert.message
        );
    }
}

fn outcome(row: &ResultRow) -> String {
    match (&row.fields, &row.error) {
        (_, Some(error)) => format!("{}: {error}", row.status),
        (Some(fields), None) => main_fields(row.kind.as_deref().unwrap_or_default(), fields),
        (None, None) => row.status.clone(),
    }
}

fn main_fields(kind: &str, fields: &Value) -> String {
    match kind {
        "invoice" => {
            let first = [
                text(fields, "invoiceNumber"),
                text(fields, "issueDate"),
                money(fields, "totalAmount"),
            ];
            let party = [text(fields, "counterpartyName"), text(fields, "counterpartyTaxNumber")];
            lines(&[joined(&first), joined(&party), counted(fields, "lineItems", "line")])
        }
        "bank_statement" => {
            let account = text(fields, "accountNumber").or_else(|| text(fields, "iban"));
            let period = [text(fields, "startDate"), text(fields, "endDate")];
            let balances = [amount(fields, "startingBalance"), money(fields, "endingBalance")];
            let period = period.into_iter().flatten().collect::<Vec<_>>().join(" to ");
            let balances = balances.into_iter().flatten().collect::<Vec<_>>().join(" → ");
            lines(&[
                joined(&[text(fields, "bankName"), account]),
                joined(&[Some(period), Some(balances)]),
                counted(fields, "transactions", "transaction"),
            ])
        }
        _ => joined(&[text(fields, "date"), money(fields, "amount")]),
    }
}

fn joined(parts: &[Option<String>]) -> String {
    joined_by(" · ", parts)
}

fn joined_by(separator: &str, parts: &[Option<String>]) -> String {
    let known: Vec<_> = parts.iter().flatten().filter(|part| !part.is_empty()).cloned().collect();
    known.join(separator)
}

fn lines(parts: &[String]) -> String {
    let known: Vec<_> = parts.iter().filter(|part| !part.is_empty()).cloned().collect();
    known.join("\n")
}

/// What stands behind a value that a person has to confirm before it is used.
const CHECK: &str = "(check)";

/// Whether a value, or any below it, waits for a person.
fn needs_review(fields: &Value, key: &str) -> bool {
    let Some(evidence) = fields.get("evidence").and_then(Value::as_object) else { return false };
    let own = format!("/{key}");
    let below = format!("/{key}/");
    evidence
        .iter()
        .filter(|(pointer, _)| **pointer == own || pointer.starts_with(&below))
        .any(|(_, entry)| entry.get("needsReview") == Some(&Value::Bool(true)))
}

fn marked(shown: String, check: bool) -> String {
    if check { format!("{shown} {CHECK}") } else { shown }
}

fn text(fields: &Value, key: &str) -> Option<String> {
    let text = fields.get(key)?.as_str()?.to_owned();
    Some(marked(text, needs_review(fields, key)))
}

fn counted(fields: &Value, key: &str, noun: &str) -> String {
    match fields.get(key).and_then(Value::as_array).map_or(0, Vec::len) {
        0 => String::new(),
        number => marked(report::count(number, noun), needs_review(fields, key)),
    }
}

/// The digits of an amount in the Turkish form, as they stand in the JSON.
fn digits(fields: &Value, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::Number(number) => Some(turkish(&number.to_string())),
        _ => None,
    }
}

fn amount(fields: &Value, key: &str) -> Option<String> {
    Some(marked(digits(fields, key)?, needs_review(fields, key)))
}

fn money(fields: &Value, key: &str) -> Option<String> {
    let currency = fields.get("currency").and_then(Value::as_str).map(str::to_owned);
    let shown = joined_by(" ", &[Some(digits(fields, key)?), currency]);
    Some(marked(shown, needs_review(fields, key) || needs_review(fields, "currency")))
}

fn turkish(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped},{part:0<2}")
}

fn flags(flags: Option<&Value>) -> String {
    let Some(Value::Array(flags)) = flags else { return "–".to_owned() };
    if flags.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<_> = flags
        .iter()
        .filter_map(|flag| {
            let code = flag.get("code")?.as_str()?;
            let severity = flag.get("severity")?.as_str()?;
            Some(format!("{code} ({severity})"))
        })
        .collect();
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{main_fields, turkish};

    #[test]
    fn amounts_keep_every_digit() {
        assert_eq!(turkish("1234567.8"), "1.234.567,80");
        assert_eq!(turkish("-950"), "-950,00");
        assert_eq!(turkish("100000.01"), "100.000,01");
    }

    #[test]
    fn an_invoice_shows_what_is_known_and_nothing_else() {
        let fields = serde_json::json!({"invoiceNumber": "A1", "lineItems": [{}, {}]});
        assert_eq!(main_fields("invoice", &fields), "A1\n2 lines");
    }

    #[test]
    fn what_a_person_must_confirm_is_marked() {
        let doubtful = serde_json::json!({"source": "ocr", "confidence": 0.5, "needsReview": true});
        let sure = serde_json::json!({"source": "ocr", "confidence": 1, "needsReview": false});
        let fields = serde_json::json!({
            "invoiceNumber": "0ZG1", "issueDate": "2026-03-18", "totalAmount": 10.5,
            "currency": "TRY", "lineItems": [{}],
            "evidence": {
                "/invoiceNumber": doubtful, "/issueDate": sure, "/totalAmount": sure,
                "/currency": doubtful, "/lineItems": sure, "/lineItems/0/quantity": doubtful,
            },
        });
        let shown = main_fields("invoice", &fields);
        assert_eq!(shown, "0ZG1 (check) · 2026-03-18 · 10,50 TRY (check)\n1 line (check)");
    }
}
