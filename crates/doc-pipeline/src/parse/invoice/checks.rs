//! Arithmetic that confirms amounts or names the difference.

use domain::{Severity, round_to_kurus};
use rust_decimal::Decimal;

use crate::{
    evidence::Check,
    fields::InvoiceFields,
    finding::Finding,
    message::{finding, number},
};

use super::super::trail::Trail;

const KURUS: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Runs all checks.
pub(super) fn run(fields: &mut InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) {
    line_products(fields, trail, findings);
    lines_to_net(fields, trail, findings);
    kdv_by_rate(fields, trail, findings);
    totals(fields, trail, findings);
    tax_numbers(fields, findings);
}

/// How far a printed product may be off: the unit price is printed rounded.
fn rounding(quantity: Decimal, price: Decimal) -> Decimal {
    let unit = Decimal::new(5, (price.scale().max(2) + 1).min(28));
    (quantity.abs().checked_mul(unit).unwrap_or_default() + KURUS).max(KURUS)
}

fn line_products(fields: &InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) {
    for (index, item) in fields.line_items.iter().enumerate() {
        let pointer = |key: &str| format!("/lineItems/{index}/{key}");
        let (Some(quantity), Some(price), Some(total)) =
            (item.quantity, item.unit_price, item.line_total)
        else {
            continue;
        };
        let Some(product) = quantity.checked_mul(price) else { continue };
        let expected = round_to_kurus(product - item.discount_amount.unwrap_or_default());
        let difference = (expected - total).abs();
        let allowed = if trail.is_recognised(&pointer("lineTotal")) {
            KURUS
        } else {
            rounding(quantity, price)
        };
        if difference <= allowed {
            for key in ["quantity", "unitPrice", "lineTotal"] {
                trail.check(&pointer(key), Check::QuantityTimesPrice, true);
            }
        } else if difference > rounding(quantity, price) {
            trail.check(&pointer("lineTotal"), Check::QuantityTimesPrice, false);
            findings.push(finding(
                "LINE_TOTAL_MISMATCH",
                Severity::Medium,
                [
                    ("line", (index + 1).into()),
                    ("expected", number(expected)),
                    ("found", number(total)),
                ],
            ));
        }
        // Rate and KDV of the line.
        if let (Some(rate), Some(tax)) = (item.vat_rate, item.vat_amount)
            && let Some(expected) = total.checked_mul(rate)
            && (round_to_kurus(expected) - tax).abs() <= KURUS
        {
            trail.check(&pointer("vatRate"), Check::KdvByRate, true);
            trail.check(&pointer("vatAmount"), Check::KdvByRate, true);
        }
    }
}

fn sum(mut values: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    values.try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?))
}

fn lines_to_net(fields: &InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) {
    if fields.line_items.is_empty() {
        return;
    }
    let Some(lines) = sum(fields.line_items.iter().map(|item| item.line_total)) else { return };
    let Some(net) = fields.net_amount else {
        // An invoice that states one sum only: its lines confirm that one.
        if fields.tax_amount.is_none_or(|tax| tax.is_zero()) && fields.total_amount == Some(lines) {
            trail.check("/totalAmount", Check::LinesSumToNet, true);
            for index in 0..fields.line_items.len() {
                trail.check(&format!("/lineItems/{index}/lineTotal"), Check::LinesSumToNet, true);
            }
        }
        return;
    };
    let discount = fields.discount_amount.unwrap_or_default();
    let fits = |value: Decimal| (value - net).abs() <= KURUS;
    let passed = fits(lines) || fits(lines - discount);
    trail.check("/netAmount", Check::LinesSumToNet, passed);
    if passed {
        for index in 0..fields.line_items.len() {
            trail.check(&format!("/lineItems/{index}/lineTotal"), Check::LinesSumToNet, true);
        }
    } else {
        findings.push(finding(
            "LINES_SUM_MISMATCH",
            Severity::Medium,
            [("expected", number(lines)), ("found", number(net))],
        ));
    }
}

