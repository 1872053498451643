//! Every kind of picture that an office uploads: several pages in one TIFF, WebP, four inks.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files and fail by panicking"
)]

mod document_files;

use std::io::Cursor;

use doc_pipeline::{Context, isolation::Cancel};
use document_files::{fixture, lines, other_peoples, reader, recognition};
use image::{GrayImage, ImageFormat};

fn scan() -> GrayImage {
    image::open(fixture("scans-tr/05-invoice.clean.png")).unwrap().to_luma8()
}

fn text(bytes: &[u8]) -> String {
    let read = reader().read(bytes, &Context::default(), &Cancel::new());
    read.unwrap_or_else(|error| panic!("{error:?}")).text.text
}

/// An uncompressed TIFF with these pages, one directory each (TIFF 6.0, sections 2 and 8).
fn tiff(pages: &[&GrayImage]) -> Vec<u8> {
    let mut out = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let strip = u32::try_from(out.len()).unwrap();
        out.extend(page.as_raw());
        out.resize(out.len().next_multiple_of(2), 0);
        let directory = u32::try_from(out.len()).unwrap();
        out[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let entries: [(u16, u16, u32); 10] = [
            (256, 4, page.width()),
            (257, 4, page.height()),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, strip),
            (277, 3, 1),
            (278, 4, page.height()),
            (279, 4, page.width() * page.height()),
            (296, 3, 2),
        ];
        out.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        for (tag, kind, value) in entries {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        link = out.len();
        out.extend([0; 4]);
    }
    out
}

#[test]
fn every_page_of_a_tiff_is_read() {
    if !recognition("a TIFF of two pages") {
        return;
    }
    let page = scan();
    let one = text(&tiff(&[&page]));
    let two = text(&tiff(&[&page, &page]));
    assert!(one.contains("TL") && !one.contains('\u{c}'), "{one}");
    assert_eq!(two, format!("{one}\u{c}{one}"));
}

#[test]
fn webp_is_read_like_png() {
    if !recognition("WebP") {
        return;
    }
    let of = |format: ImageFormat| {
        let mut bytes = Cursor::new(Vec::new());
        scan().write_to(&mut bytes, format).unwrap();
        text(&bytes.into_inner())
    };
    assert_eq!(of(ImageFormat::WebP), of(ImageFormat::Png));
}

#[test]
fn pictures_in_four_inks_are_read() {
    let Some(folder) = other_peoples("a JPEG in CMYK") else { return };
    if !recognition("a JPEG in CMYK") {
        return;
    }
    let words: usize = lines(&folder.join("documents/scanned/baiona_cmyk.jpg"))
        .iter()
        .map(|line| line.text().split_whitespace().filter(|word| word.len() > 3).count())
        .sum();
    assert!(words > 20, "{words} words");
}
