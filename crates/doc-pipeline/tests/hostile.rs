//! Files that take too much, break or lie, through real child processes: each ends in text or in a
//! typed error, never in a signal, within its limits.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests read files, say what they found and fail by panicking"
)]

mod document_files;

use std::path::{Path, PathBuf};

use doc_pipeline::{Context, Extraction, Limit, Limits, ReadError, isolation::Cancel, message};
use document_files::{files, fixture, fixtures, other_peoples, reader};

/// Limits that end a hostile file in seconds.
fn context() -> Context {
    let limits = Limits { cpu_seconds: 10, ocr_cpu_seconds: 10, ..Limits::default() };
    Context { limits, ..Context::default() }
}

fn read(path: &Path) -> Result<Extraction, ReadError> {
    reader().read(&std::fs::read(path).unwrap(), &context(), &Cancel::new())
}

fn own(name: &str) -> Result<Extraction, ReadError> {
    read(&fixture(&format!("hostile/{name}")))
}

#[test]
fn passwords_are_named() {
    assert_eq!(own("encrypted-user-password-aes256.pdf").unwrap_err(), ReadError::Encrypted);
    assert!(own("encrypted-owner-only-aes256.pdf").is_ok(), "an owner's password locks nothing");
}

#[test]
fn breakage_is_named() {
    assert_eq!(own("empty.pdf").unwrap_err(), ReadError::Empty);
    assert_eq!(own("zero.jpg").unwrap_err(), ReadError::Empty);
    for name in ["header-only.pdf", "page-tree-loop.pdf"] {
        let error = own(name).unwrap_err();
        let named = matches!(error, ReadError::Corrupt(_) | ReadError::NoText);
        assert!(named, "{name}: {error:?}");
    }
}

#[test]
fn a_file_that_lost_its_fonts_with_its_end_is_not_guessed_from_its_pixels() {
    let error = own("truncated-half.pdf").unwrap_err();
    assert!(matches!(error, ReadError::Corrupt(_)), "{error:?}");
}

#[test]
fn what_is_left_of_a_file_that_was_cut_off_is_for_review() {
    let whole = std::fs::read(fixture("digital-tr/tr-invoice-06.pdf")).unwrap();
    let end = whole.windows(4).rposition(|window| window == b"xref").unwrap();
    // Without the table of places alone: every object is still there.
    let cut = &whole[..end - 6];
    let read = reader().read(cut, &context(), &Cancel::new()).unwrap();
    assert_eq!(read.findings[0].code, "FILE_INCOMPLETE");
    assert!(!read.evidence.is_empty() && read.evidence.values().all(|known| known.needs_review));
}

#[test]
fn broken_files_with_text_give_their_text() {
    for name in
        ["ok-linearized-objstm.pdf", "encrypted-owner-only-aes256.pdf", "leading-garbage.pdf"]
    {
        let read = own(name).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(read.text.text.contains("TL"), "{name}: {}", read.text.text);
    }
}

#[test]
fn half_a_photograph_is_no_document() {
    let error = own("truncated.jpg").unwrap_err();
    assert!(matches!(error, ReadError::Corrupt(_)), "{error:?}");
}

#[test]
fn sizes_are_limits_before_anything_is_unpacked() {
    for name in
        ["bomb-30000x30000.png", "bomb-60000x20000-g4.tif", "image-60000x60000-declared.pdf"]
    {
        assert_eq!(own(name).unwrap_err(), ReadError::LimitExceeded(Limit::Pixels), "{name}");
    }
    let error = own("pages-20000-empty.pdf").unwrap_err();
    assert_eq!(error, ReadError::LimitExceeded(Limit::Pages));
    assert!(matches!(
        own("zip-bomb-small.zip").unwrap_err(),
        ReadError::LimitExceeded(Limit::Archive) | ReadError::AmbiguousArchive(_)
    ));
}

#[test]
fn a_stream_that_inflates_without_end_is_a_limit() {
    let bytes = std::fs::read(fixture("hostile/flate-bomb-512mib.pdf")).unwrap();
    for memory_bytes in [256 << 20, Limits::default().memory_bytes] {
        let limits = Limits { memory_bytes, ..context().limits };
        let error =
            reader().read(&bytes, &Context { limits, ..context() }, &Cancel::new()).unwrap_err();
        assert_eq!(error, ReadError::LimitExceeded(Limit::Memory), "{memory_bytes}");
    }
}

