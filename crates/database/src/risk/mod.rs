//! Risk of client companies: their jobs, what is read for a calculation, and what it writes.
//!
//! A company costs a fixed number of statements, whatever its size: [`Ledger::entries`],
//! [`Ledger::invoices`], [`context()`] and [`complete`]; the office's chart of accounts is read once for
//! many companies. Days are those of Turkey.

mod between;
mod completion;
mod context;
mod inspect;
mod jobs;
mod ledger;
mod rule_sets;

pub use between::{Transfer, company_names, transfers};
pub use completion::{
    Completion, Evaluation, FindingRow, NewAlert, WorseAlert, complete, input_digest,
};
pub use context::{Context, Found, KnownFinding, RingFinding, context};
pub use inspect::{
    CompanyFinding, EvaluationRow, FailedRow, PastEvaluation, Progress, RuleFigure, Verdicts,
    close_alert, evaluations, failed, findings_of_company, latest_evaluation, mute, progress,
    rule_figures, verdicts,
};
pub use jobs::{FannedOut, RISK_CALCULATION, RiskJob, fan_out, forget_before};
pub use ledger::{Account, BookRow, EntryRow, InvoiceRow, KdvRow, Ledger, LineRow, chart};
pub use rule_sets::{StoredRuleSet, ensure, load};
