//! What a lease's holder writes.

use super::{NO_LEASE, follow, from_now, key, literal, set};
use crate::jobs::TableDescription;

/// The job is still running, said so that no index on the status can answer it. The planner thinks that
/// hardly anything runs and would rather read the index of all running jobs, with whatever dead entries
/// it has, than probe for each id.
fn still_running(table: &TableDescription) -> String {
    format!("(j.status = '{}') IS NOT FALSE", table.words.in_progress)
}

/// The rows of the leases in `$1`, `$2`, `$3` that are still held.
pub(super) fn held_all(table: &TableDescription) -> String {
    format!(
        "FROM unnest($1::text[], $2::text[], $3::bigint[]) AS lease (id, tenant_id, token)
    WHERE j.id = lease.id AND j.tenant_id = lease.tenant_id AND j.lease_token = lease.token
      AND {}",
        still_running(table)
    )
}

/// The row of the lease in `$1`, `$2`, `$3`, if it is still held.
fn held_one(table: &TableDescription) -> String {
    format!(
        "WHERE j.id = $1::text AND j.tenant_id = $2::text AND j.lease_token = $3::bigint
      AND {}",
        still_running(table)
    )
}

/// Touches no indexed column, so that the update stays within the page.
pub(super) fn extend(table: &TableDescription) -> String {
    format!(
        "UPDATE {jobs} j
    SET lease_expires_at = {until}, updated_at = now()
    {held}
RETURNING j.id, j.lease_token AS token",
        jobs = table.table,
        until = from_now("$4"),
        held = held_all(table),
    )
}

/// Of leases that could not be extended, those whose jobs have succeeded under them.
pub(super) fn succeeded(table: &TableDescription) -> String {
    format!(
        "SELECT j.id, j.lease_token AS token
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS lease (id, tenant_id, token)
JOIN {jobs} j ON j.id = lease.id
WHERE j.tenant_id = lease.tenant_id AND j.lease_token = lease.token
  AND j.status = '{succeeded}'",
        jobs = table.table,
        succeeded = table.words.succeeded,
    )
}

pub(super) fn complete(table: &TableDescription) -> String {
    let subject = table.subject.map_or_else(String::new, |subject| {
        let done = format!(
            "status = '{}', {} = now(), {} = NULL",
            subject.succeeded, subject.succeeded_at, subject.user_message
        );
        follow(table, &done, "true")
    });
    format!(
        "WITH job AS (
    UPDATE {jobs} j
    SET status = '{succeeded}', {technical} = NULL{finished}{told}, {NO_LEASE}
    {held}
    RETURNING j.id, j.tenant_id, j.lease_token AS token{key}
){subject}
SELECT id, token FROM job",
        jobs = table.table,
        succeeded = table.words.succeeded,
        technical = table.columns.technical,
        finished = set(table.columns.finished_at, "now()"),
        told = set(table.columns.user_message, "NULL"),
        held = held_all(table),
        key = key(table),
    )
}

pub(super) fn fail(table: &TableDescription) -> String {
    let subject = table.subject.map_or_else(String::new, |subject| {
        let failed = format!("status = '{}', {} = $5::text", subject.failed, subject.user_message);
        follow(table, &failed, "$6::bigint IS NULL")
    });
    let if_final = |column: Option<&str>, value: &str| {
        column.map_or_else(String::new, |column| {
            let value = format!("CASE WHEN $6::bigint IS NULL THEN {value} ELSE {column} END");
            set(Some(column), &value)
        })
    };
    format!(
        "WITH job AS (
    UPDATE {jobs} j
    SET status = CASE WHEN $6::bigint IS NULL THEN '{failed}' ELSE '{pending}' END,
        run_at = CASE WHEN $6::bigint IS NULL THEN run_at ELSE {later} END,
        {technical} = $4::text{finished}{told}, {NO_LEASE}
    {held}
    RETURNING j.id, j.tenant_id, $5::text AS told{key}
){subject}
SELECT count(*) AS count FROM job",
        jobs = table.table,
        failed = table.words.failed,
        pending = table.words.pending,
        later = from_now("$6"),
        technical = table.columns.technical,
        finished = if_final(table.columns.finished_at, "now()"),
        told = if_final(table.columns.user_message, "$5::text"),
        held = held_one(table),
        key = key(table),
    )
}

pub(super) fn snooze(table: &TableDescription) -> String {
    format!(
        "WITH job AS (
    UPDATE {jobs} j
    SET status = '{pending}', run_at = {later}, {attempts} = greatest(j.{attempts} - 1, 0),
        {NO_LEASE}
    {held}
    RETURNING j.id
)
SELECT count(*) AS count FROM job",
        jobs = table.table,
        pending = table.words.pending,
        later = from_now("$4"),
        attempts = table.columns.attempts,
        held = held_one(table),
    )
}

pub(super) fn cancel(table: &TableDescription) -> String {
    let subject = table.subject.map_or_else(String::new, |subject| {
        let failed = format!(
            "status = '{}', {} = {}",
            subject.failed,
            subject.user_message,
            literal(table.cancelled)
        );
        follow(table, &failed, "true")
    });
    format!(
        "WITH job AS (
    UPDATE {jobs} j
    SET status = '{cancelled}', lease_token = j.lease_token + 1{finished}{told}, {NO_LEASE}
    {held}
    RETURNING j.id, j.tenant_id{key}
){subject}
SELECT count(*) AS count FROM job",
        jobs = table.table,
        cancelled = table.words.cancelled,
        finished = set(table.columns.finished_at, "now()"),
        told = set(table.columns.user_message, &literal(table.cancelled)),
        held = held_one(table),
        key = key(table),
    )
}
