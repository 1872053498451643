//! The real type of a file, by its bytes; names and declared types are only compared with it.

use std::borrow::Cow;

use domain::Severity;
use serde::{Deserialize, Serialize};

use crate::{finding::Finding, message, statement};

/// Types that this pipeline tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// Portable Document Format.
    Pdf,
    /// XML text, any encoding.
    Xml,
    /// Zip archive that is not a workbook.
    Zip,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// TIFF image, one or several pages.
    Tiff,
    /// WebP image.
    Webp,
    /// HEIC/HEIF image: recognised, to be refused by name.
    Heic,
    /// Office Open XML workbook.
    Xlsx,
    /// Legacy Excel workbook (OLE compound file).
    Xls,
    /// HTML text.
    Html,
    /// SWIFT MT940 or MT942.
    Mt940,
    /// Open Financial Exchange, 1.x or 2.x.
    Ofx,
    /// Other text, CSV among it.
    Text,
    /// Nothing known.
    Unknown,
}

/// How far into the file the signatures are looked for.
const HEAD: usize = 4096;

impl Media {
    /// Finds the type by the first bytes (and, for archives, by the names in them).
    pub fn sniff(bytes: &[u8]) -> Self {
        if let Some(media) = by_magic(bytes) {
            return media;
        }
        let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
        // Before anything that looks for text: a stray control character makes no other file of it.
        if statement::is_mt940(head) {
            return Self::Mt940;
        }
        if statement::is_ofx(head) {
            return Self::Ofx;
        }
        let Some(text) = text_head(head) else {
            return if pdf_header(bytes).is_some() { Self::Pdf } else { Self::Unknown };
        };
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.is_empty() {
            return Self::Unknown;
        }
        if is_html(text) {
            return Self::Html;
        }
        let mut letters = text.chars();
        if letters.next() == Some('<')
            && letters.next().is_some_and(|c| c.is_alphabetic() || matches!(c, '?' | '!' | '_'))
        {
            return Self::Xml;
        }
        Self::Text
    }

    /// Whether files of this type are opened in a bounded child process only: their decoders take
    /// memory and time that no check beforehand can know.
    pub const fn needs_child(self) -> bool {
        matches!(
            self,
            Self::Pdf
                | Self::Png
                | Self::Jpeg
                | Self::Tiff
                | Self::Webp
                | Self::Xlsx
                | Self::Xls
                // Inflating is the child's as well, whatever is inside.
                | Self::Zip
        )
    }

    /// Name for logs; people read [`message::media_name`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Xml => "XML",
            Self::Zip => "ZIP",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Webp => "WebP",
            Self::Heic => "HEIC",
            Self::Xlsx => "Excel (XLSX)",
            Self::Xls => "Excel (XLS)",
            Self::Html => "HTML",
            Self::Mt940 => "MT940",
            Self::Ofx => "OFX",
            Self::Text => "text",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a declared MIME type may stand for this type. Types that say nothing
    /// (`application/octet-stream`) fit everything, unknown ones as well.
    fn fits(self, declared: &str) -> bool {
        let expected: &[Self] = match declared {
            "application/pdf" | "application/x-pdf" => &[Self::Pdf],
            "application/xml" | "text/xml" => &[Self::Xml],
            "application/zip" | "application/x-zip-compressed" | "application/x-zip" => {
                &[Self::Zip, Self::Xlsx]
            }
            "image/png" => &[Self::Png],
            "image/jpeg" | "image/jpg" | "image/pjpeg" => &[Self::Jpeg],
            "image/tiff" => &[Self::Tiff],
            "image/webp" => &[Self::Webp],
            "image/heic" | "image/heif" => &[Self::Heic],
            // Banks name tables of every kind so.
            "application/vnd.ms-excel" => &[Self::Xls, Self::Xlsx, Self::Text, Self::Html],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => &[Self::Xlsx],
            "text/html" | "application/xhtml+xml" => &[Self::Html, Self::Xml],
            "text/plain" | "text/csv" => &[Self::Text, Self::Xml, Self::Mt940, Self::Ofx],
            "application/x-ofx" | "application/vnd.intu.qfx" => &[Self::Ofx],
            _ => return true,
        };
        expected.contains(&self)
    }

