//! The amounts below the lines, by their labels. A subtotal is never taken for the total.

mod charges;
mod found;

use domain::{Currency, Severity};
use rust_decimal::Decimal;

use crate::{
    fields::{InvoiceFields, KdvRate, OtherTax, Withholding},
    finding::Finding,
    message::{finding, number},
};

use super::{
    super::{
        label::Label,
        number::{Amount, currency},
        trail::{Nature, Spot, Trail},
        view::View,
    },
    lines::Table,
};
pub(super) use charges::additions;
use found::{Found, found};

/// Reads the totals; the charges that the total holds beside net and taxes.
pub(super) fn read(
    view: &View,
    table: &Table,
    fields: &mut InvoiceFields,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) -> Vec<Decimal> {
    let own = own_currency(view, table, fields, findings);
    let all = |label| own.only(found(view, table, label));
    let take = |found: Option<&Found>, pointer: &str, trail: &mut Trail| {
        let found = found?;
        trail.put(pointer, found.spot, Nature::Figure);
        Some(found.amount.value)
    };

    let payable = all(Label::Payable);
    let kdv = all(Label::Kdv);
    let (mut net, lines) = (all(Label::Net), all(Label::Lines));
    // `Matrah %10`: a net with a rate is that rate's base.
    let mut bases = all(Label::KdvBase);
    bases.extend(net.extract_if(.., |found| found.rate.is_some()));
    read_kdv(&kdv, &bases, fields, trail);
    fields.tax_inclusive_amount =
        take(all(Label::TaxInclusive).last(), "/taxInclusiveAmount", trail);
    fields.discount_amount =
        take(all(Label::Discount).last(), "/discountAmount", trail).map(|amount| amount.abs());
    read_withholding(&all(Label::Withholding), fields, trail);
    read_deductions(&all(Label::Deduction), fields, trail);
    read_levies(&all(Label::Levy), fields, trail);
    // `Brüt Tutar` less stopaj is the `Net Tutar` of a makbuz: KDV is computed from the first.
    let is_gross = |found: &Found| found.label.starts_with("brut");
    if !fields.other_taxes.is_empty() && net.iter().any(is_gross) {
        net.retain(is_gross);
    }
    // A document that states the base of its KDV and no other net: the base is it.
    if net.is_empty() {
        net = net_of_bases(&bases);
    }
    let sums: Vec<Decimal> = net.iter().chain(&lines).map(|found| found.amount.value).collect();
    let closes = |total: Decimal| {
        let withheld = withheld(fields);
        fields.tax_amount.is_some_and(|tax| sums.iter().any(|net| net + tax - withheld == total))
            || fields.tax_inclusive_amount.is_some_and(|all| all - withheld == total)
    };
    let paid: Vec<Decimal> =
        all(Label::Paid).iter().map(|found| found.amount.value.abs()).collect();
    let (total, rival) = best_total(&payable, fields.tax_inclusive_amount, &paid, closes);
    fields.total_amount = take(total, "/totalAmount", trail);
    if let (Some(total), Some(rival)) = (total, rival) {
        trail.doubt("/totalAmount");
        findings.push(finding(
            "AMOUNT_AMBIGUOUS",
            Severity::Medium,
            [
                ("field", "Ödenecek tutar".into()),
                ("found", number(total.amount.value)),
                ("other", number(rival.amount.value)),
            ],
        ));
    }
    if fields.total_amount.is_none()
        && let Some(found) = all(Label::TaxInclusive).last()
    {
        fields.total_amount = take(Some(found), "/totalAmount", trail);
    }
    // Mal Hizmet Toplam Tutarı is the net only where no discount follows it.
    let discount = fields.discount_amount.unwrap_or_default();
    let closing = |value: Decimal| {
        let with = |total: Option<Decimal>| {
            total.zip(fields.tax_amount).is_some_and(|(total, tax)| {
                value + tax == total || value + tax - withheld(fields) == total
            })
        };
        with(fields.tax_inclusive_amount) || with(fields.total_amount)
    };
    let chosen = net
        .iter()
        .find(|found| closing(found.amount.value))
        .or_else(|| net.iter().rfind(|found| found.strong))
        .or(net.last());
    fields.net_amount = match (chosen, lines.last()) {
        (Some(chosen), _) => take(Some(chosen), "/netAmount", trail),
        (None, Some(sum)) if discount.is_zero() => take(Some(sum), "/netAmount", trail),
        (None, Some(sum)) => {
            // The sum may be stated before or after the discount; only arithmetic can tell.
            let after = sum.amount.value - discount;
            if closing(sum.amount.value) {
                take(Some(sum), "/netAmount", trail)
            } else if closing(after) {
                take(Some(sum), "/netAmount", trail).map(|_| after)
            } else {
                None
            }
        }
        // `Toplam` over the KDV and another total below: the sum that tax and deductions lead on from.
        (None, None) => {
            let left = fields.tax_amount.unwrap_or_default() - withheld(fields);
            let total = fields.total_amount.filter(|_| !left.is_zero());
            let own = payable
                .iter()
                .find(|found| total.is_some() && found.amount.value.checked_add(left) == total);
            take(own, "/netAmount", trail)
        }
    };
    read_currency(view, own, total.or(net.last()), fields);
    if let Some(found) = found(view, table, Label::ExchangeRate).last() {
        fields.exchange_rate = take(Some(found), "/exchangeRate", trail);
    }
    let charges = charges::read(view, table);
    after_discount(fields, &charges);
    charges
}

