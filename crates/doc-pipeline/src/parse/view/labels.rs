//! Finding the labels in the rows, also those that wrap to the row below.

use crate::evidence::BoundingBox;

use super::{
    super::label::{LONGEST, Label, Lexicon},
    Hit, Row, height, overlap, union,
};

/// Finds the longest label at each token of a row; a label may wrap to the row below.
pub(super) fn find_hits(rows: &[Row], index: usize, lexicon: &Lexicon, hits: &mut Vec<Hit>) {
    let Some(row) = rows.get(index) else { return };
    let mut at = 0;
    while at < row.tokens.len() {
        let Some((label, end, below)) = longest(rows, index, at, lexicon) else {
            at += 1;
            continue;
        };
        let own = row.tokens.get(at..end).unwrap_or_default();
        let mut bounds = own
            .iter()
            .skip(1)
            .fold(own.first().map_or(row.bounds, |token| token.bounds), |all, token| {
                union(&all, &token.bounds)
            });
        if let Some(below) = below {
            bounds = union(&bounds, &below);
        }
        // `Genel Toplam / Grand Total`: the same label in two languages is one.
        let own_end = end;
        let mut end = end;
        let is_slash = |at: usize| row.tokens.get(at).is_some_and(|token| token.text == "/");
        // The stroke has no letters: the label may have taken it in.
        while let Some(next) =
            (is_slash(end) || is_slash(end - 1)).then(|| if is_slash(end) { end + 1 } else { end })
            && let Some((other, other_end, None)) = longest(rows, index, next, lexicon)
            && other == label
        {
            end = other_end;
        }
        let before = at.checked_sub(1).and_then(|before| row.tokens.get(before));
        let after = row.tokens.get(end).map(|token| token.text.as_str());
        hits.push(Hit {
            label,
            row: index,
            tokens: at..end,
            bounds,
            colon: row
                .tokens
                .get(end.saturating_sub(1))
                .is_some_and(|token| token.text.ends_with([':', '=']))
                || after.is_some_and(|text| text.starts_with(':')),
            text: own.iter().take(own_end - at).map(|token| token.folded.as_str()).collect(),
            opens_cell: before
                .is_none_or(|token| own.first().is_some_and(|first| first.cell != token.cell)),
        });
        at = end;
    }
}

type Longest = (Label, usize, Option<BoundingBox>);

fn longest(rows: &[Row], index: usize, at: usize, lexicon: &Lexicon) -> Option<Longest> {
    let row = rows.get(index)?;
    let first = row.tokens.get(at)?;
    if first.folded.is_empty() {
        return None;
    }
    let mut text = String::new();
    let mut found = None;
    let mut end = at;
    for token in row.tokens.get(at..)?.iter().take(8) {
        if token.cell != first.cell
            && token.bounds.x0 - row.tokens.get(end.saturating_sub(1))?.bounds.x1
                > height(&token.bounds) * 1.5
        {
            break;
        }
        text.push_str(&token.folded);
        end += 1;
        if text.len() > LONGEST {
            break;
        }
        if let Some(label) = lexicon.find(&text, row.recognised) {
            found = Some((label, end, None));
        }
        if token.text.ends_with(':') {
            break;
        }
    }
    // The cell ends here and the text may go on below it.
    let cell_ends = row.tokens.get(end).is_none_or(|next| next.cell != first.cell);
    let exact_end = found.is_some_and(|(_, at_end, _)| at_end == end);
    if cell_ends
        && text.len() >= 4
        && !(exact_end
            && row.tokens.get(end.saturating_sub(1)).is_some_and(|token| token.text.ends_with(':')))
    {
        for below in rows.get(index + 1..(index + 3).min(rows.len()))? {
            if below.page != row.page || below.bounds.y0 - first.bounds.y1 > height(&first.bounds) {
                break;
            }
            let Some(start) = below.tokens.iter().position(|token| {
                overlap(&token.bounds, &first.bounds) > 0.0
                    && (token.bounds.x0 - first.bounds.x0).abs() < height(&first.bounds) * 2.0
            }) else {
                continue;
            };
            let mut text = text.clone();
            let cell = below.tokens.get(start)?.cell;
            // `Toplam 1.880,00` over `KDV 376,00` are two lines, each with its value.
            let has_value = |row: &Row, from: usize| {
                row.tokens.get(from..).unwrap_or_default().iter().any(|token| {
                    token.text.contains(|c: char| c.is_ascii_digit()) && !token.text.contains('%')
                })
            };
            if exact_end && has_value(row, end) && has_value(below, start) {
                break;
            }
            let mut bounds = below.tokens.get(start)?.bounds;
            for token in
                below.tokens.get(start..)?.iter().take(4).take_while(|token| token.cell == cell)
            {
                text.push_str(&token.folded);
                bounds = union(&bounds, &token.bounds);
                if text.len() > LONGEST {
                    break;
                }
                if let Some(label) = lexicon.find(&text, row.recognised) {
                    return Some((label, end, Some(bounds)));
                }
            }
            break;
        }
    }
    found
}
