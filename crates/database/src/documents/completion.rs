//! The transaction that completes a document's job.

use diesel::sql_types::{Array, BigInt, Binary, Date, Integer, Jsonb, Nullable, Numeric, Text};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::{DocumentId, Severity};
use jobs_core::LeaseRef;
use serde_json::Value;
use tokio::time::timeout;

use super::fingerprint::{DuplicateDocument, Duplicates, Fingerprint};
use super::results::{Results, stored_confidence, stored_score};
use super::storable;
use crate::alerts::{self, DocumentAlert};
use crate::sql::cached;
use crate::{Database, Error, ids};

/// The statements of a completion, `BEGIN` and `COMMIT` included.
const LONGEST_IN_STATEMENTS: u32 = 5;

/// What became of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// Everything is written and the job has succeeded.
    Written {
        /// `risk_alerts.id` of an alert that was not there before.
        new_alert: Option<String>,
    },
    /// The job is no longer this worker's, or not of this document: nothing is written.
    LostLease,
    /// The document was deleted while it was read: nothing is written, and the job is still this
    /// worker's, which should call it off.
    Deleted,
}

/// Completes the job of a document with everything that follows from the document, or writes
/// nothing: one transaction, fenced by the lease.
///
/// Documents of one office with a common key wait here for each other, so that of two at once the
/// second sees the first. `results` is called within the transaction with the documents that have
/// a key in common with this one; it should only compute.
///
/// Takes five round trips, `BEGIN` and `COMMIT` included.
///
/// # Errors
/// The database could not be asked, or refused; nothing is written then, unless the connection broke
/// while the commit was under way.
pub async fn complete_document(
    database: &Database,
    lease: &LeaseRef,
    document: &DocumentId,
    fingerprint: &Fingerprint,
    results: impl FnOnce(&Duplicates) -> Results + Send,
) -> Result<Completed, Error> {
    let mut pooled = database.get().await?;
    let connection: &mut AsyncPgConnection = &mut pooled;
    // The server bounds each statement; only a network that swallows answers is slower than all of
    // them. A transaction that is dropped costs its connection, so nobody waits on it again.
    let patience = database.config().statement_timeout * LONGEST_IN_STATEMENTS;
    let done = connection.transaction(async |connection| {
        if !fence(connection, lease, document, fingerprint).await? {
            return Err(Abort::LostLease);
        }
        let known = look_up(connection, &lease.tenant, document, fingerprint).await?;
        let Some(known) = known else { return Err(Abort::Deleted) };
        let results = results(&known.duplicates);
        let alert =
            alerts::for_document(&known.file_name, known.company_name.as_deref(), &results.risk);
        write(connection, &lease.tenant, document, fingerprint, results, alert).await
    });
    let done = timeout(patience, done).await.unwrap_or_else(|_| {
        let reason = format!("no answer within {} ms", patience.as_millis());
        Err(Abort::Failed(Error::Unreachable { reason }))
    });
    match done {
        Ok(new_alert) => Ok(Completed::Written { new_alert }),
        Err(Abort::LostLease) => Ok(Completed::LostLease),
        Err(Abort::Deleted) => Ok(Completed::Deleted),
        Err(Abort::Failed(error)) => Err(error),
    }
}

/// Why the transaction is rolled back.
enum Abort {
    LostLease,
    Deleted,
    Failed(Error),
}

