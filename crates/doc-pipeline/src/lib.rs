//! Bytes of a document to typed, checked fields with evidence.
//!
//! [`read_in_process`] is a function of its arguments: no database, no network, no clock. XML and the
//! text formats of banks are read by bounded parsers in safe Rust wherever the caller is; PDF, images,
//! workbooks and archives are only to be opened through [`isolation::Reader`], which runs the same
//! function in a bounded child process of the caller's own binary.
//!
//! The way of a document: [`media`] finds the real type, `ubl` (e-documents), `statement` (files of
//! banks) or `pdf`/`ocr` (pages of words) read it, `parse` asks the pages geometric questions, [`extraction`] holds what came out,
//! [`assess`](mod@assess) derives features, flags and the flag score. Findings and flags are data; their Turkish
//! sentences are made by [`message`].

mod archive;
pub mod assess;
mod digest;
pub mod error;
pub mod evidence;
pub mod extraction;
pub mod fields;
pub mod finding;
mod findings;
pub mod fuzzing;
pub mod input;
pub mod isolation;
pub mod limits;
pub mod media;
pub mod message;
pub mod ocr;
mod parse;
mod pdf;
mod read;
mod several;
mod statement;
mod text;
mod ubl;
mod xml;

pub use assess::{Assessment, AssessmentContext, Duplicate, Duplicates, Flag, assess};
pub use digest::content_sha256;
pub use error::{Limit, ReadError};
pub use extraction::{DocumentKind, Extraction, Fields, Identity, PARSER_VERSION};
pub use finding::Finding;
pub use input::{Context, KindHint, OcrEngine};
pub use limits::Limits;
pub use media::Media;
pub use read::read_in_process;
pub use text::inspect;
