//! What an examination gives: findings, what could not be judged, and the unusual entries.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    amount::Kurus,
    finding::{Finding, Kind},
};

/// Everything that [`crate::examine`] has to say about a company.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Findings, strongest severity first, then strength, then fingerprint. At most one per kind and
    /// fingerprint.
    pub findings: Vec<Finding>,
    /// What could not be judged for lack of history; by kind and subject.
    pub too_little_history: Vec<TooLittleHistory>,
    /// Recent entries, most unusual first, at most [`crate::RankingParameters::entries`].
    pub unusual_entries: Vec<UnusualEntry>,
}

/// A detector could not judge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TooLittleHistory {
    /// Which detector.
    pub kind: Kind,
    /// The account or counterparty; none for the company as a whole.
    pub subject: Option<String>,
    /// What there is.
    pub have: u64,
    /// What it takes.
    pub need: u64,
    /// Counted in.
    pub unit: HistoryUnit,
}

/// What history is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryUnit {
    /// Whole months.
    Months,
    /// Entries.
    Entries,
    /// Amounts.
    Amounts,
}

/// An entry that is unusual as a whole; a low-severity hint below the named findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnusualEntry {
    /// `transactions.id`.
    pub entry: String,
    /// Its day.
    pub date: NaiveDate,
    /// Its document or journal number.
    pub reference: Option<String>,
    /// The sum of its debits.
    pub amount: Kurus,
    /// Sum of the contributions; higher is more unusual. Comparable within one report only.
    pub score: f64,
    /// What each feature adds, largest first; they add up to `score`.
    pub contributions: Vec<Contribution>,
}

impl UnusualEntry {
    /// Whether a named finding concerns it, which says more than this does.
    pub fn is_named(&self) -> bool {
        self.contributions.iter().any(|one| one.feature == Feature::NamedFinding)
    }
}

/// The part of a score that stems from one feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The feature.
    pub feature: Feature,
    /// Minus the logarithm of how rare its value is among the company's entries.
    pub part: f64,
}

/// What the ranking looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// A named finding concerns the entry.
    NamedFinding,
    /// Amount against the usual amount of its accounts.
    Amount,
    /// Amount against the usual amount of its counterparty.
    AmountForParty,
    /// How rare the combination of accounts is.
    AccountPattern,
    /// How rare its rarest account is.
    RareAccount,
    /// How new or rare the counterparty is.
    RareParty,
    /// How rare this counterparty is with these accounts.
    PartyWithAccounts,
    /// How round the amount is.
    Roundness,
    /// A day on which the company hardly works.
    QuietDay,
}
