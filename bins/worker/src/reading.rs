//! How this program reads documents: dangerous types in a child process of its own binary.

use anyhow::Context as _;
use doc_pipeline::{Context, Media, isolation::Reader};

use crate::{READ_DOCUMENT, config::ReadingSettings};

/// The parent's side: starts this very binary for what must not be opened here.
pub(crate) fn reader() -> anyhow::Result<Reader> {
    Reader::of_this_program([READ_DOCUMENT]).context("the path of this program is unknown")
}

/// Whether reading these bytes takes a child process, of which there are only so many at a time.
pub(crate) fn needs_child(bytes: &[u8]) -> bool {
    Media::sniff(bytes).needs_child()
}

/// What all documents have in common.
pub(crate) fn context(settings: &ReadingSettings) -> Context {
    Context { limits: settings.limits.clone(), ocr: settings.ocr.clone(), ..Context::default() }
}
