//! What goes back to the queue.

use super::finish::held_all;
use super::{NO_LEASE, follow, key, literal, set, wake};
use crate::jobs::TableDescription;

pub(super) fn release(table: &TableDescription) -> String {
    format!(
        "WITH job AS (
    UPDATE {jobs} j
    SET status = '{pending}', {attempts} = greatest(j.{attempts} - 1, 0),
        {NO_LEASE}
    {held}
    RETURNING j.id
){wake}
SELECT count(*) AS count, (SELECT count(*) FROM woken) AS woken FROM job",
        jobs = table.table,
        pending = table.words.pending,
        attempts = table.columns.attempts,
        held = held_all(table),
        wake = wake(table, "true"),
    )
}

/// Jobs without any lease were taken by a worker that knows none; its claim did not count the
/// attempt, so the rescue does.
pub(super) fn reap(table: &TableDescription) -> String {
    let (attempts, started) = (table.columns.attempts, table.columns.started_at);
    let subject = table.subject.map_or_else(String::new, |subject| {
        let failed = format!(
            "status = '{}', {} = {}",
            subject.failed,
            subject.user_message,
            literal(table.exhausted)
        );
        follow(table, &failed, "job.used_up")
    });
    let counted = format!("j.{attempts} + (j.lease_expires_at IS NULL)::int");
    let if_used_up = |column: Option<&str>, value: &str| {
        column.map_or_else(String::new, |column| {
            let value =
                format!("CASE WHEN {counted} >= j.max_attempts THEN {value} ELSE {column} END");
            set(Some(column), &value)
        })
    };
    format!(
        "WITH expired AS MATERIALIZED (
    SELECT j.id
    FROM {jobs} j
    WHERE j.status = '{in_progress}' AND (
        j.lease_expires_at < now()
        OR j.lease_expires_at IS NULL
           AND coalesce(j.{started}, j.updated_at) < now() - $2::bigint * interval '1 millisecond'
    )
    LIMIT $1::int
    FOR UPDATE SKIP LOCKED
),
job AS (
    UPDATE {jobs} j
    SET status = CASE WHEN {counted} >= j.max_attempts THEN '{failed}' ELSE '{pending}' END,
        {attempts} = {counted}, lease_token = j.lease_token + 1,
        {technical} = CASE WHEN j.lease_expires_at IS NULL
            THEN 'in progress without a lease since ' || coalesce(j.{started}, j.updated_at)
            ELSE 'the lease of ' || coalesce(j.lease_owner, 'an unnamed worker') || ' ran out'
            END || ' (attempt ' || {counted} || ' of ' || j.max_attempts || ')'{finished}{told},
        {NO_LEASE}
    WHERE j.id = ANY (ARRAY (SELECT id FROM expired))
    RETURNING j.id, j.tenant_id, j.status = '{failed}' AS used_up{key}
){subject}{wake}
SELECT count(*) FILTER (WHERE NOT used_up) AS returned, count(*) FILTER (WHERE used_up) AS failed,
    (SELECT count(*) FROM woken) AS woken
FROM job",
        jobs = table.table,
        in_progress = table.words.in_progress,
        failed = table.words.failed,
        pending = table.words.pending,
        technical = table.columns.technical,
        finished = if_used_up(table.columns.finished_at, "now()"),
        told = if_used_up(table.columns.user_message, &literal(table.exhausted)),
        key = key(table),
        wake = wake(table, "NOT job.used_up"),
    )
}
