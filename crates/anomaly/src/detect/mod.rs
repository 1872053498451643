//! The detectors, one file each behind one trait.
//!
//! A new detector is a file here, a line in `ALL`, a kind, a reason and its sentences.

pub(crate) mod draft;

pub mod benford;
pub mod cash_splitting;
pub mod chart_mismatch;
pub mod counterparty;
pub mod dating;
pub mod duplicate;
pub mod expense_spike;
pub mod kdv_pattern;
pub mod large_entry;
pub mod number_gap;
pub mod round_amounts;
pub mod suspicious_supplier;
pub mod timing;
pub mod unusual_account;

use std::collections::HashSet;

use crate::{context::Context, parameters::Parameters, report::TooLittleHistory};
use draft::Draft;

/// A detector: plain facts of one ledger in, findings out.
pub(crate) trait Detector: Sync {
    /// Whether the parameters switch it on.
    fn is_enabled(&self, parameters: &Parameters) -> bool;

    /// Looks at the ledger.
    fn detect(&self, context: &Context<'_>, output: &mut Output);
}

/// What the detectors have found so far.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) too_little: Vec<TooLittleHistory>,
    /// Entries that a finding of a narrower kind explains; the wider kinds leave them out, so that one
    /// episode is one finding.
    pub(crate) explained: HashSet<u32>,
}

impl Output {
    /// Takes a finding that explains its entries.
    pub(crate) fn explain(&mut self, draft: Draft) {
        self.explained.extend(draft.entries.iter().copied());
        self.drafts.push(draft);
    }

    /// Takes a finding.
    pub(crate) fn push(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }
}

/// All detectors, narrow kinds before wide ones.
pub(crate) const ALL: &[&dyn Detector] = &[
    &chart_mismatch::ChartMismatch,
    &duplicate::Duplicate,
    &number_gap::NumberGap,
    &cash_splitting::CashSplitting,
    &timing::Timing,
    &unusual_account::UnusualAccount,
    &round_amounts::RoundAmounts,
    &suspicious_supplier::SuspiciousSupplier,
    &expense_spike::ExpenseSpike,
    &large_entry::LargeEntry,
    &benford::Benford,
    &counterparty::Counterparty,
    &kdv_pattern::KdvPattern,
    &dating::Dating,
];
