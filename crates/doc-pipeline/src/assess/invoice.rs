//! Flags of invoices.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{Severity, is_kdv_rate_known, kdv_rates_on};
use rust_decimal::Decimal;

use super::{AssessmentContext, flags::Flags, in_lira, sum};
use crate::{
    evidence::{Check, EvidenceMap},
    fields::InvoiceFields,
    message::number,
};

const HIGH: i64 = 1_000_000;
const FUTURE: i64 = 100_000;
const OLD: i64 = 50_000;
const WEEKEND: i64 = 10_000;
/// Sums of rounded lines may be off by a kuruş each, documents by five.
const PER_LINE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
const PER_DOCUMENT: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

pub(super) fn flag(
    fields: &InvoiceFields,
    evidence: &EvidenceMap,
    context: &AssessmentContext,
    flags: &mut Flags,
) {
    if fields.invoice_number.is_none() {
        flags.raise("hasMissingFields", "INVOICE_NUMBER_MISSING", Severity::High, None);
    }
    if fields.issue_date.is_none() {
        flags.raise("hasMissingFields", "ISSUE_DATE_MISSING", Severity::Medium, None);
    }
    if let (Some(issued), Some(due)) = (fields.issue_date, fields.due_date)
        && due < issued
    {
        flags.raise("dateInconsistency", "DATE_INCONSISTENCY", Severity::High, Some(iso(due)));
    }
    if let Some(total) = fields.total_amount.filter(|total| *total < Decimal::ZERO) {
        flags.raise("negativeAmount", "NEGATIVE_AMOUNT", Severity::High, Some(number(total)));
    }
    if let Some(difference) = lines_difference(fields) {
        let value = Some(number(difference));
        flags.raise("amountMismatch", "AMOUNT_MISMATCH", Severity::Medium, value);
    }
    if let Some(difference) = totals_difference(fields, evidence) {
        let value = Some(number(difference));
        flags.raise("amountMismatch", "TOTALS_MISMATCH", Severity::Medium, value);
    }
    duplicates(context, flags);
    let lira =
        fields.total_amount.and_then(|total| in_lira(total, fields.currency, fields.exchange_rate));
    if let (Some(total), Some(lira)) = (fields.total_amount, lira)
        && lira > Decimal::from(HIGH)
    {
        flags.raise("highAmount", "HIGH_AMOUNT", Severity::Medium, Some(number(total)));
    }
    if fields.counterparty_name.is_none() && fields.counterparty_tax_number.is_none() {
        flags.raise("hasMissingFields", "MISSING_COUNTERPARTY_INFO", Severity::Medium, None);
    }
    rates(fields, flags);
    dates(fields.issue_date, lira, context.today, flags);
}

fn iso(day: NaiveDate) -> serde_json::Value {
    day.to_string().into()
}

fn duplicates(context: &AssessmentContext, flags: &mut Flags) {
    let id = |other: &super::Duplicate| Some(other.document_id.as_str().into());
    if let Some(other) = &context.duplicates.number {
        flags.raise(
            "duplicateInvoiceNumber",
            "DUPLICATE_INVOICE_NUMBER",
            Severity::High,
            id(other),
        );
    }
    if let Some(other) = &context.duplicates.ettn {
        flags.raise("duplicateDocument", "DUPLICATE_ETTN", Severity::High, id(other));
    }
}

fn near(a: Option<Decimal>, b: Decimal, tolerance: Decimal) -> bool {
    a.and_then(|a| a.checked_sub(b)).is_some_and(|difference| difference.abs() <= tolerance)
}

/// What the lines lack to the amount of the same kind: net lines are held against the net amount, lines
/// that include KDV against the total. `None` when they tie or cannot be compared.
fn lines_difference(fields: &InvoiceFields) -> Option<Decimal> {
    let lines: Vec<Decimal> =
        fields.line_items.iter().map(|line| line.line_total).collect::<Option<_>>()?;
    if lines.is_empty() {
        return None;
    }
    let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let tolerance = PER_LINE.checked_mul(count.into())?.max(PER_DOCUMENT);
    let lines = sum(lines)?;
    let discount = fields.discount_amount.unwrap_or_default();
    let derived_net = if fields.net_amount.is_none() { net_of_total(fields) } else { None };
    let candidates = [
        fields.net_amount,
        // Lines before a discount of the whole document.
        fields.net_amount.and_then(|net| net.checked_add(discount)),
        fields.tax_inclusive_amount,
        fields.total_amount,
        // Without a stated net amount: what the total says it is, and the same before a discount.
        derived_net,
        derived_net.and_then(|net| net.checked_add(discount)),
    ];
    if candidates.iter().all(Option::is_none)
        || candidates.iter().any(|amount| near(*amount, lines, tolerance))
    {
        return None;
    }
    let like = fields.net_amount.or(derived_net).or(fields.total_amount)?;
    Some(like.checked_sub(lines)?.abs())
}

