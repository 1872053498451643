//! What invoice2data's tests compare with. The fields of its templates have no common names beyond
//! these.

use serde_json::Value;

use super::text::{list, text};
use crate::eval::documents::compare::Comparison;

pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    comparison.kind("invoice");
    let Some(truth) = truth.as_array().and_then(|list| list.first()) else { return };
    comparison.at("invoiceNumber", "/invoiceNumber", text(truth, "invoice_number"));
    comparison.at("issueDate", "/issueDate", text(truth, "date"));
    comparison.at("dueDate", "/dueDate", text(truth, "date_due"));
    comparison.at("totalAmount", "/totalAmount", text(truth, "amount"));
    comparison.at("netAmount", "/netAmount", text(truth, "amount_untaxed"));
    comparison.at("taxAmount", "/taxAmount", text(truth, "amount_tax"));
    comparison.at("currency", "/currency", text(truth, "currency"));
    // The issuer is a template's name, not always printed: only a printed name is compared.
    comparison.at("supplier.name", "/supplier/name", text(truth, "partner_name"));
    let iban = text(truth, "iban").filter(|iban| iban.len() > 15);
    comparison.at("iban", "/paymentIbans/0", iban);
    let price = |line: &Value| text(line, "price_subtotal").or_else(|| text(line, "price"));
    let lines: Vec<Value> =
        list(truth, "lines").into_iter().filter(|line| price(line).is_some()).collect();
    let wanted: Vec<Option<String>> = lines.iter().map(price).collect();
    let places = comparison.places("lineItems", "lineTotal", &wanted);
    for (line, place) in lines.iter().zip(places) {
        let at = |key: &str| format!("/lineItems/{place}/{key}");
        comparison.row(|comparison| {
            comparison.at("line.lineTotal", &at("lineTotal"), price(line));
            comparison.at("line.quantity", &at("quantity"), text(line, "qty"));
        });
    }
}
