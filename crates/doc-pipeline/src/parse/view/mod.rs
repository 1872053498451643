//! A document as rows of tokens with the labels found in them: what the parsers ask.

mod amount;
mod labels;

use std::ops::Range;

use crate::{
    evidence::BoundingBox,
    text::{Line, Page, lines_of},
};

use super::{
    date::{Order, is_order_shown},
    fold::compact,
    label::{Label, Lexicon},
    number::{Amount, Numbers},
    trail::Trail,
};

pub(super) use amount::amount_in;

/// A word, or the part of a word beside a colon.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) folded: String,
    pub(super) bounds: BoundingBox,
    pub(super) confidence: f32,
    /// Which run of words between column gaps it belongs to.
    pub(super) cell: usize,
}

/// Tokens on one baseline.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) page: u32,
    pub(super) recognised: bool,
    pub(super) bounds: BoundingBox,
    pub(super) tokens: Vec<Token>,
}

/// A label found in the text.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) label: Label,
    pub(super) row: usize,
    pub(super) tokens: Range<usize>,
    pub(super) bounds: BoundingBox,
    /// Whether a colon follows.
    pub(super) colon: bool,
    /// Whether the label opens its cell.
    pub(super) opens_cell: bool,
    /// The label's own letters, compact.
    pub(super) text: String,
}

/// A stretch of tokens of one row.
pub(super) type Stretch = (usize, Range<usize>);

/// The document.
#[derive(Debug)]
pub(super) struct View {
    pub(super) rows: Vec<Row>,
    pub(super) hits: Vec<Hit>,
    pub(super) numbers: Numbers,
    pub(super) order: Order,
    /// Whether the document shows which part of its dates is the day.
    pub(super) order_shown: bool,
    /// Hits of each row: range into `hits`.
    by_row: Vec<Range<usize>>,
}

pub(super) fn height(bounds: &BoundingBox) -> f32 {
    (bounds.y1 - bounds.y0).max(1.0)
}

pub(super) fn middle(bounds: &BoundingBox) -> f32 {
    f32::midpoint(bounds.y0, bounds.y1)
}

/// Horizontal overlap in points; negative where there is a gap.
pub(super) fn overlap(a: &BoundingBox, b: &BoundingBox) -> f32 {
    a.x1.min(b.x1) - a.x0.max(b.x0)
}

