//! Headings of tables: one to four rows of known words above each other.

use crate::evidence::BoundingBox;

use super::{
    super::view::{Row, height, overlap, union},
    Column, Heading, Place, Vocabulary, bounds_of, cells,
};

/// A piece of a heading: its letters and place.
struct Piece {
    text: String,
    bounds: BoundingBox,
}

/// `# Açıklama` are two headings, of which the first has no letters.
fn number_apart(row: &Row, cell: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let first = row.tokens.get(cell.start);
    if cell.len() > 1 && first.is_some_and(|token| token.text == "#") {
        vec![cell.start..cell.start + 1, cell.start + 1..cell.end]
    } else {
        vec![cell]
    }
}

/// The pieces of one heading row. A cell that holds several headings (recognised text with narrow
/// gaps) is cut where the vocabulary says so.
fn pieces(row: &Row, words: &Vocabulary) -> Vec<Piece> {
    let mut out = Vec::new();
    for cell in cells(row).into_iter().flat_map(|cell| number_apart(row, cell)) {
        let tokens = row.tokens.get(cell).unwrap_or_default();
        let whole: String = tokens.iter().map(|token| token.folded.as_str()).collect();
        let mut cuts = Vec::new();
        if !words.contains_key(&whole) {
            let mut at = 0;
            while at < tokens.len() {
                let mut text = String::new();
                let mut best = None;
                for (end, token) in tokens.iter().enumerate().skip(at).take(5) {
                    text.push_str(&token.folded);
                    if words.contains_key(&text) {
                        best = Some(end + 1);
                    }
                }
                let Some(end) = best else {
                    cuts.clear();
                    break;
                };
                cuts.push(at..end);
                at = end;
            }
        }
        if cuts.len() < 2 {
            cuts = std::iter::once(0..tokens.len()).collect();
        }
        for cut in cuts {
            let tokens = tokens.get(cut).unwrap_or_default();
            if let Some(bounds) = bounds_of(tokens) {
                let text: String = tokens.iter().map(|token| token.folded.as_str()).collect();
                // `#` heads the numbers of the rows and has no letters to be known by.
                let is_mark = text.is_empty() && tokens.iter().any(|token| token.text == "#");
                out.push(Piece { text: if is_mark { "no".to_owned() } else { text }, bounds });
            }
        }
    }
    out
}

/// Joins the pieces of several rows that stand above each other.
fn stacked(rows: &[Row], words: &Vocabulary) -> Vec<Piece> {
    let mut all: Vec<(usize, Piece)> = Vec::new();
    for (line, row) in rows.iter().enumerate() {
        all.extend(pieces(row, words).into_iter().map(|piece| (line, piece)));
    }
    all.sort_by(|a, b| a.1.bounds.x0.total_cmp(&b.1.bounds.x0));
    let mut groups: Vec<(BoundingBox, Vec<(usize, Piece)>)> = Vec::new();
    for (line, piece) in all {
        match groups.last_mut() {
            Some((bounds, group)) if overlap(bounds, &piece.bounds) > 1.0 => {
                *bounds = union(bounds, &piece.bounds);
                group.push((line, piece));
            }
            _ => groups.push((piece.bounds, vec![(line, piece)])),
        }
    }
    groups
        .into_iter()
        .map(|(bounds, mut group)| {
            group.sort_by_key(|(line, _)| *line);
            Piece { text: group.into_iter().map(|(_, piece)| piece.text).collect(), bounds }
        })
        .collect()
}

/// Currencies that a heading may end in: `Tutar (TL)`, `Birim Fiyat USD`.
const UNITS: [&str; 6] = ["tl", "try", "usd", "eur", "gbp", "rm"];

/// Whether the heading's unit is lira.
fn in_lira(text: &str, words: &Vocabulary) -> bool {
    ["tl", "try"].iter().any(|unit| text.strip_suffix(unit).is_some_and(|t| words.contains_key(t)))
}

/// Of two columns of one meaning, in a foreign currency and in lira, the second repeats the first.
fn drop_equivalents(places: &mut [Place], lira: &[bool]) {
    for index in 0..places.len() {
        let Some(own) = places.get(index).map(|place| place.column) else { continue };
        let foreign = places.iter().zip(lira).any(|(place, lira)| place.column == own && !lira);
        if lira.get(index) == Some(&true)
            && foreign
            && let Some(place) = places.get_mut(index)
        {
            place.column = Column::Ignored;
        }
    }
}

/// `VAT rate … VAT`: of two columns of rates the second has the amounts.
fn second_tax(places: &mut [Place]) {
    let mut rates = places.iter_mut().filter(|place| place.column == Column::KdvRate);
    let (first, second) = (rates.next(), rates.next());
    if let (Some(_), Some(second)) = (first, second) {
        second.column = Column::KdvAmount;
    }
}

