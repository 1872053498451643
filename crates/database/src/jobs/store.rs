//! The job store of one table.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use diesel::{QueryResult, sql_query};
use diesel_async::RunQueryDsl;
use jobs_core::{
    ClaimRequest, Claimed, Failure, JobStore, LeaseRef, ReapRequest, Reaped, StoreError, Verdict,
};
use serde::de::DeserializeOwned;

use super::rows::{ClaimedRow, CountRow, HeldRow, IdRow, ReapedRow};
use super::{DOCUMENT_PROCESSING, DocumentJob, Statements, TableDescription};
use crate::sql::cached;
use crate::{Database, Error};

/// Steps that one claim statement walks at most.
const LONGEST_WALK: i32 = 200;
/// Statements that one claim sends at most while it finds nothing and the circle is not closed, as
/// when many suspended tenants have pending jobs.
const CIRCLE_PATIENCE: usize = 50;
/// Texts stored with a job are cut here, in characters.
const LONGEST_TEXT: usize = 8_000;

/// The jobs of one table. `P` is what a claim returns with each job.
#[derive(Debug, Clone)]
pub struct PgJobStore<P> {
    database: Database,
    table: TableDescription,
    sql: Arc<Statements>,
    /// The tenant at which the last claim stopped; the next one begins after it.
    reached: Arc<Mutex<String>>,
    payload: PhantomData<fn() -> P>,
}

impl PgJobStore<DocumentJob> {
    /// The document queue.
    pub fn documents(database: Database) -> Self {
        Self::new(database, DOCUMENT_PROCESSING)
    }
}

impl<P> PgJobStore<P> {
    /// The jobs of a table.
    pub fn new(database: Database, table: TableDescription) -> Self {
        Self {
            database,
            table,
            sql: Arc::new(Statements::new(&table)),
            reached: Arc::default(),
            payload: PhantomData,
        }
    }

    /// The table's description.
    pub fn table(&self) -> &TableDescription {
        &self.table
    }

    /// Calls pending and running jobs off, given their ids or those of their subjects. Whoever runs
    /// one writes nothing. Returns the ids of the jobs that were open.
    ///
    /// # Errors
    /// When the database does not answer; nothing is changed then.
    pub async fn call_off(&self, ids: &[String]) -> Result<Vec<String>, Error> {
        self.administer(&self.sql.call_off, ids).await
    }

    /// Makes failed and cancelled jobs pending again, due now and with all their attempts, given
    /// their ids or those of their subjects. Returns the ids of those that were.
    ///
    /// # Errors
    /// When the database does not answer; nothing is changed then.
    pub async fn requeue(&self, ids: &[String]) -> Result<Vec<String>, Error> {
        self.administer(&self.sql.requeue, ids).await
    }

    /// Makes ended jobs pending again as [`Self::requeue`] does, also those that succeeded: their
    /// results are written anew. Returns the ids of those that had ended.
    ///
    /// # Errors
    /// When the database does not answer; nothing is changed then.
    pub async fn repeat(&self, ids: &[String]) -> Result<Vec<String>, Error> {
        self.administer(&self.sql.repeat, ids).await
    }

    async fn administer(&self, sql: &str, ids: &[String]) -> Result<Vec<String>, Error> {
        let mut connection = self.database.get().await?;
        let rows: Vec<IdRow> =
            sql_query(sql).bind::<Array<Text>, _>(ids).load(&mut connection).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    async fn held(&self, sql: &str, leases: &Columns<'_>) -> Result<HashSet<HeldRow>, Error> {
        let mut connection = self.database.cancellable().await?;
        let rows: QueryResult<Vec<HeldRow>> = cached(
            sql_query(sql)
                .bind::<Array<Text>, _>(&leases.ids)
                .bind::<Array<Text>, _>(&leases.tenants)
                .bind::<Array<BigInt>, _>(&leases.tokens),
        )
        .load(&mut *connection)
        .await;
        connection.answered();
        let rows = rows?;
        Ok(rows.into_iter().collect())
    }

    async fn claim_from(
        &self,
        request: &ClaimRequest<'_>,
        from: &str,
        steps: i32,
    ) -> Result<Vec<ClaimedRow>, Error> {
        let mut connection = self.database.cancellable().await?;
        let rows = cached(
            sql_query(&self.sql.claim)
                .bind::<Integer, _>(i32::try_from(request.limit).unwrap_or(i32::MAX))
                .bind::<Text, _>(request.owner)
                .bind::<BigInt, _>(millis(request.lease))
                .bind::<Text, _>(from)
                .bind::<Integer, _>(steps),
        )
        .load(&mut *connection)
        .await;
        connection.answered();
        Ok(rows?)
    }
}

/// Leases as arrays, in the order of ids: statements that touch the same rows then lock them in the
/// same order.
struct Columns<'a> {
    ids: Vec<&'a str>,
    tenants: Vec<&'a str>,
    tokens: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn new(leases: &'a [LeaseRef]) -> Self {
        let mut sorted: Vec<&LeaseRef> = leases.iter().collect();
        sorted.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Self {
            ids: sorted.iter().map(|lease| lease.id.as_str()).collect(),
            tenants: sorted.iter().map(|lease| lease.tenant.as_str()).collect(),
            tokens: sorted.iter().map(|lease| lease.token).collect(),
        }
    }
}

