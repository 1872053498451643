//! The project's truth of printed documents (PDF and scans), and of SROIE's receipts.

use serde_json::Value;

use super::text::{amount, date, fraction, iso, list, text, turkish};
use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    let first = truth.get("fields").or_else(|| truth.pointer("/pages/0")).unwrap_or(truth);
    match text(truth, "kind").as_deref() {
        Some("bank") => bank(truth, first, comparison),
        Some("receipt") => receipt(first, comparison),
        Some("contract") => contract(first, comparison),
        _ => invoice(first, comparison),
    }
    for pair in list(truth, "pairs") {
        if let [Value::String(label), Value::String(value)] =
            pair.as_array().map(Vec::as_slice).unwrap_or_default()
        {
            label_with_value(label, value, comparison);
        }
    }
}

/// A label and the value beside it, by the field that the label announces.
fn label_with_value(label: &str, value: &str, comparison: &mut Comparison) {
    let pointers = announced(label, comparison);
    let written = match label {
        "Fatura Tarihi" | "TARİH" => iso(value),
        "Fatura No" | "FİŞ NO" | "Z NO" | "KİRAYA VEREN" | "KİRACI" => value.to_owned(),
        _ => turkish(value),
    };
    let field = (!pointers.is_empty()).then_some((pointers.as_slice(), written.as_str()));
    comparison.label(label, value, field);
}

/// Pointers to the fields that a label announces; none where no field is.
fn announced(label: &str, comparison: &Comparison) -> Vec<String> {
    let fixed: &[&str] = match label {
        "Fatura No" => &["/invoiceNumber"],
        "Fatura Tarihi" => &["/issueDate"],
        "Mal Hizmet Toplam Tutarı" => &["/netAmount"],
        "Vergiler Dahil Toplam Tutar" => &["/taxInclusiveAmount", "/totalAmount"],
        "Ödenecek Tutar" => &["/totalAmount"],
        "Açılış Bakiyesi" => &["/startingBalance"],
        "Kapanış Bakiyesi" => &["/endingBalance"],
        "TOPKDV" => &["/taxAmount"],
        "TOPLAM" => &["/amount"],
        "TARİH" => &["/date"],
        "FİŞ NO" => &["/receiptNumber"],
        _ => &[],
    };
    if !fixed.is_empty() {
        let mut out: Vec<String> = fixed.iter().map(|pointer| (*pointer).to_owned()).collect();
        if label.ends_with("Bakiyesi") {
            let accounts = comparison.list("statements").len();
            let own = |at: usize| fixed.iter().map(move |key| format!("/statements/{at}{key}"));
            out.extend((0..accounts).flat_map(own));
        }
        return out;
    }
    if label == "KİRAYA VEREN" || label == "KİRACI" {
        let known = comparison.list("parties");
        // The field that holds the role holds the name, so that a role beside another name is wrong.
        let place = known.iter().position(|own| text(own, "role").as_deref() == Some(label));
        return vec![format!("/parties/{}/name", place.unwrap_or(usize::MAX))];
    }
    if let Some(rate) = label.strip_prefix("KDV (%").and_then(|rest| rest.strip_suffix(')')) {
        let wanted = [fraction(rate)];
        let place = comparison.places("kdvBreakdown", "rate", &wanted);
        return place.iter().map(|at| format!("/kdvBreakdown/{at}/taxAmount")).collect();
    }
    // The reference of a movement announces its balance.
    if label.len() > 4 && label.bytes().all(|byte| byte.is_ascii_digit()) {
        let wanted = [Some(label.to_owned())];
        let place = comparison.places("transactions", "reference", &wanted);
        return place.iter().map(|at| format!("/transactions/{at}/balance")).collect();
    }
    Vec::new()
}