fn kdv_by_rate(fields: &mut InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) {
    let complete = !fields.line_items.is_empty()
        && fields
            .line_items
            .iter()
            .all(|item| item.vat_rate.is_some() && item.line_total.is_some());
    for (index, rate) in fields.kdv_breakdown.iter().enumerate() {
        let Some(tax) = rate.tax_amount else { continue };
        let of_lines = || {
            let lines: Vec<_> =
                fields.line_items.iter().filter(|item| item.vat_rate == Some(rate.rate)).collect();
            if !complete
                || lines.is_empty()
                || fields.discount_amount.is_some_and(|amount| !amount.is_zero())
            {
                return None;
            }
            // Rounding each line or the sum: both are practice.
            let slack = Decimal::new(i64::try_from(lines.len()).unwrap_or(1), 2);
            Some((sum(lines.iter().map(|item| item.line_total))?, slack))
        };
        let Some((base, slack)) = rate.taxable_amount.map(|base| (base, KURUS)).or_else(of_lines)
        else {
            continue;
        };
        let Some(expected) = base.checked_mul(rate.rate) else { continue };
        let pointer = format!("/kdvBreakdown/{index}/taxAmount");
        let passed = (round_to_kurus(expected) - tax).abs() <= slack;
        trail.check(&pointer, Check::KdvByRate, passed);
        if passed {
            for (line, _) in fields
                .line_items
                .iter()
                .enumerate()
                .filter(|(_, item)| item.vat_rate == Some(rate.rate))
            {
                trail.check(&format!("/lineItems/{line}/vatRate"), Check::KdvByRate, true);
            }
        } else {
            findings.push(finding(
                "KDV_AMOUNT_MISMATCH",
                Severity::Medium,
                [
                    ("rate", number((rate.rate * Decimal::ONE_HUNDRED).normalize())),
                    ("expected", number(round_to_kurus(expected))),
                    ("found", number(tax)),
                ],
            ));
        }
    }
    // A sum of all rates that was stated must be their sum.
    let all = sum(fields.kdv_breakdown.iter().map(|rate| rate.tax_amount));
    if let (Some(all), Some(stated), true) =
        (all, fields.tax_amount, fields.kdv_breakdown.len() > 1)
        && all != stated
    {
        trail.check("/taxAmount", Check::KdvByRate, false);
        findings.push(finding(
            "TAX_TOTAL_MISMATCH",
            Severity::Medium,
            [("expected", number(all)), ("found", number(stated))],
        ));
    }
}

fn totals(fields: &InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) {
    let (Some(net), Some(total)) = (fields.net_amount, fields.total_amount) else { return };
    let tax = fields.tax_amount;
    let withheld = fields.withholding_amount.unwrap_or_default();
    let Some(tax) = tax else {
        // Without a stated tax only an invoice without tax ties.
        if net == total && !total.is_zero() {
            trail.check("/totalAmount", Check::NetPlusKdvIsTotal, true);
            trail.check("/netAmount", Check::NetPlusKdvIsTotal, true);
        }
        return;
    };
    let inclusive = net + tax;
    if let Some(stated) = fields.tax_inclusive_amount {
        let passed = (inclusive - stated).abs() <= KURUS;
        trail.check("/taxInclusiveAmount", Check::NetPlusKdvIsTotal, passed);
        if passed {
            trail.check("/netAmount", Check::NetPlusKdvIsTotal, true);
            trail.check("/taxAmount", Check::NetPlusKdvIsTotal, true);
        } else {
            findings.push(finding(
                "TAX_INCLUSIVE_MISMATCH",
                Severity::High,
                [("expected", number(inclusive)), ("found", number(stated))],
            ));
        }
    }
    let expected = inclusive - withheld;
    let passed = (expected - total).abs() <= KURUS;
    trail.check("/totalAmount", Check::NetPlusKdvIsTotal, passed);
    if passed {
        for pointer in ["/netAmount", "/taxAmount", "/withholdingAmount"] {
            trail.check(pointer, Check::NetPlusKdvIsTotal, true);
        }
        if let [_only] = fields.kdv_breakdown.as_slice() {
            trail.check("/kdvBreakdown/0/taxAmount", Check::NetPlusKdvIsTotal, true);
        }
    } else {
        findings.push(finding(
            "PAYABLE_MISMATCH",
            Severity::High,
            [("expected", number(expected)), ("found", number(total))],
        ));
    }
}

fn tax_numbers(fields: &InvoiceFields, findings: &mut Vec<Finding>) {
    for (party, name) in [(&fields.supplier, "Satıcı"), (&fields.customer, "Alıcı")] {
        let Some(found) = party.as_ref().and_then(|party| party.tax_number.as_ref()) else {
            continue;
        };
        if found.parse::<domain::TaxNumber>().is_err() {
            findings.push(finding(
                "TAX_NUMBER_CHECK_DIGITS",
                Severity::Medium,
                [("party", name.into()), ("found", found.clone().into())],
            ));
        }
    }
}
