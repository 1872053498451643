//! Arithmetic that confirms amounts or names the difference.
//!
//! A sum confirms its parts only where one misreading cannot make it pass. The same digits printed
//! twice are misread twice: a quantity of one repeats its price as the total, a single line repeats
//! the net, an invoice without tax the net as the total. And net, KDV and total may lose the same
//! digit and still tie, so their sum needs a second tie: to the lines or to a rate of the KDV.

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

/// Runs all checks; `words` is the total that the document repeats in words, `charges` what the total
/// may hold beside net and taxes.
pub(super) fn run(
    fields: &mut InvoiceFields,
    words: Option<Decimal>,
    charges: &[Decimal],
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    line_products(fields, trail, findings);
    let lines_tie = lines_to_net(fields, trail, findings);
    let rates_tie = kdv_by_rate(fields, trail, findings);
    totals(fields, charges, lines_tie || rates_tie, trail, findings);
    if let (Some(words), Some(total)) = (words, fields.total_amount) {
        in_words(words, total, fields, trail, findings);
    }
    tax_numbers(fields, findings);
}

/// Digits and words are not misread alike: their agreement confirms an amount by itself.
fn in_words(
    words: Decimal,
    total: Decimal,
    fields: &InvoiceFields,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    if words == total {
        trail.check("/totalAmount", Check::AmountInWords, true);
    } else if fields.tax_inclusive_amount == Some(words) {
        trail.check("/taxInclusiveAmount", Check::AmountInWords, true);
    } else if !trail.is_confirmed("/totalAmount") {
        trail.check("/totalAmount", Check::AmountInWords, false);
        findings.push(finding(
            "AMOUNT_IN_WORDS_MISMATCH",
            Severity::Medium,
            [("expected", number(total)), ("found", number(words))],
        ));
    }
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
        // A misread last digit is as small as a rounding: recognised figures must tie exactly.
        let allowed = if trail.is_recognised(&pointer("lineTotal")) {
            Decimal::ZERO
        } else {
            rounding(quantity, price)
        };
        if difference <= allowed {
            let repeats = quantity == Decimal::ONE || price == Decimal::ONE || total.is_zero();
            for key in ["quantity", "unitPrice", "lineTotal", "discountAmount"] {
                if repeats {
                    trail.agrees(&pointer(key), Check::QuantityTimesPrice);
                } else {
                    trail.check(&pointer(key), Check::QuantityTimesPrice, true);
                }
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
            && !tax.is_zero()
        {
            trail.check(&pointer("vatRate"), Check::KdvByRate, true);
            trail.check(&pointer("vatAmount"), Check::KdvByRate, true);
        }
    }
}

fn sum(mut values: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    values.try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?))
}

/// Whether the lines add up to the net exactly, which a single line does by repeating it.
fn lines_to_net(fields: &InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) -> bool {
    let Some(lines) = sum(fields.line_items.iter().map(|item| item.line_total))
        .filter(|_| !fields.line_items.is_empty())
    else {
        return false;
    };
    // A single line counts where its own product confirms it.
    let several = fields.line_items.len() > 1 || trail.is_confirmed("/lineItems/0/lineTotal");
    let confirm = |pointer: &str, trail: &mut Trail| {
        if several {
            trail.check(pointer, Check::LinesSumToNet, true);
        } else {
            trail.agrees(pointer, Check::LinesSumToNet);
        }
    };
    let Some(net) = fields.net_amount else {
        // An invoice that states one sum only: its lines confirm that one.
        if fields.tax_amount.is_none_or(|tax| tax.is_zero()) && fields.total_amount == Some(lines) {
            confirm("/totalAmount", trail);
            for index in 0..fields.line_items.len() {
                confirm(&format!("/lineItems/{index}/lineTotal"), trail);
            }
        }
        return false;
    };
    let discount = fields.discount_amount.unwrap_or_default();
    let slack = if trail.is_recognised("/netAmount") { Decimal::ZERO } else { KURUS };
    let fits = |value: Decimal, slack: Decimal| (value - net).abs() <= slack;
    let either = |slack: Decimal| fits(lines, slack) || fits(lines - discount, slack);
    if either(slack) {
        confirm("/netAmount", trail);
        if !discount.is_zero() && !fits(lines, slack) {
            confirm("/discountAmount", trail);
        }
        for index in 0..fields.line_items.len() {
            confirm(&format!("/lineItems/{index}/lineTotal"), trail);
            // What repeats a confirmed total is confirmed with it.
            let pointer = |key: &str| format!("/lineItems/{index}/{key}");
            let item = fields.line_items.get(index);
            if several
                && item.is_some_and(|item| {
                    item.quantity == Some(Decimal::ONE) && item.unit_price == item.line_total
                })
            {
                trail.check(&pointer("quantity"), Check::QuantityTimesPrice, true);
                trail.check(&pointer("unitPrice"), Check::QuantityTimesPrice, true);
            }
        }
        return several;
    }
    if !either(KURUS) {
        trail.check("/netAmount", Check::LinesSumToNet, false);
        findings.push(finding(
            "LINES_SUM_MISMATCH",
            Severity::Medium,
            [("expected", number(lines)), ("found", number(net))],
        ));
    }
    false
}

