//! Reads the ledgers and their labels.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::Path,
};

use anomaly::{EntrySource, Kurus};
use anyhow::{Context, Result, bail};
use chrono::{Datelike, NaiveDate};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use rust_decimal::Decimal;
use serde::Deserialize;

/// Companies with their entries, and the labels.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) companies: Vec<Company>,
    /// Gross amount of each entry's part in an account's month, both sides added, in kuruş: what the
    /// score needs.
    pub(super) account_months: HashMap<(String, AccountMonth), i64>,
    pub(super) labels: Option<Vec<Label>>,
}

/// Company, account, month as `YYYY-MM`.
pub(super) type AccountMonth = (String, String, String);

#[derive(Debug)]
pub(super) struct Company {
    pub(super) id: String,
    pub(super) vkn: String,
    /// By date.
    pub(super) entries: Vec<Entry>,
    pub(super) cancelled: Vec<(String, NaiveDate)>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) date: NaiveDate,
    pub(super) source: EntrySource,
    pub(super) reference: String,
    pub(super) party: String,
    pub(super) lines: Vec<(String, Kurus, Kurus)>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Label {
    #[serde(rename = "label_id")]
    pub(super) id: String,
    pub(super) company_id: String,
    pub(super) kind: String,
    pub(super) key: String,
    txn_ids: String,
}

