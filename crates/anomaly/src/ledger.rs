//! A company's ledger as plain data: entries with lines, accounts, counterparties, invoices.
//!
//! Built by [`LedgerBuilder`] in any order; the built ledger is in one canonical order (entries by
//! date and id, accounts by code, counterparties by key), so that a permuted input gives the same
//! result. Account codes and counterparty keys are stored once and referred to by number.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{ClientCompanyId, Currency};
use serde::{Deserialize, Serialize};

use crate::amount::Kurus;

/// How an entry came into the ledger (`transactions.source`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntrySource {
    /// Typed in by a person.
    Manual,
    /// From an uploaded file.
    Import,
    /// From a connected system.
    Integration,
}

/// An account of [`Ledger::accounts`], by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNo(pub u32);

/// A counterparty of [`Ledger::parties`], by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyNo(pub u32);

/// An account of the company's chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The code, such as `770.04.001` (Tekdüzen Hesap Planı, below it the company's own).
    pub code: String,
    /// Whether the chart knows it; true for all if no chart was given.
    pub is_in_chart: bool,
    /// Whether the chart allows new postings.
    pub is_active: bool,
}

impl Account {
    /// The three digits of the main account; none if the code does not begin with exactly three
    /// digits followed by its end or a separator.
    pub fn main(&self) -> Option<u16> {
        main_account(&self.code)
    }
}

fn main_account(code: &str) -> Option<u16> {
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 3 {
        return None;
    }
    code.get(..3)?.parse().ok().filter(|main| *main >= 100)
}

/// One side of an entry. Exactly one of the amounts is normally not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Where it is posted.
    pub account: AccountNo,
    /// Borç.
    pub debit: Kurus,
    /// Alacak.
    pub credit: Kurus,
}

/// A journal entry (yevmiye maddesi). Its lines are [`Ledger::lines_of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `transactions.id`.
    pub id: String,
    /// The day of the business.
    pub date: NaiveDate,
    /// The day on which it was recorded, in Europe/Istanbul; none if unknown.
    pub recorded_on: Option<NaiveDate>,
    /// How it came in.
    pub source: EntrySource,
    /// Document or journal number as written.
    pub reference: Option<String>,
    /// With whom.
    pub party: Option<PartyNo>,
    first_line: u32,
    line_count: u32,
}

/// Who issued an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// `SATIŞ`: the company issued it.
    Sale,
    /// `ALIŞ`: the company received it.
    Purchase,
}

/// State of an invoice (`invoices.status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// `taslak`: has no legal number yet; detectors leave it out.
    Draft,
    /// `kesildi`.
    Issued,
    /// `iptal`: counts only for its number.
    Cancelled,
    /// `muhasebeleştirilmiş`.
    Posted,
}

/// The part of an invoice that carries one KDV rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KdvPart {
    /// The stated rate in hundredths of a per cent: 2000 is 20 %.
    pub rate: u32,
    /// Without KDV.
    pub net: Kurus,
    /// The KDV.
    pub kdv: Kurus,
}

/// An invoice of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// `invoices.id`.
    pub id: String,
    /// Who issued it.
    pub direction: Direction,
    /// State.
    pub status: InvoiceStatus,
    /// The number as written, such as `ABC2026000000123`.
    pub number: Option<String>,
    /// Düzenleme tarihi.
    pub issue_date: NaiveDate,
    /// Vade tarihi.
    pub due_date: Option<NaiveDate>,
    /// The day on which it was recorded, in Europe/Istanbul; none if unknown.
    pub recorded_on: Option<NaiveDate>,
    /// With KDV.
    pub total: Kurus,
    /// KDV.
    pub tax: Kurus,
    /// What the amounts are counted in; amounts of another currency are compared only with the same.
    pub currency: Currency,
    /// By rate, if the lines are known; may be empty.
    pub kdv: Vec<KdvPart>,
    /// With whom.
    pub party: Option<PartyNo>,
}

