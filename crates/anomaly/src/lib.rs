//! A company's ledger in, findings out: what stands out, why, and what to check next.
//!
//! A function of its arguments alone: no clock, no database, no randomness. Amounts are exact
//! ([`Kurus`]); statistics work on logarithms and ratios and are never written back as amounts.
//!
//! [`examine`] looks at one company; [`ring::find_rings`] at the trade between the companies of one
//! office. [`message::text`] makes the Turkish sentences.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic"))]

mod amount;
mod chart;
mod context;
pub mod detect;
pub mod digits;
mod document_number;
mod finding;
mod ledger;
pub mod message;
pub mod outlier;
mod parameters;
mod ranking;
mod reason;
mod report;
pub mod ring;
mod settlement;
mod statistics;
pub mod stream;

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::NaiveDate;

use context::Context;
use detect::Output;

pub use amount::{InvalidAmount, Kurus};
pub use finding::{Audience, Base, Evidence, Finding, Fingerprint, Kind, NextCheck, Quantity};
pub use ledger::{
    Account, AccountNo, Direction, Entry as LedgerEntry, EntryNo, EntrySource, Invoice,
    InvoiceStatus, KdvPart, Ledger, LedgerBuilder, Line, NewEntry, NewLine, PartyNo,
};
pub use parameters::{
    BenfordParameters, CashParameters, ChartParameters, CounterpartyParameters, DatingParameters,
    DuplicateParameters, ExpenseSpikeParameters, KdvParameters, LargeEntryParameters,
    NumberGapParameters, Parameters, RankingParameters, RingParameters, RoundParameters,
    SupplierParameters, TimingParameters, UnusualAccountParameters,
};
pub use reason::{ChartRule, DigitExcess, QuietDay, Reason, SameAs, Subject};
pub use report::{Contribution, Feature, HistoryUnit, Report, TooLittleHistory, UnusualEntry};

/// Examines a company as of the end of `reference_date`: entries and invoices dated or recorded later
/// are not looked at, except to find those dated ahead of their recording.
pub fn examine(ledger: &Ledger, reference_date: NaiveDate, parameters: &Parameters) -> Report {
    let context = Context::new(ledger, reference_date, parameters);
    let mut output = Output::default();
    for detector in detect::ALL {
        if detector.is_enabled(parameters) {
            detector.detect(&context, &mut output);
        }
    }
    let unusual_entries = ranking::rank(&context, &output.drafts);
    let mut findings: BTreeMap<(Kind, Fingerprint), Finding> = BTreeMap::new();
    for draft in output.drafts {
        let finding = draft.finish(&context);
        match findings.entry((finding.kind, finding.fingerprint.clone())) {
            Entry::Vacant(slot) => {
                slot.insert(finding);
            }
            Entry::Occupied(mut known) => known.get_mut().take_in(finding),
        }
    }
    let mut findings: Vec<Finding> = findings.into_values().collect();
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then(b.strength.total_cmp(&a.strength))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    let mut too_little_history = output.too_little;
    too_little_history.sort_unstable();
    too_little_history.dedup();
    Report { findings, too_little_history, unusual_entries }
}