    /// The finding for a declared type that contradicts the bytes. A picture declared as another
    /// kind of picture is a slip; text declared as a PDF deserves a look.
    pub(crate) fn mismatch(self, declared: Option<&str>) -> Option<Finding> {
        let declared = declared?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if declared.is_empty() || self.fits(&declared) {
            return None;
        }
        let both_images = declared.starts_with("image/")
            && matches!(self, Self::Png | Self::Jpeg | Self::Tiff | Self::Webp | Self::Heic);
        let severity = if both_images { Severity::Low } else { Severity::Medium };
        // What a client declares is arbitrary text: only the part that a MIME type may hold is kept.
        let shown: String = declared.chars().filter(char::is_ascii_graphic).take(80).collect();
        Some(message::finding(
            "MEDIA_TYPE_MISMATCH",
            severity,
            [("declared", shown.into()), ("found", message::media_name(self).into())],
        ))
    }
}

/// Where a PDF starts: after whatever a mail program or a portal put before it.
pub(crate) fn pdf_header(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..bytes.len().min(2 * HEAD)).unwrap_or_default();
    head.windows(5).position(|window| window == b"%PDF-")
}

fn by_magic(bytes: &[u8]) -> Option<Media> {
    // Some producers put a few bytes before the header; readers accept it within the first KiB.
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if head.windows(5).any(|window| window == b"%PDF-")
        && !head.trim_ascii_start().starts_with(b"<")
    {
        return Some(Media::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(if is_workbook(bytes) { Media::Xlsx } else { Media::Zip });
    }
    if is_heif(bytes) {
        return Some(Media::Heic);
    }
    match infer::get(bytes)?.mime_type() {
        "image/png" => Some(Media::Png),
        "image/jpeg" => Some(Media::Jpeg),
        "image/tiff" => Some(Media::Tiff),
        "image/webp" => Some(Media::Webp),
        "image/heif" | "image/heic" => Some(Media::Heic),
        "application/vnd.ms-excel" | "application/x-ole-storage" => Some(Media::Xls),
        // Text formats are decided below, with encodings; everything else is not read at all.
        "text/xml" | "text/html" | "text/plain" => None,
        _ if is_ole(bytes) => Some(Media::Xls),
        _ => None,
    }
}

/// HEIF with pictures of HEVC, as telephones take them (ISO/IEC 23008-12, brands).
fn is_heif(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 11] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
        b"heif",
    ];
    bytes.get(4..8) == Some(b"ftyp")
        && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

fn is_ole(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// A workbook names its parts `xl/…` near the start or in the directory at the end.
fn is_workbook(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(16 * HEAD)..).unwrap_or_default();
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let names_part = |part: &[u8]| {
        part.windows(b"xl/workbook".len()).any(|w| w == b"xl/workbook")
            || part.windows(b"xl/worksheets".len()).any(|w| w == b"xl/worksheets")
    };
    names_part(head) || names_part(tail)
}

/// The first bytes as text when they look like text: no control characters besides white space.
fn text_head(head: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, _) = encoding_rs::Encoding::for_bom(head).unzip();
    let encoding = encoding.or(match head {
        [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        _ => None,
    });
    let text = match encoding {
        Some(encoding) => encoding.decode(head).0,
        // A letter cut at the end of the head is no reason to doubt the rest.
        None => String::from_utf8_lossy(head),
    };
    let binary = text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}'));
    (!binary).then_some(text)
}

fn is_html(text: &str) -> bool {
    let start: String = text.chars().take(512).collect::<String>().to_ascii_lowercase();
    let after_declaration = match start.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest).trim_start(),
        None => start.as_str(),
    };
    ["<!doctype html", "<html", "<head", "<body", "<table", "<script", "<meta"]
        .iter()
        .any(|tag| after_declaration.starts_with(tag))
}
