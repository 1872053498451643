//! One document against its truth, field by field.

use std::collections::BTreeMap;

use doc_pipeline::Extraction;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::shares::{Shares, is_figure};

/// Outcomes of one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Count {
    pub(super) exact: u32,
    pub(super) wrong: u32,
    pub(super) missing: u32,
    /// Of the wrong ones, those that are not marked for a person.
    pub(super) wrong_verified: u32,
}

impl Count {
    pub(super) fn add(&mut self, other: Self) {
        self.exact += other.exact;
        self.wrong += other.wrong;
        self.missing += other.missing;
        self.wrong_verified += other.wrong_verified;
    }
}

/// What was read, and how it compares.
#[derive(Debug)]
pub(super) struct Comparison {
    fields: Value,
    found_kind: Option<String>,
    /// The kind that the truth says.
    pub(super) kind: String,
    pub(super) counts: BTreeMap<String, Count>,
    /// Numbers, labels with their values, and whole rows.
    pub(super) shares: Shares,
    /// A line for each difference.
    pub(super) remarks: Vec<String>,
    /// The text, for labels that announce no field.
    text: String,
}

impl Comparison {
    pub(super) fn new(read: &Extraction) -> Self {
        Self {
            fields: read.fields_json(),
            found_kind: Some(read.kind().as_str().to_owned()),
            kind: String::new(),
            counts: BTreeMap::new(),
            shares: Shares::default(),
            remarks: Vec::new(),
            text: read.text.text.clone(),
        }
    }

    /// Of a document that could not be read: everything is missing.
    pub(super) fn unread() -> Self {
        Self {
            fields: Value::Null,
            found_kind: None,
            kind: String::new(),
            counts: BTreeMap::new(),
            shares: Shares::default(),
            remarks: Vec::new(),
            text: String::new(),
        }
    }

    /// The kind that the truth says.
    pub(super) fn kind(&mut self, expected: &str) {
        expected.clone_into(&mut self.kind);
        let found = self.found_kind.clone();
        self.record("kind", "", found.as_deref(), expected);
    }

    /// The document holds nothing: refusing it is what is right.
    pub(super) fn refused(&mut self) {
        "none".clone_into(&mut self.kind);
        let found = if self.found_kind.is_none() { "refused" } else { "read" };
        self.record("refused", "", Some(found), "refused");
    }

    /// A text, number or date at a pointer; amounts are equal when their values are.
    pub(super) fn at(&mut self, field: &str, pointer: &str, expected: Option<String>) {
        let Some(expected) = expected else { return };
        let found = self.text(pointer);
        self.record(field, pointer, found.as_deref(), &expected);
    }

    /// How many a list holds.
    pub(super) fn length(&mut self, field: &str, key: &str, expected: usize) {
        let found = self.list(key).len().to_string();
        let found = (!self.fields.is_null()).then_some(found);
        self.record(field, "", found.as_deref(), &expected.to_string());
    }

