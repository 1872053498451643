//! KDV: amount by rate, rates by date, exemptions.

use chrono::NaiveDate;
use domain::{Severity, is_kdv_rate_known, kdv_rates_on, round_to_kurus};
use rust_decimal::Decimal;

use super::{
    super::{
        codes,
        findings::{Findings, shown},
        judgement::Judgement,
        model::{Document, Root},
        taxes::Taxes,
    },
    arithmetic::{DOCUMENT_TOLERANCE, near},
    identity::iso,
};
use crate::{evidence::Check, fields::KdvRate, message};

pub(super) fn check(
    document: &Document,
    taxes: &Taxes,
    findings: &mut Findings,
    judgement: &mut Judgement,
) {
    for (index, entry) in taxes.by_rate.iter().enumerate() {
        amount(index, entry, findings, judgement);
        rate(document, entry.rate, findings);
        exemption(document, entry, findings);
    }
}

fn per_cent(rate: Decimal) -> Decimal {
    rate.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(rate).normalize()
}

/// Matrah and KDV of a rate are amounts of the document, so the tolerance is the document's.
fn amount(index: usize, entry: &KdvRate, findings: &mut Findings, judgement: &mut Judgement) {
    let (Some(taxable), Some(found)) = (entry.taxable_amount, entry.tax_amount) else { return };
    let Some(expected) = taxable.checked_mul(entry.rate) else { return };
    let passed = near(expected, found, DOCUMENT_TOLERANCE);
    judgement.check(format!("/kdvBreakdown/{index}/taxAmount"), Check::KdvByRate, passed);
    judgement.check("/taxAmount", Check::KdvByRate, passed);
    if !passed {
        let rate = Some(("rate", message::number(per_cent(entry.rate))));
        findings.difference("KDV_AMOUNT_MISMATCH", round_to_kurus(expected), found, rate);
    }
}

/// The rate must have been in force on the day of delivery or of issue.
fn rate(document: &Document, rate: Decimal, findings: &mut Findings) {
    let shown_rate = ("rate", message::number(per_cent(rate)));
    let whole = per_cent(rate);
    let whole = if whole.is_integer() { u32::try_from(whole).ok() } else { None };
    let Some(whole) = whole.filter(|whole| is_kdv_rate_known(*whole)) else {
        findings.add("KDV_RATE_UNKNOWN", Severity::Medium, [shown_rate]);
        return;
    };
    let Some(issued) = document.issue_date else { return };
    let in_force = |day: NaiveDate| kdv_rates_on(day).contains(&whole);
    if in_force(issued) || document.delivery_date.is_some_and(in_force) {
        return;
    }
    // A return carries the rate of the sale, and an invoice may follow its delivery by a week (VUK 231).
    let week_before = issued.checked_sub_days(chrono::Days::new(7));
    let excusable = codes::is_return(document.kind_word()) || week_before.is_some_and(in_force);
    let severity = if excusable { Severity::Low } else { Severity::Medium };
    findings.add("KDV_RATE_NOT_IN_FORCE", severity, [shown_rate, ("date", iso(issued))]);
}

fn exemption(document: &Document, entry: &KdvRate, findings: &mut Findings) {
    let kind = document.kind_word();
    if let Some(code) = entry.exemption_code.as_deref() {
        if !codes::is_exemption_known(code) {
            findings.add("EXEMPTION_CODE_UNKNOWN", Severity::Low, [("found", shown(code))]);
        } else if document.root == Root::Invoice && !codes::exemption_fits(code, kind) {
            let values = [("found", shown(code)), ("type", shown(kind))];
            findings.add("EXEMPTION_TYPE_MISMATCH", Severity::Low, values);
        }
        return;
    }
    // e-SMM and e-Müstahsil have no exemption codes; what has no taxable amount needs no reason.
    let is_zero = entry.tax_amount.is_some_and(|amount| amount.is_zero());
    let nothing_taxed = entry.taxable_amount.is_some_and(|taxable| taxable.is_zero());
    let let_off =
        document.root == Root::CreditNote || codes::is_return(kind) || kind == "IHRACKAYITLI";
    if is_zero && !nothing_taxed && !let_off && entry.exemption_reason.is_none() {
        findings.add("EXEMPTION_REASON_MISSING", Severity::Medium, []);
    }
}
