//! Figures of recognised lines that were misread, where the arithmetic around them leaves one value: the
//! rest of the net, and quantity times price.

use domain::round_to_kurus;
use rust_decimal::Decimal;

use crate::fields::InvoiceFields;

use super::super::trail::Trail;

/// Mends the lines of a recognised document. A value is taken only where two ties give the same one.
pub(super) fn run(fields: &mut InvoiceFields, trail: &mut Trail) {
    if !trail.is_recognised("/lineItems/0/lineTotal")
        && !trail.is_recognised("/lineItems/0/unitPrice")
    {
        return;
    }
    figures(fields, trail);
    rates(fields, trail);
}

fn figures(fields: &mut InvoiceFields, trail: &mut Trail) {
    let Some(net) = fields.net_amount else { return };
    let before = net.checked_add(fields.discount_amount.unwrap_or_default()).unwrap_or(net);
    for target in [net, before] {
        total_of_one_line(fields, target, trail);
    }
    let sum = fields
        .line_items
        .iter()
        .try_fold(Decimal::ZERO, |sum, item| sum.checked_add(item.line_total?));
    if fields.line_items.len() > 1 && (sum == Some(net) || sum == Some(before)) {
        lost_marks(fields, trail);
    }
}

/// Lines whose rate could not be read are given rates in at most this many ways.
const MOST_WAYS: usize = 4096;

/// Gives lines the rates that could not be read, where only one way of giving them leads to the KDV
/// of every rate.
fn rates(fields: &mut InvoiceFields, trail: &mut Trail) {
    let open: Vec<usize> = fields
        .line_items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.vat_rate.is_none())
        .map(|(index, _)| index)
        .collect();
    let rates: Vec<(Decimal, Decimal)> = fields
        .kdv_breakdown
        .iter()
        .filter_map(|rate| Some((rate.rate, rate.tax_amount?)))
        .collect();
    let ways = u32::try_from(open.len()).ok().and_then(|open| rates.len().checked_pow(open));
    let complete = rates.len() == fields.kdv_breakdown.len()
        && fields.discount_amount.is_none_or(|discount| discount.is_zero())
        && fields.line_items.iter().all(|item| item.line_total.is_some());
    if open.is_empty() || rates.is_empty() || !complete || ways.is_none_or(|ways| ways > MOST_WAYS)
    {
        return;
    }
    let mut found: Option<Vec<Decimal>> = None;
    for way in 0..ways.unwrap_or(0) {
        let mut rest = way;
        let given: Vec<Decimal> = open
            .iter()
            .filter_map(|_| {
                let index = rest % rates.len();
                rest /= rates.len();
                rates.get(index).map(|(rate, _)| *rate)
            })
            .collect();
        if leads_to_kdv(fields, &open, &given, &rates) {
            if found.is_some() {
                return;
            }
            found = Some(given);
        }
    }
    for (index, rate) in open.into_iter().zip(found.into_iter().flatten()) {
        if let Some(item) = fields.line_items.get_mut(index) {
            item.vat_rate = Some(rate);
            let pointer = format!("/lineItems/{index}/vatRate");
            trail.repeat(&pointer, &format!("/lineItems/{index}/lineTotal"));
            trail.derived(&pointer);
        }
    }
}

fn leads_to_kdv(
    fields: &InvoiceFields,
    open: &[usize],
    given: &[Decimal],
    rates: &[(Decimal, Decimal)],
) -> bool {
    rates.iter().all(|(rate, tax)| {
        let lines = fields.line_items.iter().enumerate().filter(|(index, item)| {
            let at = open.iter().position(|open| open == index);
            at.map_or(item.vat_rate, |at| given.get(at).copied()) == Some(*rate)
        });
        let mut count = 0_i64;
        let base = lines.map(|(_, item)| item.line_total).try_fold(Decimal::ZERO, |sum, total| {
            count += 1;
            sum.checked_add(total?)
        });
        let expected = base.and_then(|base| base.checked_mul(*rate)).map(round_to_kurus);
        // A kuruş for each line: some issuers round each line's KDV.
        expected.is_some_and(|expected| (expected - tax).abs() <= Decimal::new(count, 2))
    })
}

/// A quantity with its decimal mark lost: `12` for `1,2`.
fn shifted(quantity: Decimal) -> impl Iterator<Item = Decimal> {
    let whole = quantity.scale() == 0;
    (1..=3_u32).filter(move |_| whole).filter_map(move |places| {
        let mut shifted = quantity;
        shifted.set_scale(places).ok()?;
        Some(shifted)
    })
}

/// Where one line's total does not tie, the net less the other lines is its total if the line's own
/// quantity and price lead to the same.
fn total_of_one_line(fields: &mut InvoiceFields, target: Decimal, trail: &mut Trail) {
    let lines = fields.line_items.len();
    for index in 0..lines {
        let others = fields
            .line_items
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .try_fold(Decimal::ZERO, |sum, (_, item)| sum.checked_add(item.line_total?));
        let Some(rest) = others.and_then(|others| target.checked_sub(others)) else { continue };
        let Some(item) = fields.line_items.get_mut(index) else { continue };
        if item.line_total == Some(rest) {
            return;
        }
        let (Some(quantity), Some(price)) = (item.quantity, item.unit_price) else { continue };
        let discount = item.discount_amount.unwrap_or_default();
        let ties = |quantity: Decimal| {
            quantity.checked_mul(price).map(|product| round_to_kurus(product - discount))
                == Some(rest)
        };
        // A quantity of one repeats its price: no second tie.
        if quantity == Decimal::ONE || rest <= Decimal::ZERO {
            continue;
        }
        let exact = ties(quantity).then_some(quantity);
        if let Some(own) = exact.or_else(|| shifted(quantity).find(|shifted| ties(*shifted))) {
            item.line_total = Some(rest);
            trail.derived(&format!("/lineItems/{index}/lineTotal"));
            if own != quantity {
                item.quantity = Some(own);
                trail.derived(&format!("/lineItems/{index}/quantity"));
            }
            return;
        }
    }
}

/// Quantities whose mark was lost, in lines whose totals the net confirms.
fn lost_marks(fields: &mut InvoiceFields, trail: &mut Trail) {
    for (index, item) in fields.line_items.iter_mut().enumerate() {
        let (Some(quantity), Some(price), Some(total)) =
            (item.quantity, item.unit_price, item.line_total)
        else {
            continue;
        };
        let discount = item.discount_amount.unwrap_or_default();
        let ties = |quantity: Decimal| {
            quantity.checked_mul(price).map(|product| round_to_kurus(product - discount))
                == Some(total)
        };
        if ties(quantity) || total.is_zero() {
            continue;
        }
        if let Some(own) = shifted(quantity).find(|shifted| ties(*shifted)) {
            item.quantity = Some(own);
            trail.derived(&format!("/lineItems/{index}/quantity"));
        }
    }
}
