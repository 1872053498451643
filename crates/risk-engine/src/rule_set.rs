//! The rules that count for one office, and their stored form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    condition::Condition,
    level::Hysteresis,
    rule::{self, Rule, RuleError, RuleProblem, RuleRow, Scope},
    severity::SeverityThresholds,
};

/// Checked rules of both scopes, by scope and code, with the bounds of the severities.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleSet {
    thresholds: SeverityThresholds,
    hysteresis: Hysteresis,
    rules: Vec<Rule>,
}

/// A rule set and what had to be left out of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// What can be scored with.
    pub rules: RuleSet,
    /// What is wrong with the rows, for the log and the operator; in the order of the codes.
    pub errors: Vec<RuleError>,
}

/// A stored rule set that this program does not understand.
#[derive(Debug, thiserror::Error)]
#[error("the stored rule set cannot be read")]
pub struct UnreadableRuleSet(#[from] serde_json::Error);

impl RuleSet {
    /// Takes the rows of one office together with those of the platform, in any order.
    ///
    /// - A row of the office replaces the platform's row of its scope and code, also when it is
    ///   switched off.
    /// - Of several rows of the platform with one code the last changed counts (then the greatest
    ///   id); the others are reported.
    /// - A row with an error is reported and left out; when it is an active one of the office, the
    ///   platform's rule goes on, so that a slip in an override does not switch a check off.
    pub fn load(rows: &[RuleRow], thresholds: SeverityThresholds) -> Loaded {
        let mut by_code: BTreeMap<(Scope, &str), Candidates<'_>> = BTreeMap::new();
        let mut errors = Vec::new();
        for row in rows {
            match Scope::from_word(&row.scope) {
                Some(scope) => by_code.entry((scope, &row.code)).or_default().add(row),
                None => errors.push(row.error(
                    "scope",
                    RuleProblem::NotOneOf {
                        found: row.scope.clone(),
                        allowed: "document, company",
                    },
                )),
            }
        }
        errors.sort_by(|a, b| (&a.code, &a.id).cmp(&(&b.code, &b.id)));
        let rules = by_code
            .iter_mut()
            .filter_map(|((scope, _), rows)| rows.decide(*scope, &mut errors))
            .collect();
        Loaded { rules: Self { thresholds, hysteresis: Hysteresis::default(), rules }, errors }
    }

    /// The stored form: the same rules give the same text.
    pub fn to_text(&self) -> String {
        // Plain data with text keys cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the stored form. A score made with it is the score that was made then.
    ///
    /// # Errors
    /// The text is none that this program wrote.
    pub fn from_text(text: &str) -> Result<Self, UnreadableRuleSet> {
        Ok(serde_json::from_str(text)?)
    }

    /// All rules that count, documents' first, then by code.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub(crate) fn rules_of(&self, scope: Scope) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.scope == scope)
    }

    pub(crate) fn has_expressions(&self, scope: Scope) -> bool {
        self.rules_of(scope).any(|rule| matches!(rule.condition, Condition::Expression { .. }))
    }

    /// Codes of the rules of a scope that count, ascending.
    pub fn codes(&self, scope: Scope) -> impl Iterator<Item = &str> {
        self.rules_of(scope).map(|rule| rule.code.as_str())
    }

    /// The bounds of the severities.
    pub fn thresholds(&self) -> &SeverityThresholds {
        &self.thresholds
    }

    /// When a company's severity is taken back.
    pub fn hysteresis(&self) -> &Hysteresis {
        &self.hysteresis
    }
}

/// The rows of one code.
#[derive(Default)]
struct Candidates<'a> {
    office: Vec<&'a RuleRow>,
    platform: Vec<&'a RuleRow>,
}

impl<'a> Candidates<'a> {
    fn add(&mut self, row: &'a RuleRow) {
        if row.tenant.is_some() { &mut self.office } else { &mut self.platform }.push(row);
    }

    fn decide(&mut self, scope: Scope, errors: &mut Vec<RuleError>) -> Option<Rule> {
        // The office comes first: its row decides unless it is active and wrong.
        for rows in [&mut self.office, &mut self.platform] {
            rows.sort_by(|a, b| (b.updated_at, &b.id).cmp(&(a.updated_at, &a.id)));
            let Some((newest, older)) = rows.split_first() else { continue };
            let superseded = || RuleProblem::Superseded { newer: newest.id.clone() };
            errors.extend(older.iter().map(|row| row.error("code", superseded())));
            match rule::check(newest, scope) {
                Ok(rule) => return newest.active.then_some(rule),
                Err(_) if !newest.active => return None,
                Err(wrong) => errors.extend(wrong),
            }
        }
        None
    }
}
