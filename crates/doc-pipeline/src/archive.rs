//! The documents inside a zip, as portals hand invoices out. Entry names are never used as paths;
//! nothing is written anywhere.

use std::io::{Cursor, Read};

use crate::{
    error::{Limit, ReadError},
    limits::Limits,
};

/// Expanded bytes per compressed byte above which an archive is refused; small files are let off,
/// because repetitive XML of some KB reaches it honestly.
const RATIO: u64 = 100;
const RATIO_FREE_BYTES: u64 = 1 << 20;

/// What an archive holds.
#[derive(Debug)]
pub(crate) enum Contents {
    /// One document, with its renderings at most.
    One(Vec<u8>),
    /// Several, each with its name and its bytes, or why it cannot be read.
    Several(Vec<(String, Result<Vec<u8>, ReadError>)>),
}

/// An entry that is not a folder or a side file.
#[derive(Debug)]
struct Entry {
    index: usize,
    encrypted: bool,
    name: String,
}

type Zip<'b> = zip::ZipArchive<Cursor<&'b [u8]>>;

fn corrupt(error: impl std::fmt::Display) -> ReadError {
    ReadError::Corrupt(format!("zip: {error}"))
}

/// Opens the archive and takes its documents.
pub(crate) fn contents(bytes: &[u8], limits: &Limits) -> Result<Contents, ReadError> {
    let (mut archive, entries) = open(bytes, limits.archive_entries, limits)?;
    if let Some(only) = only_document(&entries) {
        let mut left = limits.archive_bytes;
        return expand(&mut archive, only, &mut left).map(Contents::One);
    }
    if entries.iter().any(|entry| entry.name == "[Content_Types].xml") {
        return Err(ReadError::Unsupported("Office".to_owned()));
    }
    if entries.is_empty() {
        return Err(ReadError::AmbiguousArchive("no document".to_owned()));
    }
    let mut left = limits.archive_bytes;
    let mut documents = Vec::with_capacity(entries.len());
    for entry in entries {
        let content = expand(&mut archive, &entry, &mut left);
        // A bomb among the documents is one of the archive.
        if let Err(error @ ReadError::LimitExceeded(_)) = content {
            return Err(error);
        }
        documents.push((shown_name(&entry.name), content));
    }
    Ok(Contents::Several(documents))
}

/// Whether a workbook is within the limits of an archive, as far as it declares its sizes.
pub(crate) fn hold_to_limits(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    // Pictures and charts are entries of their own there.
    open(bytes, limits.archive_entries.saturating_mul(10), limits).map(drop)
}

fn open<'b>(
    bytes: &'b [u8],
    most: usize,
    limits: &Limits,
) -> Result<(Zip<'b>, Vec<Entry>), ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(corrupt)?;
    if archive.len() > most {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    let mut entries = Vec::new();
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(corrupt)?;
        declared = declared.saturating_add(entry.size());
        let name = entry.name().map_err(corrupt)?;
        if !entry.is_dir() && !is_side_file(&name) {
            let (encrypted, name) = (entry.encrypted(), name.into_owned());
            entries.push(Entry { index, encrypted, name });
        }
    }
    if declared > limits.archive_bytes {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    Ok((archive, entries))
}

/// Expands one entry; `left` is what all entries together may still take.
fn expand(archive: &mut Zip<'_>, entry: &Entry, left: &mut u64) -> Result<Vec<u8>, ReadError> {
    if entry.encrypted {
        return Err(ReadError::Encrypted);
    }
    let entry = archive.by_index(entry.index).map_err(corrupt)?;
    let compressed = entry.compressed_size().max(1);
    // The declared size may lie, so reading itself is bounded.
    let ratio_limit = compressed.saturating_mul(RATIO).max(RATIO_FREE_BYTES);
    let limit = ratio_limit.min(*left);
    let mut expanded = Vec::new();
    entry.take(limit.saturating_add(1)).read_to_end(&mut expanded).map_err(corrupt)?;
    let length = expanded.len() as u64;
    if length > limit {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    *left = left.saturating_sub(length);
    Ok(expanded)
}

/// The name of an entry for people: without folders and control characters.
fn shown_name(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// The only entry, or the only XML where everything else is a rendering of it: portals hand out an
/// invoice with its page and its stylesheet.
fn only_document(entries: &[Entry]) -> Option<&Entry> {
    if let [only] = entries {
        return Some(only);
    }
    let mut documents = entries.iter().filter(|entry| extension(&entry.name) == "xml");
    let first = documents.next()?;
    let others_render_it = entries.iter().all(|entry| {
        matches!(extension(&entry.name).as_str(), "xml" | "html" | "htm" | "pdf" | "xslt" | "xsl")
    });
    (documents.next().is_none() && others_render_it).then_some(first)
}

fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// Files that archivers of operating systems add beside the document.
fn is_side_file(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("__MACOSX/") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}
