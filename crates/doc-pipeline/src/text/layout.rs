//! Words to lines: by baseline; lines to cells: by the gaps between words.

use super::{ABOVE_BASELINE, BELOW_BASELINE, Line, Page, Word};
use crate::evidence::BoundingBox;

/// Difference of baselines within a line, in parts of the smaller font size.
const SAME_LINE: f32 = 0.35;
/// Gap between two cells, in parts of the font size.
const CELL_GAP: f32 = 0.6;
/// Height to width of a word of several letters that is written upwards or downwards.
const STANDING: f32 = 1.5;

/// The page's words as lines, from the top down.
pub(crate) fn lines_of(page: &Page) -> Vec<Line> {
    let mut words: Vec<&Word> = page.words.iter().collect();
    words.sort_by(|a, b| a.bounds.x0.total_cmp(&b.bounds.x0));
    let mut rows: Vec<Row<'_>> = Vec::new();
    for word in words {
        let standing = is_standing(word);
        let nearest = rows
            .iter_mut()
            .filter(|row| !row.standing && !standing)
            .map(|row| (row.distance(word, page.recognised), row))
            .filter(|(distance, _)| *distance <= SAME_LINE)
            .min_by(|(a, _), (b, _)| a.total_cmp(b));
        match nearest {
            Some((_, row)) => row.push(word),
            None => rows.push(Row::new(word, standing)),
        }
    }
    rows.sort_by(|a, b| {
        a.baseline.total_cmp(&b.baseline).then_with(|| a.left().total_cmp(&b.left()))
    });
    rows.into_iter().map(|row| row.line(page.number)).collect()
}

fn is_standing(word: &Word) -> bool {
    let (width, height) = (word.bounds.x1 - word.bounds.x0, word.bounds.y1 - word.bounds.y0);
    height > STANDING * width && word.text.chars().nth(2).is_some()
}

/// Font size that the box of a word stands for.
fn em(word: &Word) -> f32 {
    (word.bounds.y1 - word.bounds.y0) / ((ABOVE_BASELINE + BELOW_BASELINE) as f32)
}

fn baseline(word: &Word) -> f32 {
    word.bounds.y1 - BELOW_BASELINE as f32 * em(word)
}

struct Row<'a> {
    words: Vec<&'a Word>,
    /// Mean of the words' baselines.
    baseline: f32,
    standing: bool,
}

impl<'a> Row<'a> {
    fn new(word: &'a Word, standing: bool) -> Self {
        Self { words: vec![word], baseline: baseline(word), standing }
    }

    fn left(&self) -> f32 {
        self.words.first().map_or(0.0, |word| word.bounds.x0)
    }

    fn push(&mut self, word: &'a Word) {
        let before = self.words.len() as f32;
        self.baseline = (self.baseline * before + baseline(word)) / (before + 1.0);
        self.words.push(word);
    }

    /// Distance of the word's baseline from this row's, in parts of the smaller font size. Rows of a
    /// photographed page climb or fall, so there the nearest word to the left decides.
    fn distance(&self, word: &Word, recognised: bool) -> f32 {
        let Some(last) = self.words.last() else { return f32::INFINITY };
        let own = if recognised { baseline(last) } else { self.baseline };
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
