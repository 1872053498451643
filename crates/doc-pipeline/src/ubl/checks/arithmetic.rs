//! Sums and products. Every dialect that real issuers use is tried before a difference is reported;
//! the first way of adding up is the one shown.
//!
//! Tolerance: 0.01 per line for sums over lines, at least 0.05 per document.

use domain::{Severity, round_to_kurus};
use rust_decimal::Decimal;

use super::super::{
    amount::{distance, sum},
    findings::Findings,
    judgement::Judgement,
    model::{Document, Line},
    taxes::{self, Taxes},
};
use crate::evidence::Check;

/// Tolerance of a sum or product of document amounts, however many lines there are.
pub(super) const DOCUMENT_TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
const LINE_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Tolerance of a sum over the document's lines.
pub(super) fn sum_tolerance(document: &Document) -> Decimal {
    let lines = u32::try_from(document.lines.len()).unwrap_or(u32::MAX);
    DOCUMENT_TOLERANCE.max(LINE_TOLERANCE.checked_mul(lines.into()).unwrap_or(DOCUMENT_TOLERANCE))
}

/// Whether two amounts are the same within a tolerance.
pub(super) fn near(a: Decimal, b: Decimal, tolerance: Decimal) -> bool {
    distance(a, b).is_some_and(|distance| distance <= tolerance)
}

fn plus(a: Option<Decimal>, b: Decimal) -> Option<Decimal> {
    a?.checked_add(b)
}

fn minus(a: Option<Decimal>, b: Decimal) -> Option<Decimal> {
    a?.checked_sub(b)
}

/// Whether the amount found is one of the expected ones; all of them unknown counts as yes.
fn fits(found: Decimal, expected: &[Option<Decimal>], tolerance: Decimal) -> bool {
    let mut known = expected.iter().flatten().peekable();
    known.peek().is_none() || known.any(|expected| near(*expected, found, tolerance))
}

fn first(expected: &[Option<Decimal>]) -> Option<Decimal> {
    expected.iter().flatten().copied().next()
}

pub(super) fn check(
    document: &Document,
    taxes: &Taxes,
    findings: &mut Findings,
    judgement: &mut Judgement,
    line_checks: &mut Vec<String>,
) {
    lines(document, findings, judgement, line_checks);
    lines_to_net(document, taxes, findings, judgement);
    line_kdv(document, taxes, findings);
    tax_totals(document, taxes, findings);
    totals(document, taxes, findings, judgement);
}

/// Quantity × price, with and without the line's discounts and charges.
fn lines(
    document: &Document,
    findings: &mut Findings,
    judgement: &mut Judgement,
    checked: &mut Vec<String>,
) {
    for (index, line) in document.lines.iter().enumerate() {
        let Some((found, gross, tolerance)) = line_product(line) else { continue };
        let discount = sum(line.discounts.iter().copied()).unwrap_or_default();
        let charge = sum(line.charges.iter().copied()).unwrap_or_default();
        let expected = [plus(minus(Some(gross), discount), charge), Some(gross)];
        let passed = fits(found, &expected, tolerance);
        let pointer = format!("/lineItems/{index}/lineTotal");
        judgement.check(pointer.clone(), Check::QuantityTimesPrice, passed);
        checked.push(pointer);
        if !passed && let Some(expected) = first(&expected) {
            let line = Some(("line", (index + 1).into()));
            findings.difference("LINE_TOTAL_MISMATCH", round_to_kurus(expected), found, line);
        }
    }
}

/// Line total, quantity × price, and what the rounding of the price may make of it: half a unit of its
/// last decimal for each piece.
fn line_product(line: &Line) -> Option<(Decimal, Decimal, Decimal)> {
    let (found, quantity, price) = (line.total?, line.quantity?, line.price?);
    let gross = quantity.checked_mul(price)?;
    let half_unit = Decimal::new(5, price.scale().clamp(2, 20) + 1);
    let tolerance = quantity.abs().checked_mul(half_unit)?.checked_add(LINE_TOLERANCE)?;
    Some((found, gross, tolerance))
}

