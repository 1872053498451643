//! Bank statements as files: MT940/MT942, CAMT.052/053/054, OFX, and the tables that banks hand out as
//! CSV, HTML or workbook.
//!
//! The way: [`encoding`] makes text of the bytes, one reader per format makes [`model::Statement`]s,
//! [`settle`] joins them to accounts, holds them against their balances and makes the platform's
//! fields, [`key`] names every movement so that overlapping files are told apart. Readers are bounded
//! and linear in the size of the file; nothing is corrected.

mod camt;
mod chain;
mod csv;
mod encoding;
mod grid;
mod html;
mod key;
mod model;
mod mt940;
mod ofx;
mod settle;
mod workbook;

pub(crate) use self::{camt::is_camt, key::assign as assign_keys};

use self::model::Draft;
use crate::{
    error::{Limit, ReadError},
    evidence::Source,
    extraction::Extraction,
    input::Context,
    media::Media,
};

/// Movements of one file; more of them than any bank hands out at once.
const MAX_MOVEMENTS: usize = 100_000;

/// Accounts of one file.
const MAX_STATEMENTS: usize = 20_000;

/// Whether the first bytes are those of a SWIFT statement message.
pub(crate) fn is_mt940(head: &[u8]) -> bool {
    mt940::looks_like_it(head)
}

/// Whether the first bytes are those of OFX, 1.x or 2.x.
pub(crate) fn is_ofx(head: &[u8]) -> bool {
    ofx::looks_like_it(head)
}

/// Reads SWIFT MT940 or MT942.
pub(crate) fn read_mt940(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let mut draft = Draft::new(Media::Mt940, Source::Data, "mt940");
    let text = encoding::decode(small(bytes, context)?, None, &mut draft.findings);
    mt940::read(&text, &mut draft)?;
    settle::extraction(draft, text.into_owned())
}

/// Reads CAMT.052, .053 or .054.
pub(crate) fn read_camt(text: &str) -> Result<Extraction, ReadError> {
    let mut draft = Draft::new(Media::Xml, Source::Xml, "camt");
    camt::read(text, &mut draft)?;
    let text = settle::listing(&draft);
    settle::extraction(draft, text)
}

/// Reads OFX, 1.x (SGML) or 2.x (XML).
pub(crate) fn read_ofx(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let mut draft = Draft::new(Media::Ofx, Source::Data, "ofx");
    let bytes = small(bytes, context)?;
    let text = encoding::decode(bytes, ofx::declared_encoding(bytes), &mut draft.findings);
    ofx::read(&text, &mut draft)?;
    let text = settle::listing(&draft);
    settle::extraction(draft, text)
}

/// Reads text as the table of a bank. Text that is none is [`ReadError::Unsupported`].
pub(crate) fn read_csv(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let mut draft = Draft::new(Media::Text, Source::Data, "csv");
    let text = encoding::decode(small(bytes, context)?, None, &mut draft.findings);
    let sheets = csv::sheets(&text)?;
    grid::read(&sheets, &mut draft, Media::Text)?;
    settle::extraction(draft, text.into_owned())
}

/// Reads the tables of a web page, as which some banks hand out their "workbooks". Any other page is
/// [`ReadError::Unsupported`].
pub(crate) fn read_html(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let mut draft = Draft::new(Media::Html, Source::Data, "html");
    let bytes = small(bytes, context)?;
    let text = encoding::decode(bytes, html::declared_encoding(bytes), &mut draft.findings);
    let sheets = html::sheets(&text)?;
    grid::read(&sheets, &mut draft, Media::Html)?;
    let text = settle::listing(&draft);
    settle::extraction(draft, text)
}

/// Reads a workbook; only to be called within the bounded child process.
pub(crate) fn read_workbook(
    bytes: &[u8],
    media: Media,
    context: &Context,
) -> Result<Extraction, ReadError> {
    let mut draft = Draft::new(media, Source::Data, "workbook");
    let sheets = workbook::sheets(bytes, media, &context.limits)?;
    grid::read(&sheets, &mut draft, media)?;
    let text = settle::listing(&draft);
    settle::extraction(draft, text)
}

/// What is read as text where the caller is has the limit of XML.
fn small<'b>(bytes: &'b [u8], context: &Context) -> Result<&'b [u8], ReadError> {
    if bytes.len() as u64 > context.limits.xml_bytes {
        return Err(ReadError::LimitExceeded(Limit::InputBytes));
    }
    Ok(bytes)
}
