//! Bytes of a document to typed, checked fields with evidence.
//!
//! [`read_in_process`] is a function of its arguments: no database, no network, no clock. XML is read
//! by bounded parsers in safe Rust wherever the caller is; PDF, images and archives of them are only
//! to be opened through [`isolation::Reader`], which runs the same function in a bounded child
//! process of the caller's own binary.
//!
//! The way of a document: [`media`] finds the real type, `ubl` (XML) or `pdf`/`ocr` (pages of words)
//! read it, `parse` asks the pages geometric questions, [`extraction`] holds what came out,
//! [`assess`] derives features, flags and the flag score. Findings and flags are data; their Turkish
//! sentences are made by [`message`].
