//! Documents of a folder that have a truth beside them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A document and what it should give.
#[derive(Debug)]
pub(super) struct File {
    pub(super) document: PathBuf,
    pub(super) truth: PathBuf,
}

const TRUTH: &str = ".expected.json";

/// All documents below the folder, by name. `a.b.pdf` has its truth in `a.b.expected.json`, or in
/// `a.expected.json` where several renderings share one.
pub(super) fn with_truth(folder: &Path) -> Result<Vec<File>> {
    let mut names = Vec::new();
    walk(folder, &mut names)?;
    names.sort();
    let mut found = Vec::new();
    for document in names {
        let Some(name) = document.file_name().and_then(|name| name.to_str()) else { continue };
        if name.contains(".expected.") || name.ends_with(".words.csv") || name.ends_with(".md") {
            continue;
        }
        let mut stem = name;
        while let Some((shorter, _)) = stem.rsplit_once('.') {
            let truth = document.with_file_name(format!("{shorter}{TRUTH}"));
            if truth.is_file() {
                found.push(File { truth, document: document.clone() });
                break;
            }
            stem = shorter;
        }
    }
    Ok(found)
}

fn walk(folder: &Path, names: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, names)?;
        } else {
            names.push(path);
        }
    }
    Ok(())
}
