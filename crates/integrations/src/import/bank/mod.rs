//! Bank movements.

mod accounts;
mod banks;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::books::{
    AccountMove, AccountPlan, BookBankAccount, BookCompany, BookEntry, BookRow, BookWrite,
    ContentHash, EntryImport, EntryLine, Found, ImportPlan, KnownRecord, LedgerAccount, LookUp,
    PUSHED, PageImport, RecordLink, UNSEEN,
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
        let known = self.page.known.get(&record.external_id);
        if let Some((known, told)) = rows.of_pushed(known, record, content_hash) {
            self.keep(KnownRecord { content_hash, ..known }, told);
            return Ok(());
        }
        let iban = record.account.iban.as_ref().ok_or(Reason::AccountUnknown)?;
        let booked = self.accounts.of(iban)?;
        // As for invoices: an id of a source that is gone may be another company's movement.
        let known = known
            .filter(|known| !known.inherited || known.client_company_id == booked.company)
            .cloned();
        let moved = moved(record, booked).ok_or(Reason::Amount)?;
        let write = BookWrite {
            id: String::new(),
            client_company_id: booked.company.clone(),
            external_id: record.external_id.clone(),
            content: entry(record, booked, &self.accounts.suspense)?,
            metadata: json!({}),
        };
        let mut link = KnownRecord {
            external_id: record.external_id.clone(),
            row_id: String::new(),
            client_company_id: write.client_company_id.clone(),
            owns_row: true,
            content_hash,
            written_hash: hash::of_content(&write.content),
            inherited: false,
        };
        match rows.find(known.as_ref(), &write, &moved) {
            Match::New => {
                let id = (self.new_id)();
                link.row_id.clone_from(&id);
                self.page.plan.create.push(BookWrite { id, ..write });
            }
            Match::Same(row_id) => {
                link.row_id = row_id;
                self.page.plan.unchanged += 1;
            }
            Match::Change(row_id, duplicates) => {
                if duplicates > 0 {
                    self.page.note(&record.external_id, Reason::ExistingDuplicates, "");
                }
                link.row_id.clone_from(&row_id);
                self.page.plan.update.push(BookWrite { id: row_id, ..write });
            }
            Match::Keep(known, reason) => {
                // What did not change at the source was told before.
                let told = (known.content_hash != content_hash).then_some(reason);
                self.keep(KnownRecord { content_hash, ..known }, told);
                return Ok(());
            }
            Match::TakeOver(known) => {
                self.keep(KnownRecord { content_hash, ..known }, None);
                return Ok(());
            }
        }
        self.link(link);
        Ok(())
    }

    /// A record whose row stays as it is.
    fn keep(&mut self, known: KnownRecord, told: Option<Reason>) {
        if let Some(reason) = told {
            self.page.note(&known.external_id, reason, "");
            self.page.plan.kept += 1;
        } else {
            self.page.plan.unchanged += 1;
        }
        self.link(known);
    }

    fn link(&mut self, known: KnownRecord) {
        self.page.plan.in_books.push(known.external_id.clone());
        self.page.plan.links.push(RecordLink { known, ettn: None, document_key: None });
    }

    /// Accounts of the records that can be booked at all.
    fn moved(&self) -> BTreeMap<String, (Iban, crate::record::BankAccountIdentity)> {
        // What was sent to the source from here is booked already.
        let is_pushed = |record: &BankTransactionRecord| {
            let known = self.page.known.get(&record.external_id);
            known.is_some_and(|known| known.written_hash == PUSHED)
        };
        let records = self.page.records.values();
        records
            .filter(|(record, _)| check(record).is_ok() && !is_pushed(record))
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

/// What a movement does to its account.
fn moved(record: &BankTransactionRecord, booked: &Booked) -> Option<AccountMove> {
    Some(AccountMove {
        ledger_account_id: booked.ledger_account.clone(),
        date: record.booking_date,
        amount: exact::money(record.amount)?,
    })
}

/// The amount of an entry of one movement.
fn amount_of(entry: &BookEntry) -> Decimal {
    entry.lines.iter().map(|line| line.debit.max(line.credit)).max().unwrap_or_default()
}

/// What a movement is to the books.
enum Match {
    New,
    Same(String),
    Change(String, usize),
    Keep(KnownRecord, Reason),
    /// The same movement of a source that is gone, as it is.
    TakeOver(KnownRecord),
}

/// The rows that records of one page may be.
struct Rows {
    by_id: HashMap<String, BookRow<BookEntry>>,
    unowned: HashMap<String, Vec<String>>,
    /// Rows of sources that are gone and that no record of the page is known as, by what they moved.
    former: HashMap<AccountMove, Vec<String>>,
}

impl Rows {
    fn new(found: Found<BookEntry>, known: &HashMap<String, KnownRecord>) -> Self {
        let known: BTreeSet<&str> = known.values().map(|known| known.row_id.as_str()).collect();
        let mut rows =
            Self { by_id: HashMap::new(), unowned: HashMap::new(), former: HashMap::new() };
        for row in found.rows {
            if row.former_hash.is_some() {
                for line in row.content.lines.iter().filter(|_| !known.contains(row.id.as_str())) {
                    let moved = AccountMove {
                        ledger_account_id: line.ledger_account_id.clone(),
                        date: row.content.date,
                        amount: line.debit - line.credit,
                    };
                    rows.former.entry(moved).or_default().push(row.id.clone());
                }
            } else if let Some(external_id) = row.external_id.as_ref().filter(|_| !row.owned) {
                rows.unowned.entry(external_id.clone()).or_default().push(row.id.clone());
            }
            rows.by_id.insert(row.id.clone(), row);
        }
        rows
    }

    /// A record that is a row which was sent to its source, with what is to be told of it.
    fn of_pushed(
        &mut self,
        known: Option<&KnownRecord>,
        record: &BankTransactionRecord,
        content_hash: ContentHash,
    ) -> Option<(KnownRecord, Option<Reason>)> {
        let known = match known {
            Some(known) => known.clone(),
            // A push whose end was not recorded. A copy of a marked record is another movement.
            None => {
                let row = self.by_id.get_mut(record.pushed_from.as_ref()?)?;
                let same = Some(amount_of(&row.content)) == exact::money(record.amount.abs());
                if row.linked_here || !same {
                    return None;
                }
                row.linked_here = true;
                KnownRecord {
                    external_id: record.external_id.clone(),
                    row_id: row.id.clone(),
                    client_company_id: row.client_company_id.clone().unwrap_or_default(),
                    owns_row: !row.owned && row.former_hash.is_none(),
                    content_hash: UNSEEN,
                    written_hash: PUSHED,
                    inherited: false,
                }
            }
        };
        if known.written_hash != PUSHED {
            return None;
        }
        let Some(row) = self.by_id.get(&known.row_id) else {
            return Some((known, Some(Reason::Deleted)));
        };
        let differs = if known.content_hash == UNSEEN {
            Some(amount_of(&row.content)) != exact::money(record.amount.abs())
        } else {
            known.content_hash != content_hash
        };
        Some((known, differs.then_some(Reason::Pushed)))
    }

    fn find(
        &mut self,
        known: Option<&KnownRecord>,
        write: &BookWrite<BookEntry>,
        moved: &AccountMove,
    ) -> Match {
        let Some(known) = known else {
            return self.of_former(write, moved).unwrap_or_else(|| self.of_earlier_import(write));
        };
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

    /// Sources number their movements each in its own way. What is left to know one by is its account,
    /// day and amount, and of several like it how many there are.
    fn of_former(&mut self, write: &BookWrite<BookEntry>, moved: &AccountMove) -> Option<Match> {
        let alike = self.former.get_mut(moved)?;
        let by_id = &self.by_id;
        let nearness = |id: &String| {
            by_id.get(id).map(|row| {
                let (old, new) = (&row.content, &write.content);
                (old.reference == new.reference, old.description == new.description)
            })
        };
        // The oldest of the nearest.
        let at = (0..alike.len()).rev().max_by_key(|at| alike.get(*at).and_then(nearness))?;
        let row = by_id.get(&alike.remove(at))?;
        Some(Match::TakeOver(KnownRecord {
            external_id: write.external_id.clone(),
            row_id: row.id.clone(),
            client_company_id: row.owner_company_id.clone().unwrap_or_default(),
            owns_row: true,
            content_hash: UNSEEN,
            written_hash: row.former_hash?,
            inherited: false,
        }))
    }

    /// Movements that the old importer made have one line, on the wrong side, and are put right. One
    /// with more lines was booked by a person.
    fn of_earlier_import(&mut self, write: &BookWrite<BookEntry>) -> Match {
        let Some(candidates) = self.unowned.get_mut(&write.external_id) else { return Match::New };
        let by_id = &self.by_id;
        let matching: Vec<String> = candidates
            .iter()
            .filter(|id| {
                by_id.get(*id).is_some_and(|row| {
                    let days = (row.content.date - write.content.date).num_days().abs();
                    days <= 1 && amount_of(&row.content) == amount_of(&write.content)
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
                content_hash: UNSEEN,
                written_hash: [0; 32],
                inherited: false,
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
            asked.row_ids.extend(record.pushed_from.clone());
            let number = record.account.holder.valid_tax_number();
            asked.tax_numbers.extend(number.map(String::from));
        }
        asked.tax_numbers.sort_unstable();
        asked.tax_numbers.dedup();
        asked
    }

    fn plan(&mut self, found: Found<BookEntry>) -> ImportPlan<BookEntry> {
        let mut rows = Rows::new(found, &self.page.known);
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

    fn moves(&self) -> Vec<AccountMove> {
        let new = self.page.records.iter().filter(|(id, _)| !self.page.known.contains_key(*id));
        let moves: BTreeSet<AccountMove> = new
            .filter_map(|(_, (record, _))| {
                let booked = self.accounts.of(record.account.iban.as_ref()?).ok()?;
                moved(record, booked)
            })
            .collect();
        moves.into_iter().collect()
    }
}
