//! The amounts that stand behind labels, beside or below them.

use rust_decimal::Decimal;

use super::super::{
    super::{
        label::Label,
        number::Amount,
        percent::{kdv_rate, percent},
        trail::Spot,
        view::{Hit, Stretch, Token, View},
    },
    lines::Table,
};

/// An amount behind its label.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) amount: Amount,
    pub(super) rate: Option<Decimal>,
    pub(super) spot: Option<Spot>,
    pub(super) row: usize,
    /// A label that means one thing only (`Ödenecek Tutar`), not just `Toplam`.
    pub(super) strong: bool,
    /// What is left to pay, or what was paid: see [`DUE`].
    pub(super) due: bool,
    pub(super) paid: bool,
    /// The label's letters, compact.
    pub(super) label: String,
}

const WEAK: [&str; 18] = [
    "total",
    "toplam",
    "tutar",
    "totaal",
    "gesamt",
    "yekun",
    "totalamount",
    "toplamtutar",
    "amountpaid",
    "balancedue",
    "balance",
    "kalan",
    "kalanborc",
    "kalantutar",
    "vat",
    "tax",
    "kdv",
    "matrah",
];

/// What is left to pay once a part was paid: the invoice's total only where nothing else is.
const DUE: [&str; 13] = [
    "amountdue",
    "balancedue",
    "totaldue",
    "totalamountdue",
    "totaldueon",
    "totalamountdueon",
    "kalantutar",
    "kalanborc",
    "kalan",
    "balance",
    "balancepayable",
    "outstandingbalance",
    "amountoutstanding",
];

/// The totals of an invoice are few; hostile documents repeat a label without end.
const MOST: usize = 64;

/// What stands behind the labels of one meaning, outside the table of lines.
pub(super) fn found(view: &View, table: &Table, label: Label) -> Vec<Found> {
    let hits: Vec<&Hit> = view
        .labelled(label)
        .filter(|hit| {
            !table.holds(hit.row)
                && table.start.is_none_or(|start| hit.row > start || !is_weak(hit))
        })
        .filter(|hit| {
            hit.opens_cell || hit.colon || hit.tokens.start == 0 || follows_rate(view, hit)
        })
        .collect();
    let hits = hits.get(hits.len().saturating_sub(MOST)..).unwrap_or_default();
    let mut out: Vec<Found> = hits.iter().filter_map(|hit| beside(view, hit)).collect();
    if out.is_empty() {
        out = hits
            .iter()
            .filter(|hit| view.right(hit).is_empty() || next_is_label(view, hit))
            .filter_map(|hit| under(view, hit))
            .collect();
    }
    out
}

fn is_weak(hit: &Hit) -> bool {
    WEAK.contains(&hit.text.as_str())
}

fn next_is_label(view: &View, hit: &Hit) -> bool {
    view.hits_of(hit.row).iter().any(|other| other.tokens.start == hit.tokens.end)
}

/// What stands between the start of a label's cell and the label.
fn before<'a>(view: &'a View, hit: &Hit) -> &'a [Token] {
    let Some(row) = view.rows.get(hit.row) else { return &[] };
    let cell = row.tokens.get(hit.tokens.start).map(|token| token.cell);
    let start = (0..hit.tokens.start)
        .rev()
        .take_while(|at| row.tokens.get(*at).map(|token| token.cell) == cell)
        .last()
        .unwrap_or(hit.tokens.start);
    row.tokens.get(start..hit.tokens.start).unwrap_or_default()
}

/// `zzgl. 19 % MwSt.`, `+ 20% VAT`: words that add a tax, its rate, then the tax's name.
fn follows_rate(view: &View, hit: &Hit) -> bool {
    let before = before(view, hit);
    hit.label == Label::Kdv
        && (1..=4).contains(&before.len())
        && before.iter().all(|token| {
            matches!(token.folded.as_str(), "zzgl" | "plus" | "add" | "arti" | "")
                || percent(&token.text).is_some()
                || token.text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%'))
        })
}

fn rate_before(view: &View, hit: &Hit) -> Option<Decimal> {
    let before = before(view, hit);
    before.iter().enumerate().find_map(|(at, token)| {
        percent(&token.text).or_else(|| {
            let sign = before.get(at + 1)?;
            (sign.text == "%").then(|| percent(&format!("%{}", token.text))).flatten()
        })
    })
}

/// A rate between the label and the amount: `Hesaplanan KDV (%20)`, `VAT 21%`, `KDV % 20`.
fn rate_in(view: &View, stretch: &Stretch) -> Option<(Decimal, usize)> {
    let tokens = view.tokens(stretch);
    let recognised = view.rows.get(stretch.0).is_some_and(|row| row.recognised);
    for (at, token) in tokens.iter().enumerate().take(4) {
        let is_sign = |text: &str| text.trim_matches(['(', ')']) == "%";
        if is_sign(&token.text) || token.text == "(%" {
            let next = tokens.get(at + 1)?;
            let rate =
                percent(&format!("%{}", next.text.trim_matches(|c: char| !c.is_ascii_digit())))?;
            return Some((rate, at + 2));
        }
        if let Some(rate) = percent(&token.text) {
            return Some((rate, at + 1));
        }
        if recognised
            && at == 0
            && tokens.len() > 1
            && !token.text.contains(',')
            && token.text.len() <= 6
            && let Some(rate) = kdv_rate(&token.text, true)
        {
            return Some((rate, at + 1));
        }
        if view
            .amount_at(stretch.0, stretch.1.start + at)
            .is_some_and(|(amount, _)| amount.money_like)
        {
            return None;
        }
    }
    None
}

fn beside(view: &View, hit: &Hit) -> Option<Found> {
    view.right(hit).iter().find_map(|stretch| in_stretch(view, hit, stretch))
}

fn under(view: &View, hit: &Hit) -> Option<Found> {
    let stretch = view.below(hit)?;
    in_stretch(view, hit, &stretch).filter(|found| found.amount.money_like)
}

fn in_stretch(view: &View, hit: &Hit, stretch: &Stretch) -> Option<Found> {
    let rate = rate_in(view, stretch);
    let skip = rate.map_or(0, |(_, used)| used);
    let rest = (stretch.0, (stretch.1.start + skip).min(stretch.1.end)..stretch.1.end);
    // A sentence that goes on after the amount is prose, not a label with its value.
    let tokens = view.tokens(&rest);
    let words = tokens
        .iter()
        .filter(|token| token.text.chars().filter(|c| c.is_alphabetic()).count() > 3)
        .count();
    if words > 5 {
        return None;
    }
    let amounts = view.amounts(&rest);
    let (amount, place) = amounts
        .iter()
        .rfind(|(amount, _)| amount.money_like)
        .or_else(|| amounts.last().filter(|_| amounts.len() == 1 && words == 0))?;
    let row = view.rows.get(place.0)?;
    let amount = amount.as_money(row.recognised);
    Some(Found {
        amount,
        rate: rate.map(|(rate, _)| rate).or_else(|| rate_before(view, hit)),
        spot: Spot::in_row(row, view.tokens(place))
            .map(|spot| Spot { derived: amount.mended, ..spot }),
        row: hit.row,
        strong: !is_weak(hit),
        due: DUE.contains(&hit.text.as_str()),
        paid: hit.text == "amountpaid",
        label: hit.text.clone(),
    })
}
