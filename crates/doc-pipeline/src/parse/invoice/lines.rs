//! The lines of an invoice, from the table under its headings.

use std::collections::HashSet;

use domain::Currency;
use rust_decimal::Decimal;

use crate::fields::{InvoiceFields, LineItem};

use super::{
    super::{
        label::Label,
        number::{Amount, Numbers},
        percent::{kdv_rate, percent},
        table::{Body, Column, Record, headings, records, vocabulary},
        trail::{Nature, Spot, Trail},
        view::{Row, Token, View, amount_in, join},
    },
    columns,
};

/// What the table left for the other readers.
#[derive(Debug, Default)]
pub(in super::super) struct Table {
    pub(in super::super) rows: HashSet<usize>,
    /// The row of the first heading.
    pub(in super::super) start: Option<usize>,
}

impl Table {
    /// Whether a row belongs to the table.
    pub(in super::super) fn holds(&self, row: usize) -> bool {
        self.rows.contains(&row)
    }
}

struct Lines<'a> {
    view: &'a View,
}

pub(super) const TOTALS: [Label; 9] = [
    Label::Deduction,
    Label::Lines,
    Label::Net,
    Label::TaxInclusive,
    Label::Payable,
    Label::Kdv,
    Label::Discount,
    Label::Withholding,
    Label::KdvBase,
];

impl Body for Lines<'_> {
    fn anchors(&self, row: &Row, columns: &[(Column, Token)]) -> bool {
        let numbers = self.view.numbers;
        let of = |wanted: Column| {
            let tokens: Vec<Token> = columns
                .iter()
                .filter(|(column, _)| *column == wanted)
                .map(|(_, token)| token.clone())
                .collect();
            last_amount(&tokens, numbers).is_some_and(|(amount, range)| {
                amount.money_like || (!row.recognised && !is_code(&tokens, range))
            })
        };
        // A line whose total was not recognised is still a line of its own; in a text layer a
        // total that is missing here has wrapped to a line of text beside.
        let filled = |wanted: Column| {
            columns.iter().any(|(column, token)| {
                *column == wanted && token.folded.chars().any(char::is_alphanumeric)
            })
        };
        of(Column::LineTotal)
            || of(Column::GrossTotal)
            || (row.recognised && of(Column::UnitPrice) && filled(Column::Quantity))
    }

    fn ends(&self, index: usize) -> bool {
        let Some(row) = self.view.rows.get(index) else { return true };
        let opens = |hit: &&super::super::view::Hit| {
            TOTALS.contains(&hit.label)
                && (hit.tokens.start == 0 || hit.opens_cell)
                && hit.text.len() > 2
        };
        self.view.hits_of(index).iter().filter(opens).any(|hit| {
            let right = self.view.right(hit);
            let has_amount = right.iter().any(|stretch| {
                self.view.amounts(stretch).iter().any(|(amount, _)| amount.money_like)
            });
            // A section's subtotal is skipped, a total of the document has a column gap before its
            // amount or stands in the right half.
            has_amount
                && (hit.tokens.start == 0 || hit.bounds.x0 > row.bounds.x0)
                && !self.skips(index)
        })
    }

    fn skips(&self, index: usize) -> bool {
        let Some(row) = self.view.rows.get(index) else { return false };
        if self.view.hits_of(index).iter().any(|hit| hit.label == Label::Carried && hit.opens_cell)
        {
            return true;
        }
        // A subtotal of a section stands in the line of its amount without a column between.
        let section = self
            .view
            .hits_of(index)
            .first()
            .is_some_and(|hit| hit.label == Label::Net && hit.text == "subtotal");
        section
            && row
                .tokens
                .first()
                .zip(row.tokens.last())
                .is_some_and(|(first, last)| first.cell == last.cell)
    }
}

/// Digits that begin with a zero and have no mark are a number of something.
fn is_code(tokens: &[Token], range: std::ops::Range<usize>) -> bool {
    tokens.get(range).unwrap_or_default().iter().any(|token| {
        token.text.len() > 1 && token.text.starts_with('0') && !token.text.contains(['.', ','])
    })
}