    /// A list of what was read.
    pub(super) fn list(&self, key: &str) -> Vec<Value> {
        self.fields.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    fn text(&self, pointer: &str) -> Option<String> {
        match self.fields.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// A row of a table, all of whose fields `compare` compares: it is complete when none differs.
    pub(super) fn row(&mut self, compare: impl FnOnce(&mut Self)) {
        let before = self.remarks.len();
        compare(self);
        self.shares.rows.count(self.remarks.len() == before);
    }

    /// A label with the value that stands beside it: the field that it announces has the value, as
    /// the fields write it; where it announces none, one line of the text holds both.
    pub(super) fn label(&mut self, label: &str, value: &str, field: Option<(&[String], &str)>) {
        let held = match field {
            Some((pointers, written)) => pointers
                .iter()
                .any(|pointer| self.text(pointer).is_some_and(|found| same(&found, written))),
            None => self.text.lines().any(|line| line.contains(label) && line.contains(value)),
        };
        self.shares.labels.count(held);
        if !held {
            self.remarks.push(format!("label {label} without {value}"));
        }
    }

    fn record(&mut self, field: &str, pointer: &str, found: Option<&str>, expected: &str) {
        if is_figure(field) {
            let is_exact = found.is_some_and(|found| same(found, expected));
            self.shares.numbers.count(is_exact);
        }
        let count = self.counts.entry(field.to_owned()).or_default();
        match found {
            Some(found) if same(found, expected) => count.exact += 1,
            None => {
                count.missing += 1;
                self.remarks.push(format!("missing {field} {pointer}: {expected}"));
            }
            Some(found) => {
                count.wrong += 1;
                let is_marked = is_marked(&self.fields, pointer);
                count.wrong_verified += u32::from(!is_marked);
                let mark = if is_marked { "" } else { " AND NOT MARKED" };
                self.remarks.push(format!("wrong{mark} {field} {pointer}: {found} for {expected}"));
            }
        }
    }

    /// Where each row of the truth stands in what was read. A missing row must not make all that
    /// follow wrong: rows are matched by a key, those without a match by their place between.
    pub(super) fn places(&self, list: &str, key: &str, wanted: &[Option<String>]) -> Vec<usize> {
        let read: Vec<Option<String>> = self
            .list(list)
            .iter()
            .map(|own| own.get(key).map(|own| own.as_str().map_or(own.to_string(), str::to_owned)))
            .collect();
        let mut taken = vec![false; read.len()];
        let mut out = vec![usize::MAX; wanted.len()];
        for (number, wanted) in wanted.iter().enumerate() {
            let Some(wanted) = wanted else { continue };
            let is_it = |index: &usize| {
                taken.get(*index) == Some(&false)
                    && read
                        .get(*index)
                        .and_then(Option::as_deref)
                        .is_some_and(|own| same(own, wanted))
            };
            let place = Some(number).filter(is_it).or_else(|| (0..read.len()).find(is_it));
            if let Some(place) = place {
                if let Some(taken) = taken.get_mut(place) {
                    *taken = true;
                }
                if let Some(slot) = out.get_mut(number) {
                    *slot = place;
                }
            }
        }
        if read.len() == wanted.len() {
            let mut free = taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(at, _)| at);
            for slot in out.iter_mut().filter(|slot| **slot == usize::MAX) {
                *slot = free.next().unwrap_or(usize::MAX);
            }
        }
        out
    }
}

/// Whether a person is asked to look at the value, or at the whole that it belongs to.
fn is_marked(fields: &Value, pointer: &str) -> bool {
    // Kinds and lengths have no evidence of their own: a finding marks them.
    if pointer.is_empty() {
        return fields.get("findings").is_some();
    }
    let evidence = fields.get("evidence");
    // An entry of an object or list stands for what is below it.
    let mut at = pointer;
    loop {
        if let Some(known) = evidence.and_then(|evidence| evidence.get(at)) {
            return known.get("needsReview").and_then(Value::as_bool).unwrap_or(false);
        }
        match at.rsplit_once('/') {
            Some((above, _)) if !above.is_empty() => at = above,
            _ => return false,
        }
    }
}

/// Equal as numbers, or equal as texts but for white space.
pub(super) fn same(found: &str, expected: &str) -> bool {
    let texts = [found, expected];
    if let (Ok(found), Ok(expected)) = (found.parse::<Decimal>(), expected.parse::<Decimal>())
        && found == expected
        && !texts.iter().any(|text| is_a_code(text))
    {
        return true;
    }
    found.split_whitespace().eq(expected.split_whitespace())
}

/// Digits that begin with a zero are a code, whose zeros count.
fn is_a_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0', second, ..] if second.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{is_marked, same};
    use serde_json::json;

    #[test]
    fn amounts_are_equal_by_value_and_texts_by_words() {
        assert!(same("12.50", "12.5"));
        assert!(same("a  b", "a b"));
        assert!(!same("12.50", "12.51"));
        assert!(!same("0045", "45"));
        assert!(!same("A", "B"));
    }

    #[test]
    fn what_stands_above_marks_what_is_below() {
        let fields = json!({
            "evidence": {
                "/transactions": {"needsReview": false},
                "/transactions/1/amount": {"needsReview": true},
            },
        });
        assert!(is_marked(&fields, "/transactions/1/amount"));
        assert!(!is_marked(&fields, "/transactions/0/amount"));
        assert!(!is_marked(&fields, ""));
    }
}
