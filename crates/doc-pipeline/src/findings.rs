//! Collects findings, bounded: a hostile file of 100,000 broken lines must not make 100,000 sentences.

use std::collections::BTreeMap;

use domain::Severity;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::{finding::Finding, message};

const MAX_PER_CODE: usize = 20;

/// Findings in order of detection.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<&'static str, usize>,
    dropped: u32,
}

impl Findings {
    /// Adds a finding, unless there are many of its code already.
    pub(crate) fn add<const N: usize>(
        &mut self,
        code: &'static str,
        severity: Severity,
        values: [(&'static str, Value); N],
    ) {
        let count = self.counts.entry(code).or_default();
        if *count >= MAX_PER_CODE {
            self.dropped += 1;
            return;
        }
        *count += 1;
        self.list.push(message::finding(code, severity, values));
    }

    /// Adds a difference of two amounts; `context` names what else the sentence needs.
    pub(crate) fn difference(
        &mut self,
        code: &'static str,
        expected: Decimal,
        found: Decimal,
        context: Option<(&'static str, Value)>,
    ) {
        let severity = severity_of(expected, found);
        let (expected, found) = (message::number(expected), message::number(found));
        match context {
            Some(context) => {
                self.add(code, severity, [context, ("expected", expected), ("found", found)]);
            }
            None => self.add(code, severity, [("expected", expected), ("found", found)]),
        }
    }

    /// The list, with a note when some were left out.
    pub(crate) fn into_list(mut self) -> Vec<Finding> {
        if self.dropped > 0 {
            let count = [("count", self.dropped.into())];
            self.list.push(message::finding("FINDINGS_TRUNCATED", Severity::Low, count));
        }
        self.list
    }
}

/// Above one per cent of what was expected, a difference is serious.
fn severity_of(expected: Decimal, found: Decimal) -> Severity {
    let serious =
        match (expected.checked_sub(found), expected.abs().checked_mul(Decimal::new(1, 2))) {
            (Some(difference), Some(per_cent)) => difference.abs() > per_cent,
            _ => true,
        };
    if serious { Severity::High } else { Severity::Medium }
}

/// Text of the document as a value: bounded, without control characters.
pub(crate) fn shown(text: &str) -> Value {
    text.chars().filter(|c| !c.is_control()).take(80).collect::<String>().into()
}
