//! Taxes of a document by meaning: KDV by rate, tevkifat in every dialect, the rest.

use domain::Severity;
use rust_decimal::Decimal;

use super::{
    amount::{distance, fraction, per_cent_of, sum},
    codes,
    findings::{Findings, shown},
    judgement::Judgement,
    model::{Document, Line, Subtotal},
};
use crate::fields::{KdvRate, OtherTax, Withholding};

/// The taxes of a document.
#[derive(Debug, Default)]
pub(super) struct Taxes {
    /// Sum of the KDV subtotals, before tevkifat.
    pub(super) kdv: Option<Decimal>,
    /// KDV by rate, ascending.
    pub(super) by_rate: Vec<KdvRate>,
    /// Tevkifat by code.
    pub(super) withholdings: Vec<Withholding>,
    /// Sum of the tevkifat.
    pub(super) withheld: Option<Decimal>,
    /// Taxes other than KDV.
    pub(super) others: Vec<OtherTax>,
    /// Whether a tax of the document names no type or has no amount, so that sums lack it.
    pub(super) is_partly_unknown: bool,
    /// Sum of the other taxes that raise the total.
    pub(super) added: Decimal,
    /// Sum of the other taxes that lower it (stopaj, ÖTV tevkifatı).
    pub(super) deducted: Decimal,
}

fn is_kdv(subtotal: &Subtotal) -> bool {
    match subtotal.code.as_deref() {
        Some(code) => code == codes::KDV,
        // Old files name the tax without its code.
        None => subtotal.name.as_deref().is_some_and(is_kdv_name),
    }
}

/// The names that KDV goes by; `İ` and `ı` are folded, because lower-casing makes two letters of one.
fn is_kdv_name(name: &str) -> bool {
    let name: String = name
        .chars()
        .map(|letter| if matches!(letter, 'İ' | 'I' | 'ı') { 'i' } else { letter })
        .flat_map(char::to_lowercase)
        .collect();
    ["kdv", "katma değer vergisi", "gerçek usulde", "hesaplanan kdv"]
        .iter()
        .any(|known| name.starts_with(known))
        && !name.contains("tevkifat")
}

/// Sorts the taxes of a document by meaning.
pub(super) fn read(
    document: &Document,
    findings: &mut Findings,
    judgement: &mut Judgement,
) -> Taxes {
    let mut taxes = Taxes::default();
    kdv(document, &mut taxes, findings, judgement);
    for _ in document.subtotals().filter(|subtotal| !subtotal.has_amount) {
        findings.add("AMOUNT_MISSING", Severity::High, [("field", "Vergi tutarı".into())]);
    }
    let mut added = Vec::new();
    let mut deducted = Vec::new();
    for subtotal in document.subtotals().filter(|subtotal| !is_kdv(subtotal)) {
        let Some(code) = subtotal.code.as_deref() else {
            let found = shown(subtotal.name.as_deref().unwrap_or("–"));
            findings.add("TAX_TYPE_MISSING", Severity::Medium, [("found", found)]);
            taxes.is_partly_unknown = true;
            continue;
        };
        if codes::tax_name(code).is_none() {
            findings.add("TAX_TYPE_UNKNOWN", Severity::Low, [("found", shown(code))]);
        }
        let Some(amount) = subtotal.amount else {
            taxes.is_partly_unknown = true;
            continue;
        };
        if code == codes::KDV_WITHHOLDING {
            continue;
        }
        if codes::is_deducted(code) {
            deducted.push(amount);
        } else {
            added.push(amount);
        }
        taxes.others.push(OtherTax {
            code: code.to_owned(),
            name: subtotal.name.clone().or_else(|| codes::tax_name(code).map(str::to_owned)),
            rate: subtotal.per_cent.and_then(fraction),
            amount,
        });
    }
    taxes.added = sum(added).unwrap_or_default();
    taxes.deducted = sum(deducted).unwrap_or_default();
    withholding(document, &mut taxes, judgement);
    taxes
}

fn kdv(document: &Document, taxes: &mut Taxes, findings: &mut Findings, judgement: &mut Judgement) {
    let of_document: Vec<&Subtotal> =
        document.subtotals().filter(|subtotal| is_kdv(subtotal)).collect();
    let from_lines = of_document.is_empty();
    let subtotals: Vec<&Subtotal> = if from_lines {
        document
            .lines
            .iter()
            .flat_map(Line::subtotals)
            .filter(|subtotal| is_kdv(subtotal))
            .collect()
    } else {
        of_document
    };
    let amounts: Vec<Decimal> = subtotals.iter().filter_map(|subtotal| subtotal.amount).collect();
    // A sum that leaves an unreadable amount out would be a wrong sum.
    if !amounts.is_empty() && amounts.len() == subtotals.len() {
        taxes.kdv = sum(amounts);
    } else if subtotals.is_empty() && document.subtotals().next().is_none() {
        // A total without subtotals is all KDV: other taxes have to name themselves.
        let totals: Vec<Decimal> = document.taxes.iter().filter_map(|total| total.amount).collect();
        if !totals.is_empty() {
            taxes.kdv = sum(totals);
        }
    }
    if from_lines && !subtotals.is_empty() {
        judgement.derived("/taxAmount");
        judgement.derived("/kdvBreakdown");
    }
    let only_line_rate = only_line_rate(document);
    for subtotal in subtotals {
        let stated = subtotal.per_cent;
        let Some(per_cent) = stated.or(only_line_rate).or_else(|| tied_rate(subtotal)) else {
            if let Some(amount) = subtotal.amount {
                let found = crate::message::number(amount);
                findings.add("KDV_RATE_MISSING", Severity::Medium, [("found", found)]);
            }
            continue;
        };
        let Some(rate) = fraction(per_cent) else { continue };
        if stated.is_none() {
            judgement.derived("/kdvBreakdown");
        }
        let same = taxes
            .by_rate
            .iter_mut()
            .find(|known| known.rate == rate && known.exemption_code == subtotal.exemption_code);
        match same {
            Some(known) => {
                known.taxable_amount = both(known.taxable_amount, subtotal.taxable);
                known.tax_amount = both(known.tax_amount, subtotal.amount);
            }
            None => taxes.by_rate.push(KdvRate {
                rate,
                taxable_amount: subtotal.taxable,
                tax_amount: subtotal.amount,
                exemption_code: subtotal.exemption_code.clone(),
                exemption_reason: subtotal.exemption_reason.clone(),
            }),
        }
    }
    taxes
        .by_rate
        .sort_by(|a, b| a.rate.cmp(&b.rate).then_with(|| a.exemption_code.cmp(&b.exemption_code)));
}

