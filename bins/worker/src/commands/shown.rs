//! A document for a person at a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::process::Report;
use crate::output::{BAD, GOOD, HEADING, WARN, cell, styled};

/// Keys that are shown in parts of their own, or are too long for a terminal.
const NOT_SHOWN: [&str; 2] = ["evidence", "findings"];

/// File, kind, fields, findings, flags and scores.
pub(super) fn document(report: &Report) -> String {
    let mut text = styled(HEADING, &cell(&report.file)) + "\n";
    if let Some(error) = &report.error {
        let _ = writeln!(text, "  {}", styled(BAD, &cell(&error.message)));
        let _ = writeln!(text, "  {}: {}\n", error.code, cell(&error.detail));
        return text;
    }
    let _ = writeln!(text, "  type: {}", report.document_type.unwrap_or("unknown"));
    for (name, value) in report.fields.iter().filter_map(Value::as_object).flatten() {
        if !NOT_SHOWN.contains(&name.as_str()) {
            let _ = writeln!(text, "  {name}: {}", short(value));
        }
    }
    for (title, key, list) in
        [("findings", "message", &report.findings), ("flags", "description", &report.flags)]
    {
        let list = list.iter().filter_map(Value::as_array).flatten();
        for (at, item) in list.enumerate() {
            if at == 0 {
                let _ = writeln!(text, "  {title}:");
            }
            let word = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
            let severity = styled(style(word("severity")), word("severity"));
            let _ = writeln!(text, "    {severity} {}: {}", word("code"), cell(word(key)));
        }
    }
    if let Some(score) = &report.risk_score {
        let _ = writeln!(text, "  risk score (flags): {score}");
    }
    if let Some(score) = &report.rule_score {
        let severity = styled(style(score.severity.as_str()), score.severity.as_str());
        let _ = writeln!(text, "  risk score (platform's rules): {} {severity}", score.score);
        for contribution in &score.contributions {
            let _ = writeln!(text, "    {}", cell(&risk_engine::explain(contribution)));
        }
    }
    text.push('\n');
    text
}

fn style(severity: &str) -> anstyle::Style {
    match severity {
        "critical" | "high" => BAD,
        "medium" => WARN,
        _ => GOOD,
    }
}

/// Lists by their length and rows; texts on one line.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => cell(text),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let mut text = format!("{}", items.len());
            for item in items {
                let _ = write!(text, "\n    {}", short(item));
            }
            text
        }
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", short(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}
