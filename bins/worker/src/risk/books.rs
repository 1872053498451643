//! From rows of the platform to a ledger: who the other side of an entry is, and what the platform's
//! words mean.

use std::collections::HashMap;

use anomaly::{
    AccountNo, Direction, EntryNo, EntrySource, Invoice, InvoiceStatus, KdvPart, Kurus, Ledger,
    LedgerBuilder, NewEntry, PartyNo,
};
use chrono::{DateTime, NaiveDate, Utc};
use database::risk::{Account, BookRow, EntryRow, InvoiceRow, LineRow};
use domain::{ClientCompanyId, Currency};
use rust_decimal::Decimal;

/// Turkey's offset from UTC in seconds, all year since 2016.
const TURKEY_SECONDS: i64 = 3 * 3600;

/// The calendar day in Turkey. Dates are stored as midnights, of UTC or of Turkey; both are on the
/// right day there.
pub(crate) fn day_of(instant: DateTime<Utc>) -> NaiveDate {
    const DAY_SECONDS: i64 = 86_400;
    let days = instant.timestamp().saturating_add(TURKEY_SECONDS).div_euclid(DAY_SECONDS);
    i32::try_from(days)
        .ok()
        .and_then(NaiveDate::from_epoch_days)
        .unwrap_or_else(|| instant.date_naive())
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

/// Builds the ledger of one company: its invoices first, then its entries in any order, the lines of
/// each right behind it.
pub(crate) struct Books<'a> {
    builder: LedgerBuilder,
    chart: &'a Chart,
    /// By account id.
    accounts: HashMap<&'a str, Known>,
    parties: Parties,
    entry: Option<OpenEntry>,
    /// `transactions.id` of that entry.
    entry_id: String,
    wrong: Option<BooksError>,
    /// A line names an account that the chart does not have: the chart is older than the line.
    pub(crate) unknown_account: bool,
}

/// An account that was met.
#[derive(Clone, Copy)]
struct Known {
    number: AccountNo,
    is_detail: bool,
}

/// An entry whose lines are still coming.
struct OpenEntry {
    number: EntryNo,
    date: NaiveDate,
    /// Of the invoice that it names.
    party: Option<PartyNo>,
    detail: Detail,
}

/// The detail account of an entry.
#[derive(Clone, Copy)]
enum Detail {
    None,
    One(AccountNo),
    /// Two parties in one entry leave it open with whom it is.
    Several,
}

