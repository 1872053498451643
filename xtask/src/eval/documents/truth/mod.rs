//! Truth files: the project's own, and those of other projects, told apart by their shape.

mod camt_genkgo;
mod einvoice;
mod invoice2data;
mod movements;
mod mt940_python;
mod mt940_rs;
mod printed;
mod text;

use doc_pipeline::KindHint;
use serde_json::Value;

use super::compare::Comparison;

/// What the user of that set would say that it is.
pub(super) fn hint(truth: &Value) -> Option<KindHint> {
    (shape(truth) == Shape::Invoice2data).then_some(KindHint::Invoice)
}

/// Compares with the adapter of the truth's shape.
pub(super) fn compare(truth: &Value, comparison: &mut Comparison) {
    match shape(truth) {
        Shape::Invoice2data => invoice2data::compare(truth, comparison),
        Shape::Mt940Rs => mt940_rs::compare(truth, comparison),
        Shape::Mt940Python => mt940_python::compare(truth, comparison),
        Shape::Genkgo => camt_genkgo::compare(truth, comparison),
        Shape::Movements => movements::compare(truth, comparison),
        Shape::Card => movements::compare_card(truth, comparison),
        Shape::EInvoice => einvoice::compare(truth, comparison),
        Shape::Sroie => printed::sroie(truth, comparison),
        Shape::Printed => printed::compare(truth, comparison),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The list that invoice2data's tests compare with.
    Invoice2data,
    /// What mt940-rs serialises.
    Mt940Rs,
    /// The YAML of python's mt-940, as JSON.
    Mt940Python,
    /// The object model of genkgo/camt.
    Genkgo,
    /// An account's movements in the order of time.
    Movements,
    /// The cash effects of a card's statement.
    Card,
    /// What an e-document says, path by path.
    EInvoice,
    /// Receipts of the SROIE set.
    Sroie,
    /// The project's truth of printed documents.
    Printed,
}

fn shape(truth: &Value) -> Shape {
    let first = truth.as_array().and_then(|list| list.first());
    let has = |key: &str| truth.get(key).is_some();
    match first {
        Some(first) if first.get("statement_lines").is_some() => Shape::Mt940Rs,
        Some(_) => Shape::Invoice2data,
        None if has("__CLASS__") => Shape::Genkgo,
        None if has("transactions_chronological") => Shape::Movements,
        None if has("cash_effect") => Shape::Card,
        None if has("data") && has("transactions") => Shape::Mt940Python,
        None if has("root") => Shape::EInvoice,
        None if has("company") => Shape::Sroie,
        None => Shape::Printed,
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, shape};
    use serde_json::json;

    #[test]
    fn shapes_are_told_apart() {
        for (truth, expected) in [
            (json!([{"issuer": "X", "amount": 1.0}]), Shape::Invoice2data),
            (json!([{"statement_lines": []}]), Shape::Mt940Rs),
            (json!({"data": {}, "transactions": []}), Shape::Mt940Python),
            (json!({"__CLASS__": "X"}), Shape::Genkgo),
            (json!({"transactions_chronological": []}), Shape::Movements),
            (json!({"cash_effect": []}), Shape::Card),
            (json!({"root": "Invoice"}), Shape::EInvoice),
            (json!({"company": "X"}), Shape::Sroie),
            (json!({"kind": "bank", "pages": []}), Shape::Printed),
        ] {
            assert_eq!(shape(&truth), expected, "{truth}");
        }
    }
}
