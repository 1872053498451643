//! From bytes to an extraction: size, real type, and the reader of that type.

use crate::{
    archive,
    error::{Limit, ReadError},
    extraction::Extraction,
    input::Context,
    media::Media,
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
        Media::Pdf
        | Media::Png
        | Media::Jpeg
        | Media::Tiff
        | Media::Webp
        | Media::Zip
        | Media::Heic
        | Media::Xlsx
        | Media::Xls
        | Media::Html
        | Media::Text
        | Media::Unknown => Err(ReadError::Unsupported(media.name().to_owned())),
    }
}
