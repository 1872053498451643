//! Documents of a folder and their truths.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// A document and what it should give.
#[derive(Debug)]
pub(super) struct File {
    pub(super) document: PathBuf,
    pub(super) truth: Value,
}

const TRUTH: &str = ".expected.json";

/// All documents below the folder that have a truth, by name. `a.b.pdf` has its truth in
/// `a.b.expected.json`, or in `a.expected.json` where several renderings share one; an `expected.json`
/// has the truths of the documents that it names by their paths.
pub(super) fn with_truth(folder: &Path) -> Result<Vec<File>> {
    let mut names = Vec::new();
    walk(folder, &mut names)?;
    names.sort();
    let mut found = Vec::new();
    for path in &names {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name == "expected.json" {
            listed(path, &mut found)?;
            continue;
        }
        if name.contains(".expected.")
            || name.ends_with(".words.csv")
            || path.extension().is_some_and(|extension| extension == "md")
        {
            continue;
        }
        let mut stem = name;
        while let Some((shorter, _)) = stem.rsplit_once('.') {
            let truth = path.with_file_name(format!("{shorter}{TRUTH}"));
            if truth.is_file() {
                found.push(File { document: path.clone(), truth: json(&truth)? });
                break;
            }
            stem = shorter;
        }
    }
    Ok(found)
}

fn listed(list: &Path, found: &mut Vec<File>) -> Result<()> {
    let Value::Object(truths) = json(list)? else { return Ok(()) };
    let here = list.parent().unwrap_or(list);
    let places = [Some(here), here.parent()];
    for (name, truth) in truths {
        let document = places.iter().flatten().map(|place| place.join(&name)).find(|p| p.is_file());
        if let Some(document) = document {
            found.push(File { document, truth });
        }
    }
    Ok(())
}

fn json(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", path.display()))
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
