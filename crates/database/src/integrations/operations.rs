//! What operators ask about integrations and what they change. These look over all offices.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::{Database, Error};

/// Which rows are asked for; nothing set means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncFilter {
    /// A job's status, a log entry's level, or a record's reason.
    pub word: Option<String>,
    /// Of this office.
    pub tenant: Option<String>,
    /// Of this integration.
    pub integration: Option<String>,
    /// Of this job.
    pub job: Option<String>,
    /// At most this many.
    pub limit: i64,
}

/// A sync job with what it has done.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct SyncJobRow {
    /// `integration_sync_jobs.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// The integration.
    #[diesel(sql_type = Text)]
    pub integration_id: String,
    /// What the office calls it.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Its provider's code.
    #[diesel(sql_type = Text)]
    pub provider: String,
    /// What is done.
    #[diesel(sql_type = Text)]
    pub job_type: String,
    /// `pending`, `in_progress`, `success`, `failed` or `cancelled`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Attempts so far.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// Attempts that it may have.
    #[diesel(sql_type = SmallInt)]
    pub max_attempts: i16,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Not before this.
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
    /// When the last attempt began.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
    /// What the office is told.
    #[diesel(sql_type = Nullable<Text>)]
    pub error_message: Option<String>,
    /// The same for operators.
    #[diesel(sql_type = Nullable<Text>)]
    pub technical_error: Option<String>,
    /// Who holds it.
    #[diesel(sql_type = Nullable<Text>)]
    pub lease_owner: Option<String>,
    /// New rows, or rows pushed.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub created: Option<i64>,
    /// Changed rows.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub updated: Option<i64>,
    /// Records that changed nothing.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub unchanged: Option<i64>,
    /// Records not taken.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub skipped: Option<i64>,
    /// Rows not overwritten.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub kept: Option<i64>,
    /// Rows that the other side refused.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub failed: Option<i64>,
}

/// An entry of the sync log.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct SyncLogRow {
    /// `integration_sync_logs.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// The integration.
    #[diesel(sql_type = Text)]
    pub integration_id: String,
    /// `info`, `warning` or `error`.
    #[diesel(sql_type = Text)]
    pub level: String,
    /// In Turkish.
    #[diesel(sql_type = Text)]
    pub message: String,
    /// Job and records that it is about.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub context: Option<Value>,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// An integration. Its settings may hold credentials in the clear: they are not to be shown.
#[derive(Clone, PartialEq, QueryableByName)]
pub struct IntegrationRow {
    /// `tenant_integrations.id`.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// What the office calls it.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Its provider's code.
    #[diesel(sql_type = Text)]
    pub provider: String,
    /// `accounting` or `bank`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Whether the platform offers the provider.
    #[diesel(sql_type = Bool)]
    pub provider_active: bool,
    /// The provider's settings with what each is.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub config_schema: Option<Value>,
    /// The company that it belongs to.
    #[diesel(sql_type = Nullable<Text>)]
    pub client_company_id: Option<String>,
    /// `connected`, `disconnected` or `error`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Up to when everything was read.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_sync_at: Option<DateTime<Utc>>,
    /// How the last sync ended.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_sync_status: Option<String>,
    /// Settings as stored.
    #[diesel(sql_type = Jsonb)]
    pub config: Value,
    /// Records in the books.
    #[diesel(sql_type = BigInt)]
    pub records: i64,
    /// Records that are not.
    #[diesel(sql_type = BigInt)]
    pub set_aside: i64,
}

impl std::fmt::Debug for IntegrationRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntegrationRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A record that is not in the books.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct UnmatchedRow {
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// The integration.
    #[diesel(sql_type = Text)]
    pub integration_id: String,
    /// `invoices` or `bank_transactions`.
    #[diesel(sql_type = Text)]
    pub stream: String,
    /// The source's id.
    #[diesel(sql_type = Text)]
    pub external_id: String,
    /// A word for programs.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// In Turkish: what is the matter and what to do.
    #[diesel(sql_type = Text)]
    pub message: String,
    /// The record.
    #[diesel(sql_type = Jsonb)]
    pub record: Value,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub set_aside_at: DateTime<Utc>,
}

/// Rows of one record that are there more than once.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct DuplicateRow {
    /// `invoices` or `bank_transactions`.
    #[diesel(sql_type = Text)]
    pub stream: String,
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// The number that they have in common.
    #[diesel(sql_type = Text)]
    pub external_id: String,
    /// How many there are.
    #[diesel(sql_type = BigInt)]
    pub rows: i64,
    /// Their ids, the oldest first, with blanks between them.
    #[diesel(sql_type = Text)]
    pub ids: String,
}

/// Rows that fit a filter: `$1` word, `$2` office, `$3` integration, `$4` how many, `$5` job.
async fn fitting<Row: QueryableByName<Pg> + Send + 'static>(
    database: &Database,
    sql: &str,
    filter: &SyncFilter,
) -> Result<Vec<Row>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(sql)
        .bind::<Nullable<Text>, _>(&filter.word)
        .bind::<Nullable<Text>, _>(&filter.tenant)
        .bind::<Nullable<Text>, _>(&filter.integration)
        .bind::<BigInt, _>(filter.limit)
        .bind::<Nullable<Text>, _>(&filter.job)
        .load(&mut connection)
        .await?)
}

/// Sync jobs that fit the filter, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_sync_jobs(
    database: &Database,
    filter: &SyncFilter,
) -> Result<Vec<SyncJobRow>, Error> {
    fitting(database, include_str!("operations/list_jobs.sql"), filter).await
}

/// Entries of the sync log that fit the filter, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_sync_logs(
    database: &Database,
    filter: &SyncFilter,
) -> Result<Vec<SyncLogRow>, Error> {
    fitting(database, include_str!("operations/list_logs.sql"), filter).await
}

/// Records that are not in the books and fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn list_unmatched(
    database: &Database,
    filter: &SyncFilter,
) -> Result<Vec<UnmatchedRow>, Error> {
    fitting(database, include_str!("operations/unmatched.sql"), filter).await
}

/// Integrations, of all offices or of one, or the one with an id.
///
/// # Errors
/// When the database does not answer.
pub async fn list_integrations(
    database: &Database,
    tenant: Option<&str>,
    id: Option<&str>,
) -> Result<Vec<IntegrationRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("operations/list_integrations.sql"))
        .bind::<Nullable<Text>, _>(tenant)
        .bind::<Nullable<Text>, _>(id)
        .load(&mut connection)
        .await?)
}

/// Rows of imports that are there more than once. Reads all imported rows: for people.
///
/// # Errors
/// When the database does not answer.
pub async fn list_duplicates(
    database: &Database,
    tenant: Option<&str>,
    limit: i64,
) -> Result<Vec<DuplicateRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("operations/duplicates.sql"))
        .bind::<Nullable<Text>, _>(tenant)
        .bind::<BigInt, _>(limit)
        .load(&mut connection)
        .await?)
}

/// Puts sealed settings in the place of those of `row`. `false` when somebody changed them since.
///
/// # Errors
/// When the database does not answer.
pub async fn replace_config(
    database: &Database,
    row: &IntegrationRow,
    sealed: &Value,
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let changed = sql_query(include_str!("operations/seal.sql"))
        .bind::<Text, _>(&row.tenant_id)
        .bind::<Text, _>(&row.id)
        .bind::<Jsonb, _>(&row.config)
        .bind::<Jsonb, _>(sealed)
        .execute(&mut connection)
        .await?;
    Ok(changed > 0)
}
