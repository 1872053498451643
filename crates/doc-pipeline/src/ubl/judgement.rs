//! What the checks say of each value, by JSON pointer.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::{Check, Evidence, EvidenceMap, Source};

/// Checks passed and failed, and values that were derived.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    checks: BTreeMap<String, Vec<(Check, bool)>>,
    derived: BTreeSet<String>,
}

impl Judgement {
    /// Notes the outcome of a check of a value.
    pub(super) fn check(&mut self, pointer: impl Into<String>, check: Check, passed: bool) {
        self.checks.entry(pointer.into()).or_default().push((check, passed));
    }

    /// Notes that a value was not written but follows from others.
    pub(super) fn derived(&mut self, pointer: impl Into<String>) {
        self.derived.insert(pointer.into());
    }

    /// Evidence of the values at `present`. XML is exact, so the confidence is 1 and only a failed
    /// check asks for a person.
    pub(super) fn into_evidence(mut self, present: Vec<String>) -> EvidenceMap {
        let mut map = EvidenceMap::new();
        let of_lines =
            self.derived.iter().filter(|pointer| pointer.starts_with("/lineItems/")).cloned();
        let present: Vec<String> = present.into_iter().chain(of_lines).collect();
        for pointer in present {
            let source =
                if self.derived.contains(&pointer) { Source::Derived } else { Source::Xml };
            let (mut passed, mut failed) = (Vec::new(), Vec::new());
            for (check, is_passed) in self.checks.remove(&pointer).unwrap_or_default() {
                let list = if is_passed { &mut passed } else { &mut failed };
                if !list.contains(&check) {
                    list.push(check);
                }
            }
            // A check that failed once has failed.
            passed.retain(|check| !failed.contains(check));
            let needs_review = !failed.is_empty();
            let evidence = Evidence {
                source,
                page: None,
                bounding_box: None,
                confidence: 1.0,
                passed,
                failed,
                needs_review,
            };
            map.insert(pointer, evidence);
        }
        map
    }
}
