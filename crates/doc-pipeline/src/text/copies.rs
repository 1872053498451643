//! Several copies of one document on one sheet (office, customer, carrier), side by side or one below
//! the other: the first is read, or rows would mix the copies.

use std::collections::HashMap;

use super::{Page, Word};

/// Fewer words than these are no document and its copy.
const ENOUGH: usize = 40;
/// Most copies looked for on a sheet.
const MOST: usize = 4;
/// How far a repeated word may be from its place, in points; recognised boxes are less exact.
const PLACE: f32 = 3.0;
const RECOGNISED_PLACE: f32 = 8.0;
/// Share of the words that must be repeated at the common distance.
const REPEATED: f32 = 0.7;
const RECOGNISED_REPEATED: f32 = 0.5;

/// The page with its first copy alone; `None` where it holds no copies.
pub(crate) fn first_copy(page: &Page) -> Option<Page> {
    if page.words.len() < ENOUGH {
        return None;
    }
    let across = |word: &Word| (word.bounds.x0, word.bounds.y0);
    let down = |word: &Word| (word.bounds.y0, word.bounds.x0);
    kept(page, across).or_else(|| kept(page, down))
}

/// Looks for a distance along the first coordinate at which words repeat with the second the same.
fn kept(page: &Page, place: impl Fn(&Word) -> (f32, f32)) -> Option<Page> {
    let (near, share) =
        if page.recognised { (RECOGNISED_PLACE, RECOGNISED_REPEATED) } else { (PLACE, REPEATED) };
    let mut by_text: HashMap<&str, Vec<(f32, f32)>> = HashMap::new();
    for word in &page.words {
        by_text.entry(word.text.as_str()).or_default().push(place(word));
    }
    // Distances between neighbours of one text on one line, where they are as many as copies are.
    let mut distances = Vec::new();
    for places in by_text.values_mut().filter(|places| places.len() <= 16) {
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (index, (along, other)) in places.iter().enumerate() {
            let next =
                places.iter().skip(index + 1).find(|(_, beside)| (beside - other).abs() <= near);
            distances.extend(next.map(|(next, _)| next - along));
        }
    }
    distances.retain(|distance| distance.is_finite() && *distance > 10.0 * near);
    distances.sort_by(f32::total_cmp);
    // The distance that most of them have.
    let (count, distance) = (0..distances.len())
        .step_by((distances.len() / 256).max(1))
        .filter_map(|index| {
            let start = *distances.get(index)?;
            let end = distances.partition_point(|distance| *distance <= start + near);
            Some((end - index, start + near / 2.0))
        })
        .max_by_key(|(count, _)| *count)?;
    let first = page.words.iter().map(|word| place(word).0).min_by(f32::total_cmp)?;
    let last = page.words.iter().map(|word| place(word).0).max_by(f32::total_cmp)?;
    #[allow(clippy::cast_precision_loss, reason = "words of a page")]
    let (repeats, words) = (count as f32, page.words.len() as f32);
    let copies = (2..=MOST).find(|copies| {
        let copies = f32::from(u8::try_from(*copies).unwrap_or(u8::MAX));
        repeats >= words * (copies - 1.0) / copies * share
            && last - first >= distance * (copies - 1.0) - near
            && last - first < distance * copies + near
    });
    copies?;
    let words: Vec<Word> =
        page.words.iter().filter(|word| place(word).0 < first + distance - near).cloned().collect();
    Some(Page { words, codes: page.codes.clone(), ..*page })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::BoundingBox;

    fn page(offsets: &[(f32, f32)], recognised: bool) -> Page {
        let mut words = Vec::new();
        for (dx, dy) in offsets {
            for index in 0_u8..60 {
                let (column, row) = (f32::from(index % 4), f32::from(index / 4));
                let (x0, y0) = (20.0 + column * 45.0 + dx, 20.0 + row * 12.0 + dy);
                words.push(Word {
                    text: format!("w{}", if index % 7 == 0 { 99 } else { index }),
                    bounds: BoundingBox { x0, y0, x1: x0 + 30.0, y1: y0 + 9.0 },
                    confidence: 1.0,
                    other: None,
                });
            }
        }
        Page { number: 1, width: 842.0, height: 595.0, recognised, words, codes: Vec::new() }
    }

    #[test]
    fn the_first_of_two_and_three_copies_is_kept() {
        for offsets in [
            vec![(0.0, 0.0), (400.0, 0.0)],
            vec![(0.0, 0.0), (270.0, 0.0), (540.0, 0.0)],
            vec![(0.0, 0.0), (0.0, 300.0)],
        ] {
            let kept = first_copy(&page(&offsets, false)).expect("copies");
            assert_eq!(kept.words, page(&[(0.0, 0.0)], false).words, "{offsets:?}");
        }
    }

    #[test]
    fn a_single_document_is_left_alone() {
        assert_eq!(first_copy(&page(&[(0.0, 0.0)], false)), None);
        let mut several = page(&[(0.0, 0.0), (400.0, 0.0)], false);
        for (index, word) in several.words.iter_mut().enumerate().skip(60) {
            word.text = format!("other{index}");
        }
        assert_eq!(first_copy(&several), None);
    }
}
