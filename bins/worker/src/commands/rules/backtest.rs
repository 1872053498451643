//! Stored facts scored with two rule sets: which alerts the second would have raised, and which not.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::NaiveDate;
use database::risk::PastEvaluation;
use domain::Severity;
use risk_engine::{
    CompanyFacts, DocumentFacts, Level, RiskScore, RuleSet, next_level, score_company,
    score_document,
};
use serde::Serialize;

use crate::output::{BAD, GOOD, cell, styled};

/// Names that a report lists of each kind.
const NAMED: usize = 50;

/// Two rule sets on their way through an office's history.
#[derive(Debug)]
pub(super) struct Backtest<'a> {
    before: Side<'a>,
    after: Side<'a>,
    scored: u64,
    changed: u64,
}

#[derive(Debug)]
struct Side<'a> {
    rules: &'a RuleSet,
    levels: BTreeMap<String, Level>,
    alerts: BTreeMap<(String, String, NaiveDate), String>,
}

/// An alert that one of the rule sets raises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Raised {
    entity_type: String,
    entity_id: String,
    day: NaiveDate,
    rules: String,
}

/// What the change would have changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Difference {
    scored: u64,
    scores_changed: u64,
    unreadable: u64,
    alerts_before: u64,
    alerts_after: u64,
    gained: Vec<Raised>,
    lost: Vec<Raised>,
}

impl<'a> Side<'a> {
    fn new(rules: &'a RuleSet) -> Self {
        Self { rules, levels: BTreeMap::new(), alerts: BTreeMap::new() }
    }

    /// Scores one day of one subject. A company raises an alert when its level comes to be high, a
    /// document when its score is.
    fn take(&mut self, past: &PastEvaluation) -> serde_json::Result<RiskScore> {
        let (score, raises) = if past.entity_type == "company" {
            let facts: CompanyFacts = serde_json::from_str(&past.facts)?;
            let score = score_company(self.rules, &facts);
            let before = self.levels.get(&past.entity_id);
            let level = next_level(
                before,
                score.score,
                self.rules.thresholds(),
                self.rules.hysteresis(),
                past.day,
            );
            let raises = level.is_alarming() && !before.is_some_and(Level::is_alarming);
            self.levels.insert(past.entity_id.clone(), level);
            (score, raises)
        } else {
            let facts: DocumentFacts = serde_json::from_str(&past.facts)?;
            let score = score_document(self.rules, &facts);
            let raises = score.severity >= Severity::High;
            (score, raises)
        };
        if raises {
            let codes: Vec<&str> = score.triggered_codes().collect();
            let key = (past.entity_type.clone(), past.entity_id.clone(), past.day);
            self.alerts.insert(key, codes.join(", "));
        }
        Ok(score)
    }

    /// Alerts that the other side does not raise on that day.
    fn without(&self, other: &Self) -> Vec<Raised> {
        self.alerts
            .iter()
            .filter(|(key, _)| !other.alerts.contains_key(key))
            .map(|((entity_type, entity_id, day), rules)| Raised {
                entity_type: entity_type.clone(),
                entity_id: entity_id.clone(),
                day: *day,
                rules: rules.clone(),
            })
            .collect()
    }
}

impl<'a> Backtest<'a> {
    pub(super) fn new(before: &'a RuleSet, after: &'a RuleSet) -> Self {
        Self { before: Side::new(before), after: Side::new(after), scored: 0, changed: 0 }
    }

    /// Takes a stored score; those of one subject come by their days.
    pub(super) fn take(&mut self, past: &PastEvaluation) -> serde_json::Result<()> {
        let (before, after) = (self.before.take(past)?, self.after.take(past)?);
        self.scored += 1;
        self.changed += u64::from(before.score != after.score);
        Ok(())
    }

    pub(super) fn finish(self, unreadable: u64) -> Difference {
        Difference {
            scored: self.scored,
            scores_changed: self.changed,
            unreadable,
            alerts_before: self.before.alerts.len() as u64,
            alerts_after: self.after.alerts.len() as u64,
            gained: self.after.without(&self.before),
            lost: self.before.without(&self.after),
        }
    }
}

impl Difference {
    pub(super) fn as_text(&self, from: NaiveDate, to: NaiveDate) -> String {
        let mut text = format!(
            "{} stored scores from {from} to {to}: {} would change\n\
             alerts: {} with the rules as they are, {} with the change\n",
            self.scored, self.scores_changed, self.alerts_before, self.alerts_after
        );
        if self.unreadable > 0 {
            let _ = writeln!(text, "{} could not be read and are left out", self.unreadable);
        }
        for (what, style, alerts) in [("gained", BAD, &self.gained), ("lost", GOOD, &self.lost)] {
            let _ = writeln!(text, "{}", styled(style, &format!("{what}: {}", alerts.len())));
            for one in alerts.iter().take(NAMED) {
                let _ = writeln!(
                    text,
                    "  {} {} {} ({})",
                    one.day,
                    one.entity_type,
                    cell(&one.entity_id),
                    cell(&one.rules)
                );
            }
            if alerts.len() > NAMED {
                let _ = writeln!(text, "  and {} more", alerts.len() - NAMED);
            }
        }
        text
    }
}
