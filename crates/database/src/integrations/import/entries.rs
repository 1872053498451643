//! A page of bank movements.

use std::collections::BTreeSet;

use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Date, Nullable, Numeric, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::Iban;
use domain::books::{
    AccountMove, AccountPlan, BookBankAccount, BookCompany, BookEntry, EntryImport, EntryLine,
    Found, ImportPlan, LedgerAccount, LookUp,
};

use super::page::{self, Abort};
use super::rows::{BankAccountRow, FoundRow, LedgerAccountRow};
use super::{Advance, Imported, Source};
use crate::sql::cached;
use crate::{Database, Error, ids};

/// Imports a page of bank movements as journal entries and keeps what is said of it in `advance`, or
/// writes nothing. `suspense_code` is the code of the account that they are booked against.
///
/// # Errors
/// As [`super::import_invoices`].
pub async fn import_entries(
    database: &Database,
    source: &Source<'_>,
    import: &mut dyn EntryImport,
    suspense_code: &str,
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
            let tenant = source.lease.tenant.as_str();
            let companies = page::companies(connection, tenant, &asked.tax_numbers).await?;
            see_to_accounts(connection, source, import, suspense_code, &companies).await?;
            let rows = find(connection, source, &asked, &import.moves()).await?;
            let plan = import.plan(Found { rows, companies });
            write(connection, tenant, &plan).await?;
            let fresh = plan.create.iter().map(|row| row.id.as_str()).collect();
            page::link(connection, source, &plan.links, &fresh, &known_rows).await?;
            page::finish(connection, source, plan, &aside_before, advance).await
        })
        .await;
    page::ended(result)
}

