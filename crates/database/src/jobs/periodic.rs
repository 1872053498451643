//! Periodic schedules in `worker.periodic_schedules`.

use std::time::Duration;

use async_trait::async_trait;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryResult, sql_query};
use diesel_async::RunQueryDsl;
use jobs_core::{Due, PeriodicStore, ScheduleEnd, StoreError};

use super::rows::TokenRow;
use super::store::store_error;
use crate::sql::cached;
use crate::{Database, Error};

const ENSURE: &str = "INSERT INTO worker.periodic_schedules AS s (name, every_ms)
VALUES ($1::text, $2::bigint)
ON CONFLICT (name) DO UPDATE
    SET every_ms = excluded.every_ms,
        next_due_at = least(s.next_due_at, now() + $2::bigint * interval '1 millisecond')
    WHERE s.every_ms <> excluded.every_ms";

const TAKE: &str = "UPDATE worker.periodic_schedules
SET lease_token = lease_token + 1, lease_owner = $2::text,
    lease_expires_at = now() + $3::bigint * interval '1 millisecond', last_started_at = now()
WHERE name = $1::text AND next_due_at <= now()
  AND (lease_expires_at IS NULL OR lease_expires_at < now())
RETURNING lease_token AS token";

const EXTEND: &str = "UPDATE worker.periodic_schedules
SET lease_expires_at = now() + $3::bigint * interval '1 millisecond'
WHERE name = $1::text AND lease_token = $2::bigint AND lease_expires_at IS NOT NULL";

/// The next due time is the next multiple of the interval that lies ahead, so that neither the run's
/// length nor a missed time moves the grid.
const FINISH: &str = "UPDATE worker.periodic_schedules
SET next_due_at = least(
        next_due_at + interval '1 millisecond' * (every_ms * (1 +
            floor(greatest(extract(epoch FROM now() - next_due_at) * 1000, 0) / every_ms))),
        now() + $3::bigint * interval '1 millisecond'),
    lease_owner = NULL, lease_expires_at = NULL, last_finished_at = now(), last_error = $4::text
WHERE name = $1::text AND lease_token = $2::bigint AND lease_expires_at IS NOT NULL";

const RELEASE: &str = "UPDATE worker.periodic_schedules
SET lease_owner = NULL, lease_expires_at = NULL
WHERE name = $1::text AND lease_token = $2::bigint AND lease_expires_at IS NOT NULL";

/// Periodic schedules in the database.
#[derive(Debug, Clone)]
pub struct PgPeriodicStore {
    database: Database,
}

impl PgPeriodicStore {
    /// The schedules of a database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn ensure_row(&self, name: &str, interval: Duration) -> Result<(), Error> {
        let mut connection = self.database.cancellable().await?;
        let query =
            sql_query(ENSURE).bind::<Text, _>(name).bind::<BigInt, _>(millis(interval).max(1));
        let written = cached(query).execute(&mut *connection).await;
        connection.answered();
        Ok(written.map(drop)?)
    }

    async fn take(&self, name: &str, owner: &str, lease: Duration) -> Result<Option<Due>, Error> {
        let mut connection = self.database.cancellable().await?;
        let rows: QueryResult<Vec<TokenRow>> = cached(
            sql_query(TAKE)
                .bind::<Text, _>(name)
                .bind::<Text, _>(owner)
                .bind::<BigInt, _>(millis(lease)),
        )
        .load(&mut *connection)
        .await;
        connection.answered();
        Ok(rows?.into_iter().next().map(|row| Due { name: name.to_owned(), token: row.token }))
    }

    async fn extend_lease(&self, due: &Due, lease: Duration) -> Result<usize, Error> {
        let mut connection = self.database.cancellable().await?;
        let query = sql_query(EXTEND)
            .bind::<Text, _>(&due.name)
            .bind::<BigInt, _>(due.token)
            .bind::<BigInt, _>(millis(lease));
        let changed = cached(query).execute(&mut *connection).await;
        connection.answered();
        Ok(changed?)
    }

    async fn finish_run(&self, due: &Due, end: &ScheduleEnd) -> Result<usize, Error> {
        let (retry_after, error) = match end {
            ScheduleEnd::Done => (None, None),
            ScheduleEnd::Failed { retry_after, error } => {
                (Some(millis(*retry_after)), Some(error.replace('\0', "\u{fffd}")))
            }
        };
        let mut connection = self.database.cancellable().await?;
        let query = sql_query(FINISH)
            .bind::<Text, _>(&due.name)
            .bind::<BigInt, _>(due.token)
            .bind::<Nullable<BigInt>, _>(retry_after)
            .bind::<Nullable<Text>, _>(error);
        let changed = cached(query).execute(&mut *connection).await;
        connection.answered();
        Ok(changed?)
    }

    async fn release_lease(&self, due: &Due) -> Result<usize, Error> {
        let mut connection = self.database.cancellable().await?;
        let query = sql_query(RELEASE).bind::<Text, _>(&due.name).bind::<BigInt, _>(due.token);
        let changed = cached(query).execute(&mut *connection).await;
        connection.answered();
        Ok(changed?)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}

#[async_trait]
impl PeriodicStore for PgPeriodicStore {
    async fn ensure(&self, name: &str, interval: Duration) -> Result<(), StoreError> {
        self.ensure_row(name, interval).await.map_err(store_error)
    }

    async fn try_take(
        &self,
        name: &str,
        owner: &str,
        lease: Duration,
    ) -> Result<Option<Due>, StoreError> {
        self.take(name, owner, lease).await.map_err(store_error)
    }

    async fn extend(&self, due: &Due, lease: Duration) -> Result<bool, StoreError> {
        Ok(self.extend_lease(due, lease).await.map_err(store_error)? > 0)
    }

    async fn finish(&self, due: &Due, end: &ScheduleEnd) -> Result<bool, StoreError> {
        Ok(self.finish_run(due, end).await.map_err(store_error)? > 0)
    }

    async fn release(&self, due: &Due) -> Result<bool, StoreError> {
        Ok(self.release_lease(due).await.map_err(store_error)? > 0)
    }
}
