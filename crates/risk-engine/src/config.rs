//! Reads the settings of a rule: every key is taken by somebody or reported.

use std::collections::BTreeSet;

use domain::Severity;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::rule::{RuleError, RuleProblem, RuleRow, not_a_severity};

/// `risk_rules.config` of one row while it is read.
pub(crate) struct Config<'a> {
    row: &'a RuleRow,
    settings: Option<&'a Map<String, Value>>,
    known: BTreeSet<&'static str>,
    errors: Vec<RuleError>,
}

impl<'a> Config<'a> {
    pub(crate) fn of(row: &'a RuleRow) -> Self {
        let mut config = Self {
            row,
            settings: row.config.as_object(),
            known: BTreeSet::new(),
            errors: Vec::new(),
        };
        if config.settings.is_none() && !row.config.is_null() {
            config.wrong("config", RuleProblem::WrongType { expected: "an object" });
        }
        config
    }

    /// Notes something wrong with a column.
    pub(crate) fn wrong(&mut self, key: &str, problem: RuleProblem) {
        self.errors.push(self.row.error(key, problem));
    }

    fn wrong_setting(&mut self, key: &str, problem: RuleProblem) {
        self.wrong(&format!("config.{key}"), problem);
    }

    /// The value of a key; null counts as not there.
    fn take(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.insert(key);
        self.settings?.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        let text = value.as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.wrong_setting(key, RuleProblem::WrongType { expected: "a text" });
        }
        text.map(str::to_owned)
    }

    pub(crate) fn yes_or_no(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.take(key) else { return default };
        value.as_bool().unwrap_or_else(|| {
            self.wrong_setting(key, RuleProblem::WrongType { expected: "true or false" });
            default
        })
    }

    pub(crate) fn severity(&mut self, key: &'static str, default: Severity) -> Severity {
        let Some(word) = self.text(key) else { return default };
        word.parse().unwrap_or_else(|_| {
            self.wrong_setting(key, not_a_severity(&word));
            default
        })
    }

    /// A number within the bounds, which are included; 0 is a number like any other.
    pub(crate) fn number(
        &mut self,
        key: &'static str,
        (min, max): (u32, u32),
        default: Decimal,
    ) -> Decimal {
        let Some(value) = self.take(key) else { return default };
        let number = value.as_number().and_then(|number| {
            let text = number.to_string();
            text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
        });
        let Some(found) = number else {
            self.wrong_setting(key, RuleProblem::WrongType { expected: "a number" });
            return default;
        };
        let (min, max) = (Decimal::from(min), Decimal::from(max));
        if found < min || found > max {
            self.wrong_setting(key, RuleProblem::OutOfRange { found, min, max });
            return default;
        }
        found.normalize()
    }

    /// A whole number within the bounds, which are included.
    pub(crate) fn count(&mut self, key: &'static str, bounds: (u32, u32), default: u32) -> u32 {
        let number = self.number(key, bounds, default.into());
        u32::try_from(number).ok().filter(|_| number.is_integer()).unwrap_or_else(|| {
            self.wrong_setting(key, RuleProblem::WrongType { expected: "a whole number" });
            default
        })
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.settings
            .is_some_and(|settings| settings.get(key).is_some_and(|value| !value.is_null()))
    }

    /// Notes what nobody asked for, and gives everything that was noted.
    pub(crate) fn finish(mut self) -> Result<(), Vec<RuleError>> {
        for key in self.settings.into_iter().flat_map(Map::keys) {
            if !self.known.contains(key.as_str()) {
                self.wrong_setting(key, RuleProblem::UnknownKey);
            }
        }
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}