/// An entry as the caller gives it.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// `transactions.id`.
    pub id: &'a str,
    /// The day of the business.
    pub date: NaiveDate,
    /// The day on which it was recorded, in Europe/Istanbul; none if unknown.
    pub recorded_on: Option<NaiveDate>,
    /// How it came in.
    pub source: EntrySource,
    /// Document or journal number as written.
    pub reference: Option<&'a str>,
    /// With whom: VKN or TCKN if known, otherwise any text that is the same for the same party.
    pub party: Option<&'a str>,
    /// The lines.
    pub lines: &'a [NewLine<'a>],
}

/// An entry of a [`LedgerBuilder`], whose lines and counterparty may come later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryNo(u32);

/// A line as the caller gives it.
#[derive(Debug, Clone, Copy)]
pub struct NewLine<'a> {
    /// `ledger_accounts.code`.
    pub account: &'a str,
    /// Borç.
    pub debit: Kurus,
    /// Alacak.
    pub credit: Kurus,
}

/// A company's ledger in canonical order.
#[derive(Debug, Clone)]
pub struct Ledger {
    company: ClientCompanyId,
    tax_number: Option<String>,
    accounts: Vec<Account>,
    parties: Vec<String>,
    entries: Vec<Entry>,
    lines: Vec<Line>,
    invoices: Vec<Invoice>,
}

impl Ledger {
    /// Whose ledger it is.
    pub fn company(&self) -> &ClientCompanyId {
        &self.company
    }

    /// The company's own VKN or TCKN.
    pub fn tax_number(&self) -> Option<&str> {
        self.tax_number.as_deref()
    }

    /// All accounts that the entries use or the chart names, by code.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// All counterparties by key.
    pub fn parties(&self) -> &[String] {
        &self.parties
    }

    /// All entries by date and id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The lines of an entry of this ledger, by account.
    pub fn lines_of(&self, entry: &Entry) -> &[Line] {
        let first = entry.first_line as usize;
        self.lines.get(first..first + entry.line_count as usize).unwrap_or_default()
    }

    /// All invoices by date, number and id.
    pub fn invoices(&self) -> &[Invoice] {
        &self.invoices
    }

    /// How many lines all entries have together.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// The code of an account.
    pub fn code(&self, account: AccountNo) -> &str {
        self.accounts.get(account.0 as usize).map_or("", |account| account.code.as_str())
    }

    /// The key of a counterparty.
    pub fn party(&self, party: PartyNo) -> &str {
        self.parties.get(party.0 as usize).map_or("", String::as_str)
    }
}

/// Takes entries and invoices in any order and makes a [`Ledger`].
#[derive(Debug)]
pub struct LedgerBuilder {
    company: ClientCompanyId,
    tax_number: Option<String>,
    accounts: Interner,
    chart: HashMap<u32, bool>,
    parties: Interner,
    entries: Vec<Entry>,
    lines: Vec<Line>,
    invoices: Vec<Invoice>,
}

impl LedgerBuilder {
    /// An empty ledger of a company; `tax_number` is its own VKN or TCKN.
    pub fn new(company: ClientCompanyId, tax_number: Option<&str>) -> Self {
        Self {
            company,
            tax_number: tax_number.map(str::to_owned),
            accounts: Interner::default(),
            chart: HashMap::new(),
            parties: Interner::default(),
            entries: Vec::new(),
            lines: Vec::new(),
            invoices: Vec::new(),
        }
    }

    /// Names an account of the company's chart, and gives its number for [`LedgerBuilder::line`]. Once
    /// one is named, an account that is used but not named counts as unknown.
    pub fn account(&mut self, code: &str, is_active: bool) -> AccountNo {
        let number = self.accounts.number(code);
        self.chart.insert(number, is_active);
        AccountNo(number)
    }

    /// Names a counterparty, and gives its number for [`LedgerBuilder::with_party`]; none for an empty
    /// key.
    pub fn party(&mut self, key: &str) -> Option<PartyNo> {
        let key = key.trim();
        (!key.is_empty()).then(|| PartyNo(self.parties.number(key)))
    }

