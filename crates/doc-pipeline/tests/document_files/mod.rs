//! Where the fixtures are, and how the tests read them.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};

use doc_pipeline::{Context, inspect, isolation::Reader};
use serde_json::Value;

/// A fixture of this crate.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents").join(name)
}

/// The fixtures of a folder with this ending, sorted.
pub(crate) fn fixtures(folder: &str, ending: &str) -> Vec<PathBuf> {
    files(&fixture(folder), ending)
}

/// The files of a folder with this ending, sorted; an empty ending means all.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| ending.is_empty() || path.extension().is_some_and(|end| end == ending))
        .collect();
    found.sort();
    found
}

/// Reads JSON.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The lines of a file that can be read.
pub(crate) fn lines(path: &Path) -> Vec<inspect::InspectedLine> {
    let bytes = std::fs::read(path).unwrap();
    inspect::lines(&bytes, &Context::default())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A reader whose children are real processes.
pub(crate) fn reader() -> Reader {
    Reader::new(env!("CARGO_BIN_EXE_document-reader"), [] as [&str; 0])
}

/// The folder of other people's fixtures, or a line that says what is not tested.
#[allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a test's only setting")]
pub(crate) fn other_peoples(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("FIXTURES_DIR").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: {what} (FIXTURES_DIR is not set)");
    }
    folder
}

/// Whether Tesseract and its languages are installed, or a line that says what is not tested.
#[allow(clippy::print_stderr, reason = "a skipped test has to be seen")]
pub(crate) fn recognition(what: &str) -> bool {
    let status = doc_pipeline::ocr::probe(&Context::default().ocr);
    if !status.missing.is_empty() {
        eprintln!("SKIPPED: {what} (not installed: {})", status.missing.join(", "));
    }
    status.missing.is_empty()
}
