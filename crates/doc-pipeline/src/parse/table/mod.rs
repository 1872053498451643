//! Tables by their header's columns: words belong to the column under whose heading they stand, rows
//! are told by an anchor (an amount, a date), and wrapped cells join the row they are nearest to.

mod bands;
mod heading;

use std::{collections::HashMap, ops::Range};

use crate::evidence::BoundingBox;

use super::{
    fold::compact,
    view::{Row, Token, height, join, middle, union},
};

pub(super) use heading::headings;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Index,
    Code,
    Description,
    Quantity,
    Unit,
    UnitPrice,
    DiscountRate,
    Discount,
    KdvRate,
    KdvAmount,
    LineTotal,
    /// With KDV.
    GrossTotal,
    Date,
    ValueDate,
    Reference,
    Amount,
    Debit,
    Credit,
    /// Borç/Alacak as a word or letter.
    Direction,
    Balance,
    Ignored,
}

/// The words that head columns, compact.
pub(super) type Vocabulary = HashMap<String, Column>;

/// Makes a vocabulary.
pub(super) fn vocabulary(words: &[(Column, &[&str])]) -> Vocabulary {
    words
        .iter()
        .flat_map(|(column, names)| names.iter().map(|name| (compact(name), *column)))
        .collect()
}

/// A column's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) column: Column,
    pub(super) x0: f32,
    pub(super) x1: f32,
}

/// A table's heading.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub(super) rows: Range<usize>,
    pub(super) places: Vec<Place>,
}

impl Heading {
    /// What the columns hold, in their order.
    fn columns(&self) -> Vec<Column> {
        self.places.iter().map(|place| place.column).collect()
    }
}

/// One row of a table: the tokens of each column, in reading order.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) page: u32,
    pub(super) recognised: bool,
    pub(super) cells: Vec<(Column, Vec<Token>)>,
}

impl Record {
    /// The tokens of a column.
    pub(super) fn tokens(&self, column: Column) -> &[Token] {
        self.cells.iter().find(|(own, _)| *own == column).map_or(&[], |(_, tokens)| tokens)
    }

    /// The words of a column.
    pub(super) fn text(&self, column: Column) -> String {
        join(self.tokens(column))
    }

    fn add(&mut self, column: Column, token: Token) {
        match self.cells.iter_mut().find(|(own, _)| *own == column) {
            Some((_, tokens)) => tokens.push(token),
            None => self.cells.push((column, vec![token])),
        }
    }
}

/// Cells of a row, each as the range of its tokens.
fn cells(row: &Row) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, token) in row.tokens.iter().enumerate() {
        match found.last_mut() {
            Some(last)
                if row.tokens.get(last.start).is_some_and(|first| first.cell == token.cell) =>
            {
                last.end = at + 1;
            }
            _ => found.push(at..at + 1),
        }
    }
    found
}

fn bounds_of(tokens: &[Token]) -> Option<BoundingBox> {
    let first = tokens.first()?.bounds;
    Some(tokens.iter().fold(first, |all, token| union(&all, &token.bounds)))
}

/// The columns of a body: its bands, else the heading boxes, grown by the cells that stand under one of
/// them alone.
fn grown(heading: &Heading, body: &[Row]) -> Vec<Place> {
    let mut places = bands::places(heading, body).unwrap_or_else(|| heading.places.clone());
    places.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    for pass in 0..2 {
        for row in body {
            for cell in cells(row) {
                let Some(bounds) = bounds_of(row.tokens.get(cell).unwrap_or_default()) else {
                    continue;
                };
                let touched: Vec<usize> = (0..places.len())
                    .filter(|i| {
                        places.get(*i).is_some_and(|place| {
                            place.x1.min(bounds.x1) - place.x0.max(bounds.x0) > 0.5
                        })
                    })
                    .collect();
                let target = match touched.as_slice() {
                    [only] => Some(*only),
                    [] if pass == 1 => nearest(&places, &bounds),
                    _ => None,
                };
                let Some(target) = target else { continue };
                let left = target
                    .checked_sub(1)
                    .and_then(|i| places.get(i))
                    .map_or(f32::MIN, |place| place.x1);
                let right = places.get(target + 1).map_or(f32::MAX, |place| place.x0);
                if let Some(place) = places.get_mut(target) {
                    place.x0 = place.x0.min(bounds.x0.max(left));
                    place.x1 = place.x1.max(bounds.x1.min(right));
                }
            }
        }
    }
    places
}

