//! From rows of the platform to a ledger: who the other side of an entry is, and what the platform's
//! words mean.

use std::collections::{HashMap, HashSet};

use anomaly::{
    Direction, EntrySource, Invoice, InvoiceStatus, KdvPart, Kurus, Ledger, LedgerBuilder,
    NewEntry, NewLine,
};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use database::risk::{Account, InvoiceRow, LineRow};
use domain::{ClientCompanyId, Currency};
use rust_decimal::Decimal;

/// Turkey's offset from UTC in seconds, all year since 2016.
const TURKEY_SECONDS: i32 = 3 * 3600;

/// The calendar day in Turkey. Dates are stored as midnights, of UTC or of Turkey; both are on the
/// right day there.
pub(crate) fn day_of(instant: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(TURKEY_SECONDS)
        .map_or_else(|| instant.date_naive(), |zone| instant.with_timezone(&zone).date_naive())
}

/// Books that no calculation should be based on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BooksError {
    /// An amount that the engine cannot hold.
    #[error("{row} has an amount that cannot be used")]
    Amount {
        /// What holds it.
        row: String,
        #[source]
        source: anomaly::InvalidAmount,
    },
    /// A currency that is none.
    #[error("invoice {invoice} has no valid currency")]
    Currency {
        /// `invoices.id`.
        invoice: String,
        #[source]
        source: domain::InvalidCurrency,
    },
}

/// An office's chart of accounts by account id.
pub(crate) type Chart = HashMap<String, Account>;

/// Builds the ledger of one company: its invoices first, then its lines in the order of the database.
pub(crate) struct Books<'a> {
    builder: LedgerBuilder,
    chart: &'a Chart,
    parties: Parties,
    seen_accounts: HashSet<String>,
    entry: Option<OpenEntry>,
    wrong: Option<BooksError>,
    /// A line names an account that the chart does not have: the chart is older than the line.
    pub(crate) unknown_account: bool,
}

/// An entry whose lines are still coming.
struct OpenEntry {
    id: String,
    date: NaiveDate,
    recorded_on: NaiveDate,
    source: EntrySource,
    reference: Option<String>,
    lines: Vec<(String, Kurus, Kurus)>,
}

impl<'a> Books<'a> {
    pub(crate) fn new(company: &str, tax_number: Option<&str>, chart: &'a Chart) -> Self {
        let builder = LedgerBuilder::new(ClientCompanyId::new(company), tax_number);
        Self {
            builder,
            chart,
            parties: Parties::default(),
            seen_accounts: HashSet::new(),
            entry: None,
            wrong: None,
            unknown_account: false,
        }
    }

    /// Takes an invoice. Words that the platform does not have leave the invoice out.
    pub(crate) fn invoice(&mut self, row: &InvoiceRow) -> Result<(), BooksError> {
        let Some(direction) = direction(&row.kind) else { return Ok(()) };
        let kurus = |amount| {
            Kurus::try_from(amount)
                .map_err(|source| BooksError::Amount { row: format!("invoice {}", row.id), source })
        };
        let currency: Currency = row
            .currency
            .parse()
            .map_err(|source| BooksError::Currency { invoice: row.id.clone(), source })?;
        let party = party_of(row);
        if let (Some(number), Some(party)) = (&row.external_id, &party) {
            self.parties.by_number.insert(number.trim().to_owned(), party.clone());
        }
        let mut kdv = Vec::with_capacity(row.kdv.len());
        for part in &row.kdv {
            kdv.push(KdvPart {
                rate: rate(part.rate),
                net: kurus(part.net)?,
                kdv: kurus(part.kdv)?,
            });
        }
        let invoice = Invoice {
            id: row.id.clone(),
            direction,
            status: status(&row.status),
            number: row.external_id.clone(),
            issue_date: day_of(row.issue_date),
            due_date: row.due_date.map(day_of),
            recorded_on: Some(day_of(row.created_at)),
            total: kurus(row.total_amount)?,
            tax: kurus(row.tax_amount)?,
            currency,
            kdv,
            party: None,
        };
        self.builder.invoice(invoice, party.as_deref());
        Ok(())
    }

