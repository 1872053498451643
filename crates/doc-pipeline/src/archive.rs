//! The single document inside a zip, as portals hand invoices out. Entry names are never used as
//! paths; nothing is written anywhere.

use std::io::{Cursor, Read};

use crate::{
    error::{Limit, ReadError},
    limits::Limits,
};

/// Expanded bytes per compressed byte above which an archive is refused; small files are let off,
/// because repetitive XML of some KB reaches it honestly.
const RATIO: u64 = 100;
const RATIO_FREE_BYTES: u64 = 1 << 20;

/// Returns the bytes of the only document in the archive.
pub(crate) fn single_document(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let corrupt = |error: zip::result::ZipError| ReadError::Corrupt(format!("zip: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(corrupt)?;
    if archive.len() > limits.archive_entries {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    let mut entries = Vec::new();
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(corrupt)?;
        declared = declared.saturating_add(entry.size());
        let name = entry.name().map_err(corrupt)?;
        if !entry.is_dir() && !is_side_file(&name) {
            entries.push((index, entry.encrypted(), extension(&name)));
        }
    }
    if declared > limits.archive_bytes {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    let Some((index, encrypted)) = only_document(&entries) else {
        return Err(ReadError::AmbiguousArchive(format!("{} documents", entries.len())));
    };
    if encrypted {
        return Err(ReadError::Encrypted);
    }
    let entry = archive.by_index(index).map_err(corrupt)?;
    let compressed = entry.compressed_size().max(1);
    // The declared size may lie, so reading itself is bounded.
    let ratio_limit = compressed.saturating_mul(RATIO).max(RATIO_FREE_BYTES);
    let limit = limits.archive_bytes.min(ratio_limit);
    let mut expanded = Vec::new();
    entry
        .take(limit.saturating_add(1))
        .read_to_end(&mut expanded)
        .map_err(|error| ReadError::Corrupt(format!("zip: {error}")))?;
    if expanded.len() as u64 > limit {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    Ok(expanded)
}

/// The only entry, or the only XML where everything else is a rendering of it: portals hand out an
/// invoice with its page and its stylesheet.
fn only_document(entries: &[(usize, bool, String)]) -> Option<(usize, bool)> {
    if let [(index, encrypted, _)] = entries {
        return Some((*index, *encrypted));
    }
    let mut documents = entries.iter().filter(|(_, _, extension)| extension == "xml");
    let (index, encrypted, _) = documents.next()?;
    let others_render_it = entries.iter().all(|(_, _, extension)| {
        matches!(extension.as_str(), "xml" | "html" | "htm" | "pdf" | "xslt" | "xsl")
    });
    (documents.next().is_none() && others_render_it).then_some((*index, *encrypted))
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