/// Makes the accounts that the page needs and that are not there.
async fn see_to_accounts(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    import: &mut dyn EntryImport,
    suspense_code: &str,
    companies: &[BookCompany],
) -> Result<(), Abort> {
    let tenant = source.lease.tenant.as_str();
    let ibans: Vec<String> = import.ibans().into_iter().map(String::from).collect();
    if ibans.is_empty() {
        return Ok(());
    }
    let bank_accounts: Vec<BankAccountRow> = cached(
        sql_query(include_str!("bank_accounts.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(&ibans)
            .bind::<Text, _>(source.integration_id),
    )
    .load(connection)
    .await?;
    let ledger_accounts: Vec<LedgerAccountRow> = cached(
        sql_query(include_str!("ledger_accounts.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(suspense_code),
    )
    .load(connection)
    .await?;
    let bank_accounts: Vec<BookBankAccount> = bank_accounts.into_iter().map(Into::into).collect();
    let ledger_accounts: Vec<LedgerAccount> = ledger_accounts.into_iter().map(Into::into).collect();
    let plan = import.accounts(&bank_accounts, &ledger_accounts, companies);
    page::make_companies(connection, tenant, &plan.companies).await?;
    make_accounts(connection, source, &plan).await
}

async fn make_accounts(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    plan: &AccountPlan,
) -> Result<(), Abort> {
    let AccountPlan { bank_accounts, ledger_accounts, assignments, .. } = plan;
    if bank_accounts.is_empty() && ledger_accounts.is_empty() && assignments.is_empty() {
        return Ok(());
    }
    let bank = |value: fn(&domain::books::NewBankAccount) -> &str| {
        bank_accounts.iter().map(value).collect::<Vec<_>>()
    };
    let ledger = |value: fn(&domain::books::NewLedgerAccount) -> &str| {
        ledger_accounts.iter().map(value).collect::<Vec<_>>()
    };
    cached(
        sql_query(include_str!("make_accounts.sql"))
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<Array<Text>, _>(bank(|one| &one.id))
            .bind::<Array<Text>, _>(bank(|one| &one.client_company_id))
            .bind::<Array<Text>, _>(bank(|one| &one.bank_name))
            .bind::<Array<Text>, _>(bank(|one| one.iban.as_str()))
            .bind::<Array<Text>, _>(bank(|one| &one.currency))
            .bind::<Array<Text>, _>(ledger(|one| &one.id))
            .bind::<Array<Text>, _>(ledger(|one| &one.code))
            .bind::<Array<Text>, _>(ledger(|one| &one.name))
            .bind::<Array<Text>, _>(ledger(|one| one.kind))
            .bind::<Array<Text>, _>(
                assignments.iter().map(|(iban, _)| Iban::as_str(iban)).collect::<Vec<_>>(),
            )
            .bind::<Array<Text>, _>(assignments.iter().map(|(_, id)| id).collect::<Vec<_>>())
            .bind::<Text, _>(source.integration_id),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn find(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    asked: &LookUp,
    moves: &[AccountMove],
) -> Result<Vec<domain::books::BookRow<BookEntry>>, Abort> {
    if asked.row_ids.is_empty() && asked.external_ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<FoundRow> = cached(
        sql_query(include_str!("find_entries.sql"))
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<Text, _>(source.integration_id)
            .bind::<Array<Text>, _>(&asked.row_ids)
            .bind::<Array<Text>, _>(&asked.external_ids)
            .bind::<Array<Text>, _>(
                moves.iter().map(|one| &one.ledger_account_id).collect::<Vec<_>>(),
            )
            .bind::<Array<Date>, _>(moves.iter().map(|one| one.date).collect::<Vec<_>>())
            .bind::<Array<Numeric>, _>(moves.iter().map(|one| one.amount).collect::<Vec<_>>()),
    )
    .load(connection)
    .await?;
    Ok(rows.into_iter().map(FoundRow::into_row).collect::<Result<_, _>>()?)
}

async fn write(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    plan: &ImportPlan<BookEntry>,
) -> Result<(), Abort> {
    let rows = page::rows_of(plan);
    if rows.is_empty() {
        return Ok(());
    }
    cached(
        sql_query(include_str!("write_entries.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(rows.iter().map(|(row, _)| &row.id).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(
                rows.iter().map(|(row, _)| &row.client_company_id).collect::<Vec<_>>(),
            )
            .bind::<Array<Text>, _>(
                rows.iter().map(|(row, _)| &row.external_id).collect::<Vec<_>>(),
            )
            .bind::<Array<Date>, _>(
                rows.iter().map(|(row, _)| row.content.date).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Text>>, _>(
                rows.iter().map(|(row, _)| row.content.reference.as_deref()).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Text>>, _>(
                rows.iter().map(|(row, _)| row.content.description.as_deref()).collect::<Vec<_>>(),
            )
            .bind::<Array<Bool>, _>(rows.iter().map(|(_, new)| *new).collect::<Vec<_>>()),
    )
    .execute(connection)
    .await?;
    let lines: Vec<(&str, Option<&str>, &EntryLine)> = rows
        .iter()
        .flat_map(|(row, _)| {
            let text = row.content.description.as_deref();
            row.content.lines.iter().map(move |line| (row.id.as_str(), text, line))
        })
        .collect();
    let changed: Vec<&str> = plan.update.iter().map(|row| row.id.as_str()).collect();
    page::plan_anew(connection).await?;
    cached(
        sql_query(include_str!("write_entry_lines.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(changed)
            .bind::<Array<Text>, _>(lines.iter().map(|_| ids::new_id()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(lines.iter().map(|(id, ..)| *id).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(
                lines.iter().map(|(_, _, line)| &line.ledger_account_id).collect::<Vec<_>>(),
            )
            .bind::<Array<Numeric>, _>(
                lines.iter().map(|(_, _, line)| line.debit).collect::<Vec<_>>(),
            )
            .bind::<Array<Numeric>, _>(
                lines.iter().map(|(_, _, line)| line.credit).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Text>>, _>(
                lines.iter().map(|(_, text, _)| *text).collect::<Vec<_>>(),
            ),
    )
    .execute(connection)
    .await?;
    Ok(())
}