/// A subtotal that the discount follows is not the net: the total tells.
fn after_discount(fields: &mut InvoiceFields, charges: &[Decimal]) {
    let (Some(net), Some(tax), Some(total), Some(discount)) =
        (fields.net_amount, fields.tax_amount, fields.total_amount, fields.discount_amount)
    else {
        return;
    };
    let leads = |net: Decimal| {
        let sum = net.checked_add(tax).and_then(|sum| sum.checked_sub(withheld(fields)));
        sum.is_some_and(|sum| {
            sum == total || additions(charges).any(|charge| sum.checked_add(charge) == Some(total))
        })
    };
    if !discount.is_zero()
        && !leads(net)
        && let Some(after) = net.checked_sub(discount).filter(|after| leads(*after))
    {
        fields.net_amount = Some(after);
    }
}

/// Codes of the taxes that raise the total: özel iletişim vergisi, konaklama vergisi.
const RAISING: [&str; 2] = ["4080", "0059"];

/// All that is taken off before payment: tevkifat, stopaj, dues; less the taxes that are added.
pub(super) fn withheld(fields: &InvoiceFields) -> Decimal {
    let all: Decimal = fields.other_taxes.iter().map(|tax| tax.amount).sum();
    let raised = raised(fields);
    fields.withholding_amount.unwrap_or_default() + all - raised - raised
}

/// The taxes beside KDV that are added to the net.
pub(super) fn raised(fields: &InvoiceFields) -> Decimal {
    let raising = fields.other_taxes.iter().filter(|tax| RAISING.contains(&tax.code.as_str()));
    raising.map(|tax| tax.amount).sum()
}

/// Özel iletişim vergisi and konaklama vergisi, by their codes.
fn read_levies(found: &[Found], fields: &mut InvoiceFields, trail: &mut Trail) {
    for found in found {
        let code = if found.label.starts_with("konaklama") { "0059" } else { "4080" };
        let known = fields.other_taxes.iter().any(|tax| tax.code == code);
        if known || found.amount.value.is_zero() {
            continue;
        }
        let pointer = format!("/otherTaxes/{}/amount", fields.other_taxes.len());
        trail.put(pointer, found.spot, Nature::Figure);
        fields.other_taxes.push(OtherTax {
            code: code.to_owned(),
            name: None,
            rate: found.rate,
            amount: found.amount.value,
        });
    }
}

/// Stopaj and dues, by the tax codes of the e-documents.
fn read_deductions(found: &[Found], fields: &mut InvoiceFields, trail: &mut Trail) {
    for found in found {
        let code = match found.label.as_str() {
            label if label.starts_with("mera") => "9040",
            label if label.starts_with("borsa") => "8001",
            label if label.starts_with("bagkur") || label.starts_with("sgk") => "SGK_PRIM",
            _ => "0003",
        };
        let amount = found.amount.value.abs();
        if amount.is_zero() || fields.other_taxes.iter().any(|tax| tax.code == code) {
            continue;
        }
        let pointer = format!("/otherTaxes/{}/amount", fields.other_taxes.len());
        trail.put(pointer, found.spot, Nature::Figure);
        fields.other_taxes.push(OtherTax {
            code: code.to_owned(),
            name: None,
            rate: found.rate,
            amount,
        });
    }
}

