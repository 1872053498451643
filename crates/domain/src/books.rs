//! What goes into the platform's books: the content of its rows, and what an import wants done.
//!
//! Shared by the importers, which decide, and the database, which looks up and writes. Words of
//! statuses and types are the platform's.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Iban, TaxNumber};

/// SHA-256 of something in its canonical form.
pub type ContentHash = [u8; 32];

/// Stands for the hash of a record that was never seen at its source.
pub const UNSEEN: ContentHash = [0; 32];

/// Stands for the hash of a row as its source wrote it, where the source never did: the row was made
/// here and sent to the source.
pub const PUSHED: ContentHash = [0xff; 32];

/// An invoice as the platform keeps it, lines included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookInvoice {
    /// `SATIŞ` or `ALIŞ`.
    pub kind: String,
    /// `taslak`, `kesildi`, `iptal` or `muhasebeleştirilmiş`.
    pub status: String,
    /// Düzenleme tarihi.
    pub issue_date: NaiveDate,
    /// Vade.
    pub due_date: Option<NaiveDate>,
    /// With KDV.
    pub total_amount: Decimal,
    /// KDV.
    pub tax_amount: Decimal,
    /// Without KDV.
    pub net_amount: Option<Decimal>,
    /// ISO 4217, of every amount.
    pub currency: String,
    /// The other side.
    pub counterparty_name: Option<String>,
    /// Its VKN or TCKN.
    pub counterparty_tax_number: Option<String>,
    /// In their order.
    pub lines: Vec<BookLine>,
}

/// A line of an invoice as the platform keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookLine {
    /// At most 500 characters.
    pub description: String,
    /// Three decimals.
    pub quantity: Decimal,
    /// Two decimals.
    pub unit_price: Decimal,
    /// Without KDV.
    pub line_total: Decimal,
    /// A fraction: 0.20.
    pub vat_rate: Decimal,
    /// KDV of the line.
    pub vat_amount: Decimal,
}

/// A journal entry as the platform keeps it, lines included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookEntry {
    /// İşlem tarihi.
    pub date: NaiveDate,
    /// The bank's reference.
    pub reference: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Balanced.
    pub lines: Vec<EntryLine>,
}

/// A line of a journal entry: one of the two amounts is zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLine {
    /// `ledger_accounts.id`.
    pub ledger_account_id: String,
    /// Borç.
    pub debit: Decimal,
    /// Alacak.
    pub credit: Decimal,
}

/// What is known of a record of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    /// The source's id.
    pub external_id: String,
    /// The row that it is in the books.
    pub row_id: String,
    /// The company that the row was written for.
    pub client_company_id: String,
    /// Whether this source writes the row; otherwise another one does.
    pub owns_row: bool,
    /// The record when it was last looked at.
    pub content_hash: ContentHash,
    /// The row when it was last written; [`PUSHED`] for one that was sent to the source.
    pub written_hash: ContentHash,
    /// What is known is another integration's, which is gone: one of the same provider that was
    /// disconnected or is in error. It is taken over.
    pub inherited: bool,
}

/// A row of the books that a record may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRow<C> {
    /// Its id.
    pub id: String,
    /// Its company; none when the platform took it away.
    pub client_company_id: Option<String>,
    /// The number that an import gave it.
    pub external_id: Option<String>,
    /// Whether a record of a living integration owns it.
    pub owned: bool,
    /// Whether the importing integration has a record that is this row.
    pub linked_here: bool,
    /// The company that its record was matched to; a person may have moved the row since.
    pub owner_company_id: Option<String>,
    /// The row as an integration wrote it that is gone and whose record owned it.
    pub former_hash: Option<ContentHash>,
    /// Lower case, where a source said it.
    pub ettn: Option<String>,
    /// Seller and number, where a source said it.
    pub document_key: Option<String>,
    /// What is in it.
    pub content: C,
}

/// A client company of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookCompany {
    /// `client_companies.id`.
    pub id: String,
    /// Digits only.
    pub tax_number: String,
}

/// A client company that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCompany {
    /// Its future id.
    pub id: String,
    /// Title, or name of a person.
    pub name: String,
    /// `Şahıs`, `Limited` or `Anonim`.
    pub legal_type: &'static str,
    /// Its number.
    pub tax_number: TaxNumber,
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookWrite<C> {
    /// Its id.
    pub id: String,
    /// Its company.
    pub client_company_id: String,
    /// The source's id, for new rows.
    pub external_id: String,
    /// What is to be in it.
    pub content: C,
    /// Further facts, merged into those that are there.
    pub metadata: Value,
}

/// Which record is which row, to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLink {
    /// The record as known from now on.
    pub known: KnownRecord,
    /// Lower case.
    pub ettn: Option<String>,
    /// Seller and number.
    pub document_key: Option<String>,
}

/// A record that is not taken into the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The source's id.
    pub external_id: String,
    /// A word for programs.
    pub reason: &'static str,
    /// A Turkish sentence that says why, and what to do.
    pub message: String,
    /// The record, to be tried again.
    pub record: Value,
    /// Of the record.
    pub content_hash: ContentHash,
}

/// Something that the office should find in the sync log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    /// The source's id.
    pub external_id: String,
    /// A word for programs.
    pub reason: &'static str,
    /// A Turkish sentence.
    pub message: String,
}

