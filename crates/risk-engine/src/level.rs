//! The severity that a company keeps from day to day, with hysteresis: a score that moves around a
//! bound raises one alert and not one a day.

use chrono::NaiveDate;
use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::severity::SeverityThresholds;

/// When a severity is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hysteresis {
    /// The score must be more than this many points below the bound.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub margin: Decimal,
    /// On this many days in a row.
    pub days: u32,
}

impl Default for Hysteresis {
    /// Raised above 65, taken back below 60 on two days in a row.
    fn default() -> Self {
        Self { margin: Decimal::from(5), days: 2 }
    }
}

/// The severity that a company has, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// The severity.
    pub severity: Severity,
    /// The day on which it came to be low, medium, or high; critical belongs to the same episode as
    /// high.
    pub since: NaiveDate,
    /// Days in a row on which the score was low enough to take it back.
    pub calm_days: u32,
}

impl Level {
    /// Whether the episode is one that people are told of.
    pub fn is_alarming(&self) -> bool {
        self.severity >= Severity::High
    }
}

/// The level after `day`, whose score is given; `before` is that of the last day scored before it.
/// Scoring a day again gives the same.
pub fn next_level(
    before: Option<&Level>,
    score: Decimal,
    thresholds: &SeverityThresholds,
    hysteresis: &Hysteresis,
    day: NaiveDate,
) -> Level {
    let severity = thresholds.severity(score);
    let Some(before) = before else { return Level { severity, since: day, calm_days: 0 } };
    let to = |severity: Severity| {
        let same = band(severity) == band(before.severity);
        Level { severity, since: if same { before.since } else { day }, calm_days: 0 }
    };
    if severity >= before.severity {
        return to(severity);
    }
    if score >= thresholds.bound(before.severity) - hysteresis.margin {
        return Level { calm_days: 0, ..*before };
    }
    let calm_days = before.calm_days.saturating_add(1);
    if calm_days >= hysteresis.days { to(severity) } else { Level { calm_days, ..*before } }
}

fn band(severity: Severity) -> Severity {
    severity.min(Severity::High)
}
