//! What becomes of findings: a new alert, a place in the day's list, silence, or one more sighting.
//!
//! A finding is the same one as long as its company, kind and fingerprint are. This plans only; it is
//! the same plan for the same arguments, in any order of the candidates.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{ClientCompanyId, Severity};
use rust_decimal::Decimal;

/// Something that was found now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The company that it is about.
    pub company: ClientCompanyId,
    /// What kind of thing it is.
    pub kind: String,
    /// What makes it the same finding tomorrow, together with company and kind.
    pub fingerprint: String,
    /// Changes when evidence is added to the same finding.
    pub evidence: String,
    /// What can be muted with it: an account or a counterparty; empty when neither.
    pub family: String,
    /// How serious it is.
    pub severity: Severity,
    /// Only for people who may know of it (MASAK): never listed among others.
    pub narrow: bool,
    /// Whether the daily budget applies.
    pub limited: bool,
    /// Money that it concerns, in liras.
    pub amount: Option<Decimal>,
}

/// What is known of a finding from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The evidence of the last sighting, or of the one that was closed.
    pub evidence: String,
    /// The worst severity of that evidence.
    pub severity: Severity,
    /// The alert that speaks of it, if one does.
    pub alert: Option<KnownAlert>,
}

/// An alert that speaks of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAlert {
    /// `risk_alerts.id`.
    pub id: String,
    /// Nobody has closed or ignored it yet.
    pub is_open: bool,
    /// The alert speaks of this finding alone.
    pub is_own: bool,
}

/// A family of findings that nobody wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muting {
    /// The company.
    pub company: ClientCompanyId,
    /// The kind.
    pub kind: String,
    /// The family; empty for all of the kind.
    pub family: String,
    /// The last day of silence.
    pub until: NaiveDate,
}

/// How many and which alerts people want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// New alerts of a company and day; the others of that day are listed in one.
    pub per_day: u32,
    /// Findings below this are recorded only.
    pub at_least: Severity,
}

impl Default for Policy {
    fn default() -> Self {
        Self { per_day: 5, at_least: Severity::Medium }
    }
}

/// What becomes of one candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// An alert of its own.
    Alert,
    /// In the list of the company's and day's others.
    List,
    /// Seen again: nothing changes but last sighting and count.
    SeenAgain,
    /// Seen again and worse than its alert says.
    Worse {
        /// `risk_alerts.id`.
        alert: String,
    },
    /// Closed by a person, and nothing new since.
    Closed,
    /// Muted.
    Muted,
    /// Below what people want to hear of.
    Recorded,
}

impl Fate {
    /// The word that is stored.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Alert | Self::Worse { .. } | Self::SeenAgain => "alerted",
            Self::List => "listed",
            Self::Closed => "closed",
            Self::Muted => "muted",
            Self::Recorded => "recorded",
        }
    }
}

/// The fates of the candidates, in their order. `known` gives what is known of a candidate;
/// `alerted_today` the new alerts that each company already has today.
pub fn plan(
    candidates: &[Candidate],
    known: impl Fn(&Candidate) -> Option<Known>,
    mutings: &[Muting],
    alerted_today: &BTreeMap<ClientCompanyId, u32>,
    policy: Policy,
    day: NaiveDate,
) -> Vec<Fate> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    // The gravest first; money decides, then what cannot be chance.
    order.sort_by_key(|at| {
        candidates.get(*at).map(|one| {
            let amount = one.amount.unwrap_or_default().abs();
            let gravest = std::cmp::Reverse((one.severity, amount));
            (gravest, &one.company, &one.kind, &one.fingerprint)
        })
    });
    let mut spent = alerted_today.clone();
    let mut fates = vec![Fate::Recorded; candidates.len()];
    for at in order {
        let (Some(candidate), Some(fate)) = (candidates.get(at), fates.get_mut(at)) else {
            continue;
        };
        *fate = fate_of(candidate, known(candidate), mutings, policy, day, || {
            let spent = spent.entry(candidate.company.clone()).or_default();
            *spent = spent.saturating_add(1);
            *spent <= policy.per_day
        });
    }
    fates
}

fn fate_of(
    candidate: &Candidate,
    known: Option<Known>,
    mutings: &[Muting],
    policy: Policy,
    day: NaiveDate,
    within_budget: impl FnOnce() -> bool,
) -> Fate {
    let is_muted = mutings.iter().any(|muting| {
        muting.company == candidate.company
            && muting.kind == candidate.kind
            && (muting.family.is_empty() || muting.family == candidate.family)
            && day <= muting.until
    });
    if is_muted {
        return Fate::Muted;
    }
    if let Some(Known { evidence, severity, alert: Some(alert) }) = known {
        let is_worse = candidate.severity > severity;
        if alert.is_open {
            return match (is_worse, alert.is_own) {
                (true, true) => Fate::Worse { alert: alert.id },
                // What was one of many has become grave: it gets an alert of its own.
                (true, false) if candidate.severity >= Severity::High => Fate::Alert,
                _ => Fate::SeenAgain,
            };
        }
        if !is_worse && evidence == candidate.evidence {
            return Fate::Closed;
        }
    }
    if candidate.severity < policy.at_least {
        return Fate::Recorded;
    }
    let limited = candidate.limited && !candidate.narrow && candidate.severity < Severity::Critical;
    if !limited || within_budget() { Fate::Alert } else { Fate::List }
}
