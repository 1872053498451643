//! A finding before it gets its identity: entries by position, no ids yet.

use std::fmt::Write as _;

use chrono::NaiveDate;
use domain::Severity;
use sha2::{Digest, Sha256};

use crate::{
    amount::Kurus,
    context::Context,
    finding::{Base, Evidence, Finding, Fingerprint, Kind, NextCheck, Quantity},
    reason::{Reason, rounded},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) severity: Severity,
    pub(crate) strength: f64,
    pub(crate) evidence: Evidence,
    /// Positions in the ledger.
    pub(crate) entries: Vec<u32>,
    pub(crate) invoices: Vec<String>,
    pub(crate) date: NaiveDate,
    pub(crate) observed: Quantity,
    pub(crate) base: Option<Base>,
    pub(crate) threshold: Option<Quantity>,
    pub(crate) at_stake: Option<Kurus>,
    pub(crate) reason: Reason,
    pub(crate) next_check: NextCheck,
}

impl Draft {
    pub(crate) fn finish(self, context: &Context<'_>) -> Finding {
        let mut entries: Vec<String> =
            self.entries.iter().filter_map(|at| context.id(*at)).map(str::to_owned).collect();
        entries.sort_unstable();
        entries.dedup();
        let mut invoices = self.invoices;
        invoices.sort_unstable();
        invoices.dedup();
        Finding {
            fingerprint: identity(self.kind, &self.evidence),
            evidence_digest: digest_of(
                self.kind.as_str(),
                entries.iter().chain(&invoices).map(String::as_str),
            ),
            kind: self.kind,
            severity: self.severity,
            strength: rounded(self.strength.clamp(0.0, 1.0)),
            company: context.ledger.company().clone(),
            audience: self.kind.audience(),
            evidence: self.evidence,
            entries,
            invoices,
            date: self.date,
            observed: self.observed.rounded(),
            base: self.base.map(|base| Base {
                n: base.n,
                median: base.median.rounded(),
                spread: base.spread.rounded(),
            }),
            threshold: self.threshold.map(Quantity::rounded),
            at_stake: self.at_stake,
            reason: self.reason.rounded(),
            next_check: self.next_check,
        }
    }
}

/// The identity of what is found: kind and evidence, nothing that grows from day to day.
pub(crate) fn identity(kind: Kind, evidence: &Evidence) -> Fingerprint {
    let kind = kind.as_str();
    match evidence {
        Evidence::AccountMonth { account, month } => {
            digest_of(kind, ["month", account, &month.to_string()])
        }
        Evidence::Entries { ids } => {
            digest_of(kind, std::iter::once("entries").chain(ids.iter().map(String::as_str)))
        }
        Evidence::Invoices { ids } => {
            digest_of(kind, std::iter::once("invoices").chain(ids.iter().map(String::as_str)))
        }
        Evidence::Account { account } => digest_of(kind, ["account", account]),
        Evidence::Counterparty { party, since } => {
            digest_of(kind, ["party", party, &since.to_string()])
        }
        Evidence::NumberRange { first, last } => digest_of(kind, ["numbers", first, last]),
    }
}

/// SHA-256 over the parts with their lengths, cut to 128 bits.
pub(crate) fn digest_of<'a>(
    kind: &'a str,
    parts: impl IntoIterator<Item = &'a str>,
) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in std::iter::once(kind).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(32);
    for byte in digest.iter().take(16) {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Fingerprint(text)
}

/// How far `observed` is beyond `threshold`, from 0 to 1: half way at twice the threshold.
pub(crate) fn beyond(observed: f64, threshold: f64) -> f64 {
    if threshold <= 0.0 || observed <= threshold { 0.0 } else { 1.0 - threshold / observed }
}
