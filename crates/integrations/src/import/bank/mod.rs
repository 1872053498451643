//! Bank movements.

mod accounts;
mod banks;

use std::collections::{BTreeMap, HashMap};

use domain::books::{
    AccountPlan, BookBankAccount, BookCompany, BookEntry, BookWrite, ContentHash, EntryImport,
    EntryLine, Found, ImportPlan, KnownRecord, LedgerAccount, LookUp, PageImport, RecordLink,
};
use domain::{Currency, Iban};
use rust_decimal::Decimal;
use serde_json::json;

use self::accounts::{Accounts, Booked, Office};
use super::company::{Companies, OwnCompany};
use super::incoming::Incoming;
use super::{Reason, exact, hash, short};
use crate::record::BankTransactionRecord;

/// Longest bank reference, in characters (`transactions.reference_no`).
const REFERENCE_CHARS: usize = 100;
/// Longest text of a movement, in characters; the column has no limit of its own.
const DESCRIPTION_CHARS: usize = 2_000;

/// One page of bank movements on its way into the books.
pub struct BankImport {
    page: Incoming<BankTransactionRecord, BookEntry>,
    companies: Companies,
    suspense_code: String,
    new_id: Box<dyn FnMut() -> String + Send>,
    accounts: Accounts,
}

impl std::fmt::Debug for BankImport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BankImport")
            .field("records", &self.page.records.len())
            .finish_non_exhaustive()
    }
}

impl BankImport {
    /// A page of an integration that belongs to `own`, or to the whole office. Movements are booked
    /// against the account with `suspense_code` until a person knows better. `new_id` makes ids.
    pub fn new(
        records: Vec<BankTransactionRecord>,
        own: Option<OwnCompany>,
        suspense_code: &str,
        new_id: impl FnMut() -> String + Send + 'static,
    ) -> Self {
        Self {
            page: Incoming::new(records),
            companies: Companies::new(own),
            suspense_code: suspense_code.to_owned(),
            new_id: Box::new(new_id),
            accounts: Accounts::default(),
        }
    }

    /// Whether the records were set aside before and are to be tried again.
    pub const fn retry_set_aside(&mut self, again: bool) {
        self.page.retry_set_aside(again);
    }

    fn decide(
        &mut self,
        record: &BankTransactionRecord,
        content_hash: ContentHash,
        rows: &mut Rows,
    ) -> Result<(), Reason> {
        check(record)?;
        let iban = record.account.iban.as_ref().ok_or(Reason::AccountUnknown)?;
        let booked = self.accounts.of(iban)?;
        let write = BookWrite {
            id: String::new(),
            client_company_id: booked.company.clone(),
            external_id: record.external_id.clone(),
            content: entry(record, booked, &self.accounts.suspense)?,
            metadata: json!({}),
        };
        let mut link = RecordLink {
            known: KnownRecord {
                external_id: record.external_id.clone(),
                row_id: String::new(),
                client_company_id: write.client_company_id.clone(),
                owns_row: true,
                content_hash,
                written_hash: hash::of_content(&write.content),
            },
            ettn: None,
            document_key: None,
        };
        match rows.find(self.page.known.get(&record.external_id), &write) {
            Match::New => {
                let id = (self.new_id)();
                link.known.row_id.clone_from(&id);
                self.page.plan.create.push(BookWrite { id, ..write });
            }
            Match::Same(row_id) => {
                link.known.row_id = row_id;
                self.page.plan.unchanged += 1;
            }
            Match::Change(row_id, duplicates) => {
                if duplicates > 0 {
                    self.page.note(&record.external_id, Reason::ExistingDuplicates, "");
                }
                link.known.row_id.clone_from(&row_id);
                self.page.plan.update.push(BookWrite { id: row_id, ..write });
            }
            Match::Keep(known, reason) => {
                self.page.note(&record.external_id, reason, "");
                link.known = KnownRecord { content_hash, ..known };
                self.page.plan.kept += 1;
            }
        }
        self.page.plan.links.push(link);
        Ok(())
    }

    /// Accounts of the records that can be booked at all.
    fn moved(&self) -> BTreeMap<String, (Iban, crate::record::BankAccountIdentity)> {
        let bookable = self.page.records.values().filter(|(record, _)| check(record).is_ok());
        bookable
            .filter_map(|(record, _)| {
                let iban = record.account.iban.clone()?;
                Some((iban.as_str().to_owned(), (iban, record.account.clone())))
            })
            .collect()
    }
}

/// What no account can mend.
fn check(record: &BankTransactionRecord) -> Result<(), Reason> {
    if !exact::is_plausible(record.booking_date) {
        return Err(Reason::Date);
    }
    if record.currency != Currency::TRY {
        return Err(Reason::ForeignCurrency);
    }
    match exact::money(record.amount) {
        None => Err(Reason::Amount),
        Some(amount) if amount.is_zero() => Err(Reason::ZeroAmount),
        Some(_) => Ok(()),
    }
}

/// Money that came in is a debit of the bank's account, money that went out a credit (Tekdüzen Hesap
/// Planı, 102 Bankalar: "yatırılan paralar borç, çekilen paralar alacak").
fn entry(
    record: &BankTransactionRecord,
    booked: &Booked,
    suspense: &str,
) -> Result<BookEntry, Reason> {
    let amount = exact::money(record.amount).ok_or(Reason::Amount)?;
    let zero = exact::money(Decimal::ZERO).unwrap_or_default();
    let line = |account: &str, debit, credit| EntryLine {
        ledger_account_id: account.to_owned(),
        debit,
        credit,
    };
    let lines = if amount.is_sign_positive() {
        vec![line(&booked.ledger_account, amount, zero), line(suspense, zero, amount)]
    } else {
        let amount = amount.abs();
        vec![line(suspense, amount, zero), line(&booked.ledger_account, zero, amount)]
    };
    Ok(BookEntry {
        date: record.booking_date,
        reference: short(record.reference.as_deref(), REFERENCE_CHARS),
        description: short(record.description.as_deref(), DESCRIPTION_CHARS),
        lines,
    })
}