/// Lines to the goods total, and the goods total to the net amount.
fn lines_to_net(
    document: &Document,
    taxes: &Taxes,
    findings: &mut Findings,
    judgement: &mut Judgement,
) {
    let tolerance = sum_tolerance(document);
    let line_sum: Option<Decimal> =
        document.lines.iter().map(|line| line.total).collect::<Option<Vec<_>>>().and_then(sum);
    let line_sum = line_sum.filter(|_| !document.lines.is_empty());
    let totals = &document.totals;
    if let (Some(lines), Some(stated)) = (line_sum, totals.lines) {
        let discounts = sum(document.lines.iter().flat_map(|line| line.discounts.iter().copied()))
            .unwrap_or_default();
        let charges = sum(document.lines.iter().flat_map(|line| line.charges.iter().copied()))
            .unwrap_or_default();
        // Some issuers write lines after and the total before discounts, some the reverse.
        let expected = [
            Some(lines),
            minus(plus(Some(lines), discounts), charges),
            plus(minus(Some(lines), discounts), charges),
        ];
        let passed = fits(stated, &expected, tolerance);
        judgement.check("/netAmount", Check::LinesSumToNet, passed);
        if !passed {
            findings.difference("LINES_SUM_MISMATCH", lines, stated, None);
        }
    }
    if let (Some(goods), Some(net)) = (totals.lines, totals.tax_exclusive) {
        let discount = totals
            .allowance
            .or_else(|| sum(document.discounts.iter().copied()))
            .unwrap_or_default();
        let charge =
            totals.charge.or_else(|| sum(document.charges.iter().copied())).unwrap_or_default();
        let after_discount = minus(Some(goods), discount);
        let expected = [
            plus(after_discount, charge),
            Some(goods),
            // Commission agents deduct their charges.
            minus(after_discount, charge),
            line_sum,
            plus(Some(goods), taxes.added),
        ];
        if !fits(net, &expected, tolerance) {
            judgement.check("/netAmount", Check::LinesSumToNet, false);
            if let Some(expected) = first(&expected) {
                findings.difference("NET_TOTAL_MISMATCH", expected, net, None);
            }
        }
    }
    for (index, line) in document.lines.iter().enumerate() {
        if let Some(total) = line.total.filter(|total| total.is_sign_negative() && !total.is_zero())
        {
            let values = [("line", (index + 1).into()), ("found", crate::message::number(total))];
            findings.add("NEGATIVE_PRICE", Severity::Low, values);
        }
    }
}

/// KDV of the lines against KDV of the document.
fn line_kdv(document: &Document, taxes: &Taxes, findings: &mut Findings) {
    let amounts: Option<Vec<Decimal>> =
        document.lines.iter().map(|line| taxes::of_line(line).1).collect();
    let Some(amounts) = amounts.filter(|amounts| !amounts.is_empty()) else { return };
    let (Some(lines), Some(stated)) = (sum(amounts), taxes.kdv) else { return };
    // In the withholding dialects lines carry the KDV that is left.
    let expected = [Some(lines), plus(Some(lines), taxes.withheld.unwrap_or_default())];
    if !fits(stated, &expected, sum_tolerance(document)) {
        findings.difference("LINE_KDV_SUM_MISMATCH", lines, stated, None);
    }
}

/// The stated tax total against its subtotals: all of them, or net of what is withheld or deducted.
fn tax_totals(document: &Document, taxes: &Taxes, findings: &mut Findings) {
    let stated: Option<Vec<Decimal>> = document.taxes.iter().map(|total| total.amount).collect();
    let Some(stated) = stated.filter(|stated| !stated.is_empty()).and_then(sum) else { return };
    let amounts: Option<Vec<Decimal>> =
        document.subtotals().map(|subtotal| subtotal.amount).collect();
    let Some(all) = amounts.filter(|amounts| !amounts.is_empty()).and_then(sum) else { return };
    let withheld = taxes.withheld.unwrap_or_default();
    let raised = plus(taxes.kdv, taxes.added);
    let expected = [
        Some(all),
        raised,
        minus(raised, withheld),
        minus(raised, taxes.deducted),
        minus(minus(raised, withheld), taxes.deducted),
    ];
    // Subtotals are amounts of the document, not of its lines.
    if !fits(stated, &expected, DOCUMENT_TOLERANCE) {
        findings.difference("TAX_TOTAL_MISMATCH", all, stated, None);
    }
}

