//! Receipts through OCR: numbers are right or marked, never wrong and taken for sure.
#![allow(clippy::print_stderr, reason = "tests say what they skip")]

use std::path::Path;

use doc_pipeline::{OcrEngine, ocr};

mod truth;

#[test]
fn a_clean_scan_is_read_and_nothing_wrong_passes_for_sure() {
    if let Err(error) = ocr::probe(&OcrEngine::default()).require() {
        eprintln!("SKIPPED: no OCR engine ({error})");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents/scans-tr");
    let files: Vec<_> = truth::files(&folder)
        .into_iter()
        .filter(|(file, _)| file.to_string_lossy().contains("receipt.clean"))
        .collect();
    assert!(!files.is_empty(), "the fixtures are missing");
    for (file, expected) in files {
        let (tally, remarks) = truth::score(&file, &expected).expect("the file is read");
        assert_eq!(tally.total().wrong_verified, 0, "{}: {remarks:#?}", file.display());
        assert_eq!(tally.fields["amount"].exact, 1, "{remarks:#?}");
        assert_eq!(tally.fields["taxAmount"].exact, 1, "{remarks:#?}");
    }
}
