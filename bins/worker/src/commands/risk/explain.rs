//! `worker risk explain`: what a score was made of, and what was found.

use std::{fmt::Write as _, process::ExitCode};

use database::risk::{self, CompanyFinding, EvaluationRow};
use risk_engine::{
    CompanyFacts, DocumentFacts, RiskScore, RuleSet, explain, score_company, score_document,
};
use serde_json::{Value, json};

use crate::{
    cli::ExplainArgs,
    output::{self, BAD, GOOD, HEADING, WARN, cell, styled},
    risk::unusual::ListedEntry,
};

/// Prints why a score is what it is.
pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let settings = super::super::settings(&args.settings)?;
    let found = super::super::block_on(async {
        let database = super::super::database(&settings.database)?;
        let Some(row) = risk::latest_evaluation(&database, &args.id).await? else {
            return Ok(None);
        };
        let findings = if row.entity_type == "company" {
            risk::findings_of_company(&database, &row.tenant_id, &row.entity_id, row.day).await?
        } else {
            Vec::new()
        };
        Ok(Some((row, findings)))
    })?;
    let Some((row, findings)) = found else {
        output::complain(&format!(
            "no score is stored for {}: the id is unknown, or nothing was scored since this worker \
             keeps what scores are made of",
            cell(&args.id)
        ));
        return Ok(ExitCode::FAILURE);
    };
    let score: RiskScore = serde_json::from_str(&row.result)?;
    let replay = replay(&row);
    if args.json {
        output::print_json(&as_json(&row, &findings, replay))?;
    } else {
        output::print(&as_text(&row, &score, &findings, replay))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the stored rules and facts give the stored result again, byte for byte; none when they
/// cannot be read.
fn replay(row: &EvaluationRow) -> Option<bool> {
    let rules = RuleSet::from_text(row.rules.as_deref()?).ok()?;
    let score = match row.entity_type.as_str() {
        "company" => score_company(&rules, &serde_json::from_str::<CompanyFacts>(&row.facts).ok()?),
        _ => score_document(&rules, &serde_json::from_str::<DocumentFacts>(&row.facts).ok()?),
    };
    let is_input = risk::input_digest(&row.facts).as_slice() == row.input_digest;
    Some(is_input && serde_json::to_string(&score).ok()? == row.result)
}

fn digest(row: &EvaluationRow) -> String {
    row.input_digest.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn as_json(row: &EvaluationRow, findings: &[CompanyFinding], replay: Option<bool>) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let findings: Vec<Value> = findings
        .iter()
        .map(|one| {
            json!({
                "kind": one.kind, "severity": one.severity, "state": one.state,
                "message": one.message, "firstDay": one.first_day, "lastDay": one.last_day,
                "occurrences": one.occurrences, "alertId": one.alert_id,
                "alertStatus": one.alert_status, "narrow": one.narrow, "family": one.family,
            })
        })
        .collect();
    json!({
        "tenantId": row.tenant_id,
        "entityType": row.entity_type,
        "entityId": row.entity_id,
        "name": row.name,
        "day": row.day,
        "ruleSetVersion": row.rule_set_version,
        "inputDigest": digest(row),
        "replayIsSame": replay,
        "level": row.level,
        "levelSince": row.level_since,
        "evaluatedAt": row.evaluated_at.to_rfc3339(),
        "result": parsed(&row.result),
        "facts": parsed(&row.facts),
        "findings": findings,
        "unusualEntries": row.unusual_entries.as_deref().map_or(Value::Array(vec![]), parsed),
    })
}

fn as_text(
    row: &EvaluationRow,
    score: &RiskScore,
    findings: &[CompanyFinding],
    replay: Option<bool>,
) -> String {
    let name = row.name.as_deref().map(cell).unwrap_or_default();
    let mut text = styled(HEADING, &format!("{name} ({})", cell(&row.entity_id))) + "\n";
    let level = styled(style(&row.level), &row.level);
    let _ = writeln!(
        text,
        "  score {} of 100, {level} since {}",
        score.score.normalize(),
        row.level_since
    );
    let replay = match replay {
        Some(true) => styled(GOOD, "gives the same again"),
        Some(false) => styled(BAD, "gives something else again"),
        None => styled(WARN, "cannot be made again by this version"),
    };
    let _ = writeln!(
        text,
        "  for {}, rule set {}, input {}: {replay}",
        row.day,
        row.rule_set_version,
        digest(row)
    );
    for contribution in &score.contributions {
        let _ = writeln!(text, "  + {}", cell(&explain(contribution)));
    }
    if score.contributions.is_empty() {
        text.push_str("  no rule was triggered\n");
    }
    for shadow in &score.shadow {
        let _ = writeln!(text, "  (shadow) {}", cell(&explain(shadow)));
    }
    let facts = serde_json::from_str::<CompanyFacts>(&row.facts).unwrap_or_default();
    if !facts.too_little_history.is_empty() {
        let kinds = facts.too_little_history.join(", ");
        let _ = writeln!(text, "  too little history to judge all of: {kinds}");
    }
    for finding in findings {
        let severity = styled(style(&finding.severity), &finding.severity);
        let narrow = if finding.narrow { " (narrow)" } else { "" };
        let alert = finding.alert_status.as_deref().unwrap_or("no alert");
        let _ = writeln!(
            text,
            "  {severity} {}{narrow}, {}, {alert}, seen {} times, {} to {}\n      {}",
            finding.kind,
            finding.state,
            finding.occurrences,
            finding.first_day,
            finding.last_day,
            cell(&finding.message)
        );
    }
    let unusual = row.unusual_entries.as_deref().map(serde_json::from_str::<Vec<ListedEntry>>);
    for (at, listed) in unusual.into_iter().flatten().flatten().enumerate() {
        if at == 0 {
            text.push_str("  unusual entries that no finding speaks of; they raise no alert\n");
        }
        let _ = writeln!(text, "    {} {}", cell(&listed.entry), cell(&listed.message));
        let parts: Vec<String> = listed
            .contributions
            .iter()
            .map(|one| format!("{} {:.2}", json!(one.feature).as_str().unwrap_or("?"), one.part))
            .collect();
        let _ = writeln!(text, "      {:.2} = {}", listed.score, parts.join(" + "));
    }
    text
}

fn style(severity: &str) -> anstyle::Style {
    match severity {
        "critical" | "high" => BAD,
        "medium" => WARN,
        _ => GOOD,
    }
}
