//! Words to lines: by baseline; lines to cells: by the gaps between words.

use std::{cmp::Ordering, collections::BTreeSet, ops::RangeInclusive};

use super::{ABOVE_BASELINE, BELOW_BASELINE, Line, Page, Word};
use crate::evidence::BoundingBox;

/// Difference of baselines within a line, in parts of the smaller font size.
const SAME_LINE: f32 = 0.35;
/// Gap between two cells, in parts of the font size; a blank of a typewriter's font is 0.6.
const CELL_GAP: f32 = 0.65;
/// Height to width of a word of several letters that is written upwards or downwards.
const STANDING: f32 = 1.5;

/// The page's words as lines, from the top down.
pub(crate) fn lines_of(page: &Page) -> Vec<Line> {
    let mut rows = Rows::default();
    let mut words: Vec<&Word> = page.words.iter().collect();
    words.sort_by(|a, b| a.bounds.x0.total_cmp(&b.bounds.x0));
    for word in words {
        rows.place(word, page.recognised);
    }
    let mut rows = rows.list;
    rows.sort_by(|a, b| {
        a.baseline.total_cmp(&b.baseline).then_with(|| a.left().total_cmp(&b.left()))
    });
    rows.into_iter().map(|row| row.line(page.number)).collect()
}

/// Rows of a page as they grow from the left, found by the size of their print and their baseline: a
/// page may hold as many rows as words, and each word looks at the nearest few only.
#[derive(Default)]
struct Rows<'a> {
    list: Vec<Row<'a>>,
    /// By size of the last word (a class for each doubling), then by the baseline that the next word
    /// is held against; the last part is the row's index.
    by_place: BTreeSet<(i32, Place, usize)>,
    /// Rows that words were held against.
    looked_at: usize,
}

/// A baseline that can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place(f32);

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Font sizes by doubling, in classes of `log2`: print of 0.25 to 1,024 points.
const CLASSES: RangeInclusive<i32> = -2..=10;
/// Rows of one size that a word is held against, above and below its baseline each. Rows of one size
/// stand further apart than words of one row, so that more never are in reach of a sound page.
const NEAREST: usize = 4;

fn class(em: f32) -> i32 {
    let floor = em.max(f32::MIN_POSITIVE).log2().floor();
    CLASSES.rev().find(|class| length(*class) <= floor).unwrap_or(*CLASSES.start())
}

fn length(class: i32) -> f32 {
    f32::from(i16::try_from(class).unwrap_or_default())
}

impl<'a> Rows<'a> {
    /// Puts a word at the end of the nearest row that it continues, or opens a row with it.
    fn place(&mut self, word: &'a Word, recognised: bool) {
        let standing = is_standing(word);
        let own = baseline(word);
        let index =
            if standing || !own.is_finite() { None } else { self.nearest(word, recognised) };
        let index = if let Some(index) = index {
            if let Some(row) = self.list.get_mut(index) {
                self.by_place.remove(&row.key(index, recognised));
                row.push(word);
            }
            index
        } else {
            self.list.push(Row::new(word));
            self.list.len() - 1
        };
        if let Some(row) = self.list.get(index).filter(|_| !standing && own.is_finite()) {
            self.by_place.insert(row.key(index, recognised));
        }
    }

    fn nearest(&mut self, word: &Word, recognised: bool) -> Option<usize> {
        let own = baseline(word);
        let mut best: Option<(f32, usize)> = None;
        for class in CLASSES {
            // Larger print than the word's own reaches no further than the word.
            let reach = SAME_LINE * em(word).min(2.0_f32.powi(class + 1)).max(0.01);
            let reach =
                if class == *CLASSES.end() { SAME_LINE * em(word).max(0.01) } else { reach };
            let (from, to) =
                ((class, Place(own - reach), 0), (class, Place(own + reach), usize::MAX));
            let middle = (class, Place(own), 0);
            let above = self.by_place.range(from..middle).rev().take(NEAREST);
            let below = self.by_place.range(middle..=to).take(NEAREST);
            for (_, _, index) in above.chain(below) {
                let Some(row) = self.list.get(*index) else { continue };
                self.looked_at += 1;
                let distance = row.distance(word, recognised);
                // Of two that are as near, the one that was opened first.
                let nearer = best.is_none_or(|(least, first)| {
                    distance < least || (distance <= least && *index < first)
                });
                if distance <= SAME_LINE && nearer {
                    best = Some((distance, *index));
                }
            }
        }
        best.map(|(_, index)| index)
    }
}

fn is_standing(word: &Word) -> bool {
    let (width, height) = (word.bounds.x1 - word.bounds.x0, word.bounds.y1 - word.bounds.y0);
    height > STANDING * width && word.text.chars().nth(2).is_some()
}

/// Font size that the box of a word stands for.
fn em(word: &Word) -> f32 {
    (word.bounds.y1 - word.bounds.y0) / (ABOVE_BASELINE + BELOW_BASELINE)
}

fn baseline(word: &Word) -> f32 {
    word.bounds.y1 - BELOW_BASELINE * em(word)
}

