//! PDF to pages of words: the text layer where it can be trusted, recognition where it cannot.

mod attachments;
mod code_areas;
mod decide;
mod glyphs;
mod raster;
mod words;

use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::{
    error::{Limit, ReadError},
    input::Context,
    limits::Limits,
    media, ocr,
    text::Page,
};

/// Pages held as pixels at the same time: each takes some ten megabytes.
const SCANS_AT_ONCE: usize = 2;
/// What is believed of words that a scanner's program recognised: it gives no figure of its own.
const FOREIGN_CONFIDENCE: f32 = 0.6;

/// Opens the file; passwords and breakage are told apart.
fn open(bytes: &[u8]) -> Result<Pdf, ReadError> {
    // Offsets in the file count from its header.
    let bytes = media::pdf_header(bytes).and_then(|at| bytes.get(at..)).unwrap_or(bytes);
    Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => ReadError::Encrypted,
        LoadPdfError::Decryption(error) => ReadError::Corrupt(format!("pdf: {error:?}")),
        LoadPdfError::Invalid => ReadError::Corrupt("pdf: no readable structure".to_owned()),
    })
}

/// The texts of QR codes that are drawn as shapes.
fn drawn_codes(
    source: &hayro_interpret::hayro_syntax::page::Page<'_>,
    set: &glyphs::PageGlyphs,
) -> Vec<String> {
    let areas = set.code_areas.found().into_iter();
    let images = areas.filter_map(|area| raster::code_area(source, set, area));
    images.flat_map(|image| ocr::codes_within(&image)).collect()
}

/// An opened file.
pub(crate) struct Document {
    pdf: Pdf,
    /// Whether the file ends where its writer ended it.
    pub(crate) is_complete: bool,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("is_complete", &self.is_complete).finish_non_exhaustive()
    }
}

/// Whether an end mark stands behind the last object: a file that was cut off lost its end, or has
/// only the mark of the part that came first.
fn has_end(bytes: &[u8]) -> bool {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark);
    match (last(b"%%EOF").max(last(b"startxref")), last(b"endobj")) {
        (Some(end), Some(object)) => end > object,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

impl Document {
    /// Opens a file.
    ///
    /// # Errors
    /// [`ReadError::Encrypted`] or [`ReadError::Corrupt`].
    pub(crate) fn open(bytes: &[u8]) -> Result<Self, ReadError> {
        Ok(Self { pdf: open(bytes)?, is_complete: has_end(bytes) })
    }

    /// The XML documents that are attached to the file.
    pub(crate) fn attached_xml(&self, limits: &Limits) -> Vec<Vec<u8>> {
        attachments::xml(&self.pdf, limits)
    }

    /// Reads every page of the document.
    ///
    /// # Errors
    /// Those of limits and breakage; a file whose end is missing and with it the meaning of its
    /// glyphs is [`ReadError::Corrupt`], not a page to be guessed from its pixels.
    pub(crate) fn pages(&self, context: &Context) -> Result<Vec<Page>, ReadError> {
        let pdf = &self.pdf;
        let count = pdf.pages().len();
        if count == 0 {
            return Err(ReadError::Corrupt("pdf: no pages".to_owned()));
        }
        if count as u64 > u64::from(context.limits.pages) {
            return Err(ReadError::LimitExceeded(Limit::Pages));
        }
        let mut budget = glyphs::Budget::new(&context.limits);
        let mut collector = glyphs::Collector::new(pdf);
        let mut pages = Vec::with_capacity(count);
        let mut unread = Vec::new();
        for (number, source) in (1..).zip(pdf.pages().iter()) {
            let set = collector.page(source, &mut budget)?;
            let mut page = words::page(number, &set);
            if page.codes.is_empty() {
                page.codes = drawn_codes(source, &set);
            }
            match decide::reading(&set, &page) {
                decide::Reading::Text => {}
                decide::Reading::RecognisedText => {
                    page.recognised = true;
                    page.words.iter_mut().for_each(|word| word.confidence = FOREIGN_CONFIDENCE);
                }
                decide::Reading::Pixels => {
                    if !self.is_complete && !decide::is_scan(&set) {
                        return Err(ReadError::Corrupt("pdf: the file ends early".to_owned()));
                    }
                    unread.push((pages.len(), source, set));
                }
            }
            pages.push(page);
        }
        for group in unread.chunks(SCANS_AT_ONCE) {
            let mut scans = Vec::with_capacity(group.len());
            for (index, source, set) in group {
                let Some(page) = pages.get(*index) else { continue };
                scans.push(ocr::Scan {
                    number: page.number,
                    image: raster::pixels(source, set, &context.limits)?,
                    width: words::points(set.width),
                    height: words::points(set.height),
                });
            }
            let recognised = ocr::recognise(scans, context)?;
            for ((index, _, _), page) in group.iter().zip(recognised) {
                if let Some(place) = pages.get_mut(*index) {
                    *place = page;
                }
            }
        }
        Ok(pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_cut_off_has_no_end() {
        let whole = b"%PDF-1.4\n1 0 obj\nendobj\nxref\ntrailer\nstartxref\n9\n%%EOF\n";
        assert!(has_end(whole));
        assert!(!has_end(&whole[..30]));
        // A linearised file has an end mark near its head.
        let linear = [whole.as_slice(), b"2 0 obj\nendobj\n"].concat();
        assert!(!has_end(&linear));
        assert!(has_end(&[linear.as_slice(), b"startxref\n0\n%%EOF"].concat()));
    }
}
