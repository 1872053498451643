//! `cargo xtask eval anomaly DIR`: replays the month-ends of labelled ledgers without looking ahead,
//! writes what was found and scores it.
//!
//! `DIR` holds `companies.csv`, `lines.csv.gz`, `cancelled_invoices.csv` and `labels.csv`; the labels
//! are read for the score alone. At each month-end a company's ledger is built from the entries dated up
//! to then. The month-end before the first counted one is replayed too, and what it finds is not counted
//! later: an alert counts once, in the month in which it is raised.
//!
//! `--simulate SEED,…` makes ledgers up instead of reading them: figures on books that nobody looked at
//! when the detectors were made. What it plants is written in `simulate/`.

mod data;
mod ranking;
mod replay;
mod score;
mod simulate;

use std::{path::PathBuf, process::ExitCode};

use anomaly::Parameters;
use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use clap::Args;

pub(super) use ranking::average_precision;

use crate::report;

/// What to replay, and where the alerts go.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder with the ledgers.
    #[arg(required_unless_present = "simulate")]
    dir: Option<PathBuf>,
    /// Make up the ledgers of an office from each of these seeds instead.
    #[arg(long, value_name = "SEED", value_delimiter = ',', conflicts_with = "dir")]
    simulate: Vec<u64>,
    /// Write the made-up ledgers below this folder, one folder for each seed, in the form in which
    /// ledgers are read.
    #[arg(long, value_name = "DIR", requires = "simulate")]
    write: Option<PathBuf>,
    /// Write the alerts as CSV: company_id, kind, month, evidence_type, evidence, score.
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Other parameters of the detectors, as JSON; what it does not name has its default.
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
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
    let mut data = match &options.dir {
        Some(dir) => data::read(dir)?,
        None => return simulated(options),
    };
    if !options.company.is_empty() {
        data.keep(&options.company);
    }
    if data.companies.is_empty() {
        bail!("no companies");
    }
    let outcome = replayed(options, &data)?;
    if let Some(path) = &options.alerts {
        replay::write(path, &outcome.0.alerts)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if data.labels.is_none() {
        report::loudly("no labels.csv: nothing to score");
        return Ok(ExitCode::SUCCESS);
    }
    show(options, &data, &outcome.0, &outcome.1)?;
    Ok(ExitCode::SUCCESS)
}

/// One office for each seed, then all together.
fn simulated(options: &Options) -> Result<ExitCode> {
    if options.alerts.is_some() {
        bail!("--alerts is for ledgers in a folder");
    }
    let mut all = Vec::new();
    for seed in &options.simulate {
        let data = simulate::data(*seed);
        if let Some(dir) = &options.write {
            let dir = dir.join(seed.to_string());
            data::write(&dir, &data)
                .with_context(|| format!("cannot write to {}", dir.display()))?;
        }
        let (outcome, months) = replayed(options, &data)?;
        if !options.json {
            anstream::println!("seed {seed}");
        }
        all.push(show(options, &data, &outcome, &months)?);
    }
    if all.len() > 1 && !options.json {
        anstream::println!("all seeds");
        let company_months = all.iter().map(|(months, _)| months).sum();
        score::Score::sum(all.into_iter().map(|(_, score)| score)).print(company_months, false);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is found in the counted months, and their number.
fn replayed(options: &Options, data: &data::Data) -> Result<(replay::Outcome, Vec<NaiveDate>)> {
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
    let parameters: Parameters = match &options.parameters {
        Some(path) => serde_json::from_slice(
            &std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
        )
        .with_context(|| format!("{} has no parameters", path.display()))?,
        None => Parameters::default(),
    };
    Ok((replay::run(data, &months, parameters), months))
}

/// Prints the score; gives it with the number of months of companies that it is about.
fn show(
    options: &Options,
    data: &data::Data,
    outcome: &replay::Outcome,
    months: &[NaiveDate],
) -> Result<(usize, score::Score)> {
    let company_months = data.companies.len() * months.len();
    let labels = data.labels.as_deref().unwrap_or_default();
    let score = score::score(data, labels, &outcome.alerts);
    let (from, to) =
        months.first().copied().zip(months.last().copied()).context("no month to count")?;
    let ranking = ranking::score(data, labels, outcome, from, to);
    if options.json {
        let report = serde_json::json!({
            "company_months": company_months,
            "alerts": outcome.alerts.len(),
            "hints": outcome.hints,
            "score": score.json(),
            "ranking": ranking.json(),
        });
        anstream::println!("{report}");
        return Ok((company_months, score));
    }
    score.print(company_months, options.dir.is_some());
    ranking.print();
    anstream::println!(
        "{} of counterparties (not alerts), {} could not be judged for lack of history",
        report::count(outcome.hints, "hint"),
        report::count(outcome.too_little, "subject"),
    );
    if options.errors {
        score.print_errors(&outcome.alerts, labels);
    }
    Ok((company_months, score))
}

fn parse_month(text: &str) -> Result<NaiveDate> {
    format!("{text}-01").parse().with_context(|| format!("{text:?} is no month: use YYYY-MM"))
}

fn month_before(month: NaiveDate, months: u32) -> NaiveDate {
    month.checked_sub_months(chrono::Months::new(months)).unwrap_or(month)
}
