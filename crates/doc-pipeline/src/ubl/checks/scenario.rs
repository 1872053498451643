//! What single scenarios and types ask for beside the rest, and currencies.

use domain::{Currency, Severity};
use serde_json::Value;

use super::super::{findings::Findings, model::Document};

pub(super) fn check(document: &Document, findings: &mut Findings) {
    if let Some(currency) = document.currency
        && currency != Currency::TRY
        && document.exchange_rate.is_none()
    {
        findings.add(
            "EXCHANGE_RATE_MISSING",
            Severity::Low,
            [("currency", currency.as_str().into())],
        );
    }
    match document.profile.as_deref() {
        Some("IHRACAT") => export(document, findings),
        Some("YOLCUBERABERFATURA") => passenger(document, findings),
        _ => {}
    }
    if document.kind_word() == "SGK" && !document.has_accounting_cost {
        findings.add("SGK_FIELDS_MISSING", Severity::Low, []);
    }
}

fn export(document: &Document, findings: &mut Findings) {
    let lines = &document.lines;
    let wanted = [
        (lines.iter().all(|line| line.price.is_some()), "birim fiyat"),
        (lines.iter().all(|line| line.total.is_some()), "kalem tutarı"),
        (
            document.has_delivery_terms || lines.iter().all(|line| line.has_delivery_terms),
            "teslim şartı",
        ),
        (lines.iter().all(|line| line.has_customs_id), "GTİP numarası"),
        (lines.iter().all(|line| line.has_transport_mode), "gönderilme şekli"),
    ];
    report("EXPORT_FIELDS_MISSING", &wanted, findings);
}

fn passenger(document: &Document, findings: &mut Findings) {
    let passenger = &document.passenger;
    let wanted = [
        (passenger.is_tax_free, "yolcu tanımı"),
        (passenger.has_nationality, "uyruk"),
        (passenger.has_passport, "pasaport numarası"),
    ];
    report("PASSENGER_FIELDS_MISSING", &wanted, findings);
}

fn report(code: &'static str, wanted: &[(bool, &str)], findings: &mut Findings) {
    let missing: Vec<Value> =
        wanted.iter().filter(|(is_there, _)| !is_there).map(|(_, name)| (*name).into()).collect();
    if !missing.is_empty() {
        findings.add(code, Severity::Medium, [("missing", missing.into())]);
    }
}
