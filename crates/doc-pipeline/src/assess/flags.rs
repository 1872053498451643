//! Collects flags and the features that they raise.

use std::collections::BTreeMap;

use domain::Severity;
use serde_json::Value;

use super::{Assessment, Flag};
use crate::message;

/// Flags in order of detection.
#[derive(Debug, Default)]
pub(super) struct Flags {
    features: BTreeMap<String, bool>,
    list: Vec<Flag>,
}

impl Flags {
    /// Raises a flag and its feature. `cause` is the flag's code, with a suffix (`CODE.cause`) where one
    /// code has several sentences.
    pub(super) fn raise(
        &mut self,
        feature: &str,
        cause: &str,
        severity: Severity,
        value: Option<Value>,
    ) {
        self.features.insert(feature.to_owned(), true);
        let code = cause.split_once('.').map_or(cause, |(code, _)| code);
        self.list.push(Flag {
            code: code.to_owned(),
            severity,
            description: message::flag(cause, value.as_ref()),
            value,
        });
    }

    pub(super) fn into_assessment(self) -> Assessment {
        let points: u32 = self
            .list
            .iter()
            .map(|flag| match flag.severity {
                Severity::Critical | Severity::High => 30,
                Severity::Medium => 15,
                Severity::Low => 5,
            })
            .sum();
        Assessment {
            features: self.features,
            flags: self.list,
            flag_score: u8::try_from(points.min(100)).unwrap_or(100),
        }
    }
}