/// Words that head what is said beside the name of the goods, where another column has the name.
const BESIDE: [&str; 5] = ["aciklama", "aciklamasi", "item", "details", "not"];

/// Of several columns of words the one that names the goods stays; `Item` beside a description is a
/// code, `Açıklama` beside a name a remark.
fn keep_one_description(places: &mut [Place], texts: &[String]) {
    let of = |places: &[Place]| -> Vec<usize> {
        (0..places.len())
            .filter(|i| places.get(*i).is_some_and(|own| own.column == Column::Description))
            .collect()
    };
    let all = of(places);
    let beside = |i: &usize| texts.get(*i).is_some_and(|text| BESIDE.contains(&text.as_str()));
    // Movements have no goods: whatever stands beside their kind is their text.
    let has_goods = places.iter().any(|place| {
        matches!(place.column, Column::Quantity | Column::UnitPrice | Column::LineTotal)
    });
    if all.len() < 2 || all.iter().all(beside) || !has_goods {
        return;
    }
    for index in all.into_iter().filter(beside) {
        if let Some(place) = places.get_mut(index) {
            place.column = Column::Ignored;
        }
    }
}

fn known(text: &str, words: &Vocabulary, recognised: bool) -> Option<Column> {
    if let Some(column) = words.get(text) {
        return Some(*column);
    }
    for unit in UNITS {
        if let Some(column) = text.strip_suffix(unit).and_then(|text| words.get(text)) {
            return Some(*column);
        }
    }
    let allowance = super::super::fold::allowance(text.len());
    if !recognised || allowance == 0 {
        return None;
    }
    words
        .iter()
        .find(|(word, _)| {
            super::super::fold::within(
                word,
                text,
                allowance.min(super::super::fold::allowance(word.len())),
            )
        })
        .map(|(_, column)| *column)
}

/// Finds the headings of all tables whose columns satisfy `is_table`.
pub(in super::super) fn headings(
    rows: &[Row],
    words: &Vocabulary,
    is_table: impl Fn(&[Column]) -> bool,
) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let mut best: Option<(i32, Heading)> = None;
        for size in 1..=4_usize {
            let Some(window) = rows.get(at..at + size) else { break };
            if !belong_together(window) {
                break;
            }
            let recognised = window.iter().any(|row| row.recognised);
            let mut places = Vec::new();
            let mut strangers = 0;
            let mut lira = Vec::new();
            let mut texts = Vec::new();
            for piece in stacked(window, words) {
                if !piece.text.is_empty() {
                    texts.push(piece.text.clone());
                }
                match known(&piece.text, words, recognised) {
                    Some(column) => {
                        lira.push(in_lira(&piece.text, words));
                        places.push(Place { column, x0: piece.bounds.x0, x1: piece.bounds.x1 });
                    }
                    None if piece.text.is_empty() => {}
                    None => {
                        strangers += 1;
                        lira.push(false);
                        places.push(Place {
                            column: Column::Ignored,
                            x0: piece.bounds.x0,
                            x1: piece.bounds.x1,
                        });
                    }
                }
            }
            drop_equivalents(&mut places, &lira);
            second_tax(&mut places);
            keep_one_description(&mut places, &texts);
            let columns: Vec<Column> =
                places.iter().map(|place| place.column).filter(|c| *c != Column::Ignored).collect();
            let mut distinct = columns.clone();
            distinct.sort_by_key(|column| *column as u8);
            distinct.dedup();
            let score = i32::try_from(distinct.len() * 2).unwrap_or(0) - strangers * 2;
            if is_table(&columns)
                && score > 2
                && best.as_ref().is_none_or(|(other, _)| score > *other)
            {
                best = Some((score, Heading { rows: at..at + size, places }));
            }
        }
        match best {
            Some((score, heading)) => {
                // A heading that starts one row lower may be better: the row above was not part of it.
                let end = heading.rows.end;
                let replace = found.last().is_some_and(|(other, last): &(i32, Heading)| {
                    last.rows.end > heading.rows.start && score > *other
                });
                let overlaps =
                    found.last().is_some_and(|(_, last)| last.rows.end > heading.rows.start);
                if replace {
                    found.pop();
                }
                if replace || !overlaps {
                    found.push((score, heading));
                }
                at = (at + 1).min(end);
            }
            None => at += 1,
        }
    }
    found.into_iter().map(|(_, heading)| heading).collect()
}

fn belong_together(window: &[Row]) -> bool {
    window.windows(2).all(|pair| match pair {
        [a, b] => a.page == b.page && b.bounds.y0 - a.bounds.y1 < height(&a.bounds) * 0.9,
        _ => true,
    })
}
