//! A company's books, read row by row so that a large company needs no more memory than what the
//! caller keeps.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::sql::{cached, each_row};
use crate::{Database, Error};

/// An account of an office's chart (`ledger_accounts`).
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Account {
    /// Its id, which lines name.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// Its code, such as `102.01.001`.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Whether it may be posted to.
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
}

/// The accounts of an office.
///
/// # Errors
/// The database could not be asked.
pub async fn chart(database: &Database, tenant: &str) -> Result<Vec<Account>, Error> {
    let mut connection = database.get().await?;
    Ok(cached(sql_query(include_str!("chart.sql")).bind::<Text, _>(tenant))
        .load(&mut connection)
        .await?)
}

/// What the books consist of: an entry, then its lines, then the next entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookRow<'a> {
    /// An entry begins.
    Entry(EntryRow<'a>),
    /// A line of it.
    Line(LineRow<'a>),
}

/// A journal entry without its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRow<'a> {
    /// `transactions.id`.
    pub id: &'a str,
    /// The date of the business; often a midnight.
    pub date: DateTime<Utc>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// `manual`, `import` or `integration`.
    pub source: &'a str,
    /// Journal or document number.
    pub reference_no: Option<&'a str>,
}

/// A line of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRow<'a> {
    /// `ledger_accounts.id`.
    pub ledger_account_id: &'a str,
    /// Borç.
    pub debit_amount: Decimal,
    /// Alacak.
    pub credit_amount: Decimal,
}

/// An invoice with its KDV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// `invoices.id`.
    pub id: String,
    /// `SATIŞ` or `ALIŞ`.
    pub kind: String,
    /// `taslak`, `kesildi`, `iptal` or `muhasebeleştirilmiş`.
    pub status: String,
    /// The number.
    pub external_id: Option<String>,
    /// Düzenleme tarihi.
    pub issue_date: DateTime<Utc>,
    /// Vade tarihi.
    pub due_date: Option<DateTime<Utc>>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// With KDV.
    pub total_amount: Decimal,
    /// KDV.
    pub tax_amount: Decimal,
    /// ISO 4217 code.
    pub currency: String,
    /// With whom.
    pub counterparty_name: Option<String>,
    /// VKN or TCKN of the other side, as stored.
    pub counterparty_tax_number: Option<String>,
    /// By rate, ascending; empty when the invoice has no lines.
    pub kdv: Vec<KdvRow>,
}

/// The lines of one KDV rate of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdvRow {
    /// The rate as a fraction: 0.2000 is 20 %.
    pub rate: Decimal,
    /// Without KDV.
    pub net: Decimal,
    /// The KDV.
    pub kdv: Decimal,
}

/// The books of one company within a window of time.
#[derive(Debug, Clone, Copy)]
pub struct Ledger<'a> {
    /// The office.
    pub tenant: &'a str,
    /// The company.
    pub company: &'a str,
    /// The first instant of the window.
    pub from: DateTime<Utc>,
    /// The instant at which the window has ended.
    pub until: DateTime<Utc>,
}

impl Ledger<'_> {
    /// Gives every entry with its lines to `take`, as they come: entries in no certain order, the
    /// lines of each right behind it.
    ///
    /// # Errors
    /// The database could not be asked, or the connection broke half-way.
    pub async fn entries(
        &self,
        database: &Database,
        mut take: impl FnMut(BookRow<'_>) + Send,
    ) -> Result<(), Error> {
        let mut connection = database.get().await?;
        // Each row names its entry again.
        let mut entry: Option<String> = None;
        let query = self.query(include_str!("entries.sql"));
        each_row::<8, _>(&mut connection, "transactions", query, |row| {
            let id = row.given(0, row.text(0)?)?;
            if entry.as_deref() != Some(id) {
                take(BookRow::Entry(EntryRow {
                    id,
                    date: row.given(1, row.instant(1)?)?,
                    created_at: row.given(2, row.instant(2)?)?,
                    source: row.given(3, row.text(3)?)?,
                    reference_no: row.text(4)?,
                }));
                let known = entry.get_or_insert_default();
                known.clear();
                known.push_str(id);
            }
            if let Some(ledger_account_id) = row.text(5)? {
                take(BookRow::Line(LineRow {
                    ledger_account_id,
                    debit_amount: row.given(6, row.decimal(6)?)?,
                    credit_amount: row.given(7, row.decimal(7)?)?,
                }));
            }
            Ok(())
        })
        .await
    }

    /// All invoices, by date and id.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn invoices(&self, database: &Database) -> Result<Vec<InvoiceRow>, Error> {
        let mut connection = database.get().await?;
        let mut invoices: Vec<InvoiceRow> = Vec::new();
        let query = self.query(include_str!("invoices.sql"));
        each_row::<15, _>(&mut connection, "invoices", query, |row| {
            let id = row.given(0, row.text(0)?)?;
            if invoices.last().is_none_or(|last| last.id != id) {
                let text = |at| Ok::<_, Error>(row.text(at)?.map(str::to_owned));
                invoices.push(InvoiceRow {
                    id: id.to_owned(),
                    kind: row.given(1, text(1)?)?,
                    status: row.given(2, text(2)?)?,
                    external_id: text(3)?,
                    issue_date: row.given(4, row.instant(4)?)?,
                    due_date: row.instant(5)?,
                    created_at: row.given(6, row.instant(6)?)?,
                    total_amount: row.given(7, row.decimal(7)?)?,
                    tax_amount: row.given(8, row.decimal(8)?)?,
                    currency: row.given(9, text(9)?)?,
                    counterparty_name: text(10)?,
                    counterparty_tax_number: text(11)?,
                    kdv: Vec::new(),
                });
            }
            if let (Some(rate), Some(invoice)) = (row.decimal(12)?, invoices.last_mut()) {
                invoice.kdv.push(KdvRow {
                    rate,
                    net: row.given(13, row.decimal(13)?)?,
                    kdv: row.given(14, row.decimal(14)?)?,
                });
            }
            Ok(())
        })
        .await?;
        for invoice in &mut invoices {
            invoice.kdv.sort_unstable_by_key(|part| part.rate);
        }
        invoices.sort_unstable_by(|a, b| (a.issue_date, &a.id).cmp(&(b.issue_date, &b.id)));
        Ok(invoices)
    }

    fn query(&self, text: &'static str) -> impl Query + QueryFragment<Pg> + QueryId + Send {
        cached(
            sql_query(text)
                .bind::<Text, _>(self.tenant)
                .bind::<Text, _>(self.company)
                .bind::<Timestamptz, _>(self.from)
                .bind::<Timestamptz, _>(self.until),
        )
    }
}
