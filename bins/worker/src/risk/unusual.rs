//! The reading list: the few entries that are least like a company's others.

use anomaly::{Contribution, Kurus, Report, UnusualEntry, message};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Entries of the list.
const KEPT: usize = 5;

/// An entry of the list, as it is stored with the day's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ListedEntry {
    /// What it owes its place to, for people.
    pub(crate) message: String,
    /// `transactions.id`.
    pub(crate) entry: String,
    pub(crate) date: NaiveDate,
    pub(crate) reference: Option<String>,
    pub(crate) amount: Kurus,
    /// The sum of the parts.
    pub(crate) score: f64,
    /// What each feature adds, largest first.
    pub(crate) contributions: Vec<Contribution>,
}

impl From<&UnusualEntry> for ListedEntry {
    fn from(entry: &UnusualEntry) -> Self {
        let UnusualEntry { entry: id, date, reference, amount, score, contributions } = entry;
        Self {
            message: message::unusual_entry(entry),
            entry: id.clone(),
            date: *date,
            reference: reference.clone(),
            amount: *amount,
            score: *score,
            contributions: contributions.clone(),
        }
    }
}

/// The most unusual entries that no finding speaks of, as JSON; none when there is none.
pub(crate) fn list(report: &Report) -> Option<String> {
    let listed: Vec<ListedEntry> = report
        .unusual_entries
        .iter()
        .filter(|entry| !entry.is_named())
        .take(KEPT)
        .map(ListedEntry::from)
        .collect();
    if listed.is_empty() { None } else { serde_json::to_string(&listed).ok() }
}