/// The currency that the document's amounts are in, where several stand on its totals.
#[derive(Debug, Clone, Copy)]
struct Own(Option<Currency>);

impl Own {
    /// Amounts of this currency, and those that name none.
    fn only(self, mut found: Vec<Found>) -> Vec<Found> {
        if let Some(own) = self.0 {
            found.retain(|found| found.amount.currency.is_none_or(|code| code == own));
        }
        found
    }
}

/// An invoice in a foreign currency states its amounts in lira too (VUK 215): the amounts of one
/// currency belong together, and the invoice is in the one that its label or its lines name, else in
/// the foreign one.
fn own_currency(
    view: &View,
    table: &Table,
    fields: &InvoiceFields,
    findings: &mut Vec<Finding>,
) -> Own {
    let mut seen: Vec<Currency> = Vec::new();
    for label in [Label::Payable, Label::TaxInclusive, Label::Net, Label::Lines, Label::Kdv] {
        for code in found(view, table, label).iter().filter_map(|found| found.amount.currency) {
            if !seen.contains(&code) {
                seen.push(code);
            }
        }
    }
    if seen.len() < 2 {
        return Own(None);
    }
    let foreign: Vec<Currency> =
        seen.iter().copied().filter(|code| *code != Currency::TRY).collect();
    let named = labelled_currency(view).or(fields.currency).filter(|code| seen.contains(code)).or(
        match foreign.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
    );
    if named.is_none() {
        let names: Vec<String> = seen.iter().map(ToString::to_string).collect();
        findings.push(finding(
            "CURRENCY_MIXED",
            Severity::Medium,
            [("expected", "?".into()), ("found", names.join(", ").into())],
        ));
    }
    Own(named)
}

fn labelled_currency(view: &View) -> Option<Currency> {
    view.labelled(Label::CurrencyOf).find_map(|hit| {
        view.right(hit)
            .iter()
            .chain(view.below(hit).iter())
            .find_map(|stretch| view.tokens(stretch).iter().find_map(|token| currency(&token.text)))
    })
}

/// The base of the KDV, one for the document or the sum of those of its rates.
fn net_of_bases(bases: &[Found]) -> Vec<Found> {
    let mut by_rate: Vec<&Found> = Vec::new();
    for base in bases {
        if base.rate.is_none() {
            return vec![base.clone()];
        }
        if !by_rate.iter().any(|other| other.rate == base.rate) {
            by_rate.push(base);
        }
    }
    let sum =
        by_rate.iter().try_fold(Decimal::ZERO, |sum, base| sum.checked_add(base.amount.value));
    match (by_rate.first(), sum) {
        (Some(first), Some(sum)) => {
            let amount = Amount { value: sum, ..first.amount };
            vec![Found { amount, rate: None, ..(*first).clone() }]
        }
        _ => Vec::new(),
    }
}

/// The payable amount: a label that means nothing else, the lowest on the page; where only `Toplam`
/// or `Total` stand, the last of them. What is left to pay is not the invoice's total where another
/// amount is: the one that lies above it by what was paid, or that net and tax lead to. Where nothing
/// tells the two apart, the second is the rival.
fn best_total<'a>(
    candidates: &'a [Found],
    inclusive: Option<Decimal>,
    paid: &[Decimal],
    closes: impl Fn(Decimal) -> bool,
) -> (Option<&'a Found>, Option<&'a Found>) {
    let counts = |found: &&Found| !found.amount.value.is_zero();
    let strong = candidates.iter().filter(counts).rfind(|found| found.strong);
    let agreeing = || candidates.iter().rfind(|found| Some(found.amount.value) == inclusive);
    let best = strong
        .or_else(agreeing)
        .or_else(|| candidates.iter().rfind(counts))
        .or_else(|| candidates.last());
    let Some(due) = best.filter(|found| found.due) else { return (best, None) };
    let others = || {
        candidates
            .iter()
            .filter(counts)
            .filter(|found| !found.due && !found.paid && found.amount.value != due.amount.value)
    };
    let paid = || {
        let own = candidates.iter().filter(|found| found.paid).map(|found| found.amount.value);
        paid.iter().copied().chain(own)
    };
    let leads_on = |total: Decimal| {
        let left = total - due.amount.value;
        paid().any(|part| part == left) || (left > Decimal::ZERO && paid().sum::<Decimal>() == left)
    };
    let whole = others()
        .rfind(|found| leads_on(found.amount.value))
        .or_else(|| others().rfind(|found| closes(found.amount.value)));
    match whole {
        Some(whole) => (Some(whole), None),
        None if closes(due.amount.value) => (Some(due), None),
        None => (Some(due), others().next_back()),
    }
}

