//! Zip archives: exactly one document, bounded.

mod einvoice_files;

use std::io::{Cursor, Write};

use doc_pipeline::{Context, Limit, ReadError, read_in_process};
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
fn none_or_several_documents_are_refused() {
    for entries in [vec![], vec![("a.xml", invoice()), ("b.xml", invoice())]] {
        let entries: Vec<(&str, &[u8])> =
            entries.iter().map(|(name, content)| (*name, content.as_slice())).collect();
        let result = read_in_process(&zipped(&entries), &Context::default());
        assert!(matches!(result, Err(ReadError::AmbiguousArchive(_))), "{result:?}");
    }
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
        assert!(matches!(result, Err(ReadError::AmbiguousArchive(_))), "{other}: {result:?}");
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
