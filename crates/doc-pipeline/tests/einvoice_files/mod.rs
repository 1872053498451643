//! Where the e-document fixtures are, for the tests that read them.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};

use doc_pipeline::{Context, Extraction, read_in_process};
use rust_decimal::Decimal;

pub(crate) fn einvoices(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/einvoices").join(name)
}

/// A folder of documents that are not ours to publish; without it the test says that it did nothing.
pub(crate) fn external(folder: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests have no other settings")]
    let root = std::env::var_os("FIXTURES_DIR");
    if root.is_none() {
        eprintln!("SKIPPED: FIXTURES_DIR is not set, {folder} was not tested");
    }
    root.map(|root| Path::new(&root).join(folder))
}

pub(crate) fn read_file(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn reads_with(path: &Path, context: &Context) -> Extraction {
    read_in_process(&read_file(path), context)
        .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()))
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