/// The net amount that the total leads back to: without KDV and other taxes, tevkifat put back.
fn net_of_total(fields: &InvoiceFields) -> Option<Decimal> {
    let withheld = fields.withholding_amount.unwrap_or_default();
    sum([fields.total_amount?, -fields.tax_amount?, -other_taxes(fields)?, withheld])
}

/// The other taxes: those that raise the total less those that lower it (stopaj, ÖTV tevkifatı).
fn other_taxes(fields: &InvoiceFields) -> Option<Decimal> {
    sum(fields.other_taxes.iter().map(|tax| {
        if matches!(tax.code.as_str(), "0003" | "0011" | "4171") { -tax.amount } else { tax.amount }
    }))
}

/// How far the payable amount is from net + KDV + other taxes − tevkifat. The reader's own check decides
/// where there is one: it knows dialects, rounding and advance payments.
fn totals_difference(fields: &InvoiceFields, evidence: &EvidenceMap) -> Option<Decimal> {
    let total_evidence = evidence.get("/totalAmount");
    if total_evidence.is_some_and(|known| known.passed.contains(&Check::NetPlusKdvIsTotal)) {
        return None;
    }
    let failed =
        total_evidence.is_some_and(|known| known.failed.contains(&Check::NetPlusKdvIsTotal));
    // KDV within the price, stated but not collected, or charges deducted: no tie of this form.
    let kind = fields.invoice_type.as_deref().unwrap_or_default();
    if !failed && (matches!(kind, "OZELMATRAH" | "IHRACKAYITLI") || kind.contains("KOMISYONCU")) {
        return None;
    }
    let (total, net, kdv) = (fields.total_amount?, fields.net_amount?, fields.tax_amount?);
    let others = other_taxes(fields)?;
    let withheld = fields.withholding_amount.unwrap_or_default();
    let expected = sum([net, kdv, others, -withheld])?;
    let difference = total.checked_sub(expected)?.abs();
    (failed || difference > PER_DOCUMENT).then_some(difference)
}

fn rates(fields: &InvoiceFields, flags: &mut Flags) {
    let of_lines: BTreeSet<Decimal> = fields
        .line_items
        .iter()
        .filter_map(|line| line.vat_rate)
        .map(|rate| rate.normalize())
        .collect();
    let mut all = of_lines.clone();
    all.extend(fields.kdv_breakdown.iter().map(|entry| entry.rate.normalize()));
    let is_return = matches!(fields.invoice_type.as_deref(), Some("IADE" | "TEVKIFATIADE"));
    for rate in &all {
        if !is_rate_in_force(*rate, fields.issue_date, is_return) {
            let value = Some(number(*rate));
            flags.raise("vatRateInconsistency", "VAT_RATE_INCONSISTENCY", Severity::Medium, value);
        }
    }
    let count = of_lines.len().max(all.len());
    if count > 2 {
        let value = Some(count.into());
        flags.raise("vatRateInconsistency", "VAT_RATE_INCONSISTENCY.many", Severity::Low, value);
    }
}

/// A return keeps the rate of its sale; an invoice may follow its delivery by seven days (VUK 231).
fn is_rate_in_force(rate: Decimal, issued: Option<NaiveDate>, is_return: bool) -> bool {
    let Some(per_cent) = rate.checked_mul(Decimal::ONE_HUNDRED).filter(Decimal::is_integer) else {
        return false;
    };
    let Ok(per_cent) = u32::try_from(per_cent) else { return false };
    match issued {
        Some(day) if !is_return => {
            kdv_rates_on(day).contains(&per_cent)
                || day
                    .checked_sub_days(Days::new(7))
                    .is_some_and(|day| kdv_rates_on(day).contains(&per_cent))
        }
        _ => is_kdv_rate_known(per_cent),
    }
}

fn dates(issued: Option<NaiveDate>, lira: Option<Decimal>, today: NaiveDate, flags: &mut Flags) {
    let Some(day) = issued else { return };
    let above = |limit: i64| lira.is_some_and(|lira| lira > Decimal::from(limit));
    let value = Some(iso(day));
    if day > today {
        if above(FUTURE) {
            let cause = "AMOUNT_DATE_INCONSISTENCY.future";
            flags.raise("amountDateInconsistency", cause, Severity::High, value.clone());
        } else {
            // A feature of its own: rules read `dateInconsistency` as a due date before the issue.
            flags.raise("futureDate", "FUTURE_DATE", Severity::Medium, value.clone());
        }
    }
    if (today - day).num_days() > 365 && above(OLD) {
        let cause = "AMOUNT_DATE_INCONSISTENCY.old";
        flags.raise("amountDateInconsistency", cause, Severity::Medium, value.clone());
    }
    if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && above(WEEKEND) {
        let cause = "AMOUNT_DATE_INCONSISTENCY.weekend";
        flags.raise("amountDateInconsistency", cause, Severity::Low, value);
    }
}
