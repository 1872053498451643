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

fn text(fields: &Value, key: &str) -> Option<String> {
    fields.get(key)?.as_str().map(str::to_owned)
}

fn counted(fields: &Value, key: &str, noun: &str) -> String {
    let number = fields.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    if number == 0 { String::new() } else { report::count(number, noun) }
}

/// An amount in the Turkish form, from the digits as they stand in the JSON.
fn amount(fields: &Value, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::Number(number) => Some(turkish(&number.to_string())),
        _ => None,
    }
}

fn money(fields: &Value, key: &str) -> Option<String> {
    let amount = amount(fields, key)?;
    Some(joined_by(" ", &[Some(amount), text(fields, "currency")]))
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
}