pub(super) fn union(a: &BoundingBox, b: &BoundingBox) -> BoundingBox {
    BoundingBox { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

/// The rows of all pages, in reading order.
pub(super) fn rows_of(pages: &[Page]) -> Vec<Row> {
    let mut rows = Vec::new();
    for page in pages {
        rows.extend(lines_of(page).iter().map(|line| row_of(line, page.recognised)));
    }
    rows
}

fn row_of(line: &Line, recognised: bool) -> Row {
    let mut tokens = Vec::with_capacity(line.words.len());
    for (cell, range) in line.cells.iter().enumerate() {
        for word in line.words.get(range.clone()).unwrap_or_default() {
            let mut push = |text: &str, from: f32, to: f32| {
                let width = word.bounds.x1 - word.bounds.x0;
                let bounds = BoundingBox {
                    x0: width.mul_add(from, word.bounds.x0),
                    x1: width.mul_add(to, word.bounds.x0),
                    ..word.bounds
                };
                tokens.push(Token {
                    text: text.to_owned(),
                    folded: compact(text),
                    bounds,
                    confidence: word.confidence,
                    cell,
                });
            };
            let mut rest = word.text.as_str();
            let mut from = 0.0;
            #[allow(clippy::cast_precision_loss, reason = "lengths of words")]
            while let Some(at) = part_end(rest) {
                let (head, tail) = rest.split_at(at);
                let to = from + (at as f32 / word.text.len().max(1) as f32);
                push(head, from, to);
                (rest, from) = (tail, to);
            }
            push(rest, from, 1.0);
        }
    }
    Row { page: line.page, recognised, bounds: line.bounds, tokens: spaced_out(tokens) }
}

/// Letters of which a spaced title is made at least: `F A T U R A`.
const SPACED: usize = 5;

/// Words whose letters were set apart, as one word each.
fn spaced_out(tokens: Vec<Token>) -> Vec<Token> {
    let single = |token: &Token| {
        let mut letters = token.text.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    };
    if tokens.iter().filter(|token| single(token)).count() < SPACED {
        return tokens;
    }
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let near = |a: &Token, b: &Token| {
        single(a) && single(b) && b.bounds.x0 - a.bounds.x1 < height(&a.bounds) * 1.2
    };
    for run in tokens.chunk_by(near) {
        match run {
            [first, ..] if run.len() >= SPACED => {
                let text: String = run.iter().map(|token| token.text.as_str()).collect();
                let bounds = run.iter().fold(first.bounds, |all, token| union(&all, &token.bounds));
                let confidence = run.iter().map(|token| token.confidence).fold(1.0, f32::min);
                out.push(Token {
                    folded: compact(&text),
                    text,
                    bounds,
                    confidence,
                    cell: first.cell,
                });
            }
            _ => out.extend(run.iter().cloned()),
        }
    }
    out
}

/// Where a word falls in two: `VKN:1234567890` is a label and its value, `KDV(%20)` a label and its
/// rate; `08:02` and `http://` are neither.
fn part_end(word: &str) -> Option<usize> {
    if let Some(end) = direction_at(word) {
        return Some(end);
    }
    let mut letters = 0_usize;
    let mut before = ' ';
    for (at, c) in word.char_indices() {
        let tail = word.get(at + c.len_utf8()..).unwrap_or_default();
        if c == ':'
            && letters >= 2
            && (before.is_alphabetic() || matches!(before, ')' | '.'))
            && !tail.is_empty()
            && !tail.starts_with('/')
        {
            return Some(at + 1);
        }
        let rate = c == '(' || (c == '%' && tail.starts_with(|d: char| d.is_ascii_digit()));
        if rate && letters >= 2 && (before.is_alphabetic() || before == '.') && !tail.is_empty() {
            return Some(at);
        }
        letters += usize::from(c.is_alphabetic());
        before = c;
    }
    None
}

/// Where the letter of a direction is printed at an amount without a gap: `5.546,46B`.
fn direction_at(word: &str) -> Option<usize> {
    let (amount, letter) = word.split_at_checked(word.len().checked_sub(1)?)?;
    let [.., mark, tens, ones] = amount.as_bytes() else { return None };
    let is_amount = matches!(mark, b',' | b'.') && tens.is_ascii_digit() && ones.is_ascii_digit();
    let digits = amount.bytes().all(|byte| byte.is_ascii_digit() || b"+-.,".contains(&byte));
    (is_amount && digits && matches!(letter, "A" | "B" | "C" | "D")).then_some(amount.len())
}

impl View {
    /// Reads the pages' lines and finds the labels.
    pub(super) fn new(rows: Vec<Row>, lexicon: &Lexicon) -> Self {
        let words =
            || rows.iter().flat_map(|row| row.tokens.iter().map(|token| token.text.as_str()));
        let numbers = if rows.iter().any(|row| row.recognised) {
            Numbers::of_recognised(words())
        } else {
            Numbers::of(words())
        };
        let order = Order::of(words());
        let order_shown = is_order_shown(words());
        let mut hits = Vec::new();
        let mut by_row = Vec::with_capacity(rows.len());
        for index in 0..rows.len() {
            let start = hits.len();
            labels::find_hits(&rows, index, lexicon, &mut hits);
            by_row.push(start..hits.len());
        }
        Self { rows, hits, numbers, order, order_shown, by_row }
    }

    /// An empty trail for this document's evidence.
    pub(super) fn trail(&self) -> Trail {
        let mut trail = Trail::default();
        if !self.order_shown {
            trail.leave_date_order_open();
        }
        trail
    }

    /// Labels of a row, left to right.
    pub(super) fn hits_of(&self, row: usize) -> &[Hit] {
        self.by_row.get(row).and_then(|range| self.hits.get(range.clone())).unwrap_or_default()
    }

    /// All labels of one meaning, in reading order.
    pub(super) fn labelled(&self, label: Label) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.label == label)
    }

    /// The tokens of a stretch.
    pub(super) fn tokens(&self, stretch: &Stretch) -> &[Token] {
        self.rows
            .get(stretch.0)
            .and_then(|row| row.tokens.get(stretch.1.clone()))
            .unwrap_or_default()
    }

    /// A stretch's words joined by blanks.
    pub(super) fn text(&self, stretch: &Stretch) -> String {
        join(self.tokens(stretch))
    }

    /// What stands right of a label up to the next label of the row. A label or value that wraps in
    /// its cell has the value between the lines, so the neighbouring rows are asked too.
    pub(super) fn right(&self, hit: &Hit) -> Vec<Stretch> {
        let mut found = Vec::new();
        if let Some(row) = self.rows.get(hit.row) {
            let end = self
                .hits_of(hit.row)
                .iter()
                .filter(|other| other.tokens.start >= hit.tokens.end)
                // `Fatura Tipi: TEVKIFAT`: a word beside a colon is its value, whatever else it means.
                .find(|other| !(hit.colon && !other.colon && other.tokens.start == hit.tokens.end))
                .map_or(row.tokens.len(), |other| other.tokens.start);
            if hit.tokens.end < end {
                found.push((hit.row, hit.tokens.end..end));
            }
        }
        if found.is_empty() {
            for index in [hit.row + 1, hit.row.wrapping_sub(1)] {
                let Some(row) = self.rows.get(index) else { continue };
                let near =
                    (middle(&row.bounds) - middle(&hit.bounds)).abs() < height(&hit.bounds) * 0.75;
                if row.page != self.rows.get(hit.row).map_or(0, |own| own.page) || !near {
                    continue;
                }
                let first = row.tokens.iter().position(|token| token.bounds.x0 >= hit.bounds.x1);
                let Some(first) = first else { continue };
                if self.hits_of(index).iter().all(|other| other.bounds.x0 < hit.bounds.x0) {
                    found.push((index, first..row.tokens.len()));
                }
            }
        }
        found
    }

    /// The cell below a label, at most a few lines away.
    pub(super) fn below(&self, hit: &Hit) -> Option<Stretch> {
        let own = self.rows.get(hit.row)?;
        for index in hit.row + 1..(hit.row + 6).min(self.rows.len()) {
            let row = self.rows.get(index)?;
            if row.page != own.page
                || row.bounds.y0 > height(&own.bounds).mul_add(3.0, hit.bounds.y1)
            {
                return None;
            }
            let under =
                row.tokens.iter().position(|token| overlap(&token.bounds, &hit.bounds) > 0.0);
            if let Some(under) = under {
                return self.cell_at(index, under);
            }
        }
        None
    }

    /// The whole cell around a token.
    pub(super) fn cell_at(&self, row: usize, token: usize) -> Option<Stretch> {
        let tokens = &self.rows.get(row)?.tokens;
        let cell = tokens.get(token)?.cell;
        let start = tokens.iter().position(|other| other.cell == cell)?;
        let end = tokens.iter().rposition(|other| other.cell == cell)?;
        Some((row, start..end + 1))
    }

    /// Reads the amount at a token, joined with the next where OCR split it at the mark. Also tells
    /// how many tokens it took, with a currency beside it.
    pub(super) fn amount_at(&self, row: usize, token: usize) -> Option<(Amount, Range<usize>)> {
        amount_in(&self.rows.get(row)?.tokens, token, self.numbers)
    }

    /// All amounts of a stretch, left to right.
    pub(super) fn amounts(&self, stretch: &Stretch) -> Vec<(Amount, Stretch)> {
        let mut found = Vec::new();
        let mut at = stretch.1.start;
        while at < stretch.1.end {
            match self.amount_at(stretch.0, at) {
                Some((amount, range)) => {
                    at = range.end.max(at + 1);
                    found.push((amount, (stretch.0, range)));
                }
                None => at += 1,
            }
        }
        found
    }
}

/// Words joined by blanks.
pub(super) fn join(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}
