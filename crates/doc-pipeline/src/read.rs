//! From bytes to an extraction: size, real type, and the reader of that type.

use domain::Severity;

use crate::{
    archive,
    error::{Limit, ReadError},
    extraction::{DocumentKind, Extraction, Fields, RawText},
    findings,
    input::Context,
    media::Media,
    message, ocr, parse, pdf, several, statement,
    text::{Page, lines_of},
    ubl,
};

/// Reads a document where the caller is. XML and text are safe everywhere; PDF, images, workbooks and
/// archives should come here only inside the bounded child process that [`crate::isolation`] starts.
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
        Media::Zip => read_archive(bytes, context)?,
        media => read_plain(bytes, media, context)?,
    };
    if let (Fields::Invoice(_), Some(refused)) =
        (&extraction.fields, context.client_tax_number_refused.as_deref())
    {
        extraction.findings.push(message::finding(
            "CLIENT_TAX_NUMBER_INVALID",
            Severity::Medium,
            [("found", findings::shown(refused))],
        ));
    }
    if let Some(finding) = media.mismatch(context.declared_mime.as_deref()) {
        extraction.findings.insert(0, finding);
    }
    Ok(extraction)
}

/// One document of an archive as if it had come alone, several each for itself.
fn read_archive(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let read = |inner: &[u8]| {
        if inner.is_empty() {
            return Err(ReadError::Empty);
        }
        match Media::sniff(inner) {
            Media::Zip => Err(ReadError::Unsupported(Media::Zip.name().to_owned())),
            media => read_plain(inner, media, context),
        }
    };
    match archive::contents(bytes, &context.limits)? {
        archive::Contents::One(inner) => read(&inner),
        archive::Contents::Several(documents) => {
            let read = |content: Result<Vec<u8>, ReadError>| content.and_then(|inner| read(&inner));
            let documents =
                documents.into_iter().map(|(name, content)| (name, read(content))).collect();
            Ok(several::report(Media::Zip, documents))
        }
    }
}

/// An e-invoice attached to the print wins over the print. What is left of a file that was cut off is
/// for a person to look at, every value of it.
fn read_pdf(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    let document = text(|| pdf::Document::open(bytes))?;
    for xml in document.attached_xml(&context.limits) {
        let read =
            fields(|| ubl::encoding::decode(&xml).and_then(|text| ubl::read(&text, context)));
        if let Ok(read) = read
            && read.kind() == DocumentKind::Invoice
        {
            return Ok(Extraction { media: Media::Pdf, ..read });
        }
    }
    let pages = text(|| document.pages(context))?;
    let mut read = fields(|| from_pages(Media::Pdf, &pages, context))?;
    if !document.is_complete {
        read.findings.insert(0, message::finding("FILE_INCOMPLETE", Severity::High, []));
        read.evidence.values_mut().for_each(|known| known.needs_review = true);
    }
    Ok(read)
}

fn read_plain(bytes: &[u8], media: Media, context: &Context) -> Result<Extraction, ReadError> {
    let mut extraction = match media {
        Media::Xml => fields(|| read_xml(bytes, context))?,
        Media::Mt940 => fields(|| statement::read_mt940(bytes, context))?,
        Media::Ofx => fields(|| statement::read_ofx(bytes, context))?,
        Media::Text => fields(|| statement::read_csv(bytes, context))?,
        Media::Html => fields(|| statement::read_html(bytes, context))?,
        Media::Xlsx | Media::Xls => fields(|| statement::read_workbook(bytes, media, context))?,
        Media::Pdf => read_pdf(bytes, context)?,
        Media::Png | Media::Jpeg | Media::Tiff | Media::Webp => {
            let pages = text(|| ocr::image_pages(bytes, media, context))?;
            fields(|| from_pages(media, &pages, context))?
        }
        Media::Zip | Media::Heic | Media::Unknown => {
            return Err(ReadError::Unsupported(media.name().to_owned()));
        }
    };
    if let Fields::BankStatement(fields) = &mut extraction.fields {
        statement::assign_keys(fields);
    }
    Ok(extraction)
}

/// The stage that finds words on pages, as a span: an evaluation measures it.
fn text<T>(work: impl FnOnce() -> T) -> T {
    tracing::debug_span!("text").in_scope(work)
}

/// The stage that makes fields, as a span: an evaluation measures it.
fn fields<T>(work: impl FnOnce() -> T) -> T {
    tracing::debug_span!("fields").in_scope(work)
}

/// An account report of a bank, or an e-document.
fn read_xml(bytes: &[u8], context: &Context) -> Result<Extraction, ReadError> {
    if bytes.len() as u64 > context.limits.xml_bytes {
        return Err(ReadError::LimitExceeded(Limit::Xml));
    }
    let text = ubl::encoding::decode(bytes)?;
    if statement::is_camt(&text) { statement::read_camt(&text) } else { ubl::read(&text, context) }
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
