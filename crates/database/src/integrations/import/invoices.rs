//! A page of invoices.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Date, Integer, Jsonb, Nullable, Numeric, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::books::{BookInvoice, BookLine, BookWrite, Found, ImportPlan, LookUp, PageImport};
use rust_decimal::Decimal;

use super::page::{self, Abort};
use super::rows::FoundRow;
use super::{Advance, Imported, Source};
use crate::documents::storable;
use crate::sql::cached;
use crate::{Database, Error, ids};

/// Imports a page of invoices and keeps what is said of it in `advance`, or writes nothing.
///
/// # Errors
/// The database could not be asked, or refused; nothing is written then, unless the connection broke
/// while the commit was under way. The same page may be imported again in each case.
pub async fn import_invoices(
    database: &Database,
    source: &Source<'_>,
    import: &mut dyn PageImport<BookInvoice>,
    advance: &Advance,
) -> Result<Imported, Error> {
    let mut pooled = database.get().await?;
    let connection: &mut AsyncPgConnection = &mut pooled;
    let result = connection
        .transaction(async |connection| {
            page::open(connection, source).await?;
            let (known, aside) = page::known(connection, source, import.keys()).await?;
            let known_rows: BTreeSet<String> = known
                .iter()
                .filter(|record| record.owns_row && !record.inherited)
                .map(|record| record.row_id.clone())
                .collect();
            let aside_before: Vec<String> = aside.iter().map(|(id, _)| id.clone()).collect();
            let asked = import.look_up(known, &aside);
            let found = find(connection, source, &asked).await?;
            let plan = import.plan(found);
            page::make_companies(connection, &source.lease.tenant, &plan.companies).await?;
            write(connection, &source.lease.tenant, &plan).await?;
            let fresh = plan.create.iter().map(|row| row.id.as_str()).collect();
            page::link(connection, source, &plan.links, &fresh, &known_rows).await?;
            page::finish(connection, source, plan, &aside_before, advance).await
        })
        .await;
    page::ended(result)
}

async fn find(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    asked: &LookUp,
) -> Result<Found<BookInvoice>, Abort> {
    if asked.is_empty() {
        return Ok(Found { rows: Vec::new(), companies: Vec::new() });
    }
    let tenant = &source.lease.tenant;
    let companies = page::companies(connection, tenant, &asked.tax_numbers).await?;
    let rows: Vec<FoundRow> = cached(
        sql_query(include_str!("find_invoices.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(source.integration_id)
            .bind::<Array<Text>, _>(&asked.row_ids)
            .bind::<Array<Text>, _>(&asked.ettns)
            .bind::<Array<Text>, _>(&asked.document_keys)
            .bind::<Array<Text>, _>(&asked.external_ids),
    )
    .load(connection)
    .await?;
    let rows = rows.into_iter().map(FoundRow::into_row).collect::<Result<_, _>>()?;
    Ok(Found { rows, companies })
}

async fn write(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    plan: &ImportPlan<BookInvoice>,
) -> Result<(), Abort> {
    let rows = page::rows_of(plan);
    if rows.is_empty() {
        return Ok(());
    }
    write_rows(connection, tenant, &rows).await?;
    let lines: Vec<(&str, i32, &BookLine)> = rows
        .iter()
        .flat_map(|(row, _)| {
            (1..).zip(&row.content.lines).map(|(number, line)| (row.id.as_str(), number, line))
        })
        .collect();
    let changed: Vec<&str> = plan.update.iter().map(|row| row.id.as_str()).collect();
    if lines.is_empty() && changed.is_empty() {
        return Ok(());
    }
    page::plan_anew(connection).await?;
    write_lines(connection, tenant, &changed, &lines).await
}

async fn write_rows(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    rows: &[(&BookWrite<BookInvoice>, bool)],
) -> Result<(), Abort> {
    type Row = BookWrite<BookInvoice>;
    fn column<'a, T>(rows: &[(&'a Row, bool)], value: impl Fn(&'a Row) -> T) -> Vec<T> {
        rows.iter().map(|(row, _)| value(row)).collect()
    }
    let text = |value: fn(&Row) -> &str| column(rows, value);
    let day = |value: fn(&Row) -> Option<NaiveDate>| column(rows, value);
    let amount = |value: fn(&Row) -> Option<Decimal>| column(rows, value);
    let optional = |value: fn(&Row) -> Option<&str>| column(rows, value);
    cached(
        sql_query(include_str!("write_invoices.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(text(|row| &row.id))
            .bind::<Array<Text>, _>(text(|row| &row.client_company_id))
            .bind::<Array<Text>, _>(text(|row| &row.external_id))
            .bind::<Array<Text>, _>(text(|row| &row.content.kind))
            .bind::<Array<Text>, _>(text(|row| &row.content.status))
            .bind::<Array<Nullable<Date>>, _>(day(|row| Some(row.content.issue_date)))
            .bind::<Array<Nullable<Date>>, _>(day(|row| row.content.due_date))
            .bind::<Array<Nullable<Numeric>>, _>(amount(|row| Some(row.content.total_amount)))
            .bind::<Array<Nullable<Numeric>>, _>(amount(|row| Some(row.content.tax_amount)))
            .bind::<Array<Nullable<Numeric>>, _>(amount(|row| row.content.net_amount))
            .bind::<Array<Text>, _>(text(|row| &row.content.currency))
            .bind::<Array<Nullable<Text>>, _>(optional(|row| {
                row.content.counterparty_name.as_deref()
            }))
            .bind::<Array<Nullable<Text>>, _>(optional(|row| {
                row.content.counterparty_tax_number.as_deref()
            }))
            .bind::<Array<Jsonb>, _>(column(rows, |row| storable::json(row.metadata.clone())))
            .bind::<Array<Bool>, _>(rows.iter().map(|(_, new)| *new).collect::<Vec<_>>()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_lines(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    changed: &[&str],
    lines: &[(&str, i32, &BookLine)],
) -> Result<(), Abort> {
    let number = |value: fn(&BookLine) -> Decimal| {
        lines.iter().map(|(_, _, l)| value(l)).collect::<Vec<_>>()
    };
    cached(
        sql_query(include_str!("write_invoice_lines.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(changed)
            .bind::<Array<Text>, _>(lines.iter().map(|_| ids::new_id()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(lines.iter().map(|(id, ..)| *id).collect::<Vec<_>>())
            .bind::<Array<Integer>, _>(lines.iter().map(|(_, at, _)| *at).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(
                lines.iter().map(|(_, _, line)| line.description.as_str()).collect::<Vec<_>>(),
            )
            .bind::<Array<Numeric>, _>(number(|line| line.quantity))
            .bind::<Array<Numeric>, _>(number(|line| line.unit_price))
            .bind::<Array<Numeric>, _>(number(|line| line.line_total))
            .bind::<Array<Numeric>, _>(number(|line| line.vat_rate))
            .bind::<Array<Numeric>, _>(number(|line| line.vat_amount)),
    )
    .execute(connection)
    .await?;
    Ok(())
}
