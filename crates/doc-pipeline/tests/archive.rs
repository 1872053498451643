//! Zip archives: their documents, bounded.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests read files, fail by panicking and say what they skip"
)]

mod einvoice_files;

use std::io::{Cursor, Write};

use doc_pipeline::{Context, Extraction, Fields, Limit, ReadError, read_in_process};
use einvoice_files::{einvoices, read_file, reads_with};
use zip::{ZipWriter, write::SimpleFileOptions};

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(content).expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

fn invoice() -> Vec<u8> {
    read_file(&einvoices("synthetic/kamu-satis.xml"))
}

#[test]
fn side_files_of_archivers_do_not_count() {
    let bytes =
        zipped(&[("fatura.xml", &invoice()), ("__MACOSX/._fatura.xml", b"x"), (".DS_Store", b"x")]);
    let plain = reads_with(&einvoices("synthetic/kamu-satis.xml"), &Context::default());
    assert_eq!(read_in_process(&bytes, &Context::default()), Ok(plain));
}

#[test]
fn an_archive_without_a_document_is_refused() {
    let result = read_in_process(&zipped(&[]), &Context::default());
    assert!(matches!(result, Err(ReadError::AmbiguousArchive(_))), "{result:?}");
}

fn several(extraction: &Extraction) -> Vec<(&str, Option<&str>, bool)> {
    let Fields::Several(several) = &extraction.fields else { panic!("{:?}", extraction.fields) };
    several
        .documents
        .iter()
        .map(|own| (own.name.as_str(), own.document_type.as_deref(), own.error.is_some()))
        .collect()
}

#[test]
fn each_of_several_documents_is_reported() {
    let xml = invoice();
    let statement = b":20:X\n:25:1\n:60F:C260823TRY1,\n:62F:C260823TRY1,\n";
    let inner = zipped(&[("a.xml", &xml)]);
    let bytes = zipped(&[
        ("sub/fatura.xml", &xml),
        ("ekstre.sta", statement),
        ("bozuk.xml", b"<a"),
        ("icice.zip", &inner),
        ("bos.pdf", b""),
    ]);
    let extraction = read_in_process(&bytes, &Context::default()).expect("a report");
    assert_eq!(
        several(&extraction),
        [
            ("fatura.xml", Some("invoice"), false),
            ("ekstre.sta", Some("bank_statement"), false),
            ("bozuk.xml", None, true),
            ("icice.zip", None, true),
            ("bos.pdf", None, true),
        ]
    );
    let codes: Vec<_> = extraction.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(
        codes,
        ["SEVERAL_DOCUMENTS"]
            .into_iter()
            .chain(["CONTAINED_DOCUMENT_UNREAD"; 3])
            .collect::<Vec<_>>()
    );
    let alone = read_in_process(&xml, &Context::default()).expect("an invoice");
    let Fields::Several(fields) = &extraction.fields else { panic!() };
    assert_eq!(fields.documents[0].fields, Some(alone.fields_json()));
    assert!(extraction.text.text.contains("fatura.xml"));
}

#[test]
fn an_office_document_is_no_archive_of_documents() {
    let bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
    let result = read_in_process(&bytes, &Context::default());
    assert_eq!(result, Err(ReadError::Unsupported("Office".to_owned())));
}

#[test]
fn an_invoice_with_its_renderings_is_one_document() {
    let plain = reads_with(&einvoices("synthetic/kamu-satis.xml"), &Context::default());
    let xml = invoice();
    let bytes =
        zipped(&[("f.html", b"<html>"), ("F.XML", &xml), ("f.xslt", b"<x/>"), ("f.pdf", b"%PDF-")]);
    assert_eq!(read_in_process(&bytes, &Context::default()), Ok(plain));
    for other in ["g.xml", "g.txt", "g"] {
        let result =
            read_in_process(&zipped(&[("f.xml", &xml), (other, &xml)]), &Context::default());
        assert_eq!(several(&result.expect("a report")).len(), 2, "{other}");
    }
}

#[test]
fn only_one_level_is_opened() {
    let inner = zipped(&[("fatura.xml", &invoice())]);
    let result = read_in_process(&zipped(&[("fatura.zip", &inner)]), &Context::default());
    assert_eq!(result, Err(ReadError::Unsupported("ZIP".to_owned())));
}

#[test]
fn an_empty_entry_is_empty() {
    assert_eq!(
        read_in_process(&zipped(&[("a.xml", b"")]), &Context::default()),
        Err(ReadError::Empty)
    );
}

#[test]
fn limits_hold() {
    let too_much = Err(ReadError::LimitExceeded(Limit::Archive));
    let names: Vec<String> = (0..101).map(|number| format!("{number}.xml")).collect();
    let entries: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    assert_eq!(read_in_process(&zipped(&entries), &Context::default()), too_much);
    let blanks = vec![b' '; 8 << 20];
    assert_eq!(read_in_process(&zipped(&[("a.xml", &blanks)]), &Context::default()), too_much);
    let mut context = Context::default();
    context.limits.archive_bytes = 1000;
    assert_eq!(read_in_process(&zipped(&[("a.xml", &invoice())]), &context), too_much);
}

#[test]
fn a_broken_archive_is_corrupt() {
    let whole = zipped(&[("fatura.xml", &invoice())]);
    for length in [4, 30, whole.len() / 2, whole.len() - 10] {
        let result = read_in_process(&whole[..length], &Context::default());
        assert!(matches!(result, Err(ReadError::Corrupt(_))), "{length}: {result:?}");
    }
}
