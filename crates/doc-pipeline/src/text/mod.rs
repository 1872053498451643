//! One text model for PDF glyphs and recognised words: pages of words with boxes, joined to lines.
//! Coordinates are points (1/72 inch) from the top left of the upright page.

mod copies;
pub mod inspect;
mod layout;

pub(crate) use copies::first_copy;
pub(crate) use layout::lines_of;

use crate::evidence::BoundingBox;

/// Height of a word's box above its baseline, in parts of the font size. Boxes are as high as the
/// font, whatever letters the word has, so that words of one line have one top and one bottom.
pub(crate) const ABOVE_BASELINE: f32 = 0.74;
/// Depth of a word's box below its baseline, in parts of the font size.
pub(crate) const BELOW_BASELINE: f32 = 0.22;

/// A word with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// The letters, in reading order.
    pub(crate) text: String,
    /// Its box.
    pub(crate) bounds: BoundingBox,
    /// Fraction 0..1; 1 for a text layer.
    pub(crate) confidence: f32,
    /// What a second recognition read in its place, where the digits of the two differ.
    pub(crate) other: Option<String>,
}

/// A page of words, in no particular order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    /// From 1.
    pub(crate) number: u32,
    /// Width in points.
    pub(crate) width: f32,
    /// Height in points.
    pub(crate) height: f32,
    /// Whether the words were recognised from pixels.
    pub(crate) recognised: bool,
    /// The words.
    pub(crate) words: Vec<Word>,
    /// The texts of the QR codes on it.
    pub(crate) codes: Vec<String>,
}

/// Words on one baseline, left to right. Cells (runs parted by a column gap) index into the words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Page from 1.
    pub(crate) page: u32,
    /// Box around all words.
    pub(crate) bounds: BoundingBox,
    /// Left to right.
    pub(crate) words: Vec<Word>,
    /// Runs of words without a column gap between them: ranges into `words`.
    pub(crate) cells: Vec<std::ops::Range<usize>>,
}

impl Line {
    /// The words of one cell, joined by blanks.
    pub(crate) fn cell_text(&self, cell: usize) -> String {
        let words = self.cells.get(cell).and_then(|range| self.words.get(range.clone()));
        words
            .unwrap_or_default()
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The whole line; cells are parted by two blanks.
    pub(crate) fn text(&self) -> String {
        (0..self.cells.len()).map(|cell| self.cell_text(cell)).collect::<Vec<_>>().join("  ")
    }
}