/// Net, taxes and tevkifat against the tax-inclusive and the payable amount.
fn totals(document: &Document, taxes: &Taxes, findings: &mut Findings, judgement: &mut Judgement) {
    // One sum of document amounts each, however many lines there are.
    let tolerance = DOCUMENT_TOLERANCE;
    let totals = &document.totals;
    let net = totals.tax_exclusive.or(totals.lines);
    // Without any tax total there is no KDV in the document, which is not the same as an unreadable one.
    let kdv = if document.taxes.is_empty() { taxes.kdv.or(Some(Decimal::ZERO)) } else { taxes.kdv };
    let kdv = if kdv.is_none()
        && document.subtotals().next().is_some()
        && document.subtotals().all(|subtotal| {
            subtotal.code.as_deref().is_some_and(|code| code != super::super::codes::KDV)
        }) {
        Some(Decimal::ZERO)
    } else {
        kdv
    };
    let withheld = taxes.withheld.unwrap_or_default();
    let gross = kdv.and_then(|kdv| plus(plus(net, kdv), taxes.added));
    let kind = document.kind_word();
    // KDV lies within the price (özel matrah) or is stated but not collected (ihraç kayıtlı).
    let kdv_not_on_top = matches!(kind, "OZELMATRAH" | "IHRACKAYITLI");
    let net_as_gross = if kdv_not_on_top { plus(net, taxes.added) } else { None };
    if let Some(found) = totals.tax_inclusive {
        let expected = [
            gross,
            minus(gross, withheld),
            minus(gross, taxes.deducted),
            minus(minus(gross, withheld), taxes.deducted),
            net_as_gross,
        ];
        let passed = fits(found, &expected, tolerance);
        if gross.is_some() {
            judgement.check("/taxInclusiveAmount", Check::NetPlusKdvIsTotal, passed);
        }
        if !passed && let Some(expected) = first(&expected) {
            findings.difference("TAX_INCLUSIVE_MISMATCH", expected, found, None);
        }
    }
    let Some(found) = totals.payable else {
        findings.add("AMOUNT_MISSING", Severity::High, [("field", "Ödenecek tutar".into())]);
        return;
    };
    // What is not known must not look like something that was checked.
    if gross.is_none() || taxes.is_partly_unknown {
        unchecked(document, net, found, findings);
    }
    let off =
        sum([withheld, taxes.deducted, totals.prepaid.unwrap_or_default()]).unwrap_or_default();
    let rounding = totals.rounding.unwrap_or_default();
    let settle = |amount: Option<Decimal>| plus(minus(amount, off), rounding);
    let from_taxes = [
        settle(gross),
        // Rounding stated but already within the amounts.
        minus(gross, off),
        settle(net_as_gross),
        // Commission agents deduct their charges from what they pay on.
        if kind.contains("KOMISYONCU") {
            minus(settle(gross), totals.charge.unwrap_or_default())
        } else {
            None
        },
    ];
    if gross.is_some() {
        judgement.check(
            "/totalAmount",
            Check::NetPlusKdvIsTotal,
            fits(found, &from_taxes, tolerance),
        );
    }
    // A tax-inclusive amount that is off was reported; a payable amount that follows from it is not
    // reported again. It may be gross, or net of tevkifat and stopaj already.
    let prepaid = totals.prepaid.unwrap_or_default();
    let from_inclusive = [
        settle(totals.tax_inclusive),
        minus(totals.tax_inclusive, off),
        plus(minus(totals.tax_inclusive, prepaid), rounding).filter(|_| {
            totals
                .tax_inclusive
                .is_some_and(|inclusive| inclusive_is_net(inclusive, gross, off, tolerance))
        }),
    ];
    let explained = fits(found, &from_taxes, tolerance)
        || from_inclusive.iter().flatten().any(|amount| near(*amount, found, tolerance));
    let is_known = gross.is_some() && !taxes.is_partly_unknown;
    if is_known
        && !explained
        && let Some(expected) = first(&from_taxes)
    {
        findings.difference("PAYABLE_MISMATCH", expected, found, None);
    }
}

/// Notes that the taxes could not be told apart, and holds the stated tax total against the payable
/// amount instead.
fn unchecked(document: &Document, net: Option<Decimal>, found: Decimal, findings: &mut Findings) {
    findings.add("TOTALS_UNCHECKED", Severity::Medium, []);
    let stated: Option<Vec<Decimal>> = document.taxes.iter().map(|total| total.amount).collect();
    let stated = stated.filter(|stated| !stated.is_empty()).and_then(sum);
    let totals = &document.totals;
    let withheld =
        sum(document.withholding.iter().filter_map(|total| total.amount)).unwrap_or_default();
    let gross = net.zip(stated).and_then(|(net, tax)| net.checked_add(tax));
    let settled = plus(
        minus(minus(gross, totals.prepaid.unwrap_or_default()), withheld),
        totals.rounding.unwrap_or_default(),
    );
    if let Some(expected) = settled
        && !fits(found, &[settled, gross], DOCUMENT_TOLERANCE)
    {
        findings.difference("PAYABLE_MISMATCH", expected, found, None);
    }
}

/// Whether the stated tax-inclusive amount has tevkifat and stopaj taken off already.
fn inclusive_is_net(
    inclusive: Decimal,
    gross: Option<Decimal>,
    off: Decimal,
    tolerance: Decimal,
) -> bool {
    minus(gross, off).is_none_or(|net| near(net, inclusive, tolerance))
}