/// What an import of one page wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan<C> {
    /// Companies to be made.
    pub companies: Vec<NewCompany>,
    /// Rows to be made.
    pub create: Vec<BookWrite<C>>,
    /// Rows to be changed.
    pub update: Vec<BookWrite<C>>,
    /// Records to be remembered.
    pub links: Vec<RecordLink>,
    /// Records that are in the books as they are now, those that did not change among them: they leave
    /// the list of records set aside.
    pub in_books: Vec<String>,
    /// Records that are not taken.
    pub set_aside: Vec<SetAside>,
    /// Notes beside those of the records set aside.
    pub notes: Vec<ImportNote>,
    /// Rows that were not overwritten although their source changed.
    pub kept: usize,
    /// Records that change nothing.
    pub unchanged: usize,
    /// Records that were set aside before and are as they were.
    pub still_aside: usize,
}

impl<C> Default for ImportPlan<C> {
    fn default() -> Self {
        Self {
            companies: Vec::new(),
            create: Vec::new(),
            update: Vec::new(),
            links: Vec::new(),
            in_books: Vec::new(),
            set_aside: Vec::new(),
            notes: Vec::new(),
            kept: 0,
            unchanged: 0,
            still_aside: 0,
        }
    }
}

/// A bank account of the office's companies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookBankAccount {
    /// `client_company_bank_accounts.id`; none when the account was deleted there and only the ledger
    /// knows it.
    pub id: Option<String>,
    /// Whose it is; none when only the ledger knows it.
    pub client_company_id: Option<String>,
    /// Without blanks, in upper case.
    pub iban: String,
    /// ISO 4217; none when only the ledger knows it.
    pub currency: Option<String>,
    /// The ledger account that is this bank account's alone.
    pub ledger_account_id: Option<String>,
    /// Whether the integration that imports brings its movements.
    pub served_by_us: bool,
    /// Whether another connected integration brings its movements.
    pub served_elsewhere: bool,
}

/// An account of the office's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerAccount {
    /// `ledger_accounts.id`.
    pub id: String,
    /// Such as `102.0064.001`.
    pub code: String,
}

/// A ledger account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLedgerAccount {
    /// Its future id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `asset`, `liability`, `equity`, `income` or `expense`.
    pub kind: &'static str,
}

/// A bank account of a company to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBankAccount {
    /// Its future id.
    pub id: String,
    /// Whose it is.
    pub client_company_id: String,
    /// The bank.
    pub bank_name: String,
    /// Its IBAN.
    pub iban: Iban,
    /// ISO 4217.
    pub currency: String,
}

/// What the accounts of one page of movements need before they can be booked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPlan {
    /// Companies to be made.
    pub companies: Vec<NewCompany>,
    /// Bank accounts to be made.
    pub bank_accounts: Vec<NewBankAccount>,
    /// Ledger accounts to be made.
    pub ledger_accounts: Vec<NewLedgerAccount>,
    /// Which ledger account is which bank account's: IBAN and `ledger_accounts.id`.
    pub assignments: Vec<(Iban, String)>,
}

/// What an import asks of the database after the unchanged records have dropped out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUp {
    /// Rows by their ids.
    pub row_ids: Vec<String>,
    /// Rows that a record with one of these ETTN owns.
    pub ettns: Vec<String>,
    /// Rows that a record with one of these keys owns.
    pub document_keys: Vec<String>,
    /// Rows that an earlier import gave these numbers and that no record owns.
    pub external_ids: Vec<String>,
    /// Companies by their numbers.
    pub tax_numbers: Vec<String>,
}

impl LookUp {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the database found, oldest rows first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<C> {
    /// Rows that were asked for.
    pub rows: Vec<BookRow<C>>,
    /// Companies that were asked for.
    pub companies: Vec<BookCompany>,
}

/// One page on its way into the books. The database calls the methods in their order, within one
/// transaction, under the office's lock; they only compute.
pub trait PageImport<C>: Send {
    /// Ids and hashes of the page's records, each id once.
    fn keys(&self) -> Vec<(String, ContentHash)>;

    /// Takes what is known of them, and of those that were set aside before; says what else is
    /// needed to know.
    fn look_up(&mut self, known: Vec<KnownRecord>, set_aside: &[(String, ContentHash)]) -> LookUp;

    /// Decides.
    fn plan(&mut self, found: Found<C>) -> ImportPlan<C>;
}

/// A page of bank movements: its accounts are seen to before its records.
pub trait EntryImport: PageImport<BookEntry> {
    /// The IBANs of the records that changed.
    fn ibans(&self) -> Vec<Iban>;

    /// Takes the office's accounts with these IBANs, and the ledger accounts that begin with `102`
    /// or have the suspense account's code; says what must be made.
    fn accounts(
        &mut self,
        bank_accounts: &[BookBankAccount],
        ledger_accounts: &[LedgerAccount],
        companies: &[BookCompany],
    ) -> AccountPlan;

    /// What the records that are not known yet would book on the accounts of their banks: rows of an
    /// integration that is gone and that booked the same are looked for. Asked after
    /// [`Self::accounts`].
    fn moves(&self) -> Vec<AccountMove>;
}

/// A day's movement of a ledger account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountMove {
    /// `ledger_accounts.id`.
    pub ledger_account_id: String,
    /// İşlem tarihi.
    pub date: NaiveDate,
    /// Lira; a debit is positive.
    pub amount: Decimal,
}