/// Whether the KDV follows from the net: each rate's from its base, and the bases are the net.
fn kdv_by_rate(fields: &InvoiceFields, trail: &mut Trail, findings: &mut Vec<Finding>) -> bool {
    // The KDV of a single rate is that of the whole net, whatever else was read.
    let net_by_rate = match (fields.kdv_breakdown.as_slice(), fields.net_amount) {
        ([only], Some(net)) if !only.rate.is_zero() => net
            .checked_mul(only.rate)
            .zip(only.tax_amount)
            .is_some_and(|(expected, tax)| (round_to_kurus(expected) - tax).abs() <= KURUS),
        _ => false,
    };
    let (mut bases, mut all_tie) = (Decimal::ZERO, !fields.kdv_breakdown.is_empty());
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
            all_tie = false;
            continue;
        };
        let Some(expected) = base.checked_mul(rate.rate) else { continue };
        bases = bases.checked_add(base).unwrap_or_default();
        let pointer = format!("/kdvBreakdown/{index}/taxAmount");
        let passed = (round_to_kurus(expected) - tax).abs() <= slack;
        all_tie &= passed;
        if passed {
            // A kuruş of slack hides a misread last digit; the sums tell.
            trail.agrees(&pointer, Check::KdvByRate);
            for (line, _) in fields
                .line_items
                .iter()
                .enumerate()
                .filter(|(_, item)| item.vat_rate == Some(rate.rate))
            {
                trail.check(&format!("/lineItems/{line}/vatRate"), Check::KdvByRate, true);
            }
        } else {
            trail.check(&pointer, Check::KdvByRate, false);
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
        return false;
    }
    net_by_rate || (all_tie && Some(bases) == fields.net_amount && !bases.is_zero())
}

/// Net, KDV and total; `tied` tells whether another sum than this one holds them.
fn totals(
    fields: &InvoiceFields,
    charges: &[Decimal],
    tied: bool,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    let confirm = |pointer: &str, trail: &mut Trail| {
        if tied {
            trail.check(pointer, Check::NetPlusKdvIsTotal, true);
        } else {
            trail.agrees(pointer, Check::NetPlusKdvIsTotal);
        }
    };
    let (Some(net), Some(total)) = (fields.net_amount, fields.total_amount) else { return };
    let tax = fields.tax_amount;
    let withheld = super::totals::withheld(fields);
    let Some(tax) = tax else {
        // Without a stated tax only an invoice without tax ties.
        if net - withheld == total && !total.is_zero() {
            confirm("/totalAmount", trail);
            confirm("/netAmount", trail);
        }
        return;
    };
    // Sums of what is printed are exact; a kuruş is a rounding of the issuer or a misread digit.
    let ties = |pointer: &str, difference: Decimal| {
        if trail.is_recognised(pointer) { difference.is_zero() } else { difference.abs() <= KURUS }
    };
    let Some(before) = net.checked_add(tax) else { return };
    let expected = before - withheld;
    let inclusive = before + super::totals::raised(fields);
    let charged = || {
        super::totals::additions(charges).any(|charge| expected.checked_add(charge) == Some(total))
    };
    let (inclusive_ties, total_ties) = (
        fields.tax_inclusive_amount.map(|stated| ties("/taxInclusiveAmount", inclusive - stated)),
        ties("/totalAmount", expected - total) || charged(),
    );
    if let Some((stated, passed)) = fields.tax_inclusive_amount.zip(inclusive_ties) {
        if passed {
            for pointer in ["/taxInclusiveAmount", "/netAmount", "/taxAmount"] {
                confirm(pointer, trail);
            }
        } else {
            trail.check("/taxInclusiveAmount", Check::NetPlusKdvIsTotal, false);
            findings.push(finding(
                "TAX_INCLUSIVE_MISMATCH",
                Severity::High,
                [("expected", number(inclusive)), ("found", number(stated))],
            ));
        }
    }
    if total_ties {
        for pointer in ["/totalAmount", "/netAmount", "/taxAmount", "/withholdingAmount"] {
            confirm(pointer, trail);
        }
        if let [_only] = fields.other_taxes.as_slice() {
            confirm("/otherTaxes/0/amount", trail);
        }
        if let [_only] = fields.withholdings.as_slice() {
            confirm("/withholdings/0/amount", trail);
        }
    } else {
        trail.check("/totalAmount", Check::NetPlusKdvIsTotal, false);
    }
    // The sum ties the KDV of all rates; which part is whose, the rates' bases tell.
    if total_ties || inclusive_ties == Some(true) {
        for index in 0..fields.kdv_breakdown.len() {
            let pointer = format!("/kdvBreakdown/{index}/taxAmount");
            if fields.kdv_breakdown.len() == 1 || trail.has_passed(&pointer, Check::KdvByRate) {
                confirm(&pointer, trail);
            }
        }
    }
    if !total_ties {
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