impl<'a> Books<'a> {
    pub(crate) fn new(company: &str, tax_number: Option<&str>, chart: &'a Chart) -> Self {
        Self {
            builder: LedgerBuilder::new(ClientCompanyId::new(company), tax_number),
            chart,
            accounts: HashMap::new(),
            parties: Parties::default(),
            entry: None,
            entry_id: String::new(),
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
        if let (Some(number), Some(party)) =
            (&row.external_id, party.as_deref().and_then(|key| self.builder.party(key)))
        {
            self.parties.by_number.insert(number.trim().to_owned(), party);
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

    /// Takes what comes next.
    pub(crate) fn take(&mut self, row: BookRow<'_>) {
        match row {
            BookRow::Entry(entry) => self.open_entry(entry),
            BookRow::Line(line) => self.line(line),
        }
    }

    fn open_entry(&mut self, row: EntryRow<'_>) {
        self.close_entry();
        self.entry_id.clear();
        self.entry_id.push_str(row.id);
        let number = row.reference_no.map(str::trim);
        let party = number.and_then(|number| self.parties.by_number.get(number)).copied();
        let date = day_of(row.date);
        let number = self.builder.entry(NewEntry {
            id: row.id,
            date,
            recorded_on: Some(day_of(row.created_at)),
            source: match row.source {
                "import" => EntrySource::Import,
                "integration" => EntrySource::Integration,
                _ => EntrySource::Manual,
            },
            reference: row.reference_no,
            party: None,
            lines: &[],
        });
        self.entry = Some(OpenEntry { number, date, party, detail: Detail::None });
    }

    fn line(&mut self, row: LineRow<'_>) {
        let Some(account) = self.account(row.ledger_account_id) else {
            self.unknown_account = true;
            return;
        };
        let Some(entry) = &mut self.entry else { return };
        if account.is_detail {
            entry.detail = match entry.detail {
                Detail::None => Detail::One(account.number),
                Detail::One(_) | Detail::Several => Detail::Several,
            };
        }
        match (Kurus::try_from(row.debit_amount), Kurus::try_from(row.credit_amount)) {
            (Ok(debit), Ok(credit)) => self.builder.line(account.number, debit, credit),
            (Err(source), _) | (_, Err(source)) => {
                let row = format!("transaction {}", self.entry_id);
                self.wrong.get_or_insert(BooksError::Amount { row, source });
            }
        }
    }

    /// The account of this id, named to the ledger when it is met first.
    fn account(&mut self, id: &str) -> Option<Known> {
        if let Some(known) = self.accounts.get(id) {
            return Some(*known);
        }
        let (id, account) = self.chart.get_key_value(id)?;
        let known = Known {
            number: self.builder.account(&account.code, account.is_active),
            is_detail: is_detail(&account.code),
        };
        self.accounts.insert(id, known);
        Some(known)
    }

    fn close_entry(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        if let Some(party) = entry.party {
            self.builder.with_party(entry.number, party);
        }
        let Detail::One(account) = entry.detail else { return };
        match entry.party {
            Some(party) => self.parties.learn(account, entry.date, party),
            None => self.parties.open.push((entry.number, account)),
        }
    }

    /// The ledger of everything that was taken.
    pub(crate) fn build(mut self) -> Result<Ledger, BooksError> {
        self.close_entry();
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let codes: HashMap<AccountNo, &str> = self
            .accounts
            .iter()
            .filter(|(_, known)| known.is_detail)
            .filter_map(|(id, known)| Some((known.number, self.chart.get(*id)?.code.as_str())))
            .collect();
        for (entry, account) in self.parties.open {
            let learned = self.parties.by_account.get(&account).map(|(_, party)| *party);
            let party = learned.or_else(|| self.builder.party(codes.get(&account)?));
            if let Some(party) = party {
                self.builder.with_party(entry, party);
            }
        }
        Ok(self.builder.build())
    }
}

/// Who the other side of an entry is. The platform's entries do not say it: an entry that names the
/// number of an invoice has the invoice's other side; a detail account below 120, 320 and their like
/// stands for one party, whose number is learned from the first entry of the first kind, and otherwise
/// goes by its code.
#[derive(Default)]
struct Parties {
    by_number: HashMap<String, PartyNo>,
    /// With the day that it is known from; of one day the smaller number, which does not depend on the
    /// order of the entries.
    by_account: HashMap<AccountNo, (NaiveDate, PartyNo)>,
    /// Entries that name no invoice, with their detail account.
    open: Vec<(EntryNo, AccountNo)>,
}

impl Parties {
    fn learn(&mut self, account: AccountNo, day: NaiveDate, party: PartyNo) {
        let first = self.by_account.entry(account).or_insert((day, party));
        *first = (*first).min((day, party));
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
    use anomaly::{Ledger, LedgerEntry};
    use database::risk::{Account, BookRow, EntryRow, InvoiceRow, LineRow};

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

    fn entry<'a>(id: &'a str, day: u32, reference: &'a str) -> BookRow<'a> {
        BookRow::Entry(EntryRow {
            id,
            date: format!("2026-03-{day:02}T00:00:00Z").parse().unwrap(),
            created_at: "2026-03-31T21:30:00Z".parse().unwrap(),
            source: "manual",
            reference_no: Some(reference),
        })
    }

    fn take(books: &mut Books<'_>, entry: BookRow<'_>, accounts: &[&str], debit: &str) {
        books.take(entry);
        for account in accounts {
            books.take(BookRow::Line(LineRow {
                ledger_account_id: &format!("id-{account}"),
                debit_amount: debit.parse().unwrap(),
                credit_amount: "0.00".parse().unwrap(),
            }));
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
        // The purchase names the invoice; the payment only the account; one entry has two suppliers;
        // one account has no detail. A later invoice of another party changes nothing.
        let entries = [
            ("e1", 2, " A1", ["770.04", "320.01.001"]),
            ("e2", 3, "", ["320.01.001", "102.01"]),
            ("e3", 4, "", ["320.01.002", "102.01"]),
            ("e4", 5, "", ["320.01.001", "320.01.002"]),
            ("e5", 6, "", ["320.01", "102.01"]),
            ("e6", 7, "A2", ["770.04", "320.01.001"]),
        ];
        let read = |order: &[usize]| {
            let mut books = Books::new("c1", None, &chart);
            books.invoice(&invoice("A1", "7469179581")).unwrap();
            books.invoice(&invoice("A2", "4126456600")).unwrap();
            for at in order {
                let (id, day, reference, accounts) = entries[*at];
                take(&mut books, entry(id, day, reference), &accounts, "10.00");
            }
            books.build().unwrap()
        };
        let ledger = read(&[0, 1, 2, 3, 4, 5]);
        let parties = |ledger: &Ledger| -> Vec<Option<String>> {
            let key = |entry: &LedgerEntry| Some(ledger.party(entry.party?).to_owned());
            ledger.entries().iter().map(key).collect()
        };
        let (first, second) = (Some("7469179581".to_owned()), Some("4126456600".to_owned()));
        let expected = [first.clone(), first, Some("320.01.002".to_owned()), None, None, second];
        assert_eq!(parties(&ledger), expected);
        assert_eq!(parties(&read(&[5, 4, 3, 2, 1, 0])), expected, "in any order");
        assert!(ledger.accounts().iter().all(|account| account.is_in_chart));
        let closed: Vec<&str> = ledger
            .accounts()
            .iter()
            .filter(|account| !account.is_active)
            .map(|account| account.code.as_str())
            .collect();
        assert_eq!(closed, ["770.04"]);
        assert_eq!(ledger.line_count(), 12);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_no_silence() {
        let chart = chart();
        let mut books = Books::new("c1", None, &chart);
        let foreign = InvoiceRow { currency: "TL".to_owned(), ..invoice("A1", "1") };
        assert!(matches!(books.invoice(&foreign), Err(BooksError::Currency { .. })));
        let mut books = Books::new("c1", None, &chart);
        take(&mut books, entry("e1", 2, ""), &["102.01"], "0.001");
        let wrong = books.build().unwrap_err();
        assert!(matches!(&wrong, BooksError::Amount { row, .. } if row == "transaction e1"));
        let mut books = Books::new("c1", None, &chart);
        take(&mut books, entry("e1", 2, ""), &["999"], "1.00");
        assert!(books.unknown_account);
    }
}
