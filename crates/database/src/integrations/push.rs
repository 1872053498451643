//! What is to be pushed to a provider, and what became of it.

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Bool, Date, Jsonb, Nullable, Numeric, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::books::BookInvoice;
use jobs_core::LeaseRef;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::sql::cached;
use crate::{Database, Error, ids};

/// Whose rows are pushed where.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The office.
    pub tenant: &'a str,
    /// `tenant_integrations.id`.
    pub integration_id: &'a str,
    /// Only this company's rows.
    pub client_company_id: Option<&'a str>,
}

/// An invoice to be pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpushedInvoice {
    /// `invoices.id`.
    pub id: String,
    /// Its number, when it has one.
    pub number: Option<String>,
    /// The GİB type, where it is known.
    pub invoice_type: Option<String>,
    /// Lira per unit of its currency, as it was written, where it is known.
    pub exchange_rate: Option<String>,
    /// What is in it.
    pub content: BookInvoice,
}

/// A movement to be pushed.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct UnpushedEntry {
    /// `transactions.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// İşlem tarihi.
    #[diesel(sql_type = Date)]
    pub date: NaiveDate,
    /// Text.
    #[diesel(sql_type = Nullable<Text>)]
    pub description: Option<String>,
    /// The account that moved.
    #[diesel(sql_type = Text)]
    pub iban: String,
    /// Lira; money in is positive.
    #[diesel(sql_type = Numeric)]
    pub amount: Decimal,
}

#[derive(QueryableByName)]
struct InvoiceRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    number: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    invoice_type: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    exchange_rate: Option<String>,
    #[diesel(sql_type = Jsonb)]
    content: Value,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Issued invoices that were not pushed yet, oldest first, after the one with the id `after`.
///
/// # Errors
/// When the database does not answer.
pub async fn unpushed_invoices(
    database: &Database,
    target: Target<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<UnpushedInvoice>, Error> {
    let mut connection = database.get().await?;
    let rows: Vec<InvoiceRow> = cached(
        sql_query(include_str!("push/invoices.sql"))
            .bind::<Text, _>(target.tenant)
            .bind::<Text, _>(target.integration_id)
            .bind::<Nullable<Text>, _>(target.client_company_id)
            .bind::<Text, _>(after)
            .bind::<BigInt, _>(limit),
    )
    .load(&mut connection)
    .await?;
    let read = |row: InvoiceRow| {
        let content = serde_json::from_value(row.content).map_err(|error| Error::Unreadable {
            what: "invoices",
            value: format!("{}: {error}", row.id),
        })?;
        let InvoiceRow { id, number, invoice_type, exchange_rate, .. } = row;
        Ok(UnpushedInvoice { id, number, invoice_type, exchange_rate, content })
    };
    rows.into_iter().map(read).collect()
}

/// Bank movements that were not pushed yet, oldest first, after the one with the id `after`.
///
/// # Errors
/// When the database does not answer.
pub async fn unpushed_entries(
    database: &Database,
    target: Target<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<UnpushedEntry>, Error> {
    let mut connection = database.get().await?;
    Ok(cached(
        sql_query(include_str!("push/entries.sql"))
            .bind::<Text, _>(target.tenant)
            .bind::<Text, _>(target.integration_id)
            .bind::<Nullable<Text>, _>(target.client_company_id)
            .bind::<Text, _>(after)
            .bind::<BigInt, _>(limit),
    )
    .load(&mut connection)
    .await?)
}

/// What became of one pushed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Our id.
    pub id: String,
    /// The other side's id; a Turkish sentence where it refused.
    pub result: Result<String, String>,
}

/// Records what became of pushed rows. `false` when the lease is lost; nothing is written then.
///
/// # Errors
/// When the database does not answer; nothing is written then.
pub async fn record_pushed(
    database: &Database,
    lease: &LeaseRef,
    integration_id: &str,
    stream: &str,
    pushed: &[Pushed],
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let row: Count = cached(
        sql_query(include_str!("push/record.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Text, _>(integration_id)
            .bind::<Text, _>(stream)
            .bind::<Array<Text>, _>(pushed.iter().map(|one| &one.id).collect::<Vec<_>>())
            .bind::<Array<Bool>, _>(pushed.iter().map(|one| one.result.is_ok()).collect::<Vec<_>>())
            .bind::<Array<Nullable<Text>>, _>(
                pushed.iter().map(|one| one.result.as_deref().ok()).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Text>>, _>(
                pushed
                    .iter()
                    .map(|one| one.result.as_ref().err().map(String::as_str))
                    .collect::<Vec<_>>(),
            )
            .bind::<Text, _>(ids::new_id()),
    )
    .get_result(&mut connection)
    .await?;
    Ok(row.count > 0)
}