fn nearest(places: &[Place], bounds: &BoundingBox) -> Option<usize> {
    let distance = |place: &Place| {
        let gap = (bounds.x0 - place.x1).max(place.x0 - bounds.x1).max(0.0);
        let shared = (place.x1.min(bounds.x1) - place.x0.max(bounds.x0)).max(0.0);
        (gap, -shared)
    };
    (0..places.len()).min_by(|a, b| {
        let (a, b) = (places.get(*a).map(distance), places.get(*b).map(distance));
        a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
    })
}

/// Gives each token of a row its column.
fn assigned(row: &Row, places: &[Place]) -> Vec<(Column, Token)> {
    let mut out = Vec::with_capacity(row.tokens.len());
    for cell in cells(row) {
        let tokens = row.tokens.get(cell).unwrap_or_default();
        let Some(bounds) = bounds_of(tokens) else { continue };
        let touched = places
            .iter()
            .filter(|place| place.x1.min(bounds.x1) - place.x0.max(bounds.x0) > 0.5)
            .count();
        let whole = (touched <= 1).then(|| nearest(places, &bounds)).flatten();
        for token in tokens {
            let index = whole.or_else(|| nearest(places, &token.bounds));
            if let Some(place) = index.and_then(|index| places.get(index)) {
                out.push((place.column, token.clone()));
            }
        }
    }
    out
}

/// Where a table's body ends and what its rows are anchored by.
pub(super) trait Body {
    /// Whether the row, given its columns, is the one line that every record has.
    fn anchors(&self, row: &Row, columns: &[(Column, Token)]) -> bool;
    /// Whether the row is the first line of a record in a table whose records nowhere have one line
    /// with all that [`Body::anchors`] asks: figures centred beside two lines of text.
    fn begins(&self, _row: &Row, _columns: &[(Column, Token)]) -> bool {
        false
    }
    /// Whether the table has ended before this row.
    fn ends(&self, index: usize) -> bool;
    /// Whether the row is no part of the table, which goes on after it.
    fn skips(&self, index: usize) -> bool;
}

/// Reads the records of all tables, over page breaks.
pub(super) fn records(
    rows: &[Row],
    headings: &[Heading],
    body: &impl Body,
) -> (Vec<Record>, Vec<usize>) {
    let mut out: Vec<Record> = Vec::new();
    let mut used = Vec::new();
    let mut centred = false;
    for (number, heading) in headings.iter().enumerate() {
        let limit = headings.get(number + 1).map_or(rows.len(), |next| next.rows.start);
        let mut from = heading.rows.end;
        used.extend(heading.rows.clone());
        // A table may go on at the head of the next page without a repeated heading.
        while from < limit {
            let Some(page) = rows.get(from).map(|row| row.page) else { break };
            let page_end = (from..limit)
                .find(|i| rows.get(*i).is_none_or(|row| row.page != page))
                .unwrap_or(limit);
            let end = (from..page_end).find(|i| body.ends(*i)).unwrap_or(page_end);
            // A row of dashes is a rule.
            let has_words = |i: &usize| {
                rows.get(*i).is_some_and(|row| row.tokens.iter().any(|own| !own.folded.is_empty()))
            };
            let kept: Vec<usize> =
                (from..end).filter(|i| !body.skips(*i)).filter(has_words).collect();
            // What stands over a repeated heading is the head of the next page, unless the table goes on
            // with its first line.
            let repeats = headings.get(number + 1).is_some_and(|next| {
                from != heading.rows.end
                    && rows.get(next.rows.start).is_some_and(|row| row.page == page)
                    && next.columns() == heading.columns()
            });
            if repeats && !goes_on(rows, &kept, heading, body) {
                break;
            }
            let slice: Vec<Row> = kept.iter().filter_map(|i| rows.get(*i).cloned()).collect();
            let on_heading_page = from == heading.rows.end;
            used.extend(one_page(
                &slice,
                &kept,
                heading,
                body,
                on_heading_page,
                &mut centred,
                &mut out,
            ));
            if end < page_end {
                break;
            }
            from = page_end;
        }
    }
    (out, used)
}

/// Whether one of the first lines has what every record has.
fn goes_on(rows: &[Row], kept: &[usize], heading: &Heading, body: &impl Body) -> bool {
    let first: Vec<Row> = kept.iter().take(2).filter_map(|i| rows.get(*i).cloned()).collect();
    let places = grown(heading, &first);
    first.iter().any(|row| {
        cells(row).len() * 2 > heading.places.len() && body.anchors(row, &assigned(row, &places))
    })
}

