//! Tevkifat: types, codes, shares, amounts.

use domain::{Severity, round_to_kurus};
use rust_decimal::Decimal;

use super::{
    super::{
        codes,
        findings::{Findings, shown},
        model::Document,
        taxes::Taxes,
    },
    arithmetic::{DOCUMENT_TOLERANCE, near},
};
use crate::{fields::Withholding, message};

pub(super) fn check(document: &Document, taxes: &Taxes, findings: &mut Findings) {
    let kind = document.kind_word();
    let withheld = taxes.withheld.is_some_and(|amount| !amount.is_zero());
    if withheld && !codes::may_withhold(kind) {
        findings.add("WITHHOLDING_TYPE_MISMATCH", Severity::Medium, [("type", shown(kind))]);
    }
    if !withheld && matches!(kind, "TEVKIFAT" | "TEVKIFATIADE") {
        findings.add("WITHHOLDING_MISSING", Severity::Medium, []);
    }
    for withholding in &taxes.withholdings {
        share(withholding, findings);
        amount(taxes, withholding, findings);
    }
    let has = |code: &str| taxes.others.iter().any(|tax| tax.code == code);
    if has(codes::OTV_WITHHOLDING) && (!codes::may_withhold(kind) || !has("0071")) {
        findings.add("OTV_WITHHOLDING_INCOMPLETE", Severity::Low, []);
    }
}

fn share(withholding: &Withholding, findings: &mut Findings) {
    let Some(code) = withholding.code.as_deref() else { return };
    let Some(shares) = codes::withholding_shares(code) else {
        findings.add("WITHHOLDING_CODE_UNKNOWN", Severity::Low, [("found", shown(code))]);
        return;
    };
    let Some(rate) = withholding.rate else { return };
    let per_cent = rate.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(rate).normalize();
    if !shares.iter().any(|share| Decimal::from(*share) == per_cent) {
        let values = [("code", shown(code)), ("found", message::number(per_cent))];
        findings.add("WITHHOLDING_RATE_MISMATCH", Severity::Medium, values);
    }
}

fn amount(taxes: &Taxes, withholding: &Withholding, findings: &mut Findings) {
    let Some(rate) = withholding.rate else { return };
    // Without a base of its own, tevkifat can only be of the whole KDV.
    let only = taxes.withholdings.len() == 1;
    let Some(base) = withholding.taxable_amount.or(taxes.kdv.filter(|_| only)) else { return };
    let Some(expected) = base.checked_mul(rate) else { return };
    // Some issuers write the net amount as the base: then the KDV of one rate explains the amount.
    let of_kdv = taxes.kdv.filter(|_| only).and_then(|kdv| kdv.checked_mul(rate));
    let tolerance = DOCUMENT_TOLERANCE;
    let passed = near(expected, withholding.amount, tolerance)
        || of_kdv.is_some_and(|expected| near(expected, withholding.amount, tolerance));
    if !passed {
        findings.difference(
            "WITHHOLDING_AMOUNT_MISMATCH",
            round_to_kurus(expected),
            withholding.amount,
            None,
        );
    }
}