/// The last amount of some tokens; of one in a foreign currency and one in lira, the foreign one.
fn last_amount(tokens: &[Token], numbers: Numbers) -> Option<(Amount, std::ops::Range<usize>)> {
    let mut at = 0;
    let mut found: Option<(Amount, std::ops::Range<usize>)> = None;
    let is_foreign = |amount: &Amount| amount.currency.is_some_and(|code| code != Currency::TRY);
    while at < tokens.len() {
        match amount_in(tokens, at, numbers) {
            Some((amount, range)) => {
                at = range.end.max(at + 1);
                let repeats = amount.currency == Some(Currency::TRY)
                    && found.as_ref().is_some_and(|(other, _)| is_foreign(other));
                if !repeats {
                    found = Some((amount, range));
                }
            }
            None => at += 1,
        }
    }
    found
}

/// Reads the lines.
pub(super) fn read(view: &View, fields: &mut InvoiceFields, trail: &mut Trail) -> Table {
    let words = vocabulary(columns::WORDS);
    let headings = headings(&view.rows, &words, |columns| {
        let has = |column: Column| columns.contains(&column);
        let total = has(Column::LineTotal) || has(Column::GrossTotal);
        let what = has(Column::Description) || has(Column::Code);
        let more = has(Column::Quantity) || has(Column::UnitPrice) || has(Column::KdvRate);
        columns.len() >= 3 && total && what && more
    });
    // What and how much alone make a table where there is no fuller one.
    let headings = if headings.is_empty() {
        super::super::table::headings(&view.rows, &words, |columns| {
            columns == [Column::Description, Column::LineTotal]
        })
    } else {
        headings
    };
    let (records, used) = records(&view.rows, &headings, &Lines { view });
    for record in &records {
        add(view, record, fields, trail);
    }
    Table {
        rows: used.into_iter().collect(),
        start: headings.first().map(|heading| heading.rows.start),
    }
}

fn add(view: &View, record: &Record, fields: &mut InvoiceFields, trail: &mut Trail) {
    let base = format!("/lineItems/{}", fields.line_items.len());
    let mut item = LineItem::default();
    let mut figure = |column: Column, key: &str| {
        let tokens = record.tokens(column);
        let (amount, range) = last_amount(tokens, view.numbers)?;
        // A unit price may have more decimals; behind grouped thousands it has not.
        let grouped = tokens.get(range.clone()).is_some_and(|tokens| {
            tokens.iter().any(|token| token.text.contains('.') && token.text.contains(','))
        });
        let amount = if column == Column::UnitPrice && !grouped {
            amount
        } else {
            amount.as_money(record.recognised)
        };
        let spot = Spot::of(record.page, record.recognised, tokens.get(range).unwrap_or_default())
            .map(|spot| Spot { derived: amount.mended, ..spot });
        trail.put(format!("{base}/{key}"), spot, Nature::Figure);
        Some(amount)
    };
    let total = figure(Column::LineTotal, "lineTotal");
    item.line_total = total.map(|amount| amount.value);
    item.unit_price = figure(Column::UnitPrice, "unitPrice").map(|amount| amount.value);
    item.discount_amount = figure(Column::Discount, "discountAmount").map(|amount| amount.value);
    item.vat_amount = figure(Column::KdvAmount, "vatAmount").map(|amount| amount.value);
    if fields.currency.is_none() {
        fields.currency = total.and_then(|amount| amount.currency);
    }
    let rate_tokens = record.tokens(Column::KdvRate);
    item.vat_rate = rate_tokens.iter().rev().find_map(|token| {
        kdv_rate(&token.text, record.recognised).or_else(|| percent(&token.text))
    });
    if item.vat_rate.is_some() {
        trail.put(
            format!("{base}/vatRate"),
            Spot::of(record.page, record.recognised, rate_tokens),
            Nature::Figure,
        );
    }
    let quantity = record.tokens(Column::Quantity);
    if let Some((amount, unit, range)) = quantity_of(quantity, view.numbers) {
        item.quantity = Some(amount);
        item.unit = unit;
        trail.put(
            format!("{base}/quantity"),
            Spot::of(record.page, record.recognised, quantity.get(range).unwrap_or_default()),
            Nature::Figure,
        );
    }
    let unit = record.text(Column::Unit);
    if !unit.is_empty() {
        item.unit = Some(unit);
    }
    let description = record.tokens(Column::Description);
    let text = join(description);
    if !text.is_empty() {
        item.description = Some(text.trim_matches(|c: char| matches!(c, '|' | ' ')).to_owned());
        trail.put(
            format!("{base}/description"),
            Spot::of(record.page, record.recognised, description),
            Nature::Words,
        );
    }
    trail_gross(view, record, &mut item);
    discount_of(view, record, &mut item, &base, trail);
    fields.line_items.push(item);
}

