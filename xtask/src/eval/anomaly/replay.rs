//! Goes through the month-ends and gathers what is raised for the first time.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use anomaly::{
    Direction, Evidence, Finding, Fingerprint, Invoice, InvoiceStatus, Kind, Kurus, Ledger,
    LedgerBuilder, NewEntry, NewLine, Parameters, ring,
};
use anyhow::Result;
use chrono::{Days, Months, NaiveDate};
use domain::{ClientCompanyId, Currency, Severity};

use super::data::{Company, Data};

/// An alert as the score reads it.
#[derive(Debug, Clone)]
pub(super) struct Alert {
    pub(super) company: String,
    pub(super) kind: &'static str,
    pub(super) month: String,
    pub(super) evidence_type: &'static str,
    pub(super) evidence: String,
    pub(super) score: f64,
    /// The entries concerned, for the ranking.
    pub(super) entries: Vec<String>,
    pub(super) weight: f64,
}

#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) alerts: Vec<Alert>,
    /// Findings that are hints and no alerts.
    pub(super) hints: usize,
    pub(super) too_little: usize,
    /// For each entry, what the general model says of it at the end of its month.
    pub(super) model: HashMap<String, f64>,
}

/// The first days of the months from one to another.
pub(super) fn months(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let mut months = Vec::new();
    let mut month = from;
    while month <= to {
        months.push(month);
        let Some(next) = month.checked_add_months(Months::new(1)) else { break };
        month = next;
    }
    months
}

fn end_of(month: NaiveDate) -> NaiveDate {
    month
        .checked_add_months(Months::new(1))
        .and_then(|next| next.checked_sub_days(Days::new(1)))
        .unwrap_or(month)
}

pub(super) fn run(data: &Data, months: &[NaiveDate], mut parameters: Parameters) -> Outcome {
    // Every entry gets its place in the ranking.
    parameters.ranking.entries = u32::MAX;
    let companies: HashMap<String, ClientCompanyId> = data
        .companies
        .iter()
        .map(|company| (company.vkn.clone(), ClientCompanyId::new(company.id.as_str())))
        .collect();
    let mut outcome = Outcome::default();
    let mut seen: HashSet<(String, Kind, Fingerprint)> = HashSet::new();
    let before = months.first().map(|first| super::month_before(*first, 1));
    for month in before.into_iter().chain(months.iter().copied()) {
        let is_counted = months.contains(&month);
        let reference = end_of(month);
        let mut found: Vec<Finding> = Vec::new();
        let mut transfers = Vec::new();
        for company in &data.companies {
            let ledger = ledger(company, reference);
            let report = anomaly::examine(&ledger, reference, &parameters);
            found.extend(report.findings);
            transfers.extend(ring::transfers(&ledger, &companies));
            if !is_counted {
                continue;
            }
            outcome.too_little += report.too_little_history.len();
            for entry in report.unusual_entries {
                let model: f64 = entry
                    .contributions
                    .iter()
                    .filter(|part| part.feature != anomaly::Feature::NamedFinding)
                    .map(|part| part.part)
                    .sum();
                outcome.model.entry(entry.entry).or_insert(model);
            }
        }
        let rings =
            ring::find_rings(&transfers, reference, parameters.report_days, &parameters.ring);
        // A ring is one alert, in the company where it began.
        let mut rings_seen = HashSet::new();
        for ring in rings {
            if rings_seen.insert(ring.fingerprint.clone()) {
                found.push(ring);
            }
        }
        for finding in found {
            let company = finding.company.as_str().to_owned();
            let is_new = seen.insert((company, finding.kind, finding.fingerprint.clone()));
            if !is_new || !is_counted {
                continue;
            }
            match alert(&finding, month) {
                Some(alert) => outcome.alerts.push(alert),
                None => outcome.hints += 1,
            }
        }
    }
    outcome
}

fn ledger(company: &Company, reference: NaiveDate) -> Ledger {
    let mut builder =
        LedgerBuilder::new(ClientCompanyId::new(company.id.as_str()), Some(&company.vkn));
    for entry in company.entries.iter().take_while(|entry| entry.date <= reference) {
        let lines: Vec<NewLine<'_>> = entry
            .lines
            .iter()
            .map(|(account, debit, credit)| NewLine { account, debit: *debit, credit: *credit })
            .collect();
        builder.entry(NewEntry {
            id: &entry.id,
            date: entry.date,
            recorded_on: None,
            source: entry.source,
            reference: Some(&entry.reference),
            party: Some(&entry.party),
            lines: &lines,
        });
    }
    for (number, date) in company.cancelled.iter().filter(|(_, date)| *date <= reference) {
        let invoice = Invoice {
            id: format!("cancelled {number}"),
            direction: Direction::Sale,
            status: InvoiceStatus::Cancelled,
            number: Some(number.clone()),
            issue_date: *date,
            due_date: None,
            recorded_on: None,
            total: Kurus::ZERO,
            tax: Kurus::ZERO,
            currency: Currency::TRY,
            kdv: Vec::new(),
            party: None,
        };
        builder.invoice(invoice, None);
    }
    builder.build()
}

/// The alert of a finding; none for the hints about counterparties, which are listed and never raised.
fn alert(finding: &Finding, month: NaiveDate) -> Option<Alert> {
    let kind = match finding.kind {
        Kind::LargeEntry => "LARGE_TRANSACTION",
        Kind::DuplicateEntry | Kind::DuplicateInvoice => "DUPLICATE",
        Kind::RoundAmounts => "ROUND_NUMBER",
        Kind::CashSplitting => "CASH_SPLIT",
        Kind::SuspiciousSupplier => "FAKE_SUPPLIER",
        Kind::Ring => "CIRCULAR",
        Kind::NewCounterparty | Kind::DormantCounterparty | Kind::UnusualCounterparty
            if finding.severity == Severity::Low =>
        {
            return None;
        }
        other => other.as_str(),
    };
    let entries = || finding.entries.join(" ");
    let (evidence_type, evidence) = match &finding.evidence {
        Evidence::AccountMonth { .. } if finding.kind == Kind::UnusualAccount => {
            ("txns", entries())
        }
        Evidence::AccountMonth { account, month } => {
            ("account_month", format!("{account}|{}", month.format("%Y-%m")))
        }
        Evidence::Entries { ids } | Evidence::Invoices { ids } => ("txns", ids.join(" ")),
        Evidence::Account { account } => ("account", account.clone()),
        Evidence::Counterparty { party, .. } => ("counterparty", party.clone()),
        Evidence::NumberRange { first, last } => ("number_range", format!("{first}..{last}")),
    };
    Some(Alert {
        company: finding.company.as_str().to_owned(),
        kind,
        month: month.format("%Y-%m").to_string(),
        evidence_type,
        evidence,
        score: finding.strength,
        entries: match &finding.evidence {
            Evidence::Entries { ids } => ids.clone(),
            _ => finding.entries.clone(),
        },
        weight: finding.ranking_weight(),
    })
}

/// Writes the alert file.
pub(super) fn write(path: &Path, alerts: &[Alert]) -> Result<()> {
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(["company_id", "kind", "month", "evidence_type", "evidence", "score"])?;
    for alert in alerts {
        file.write_record([
            alert.company.as_str(),
            alert.kind,
            &alert.month,
            alert.evidence_type,
            &alert.evidence,
            &format!("{:.4}", alert.score),
        ])?;
    }
    file.flush()?;
    Ok(())
}
