//! A sync job from its claim to its end, and the making of due jobs.

use std::time::Duration;

use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use jobs_core::LeaseRef;
use serde_json::Value;

use crate::documents::storable;
use crate::sql::cached;
use crate::{Database, Error, ids};

/// What a sync job needs to know of its integration.
#[derive(Clone, PartialEq, QueryableByName)]
pub struct Begun {
    /// `connected`, `disconnected` or `error`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Settings and credentials as stored, the latter sealed or not.
    #[diesel(sql_type = Jsonb)]
    pub config: Value,
    /// The company that the integration belongs to.
    #[diesel(sql_type = Nullable<Text>)]
    pub client_company_id: Option<String>,
    /// Its number as stored.
    #[diesel(sql_type = Nullable<Text>)]
    pub company_tax_number: Option<String>,
    /// What the office calls it.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// `integration_providers.code`.
    #[diesel(sql_type = Text)]
    pub provider: String,
    /// Whether the platform offers the provider.
    #[diesel(sql_type = Bool)]
    pub provider_active: bool,
}

/// Without the settings: some of them are secrets.
impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun")
            .field("provider", &self.provider)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What a job has done, over all its attempts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Progress {
    /// Pages stored.
    #[diesel(sql_type = BigInt)]
    pub pages: i64,
    /// New rows, or rows pushed.
    #[diesel(sql_type = BigInt)]
    pub created: i64,
    /// Changed rows.
    #[diesel(sql_type = BigInt)]
    pub updated: i64,
    /// Records that changed nothing.
    #[diesel(sql_type = BigInt)]
    pub unchanged: i64,
    /// Records not taken.
    #[diesel(sql_type = BigInt)]
    pub skipped: i64,
    /// Rows not overwritten.
    #[diesel(sql_type = BigInt)]
    pub kept: i64,
    /// Rows that the other side refused.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = Jsonb)]
    position: Value,
}

