//! From bytes to an extraction: size, real type, and the reader of that type.

use domain::Severity;

use crate::{
    archive,
    error::{Limit, ReadError},
    extraction::{DocumentKind, Extraction, RawText},
    input::Context,
    media::Media,
    message, ocr, parse, pdf,
    text::{Page, lines_of},
    ubl,
};

/// Reads a document where the caller is. XML is safe everywhere; PDF and images should come here
/// only inside the bounded child process that [`crate::isolation`] starts.
///
/// # Errors
/// Every [`ReadError`] of the document's own; nothing is guessed and nothing is returned in part.
pub fn read_in_process(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() as u64 > context.limits.input_bytes {
        return Err(ReadError::LimitExceeded(Limit::InputBytes));
    }
    let media = Media::sniff(bytes);
    let mut extraction = match media {
        Media::Zip => {
            let inner = archive::single_document(bytes, &context.limits)?;
            if inner.is_empty() {
                return Err(ReadError::Empty);
            }
            let inner_media = Media::sniff(&inner);
            if inner_media == Media::Zip {
                return Err(ReadError::Unsupported(Media::Zip.name().to_owned()));
            }
            read_plain(&inner, inner_media, context)?
        }
        media => read_plain(bytes, media, context)?,
    };
    if let Some(finding) = media.mismatch(context.declared_mime.as_deref()) {
        extraction.findings.insert(0, finding);
    }
    Ok(extraction)
}

fn read_plain(bytes: &[u8], media: Media, context: &Context) -> Result<Extraction, ReadError> {
    match media {
        Media::Xml => ubl::read(bytes, context),
        Media::Pdf => read_pdf(bytes, context),
        Media::Png | Media::Jpeg | Media::Tiff | Media::Webp => {
            from_pages(media, &ocr::image_pages(bytes, media, context)?, context)
        }
        Media::Zip
        | Media::Heic
        | Media::Xlsx
        | Media::Xls
        | Media::Html
        | Media::Text
        | Media::Unknown => Err(ReadError::Unsupported(media.name().to_owned())),
    }
}

/// An e-invoice attached to the print wins over the print. What is left of a file that was cut off is
/// for a person to look at, every value of it.
fn read_pdf(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let document = pdf::Document::open(bytes)?;
    for xml in document.attached_xml(&context.limits) {
        if let Ok(read) = ubl::read(&xml, context)
            && read.kind() == DocumentKind::Invoice
        {
            return Ok(Extraction { media: Media::Pdf, ..read });
        }
    }
    let mut read = from_pages(Media::Pdf, &document.pages(context)?, context)?;
    if !document.is_complete {
        read.findings.insert(0, message::finding("FILE_INCOMPLETE", Severity::High, []));
        read.evidence.values_mut().for_each(|known| known.needs_review = true);
    }
    Ok(read)
}

/// Pages of words to an extraction; pages without a single word are an error, not an empty result.
fn from_pages(media: Media, pages: &[Page], context: &Context) -> Result<Extraction, ReadError> {
    if pages.iter().all(|page| page.words.is_empty()) {
        return Err(ReadError::NoText);
    }
    let parsed = parse::document(pages, context);
    Ok(Extraction {
        media,
        fields: parsed.fields,
        evidence: parsed.evidence,
        findings: parsed.findings,
        text: raw_text(pages),
    })
}

fn raw_text(pages: &[Page]) -> RawText {
    let text: Vec<String> = pages
        .iter()
        .map(|page| lines_of(page).iter().map(|line| line.text() + "\n").collect())
        .collect();
    let recognised = pages.iter().filter(|page| page.recognised).count();
    let engine = match recognised {
        0 => "pdf-text",
        all if all == pages.len() => "tesseract",
        _ => "pdf-text+tesseract",
    };
    let (mut total, mut words) = (0.0_f64, 0_u32);
    for word in pages.iter().filter(|page| page.recognised).flat_map(|page| &page.words) {
        total += f64::from(word.confidence);
        words += 1;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a mean of fractions fits")]
    let confidence = (words > 0).then(|| (total / f64::from(words)).clamp(0.0, 1.0) as f32);
    RawText { text: text.join("\u{c}"), engine: engine.to_owned(), confidence }
}
