//! What an e-document says, extracted by XPath.

use rust_decimal::Decimal;
use serde_json::Value;

use super::text::{fraction, list, text};
use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    match text(truth, "root").as_deref() {
        Some("Invoice" | "CreditNote") => invoice(truth, comparison),
        _ => other(truth, comparison),
    }
}

fn invoice(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("invoice");
    for (field, pointer, key) in [
        ("invoiceNumber", "/invoiceNumber", "id"),
        ("ettn", "/ettn", "uuid"),
        ("issueDate", "/issueDate", "issue_date"),
        ("dueDate", "/dueDate", "due_date"),
        ("invoiceType", "/invoiceType", "type"),
        ("exchangeRate", "/exchangeRate", "exchange_rate"),
    ] {
        comparison.at(field, pointer, text(truth, key));
    }
    // The old code for lira.
    let currency = text(truth, "currency").map(|code| code.replace("TRL", "TRY"));
    comparison.at("currency", "/currency", currency);
    let profile = text(truth, "profile").map(|profile| profile.to_uppercase());
    comparison.at("profile", "/profile", profile);
    parties(truth, comparison);
    let total = |key: &str| truth.pointer(&format!("/totals/{key}")).and_then(Value::as_str);
    comparison.at("totalAmount", "/totalAmount", total("PayableAmount").map(str::to_owned));
    let net = total("TaxExclusiveAmount").or_else(|| total("LineExtensionAmount"));
    comparison.at("netAmount", "/netAmount", net.map(str::to_owned));
    let inclusive = total("TaxInclusiveAmount").map(str::to_owned);
    comparison.at("taxInclusiveAmount", "/taxInclusiveAmount", inclusive);
    let subtotals: Vec<Value> =
        list(truth, "taxes").iter().flat_map(|tax| list(tax, "subtotals")).collect();
    let kdv = subtotals
        .iter()
        .filter(|tax| text(tax, "type_code").as_deref() == Some("0015"))
        .map(|tax| text(tax, "amount")?.parse::<Decimal>().ok())
        .collect::<Option<Vec<_>>>()
        .filter(|amounts| !amounts.is_empty())
        .map(|amounts| amounts.into_iter().sum::<Decimal>().to_string());
    comparison.at("taxAmount", "/taxAmount", kdv);
    let lines = list(truth, "lines");
    comparison.length("lines.count", "lineItems", lines.len());
    for (index, line) in lines.iter().enumerate() {
        let at = |key: &str| format!("/lineItems/{index}/{key}");
        for (field, key, own) in [
            ("line.description", "description", "name"),
            ("line.quantity", "quantity", "quantity"),
            ("line.unitPrice", "unitPrice", "price"),
            ("line.lineTotal", "lineTotal", "line_total"),
        ] {
            comparison.at(field, &at(key), text(line, own));
        }
        let of_kdv: Vec<Value> = list(line, "taxes")
            .iter()
            .flat_map(|tax| list(tax, "subtotals"))
            .filter(|tax| text(tax, "type_code").as_deref() == Some("0015"))
            .collect();
        if let [only] = of_kdv.as_slice() {
            let rate = text(only, "percent").and_then(|rate| fraction(&rate));
            comparison.at("line.vatRate", &at("vatRate"), rate);
        }
    }
}

fn other(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("unknown");
    comparison.at("documentNumber", "/documentNumber", text(truth, "id"));
    comparison.at("ettn", "/ettn", text(truth, "uuid"));
    comparison.at("issueDate", "/issueDate", text(truth, "issue_date"));
    comparison.at("profile", "/profile", text(truth, "profile"));
}

fn parties(truth: &Value, comparison: &mut Comparison) {
    for party in ["supplier", "customer"] {
        let Some(own) = truth.get(party) else { continue };
        let id = |scheme: &str| {
            own.pointer(&format!("/ids/{scheme}")).and_then(Value::as_str).map(str::to_owned)
        };
        let number = id("VKN").or_else(|| id("TCKN"));
        comparison.at(&format!("{party}.taxNumber"), &format!("/{party}/taxNumber"), number);
        let person = match (text(own, "first_name"), text(own, "family_name")) {
            (Some(first), Some(family)) => Some(format!("{first} {family}")),
            (first, family) => first.or(family),
        };
        let name = if id("TCKN").is_some() {
            person.or_else(|| text(own, "name"))
        } else {
            text(own, "name").or(person)
        };
        let name = name.map(|name| name.replace('\u{200b}', ""));
        comparison.at(&format!("{party}.name"), &format!("/{party}/name"), name);
        comparison.at(
            &format!("{party}.taxOffice"),
            &format!("/{party}/taxOffice"),
            text(own, "tax_office"),
        );
    }
}
