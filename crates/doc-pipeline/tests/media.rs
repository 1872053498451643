//! Real types by bytes, and false declarations.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read files and say what they skip"
)]

mod einvoice_files;

use doc_pipeline::{Context, Media, ReadError, message, read_in_process};
use einvoice_files::{einvoices, read_file, reads_with};

#[test]
fn types_are_told_by_their_bytes() {
    let ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0, 0, 0, 0, 0, 0, 0];
    let cases: &[(&[u8], Media)] = &[
        (b"%PDF-1.7\n", Media::Pdf),
        (b"\xef\xbb\xbf%PDF-1.4", Media::Pdf),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Media::Png),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Media::Jpeg),
        (b"II*\0\x08\0\0\0\0\0", Media::Tiff),
        (b"MM\0*\0\0\0\x08\0\0", Media::Tiff),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Media::Webp),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Media::Heic),
        (&ole, Media::Xls),
        (b"PK\x03\x04\x14\0\0\0\0\0fatura.xml", Media::Zip),
        (b"PK\x03\x04\x14\0\0\0\0\0xl/workbook.xml", Media::Xlsx),
        (b"<Invoice/>", Media::Xml),
        (b"  \r\n<?xml version=\"1.0\"?><a/>", Media::Xml),
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>", Media::Xml),
        (b"\xff\xfe<\0a\0/\0>\0", Media::Xml),
        (b"\xfe\xff\0<\0a\0/\0>", Media::Xml),
        (b"<\0?\0x\0m\0l\0", Media::Xml),
        (b"<!DOCTYPE l [<!ENTITY a \"b\">]><l/>", Media::Xml),
        (b"<?xml version='1.0' encoding='windows-1254'?><a>\xfe</a>", Media::Xml),
        (b"<!DOCTYPE html><html><body>%PDF-1.7</body></html>", Media::Html),
        (b"<HTML><head></head>", Media::Html),
        (b"<?xml version=\"1.0\"?>\n<html xmlns=\"x\"/>", Media::Html),
        (b"Tarih;Tutar\n01.01.2024;5,00\n", Media::Text),
        (b"a < b", Media::Text),
        (b"\0\x01\x02\x03", Media::Unknown),
        (b"   ", Media::Unknown),
        (b"", Media::Unknown),
    ];
    for (bytes, media) in cases {
        assert_eq!(Media::sniff(bytes), *media, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_false_declaration_is_a_finding() {
    let file = einvoices("synthetic/kamu-satis.xml");
    let cases = [
        (None, None),
        (Some("application/xml"), None),
        (Some("text/xml; charset=utf-8"), None),
        (Some("application/octet-stream"), None),
        (Some("application/pdf"), Some("medium")),
        (Some("image/png"), Some("medium")),
    ];
    for (declared, severity) in cases {
        let context = Context { declared_mime: declared.map(str::to_owned), ..Context::default() };
        let extraction = reads_with(&file, &context);
        let found =
            extraction.findings.iter().find(|finding| finding.code == "MEDIA_TYPE_MISMATCH");
        assert_eq!(found.map(|finding| finding.severity.as_str()), severity, "{declared:?}");
    }
}

#[test]
fn types_that_are_not_read_are_named() {
    let ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0, 0, 0, 0, 0, 0, 0];
    let cases: &[(&[u8], &str, &str)] = &[
        (b"<!DOCTYPE html><html></html>", "HTML", "HTML"),
        (b"Tarih;Tutar", "text", "metin"),
        (&ole, "OLE", "PDF, XML"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC", "HEIC"),
        (b"\0\x01\x02\x03", "unknown", "PDF, XML"),
    ];
    for (bytes, name, shown) in cases {
        // An HTML page that was renamed to .pdf is what it is.
        let context =
            Context { declared_mime: Some("application/pdf".to_owned()), ..Context::default() };
        let error = read_in_process(bytes, &context).expect_err(name);
        assert_eq!(error, ReadError::Unsupported((*name).to_owned()));
        assert!(message::for_error(&error).contains(shown), "{}", message::for_error(&error));
    }
}

#[test]
fn a_photograph_of_a_telephone_is_refused_with_what_to_do() {
    for brand in [b"heic", b"heix", b"mif1", b"hevc"] {
        let mut bytes = b"\0\0\0\x18ftyp".to_vec();
        bytes.extend(brand);
        bytes.extend(b"\0\0\0\0mif1heic");
        let error = read_in_process(&bytes, &Context::default()).unwrap_err();
        assert_eq!(error, ReadError::Unsupported("HEIC".to_owned()));
        let sentence = message::for_error(&error);
        assert!(sentence.contains("JPEG veya PNG"), "{sentence}");
    }
}

#[test]
fn what_is_no_workbook_inside_is_corrupt() {
    let error = read_in_process(b"PK\x03\x04\x14\0\0\0\0\0xl/workbook.xml", &Context::default())
        .unwrap_err();
    assert!(matches!(error, ReadError::Corrupt(_)), "{error:?}");
}

#[test]
fn sizes_are_checked_first() {
    let bytes = read_file(&einvoices("synthetic/kamu-satis.xml"));
    let mut context = Context::default();
    context.limits.input_bytes = 100;
    let limit = doc_pipeline::Limit::InputBytes;
    assert_eq!(read_in_process(&bytes, &context), Err(ReadError::LimitExceeded(limit)));
    let mut context = Context::default();
    context.limits.xml_bytes = 100;
    let limit = doc_pipeline::Limit::Xml;
    assert_eq!(read_in_process(&bytes, &context), Err(ReadError::LimitExceeded(limit)));
    assert_eq!(read_in_process(b"", &context), Err(ReadError::Empty));
}
