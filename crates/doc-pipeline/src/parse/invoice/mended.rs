//! Figures of recognised lines that were misread, where the arithmetic around them leaves one value: the
//! rest of the net, and quantity times price.

use domain::round_to_kurus;
use rust_decimal::Decimal;

use crate::fields::InvoiceFields;

use super::super::trail::Trail;

/// Mends the lines of a recognised document. A value is taken only where two ties give the same one.
pub(super) fn run(fields: &mut InvoiceFields, trail: &mut Trail) {
    let Some(net) = fields.net_amount else { return };
    if !trail.is_recognised("/lineItems/0/lineTotal")
        && !trail.is_recognised("/lineItems/0/unitPrice")
    {
        return;
    }
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