fn both(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    a?.checked_add(b?)
}

/// The rate of all lines, when they agree; some documents state it only there.
fn only_line_rate(document: &Document) -> Option<Decimal> {
    let mut rates = document
        .lines
        .iter()
        .flat_map(Line::subtotals)
        .filter(|subtotal| is_kdv(subtotal))
        .map(|subtotal| subtotal.per_cent);
    let first = rates.next()??;
    rates.all(|rate| rate == Some(first)).then_some(first)
}

/// The only rate that ever was in force and that leads from the taxable amount to the tax.
fn tied_rate(subtotal: &Subtotal) -> Option<Decimal> {
    let (taxable, amount) = (subtotal.taxable?, subtotal.amount?);
    let mut fitting = [0_u32, 1, 8, 10, 18, 20].into_iter().map(Decimal::from).filter(|rate| {
        per_cent_of(taxable, *rate)
            .and_then(|tax| distance(tax, amount))
            .is_some_and(|distance| distance <= Decimal::new(1, 2))
    });
    let rate = fitting.next()?;
    fitting.next().is_none().then_some(rate)
}

/// Document totals first; without them a KDV tevkifat written as a tax of its own, then the lines.
fn withholding(document: &Document, taxes: &mut Taxes, judgement: &mut Judgement) {
    let own_tax: Vec<&Subtotal> = document
        .subtotals()
        .filter(|subtotal| subtotal.code.as_deref() == Some(codes::KDV_WITHHOLDING))
        .collect();
    let line_totals: Vec<_> = document.lines.iter().flat_map(|line| &line.withholding).collect();
    let totals: Vec<_> = if !document.withholding.is_empty() {
        document.withholding.iter().collect()
    } else if own_tax.is_empty() {
        if !line_totals.is_empty() {
            judgement.derived("/withholdingAmount");
            judgement.derived("/withholdings");
        }
        line_totals
    } else {
        // The stated per cent is KDV rate × share there, so the share itself stays unknown.
        for subtotal in &own_tax {
            if let Some(amount) = subtotal.amount.map(|amount| amount.abs()) {
                taxes.withholdings.push(Withholding {
                    code: None,
                    rate: None,
                    taxable_amount: None,
                    amount,
                });
            }
        }
        taxes.withheld = sum(taxes.withholdings.iter().map(|withholding| withholding.amount));
        return;
    };
    let mut amounts = Vec::new();
    for total in totals {
        let of_subtotals: Vec<Decimal> =
            total.subtotals.iter().filter_map(|subtotal| subtotal.amount).collect();
        amounts.extend(total.amount.or_else(|| sum(of_subtotals.iter().copied())));
        for subtotal in &total.subtotals {
            let Some(amount) = subtotal.amount else { continue };
            let rate = subtotal.per_cent.and_then(fraction);
            let same = taxes.withholdings.iter_mut().find(|known| {
                known.code == subtotal.code && known.rate == rate && known.code.is_some()
            });
            match same {
                Some(known) => {
                    known.taxable_amount = both(known.taxable_amount, subtotal.taxable);
                    known.amount = known.amount.checked_add(amount).unwrap_or(known.amount);
                }
                None => taxes.withholdings.push(Withholding {
                    code: subtotal.code.clone(),
                    rate,
                    taxable_amount: subtotal.taxable,
                    amount,
                }),
            }
        }
        if total.subtotals.is_empty()
            && let Some(amount) = total.amount
        {
            taxes.withholdings.push(Withholding {
                code: None,
                rate: None,
                taxable_amount: None,
                amount,
            });
        }
    }
    if !amounts.is_empty() {
        taxes.withheld = sum(amounts);
    }
}

/// KDV of one line: rate as a per cent, and amount.
pub(super) fn of_line(line: &Line) -> (Option<Decimal>, Option<Decimal>) {
    let kdv: Vec<&Subtotal> = line.subtotals().filter(|subtotal| is_kdv(subtotal)).collect();
    match kdv.as_slice() {
        [] => {
            // A line total without subtotals is its KDV.
            let amount = match line.taxes.as_slice() {
                [total] if total.subtotals.is_empty() => total.amount,
                _ => None,
            };
            (None, amount)
        }
        [one] => (one.per_cent, one.amount),
        several => {
            let first = several.first().and_then(|subtotal| subtotal.per_cent);
            let same = several.iter().all(|subtotal| subtotal.per_cent == first);
            let amounts: Option<Vec<Decimal>> =
                several.iter().map(|subtotal| subtotal.amount).collect();
            (first.filter(|_| same), amounts.and_then(sum))
        }
    }
}
