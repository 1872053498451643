//! The rules that count for one office.

use std::collections::BTreeMap;

use crate::{
    rule::{self, Rule, RuleError, RuleProblem, RuleRow},
    severity::SeverityThresholds,
};

/// Checked rules of scope `document`, by code, with the bounds of the severities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    pub(crate) rules: Vec<Rule>,
    pub(crate) thresholds: SeverityThresholds,
}

/// A rule set and what had to be left out of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// What can be scored with.
    pub rules: RuleSet,
    /// What is wrong with the rows, for the log and the operator; in the order of the codes.
    pub errors: Vec<RuleError>,
}

impl RuleSet {
    /// Takes the rows of one office together with those of the platform, in any order.
    ///
    /// - A row of the office replaces the platform's row of its code, also when it is switched off.
    /// - Of several rows of the platform with one code the last changed counts (then the greatest
    ///   id); the others are reported.
    /// - A row with an error is reported and left out; when it is an active one of the office, the
    ///   platform's rule goes on, so that a slip in an override does not switch a check off.
    pub fn load(rows: &[RuleRow], thresholds: SeverityThresholds) -> Loaded {
        let mut by_code: BTreeMap<&str, Candidates<'_>> = BTreeMap::new();
        let mut errors = Vec::new();
        for row in rows {
            match row.scope.as_str() {
                "document" => by_code.entry(&row.code).or_default().add(row),
                "company" => {}
                other => errors.push(row.error(
                    "scope",
                    RuleProblem::NotOneOf { found: other.to_owned(), allowed: "document, company" },
                )),
            }
        }
        errors.sort_by(|a, b| (&a.code, &a.id).cmp(&(&b.code, &b.id)));
        let rules = by_code.values_mut().filter_map(|rows| rows.decide(&mut errors)).collect();
        Loaded { rules: Self { rules, thresholds }, errors }
    }

    /// Codes of the rules that count, ascending.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.code.as_str())
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

    fn decide(&mut self, errors: &mut Vec<RuleError>) -> Option<Rule> {
        // The office comes first: its row decides unless it is active and wrong.
        for rows in [&mut self.office, &mut self.platform] {
            rows.sort_by(|a, b| (b.updated_at, &b.id).cmp(&(a.updated_at, &a.id)));
            let Some((newest, older)) = rows.split_first() else { continue };
            let superseded = || RuleProblem::Superseded { newer: newest.id.clone() };
            errors.extend(older.iter().map(|row| row.error("code", superseded())));
            match rule::check(newest) {
                Ok(rule) => return newest.active.then_some(rule),
                Err(_) if !newest.active => return None,
                Err(wrong) => errors.extend(wrong),
            }
        }
        None
    }
}