fn one_page(
    rows: &[Row],
    indexes: &[usize],
    heading: &Heading,
    body: &impl Body,
    on_heading_page: bool,
    centred: &mut bool,
    out: &mut Vec<Record>,
) -> Vec<usize> {
    let places = grown(heading, rows);
    let columns: Vec<Vec<(Column, Token)>> =
        rows.iter().map(|row| assigned(row, &places)).collect();
    let mut anchors: Vec<usize> = (0..rows.len())
        .filter(|i| {
            rows.get(*i)
                .zip(columns.get(*i))
                .is_some_and(|(row, columns)| body.anchors(row, columns))
        })
        .collect();
    let begun: Vec<usize> = (0..rows.len())
        .filter(|i| {
            rows.get(*i)
                .zip(columns.get(*i))
                .is_some_and(|(row, columns)| body.begins(row, columns))
        })
        .collect();
    if begun.len() > anchors.len() * 2 {
        anchors = begun;
    }
    // A recognised line that climbs or falls is torn in two; both halves anchor one record.
    anchors.dedup_by(|next, kept| match (rows.get(*kept), rows.get(*next)) {
        (Some(a), Some(b)) => {
            (a.recognised || b.recognised)
                && middle(&b.bounds) - middle(&a.bounds) < height(&a.bounds) * 0.6
        }
        _ => false,
    });
    let Some(first) = anchors.first() else { return Vec::new() };
    if on_heading_page && out.is_empty() {
        *centred = *first > 0;
    }
    // Which anchor each row goes to; `None` before the first where the record before goes on.
    let mut owner: Vec<Option<usize>> = vec![None; rows.len()];
    for (number, anchor) in anchors.iter().enumerate() {
        let next = anchors.get(number + 1).copied();
        let split = match next {
            Some(next) => split_between(rows, *anchor, next, *centred),
            None => trailing(rows, *anchor),
        };
        for slot in owner.iter_mut().take(split).skip(*anchor) {
            *slot = Some(number);
        }
        if let Some(next) = next {
            for slot in owner.iter_mut().take(next).skip(split) {
                *slot = Some(number + 1);
            }
        }
    }
    let heads_continue = !*centred && !out.is_empty() && !on_heading_page;
    let first_record = out.len();
    for anchor in &anchors {
        if let Some(row) = rows.get(*anchor) {
            out.push(Record { page: row.page, recognised: row.recognised, cells: Vec::new() });
        }
    }
    let mut used = Vec::new();
    for (i, tokens) in columns.into_iter().enumerate() {
        let target = match owner.get(i).copied().flatten() {
            Some(number) => first_record + number,
            None if i < *first && heads_continue => first_record.saturating_sub(1),
            None if i < *first => first_record,
            None => continue,
        };
        used.extend(indexes.get(i));
        if let Some(record) = out.get_mut(target) {
            for (column, token) in tokens {
                record.add(column, token);
            }
        }
    }
    used
}

/// The first row that belongs to the next record: behind the widest gap; with even gaps, the next
/// record's own line, or the middle in a table whose cells are centred.
fn split_between(rows: &[Row], anchor: usize, next: usize, centred: bool) -> usize {
    let gaps: Vec<f32> = (anchor..next)
        .filter_map(|i| Some(middle(&rows.get(i + 1)?.bounds) - middle(&rows.get(i)?.bounds)))
        .collect();
    let widest = gaps.iter().copied().fold(f32::MIN, f32::max);
    let narrowest = gaps.iter().copied().fold(f32::MAX, f32::min);
    if gaps.len() < 2 {
        return next;
    }
    if widest > narrowest * 1.2 {
        let at = gaps.iter().rposition(|gap| *gap >= widest * 0.98).unwrap_or(gaps.len() - 1);
        return anchor + at + 1;
    }
    if centred { anchor + gaps.len().div_ceil(2) } else { next }
}

/// Rows behind the last anchor that still belong to it: set as close as wrapped lines are.
fn trailing(rows: &[Row], anchor: usize) -> usize {
    let mut end = anchor + 1;
    while let (Some(above), Some(row)) = (rows.get(end - 1), rows.get(end)) {
        if row.bounds.y0 - above.bounds.y1 > height(&above.bounds) * 0.7 {
            break;
        }
        end += 1;
    }
    end
}
