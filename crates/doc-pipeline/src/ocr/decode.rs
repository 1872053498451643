//! Image files to grey pages: sizes are read before pixels, and the camera's orientation is honoured.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::{
    error::{Limit, ReadError},
    limits,
    media::Media,
};

/// Memory that a decoder may take.
const DECODER_BYTES: u64 = 512 << 20;

/// All pages of the file.
pub(super) fn pages(
    bytes: &[u8],
    media: Media,
    limits: &limits::Limits,
) -> Result<Vec<GrayImage>, ReadError> {
    let format = match media {
        Media::Png => ImageFormat::Png,
        Media::Jpeg => ImageFormat::Jpeg,
        Media::Tiff => ImageFormat::Tiff,
        Media::Webp => ImageFormat::WebP,
        other => return Err(ReadError::Unsupported(other.name().to_owned())),
    };
    if format != ImageFormat::Tiff {
        return Ok(vec![page(bytes, format, limits)?]);
    }
    let directories = tiff_directories(bytes);
    if directories.len() as u64 > u64::from(limits.pages) {
        return Err(ReadError::LimitExceeded(Limit::Pages));
    }
    let mut pages = vec![page(bytes, format, limits)?];
    // The decoder reads the first page of the file, so the header is pointed at each page in turn.
    let mut copy = bytes.to_vec();
    for place in directories.iter().skip(1) {
        if let Some(header) = copy.get_mut(4..8) {
            header.copy_from_slice(place);
        }
        pages.push(page(&copy, format, limits)?);
    }
    Ok(pages)
}

fn page(
    bytes: &[u8],
    format: ImageFormat,
    limits: &limits::Limits,
) -> Result<GrayImage, ReadError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = Limits::default();
    allowed.max_alloc = Some(DECODER_BYTES);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(error)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(ReadError::LimitExceeded(Limit::Pixels));
    }
    if width == 0 || height == 0 {
        return Err(ReadError::Corrupt("image: no pixels".to_owned()));
    }
    if format == ImageFormat::Jpeg && !has_jpeg_end(bytes) {
        return Err(ReadError::Corrupt("image: the file ends inside the picture".to_owned()));
    }
    let orientation = decoder.orientation().map_err(error)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(error)?;
    image.apply_orientation(orientation);
    Ok(grey(image))
}

/// Grey on white paper, whatever is transparent.
fn grey(image: DynamicImage) -> GrayImage {
    if !image.color().has_alpha() {
        return image.into_luma8();
    }
    let image = image.into_luma_alpha8();
    let (width, height) = image.dimensions();
    let blended = image
        .pixels()
        .map(|pixel| {
            let [value, alpha] = pixel.0;
            let alpha = u16::from(alpha);
            let mixed = (u16::from(value) * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(255)
        })
        .collect();
    GrayImage::from_raw(width, height, blended).unwrap_or_default()
}

fn error(error: ImageError) -> ReadError {
    match error {
        ImageError::Limits(_) => ReadError::LimitExceeded(Limit::Pixels),
        ImageError::Unsupported(error) => ReadError::Unsupported(format!("image: {error}")),
        error => ReadError::Corrupt(format!("image: {error}")),
    }
}

/// Whether a JPEG's data runs up to its end marker. The decoder fills what is missing with grey and
/// says nothing; half an invoice would pass for a whole one.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        // Between segments, and after the compressed data of a scan, the next marker follows.
        let Some(found) = bytes.get(at..).and_then(|rest| {
            rest.windows(2).position(|pair| {
                matches!(pair, &[0xff, kind] if !matches!(kind, 0 | 0x01 | 0xd0..=0xd7 | 0xff))
            })
        }) else {
            return false;
        };
        at += found;
        match bytes.get(at..at + 4) {
            Some(&[_, 0xd9, ..]) => return true,
            Some(&[_, _, high, low]) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            // An end marker may be the last of the file.
            _ => return bytes.get(at + 1) == Some(&0xd9),
        }
    }
}

/// Offsets of the page directories of a classic TIFF as they stand in the file, each seen once.
fn tiff_directories(bytes: &[u8]) -> Vec<[u8; 4]> {
    let little = bytes.starts_with(b"II*\0");
    if !little && !bytes.starts_with(b"MM\0*") {
        return Vec::new();
    }
    let four = |at: usize| bytes.get(at..at + 4)?.try_into().ok();
    let number = |raw: [u8; 4]| {
        if little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) }
    };
    let mut found: Vec<[u8; 4]> = Vec::new();
    let mut next = four(4);
    while let Some(raw) = next {
        let place = number(raw) as usize;
        if place < 8 || found.contains(&raw) || found.len() > 10_000 {
            break;
        }
        let Some(&[a, b]) = bytes.get(place..place + 2) else { break };
        let entries = if little { u16::from_le_bytes([a, b]) } else { u16::from_be_bytes([a, b]) };
        found.push(raw);
        next = four(place + 2 + 12 * usize::from(entries));
    }
    found
}