fn lost(leases: &[LeaseRef], held: &HashSet<HeldRow>) -> Vec<LeaseRef> {
    let is_held =
        |lease: &LeaseRef| held.contains(&HeldRow { id: lease.id.clone(), token: lease.token });
    leases.iter().filter(|lease| !is_held(lease)).cloned().collect()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}

fn small(number: i32) -> u16 {
    u16::try_from(number.max(0)).unwrap_or(u16::MAX)
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// PostgreSQL's text holds no NUL, and a row is no place for a book.
fn storable(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect()
}

pub(super) fn store_error(error: Error) -> StoreError {
    if error.is_retryable() {
        StoreError::Unavailable(Box::new(error))
    } else {
        StoreError::Refused(Box::new(error))
    }
}

fn diesel_error(error: diesel::result::Error) -> StoreError {
    store_error(error.into())
}

#[async_trait]
impl<P: DeserializeOwned + Send + Sync + 'static> JobStore for PgJobStore<P> {
    type Payload = P;

    async fn claim(&self, request: ClaimRequest<'_>) -> Result<Vec<Claimed<P>>, StoreError> {
        if request.limit == 0 {
            return Ok(Vec::new());
        }
        // Twice the limit finds enough where most tenants have due work; where they have not, the
        // walk goes on.
        let wanted = i32::try_from(request.limit.saturating_mul(2)).unwrap_or(LONGEST_WALK);
        let mut steps = wanted.clamp(16, LONGEST_WALK);
        let mut from = self.reached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for _ in 0..CIRCLE_PATIENCE {
            let rows = self.claim_from(&request, &from, steps).await.map_err(store_error)?;
            let over = rows.as_slice().first().is_none_or(|row| row.around && row.taken == 0);
            if let Some(row) = rows.as_slice().first() {
                from.clone_from(&row.reached);
                self.reached.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&from);
            }
            let jobs = self.claimed(rows)?;
            if over || !jobs.is_empty() {
                return Ok(jobs);
            }
            steps = LONGEST_WALK;
        }
        Ok(Vec::new())
    }

    async fn extend(
        &self,
        leases: &[LeaseRef],
        lease: Duration,
    ) -> Result<Vec<LeaseRef>, StoreError> {
        let columns = Columns::new(leases);
        let mut connection = self.database.cancellable().await.map_err(store_error)?;
        let rows: QueryResult<Vec<HeldRow>> = cached(
            sql_query(&self.sql.extend)
                .bind::<Array<Text>, _>(&columns.ids)
                .bind::<Array<Text>, _>(&columns.tenants)
                .bind::<Array<BigInt>, _>(&columns.tokens)
                .bind::<BigInt, _>(millis(lease)),
        )
        .load(&mut *connection)
        .await;
        connection.answered();
        let rows = rows.map_err(diesel_error)?;
        let missing = lost(leases, &rows.into_iter().collect());
        if missing.is_empty() {
            return Ok(missing);
        }
        // The statement may have waited for a completion under way and then found nothing to extend.
        // Only a new one sees what it waited for.
        let succeeded =
            self.held(&self.sql.succeeded, &Columns::new(&missing)).await.map_err(store_error)?;
        Ok(lost(&missing, &succeeded))
    }

    async fn complete(&self, leases: &[LeaseRef]) -> Result<Vec<LeaseRef>, StoreError> {
        let held =
            self.held(&self.sql.complete, &Columns::new(leases)).await.map_err(store_error)?;
        Ok(lost(leases, &held))
    }

    async fn fail(
        &self,
        lease: &LeaseRef,
        failure: &Failure,
        verdict: Verdict,
    ) -> Result<bool, StoreError> {
        let delay = match verdict {
            Verdict::RetryAfter(delay) => Some(millis(delay)),
            Verdict::Final => None,
        };
        let mut connection = self.database.cancellable().await.map_err(store_error)?;
        let row: QueryResult<CountRow> = cached(
            sql_query(&self.sql.fail)
                .bind::<Text, _>(&lease.id)
                .bind::<Text, _>(&lease.tenant)
                .bind::<BigInt, _>(lease.token)
                .bind::<Text, _>(storable(&failure.technical))
                .bind::<Text, _>(storable(&failure.user_message))
                .bind::<Nullable<BigInt>, _>(delay),
        )
        .get_result(&mut *connection)
        .await;
        connection.answered();
        let row = row.map_err(diesel_error)?;
        Ok(row.count > 0)
    }

    async fn snooze(&self, lease: &LeaseRef, delay: Duration) -> Result<bool, StoreError> {
        let mut connection = self.database.cancellable().await.map_err(store_error)?;
        let row: QueryResult<CountRow> = cached(
            sql_query(&self.sql.snooze)
                .bind::<Text, _>(&lease.id)
                .bind::<Text, _>(&lease.tenant)
                .bind::<BigInt, _>(lease.token)
                .bind::<BigInt, _>(millis(delay)),
        )
        .get_result(&mut *connection)
        .await;
        connection.answered();
        let row = row.map_err(diesel_error)?;
        Ok(row.count > 0)
    }

    async fn cancel(&self, lease: &LeaseRef) -> Result<bool, StoreError> {
        let mut connection = self.database.cancellable().await.map_err(store_error)?;
        let row: QueryResult<CountRow> = cached(
            sql_query(&self.sql.cancel)
                .bind::<Text, _>(&lease.id)
                .bind::<Text, _>(&lease.tenant)
                .bind::<BigInt, _>(lease.token),
        )
        .get_result(&mut *connection)
        .await;
        connection.answered();
        let row = row.map_err(diesel_error)?;
        Ok(row.count > 0)
    }

    async fn release(&self, leases: &[LeaseRef]) -> Result<usize, StoreError> {
        let columns = Columns::new(leases);
        let mut connection = self.database.cancellable().await.map_err(store_error)?;
        let row: QueryResult<CountRow> = cached(
            sql_query(&self.sql.release)
                .bind::<Array<Text>, _>(&columns.ids)
                .bind::<Array<Text>, _>(&columns.tenants)
                .bind::<Array<BigInt>, _>(&columns.tokens),
        )
        .get_result(&mut *connection)
        .await;
        connection.answered();
        let row = row.map_err(diesel_error)?;
        Ok(count(row.count))
    }

    async fn reap(&self, request: ReapRequest) -> Result<Reaped, StoreError> {
        let mut connection = self.database.cancellable().await.map_err(store_error)?;
        let row: QueryResult<ReapedRow> = cached(
            sql_query(&self.sql.reap)
                .bind::<Integer, _>(i32::try_from(request.limit).unwrap_or(i32::MAX))
                .bind::<BigInt, _>(millis(request.abandoned_after)),
        )
        .get_result(&mut *connection)
        .await;
        connection.answered();
        let row = row.map_err(diesel_error)?;
        Ok(Reaped { returned: count(row.returned), failed: count(row.failed) })
    }
}

impl<P: DeserializeOwned> PgJobStore<P> {
    fn claimed(&self, rows: Vec<ClaimedRow>) -> Result<Vec<Claimed<P>>, StoreError> {
        let mut jobs = Vec::with_capacity(rows.len());
        for row in rows {
            let ClaimedRow { id, tenant_id, attempt, max_attempts, token, payload, .. } = row;
            let (Some(id), Some(tenant), Some(token), Some(payload)) =
                (id, tenant_id, token, payload)
            else {
                continue;
            };
            let payload = serde_json::from_str(&payload).map_err(|error| {
                store_error(Error::Unreadable {
                    what: self.table.table,
                    value: format!("job {id}: {error}"),
                })
            })?;
            jobs.push(Claimed {
                id,
                tenant,
                attempt: small(attempt.unwrap_or(1)),
                max_attempts: small(max_attempts.unwrap_or(1)),
                token,
                payload,
            });
        }
        Ok(jobs)
    }
}
