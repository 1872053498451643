//! `cargo xtask eval anomaly DIR`: replays the month-ends of labelled ledgers without looking ahead,
//! writes what was found and scores it.
//!
//! `DIR` holds `companies.csv`, `lines.csv.gz`, `cancelled_invoices.csv` and `labels.csv`; the labels
//! are read for the score alone. At each month-end a company's ledger is built from the entries dated up
//! to then. The month-end before the first counted one is replayed too, and what it finds is not counted
//! later: an alert counts once, in the month in which it is raised.

mod data;
mod ranking;
mod replay;
mod score;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use clap::Args;

pub(super) use ranking::average_precision;

use crate::report;

/// What to replay, and where the alerts go.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder with the ledgers.
    dir: PathBuf,
    /// Write the alerts as CSV: company_id, kind, month, evidence_type, evidence, score.
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// The first month (YYYY-MM); eleven months before the last when not given.
    #[arg(long, value_name = "MONTH")]
    from: Option<String>,
    /// The last month (YYYY-MM); the last one with the usual number of entries when not given.
    #[arg(long, value_name = "MONTH")]
    to: Option<String>,
    /// Only these companies.
    #[arg(long, value_name = "ID")]
    company: Vec<String>,
    /// List alerts that hit no label, and labels that no alert hits.
    #[arg(long)]
    errors: bool,
    /// One JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut data = data::read(&options.dir)?;
    if !options.company.is_empty() {
        data.keep(&options.company);
    }
    if data.companies.is_empty() {
        bail!("no companies in {}", options.dir.display());
    }
    let to = match &options.to {
        Some(month) => parse_month(month)?,
        None => data.last_full_month().context("no entries")?,
    };
    let from = match &options.from {
        Some(month) => parse_month(month)?,
        None => month_before(to, 11),
    };
    let months = replay::months(from, to);
    if months.is_empty() {
        bail!("--from is after --to");
    }
    let outcome = replay::run(&data, &months);
    if let Some(path) = &options.alerts {
        replay::write(path, &outcome.alerts)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let company_months = data.companies.len() * months.len();
    let Some(labels) = &data.labels else {
        report::loudly("no labels.csv: nothing to score");
        return Ok(ExitCode::SUCCESS);
    };
    let score = score::score(&data, labels, &outcome.alerts);
    let ranking = ranking::score(&data, labels, &outcome, from, to);
    if options.json {
        let report = serde_json::json!({
            "company_months": company_months,
            "alerts": outcome.alerts.len(),
            "hints": outcome.hints,
            "score": score.json(),
            "ranking": ranking.json(),
        });
        anstream::println!("{report}");
        return Ok(ExitCode::SUCCESS);
    }
    score.print(company_months);
    ranking.print();
    anstream::println!(
        "{} of counterparties (not alerts), {} could not be judged for lack of history",
        report::count(outcome.hints, "hint"),
        report::count(outcome.too_little, "subject"),
    );
    if options.errors {
        score.print_errors(&outcome.alerts, labels);
    }
    Ok(ExitCode::SUCCESS)
}

fn parse_month(text: &str) -> Result<NaiveDate> {
    format!("{text}-01").parse().with_context(|| format!("{text:?} is no month: use YYYY-MM"))
}

fn month_before(month: NaiveDate, months: u32) -> NaiveDate {
    month.checked_sub_months(chrono::Months::new(months)).unwrap_or(month)
}