/// A file of a few kilobytes whose page paints a form that paints the next one twice, `depth` times.
fn nested_forms(depth: usize, innermost: &str) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
        2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
        3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R\
        /Resources<</XObject<</X 10 0 R>>>>>>\nendobj\n\
        4 0 obj\n<</Length 5>>\nstream\n/X Do\nendstream\nendobj\n"
        .to_vec();
    for level in 0..depth {
        let content = if level + 1 == depth { innermost } else { "/X Do /X Do" };
        pdf.extend(
            format!(
                "{} 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Length {}\
                 /Resources<</XObject<</X {} 0 R>>>>>>\nstream\n{content}\nendstream\nendobj\n",
                10 + level,
                content.len(),
                11 + level
            )
            .bytes(),
        );
    }
    pdf.extend(b"trailer<</Root 1 0 R>>\n%%EOF");
    pdf
}

#[test]
fn forms_nested_without_end_are_a_limit() {
    let limits = Limits { cpu_seconds: 2, ..context().limits };
    for innermost in ["0 0 9 9 re f", "q Q"] {
        let error = reader()
            .read(
                &nested_forms(31, innermost),
                &Context { limits: limits.clone(), ..context() },
                &Cancel::new(),
            )
            .unwrap_err();
        let limit = matches!(error, ReadError::LimitExceeded(Limit::Cpu | Limit::Glyphs));
        assert!(limit, "{innermost}: {error:?}");
    }
}

#[test]
fn a_lying_name_is_a_finding() {
    if !document_files::recognition("a JPEG named PNG") {
        return;
    }
    let bytes = std::fs::read(fixture("hostile/jpeg-named.png")).unwrap();
    let context = Context { declared_mime: Some("image/png".to_owned()), ..context() };
    let read = reader().read(&bytes, &context, &Cancel::new()).unwrap();
    assert!(read.findings.iter().any(|finding| finding.code == "MEDIA_TYPE_MISMATCH"), "{read:?}");
}

/// Whatever the file: content, or an error that is the document's own, that no repetition would cure,
/// and that has a sentence for people.
fn ends_well(path: &Path) {
    if let Err(error) = read(path) {
        assert!(!error.is_retryable(), "{}: {error:?}", path.display());
        let sentence = message::for_error(&error);
        // What happened, and what to do.
        let says_both = sentence.contains(';') || sentence.matches('.').count() > 1;
        assert!(sentence.ends_with('.') && says_both, "{error:?}: {sentence}");
        println!("{}: {error}", path.file_name().unwrap().display());
    }
}

/// The fixtures of this crate that are no printed documents.
fn beside(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

#[test]
fn every_hostile_edocument_and_broken_statement_ends_well() {
    let edocuments = files(&beside("einvoices/hostile"), "");
    assert!(edocuments.len() >= 15, "{}", edocuments.len());
    for path in &edocuments {
        ends_well(path);
    }
    for folder in ["statements/tr-banks", "statements/mt940", "statements/camt"] {
        for path in files(&beside(folder), "") {
            ends_well(&path);
        }
    }
}

#[test]
fn every_cut_statement_ends_well() {
    for (folder, name) in [
        ("tr-banks", "isbankasi-16satir.xls"),
        ("tr-banks", "ziraat-bozuk-styles.xlsx"),
        ("tr-banks", "html-disguised.xls"),
        ("mt940", "try-funds-code-cp1254.sta"),
        ("camt", "camt053-001-08-try.xml"),
    ] {
        let bytes = std::fs::read(beside("statements").join(folder).join(name)).unwrap();
        for parts in 1..8 {
            let cut = &bytes[..bytes.len() * parts / 8];
            if let Err(error) = reader().read(cut, &context(), &Cancel::new()) {
                assert!(!error.is_retryable(), "{name} {parts}/8: {error:?}");
            }
        }
    }
}

/// A workbook of a few kilobytes whose only row would have a cell far away, or very many.
fn workbook(sheet: &str) -> Vec<u8> {
    let parts = [
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_that_expands_without_end_is_a_limit() {
    let sheet = |rows: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let far = "<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>";
    let far: String = (1..400).map(|row| far.replace('1', &row.to_string())).collect();
    let read = |bytes: &[u8]| reader().read(bytes, &context(), &Cancel::new()).unwrap_err();
    assert!(matches!(read(&workbook(&sheet(&far))), ReadError::LimitExceeded(_)));
    let blanks = format!("{}{}", sheet(""), " ".repeat(60 << 20));
    assert_eq!(read(&workbook(&blanks)), ReadError::LimitExceeded(Limit::Archive));
}

#[test]
fn every_own_hostile_file_ends_well() {
    let all = fixtures("hostile", "");
    assert!(all.len() >= 20);
    for path in &all {
        ends_well(path);
    }
}

#[test]
fn every_other_hostile_file_ends_well() {
    let Some(folder) = other_peoples("hostile files of other makers") else { return };
    let all = files(&folder.join("documents/hostile"), "");
    assert!(all.len() >= 40, "only {} files were found", all.len());
    for path in &all {
        ends_well(path);
    }
}
