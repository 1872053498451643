//! Whether the engine and its languages are installed.

use std::process::Stdio;

use super::tesseract;
use crate::{error::ReadError, input::OcrEngine};

/// What is installed of the OCR engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcrStatus {
    /// Version as the engine states it (`tesseract 5.3.0`); absent when it cannot be started.
    pub version: Option<String>,
    /// Installed languages.
    pub languages: Vec<String>,
    /// Debian packages to install, in the order of need; empty when all is well.
    pub missing: Vec<String>,
}

impl OcrStatus {
    /// # Errors
    /// [`ReadError::OcrUnavailable`], naming the packages, when something is missing.
    pub fn require(&self) -> Result<(), ReadError> {
        if self.missing.is_empty() {
            Ok(())
        } else {
            Err(ReadError::OcrUnavailable(self.missing.join(" ")))
        }
    }
}

/// Asks the engine for its version and languages.
pub fn probe(engine: &OcrEngine) -> OcrStatus {
    let version = ask(engine, "--version")
        .and_then(|text| text.lines().next().map(|line| line.trim().to_owned()));
    OcrStatus { version, ..languages(engine) }
}

/// Whether the engine can be used, without asking for its version.
pub(super) fn require(engine: &OcrEngine) -> Result<(), ReadError> {
    languages(engine).require()
}

fn languages(engine: &OcrEngine) -> OcrStatus {
    let wanted = engine.languages.split('+').filter(|language| !language.is_empty());
    let Some(listed) = ask(engine, "--list-langs") else {
        let packages = wanted.map(|language| format!("tesseract-ocr-{language}"));
        let missing = std::iter::once("tesseract-ocr".to_owned()).chain(packages).collect();
        return OcrStatus { version: None, languages: Vec::new(), missing };
    };
    // The first line is a heading.
    let languages: Vec<String> = listed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.contains(char::is_whitespace))
        .map(str::to_owned)
        .collect();
    let missing = wanted
        .filter(|language| !languages.iter().any(|installed| installed == language))
        .map(|language| format!("tesseract-ocr-{language}"))
        .collect();
    OcrStatus { version: None, languages, missing }
}

fn ask(engine: &OcrEngine, argument: &str) -> Option<String> {
    let output = tesseract::command(engine).arg(argument).stdin(Stdio::null()).output().ok()?;
    // Versions before 5 answer on the error stream.
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(text)
}
