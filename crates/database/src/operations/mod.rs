//! What an operator asks about the document queue and its workers. Jobs are steered through
//! [`crate::jobs::PgJobStore`].
//!
//! These look over all offices: they are for the people who run the platform.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;

use crate::{Error, connect::Database};

/// Which jobs are asked for; nothing set means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// The platform's word (`PENDING`, …).
    pub status: Option<String>,
    /// Of this office.
    pub tenant: Option<String>,
    /// Of this document.
    pub document: Option<String>,
    /// This job, or the job of this document.
    pub id: Option<String>,
    /// At most this many, the newest first.
    pub limit: i64,
}

/// A document job with its document.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct DocumentJobRow {
    /// `document_processing_jobs.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// The document.
    #[diesel(sql_type = Text)]
    pub document_id: String,
    /// `PENDING`, `IN_PROGRESS`, `SUCCESS`, `FAILED` or `CANCELLED`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Attempts so far.
    #[diesel(sql_type = Integer)]
    pub attempts_count: i32,
    /// Attempts that it may have.
    #[diesel(sql_type = SmallInt)]
    pub max_attempts: i16,
    /// Lower goes first.
    #[diesel(sql_type = SmallInt)]
    pub priority: i16,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Not before this.
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
    /// When the last attempt began.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, for the operator.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error_message: Option<String>,
    /// Who holds it.
    #[diesel(sql_type = Nullable<Text>)]
    pub lease_owner: Option<String>,
    /// Until when.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub lease_expires_at: Option<DateTime<Utc>>,
    /// `UPLOADED`, `PROCESSING`, `PROCESSED` or `FAILED`.
    #[diesel(sql_type = Text)]
    pub document_status: String,
    /// What the user said it is.
    #[diesel(sql_type = Text)]
    pub document_type: String,
    /// Its name at upload.
    #[diesel(sql_type = Text)]
    pub file_name: String,
    /// Where its object is.
    #[diesel(sql_type = Text)]
    pub storage_path: String,
    /// What the accountant is told.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_message: Option<String>,
}

/// Jobs that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn list_document_jobs(
    database: &Database,
    filter: &JobFilter,
) -> Result<Vec<DocumentJobRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("list_jobs.sql"))
        .bind::<Nullable<Text>, _>(&filter.status)
        .bind::<Nullable<Text>, _>(&filter.tenant)
        .bind::<Nullable<Text>, _>(&filter.document)
        .bind::<Nullable<Text>, _>(&filter.id)
        .bind::<BigInt, _>(filter.limit)
        .load(&mut connection)
        .await?)
}

/// A queue in figures.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct QueueFigures {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Waiting, due or not.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// Waiting and due.
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    /// Held by a worker.
    #[diesel(sql_type = BigInt)]
    pub in_progress: i64,
    /// In progress with a lease that ran out, or without any.
    #[diesel(sql_type = BigInt)]
    pub abandoned: i64,
    /// Given up within the last day.
    #[diesel(sql_type = BigInt)]
    pub failed_last_day: i64,
    /// Done within the last day.
    #[diesel(sql_type = BigInt)]
    pub succeeded_last_day: i64,
    /// Age of the oldest due job in seconds; none when nothing is due.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub oldest_due_seconds: Option<i64>,
}

/// Counts every queue. The finished of the last day are found by a scan: this is for people, not for a
/// health check.
///
/// # Errors
/// When the database does not answer.
pub async fn queues(database: &Database) -> Result<Vec<QueueFigures>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("queue.sql")).load(&mut connection).await?)
}

/// A worker by what it holds.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct WorkerRow {
    /// Its name; it says host and process.
    #[diesel(sql_type = Text)]
    pub owner: String,
    /// Jobs that it holds.
    #[diesel(sql_type = BigInt)]
    pub jobs: i64,
    /// Seconds until the first of its leases ends; negative when it has ended.
    #[diesel(sql_type = BigInt)]
    pub lease_seconds: i64,
}

/// Workers that hold jobs.
///
/// # Errors
/// When the database does not answer.
pub async fn workers(database: &Database) -> Result<Vec<WorkerRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("workers.sql")).load(&mut connection).await?)
}

/// A periodic schedule.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ScheduleRow {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its period in milliseconds.
    #[diesel(sql_type = BigInt)]
    pub every_ms: i64,
    /// When it runs next.
    #[diesel(sql_type = Timestamptz)]
    pub next_due_at: DateTime<Utc>,
    /// Seconds until then; negative when it is late.
    #[diesel(sql_type = BigInt)]
    pub due_in_seconds: i64,
    /// Who runs it now.
    #[diesel(sql_type = Nullable<Text>)]
    pub lease_owner: Option<String>,
    /// When it last ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_finished_at: Option<DateTime<Utc>>,
    /// Why it last failed; none after a success.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
}

/// Periodic schedules by name.
///
/// # Errors
/// When the database does not answer.
pub async fn schedules(database: &Database) -> Result<Vec<ScheduleRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("schedules.sql")).load(&mut connection).await?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many document jobs wait. Cheap at any history: a partial index holds exactly these.
///
/// # Errors
/// When the database does not answer.
pub async fn pending_document_jobs(database: &Database) -> Result<i64, Error> {
    let mut connection = database.get().await?;
    let sql = "SELECT count(*) AS count FROM document_processing_jobs WHERE status = 'PENDING'";
    let count: Count = sql_query(sql).get_result(&mut connection).await?;
    Ok(count.count)
}

/// What slows a queue down from outside.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ServerFigures {
    /// The server's version, as `15.18`.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// Age in seconds of the oldest open transaction of this database, this one left out; dead rows
    /// stay as long as it lasts.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub oldest_transaction_seconds: Option<i64>,
    /// What that transaction calls itself.
    #[diesel(sql_type = Nullable<Text>)]
    pub oldest_transaction_by: Option<String>,
    /// Whether the trigger that wakes the workers is there and on.
    #[diesel(sql_type = Bool)]
    pub wakes_workers: bool,
}

/// Asks the server about itself.
///
/// # Errors
/// When the database does not answer.
pub async fn server(database: &Database) -> Result<ServerFigures, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("server.sql")).get_result(&mut connection).await?)
}