    /// Adds an entry. Its lines may also come by [`LedgerBuilder::line`], until the next entry.
    pub fn entry(&mut self, new: NewEntry<'_>) -> EntryNo {
        let number = EntryNo(index(self.entries.len()));
        let party = new.party.and_then(|key| self.party(key));
        self.entries.push(Entry {
            id: new.id.to_owned(),
            date: new.date,
            recorded_on: new.recorded_on,
            source: new.source,
            reference: new.reference.and_then(present),
            party,
            first_line: index(self.lines.len()),
            line_count: 0,
        });
        for line in new.lines {
            let account = AccountNo(self.accounts.number(line.account));
            self.line(account, line.debit, line.credit);
        }
        number
    }

    /// Adds a line to the entry that was added last; without one there is nothing to add it to.
    pub fn line(&mut self, account: AccountNo, debit: Kurus, credit: Kurus) {
        if let Some(entry) = self.entries.last_mut() {
            entry.line_count += 1;
            self.lines.push(Line { account, debit, credit });
        }
    }

    /// Says with whom an entry is.
    pub fn with_party(&mut self, entry: EntryNo, party: PartyNo) {
        if let Some(entry) = self.entries.get_mut(entry.0 as usize) {
            entry.party = Some(party);
        }
    }

    /// Adds an invoice; the field `party` is taken from the argument of that name.
    pub fn invoice(&mut self, mut invoice: Invoice, party: Option<&str>) {
        invoice.party = party.and_then(|key| self.party(key));
        self.invoices.push(invoice);
    }

    /// Puts everything into canonical order.
    pub fn build(mut self) -> Ledger {
        let account_order = self.accounts.order();
        let party_order = self.parties.order();
        let has_chart = !self.chart.is_empty();
        let accounts = self.accounts.in_order().map(|(number, code)| Account {
            code,
            is_in_chart: !has_chart || self.chart.contains_key(&number),
            is_active: self.chart.get(&number).copied().unwrap_or(true),
        });
        let accounts = accounts.collect();
        let parties = self.parties.in_order().map(|(_, key)| key).collect();
        let place = |order: &[u32], number: u32| order.get(number as usize).copied().unwrap_or(0);

        self.entries.sort_unstable_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        let mut lines = Vec::with_capacity(self.lines.len());
        for entry in &mut self.entries {
            let first = entry.first_line as usize;
            let own = self.lines.get(first..first + entry.line_count as usize).unwrap_or_default();
            entry.first_line = index(lines.len());
            lines.extend(own.iter().map(|line| Line {
                account: AccountNo(place(&account_order, line.account.0)),
                ..*line
            }));
            if let Some(own) = lines.get_mut(entry.first_line as usize..) {
                own.sort_unstable_by_key(|line| (line.account, line.debit, line.credit));
            }
            entry.party = entry.party.map(|party| PartyNo(place(&party_order, party.0)));
        }
        for invoice in &mut self.invoices {
            invoice.party = invoice.party.map(|party| PartyNo(place(&party_order, party.0)));
            invoice.kdv.sort_unstable();
        }
        self.invoices.sort_unstable_by(|a, b| {
            (a.issue_date, &a.number, &a.id).cmp(&(b.issue_date, &b.number, &b.id))
        });
        Ledger {
            company: self.company,
            tax_number: self.tax_number,
            accounts,
            parties,
            entries: self.entries,
            lines,
            invoices: self.invoices,
        }
    }
}

fn present(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Positions fit: a ledger of four thousand million lines would not fit into memory.
fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Numbers for texts, in the order of first sight.
#[derive(Debug, Default)]
struct Interner {
    numbers: HashMap<String, u32>,
}

impl Interner {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = index(self.numbers.len());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// For each number its place among the sorted texts.
    fn order(&self) -> Vec<u32> {
        let mut order = vec![0; self.numbers.len()];
        for (place, (number, _)) in self.in_order().enumerate() {
            if let Some(slot) = order.get_mut(number as usize) {
                *slot = index(place);
            }
        }
        order
    }

    fn in_order(&self) -> impl Iterator<Item = (u32, String)> + use<> {
        let mut sorted: Vec<(String, u32)> =
            self.numbers.iter().map(|(text, number)| (text.clone(), *number)).collect();
        sorted.sort_unstable();
        sorted.into_iter().map(|(text, number)| (number, text))
    }
}
