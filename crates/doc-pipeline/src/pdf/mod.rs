//! PDF to pages of words: the text layer where it can be trusted, recognition where it cannot.

mod glyphs;
mod words;

use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::{
    error::{Limit, ReadError},
    input::Context,
    text::Page,
};

/// Opens the file; passwords and breakage are told apart.
fn open(bytes: &[u8]) -> Result<Pdf, ReadError> {
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
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        let set = collector.page(page, &mut budget)?;
        pages.push(words::page(number, &set));
    }
    Ok(pages)
}
