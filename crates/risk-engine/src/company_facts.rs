//! What is known of a company when it is scored: read once, asked by every rule.

use chrono::{NaiveDate, TimeDelta};
use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Longest window that a rule may ask for, in days; facts reach as far back.
pub const LONGEST_WINDOW_DAYS: u32 = 365;

/// Everything that company rules ask for. Plain data, so that this crate knows no ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyFacts {
    /// The day for which the company is scored, in Turkey.
    pub day: NaiveDate,
    /// Documents by the day on which they were scored.
    pub documents: Vec<ScoredDocuments>,
    /// Invoices that are not cancelled, by their day of issue.
    pub invoices: Vec<DayCount>,
    /// Invoices that repeat an earlier one (same issuer, same number), by their day of issue.
    pub repeated_invoices: Vec<DayCount>,
    /// What stands out in the books, each finding once, whether or not it was already known.
    pub findings: Vec<FindingFact>,
    /// Kinds that could not be judged, at least in part, for lack of history: no finding of them does
    /// not mean that there is nothing.
    #[serde(default)]
    pub too_little_history: Vec<String>,
}

/// Documents scored on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoredDocuments {
    /// The day.
    pub day: NaiveDate,
    /// How many.
    pub scored: u32,
    /// How many of them high or worse.
    pub high: u32,
}

/// How many on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayCount {
    /// The day.
    pub day: NaiveDate,
    /// How many.
    pub count: u32,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingFact {
    /// Its kind, as the detectors name it.
    pub kind: String,
    /// How serious it is.
    pub severity: Severity,
    /// Money that it concerns, in liras; none where it concerns none.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    pub amount: Option<Decimal>,
}

impl CompanyFacts {
    /// Whether the day lies within the last `days` days, the day of the score included.
    fn within(&self, day: NaiveDate, days: u32) -> bool {
        day <= self.day
            && self
                .day
                .checked_sub_signed(TimeDelta::days(days.into()))
                .is_none_or(|before| day > before)
    }

    /// Scored and high documents of the last `days` days.
    pub(crate) fn documents_of(&self, days: u32) -> (u32, u32) {
        let within = self.documents.iter().filter(|one| self.within(one.day, days));
        within.fold((0, 0), |(scored, high), one| {
            (scored.saturating_add(one.scored), high.saturating_add(one.high))
        })
    }

    /// Invoices of the last `days` days.
    pub(crate) fn invoices_of(&self, days: u32) -> u32 {
        self.sum(&self.invoices, days)
    }

    /// Repeated invoices of the last `days` days.
    pub(crate) fn repeated_of(&self, days: u32) -> u32 {
        self.sum(&self.repeated_invoices, days)
    }

    fn sum(&self, counts: &[DayCount], days: u32) -> u32 {
        let within = counts.iter().filter(|one| self.within(one.day, days));
        within.fold(0, |sum, one| sum.saturating_add(one.count))
    }
}