/// Begins an attempt: marks the integration, says so in the log the first time. None when the lease
/// is lost.
///
/// # Errors
/// When the database does not answer; nothing is changed then.
pub async fn begin(
    database: &Database,
    lease: &LeaseRef,
    message: &str,
) -> Result<Option<Begun>, Error> {
    let mut connection = database.get().await?;
    Ok(cached(
        sql_query(include_str!("jobs/begin.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Text, _>(ids::new_id())
            .bind::<Text, _>(message),
    )
    .get_result(&mut connection)
    .await
    .optional()?)
}

/// The cursor that was stored with the last page of a stream.
///
/// # Errors
/// When the database does not answer.
pub async fn cursor(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    stream: &str,
) -> Result<Option<Value>, Error> {
    let mut connection = database.get().await?;
    let row: Option<Position> = cached(
        sql_query(include_str!("jobs/cursor.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(integration_id)
            .bind::<Text, _>(stream),
    )
    .get_result(&mut connection)
    .await
    .optional()?;
    Ok(row.map(|row| row.position))
}

/// For how long nothing was stored of a job's stream, since the job was made.
///
/// # Errors
/// When the database does not answer.
pub async fn idle(
    database: &Database,
    lease: &LeaseRef,
    integration_id: &str,
    stream: &str,
) -> Result<Duration, Error> {
    let mut connection = database.get().await?;
    let row: Option<Count> = cached(
        sql_query(include_str!("jobs/idle.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<Text, _>(integration_id)
            .bind::<Text, _>(stream),
    )
    .get_result(&mut connection)
    .await
    .optional()?;
    Ok(Duration::from_secs(row.map_or(0, |row| u64::try_from(row.count).unwrap_or(0))))
}

/// What a job has done so far.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(database: &Database, lease: &LeaseRef) -> Result<Progress, Error> {
    let mut connection = database.get().await?;
    let row = cached(
        sql_query(include_str!("jobs/progress.sql"))
            .bind::<Text, _>(&lease.tenant)
            .bind::<Text, _>(&lease.id),
    )
    .get_result(&mut connection)
    .await
    .optional()?;
    Ok(row.unwrap_or_default())
}

/// How a job that succeeded is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Success<'a> {
    /// `invoices`, `bank_transactions`, `push_invoices` or `push_bank_transactions`.
    pub stream: &'a str,
    /// For the job's row when a part of it did not go as asked.
    pub partial: Option<&'a str>,
    /// For the sync log: `info` or `warning`.
    pub level: &'a str,
    /// For the sync log.
    pub message: &'a str,
    /// For the sync log.
    pub context: Value,
}

/// Ends a job as success, with the integration's times and a log entry, in one statement. `false`
/// when the lease is lost; nothing is written then.
///
/// # Errors
/// When the database does not answer; nothing is written then.
pub async fn succeed(
    database: &Database,
    lease: &LeaseRef,
    success: &Success<'_>,
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let row: Count = cached(
        sql_query(include_str!("jobs/succeed.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Nullable<Text>, _>(success.partial)
            .bind::<Text, _>(success.stream)
            .bind::<Text, _>(ids::new_id())
            .bind::<Text, _>(success.level)
            .bind::<Text, _>(success.message)
            .bind::<Jsonb, _>(&success.context),
    )
    .get_result(&mut connection)
    .await?;
    Ok(row.count > 0)
}

/// Why a job ends without success.
#[derive(Debug, Clone, Copy)]
pub struct FinalFailure<'a> {
    /// A Turkish sentence.
    pub user_message: &'a str,
    /// For operators.
    pub technical: &'a str,
    /// Whether the integration must not be tried again before somebody has seen to it.
    pub breaks_integration: bool,
    /// Attempts before this one.
    pub retries: u16,
}

/// Ends a job as failed, with the integration's status, a log entry and a notification, in one
/// statement. `false` when the lease is lost; nothing is written then.
///
/// # Errors
/// When the database does not answer; nothing is written then.
pub async fn fail(
    database: &Database,
    lease: &LeaseRef,
    failure: FinalFailure<'_>,
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let row: Count = cached(
        sql_query(include_str!("jobs/fail.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Text, _>(storable::at_most(8_000, &storable::text(failure.user_message.into())))
            .bind::<Text, _>(storable::at_most(8_000, &storable::text(failure.technical.into())))
            .bind::<Bool, _>(failure.breaks_integration)
            .bind::<Text, _>(ids::new_id())
            .bind::<Integer, _>(i32::from(failure.retries)),
    )
    .get_result(&mut connection)
    .await?;
    Ok(row.count > 0)
}

/// Writes an entry of the sync log for a job that goes on, or will be tried again.
///
/// # Errors
/// When the database does not answer.
pub async fn log(
    database: &Database,
    lease: &LeaseRef,
    level: &str,
    message: &str,
    context: Value,
) -> Result<(), Error> {
    let mut connection = database.get().await?;
    cached(
        sql_query(include_str!("jobs/log.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Text, _>(ids::new_id())
            .bind::<Text, _>(level)
            .bind::<Text, _>(storable::at_most(8_000, &storable::text(message.to_owned())))
            .bind::<Jsonb, _>(storable::json(context)),
    )
    .execute(&mut connection)
    .await?;
    Ok(())
}

/// A record that was set aside.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct AsideRecord {
    /// The source's id.
    #[diesel(sql_type = Text)]
    pub external_id: String,
    /// As its connector gave it.
    #[diesel(sql_type = Jsonb)]
    pub record: Value,
}

/// Records that were set aside for one of these reasons, in the order of their ids, after one.
///
/// # Errors
/// When the database does not answer.
pub async fn set_aside(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    stream: &str,
    reasons: &[&str],
    after: &str,
    limit: i64,
) -> Result<Vec<AsideRecord>, Error> {
    let mut connection = database.get().await?;
    Ok(cached(
        sql_query(include_str!("jobs/aside.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(integration_id)
            .bind::<Text, _>(stream)
            .bind::<Array<Text>, _>(reasons)
            .bind::<Text, _>(after)
            .bind::<BigInt, _>(limit),
    )
    .load(&mut connection)
    .await?)
}

/// A job that the scheduler made.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ScheduledJob {
    /// `integration_sync_jobs.id`.
    #[diesel(sql_type = Text)]
    pub job_id: String,
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// `tenant_integrations.id`.
    #[diesel(sql_type = Text)]
    pub integration_id: String,
    /// What is to be done.
    #[diesel(sql_type = Text)]
    pub job_type: String,
}

/// Makes the jobs that are due: of connected integrations, with an active provider and office, that
/// were never synced or whose last sync is older than `every`, and that have no open job. One that
/// failed waits `pause`, doubled with each failure in a row, up to `every`. Providers in `of_both` hold
/// invoices and bank movements alike, where the setting beside them is not set; others what their type
/// says. What is pushed is what the type says.
///
/// # Errors
/// When the database does not answer.
pub async fn schedule(
    database: &Database,
    every: Duration,
    pause: Duration,
    of_both: &[(&str, Option<&str>)],
) -> Result<Vec<ScheduledJob>, Error> {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2);
    let mut connection = database.get().await?;
    Ok(cached(
        sql_query(include_str!("jobs/schedule.sql"))
            .bind::<BigInt, _>(millis(every))
            .bind::<BigInt, _>(millis(pause))
            .bind::<Array<Text>, _>(of_both.iter().map(|(code, _)| *code).collect::<Vec<_>>())
            .bind::<Array<Nullable<Text>>, _>(
                of_both.iter().map(|(_, unless)| *unless).collect::<Vec<_>>(),
            ),
    )
    .load(&mut connection)
    .await?)
}

/// Puts integrations right that a job left "in progress" when its last attempt was cut off, and tells
/// their offices. Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(database: &Database) -> Result<i64, Error> {
    let mut connection = database.get().await?;
    let row: Count =
        cached(sql_query(include_str!("jobs/settle.sql"))).get_result(&mut connection).await?;
    Ok(row.count)
}

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Triggered {
    /// The job.
    #[diesel(sql_type = Text)]
    pub job_id: String,
    /// What it does.
    #[diesel(sql_type = Text)]
    pub job_type: String,
    /// Whether it was made now; otherwise it was open already.
    #[diesel(sql_type = Bool)]
    pub is_new: bool,
}

/// Asks for a sync now. None when there is no such integration.
///
/// # Errors
/// When the database does not answer.
pub async fn trigger(
    database: &Database,
    integration_id: &str,
    job_type: Option<&str>,
) -> Result<Option<Triggered>, Error> {
    let mut connection = database.get().await?;
    for _ in 0..2 {
        let found = sql_query(include_str!("jobs/trigger.sql"))
            .bind::<Text, _>(integration_id)
            .bind::<Nullable<Text>, _>(job_type)
            .bind::<Text, _>(ids::new_id())
            .get_result(&mut connection)
            .await
            .optional()?;
        // Neither made nor found: somebody else made one meanwhile, which the next look shows.
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
