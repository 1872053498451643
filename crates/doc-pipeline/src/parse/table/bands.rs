//! Columns by what stands in them: the bands of a table's body that no row paints across, given to the
//! headings in their order. A heading is often centred over figures that stand at the right, so that it
//! touches none of them, or those of its neighbour.

use std::ops::Range;

use super::{Column, Heading, Place, bounds_of, cells};
use crate::parse::{
    number::currency,
    view::{Row, height},
};

/// Widest blank between words of one column, in heights of a line.
const BLANK: f32 = 0.35;

/// What it costs, in points, to leave a heading without a band, and to give it another one.
const EMPTY: f32 = 12.0;
const ANOTHER: f32 = 18.0;
/// Points of overlap that count for a heading, and their worth in points of distance.
const OVERLAP: f32 = 20.0;
const WORTH: f32 = 0.1;
/// Rows of which one may paint across the gap between two columns.
const ROWS_FOR_ONE: usize = 12;

/// The places of the columns, where the body shows as many bands as its headings can hold and none
/// stands under two of them.
pub(super) fn places(heading: &Heading, body: &[Row]) -> Option<Vec<Place>> {
    let mut heads = heading.places.clone();
    heads.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let has_units = heads.iter().any(|head| head.column == Column::Unit);
    let bands = bands(body, (heads.len() / 2).clamp(2, 4), has_units);
    if bands.len() < 3 || bands.len() > heads.len() * 2 {
        return None;
    }
    let shared = |(from, to): (f32, f32), head: &Place| to.min(head.x1) - from.max(head.x0);
    if bands.iter().any(|band| heads.iter().filter(|head| shared(*band, head) > 0.5).count() > 1) {
        return None;
    }
    let owners = matched(&bands, &heads)?;
    let mut out = heads.clone();
    for (index, place) in out.iter_mut().enumerate() {
        let own = || bands.iter().zip(&owners).filter(|(_, owner)| **owner == index);
        if let Some(from) = own().map(|((from, _), _)| *from).reduce(f32::min) {
            place.x0 = from;
            place.x1 = own().map(|((_, to), _)| *to).fold(from, f32::max);
        }
    }
    // What has no band keeps the room that its neighbours leave.
    for index in 0..out.len() {
        if owners.contains(&index) {
            continue;
        }
        let left = index.checked_sub(1).and_then(|i| out.get(i)).map_or(f32::MIN, |place| place.x1);
        let right = out.get(index + 1).map_or(f32::MAX, |place| place.x0);
        if let Some(place) = out.get_mut(index) {
            place.x0 = place.x0.max(left).min(right.max(left));
            place.x1 = place.x1.min(right).max(place.x0);
        }
    }
    Some(out)
}

/// The stretches that cells of the body cover, from left to right. Only rows of several cells are
/// asked: a line of text across the page has no columns.
fn bands(body: &[Row], least_cells: usize, has_units: bool) -> Vec<(f32, f32)> {
    let mut edges: Vec<(f32, i32)> = Vec::new();
    let mut rows = 0;
    for row in body {
        let cells = cells(row);
        if cells.len() < least_cells {
            continue;
        }
        rows += 1;
        for cell in cells.into_iter().flat_map(|cell| apart(row, cell, has_units)) {
            let bounds = bounds_of(row.tokens.get(cell).unwrap_or_default());
            if let Some(bounds) = bounds.filter(|own| own.x0.is_finite() && own.x1 > own.x0) {
                edges.push((bounds.x0, 1));
                edges.push((bounds.x1, -1));
            }
        }
    }
    // Ends before beginnings: cells that touch are two.
    edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let across = i32::try_from(rows / ROWS_FOR_ONE).unwrap_or(i32::MAX);
    let mut out: Vec<(f32, f32)> = Vec::new();
    let (mut covered, mut from) = (0, None);
    for (at, step) in edges {
        covered += step;
        match from {
            None if covered > across => from = Some(at),
            Some(begin) if covered <= across => {
                out.push((begin, at));
                from = None;
            }
            _ => {}
        }
    }
    out
}

/// The parts of a cell between gaps that are wider than a blank: columns set tight.
fn apart(row: &Row, cell: Range<usize>, has_units: bool) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::from([cell.clone()]);
    for at in cell.start + 1..cell.end {
        let (Some(left), Some(right)) = (row.tokens.get(at - 1), row.tokens.get(at)) else { break };
        // `1.250,00 KG` is a quantity and its unit where units have a column.
        let changes = has_units
            && left.text.ends_with(|c: char| c.is_ascii_digit())
            && right.text.starts_with(char::is_alphabetic)
            && currency(&right.text).is_none();
        let widest = if changes { BLANK / 2.0 } else { BLANK };
        if right.bounds.x0 - left.bounds.x1 > widest * height(&left.bounds)
            && let Some(last) = out.last_mut()
        {
            last.end = at;
            out.push(at..cell.end);
        }
    }
    out
}