/// What a movement is to the books.
enum Match {
    New,
    Same(String),
    Change(String, usize),
    Keep(KnownRecord, Reason),
}

/// The rows that records of one page may be.
struct Rows {
    by_id: HashMap<String, domain::books::BookRow<BookEntry>>,
    unowned: HashMap<String, Vec<String>>,
}

impl Rows {
    fn new(found: Found<BookEntry>) -> Self {
        let mut rows = Self { by_id: HashMap::new(), unowned: HashMap::new() };
        for row in found.rows {
            if let Some(external_id) = row.external_id.as_ref().filter(|_| !row.owned) {
                rows.unowned.entry(external_id.clone()).or_default().push(row.id.clone());
            }
            rows.by_id.insert(row.id.clone(), row);
        }
        rows
    }

    fn find(&mut self, known: Option<&KnownRecord>, write: &BookWrite<BookEntry>) -> Match {
        let Some(known) = known else { return self.of_earlier_import(write) };
        let Some(row) = self.by_id.get(&known.row_id) else {
            return Match::Keep(known.clone(), Reason::Deleted);
        };
        if row.content == write.content {
            return Match::Same(row.id.clone());
        }
        // A person who has given the movement its real account has worked on it.
        let as_written = row.client_company_id.as_ref() == Some(&known.client_company_id)
            && hash::of_content(&row.content) == known.written_hash;
        if as_written {
            Match::Change(row.id.clone(), 0)
        } else {
            Match::Keep(known.clone(), Reason::Edited)
        }
    }

    /// Movements that the old importer made have one line, on the wrong side, and are put right. One
    /// with more lines was booked by a person.
    fn of_earlier_import(&mut self, write: &BookWrite<BookEntry>) -> Match {
        let Some(candidates) = self.unowned.get_mut(&write.external_id) else { return Match::New };
        let by_id = &self.by_id;
        let moved = |entry: &BookEntry| -> Decimal {
            entry.lines.iter().map(|line| line.debit.max(line.credit)).max().unwrap_or_default()
        };
        let matching: Vec<String> = candidates
            .iter()
            .filter(|id| {
                by_id.get(*id).is_some_and(|row| {
                    let days = (row.content.date - write.content.date).num_days().abs();
                    days <= 1 && moved(&row.content) == moved(&write.content)
                })
            })
            .cloned()
            .collect();
        let Some((row_id, others)) = matching.split_first() else { return Match::New };
        candidates.retain(|id| !matching.contains(id));
        let Some(row) = by_id.get(row_id) else { return Match::New };
        if row.content.lines.len() > 1 {
            let known = KnownRecord {
                external_id: write.external_id.clone(),
                row_id: row_id.clone(),
                client_company_id: row.client_company_id.clone().unwrap_or_default(),
                owns_row: true,
                content_hash: [0; 32],
                written_hash: [0; 32],
            };
            return Match::Keep(known, Reason::Edited);
        }
        Match::Change(row_id.clone(), others.len())
    }
}

impl PageImport<BookEntry> for BankImport {
    fn keys(&self) -> Vec<(String, ContentHash)> {
        self.page.records.iter().map(|(id, (_, hash))| (id.clone(), *hash)).collect()
    }

    fn look_up(&mut self, known: Vec<KnownRecord>, set_aside: &[(String, ContentHash)]) -> LookUp {
        self.page.drop_unchanged(known, set_aside);
        let mut asked = LookUp::default();
        for (id, (record, _)) in &self.page.records {
            match self.page.known.get(id) {
                Some(known) => asked.row_ids.push(known.row_id.clone()),
                None => asked.external_ids.push(id.clone()),
            }
            let number = record.account.holder.valid_tax_number();
            asked.tax_numbers.extend(number.map(String::from));
        }
        asked.tax_numbers.sort_unstable();
        asked.tax_numbers.dedup();
        asked
    }

    fn plan(&mut self, found: Found<BookEntry>) -> ImportPlan<BookEntry> {
        let mut rows = Rows::new(found);
        for (record, hash) in std::mem::take(&mut self.page.records).into_values() {
            if let Err(reason) = self.decide(&record, hash, &mut rows) {
                self.page.set_aside(record.external_id.clone(), &record, hash, reason);
            }
        }
        std::mem::take(&mut self.page.plan)
    }
}

impl EntryImport for BankImport {
    fn ibans(&self) -> Vec<Iban> {
        self.moved().into_values().map(|(iban, _)| iban).collect()
    }

    fn accounts(
        &mut self,
        bank_accounts: &[BookBankAccount],
        ledger_accounts: &[LedgerAccount],
        companies: &[BookCompany],
    ) -> AccountPlan {
        self.companies.add(companies);
        let office = Office { bank_accounts, ledger_accounts, suspense_code: &self.suspense_code };
        let (accounts, plan) =
            accounts::prepare(&self.moved(), &office, &mut self.companies, &mut *self.new_id);
        self.accounts = accounts;
        plan
    }
}