fn read_kdv(kdv: &[Found], bases: &[Found], fields: &mut InvoiceFields, trail: &mut Trail) {
    let mut rates: Vec<(KdvRate, Option<Spot>)> = Vec::new();
    for found in kdv {
        let Some(rate) = found.rate else { continue };
        if rates.iter().any(|(own, _)| own.rate == rate) {
            continue;
        }
        let taxable =
            bases.iter().find(|base| base.rate == Some(rate)).map(|base| base.amount.value);
        rates.push((
            KdvRate {
                rate,
                taxable_amount: taxable,
                tax_amount: Some(found.amount.value),
                exemption_code: None,
                exemption_reason: None,
            },
            found.spot,
        ));
    }
    rates.sort_by_key(|(rate, _)| rate.rate);
    // A sum without a rate is the whole KDV; else the rates' sum is.
    let whole = kdv.iter().rfind(|found| found.rate.is_none());
    let sum: Decimal = rates.iter().filter_map(|(rate, _)| rate.tax_amount).sum();
    if let Some(whole) = whole {
        fields.tax_amount = Some(whole.amount.value);
        trail.put("/taxAmount", whole.spot, Nature::Figure);
    } else if let Some((_, spot)) = rates.first() {
        fields.tax_amount = Some(sum);
        trail.put("/taxAmount", *spot, Nature::Figure);
    }
    for (index, (rate, spot)) in rates.into_iter().enumerate() {
        trail.put(format!("/kdvBreakdown/{index}/taxAmount"), spot, Nature::Figure);
        fields.kdv_breakdown.push(rate);
    }
}

fn read_withholding(found: &[Found], fields: &mut InvoiceFields, trail: &mut Trail) {
    let mut seen: Vec<usize> = Vec::new();
    for found in found {
        if seen.contains(&found.row) || found.amount.value.is_zero() {
            continue;
        }
        seen.push(found.row);
        let amount = found.amount.value.abs();
        if fields.withholdings.iter().any(|own| own.amount == amount) {
            continue;
        }
        trail.put(
            format!("/withholdings/{}/amount", fields.withholdings.len()),
            found.spot,
            Nature::Figure,
        );
        trail.put("/withholdingAmount", found.spot, Nature::Figure);
        // The printed rate is the KDV's in one dialect and the share in another: not guessed here.
        fields.withholdings.push(Withholding {
            code: None,
            rate: None,
            taxable_amount: None,
            amount,
        });
    }
    if !fields.withholdings.is_empty() {
        fields.withholding_amount = Some(fields.withholdings.iter().map(|own| own.amount).sum());
    }
}

/// The currency that stands on the totals, else behind its label, else the only one on the document.
fn read_currency(view: &View, own: Own, total: Option<&Found>, fields: &mut InvoiceFields) {
    let stated = total.and_then(|found| found.amount.currency).or(own.0);
    if let Some(code) = stated.or_else(|| labelled_currency(view)) {
        fields.currency = Some(code);
        return;
    }
    let mut seen: Vec<Currency> = Vec::new();
    for row in &view.rows {
        for token in &row.tokens {
            let code = currency(&token.text)
                .or_else(|| view.numbers.read(&token.text).and_then(|amount| amount.currency));
            if let Some(code) = code.filter(|code| !seen.contains(code)) {
                seen.push(code);
            }
        }
    }
    fields.currency = match seen.as_slice() {
        _ if view.numbers.lira_signs => Some(Currency::TRY),
        [only] => Some(*only),
        _ => fields.currency,
    };
}
