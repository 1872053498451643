//! A company's books, read row by row so that a large company needs no more memory than what the
//! caller keeps.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Nullable, Numeric, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use futures::TryStreamExt;
use rust_decimal::Decimal;

use crate::sql::cached;
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

/// A line with its entry; an entry without lines has one row without an account.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct LineRow {
    /// `transactions.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// The date of the business; often a midnight.
    #[diesel(sql_type = Timestamptz)]
    pub date: DateTime<Utc>,
    /// When it was recorded.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// `manual`, `import` or `integration`.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// Journal or document number.
    #[diesel(sql_type = Nullable<Text>)]
    pub reference_no: Option<String>,
    /// `ledger_accounts.id`.
    #[diesel(sql_type = Nullable<Text>)]
    pub ledger_account_id: Option<String>,
    /// Borç.
    #[diesel(sql_type = Nullable<Numeric>)]
    pub debit_amount: Option<Decimal>,
    /// Alacak.
    #[diesel(sql_type = Nullable<Numeric>)]
    pub credit_amount: Option<Decimal>,
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

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    issue_date: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    due_date: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Numeric)]
    total_amount: Decimal,
    #[diesel(sql_type = Numeric)]
    tax_amount: Decimal,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = Nullable<Text>)]
    counterparty_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    counterparty_tax_number: Option<String>,
    #[diesel(sql_type = Nullable<Array<Numeric>>)]
    rates: Option<Vec<Decimal>>,
    #[diesel(sql_type = Nullable<Array<Numeric>>)]
    nets: Option<Vec<Decimal>>,
    #[diesel(sql_type = Nullable<Array<Numeric>>)]
    kdvs: Option<Vec<Decimal>>,
}

impl From<Row> for InvoiceRow {
    fn from(row: Row) -> Self {
        let (rates, nets, kdvs) = (
            row.rates.unwrap_or_default(),
            row.nets.unwrap_or_default(),
            row.kdvs.unwrap_or_default(),
        );
        let kdv = rates.into_iter().zip(nets).zip(kdvs);
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            external_id: row.external_id,
            issue_date: row.issue_date,
            due_date: row.due_date,
            created_at: row.created_at,
            total_amount: row.total_amount,
            tax_amount: row.tax_amount,
            currency: row.currency,
            counterparty_name: row.counterparty_name,
            counterparty_tax_number: row.counterparty_tax_number,
            kdv: kdv.map(|((rate, net), kdv)| KdvRow { rate, net, kdv }).collect(),
        }
    }
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
    /// Gives every line to `take`, by date and entry.
    ///
    /// # Errors
    /// The database could not be asked, or the connection broke half-way.
    pub async fn lines(
        &self,
        database: &Database,
        mut take: impl FnMut(LineRow) + Send,
    ) -> Result<(), Error> {
        let mut connection = database.get().await?;
        let rows = cached(
            sql_query(include_str!("lines.sql"))
                .bind::<Text, _>(self.tenant)
                .bind::<Text, _>(self.company)
                .bind::<Timestamptz, _>(self.from)
                .bind::<Timestamptz, _>(self.until),
        )
        .load_stream::<LineRow>(&mut connection)
        .await?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await? {
            take(row);
        }
        Ok(())
    }

    /// All invoices, by date and id.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn invoices(&self, database: &Database) -> Result<Vec<InvoiceRow>, Error> {
        let mut connection = database.get().await?;
        let rows: Vec<Row> = cached(
            sql_query(include_str!("invoices.sql"))
                .bind::<Text, _>(self.tenant)
                .bind::<Text, _>(self.company)
                .bind::<Timestamptz, _>(self.from)
                .bind::<Timestamptz, _>(self.until),
        )
        .load(&mut connection)
        .await?;
        Ok(rows.into_iter().map(InvoiceRow::from).collect())
    }
}
