//! Turkish sentences for people: of findings, flags and errors. Codes are data and stay English; a
//! sentence says what was seen and what to do, without technical words.
//!
//! Adding a finding or a flag means adding its row to the table of its kind.

mod errors;
mod findings;
mod flags;
mod render;

use std::collections::BTreeMap;

use domain::Severity;
use rust_decimal::Decimal;
use serde_json::Value;

pub use errors::for_error;

use crate::{finding::Finding, media::Media};

/// Every finding code with its sentence; `{name}` stands for a value of the finding.
pub fn finding_codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    findings::SENTENCES.iter().copied()
}

/// Every flag code with its sentence; `{value}` stands for the value of the flag.
pub fn flag_codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    flags::SENTENCES.iter().copied()
}

/// Makes a finding with its sentence.
pub(crate) fn finding<const N: usize>(
    code: &'static str,
    severity: Severity,
    values: [(&'static str, Value); N],
) -> Finding {
    let values: BTreeMap<String, Value> =
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Finding {
        code: code.to_owned(),
        severity,
        message: render::fill(sentence(findings::SENTENCES, code), &values),
        values,
    }
}

/// A type's name for people.
pub const fn media_name(media: Media) -> &'static str {
    match media {
        Media::Text => "metin",
        Media::Unknown => "bilinmeyen",
        other => other.name(),
    }
}

/// The sentence of a flag; the same code may be raised for several causes, told apart by `cause`
/// (`VAT_RATE_INCONSISTENCY.many`).
pub(crate) fn flag(cause: &str, value: Option<&Value>) -> String {
    let values = value.map(|value| ("value".to_owned(), value.clone())).into_iter().collect();
    render::fill(sentence(flags::SENTENCES, cause), &values)
}

/// An amount as an exact JSON number.
pub(crate) fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or(Value::Null)
}

fn sentence(table: &'static [(&'static str, &'static str)], code: &str) -> &'static str {
    // A test keeps every code used in the sources in the tables; this is what people would see if
    // one slipped through.
    const UNKNOWN: &str =
        "Belgede açıklaması tanımlı olmayan bir durum görüldü; belgeyi elle kontrol edin.";
    table.iter().find(|(known, _)| *known == code).map_or(UNKNOWN, |(_, sentence)| sentence)
}