impl Label {
    pub(super) fn new(
        id: String,
        company: &str,
        kind: &str,
        key: &str,
        entries: &[String],
    ) -> Self {
        Self {
            id,
            company_id: company.to_owned(),
            kind: kind.to_owned(),
            key: key.to_owned(),
            txn_ids: entries.join(" "),
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &str> {
        self.txn_ids.split_whitespace()
    }
}

#[derive(Debug, Deserialize)]
struct CompanyRow {
    company_id: String,
    vkn: String,
}

#[derive(Debug, Deserialize)]
struct LineRow {
    company_id: String,
    txn_id: String,
    date: NaiveDate,
    source: String,
    reference_no: String,
    counterparty_vkn: String,
    account_code: String,
    debit: String,
    credit: String,
}

#[derive(Debug, Deserialize)]
struct CancelledRow {
    company_id: String,
    invoice_no: String,
    date: NaiveDate,
}

impl Data {
    /// Companies with their labels.
    pub(super) fn of(companies: Vec<Company>, labels: Vec<Label>) -> Self {
        let mut account_months: HashMap<(String, AccountMonth), i64> = HashMap::new();
        for company in &companies {
            for entry in &company.entries {
                let month = entry.date.format("%Y-%m").to_string();
                for (account, debit, credit) in &entry.lines {
                    let of = (company.id.clone(), account.clone(), month.clone());
                    *account_months.entry((entry.id.clone(), of)).or_default() +=
                        debit.0 + credit.0;
                }
            }
        }
        Self { companies, account_months, labels: Some(labels) }
    }

    pub(super) fn keep(&mut self, ids: &[String]) {
        self.companies.retain(|company| ids.contains(&company.id));
        if let Some(labels) = &mut self.labels {
            labels.retain(|label| ids.contains(&label.company_id));
        }
    }

    /// The last month with at least half the usual number of entries.
    pub(super) fn last_full_month(&self) -> Option<NaiveDate> {
        let mut months: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for entry in self.companies.iter().flat_map(|company| &company.entries) {
            *months.entry(entry.date.with_day(1)?).or_default() += 1;
        }
        let mut numbers: Vec<usize> = months.values().copied().collect();
        numbers.sort_unstable();
        let usual = *numbers.get(numbers.len() / 2)?;
        months.iter().rev().find(|(_, number)| **number * 2 >= usual).map(|(month, _)| *month)
    }
}

pub(super) fn read(dir: &Path) -> Result<Data> {
    let mut companies: Vec<Company> = rows::<CompanyRow>(&dir.join("companies.csv"))?
        .into_iter()
        .map(|row| Company {
            id: row.company_id,
            vkn: row.vkn,
            entries: Vec::new(),
            cancelled: Vec::new(),
        })
        .collect();
    let places: HashMap<String, usize> =
        companies.iter().enumerate().map(|(at, company)| (company.id.clone(), at)).collect();
    let mut account_months: HashMap<(String, AccountMonth), i64> = HashMap::new();
    let mut entries: HashMap<String, (usize, Entry)> = HashMap::new();
    let path = dir.join("lines.csv.gz");
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    for row in csv::Reader::from_reader(GzDecoder::new(file)).deserialize() {
        let row: LineRow = row.with_context(|| format!("in {}", path.display()))?;
        let company = *places
            .get(&row.company_id)
            .with_context(|| format!("{} is not in companies.csv", row.company_id))?;
        let (debit, credit) = (amount(&row.debit)?, amount(&row.credit)?);
        let month = row.date.format("%Y-%m").to_string();
        *account_months
            .entry((row.txn_id.clone(), (row.company_id, row.account_code.clone(), month)))
            .or_default() += debit.0 + credit.0;
        let (_, entry) = match entries.entry(row.txn_id) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(slot) => {
                let entry = Entry {
                    id: slot.key().clone(),
                    date: row.date,
                    source: source(&row.source)?,
                    reference: row.reference_no,
                    party: row.counterparty_vkn,
                    lines: Vec::new(),
                };
                slot.insert((company, entry))
            }
        };
        entry.lines.push((row.account_code, debit, credit));
    }
    for (company, entry) in entries.into_values() {
        if let Some(company) = companies.get_mut(company) {
            company.entries.push(entry);
        }
    }
    for company in &mut companies {
        company.entries.sort_unstable_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    }
    let cancelled = dir.join("cancelled_invoices.csv");
    if cancelled.exists() {
        for row in rows::<CancelledRow>(&cancelled)? {
            if let Some(company) = places.get(&row.company_id).and_then(|at| companies.get_mut(*at))
            {
                company.cancelled.push((row.invoice_no, row.date));
            }
        }
    }
    let labels = dir.join("labels.csv");
    let labels = if labels.exists() { Some(rows(&labels)?) } else { None };
    Ok(Data { companies, account_months, labels })
}

/// Writes ledgers as [`read`] takes them.
pub(super) fn write(dir: &Path, data: &Data) -> Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut companies = csv::Writer::from_path(dir.join("companies.csv"))?;
    companies.write_record(["company_id", "vkn"])?;
    let mut cancelled = csv::Writer::from_path(dir.join("cancelled_invoices.csv"))?;
    cancelled.write_record(["company_id", "invoice_no", "date"])?;
    let packed = GzEncoder::new(File::create(dir.join("lines.csv.gz"))?, Compression::fast());
    let mut lines = csv::Writer::from_writer(packed);
    lines.write_record([
        "company_id",
        "txn_id",
        "date",
        "source",
        "reference_no",
        "counterparty_vkn",
        "account_code",
        "debit",
        "credit",
    ])?;
    for company in &data.companies {
        companies.write_record([&company.id, &company.vkn])?;
        for (number, date) in &company.cancelled {
            cancelled.write_record([&company.id, number, &date.to_string()])?;
        }
        for entry in &company.entries {
            let source = match entry.source {
                EntrySource::Manual => "manual",
                EntrySource::Import => "import",
                EntrySource::Integration => "integration",
            };
            for (account, debit, credit) in &entry.lines {
                lines.write_record([
                    &company.id,
                    &entry.id,
                    &entry.date.to_string(),
                    source,
                    &entry.reference,
                    &entry.party,
                    account,
                    &Decimal::from(*debit).to_string(),
                    &Decimal::from(*credit).to_string(),
                ])?;
            }
        }
    }
    lines.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()?;
    let mut labels = csv::Writer::from_path(dir.join("labels.csv"))?;
    labels.write_record(["label_id", "company_id", "kind", "key", "txn_ids"])?;
    for label in data.labels.iter().flatten() {
        labels.write_record([
            &label.id,
            &label.company_id,
            &label.kind,
            &label.key,
            &label.txn_ids,
        ])?;
    }
    Ok(())
}

fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    csv::Reader::from_path(path)
        .with_context(|| format!("cannot open {}", path.display()))?
        .into_deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| format!("in {}", path.display()))
}

fn amount(text: &str) -> Result<Kurus> {
    if text.is_empty() {
        return Ok(Kurus::ZERO);
    }
    let amount: Decimal = text.parse().with_context(|| format!("{text:?} is no amount"))?;
    Ok(Kurus::try_from(amount)?)
}

fn source(text: &str) -> Result<EntrySource> {
    Ok(match text {
        "manual" => EntrySource::Manual,
        "import" => EntrySource::Import,
        "integration" => EntrySource::Integration,
        other => bail!("unknown source {other:?}"),
    })
}