struct Row<'a> {
    words: Vec<&'a Word>,
    /// Mean of the words' baselines, and how many they are.
    baseline: f32,
    count: f32,
}

impl<'a> Row<'a> {
    fn new(word: &'a Word) -> Self {
        Self { words: vec![word], baseline: baseline(word), count: 1.0 }
    }

    /// Where the row stands in [`Rows::by_place`].
    fn key(&self, index: usize, recognised: bool) -> (i32, Place, usize) {
        let (em, own) = self
            .words
            .last()
            .map_or((0.0, 0.0), |last| (em(last), self.to_compare(last, recognised)));
        (class(em), Place(own), index)
    }

    /// The baseline that the next word is held against. Rows of a photographed page climb or fall, so
    /// there the nearest word to the left decides.
    fn to_compare(&self, last: &Word, recognised: bool) -> f32 {
        if recognised { baseline(last) } else { self.baseline }
    }

    fn left(&self) -> f32 {
        self.words.first().map_or(0.0, |word| word.bounds.x0)
    }

    fn push(&mut self, word: &'a Word) {
        self.count += 1.0;
        self.baseline += (baseline(word) - self.baseline) / self.count;
        self.words.push(word);
    }

    /// Distance of the word's baseline from this row's, in parts of the smaller font size.
    fn distance(&self, word: &Word, recognised: bool) -> f32 {
        let Some(last) = self.words.last() else { return f32::INFINITY };
        let own = self.to_compare(last, recognised);
        (own - baseline(word)).abs() / em(last).min(em(word)).max(0.01)
    }

    fn line(self, page: u32) -> Line {
        let words: Vec<Word> = self.words.into_iter().cloned().collect();
        let mut cells = Vec::new();
        let mut start = 0;
        for (index, pair) in words.windows(2).enumerate() {
            if let [left, right] = pair {
                let gap = right.bounds.x0 - left.bounds.x1;
                if gap >= CELL_GAP * em(left).min(em(right)) {
                    cells.push(start..index + 1);
                    start = index + 1;
                }
            }
        }
        cells.push(start..words.len());
        let bounds = around(&words);
        Line { page, bounds, words, cells }
    }
}

/// The box around all words.
pub(crate) fn around(words: &[Word]) -> BoundingBox {
    let empty = BoundingBox { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 };
    words.iter().map(|word| word.bounds).reduce(union).unwrap_or(empty)
}

fn union(a: BoundingBox, b: BoundingBox) -> BoundingBox {
    BoundingBox { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(places: impl Iterator<Item = (f32, f32, f32)>, recognised: bool) -> Page {
        let words = places
            .map(|(x0, y0, height)| Word {
                text: "1.234,56".to_owned(),
                bounds: BoundingBox { x0, y0, x1: x0 + 4.0 * height, y1: y0 + height },
                confidence: 1.0,
                other: None,
            })
            .collect();
        Page { number: 1, width: 600.0, height: 840.0, recognised, words, codes: Vec::new() }
    }

    fn looked_at(page: &Page) -> usize {
        let mut rows = Rows::default();
        for word in &page.words {
            rows.place(word, page.recognised);
        }
        rows.looked_at
    }

    #[test]
    fn a_word_looks_at_few_rows_however_many_there_are() {
        // Each word on a row of its own, in sizes that reach over many rows, or over none.
        type Place = fn(u16) -> (f32, f32, f32);
        let pages: [Place; 4] = [
            |i| (f32::from(i) * 0.1, f32::from(i) * 4.0, 10.0),
            |i| (f32::from(i) * 0.1, f32::from(i) * 0.01, 10.0),
            |i| (f32::from(i) * 0.1, f32::from(i), if i % 2 == 0 { 1.0 } else { 800.0 }),
            |i| (0.0, f32::from(i) * 0.5, f32::from(i % 97) + 0.1),
        ];
        for (kind, place) in pages.into_iter().enumerate() {
            for recognised in [false, true] {
                for count in [500_u16, 1_000, 4_000] {
                    let page = page((0..count).map(place), recognised);
                    let most = 2 * NEAREST * CLASSES.count();
                    assert!(looked_at(&page) <= most * usize::from(count), "{kind} {count}");
                    let kept: usize = lines_of(&page).iter().map(|line| line.words.len()).sum();
                    assert_eq!(kept, usize::from(count));
                }
            }
        }
    }

    #[test]
    fn words_of_one_baseline_are_one_line_in_any_size_and_order() {
        // A large amount beside small labels, all on one baseline, and the row below.
        let on = |baseline: f32, x: f32, height: f32| {
            let above = height * ABOVE_BASELINE / (ABOVE_BASELINE + BELOW_BASELINE);
            (x, baseline - above, height)
        };
        let words = [
            on(100.0, 300.0, 18.0),
            on(100.0, 20.0, 8.0),
            on(112.0, 20.0, 8.0),
            on(100.0, 160.0, 9.0),
        ];
        let lines = lines_of(&page(words.into_iter(), false));
        let counts: Vec<usize> = lines.iter().map(|line| line.words.len()).collect();
        assert_eq!(counts, [3, 1]);
    }
}