    /// Takes a line; lines of one entry follow each other.
    pub(crate) fn line(&mut self, row: LineRow) {
        if self.entry.as_ref().is_none_or(|entry| entry.id != row.id) {
            self.close_entry();
            self.entry = Some(OpenEntry {
                date: day_of(row.date),
                recorded_on: day_of(row.created_at),
                source: match row.source.as_str() {
                    "import" => EntrySource::Import,
                    "integration" => EntrySource::Integration,
                    _ => EntrySource::Manual,
                },
                reference: row.reference_no,
                lines: Vec::with_capacity(2),
                id: row.id,
            });
        }
        let Some(account) = row.ledger_account_id else { return };
        let Some(account) = self.chart.get(&account) else {
            self.unknown_account = true;
            return;
        };
        if !self.seen_accounts.contains(&account.code) {
            self.seen_accounts.insert(account.code.clone());
            self.builder.account(&account.code, account.is_active);
        }
        let Some(entry) = &mut self.entry else { return };
        let kurus = |amount: Option<Decimal>| Kurus::try_from(amount.unwrap_or_default());
        match (kurus(row.debit_amount), kurus(row.credit_amount)) {
            (Ok(debit), Ok(credit)) => entry.lines.push((account.code.clone(), debit, credit)),
            (Err(source), _) | (_, Err(source)) => {
                let row = format!("transaction {}", entry.id);
                self.wrong.get_or_insert(BooksError::Amount { row, source });
            }
        }
    }

    fn close_entry(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        let party = self.parties.of(&entry);
        let lines: Vec<NewLine<'_>> = entry
            .lines
            .iter()
            .map(|(account, debit, credit)| NewLine { account, debit: *debit, credit: *credit })
            .collect();
        self.builder.entry(NewEntry {
            id: &entry.id,
            date: entry.date,
            recorded_on: Some(entry.recorded_on),
            source: entry.source,
            reference: entry.reference.as_deref(),
            party: party.as_deref(),
            lines: &lines,
        });
    }

    /// The ledger of everything that was taken.
    pub(crate) fn build(mut self) -> Result<Ledger, BooksError> {
        self.close_entry();
        match self.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(self.builder.build()),
        }
    }
}

/// Who the other side of an entry is. The platform's entries do not say it: an entry that names the
/// number of an invoice has the invoice's other side; a detail account below 120, 320 and their like
/// stands for one party, whose number is learned from entries of the first kind.
#[derive(Default)]
struct Parties {
    by_number: HashMap<String, String>,
    by_account: HashMap<String, String>,
}

impl Parties {
    fn of(&mut self, entry: &OpenEntry) -> Option<String> {
        let mut accounts = entry.lines.iter().map(|(account, ..)| account).filter(|a| is_detail(a));
        let account = match (accounts.next(), accounts.next()) {
            (Some(account), None) => Some(account),
            // Two parties in one entry leave it open with whom it is.
            _ => None,
        };
        let by_number = entry
            .reference
            .as_deref()
            .and_then(|number| self.by_number.get(number.trim()))
            .cloned();
        if let (Some(account), Some(party)) = (account, &by_number) {
            self.by_account.entry(account.clone()).or_insert_with(|| party.clone());
        }
        by_number.or_else(|| {
            account.map(|account| self.by_account.get(account).unwrap_or(account).clone())
        })
    }
}

/// An account of one customer or supplier: at least two levels below the main account.
fn is_detail(code: &str) -> bool {
    ["120", "121", "159", "320", "321", "340"].iter().any(|main| code.starts_with(main))
        && code.matches(['.', '-', ' ']).count() >= 2
}

/// The other side of an invoice: its number where it has one, otherwise its name.
pub(crate) fn party_of(row: &InvoiceRow) -> Option<String> {
    let present = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    present(&row.counterparty_tax_number).or_else(|| present(&row.counterparty_name))
}

pub(crate) fn direction(kind: &str) -> Option<Direction> {
    match kind {
        "SATIŞ" => Some(Direction::Sale),
        "ALIŞ" => Some(Direction::Purchase),
        _ => None,
    }
}

pub(crate) fn status(word: &str) -> InvoiceStatus {
    match word {
        "taslak" => InvoiceStatus::Draft,
        "iptal" => InvoiceStatus::Cancelled,
        "muhasebeleştirilmiş" => InvoiceStatus::Posted,
        _ => InvoiceStatus::Issued,
    }
}

