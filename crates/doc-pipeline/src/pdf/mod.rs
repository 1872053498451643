//! PDF to pages of words: the text layer where it can be trusted, recognition where it cannot.

mod decide;
mod glyphs;
mod raster;
mod words;

use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::{
    error::{Limit, ReadError},
    input::Context,
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

/// Reads every page of the document.
pub(crate) fn pages(bytes: &[u8], context: &Context) -> Result<Vec<Page>, ReadError> {
    let pdf = open(bytes)?;
    let count = pdf.pages().len();
    if count == 0 {
        return Err(ReadError::Corrupt("pdf: no pages".to_owned()));
    }
    if count as u64 > u64::from(context.limits.pages) {
        return Err(ReadError::LimitExceeded(Limit::Pages));
    }
    let mut budget = glyphs::Budget::new(&context.limits);
    let mut collector = glyphs::Collector::new(&pdf);
    let mut pages = Vec::with_capacity(count);
    let mut unread = Vec::new();
    for (number, source) in (1..).zip(pdf.pages().iter()) {
        let set = collector.page(source, &mut budget)?;
        let mut page = words::page(number, &set);
        match decide::reading(&set, &page) {
            decide::Reading::Text => {}
            decide::Reading::RecognisedText => {
                page.recognised = true;
                page.words.iter_mut().for_each(|word| word.confidence = FOREIGN_CONFIDENCE);
            }
            decide::Reading::Pixels => unread.push((pages.len(), source, set)),
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