/// The heading of each band: in order, the cheapest by distance.
fn matched(bands: &[(f32, f32)], heads: &[Place]) -> Option<Vec<usize>> {
    let cost = |(from, to): (f32, f32), head: &Place| {
        let gap = (from - head.x1).max(head.x0 - to);
        if gap > 0.0 { gap } else { gap.max(-OVERLAP) * WORTH }
    };
    // `best[h]`: the cost of the bands so far with the last of them under heading `h`, and the way.
    let mut best: Vec<(f32, Vec<usize>)> = Vec::new();
    for (number, band) in bands.iter().enumerate() {
        let mut next = Vec::with_capacity(heads.len());
        let mut skipped = 0.0;
        for (index, head) in heads.iter().enumerate() {
            let own = cost(*band, head);
            let before = if number == 0 {
                let way = (skipped, Vec::new());
                skipped += EMPTY;
                Some(way)
            } else {
                (0..=index)
                    .filter_map(|last| {
                        let (so_far, way) = best.get(last)?;
                        let step = match index - last {
                            0 => ANOTHER,
                            1 => 0.0,
                            more => f32::from(u16::try_from(more - 1).unwrap_or(u16::MAX)) * EMPTY,
                        };
                        Some((so_far + step, way.clone()))
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0))
            };
            let (so_far, mut way) = before?;
            way.push(index);
            next.push((so_far + own, way));
        }
        best = next;
    }
    let last = heads.len().checked_sub(1)?;
    best.into_iter()
        .enumerate()
        .map(|(index, (cost, way))| {
            let behind = f32::from(u16::try_from(last - index).unwrap_or(u16::MAX)) * EMPTY;
            (cost + behind, way)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, way)| way)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::BoundingBox, parse::view::Token};

    fn row(cells: &[(&str, f32, f32)]) -> Row {
        let token = |(cell, (text, x0, x1)): (usize, &(&str, f32, f32))| Token {
            text: (*text).to_owned(),
            folded: (*text).to_owned(),
            bounds: BoundingBox { x0: *x0, y0: 0.0, x1: *x1, y1: 10.0 },
            confidence: 1.0,
            cell,
        };
        let tokens: Vec<Token> = cells.iter().enumerate().map(token).collect();
        let bounds = BoundingBox { x0: 0.0, y0: 0.0, x1: 600.0, y1: 10.0 };
        Row { page: 1, recognised: false, bounds, tokens }
    }

    fn heading(places: &[(Column, f32, f32)]) -> Heading {
        let place =
            |(column, x0, x1): &(Column, f32, f32)| Place { column: *column, x0: *x0, x1: *x1 };
        Heading { rows: 0..1, places: places.iter().map(place).collect() }
    }

    #[test]
    fn figures_at_the_right_belong_to_the_centred_heading_before_its_neighbour() {
        let heading = heading(&[
            (Column::Description, 60.0, 90.0),
            (Column::Quantity, 220.0, 250.0),
            (Column::UnitPrice, 300.0, 325.0),
            (Column::LineTotal, 410.0, 435.0),
        ]);
        let body = [
            row(&[
                ("a", 10.0, 120.0),
                ("27", 265.0, 290.0),
                ("97,62", 345.0, 370.0),
                ("9", 455.0, 480.0),
            ]),
            row(&[
                ("b", 10.0, 150.0),
                ("4", 275.0, 290.0),
                ("7,62", 350.0, 370.0),
                ("8", 440.0, 480.0),
            ]),
        ];
        let places = places(&heading, &body).expect("four bands");
        let spans: Vec<(f32, f32)> = places.iter().map(|place| (place.x0, place.x1)).collect();
        assert_eq!(spans, [(10.0, 150.0), (265.0, 290.0), (345.0, 370.0), (440.0, 480.0)]);
    }

    #[test]
    fn a_column_may_hold_two_bands_and_another_none() {
        let heading = heading(&[
            (Column::Description, 10.0, 60.0),
            (Column::Quantity, 200.0, 240.0),
            (Column::Discount, 300.0, 340.0),
            (Column::LineTotal, 440.0, 480.0),
        ]);
        let body = [row(&[
            ("a", 10.0, 80.0),
            ("12", 200.0, 210.0),
            ("adet", 222.0, 245.0),
            ("9", 455.0, 480.0),
        ])];
        let places = places(&heading, &body).expect("four bands");
        let spans: Vec<(f32, f32)> = places.iter().map(|place| (place.x0, place.x1)).collect();
        assert_eq!(spans, [(10.0, 80.0), (200.0, 245.0), (300.0, 340.0), (455.0, 480.0)]);
    }

    #[test]
    fn a_band_under_two_headings_tells_nothing() {
        let heading = heading(&[
            (Column::Description, 10.0, 60.0),
            (Column::Quantity, 70.0, 90.0),
            (Column::LineTotal, 440.0, 480.0),
        ]);
        let body = [row(&[("a", 10.0, 80.0), ("x", 100.0, 120.0), ("9", 455.0, 480.0)])];
        assert!(places(&heading, &body).is_none());
    }
}