fn invoice(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("invoice");
    for (field, pointer, key) in [
        ("invoiceNumber", "/invoiceNumber", "invoice_no"),
        ("supplier.name", "/supplier/name", "supplier"),
        ("supplier.taxNumber", "/supplier/taxNumber", "supplier_vkn"),
        ("supplier.taxOffice", "/supplier/taxOffice", "supplier_vd"),
        ("customer.name", "/customer/name", "buyer"),
        ("customer.taxNumber", "/customer/taxNumber", "buyer_vkn"),
        ("ettn", "/ettn", "ettn"),
        ("invoiceType", "/invoiceType", "type"),
        ("profile", "/profile", "profile"),
    ] {
        comparison.at(field, pointer, text(truth, key));
    }
    comparison.at("issueDate", "/issueDate", date(truth, "date"));
    comparison.at("netAmount", "/netAmount", amount(truth, "net"));
    comparison.at("totalAmount", "/totalAmount", amount(truth, "grand"));
    let currency = text(truth, "currency").unwrap_or_else(|| "TRY".to_owned());
    comparison.at("currency", "/currency", Some(currency));
    if let Some(rates) = truth.get("vat").and_then(Value::as_object) {
        let rates: Vec<(String, Option<String>)> = rates
            .iter()
            .map(|(rate, amount)| (format!("0.{rate:0>2}"), amount.as_str().map(turkish)))
            .collect();
        let wanted: Vec<Option<String>> =
            rates.iter().map(|(rate, _)| Some(rate.clone())).collect();
        let places = comparison.places("kdvBreakdown", "rate", &wanted);
        for ((_, amount), place) in rates.into_iter().zip(places) {
            comparison.at("kdv.amount", &format!("/kdvBreakdown/{place}/taxAmount"), amount);
        }
    }
    let lines = list(truth, "lines");
    comparison.length("lines.count", "lineItems", lines.len());
    let wanted: Vec<Option<String>> = lines.iter().map(|line| amount(line, "amount")).collect();
    let places = comparison.places("lineItems", "lineTotal", &wanted);
    for (line, place) in lines.iter().zip(places) {
        let at = |key: &str| format!("/lineItems/{place}/{key}");
        comparison.row(|comparison| {
            comparison.at("line.description", &at("description"), text(line, "name"));
            comparison.at("line.quantity", &at("quantity"), text(line, "qty"));
            comparison.at("line.unitPrice", &at("unitPrice"), amount(line, "price"));
            comparison.at("line.lineTotal", &at("lineTotal"), amount(line, "amount"));
            let rate = line.get("vat").and_then(Value::as_u64).map(|rate| format!("0.{rate:02}"));
            comparison.at("line.vatRate", &at("vatRate"), rate);
        });
    }
}

fn bank(whole: &Value, first: &Value, comparison: &mut Comparison) {
    comparison.kind("bank_statement");
    // Several accounts in one file: the movements of all.
    let mut parts = list(whole, "pages");
    if parts.is_empty() {
        parts.push(first.clone());
    }
    for (index, part) in parts.iter().enumerate() {
        let base = if parts.len() > 1 { format!("/statements/{index}") } else { String::new() };
        comparison.at("iban", &format!("{base}/iban"), text(part, "iban"));
        let opening = format!("{base}/startingBalance");
        comparison.at("startingBalance", &opening, amount(part, "opening"));
        comparison.at("endingBalance", &format!("{base}/endingBalance"), amount(part, "closing"));
    }
    let movements: Vec<Value> = parts.iter().flat_map(|part| list(part, "transactions")).collect();
    comparison.length("transactions.count", "transactions", movements.len());
    let wanted: Vec<Option<String>> =
        movements.iter().map(|movement| text(movement, "ref")).collect();
    let places = comparison.places("transactions", "reference", &wanted);
    for (movement, place) in movements.iter().zip(places) {
        let at = |key: &str| format!("/transactions/{place}/{key}");
        comparison.row(|comparison| {
            comparison.at("transaction.date", &at("date"), date(movement, "date"));
            comparison.at("transaction.description", &at("description"), text(movement, "desc"));
            comparison.at("transaction.reference", &at("reference"), text(movement, "ref"));
            comparison.at("transaction.amount", &at("amount"), amount(movement, "amount"));
            comparison.at("transaction.balance", &at("balance"), amount(movement, "balance"));
        });
    }
}

fn receipt(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("receipt");
    comparison.at("merchant.name", "/merchant/name", text(truth, "supplier"));
    comparison.at("merchant.taxNumber", "/merchant/taxNumber", text(truth, "vkn"));
    comparison.at("date", "/date", date(truth, "date"));
    comparison.at("receiptNumber", "/receiptNumber", text(truth, "receipt_no"));
    comparison.at("taxAmount", "/taxAmount", amount(truth, "vat_total"));
    comparison.at("amount", "/amount", amount(truth, "total"));
}

fn contract(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("contract");
    for (index, party) in list(truth, "parties").iter().enumerate() {
        let name = party.as_str().map(str::to_owned);
        comparison.at("party.name", &format!("/parties/{index}/name"), name);
    }
}

pub(super) fn sroie(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("receipt");
    comparison.at("merchant.name", "/merchant/name", text(truth, "company"));
    comparison.at("date", "/date", text(truth, "date").map(|date| iso(&date)));
    let total = text(truth, "total")
        .map(|total| total.trim_start_matches(|c: char| !c.is_ascii_digit()).replace(',', ""));
    comparison.at("amount", "/amount", total);
}
