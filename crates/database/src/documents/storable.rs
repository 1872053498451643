//! Text as PostgreSQL can store it: neither `text` nor `jsonb` takes U+0000, which hostile and broken
//! documents hold.

use serde_json::Value;

/// Leaves NUL out.
pub(crate) fn text(mut text: String) -> String {
    if text.contains('\0') {
        text.retain(|c| c != '\0');
    }
    text
}

/// Leaves NUL out of every string and key.
pub(crate) fn json(value: Value) -> Value {
    match value {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        Value::Object(entries) => Value::Object(
            entries.into_iter().map(|(key, value)| (text(key), json(value))).collect(),
        ),
        other => other,
    }
}

/// At most this many characters, for `varchar` columns.
pub(crate) fn at_most(limit: usize, text: &str) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leaves_nul_out_at_any_depth() {
        let hostile = json!({"a\0": ["\0", {"b": "x\0y"}], "n": 1});
        assert_eq!(super::json(hostile), json!({"a": ["", {"b": "xy"}], "n": 1}));
        assert_eq!(text("\0şu\0".to_owned()), "şu");
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(at_most(3, "şğü"), "şğü");
        assert_eq!(at_most(3, "şğüi"), "şğ…");
    }
}
