//! What a person should know about a document, as data. [`crate::message`] words it.

use std::collections::BTreeMap;

use domain::Severity;
use serde::{Deserialize, Serialize};

/// One observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, `UPPER_SNAKE_CASE`; every code is listed in [`crate::message`].
    pub code: String,
    /// How serious it is.
    pub severity: Severity,
    /// The sentence for the accountant, in Turkish, made by [`crate::message`].
    pub message: String,
    /// The values concerned, as text or exact JSON numbers (`expected`, `found`, `line`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, serde_json::Value>,
}