impl From<diesel::result::Error> for Abort {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Completes the job and takes the locks of the keys. The look-up must be a later statement, as a
/// statement does not see what was committed while it waited for a lock.
async fn fence(
    connection: &mut AsyncPgConnection,
    lease: &LeaseRef,
    document: &DocumentId,
    fingerprint: &Fingerprint,
) -> Result<bool, Abort> {
    let fenced: Count = cached(
        sql_query(include_str!("fence.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Text, _>(document.as_str())
            .bind::<Array<BigInt>, _>(fingerprint.locks(&lease.tenant)),
    )
    .get_result(connection)
    .await?;
    Ok(fenced.count > 0)
}

struct Known {
    file_name: String,
    company_name: Option<String>,
    duplicates: Duplicates,
}

#[derive(QueryableByName)]
struct KnownRow {
    #[diesel(sql_type = Text)]
    file_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    company_name: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    same_content: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    same_ettn: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    same_invoice: Option<Value>,
}

async fn look_up(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    document: &DocumentId,
    fingerprint: &Fingerprint,
) -> Result<Option<Known>, Abort> {
    let row: Option<KnownRow> = cached(
        sql_query(include_str!("look_up.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(document.as_str())
            .bind::<Binary, _>(fingerprint.content_sha256.as_slice())
            .bind::<Nullable<Text>, _>(fingerprint.ettn.as_deref())
            .bind::<Nullable<Text>, _>(fingerprint.issuer_tax_number.as_deref())
            .bind::<Nullable<Text>, _>(fingerprint.invoice_number.as_deref()),
    )
    .get_result(connection)
    .await
    .optional()?;
    let Some(row) = row else { return Ok(None) };
    let duplicates = Duplicates {
        content: documents(row.same_content)?,
        ettn: documents(row.same_ettn)?,
        invoice: documents(row.same_invoice)?,
    };
    Ok(Some(Known { file_name: row.file_name, company_name: row.company_name, duplicates }))
}

fn documents(found: Option<Value>) -> Result<Vec<DuplicateDocument>, Abort> {
    let Some(found) = found else { return Ok(Vec::new()) };
    serde_json::from_value(found).map_err(|error| {
        Abort::Failed(Error::Unreadable {
            what: "worker.document_fingerprints",
            value: error.to_string(),
        })
    })
}

#[derive(QueryableByName)]
struct WrittenRow {
    #[diesel(sql_type = BigInt)]
    documents: i64,
    #[diesel(sql_type = Nullable<Text>)]
    new_alert: Option<String>,
}

async fn write(
    connection: &mut AsyncPgConnection,
    tenant: &str,
    document: &DocumentId,
    fingerprint: &Fingerprint,
    results: Results,
    alert: Option<DocumentAlert>,
) -> Result<Option<String>, Abort> {
    let Results { text, parsed, features, risk, evaluation } = results;
    let stored_risk = serde_json::to_string(&risk).map_err(|error| {
        Abort::Failed(Error::Unreadable { what: "a risk score", value: error.to_string() })
    })?;
    let digest = crate::risk::input_digest(&evaluation.facts);
    let ids: Vec<String> = (0..7).map(|_| ids::new_id()).collect();
    let triggered: Value = risk.triggered_codes().collect();
    let row: WrittenRow = cached(
        sql_query(include_str!("write_results.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(document.as_str())
            .bind::<Binary, _>(fingerprint.content_sha256.as_slice())
            .bind::<Nullable<Text>, _>(fingerprint.ettn.as_deref())
            .bind::<Nullable<Text>, _>(fingerprint.issuer_tax_number.as_deref())
            .bind::<Nullable<Text>, _>(fingerprint.invoice_number.as_deref())
            .bind::<Array<Text>, _>(ids)
            .bind::<Text, _>(storable::text(text.raw))
            .bind::<Text, _>(storable::at_most(50, &text.engine))
            .bind::<Nullable<Numeric>, _>(text.confidence.map(stored_confidence))
            .bind::<Text, _>(storable::at_most(50, &parsed.document_type))
            .bind::<Jsonb, _>(storable::json(parsed.fields))
            .bind::<Text, _>(storable::at_most(50, &parsed.parser_version))
            .bind::<Jsonb, _>(storable::json(features.features))
            .bind::<Jsonb, _>(storable::json(features.flags))
            .bind::<Nullable<Numeric>, _>(features.score.map(stored_score))
            .bind::<Numeric, _>(stored_score(risk.score))
            .bind::<Text, _>(score_word(risk.severity))
            .bind::<Jsonb, _>(storable::json(triggered))
            .bind::<Nullable<Text>, _>(alert.as_ref().map(|alert| alert.severity.as_str()))
            .bind::<Nullable<Text>, _>(alert.as_ref().map(|alert| &alert.title))
            .bind::<Nullable<Text>, _>(alert.as_ref().map(|alert| &alert.message))
            .bind::<Nullable<Text>, _>(alert.as_ref().map(|alert| &alert.notification_title))
            .bind::<Nullable<Text>, _>(alert.as_ref().map(|alert| &alert.notification_message))
            .bind::<Date, _>(evaluation.day)
            .bind::<Integer, _>(evaluation.rule_set_version)
            .bind::<Binary, _>(digest.as_slice())
            .bind::<Text, _>(storable::text(evaluation.facts))
            .bind::<Text, _>(storable::text(stored_risk))
            .bind::<Text, _>(risk.severity.as_str()),
    )
    .get_result(connection)
    .await?;
    if row.documents == 0 {
        // Deleted between the look-up and now.
        return Err(Abort::Deleted);
    }
    Ok(row.new_alert)
}

/// The platform's readers of scores know three words and count `high`; see decision 0003.
pub(crate) const fn score_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => Severity::High.as_str(),
        other => other.as_str(),
    }
}
