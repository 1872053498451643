//! What operators do.

use super::{NO_LEASE, follow, key, literal, set, wake};
use crate::jobs::TableDescription;

/// The jobs in `$1`, by their ids or by those of their subjects.
fn named(table: &TableDescription) -> String {
    match table.subject {
        None => "j.id = ANY ($1::text[])".to_owned(),
        Some(subject) => {
            format!("(j.id = ANY ($1::text[]) OR j.{} = ANY ($1::text[]))", subject.key)
        }
    }
}

/// The token grows, so that whoever runs the job writes nothing.
pub(super) fn call_off(table: &TableDescription) -> String {
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
    WHERE {named} AND j.status IN ('{pending}', '{in_progress}')
    RETURNING j.id, j.tenant_id{key}
){subject}
SELECT id FROM job",
        jobs = table.table,
        cancelled = table.words.cancelled,
        finished = set(table.columns.finished_at, "now()"),
        told = set(table.columns.user_message, &literal(table.cancelled)),
        named = named(table),
        pending = table.words.pending,
        in_progress = table.words.in_progress,
        key = key(table),
    )
}

/// What has succeeded stays so.
pub(super) fn requeue(table: &TableDescription) -> String {
    again(table, &[table.words.failed, table.words.cancelled])
}

pub(super) fn repeat(table: &TableDescription) -> String {
    again(table, &[table.words.succeeded, table.words.failed, table.words.cancelled])
}

fn again(table: &TableDescription, ended: &[&str]) -> String {
    let subject = table.subject.map_or_else(String::new, |subject| {
        let waiting = format!("status = '{}', {} = NULL", subject.waiting, subject.user_message);
        follow(table, &waiting, "true")
    });
    format!(
        "WITH job AS (
    UPDATE {jobs} j
    SET status = '{pending}', {attempts} = 0, run_at = now(),
        {technical} = NULL{finished}{told}, {NO_LEASE}
    WHERE {named} AND j.status IN ('{ended}')
    RETURNING j.id, j.tenant_id{key}
){subject}{wake}
SELECT id, (SELECT count(*) FROM woken) AS woken FROM job",
        jobs = table.table,
        pending = table.words.pending,
        attempts = table.columns.attempts,
        technical = table.columns.technical,
        finished = set(table.columns.finished_at, "NULL"),
        told = set(table.columns.user_message, "NULL"),
        named = named(table),
        ended = ended.join("', '"),
        key = key(table),
        // The trigger fires on inserts only.
        wake = wake(table, "true"),
    )
}