/// A table that shows line totals with KDV only: a line total is net by definition, so only what is
/// stated as net is taken.
fn trail_gross(view: &View, record: &Record, item: &mut LineItem) {
    if item.line_total.is_none()
        && item.vat_rate.is_none_or(|rate| rate.is_zero())
        && let Some((amount, _)) = last_amount(record.tokens(Column::GrossTotal), view.numbers)
    {
        item.line_total = Some(amount.value);
    }
}

/// `İskonto` may head a rate or an amount: it is the amount where the line total says so.
fn discount_of(view: &View, record: &Record, item: &mut LineItem, base: &str, trail: &mut Trail) {
    let tokens = record.tokens(Column::DiscountRate);
    let (None, Some((amount, range)), Some(quantity), Some(price), Some(total)) = (
        item.discount_amount,
        last_amount(tokens, view.numbers),
        item.quantity,
        item.unit_price,
        item.line_total,
    ) else {
        return;
    };
    let Some(rest) = quantity.checked_mul(price).map(domain::round_to_kurus) else { return };
    let found = if !amount.value.is_zero() && rest.checked_sub(amount.value) == Some(total) {
        Some((amount.value, false))
    } else {
        by_rate(quantity, price, amount.value, total, record.recognised)
            .map(|discount| (discount, true))
    };
    if let Some((discount, derived)) = found {
        item.discount_amount = Some(discount);
        let tokens = tokens.get(range).unwrap_or_default();
        let spot = Spot::of(record.page, record.recognised, tokens);
        let spot = spot.map(|spot| Spot { derived, ..spot });
        trail.put(format!("{base}/discountAmount"), spot, Nature::Figure);
    }
}

/// What a discount in per cent takes off, where quantity, price and rate lead to the line total; a
/// kuruş of rounding is practice, in recognised figures it may be a misread digit.
fn by_rate(
    quantity: Decimal,
    price: Decimal,
    rate: Decimal,
    total: Decimal,
    recognised: bool,
) -> Option<Decimal> {
    if rate <= Decimal::ZERO || rate >= Decimal::ONE_HUNDRED {
        return None;
    }
    let gross = quantity.checked_mul(price)?;
    let left = gross.checked_mul((Decimal::ONE_HUNDRED - rate) / Decimal::ONE_HUNDRED)?;
    let off = domain::round_to_kurus(left).checked_sub(total)?.abs();
    let allowed = if recognised { Decimal::ZERO } else { Decimal::new(1, 2) };
    (off <= allowed).then(|| domain::round_to_kurus(gross).checked_sub(total)).flatten()
}

/// `12 Adet`, `1.00 kg`, `15.00g`, `1.000 KG`.
pub(in super::super) fn quantity_of(
    tokens: &[Token],
    numbers: Numbers,
) -> Option<(Decimal, Option<String>, std::ops::Range<usize>)> {
    for (at, token) in tokens.iter().enumerate() {
        let digits_end = token.text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |end| end + 1);
        let (number, glued) = token.text.split_at(digits_end);
        let Some(amount) = numbers.read(number) else { continue };
        let rest: Vec<&str> = std::iter::once(glued)
            .chain(tokens.iter().skip(at + 1).map(|token| token.text.as_str()))
            .filter(|word| word.chars().any(char::is_alphabetic))
            .collect();
        let unit = rest.join(" ");
        return Some((amount.value, (!unit.is_empty()).then_some(unit), at..at + 1));
    }
    None
}

/// Drops what cannot be a line: neither words nor a price (a sum that a table prints in its columns).
pub(super) fn mend(fields: &mut InvoiceFields) {
    let empty = |item: &LineItem| {
        item.description.is_none() && item.unit_price.is_none() && item.quantity.is_none()
    };
    while fields.line_items.last().is_some_and(empty) {
        fields.line_items.pop();
    }
}
