//! Why a document could not be read. Every variant is a decision for the caller.

use serde::{Deserialize, Serialize};

/// A limit that a document ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Bytes of the file.
    InputBytes,
    /// Number of pages.
    Pages,
    /// Pixels of an image.
    Pixels,
    /// Glyphs of the text.
    Glyphs,
    /// Memory of the child.
    Memory,
    /// CPU time of the child.
    Cpu,
    /// Wall time.
    Wall,
    /// Bytes of the result.
    Output,
    /// Depth, attributes, elements or text of an XML document.
    Xml,
    /// Entries, expanded size or ratio of an archive.
    Archive,
}

/// The reading ended in an error of the document's own, or of the machine's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "error", content = "detail")]
pub enum ReadError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// A type that this pipeline does not read; the value names it.
    #[error("files of this type are not read: {0}")]
    Unsupported(String),
    /// A password is needed.
    #[error("the document is protected by a password")]
    Encrypted,
    /// The bytes are not what their type promises; the value says where it broke.
    #[error("the document is corrupt: {0}")]
    Corrupt(String),
    /// A document type declaration or entity in XML.
    #[error("the XML declares a document type or entities, which is refused")]
    ForbiddenXml,
    /// A limit was reached.
    #[error("limit reached: {0:?}")]
    LimitExceeded(Limit),
    /// Opened, but there is no text in it and none could be recognised.
    #[error("no text was found in the document")]
    NoText,
    /// A statement format that holds no account, movement or balance; the value says which format.
    #[error("the file holds no account statement: {0}")]
    NoStatement(String),
    /// An archive or envelope without a document; the value says what it holds.
    #[error("the archive does not hold a document: {0}")]
    AmbiguousArchive(String),
    /// OCR is needed and the engine or a language is not installed; the value names what is missing.
    #[error("the OCR engine is not available: {0}")]
    OcrUnavailable(String),
    /// The OCR engine failed on a page.
    #[error("the OCR engine failed: {0}")]
    OcrFailed(String),
    /// The bounded child process could not be started or died without an answer.
    #[error("the reading process failed: {0}")]
    ProcessFailed(String),
}

impl ReadError {
    /// Whether the same bytes may succeed when tried again.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::ProcessFailed(_) | Self::OcrFailed(_) | Self::LimitExceeded(Limit::Wall)
        )
    }

    /// What a panic of a decoder means for the document: the machine's memory, or its own breakage.
    /// Decoders that ask for memory with a way to refuse it panic on the refusal.
    pub(crate) fn of_panic(cause: &(dyn std::any::Any + Send), what: &str) -> Self {
        let message = cause
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| cause.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        let of_memory = ["memory", "alloc", "AllocError", "capacity overflow", "spawn thread"];
        if of_memory.iter().any(|word| message.contains(word)) {
            return Self::LimitExceeded(Limit::Memory);
        }
        Self::Corrupt(what.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_allocation_is_no_breakage_of_the_document() {
        let of = |message: &'static str| {
            let cause: Box<dyn std::any::Any + Send> = Box::new(message.to_owned());
            ReadError::of_panic(&*cause, "broken")
        };
        for message in [
            "called `Result::unwrap()` on an `Err` value: TryReserveError { kind: AllocError }",
            "capacity overflow",
            "failed to spawn thread: Os { code: 11 }",
        ] {
            assert_eq!(of(message), ReadError::LimitExceeded(Limit::Memory), "{message}");
        }
        assert_eq!(of("index out of bounds"), ReadError::Corrupt("broken".to_owned()));
    }
}
