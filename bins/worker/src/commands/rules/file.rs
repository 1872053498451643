//! Rules in a file, as an operator writes them before they are saved.

use std::{fs, path::Path};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::TenantId;
use risk_engine::RuleRow;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

/// Largest file that is read.
const LONGEST: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    scope: String,
    code: String,
    #[serde(default)]
    description: String,
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    weight: Decimal,
    default_severity: String,
    #[serde(default)]
    config: Value,
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// The rules of a file, as rows of the office or of the platform.
pub(super) fn read(path: &Path, tenant: Option<&str>) -> anyhow::Result<Vec<RuleRow>> {
    let name = path.display();
    let size = fs::metadata(path).with_context(|| format!("{name} cannot be read"))?.len();
    anyhow::ensure!(size <= LONGEST, "{name} is larger than {LONGEST} bytes");
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{name} is not valid JSON"))?;
    let rules = match value {
        Value::Array(rules) => rules,
        one => vec![one],
    };
    let mut rows = Vec::with_capacity(rules.len());
    for (at, rule) in rules.into_iter().enumerate() {
        // By way of the text: a tree of values has lost the numbers' places.
        let rule: Written = serde_json::from_str(&rule.to_string())
            .with_context(|| format!("rule {} of {name} is not complete", at + 1))?;
        rows.push(RuleRow {
            id: format!("{name}:{}", at + 1),
            tenant: tenant.map(TenantId::new),
            scope: rule.scope,
            code: rule.code,
            description: rule.description,
            weight: rule.weight,
            active: rule.active,
            default_severity: rule.default_severity,
            config: rule.config,
            updated_at: DateTime::<Utc>::MAX_UTC,
        });
    }
    Ok(rows)
}
