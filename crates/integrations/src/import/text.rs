//! Texts in the shape of the platform's columns.

/// At most this many characters; none when nothing is left.
pub(super) fn short(text: Option<&str>, limit: usize) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| clean(text).chars().take(limit).collect())
}

/// PostgreSQL's text takes no NUL.
pub(super) fn clean(text: &str) -> String {
    text.replace('\0', "")
}
