//! What lies between the companies of one office.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Numeric, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::sql::cached;
use crate::{Database, Error};

/// An invoice between two companies of one office, as one of them recorded it.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Transfer {
    /// `invoices.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// `SATIŞ` or `ALIŞ`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Düzenleme tarihi.
    #[diesel(sql_type = Timestamptz)]
    pub issue_date: DateTime<Utc>,
    /// With KDV, in liras.
    #[diesel(sql_type = Numeric)]
    pub total_amount: Decimal,
    /// Whose invoice it is.
    #[diesel(sql_type = Text)]
    pub company: String,
    /// The other company of the office.
    #[diesel(sql_type = Text)]
    pub counterparty: String,
}

/// All invoices in liras between companies of the office that were issued within the window.
///
/// # Errors
/// The database could not be asked.
pub async fn transfers(
    database: &Database,
    tenant: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Transfer>, Error> {
    let mut connection = database.get().await?;
    Ok(cached(
        sql_query(include_str!("transfers.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Timestamptz, _>(from)
            .bind::<Timestamptz, _>(until),
    )
    .load(&mut connection)
    .await?)
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    name: String,
}

/// The names of companies of an office by their ids.
///
/// # Errors
/// The database could not be asked.
pub async fn company_names(
    database: &Database,
    tenant: &str,
    companies: &BTreeSet<String>,
) -> Result<HashMap<String, String>, Error> {
    if companies.is_empty() {
        return Ok(HashMap::new());
    }
    let companies: Vec<&str> = companies.iter().map(String::as_str).collect();
    let mut connection = database.get().await?;
    let rows: Vec<Named> = cached(
        sql_query(include_str!("company_names.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(companies),
    )
    .load(&mut connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