/// 0.2000 is 20 %, which is 2000 hundredths of a per cent.
fn rate(fraction: Decimal) -> u32 {
    u32::try_from(fraction * Decimal::from(10_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use database::risk::{Account, InvoiceRow, LineRow};

    use super::{Books, BooksError, Chart, day_of};

    fn chart() -> Chart {
        ["102.01", "320.01.001", "320.01.002", "320.01", "770.04"]
            .map(|code| Account {
                id: format!("id-{code}"),
                code: code.to_owned(),
                name: "Ad".to_owned(),
                is_active: code != "770.04",
            })
            .map(|account| (account.id.clone(), account))
            .into()
    }

    fn line(entry: &str, day: u32, reference: &str, account: &str, debit: &str) -> LineRow {
        LineRow {
            id: entry.to_owned(),
            date: format!("2026-03-{day:02}T00:00:00Z").parse().unwrap(),
            created_at: "2026-03-31T21:30:00Z".parse().unwrap(),
            source: "manual".to_owned(),
            reference_no: Some(reference.to_owned()),
            ledger_account_id: Some(format!("id-{account}")),
            debit_amount: Some(debit.parse().unwrap()),
            credit_amount: Some("0.00".parse().unwrap()),
        }
    }

    fn invoice(number: &str, tax_number: &str) -> InvoiceRow {
        InvoiceRow {
            id: format!("i-{number}"),
            kind: "ALIŞ".to_owned(),
            status: "kesildi".to_owned(),
            external_id: Some(number.to_owned()),
            issue_date: "2026-03-01T21:00:00Z".parse().unwrap(),
            due_date: None,
            created_at: "2026-03-02T00:00:00Z".parse().unwrap(),
            total_amount: "120.00".parse().unwrap(),
            tax_amount: "20.00".parse().unwrap(),
            currency: "TRY".to_owned(),
            counterparty_name: Some("Satıcı".to_owned()),
            counterparty_tax_number: Some(tax_number.to_owned()),
            kdv: vec![],
        }
    }

    #[test]
    fn a_day_is_turkeys() {
        for (instant, day) in [
            ("2026-03-01T00:00:00Z", "2026-03-01"),
            ("2026-02-28T21:00:00Z", "2026-03-01"),
            ("2026-02-28T20:59:59Z", "2026-02-28"),
        ] {
            assert_eq!(day_of(instant.parse().unwrap()).to_string(), day);
        }
    }

    #[test]
    fn the_other_side_comes_from_the_invoice_and_then_from_its_account() {
        let chart = chart();
        let mut books = Books::new("c1", None, &chart);
        books.invoice(&invoice("A1", "7469179581")).unwrap();
        // The purchase names the invoice; the payment only the account; one entry has two suppliers;
        // one account has no detail.
        for (entry, day, reference, accounts) in [
            ("e1", 2, " A1", ["770.04", "320.01.001"]),
            ("e2", 3, "", ["320.01.001", "102.01"]),
            ("e3", 4, "", ["320.01.002", "102.01"]),
            ("e4", 5, "", ["320.01.001", "320.01.002"]),
            ("e5", 6, "", ["320.01", "102.01"]),
        ] {
            for account in accounts {
                books.line(line(entry, day, reference, account, "10.00"));
            }
        }
        let ledger = books.build().unwrap();
        let parties: Vec<Option<&str>> = ledger
            .entries()
            .iter()
            .map(|entry| entry.party.map(|party| ledger.party(party)))
            .collect();
        let vkn = Some("7469179581");
        assert_eq!(parties, [vkn, vkn, Some("320.01.002"), None, None]);
        assert!(ledger.accounts().iter().all(|account| account.is_in_chart));
        let closed: Vec<&str> = ledger
            .accounts()
            .iter()
            .filter(|account| !account.is_active)
            .map(|account| account.code.as_str())
            .collect();
        assert_eq!(closed, ["770.04"]);
        assert_eq!(ledger.line_count(), 10);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_no_silence() {
        let chart = chart();
        let mut books = Books::new("c1", None, &chart);
        let foreign = InvoiceRow { currency: "TL".to_owned(), ..invoice("A1", "1") };
        assert!(matches!(books.invoice(&foreign), Err(BooksError::Currency { .. })));
        let mut books = Books::new("c1", None, &chart);
        books.line(line("e1", 2, "", "102.01", "0.001"));
        assert!(matches!(books.build(), Err(BooksError::Amount { .. })));
        let mut books = Books::new("c1", None, &chart);
        books.line(line("e1", 2, "", "999", "1.00"));
        assert!(books.unknown_account);
    }
}
