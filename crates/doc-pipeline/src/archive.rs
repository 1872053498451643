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
    let mut document = None;
    let mut documents = 0_usize;
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(corrupt)?;
        declared = declared.saturating_add(entry.size());
        let name = entry.name().map_err(corrupt)?;
        if !entry.is_dir() && !is_side_file(&name) {
            documents += 1;
            document = Some((index, entry.encrypted()));
        }
    }
    if declared > limits.archive_bytes {
        return Err(ReadError::LimitExceeded(Limit::Archive));
    }
    let (index, encrypted) = match (document, documents) {
        (Some(found), 1) => found,
        (_, count) => return Err(ReadError::AmbiguousArchive(format!("{count} documents"))),
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

/// Files that archivers of operating systems add beside the document.
fn is_side_file(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("__MACOSX/") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}
