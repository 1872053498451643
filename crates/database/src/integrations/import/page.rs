//! The steps that pages of all streams have in common.

use std::collections::BTreeSet;

use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Jsonb, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::books::{
    BookCompany, BookWrite, ContentHash, ImportNote, ImportPlan, NewCompany, RecordLink, SetAside,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::rows::{self, CompanyRow, CountRow, IdRow, Known, KnownRow};
use super::{Advance, Counts, Imported, NotUnderstood, Source};
use crate::documents::storable;
use crate::sql::cached;
use crate::{Error, ids};

/// Records that one log entry names; the figures tell how many there are.
const LOGGED: usize = 1_000;

/// The reason of records that their connector could not give.
const NOT_UNDERSTOOD: &str = "not_understood";

/// Why the transaction is rolled back.
pub(super) enum Abort {
    LostLease,
    Failed(Error),
}

impl From<diesel::result::Error> for Abort {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Abort {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub(super) fn ended(result: Result<(Counts, Vec<ImportNote>), Abort>) -> Result<Imported, Error> {
    match result {
        Ok((counts, notes)) => Ok(Imported::Written(counts, notes)),
        Err(Abort::LostLease) => Ok(Imported::LostLease),
        Err(Abort::Failed(error)) => Err(error),
    }
}

/// One number for each office, apart from the locks of documents.
fn lock_of(tenant: &str) -> i64 {
    let digest = Sha256::new().chain_update(b"import\0").chain_update(tenant).finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes)
}

/// Waits for other imports of the office.
pub(super) async fn open(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
) -> Result<(), Abort> {
    let held: CountRow = cached(
        sql_query(include_str!("open.sql"))
            .bind::<Text, _>(&source.lease.id)
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<BigInt, _>(source.lease.token)
            .bind::<BigInt, _>(lock_of(&source.lease.tenant)),
    )
    .get_result(connection)
    .await?;
    if held.count == 0 { Err(Abort::LostLease) } else { Ok(()) }
}

/// Lets the next statement be planned for the tables as they are now.
pub(super) async fn plan_anew(connection: &mut AsyncPgConnection) -> Result<(), Abort> {
    cached(sql_query(include_str!("plan_anew.sql"))).execute(connection).await?;
    Ok(())
}

/// What is known of a page's records.
pub(super) async fn known(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    keys: Vec<(String, ContentHash)>,
) -> Result<Known, Abort> {
    if keys.is_empty() {
        return Ok(Known::default());
    }
    let keys: Vec<String> = keys.into_iter().map(|(id, _)| id).collect();
    let rows: Vec<KnownRow> = cached(
        sql_query(include_str!("known.sql"))
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<Text, _>(source.integration_id)
            .bind::<Text, _>(source.stream)
            .bind::<Array<Text>, _>(&keys),
    )
    .load(connection)
    .await?;
    Ok(rows::known(rows)?)
}

pub(super) async fn companies(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    tax_numbers: &[String],
) -> Result<Vec<BookCompany>, Abort> {
    if tax_numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<CompanyRow> = cached(
        sql_query(include_str!("companies.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(tax_numbers),
    )
    .load(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn make_companies(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    new: &[NewCompany],
) -> Result<(), Abort> {
    if new.is_empty() {
        return Ok(());
    }
    let column = |value: fn(&NewCompany) -> &str| new.iter().map(value).collect::<Vec<_>>();
    cached(
        sql_query(include_str!("make_companies.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(column(|company| &company.id))
            .bind::<Array<Text>, _>(
                new.iter().map(|company| storable::text(company.name.clone())).collect::<Vec<_>>(),
            )
            .bind::<Array<Text>, _>(column(|company| company.legal_type))
            .bind::<Array<Text>, _>(column(|company| company.tax_number.as_str())),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Remembers which record is which row. `known` are the rows that were the page's before.
pub(super) async fn link(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    links: &[RecordLink],
    fresh: &BTreeSet<&str>,
    known: &BTreeSet<String>,
) -> Result<(), Abort> {
    if links.is_empty() {
        return Ok(());
    }
    let taken_over: Vec<&str> = links
        .iter()
        .filter(|link| link.known.owns_row)
        .map(|link| link.known.row_id.as_str())
        .filter(|id| !fresh.contains(id) && !known.contains(*id))
        .collect();
    if !taken_over.is_empty() {
        cached(
            sql_query(include_str!("disown.sql"))
                .bind::<Text, _>(&source.lease.tenant)
                .bind::<Text, _>(source.integration_id)
                .bind::<Array<Text>, _>(taken_over),
        )
        .execute(connection)
        .await?;
    }
    let text = |value: fn(&RecordLink) -> &str| links.iter().map(value).collect::<Vec<_>>();
    cached(
        sql_query(include_str!("link.sql"))
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<Text, _>(source.integration_id)
            .bind::<Text, _>(source.stream)
            .bind::<Array<Text>, _>(text(|link| &link.known.external_id))
            .bind::<Array<Text>, _>(text(|link| &link.known.row_id))
            .bind::<Array<Text>, _>(text(|link| &link.known.client_company_id))
            .bind::<Array<Bool>, _>(
                links.iter().map(|link| link.known.owns_row).collect::<Vec<_>>(),
            )
            .bind::<Array<Binary>, _>(
                links.iter().map(|link| link.known.content_hash.as_slice()).collect::<Vec<_>>(),
            )
            .bind::<Array<Binary>, _>(
                links.iter().map(|link| link.known.written_hash.as_slice()).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Text>>, _>(
                links.iter().map(|link| link.ettn.as_deref()).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Text>>, _>(
                links.iter().map(|link| link.document_key.as_deref()).collect::<Vec<_>>(),
            ),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps the list of records that are not in the books. Returns those that are new on it.
async fn set_aside(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    in_books: &[&str],
    aside: &[SetAside],
) -> Result<BTreeSet<String>, Abort> {
    if in_books.is_empty() && aside.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<IdRow> = cached(
        sql_query(include_str!("set_aside.sql"))
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<Text, _>(source.integration_id)
            .bind::<Text, _>(source.stream)
            .bind::<Array<Text>, _>(in_books)
            .bind::<Array<Text>, _>(
                aside.iter().map(|one| storable::text(one.external_id.clone())).collect::<Vec<_>>(),
            )
            .bind::<Array<Text>, _>(aside.iter().map(|one| one.reason).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(
                aside.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(),
            )
            .bind::<Array<Jsonb>, _>(
                aside.iter().map(|one| storable::json(one.record.clone())).collect::<Vec<_>>(),
            )
            .bind::<Array<Binary>, _>(
                aside.iter().map(|one| one.content_hash.as_slice()).collect::<Vec<_>>(),
            ),
    )
    .load(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.external_id).collect())
}

/// Records that the connector did not understand are on the list like those that the importer did
/// not take.
fn not_understood(one: &NotUnderstood) -> SetAside {
    let seen = json!({ "reason": one.reason, "detail": one.detail });
    let hash = Sha256::digest(seen.to_string());
    // What has no id of its own is told apart by what is wrong with it.
    let unnamed = || format!("?{}", hex::encode(hash.get(..8).unwrap_or_default()));
    let id = one.external_id.clone().filter(|id| !id.trim().is_empty()).unwrap_or_else(unnamed);
    SetAside {
        external_id: storable::at_most(255, &id),
        reason: NOT_UNDERSTOOD,
        message: format!("{} ({})", one.message, one.detail),
        content_hash: hash.into(),
        record: seen,
    }
}

/// Writes what remains of a page when its rows are written: the list of records set aside, the log,
/// the job's figures, the cursor; and checks the lease.
pub(super) async fn finish<C>(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    mut plan: ImportPlan<C>,
    aside_before: &[String],
    advance: &Advance,
) -> Result<(Counts, Vec<ImportNote>), Abort> {
    if !plan.links.is_empty() {
        plan_anew(connection).await?;
    }
    let taken: BTreeSet<&str> = plan.in_books.iter().map(String::as_str).collect();
    // A file that could not be read is named by its key; its next version may be read.
    let read = advance.objects.iter().filter(|object| object.result["result"] == "taken");
    let in_books: Vec<&str> = aside_before
        .iter()
        .map(String::as_str)
        .filter(|id| taken.contains(id))
        .chain(read.map(|object| object.key.as_str()))
        .collect();
    plan.set_aside.extend(advance.not_understood.iter().map(not_understood));
    let new = set_aside(connection, source, &in_books, &plan.set_aside).await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let counts = Counts {
        created: count(plan.create.len()),
        updated: count(plan.update.len()),
        unchanged: count(plan.unchanged),
        skipped: if advance.retried { 0 } else { count(plan.set_aside.len() + plan.still_aside) },
        kept: count(plan.kept),
    };
    let mut notes: Vec<ImportNote> = plan
        .set_aside
        .into_iter()
        .filter(|one| new.contains(&one.external_id))
        .map(|one| ImportNote {
            external_id: one.external_id,
            reason: one.reason,
            message: one.message,
        })
        .collect();
    let logs = Logs::new(&source.lease.id, &notes, &plan.notes, &advance.warnings);
    notes.append(&mut plan.notes);
    fence(connection, source, advance, counts, logs).await?;
    Ok((counts, notes))
}

/// Entries of the sync log.
#[derive(Default)]
struct Logs {
    messages: Vec<String>,
    contexts: Vec<Value>,
}

impl Logs {
    fn new(job: &str, skipped: &[ImportNote], others: &[ImportNote], warnings: &[String]) -> Self {
        let mut logs = Self::default();
        for (notes, what) in [(skipped, "kayıt atlandı"), (others, "kayıt için uyarı")] {
            for notes in notes.chunks(LOGGED) {
                let records: Vec<Value> = notes
                    .iter()
                    .map(|note| {
                        json!({
                            "externalId": note.external_id,
                            "reason": note.reason,
                            "message": note.message,
                        })
                    })
                    .collect();
                logs.messages.push(match notes {
                    [one] => format!("1 {what} ({}): {}", one.external_id, one.message),
                    _ => format!("{} {what}.", notes.len()),
                });
                logs.contexts.push(json!({ "jobId": job, "records": records }));
            }
        }
        for warning in warnings {
            logs.messages.push(warning.clone());
            logs.contexts.push(json!({ "jobId": job }));
        }
        logs
    }
}

async fn fence(
    connection: &mut AsyncPgConnection,
    source: &Source<'_>,
    advance: &Advance,
    counts: Counts,
    logs: Logs,
) -> Result<(), Abort> {
    let Counts { created, updated, unchanged, skipped, kept } = counts;
    let objects = &advance.objects;
    let entries = logs.messages.len();
    let held: CountRow = cached(
        sql_query(include_str!("advance.sql"))
            .bind::<Text, _>(&source.lease.id)
            .bind::<Text, _>(&source.lease.tenant)
            .bind::<BigInt, _>(source.lease.token)
            .bind::<Text, _>(source.integration_id)
            .bind::<Text, _>(source.stream)
            .bind::<Nullable<Jsonb>, _>(&advance.position)
            .bind::<Bool, _>(advance.done)
            .bind::<Nullable<BigInt>, _>(
                advance.come_back.map(|after| i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
            )
            .bind::<Array<Text>, _>(objects.iter().map(|one| &one.key).collect::<Vec<_>>())
            .bind::<Array<Jsonb>, _>(objects.iter().map(|one| &one.version).collect::<Vec<_>>())
            .bind::<Array<Nullable<Text>>, _>(
                objects.iter().map(|one| one.sha256.as_deref()).collect::<Vec<_>>(),
            )
            .bind::<Array<Jsonb>, _>(objects.iter().map(|one| &one.result).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(
                [created, updated, unchanged, skipped, kept, i64::from(!advance.retried)]
                    .as_slice(),
            )
            .bind::<Array<Text>, _>((0..entries).map(|_| ids::new_id()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(vec!["warning"; entries])
            .bind::<Array<Text>, _>(
                logs.messages.into_iter().map(storable::text).collect::<Vec<_>>(),
            )
            .bind::<Array<Jsonb>, _>(
                logs.contexts.into_iter().map(storable::json).collect::<Vec<_>>(),
            ),
    )
    .get_result(connection)
    .await?;
    if held.count == 0 { Err(Abort::LostLease) } else { Ok(()) }
}

/// Rows of a plan, new ones first, with whether each is new.
pub(super) fn rows_of<C>(plan: &ImportPlan<C>) -> Vec<(&BookWrite<C>, bool)> {
    let new = plan.create.iter().map(|row| (row, true));
    new.chain(plan.update.iter().map(|row| (row, false))).collect()
}
