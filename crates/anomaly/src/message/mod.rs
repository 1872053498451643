//! Turkish sentences for findings: title, message that names the thing, what to check next.

use crate::finding::Finding;

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
        title: finding.kind.as_str().to_owned(),
        message: String::new(),
        next_check: String::new(),
    }
}
