//! What is exact on a print: its QR code, and the e-invoice attached to it.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files and fail by panicking"
)]

mod document_files;

use std::path::Path;

use doc_pipeline::{
    Context, Extraction, Media,
    evidence::{Check, Source},
    extraction::Fields,
    read_in_process,
};
use document_files::{fixture, json, recognition};
use serde_json::Value;

fn read(path: &Path) -> Extraction {
    read_in_process(&std::fs::read(path).unwrap(), &Context::default()).unwrap()
}

/// Holds the fields against the truth of the code; the pointers that it names.
fn held(read: &Extraction) -> Vec<String> {
    let fields = read.fields_json();
    let truth = json(&fixture("codes/earsiv-karekod.expected.json"));
    let pointers = truth.as_object().unwrap().iter().map(|(key, wanted)| {
        let pointer = format!("/{}", key.replace('.', "/"));
        let found = fields.pointer(&pointer).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        assert_eq!(found.as_deref(), wanted.as_str(), "{pointer}");
        pointer
    });
    pointers.collect()
}

#[test]
fn the_code_of_a_print_confirms_what_is_printed() {
    let read = read(&fixture("codes/earsiv-karekod.pdf"));
    for pointer in held(&read) {
        let evidence = &read.evidence[&pointer];
        assert_eq!(evidence.source, Source::TextLayer, "{pointer}");
        assert!(evidence.passed.contains(&Check::QrCode), "{pointer}: {evidence:?}");
    }
}

#[test]
fn the_code_of_a_bad_scan_is_exact() {
    if !recognition("the QR code of a blurred scan") {
        return;
    }
    let read = read(&fixture("codes/earsiv-karekod.blur.jpg"));
    for pointer in held(&read) {
        let evidence = &read.evidence[&pointer];
        assert!(evidence.passed.contains(&Check::QrCode) && !evidence.needs_review, "{pointer}");
    }
}

/// A print of one word with a file attached by its tree of names.
fn print_with(attached: &[u8]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    let mut object = |body: &[u8]| {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", places.len()).bytes());
        pdf.extend(body);
        pdf.extend(b"\nendobj\n");
    };
    object(b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Kids[6 0 R]>>>>>>");
    object(b"<</Type/Pages/Kids[3 0 R]/Count 1>>");
    object(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R\
          /Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    );
    let content = b"BT /F 12 Tf 50 700 Td (Invoice Number: PRINT-1 Total: 1.00) Tj ET";
    object(
        &[format!("<</Length {}>>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"]
            .concat(),
    );
    object(
        &[
            format!("<</Type/EmbeddedFile/Length {}>>\nstream\n", attached.len()).as_bytes(),
            attached,
            b"\nendstream",
        ]
        .concat(),
    );
    object(b"<</Names[(fatura.xml) 7 0 R]>>");
    object(b"<</Type/Filespec/F(fatura.xml)/EF<</F 5 0 R>>>>");
    let start = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        pdf.extend(format!("{place:010} 00000 n \n").bytes());
    }
    pdf.extend(
        format!("trailer<</Root 1 0 R/Size {}>>\nstartxref\n{start}\n%%EOF\n", places.len() + 1)
            .bytes(),
    );
    pdf
}

#[test]
fn an_attached_e_invoice_wins_over_its_print() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/einvoices");
    let xml = std::fs::read(folder.join("encodings/utf8-bom.xml")).unwrap();
    let alone = read_in_process(&xml, &Context::default()).unwrap();
    let read = read_in_process(&print_with(&xml), &Context::default()).unwrap();
    assert_eq!(read.media, Media::Pdf);
    assert_eq!(read.fields, alone.fields);
    assert_eq!(read.text.engine, "ubl-tr");
    // What is no e-invoice leaves the print as it is.
    for other in [&b"<?xml version=\"1.0\"?><note/>"[..], b"not XML", b""] {
        let read = read_in_process(&print_with(other), &Context::default()).unwrap();
        let Fields::Invoice(fields) = read.fields else { panic!("an invoice") };
        assert_eq!(fields.invoice_number.as_deref(), Some("PRINT-1"));
    }
}
