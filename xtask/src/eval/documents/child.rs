//! Reads one document as the worker does: in a bounded child of this program.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use doc_pipeline::isolation::{Cancel, Reader, serve_child};
use doc_pipeline::{Context, Extraction, ReadError};

/// Of the hidden command that is the child.
#[derive(Debug, Args)]
pub(crate) struct ChildOptions {}

/// The child's side.
pub(crate) fn serve(_: &ChildOptions) -> ExitCode {
    serve_child()
}

/// What came of one document.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) outcome: Result<Extraction, ReadError>,
    /// Wall time with the start of the child.
    pub(super) wall: Duration,
}

/// Reads a file.
pub(super) fn read(file: &Path) -> Result<Reading> {
    let bytes =
        std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let reader = Reader::of_this_program(["read-document"])?;
    let began = Instant::now();
    let outcome = reader.read(&bytes, &Context::default(), &Cancel::new());
    Ok(Reading { outcome, wall: began.elapsed() })
}
