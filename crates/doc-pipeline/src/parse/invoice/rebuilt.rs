//! Lines of an invoice whose table has no headings that could be read: rows in which one figure is the
//! product of two others, taken only where together they are the net.

use std::ops::Range;

use domain::round_to_kurus;
use rust_decimal::Decimal;

use crate::fields::{InvoiceFields, LineItem};

use super::{
    super::{
        label::Label,
        number::Amount,
        percent::{kdv_rate, percent},
        trail::{Nature, Spot, Trail},
        view::{Row, View, join},
    },
    lines::TOTALS,
};

/// Rows looked at: a table without headings is short, or it is no invoice's.
const MOST_ROWS: usize = 400;
/// Figures of a row that may be quantity and price.
const MOST_FIGURES: usize = 8;

/// A row that ties in itself.
struct Tied {
    row: usize,
    quantity: (Decimal, Range<usize>),
    price: (Decimal, Range<usize>),
    discount: Option<(Decimal, Range<usize>)>,
    total: (Decimal, Range<usize>),
}

/// Reads the lines where the table's own reading gave none, or none that add up to the net.
pub(super) fn read(view: &View, fields: &mut InvoiceFields, trail: &mut Trail) {
    let Some(net) = fields.net_amount.or(fields.total_amount) else { return };
    let before = net.checked_add(fields.discount_amount.unwrap_or_default()).unwrap_or(net);
    let own = sum(fields.line_items.iter().map(|item| item.line_total));
    if !fields.line_items.is_empty() && own.is_none_or(|own| own == net || own == before) {
        return;
    }
    // A text layer keeps its headings: what they say stands, tied or not.
    if !fields.line_items.is_empty() && !trail.is_recognised("/lineItems/0/lineTotal") {
        return;
    }
    let tied = tied_rows(view);
    let lines = sum(tied.iter().map(|tied| Some(tied.total.0)));
    if tied.is_empty() || lines.is_none_or(|sum| sum != net && sum != before) {
        return;
    }
    trail.forget("/lineItems/");
    fields.line_items =
        tied.iter().enumerate().map(|(index, tied)| line(view, index, tied, trail)).collect();
}

fn sum(mut lines: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    lines.try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line?))
}

/// The rows above the totals in which quantity times price is the last amount.
fn tied_rows(view: &View) -> Vec<Tied> {
    let is_total = |index: usize| {
        view.hits_of(index).iter().any(|hit| {
            (TOTALS.contains(&hit.label) || hit.label == Label::Iban)
                && (hit.opens_cell || hit.tokens.start == 0)
                && hit.text.len() > 2
                && view.right(hit).iter().any(|stretch| {
                    view.amounts(stretch).iter().any(|(amount, _)| amount.money_like)
                })
        })
    };
    let end = (0..view.rows.len()).find(|index| is_total(*index)).unwrap_or(view.rows.len());
    (0..end.min(MOST_ROWS)).filter_map(|index| tied_row(view, index)).collect()
}

fn tied_row(view: &View, index: usize) -> Option<Tied> {
    let row = view.rows.get(index)?;
    let figures = view.amounts(&(index, 0..row.tokens.len()));
    let as_money = |amount: &Amount| amount.as_money(row.recognised).value;
    let last = figures.iter().rposition(|(amount, _)| amount.money_like)?;
    let (total, (_, total_at)) = figures.get(last)?;
    let total = as_money(total);
    if total.is_zero() {
        return None;
    }
    let before = figures.get(last.saturating_sub(MOST_FIGURES)..last)?;
    for (first, (quantity, (_, quantity_at))) in before.iter().enumerate() {
        for (second, (price, (_, price_at))) in before.iter().enumerate().skip(first + 1) {
            let Some(product) = quantity.value.checked_mul(price.value).map(round_to_kurus) else {
                continue;
            };
            // A price has decimals; whole numbers that multiply well are anywhere.
            if !price.money_like || quantity.value <= Decimal::ZERO {
                continue;
            }
            let mut tied = Tied {
                row: index,
                quantity: (quantity.value, quantity_at.clone()),
                price: (price.value, price_at.clone()),
                discount: None,
                total: (total, total_at.clone()),
            };
            if product == total {
                return Some(tied);
            }
            let discount = before.iter().skip(second + 1).find(|(discount, _)| {
                discount.money_like && product.checked_sub(discount.value) == Some(total)
            });
            if let Some((discount, (_, at))) = discount {
                tied.discount = Some((discount.value, at.clone()));
                return Some(tied);
            }
        }
    }
    None
}

fn line(view: &View, index: usize, tied: &Tied, trail: &mut Trail) -> LineItem {
    let empty = Row {
        page: 1,
        recognised: true,
        bounds: crate::evidence::BoundingBox { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 },
        tokens: Vec::new(),
    };
    let row = view.rows.get(tied.row).unwrap_or(&empty);
    let base = format!("/lineItems/{index}");
    let mut put = |key: &str, at: &Range<usize>, nature: Nature| {
        let tokens = row.tokens.get(at.clone()).unwrap_or_default();
        trail.put(format!("{base}/{key}"), Spot::in_row(row, tokens), nature);
    };
    put("quantity", &tied.quantity.1, Nature::Figure);
    put("unitPrice", &tied.price.1, Nature::Figure);
    put("lineTotal", &tied.total.1, Nature::Figure);
    if let Some((_, at)) = &tied.discount {
        put("discountAmount", at, Nature::Figure);
    }
    // What stands before the figures, without a running number.
    let words = row.tokens.get(..tied.quantity.1.start).unwrap_or_default();
    let start = words
        .iter()
        .position(|token| token.text.chars().any(char::is_alphabetic))
        .unwrap_or(words.len());
    let description = join(words.get(start..).unwrap_or_default());
    if !description.is_empty() {
        put("description", &(start..tied.quantity.1.start), Nature::Words);
    }
    let rate = row
        .tokens
        .iter()
        .enumerate()
        .filter(|(at, _)| {
            ![&tied.quantity.1, &tied.price.1, &tied.total.1].iter().any(|taken| taken.contains(at))
        })
        .find_map(|(at, token)| {
            let rate = percent(&token.text).or_else(|| {
                kdv_rate(&token.text, row.recognised).filter(|_| at > tied.price.1.start)
            })?;
            Some((rate, at))
        });
    if let Some((_, at)) = rate {
        put("vatRate", &(at..at + 1), Nature::Figure);
    }
    LineItem {
        description: (!description.is_empty()).then_some(description),
        quantity: Some(tied.quantity.0),
        unit_price: Some(tied.price.0),
        line_total: Some(tied.total.0),
        discount_amount: tied.discount.as_ref().map(|(value, _)| *value),
        vat_rate: rate.map(|(rate, _)| rate),
        ..LineItem::default()
    }
}
