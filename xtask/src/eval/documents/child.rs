//! Reads one document as the worker does: what is dangerous in a bounded child of this program.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use doc_pipeline::isolation::{Cancel, Reader, serve_child};
use doc_pipeline::{Context, Extraction, KindHint, ReadError};

use super::stages::{self, Stage};

/// Of the hidden command that is the child.
#[derive(Debug, Args)]
pub(crate) struct ChildOptions {
    /// Where the stages are written.
    stages: PathBuf,
}

/// The child's side.
pub(crate) fn serve(options: &ChildOptions) -> ExitCode {
    stages::install_in_child(options.stages.clone());
    serve_child()
}

/// What came of one document.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) outcome: Result<Extraction, ReadError>,
    /// With the start of the child, where there was one.
    pub(super) wall: Duration,
    pub(super) stages: Vec<Stage>,
}

/// Reads a document.
pub(super) fn read(bytes: &[u8], hint: Option<KindHint>) -> Result<Reading> {
    let folder = tempfile::tempdir().context("no place for the stages")?;
    let file = folder.path().join("stages.json");
    let arguments = ["read-document".into(), file.clone().into_os_string()];
    let reader = Reader::of_this_program(arguments)?;
    stages::take();
    let began = Instant::now();
    let context = Context { hint, ..Context::default() };
    let outcome = reader.read(bytes, &context, &Cancel::new());
    let wall = began.elapsed();
    let mut all = stages::take();
    if let Ok(json) = std::fs::read(&file) {
        all.extend(serde_json::from_slice::<Vec<Stage>>(&json).unwrap_or_default());
    }
    Ok(Reading { outcome, wall, stages: all })
}
