//! Ids as the platform makes them: cuid, version 1.
//!
//! The database has no default for ids and nothing parses them; this form keeps rows of one time
//! together in the indexes, as the platform's own rows are.

/// A new id: 25 characters, `c` first.
pub fn new_id() -> String {
    cuid::cuid1()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_platforms_form_and_differ() {
        let ids: std::collections::HashSet<String> = (0..10_000).map(|_| new_id()).collect();
        assert_eq!(ids.len(), 10_000);
        for id in ids {
            assert_eq!(id.len(), 25, "{id}");
            assert!(id.starts_with('c'), "{id}");
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{id}");
        }
    }
}
