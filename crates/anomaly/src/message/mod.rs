//! Turkish sentences for findings: title, message that names the thing, what to check next.
//!
//! A finding is data; only here does it become text. A new kind means a title in `titles.rs`, a sentence
//! in `sentences.rs` and, if it asks for something new, one in `next_checks.rs`; the compiler names what
//! is missing.

mod next_checks;
mod sentences;
mod titles;
mod unusual;
mod words;

use crate::{finding::Finding, report::UnusualEntry};

/// The texts of a finding for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// A few words.
    pub title: String,
    /// One or two sentences that name the thing, what was measured and with what it was compared.
    pub message: String,
    /// What to look at next.
    pub next_check: String,
}

/// The texts of a finding.
pub fn text(finding: &Finding) -> Text {
    Text {
        title: titles::title(finding),
        message: sentences::sentence(finding),
        next_check: next_checks::sentence(finding.next_check).to_owned(),
    }
}

/// A sentence that names an entry of the ranking and what it owes its place to.
pub fn unusual_entry(entry: &UnusualEntry) -> String {
    unusual::sentence(entry)
}

pub use titles::kind_title;
