//! What the look-ups return.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, Jsonb, Nullable, Text};
use domain::books::{
    BookBankAccount, BookCompany, BookRow, ContentHash, KnownRecord, LedgerAccount,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;

#[derive(QueryableByName)]
pub(super) struct CountRow {
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
}

#[derive(QueryableByName)]
pub(super) struct IdRow {
    #[diesel(sql_type = Text)]
    pub(super) external_id: String,
}

#[derive(QueryableByName)]
pub(super) struct KnownRow {
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    row_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    client_company_id: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    owns_row: Option<bool>,
    #[diesel(sql_type = Binary)]
    content_hash: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    written_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bool>)]
    inherited: Option<bool>,
}

/// Known records, and records that were set aside.
pub(super) type Known = (Vec<KnownRecord>, Vec<(String, ContentHash)>);

pub(super) fn known(rows: Vec<KnownRow>) -> Result<Known, Error> {
    let (mut known, mut aside) = (Vec::new(), Vec::new());
    for row in rows {
        let content_hash = hash(&row.content_hash)?;
        match (row.row_id, row.client_company_id, row.owns_row, row.written_hash) {
            (Some(row_id), Some(client_company_id), Some(owns_row), Some(written)) => {
                known.push(KnownRecord {
                    external_id: row.external_id,
                    row_id,
                    client_company_id,
                    owns_row,
                    content_hash,
                    written_hash: hash(&written)?,
                    inherited: row.inherited == Some(true),
                });
            }
            _ => aside.push((row.external_id, content_hash)),
        }
    }
    Ok((known, aside))
}

fn hash(bytes: &[u8]) -> Result<ContentHash, Error> {
    bytes.try_into().map_err(|_| Error::Unreadable {
        what: "worker.sync_records: a hash",
        value: format!("{} bytes", bytes.len()),
    })
}

#[derive(QueryableByName)]
pub(super) struct FoundRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    client_company_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<String>,
    #[diesel(sql_type = Bool)]
    owned: bool,
    #[diesel(sql_type = Bool)]
    linked_here: bool,
    #[diesel(sql_type = Nullable<Text>)]
    owner_company_id: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    former_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Text>)]
    ettn: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    document_key: Option<String>,
    #[diesel(sql_type = Jsonb)]
    content: Value,
}

impl FoundRow {
    pub(super) fn into_row<C: DeserializeOwned>(self) -> Result<BookRow<C>, Error> {
        let content = serde_json::from_value(self.content).map_err(|error| Error::Unreadable {
            what: "a row of the books",
            value: format!("{}: {error}", self.id),
        })?;
        Ok(BookRow {
            id: self.id,
            client_company_id: self.client_company_id,
            external_id: self.external_id,
            owned: self.owned,
            linked_here: self.linked_here,
            owner_company_id: self.owner_company_id,
            former_hash: self.former_hash.as_deref().map(hash).transpose()?,
            ettn: self.ettn,
            document_key: self.document_key,
            content,
        })
    }
}

#[derive(QueryableByName)]
pub(super) struct CompanyRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    tax_number: String,
}

impl From<CompanyRow> for BookCompany {
    fn from(row: CompanyRow) -> Self {
        Self { id: row.id, tax_number: row.tax_number }
    }
}

#[derive(QueryableByName)]
pub(super) struct BankAccountRow {
    #[diesel(sql_type = Nullable<Text>)]
    id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    client_company_id: Option<String>,
    #[diesel(sql_type = Text)]
    iban: String,
    #[diesel(sql_type = Nullable<Text>)]
    currency: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    ledger_account_id: Option<String>,
    #[diesel(sql_type = Bool)]
    served_by_us: bool,
    #[diesel(sql_type = Bool)]
    served_elsewhere: bool,
}

impl From<BankAccountRow> for BookBankAccount {
    fn from(row: BankAccountRow) -> Self {
        Self {
            id: row.id,
            client_company_id: row.client_company_id,
            iban: row.iban,
            currency: row.currency,
            ledger_account_id: row.ledger_account_id,
            served_by_us: row.served_by_us,
            served_elsewhere: row.served_elsewhere,
        }
    }
}

#[derive(QueryableByName)]
pub(super) struct LedgerAccountRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    code: String,
}

impl From<LedgerAccountRow> for LedgerAccount {
    fn from(row: LedgerAccountRow) -> Self {
        Self { id: row.id, code: row.code }
    }
}
