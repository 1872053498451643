//! The lines that the parsers see, for tests and for finding out why a field was not read.

use crate::{
    error::ReadError, evidence::BoundingBox, input::Context, media::Media, text::lines_of,
};

/// A cell of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its words, joined by blanks.
    pub text: String,
    /// Box around its words.
    pub bounds: BoundingBox,
    /// Lowest confidence of its words, a fraction 0..1.
    pub confidence: f32,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct InspectedLine {
    /// Page from 1.
    pub page: u32,
    /// Whether the page was recognised from pixels.
    pub recognised: bool,
    /// Left to right.
    pub cells: Vec<Cell>,
}

impl InspectedLine {
    /// The whole line, cells parted by two blanks.
    pub fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("  ")
    }
}

/// Reads a PDF or an image to lines, in this process. See [`crate::isolation`] for files that are not
/// trusted.
///
/// # Errors
/// Those of reading; other types are [`ReadError::Unsupported`].
pub fn lines(bytes: &[u8], context: &Context) -> Result<Vec<InspectedLine>, ReadError> {
    let media = Media::sniff(bytes);
    let pages = match media {
        Media::Pdf => crate::pdf::Document::open(bytes)?.pages(context)?,
        media => crate::ocr::image_pages(bytes, media, context)?,
    };
    Ok(pages
        .iter()
        .flat_map(|page| lines_of(page).into_iter().map(|line| (page.recognised, line)))
        .map(|(recognised, line)| InspectedLine {
            page: line.page,
            recognised,
            cells: (0..line.cells.len())
                .map(|index| {
                    let words = line
                        .cells
                        .get(index)
                        .and_then(|range| line.words.get(range.clone()))
                        .unwrap_or_default();
                    Cell {
                        text: line.cell_text(index),
                        bounds: super::layout::around(words),
                        confidence: words.iter().map(|word| word.confidence).fold(1.0, f32::min),
                    }
                })
                .collect(),
        })
        .collect())
}
