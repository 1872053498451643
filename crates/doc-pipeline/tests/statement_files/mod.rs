//! The statement files that the tests read.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The project's own statement files.
pub(crate) fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/statements").join(name)
}

pub(crate) fn read_file(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&read_file(path)).unwrap()
}

/// Every file below a folder that is neither a truth nor a licence.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.contains(".expected.")
                && !name.starts_with("LICENSE")
                && path.extension().is_none_or(|extension| extension != "md")
            {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// The folder of other people's fixtures, or a line that says what is not tested.
pub(crate) fn other_peoples(what: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests have no other settings")]
    let folder = std::env::var_os("FIXTURES_DIR").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: {what} (FIXTURES_DIR is not set)");
    }
    folder
}
