//! The claim.

use super::NO_LEASE;
use crate::jobs::TableDescription;

/// One statement hands out due jobs, fairly.
///
/// `walk` goes from one (tenant, priority) with pending jobs to the next, one index probe each, from
/// the tenant after `$4` around the circle. `due` keeps those with a job whose time has come, of
/// active tenants. `quota` divides the limit by the tenants. `candidate` locks that many of each;
/// going to the exact (tenant, priority) makes jobs of the future cost nothing. It locks their
/// subjects too and passes over those that somebody else has locked, so that no claim waits for a
/// long transaction of the platform. `chosen` takes every tenant's first, then every tenant's second.
///
/// Scalar subqueries and `= ANY (ARRAY (…))` are no matters of style here: the planner can neither
/// turn them into a join that reads the whole table, nor run a locking subquery twice. Nor is the
/// order in `due`: without it, the first row of a sequential scan looks cheapest.
pub(super) fn claim(table: &TableDescription) -> String {
    let TableDescription { table: jobs, words, columns, .. } = table;
    let (pending, attempts) = (words.pending, columns.attempts);
    let pairs: Vec<String> =
        table.payload.iter().map(|(name, value)| format!("'{name}', {value}")).collect();
    let payload = format!("jsonb_build_object({})::text AS payload", pairs.join(", "));
    let handed_out = format!(
        "j.id, j.tenant_id, j.{attempts}::int AS attempt, j.max_attempts::int AS max_attempts, \
         j.lease_token AS token"
    );

    // A job whose subject is gone is ended by the claim that meets it.
    let (status, claimed) = match table.subject {
        None => (
            format!("'{}'", words.in_progress),
            format!(
                "    RETURNING {handed_out}, {payload}
)"
            ),
        ),
        Some(subject) => (
            format!(
                "CASE (SELECT s.{deleted} FROM {subjects} s \
                 WHERE s.id = j.{key} AND s.tenant_id = j.tenant_id) \
                 WHEN false THEN '{in_progress}' ELSE '{cancelled}' END",
                deleted = subject.deleted,
                subjects = subject.table,
                key = subject.key,
                in_progress = words.in_progress,
                cancelled = words.cancelled,
            ),
            format!(
                "    RETURNING j.*
),
claimed AS (
    UPDATE {subjects} s
    SET status = '{working}', updated_at = now()
    FROM job j
    WHERE s.id = j.{key} AND s.tenant_id = j.tenant_id AND j.status = '{in_progress}'
    RETURNING {handed_out}, {payload}
)",
                subjects = subject.table,
                working = subject.working,
                key = subject.key,
                in_progress = words.in_progress,
            ),
        ),
    };
    // A locking subquery is never made part of the join around it: one probe for each job, whatever
    // the planner thinks of the limit.
    let subject = table.subject.map_or_else(String::new, |subject| {
        format!(
            "
        CROSS JOIN LATERAL (
            SELECT s.id FROM {subjects} s WHERE s.id = j.{key} FOR NO KEY UPDATE SKIP LOCKED
        ) subject",
            subjects = subject.table,
            key = subject.key,
        )
    });
    let job = if table.subject.is_some() { "job" } else { "claimed" };
    let started = columns.started_at;
    let leased = NO_LEASE.replace("lease_owner = NULL", "lease_owner = $2").replace(
        "lease_expires_at = NULL",
        &format!("lease_expires_at = {}", super::from_now("$3")),
    );

    format!(
        "WITH RECURSIVE walk (tenant_id, priority, around, step) AS (
    VALUES ($4::text, 32767::smallint, false, 0)
    UNION ALL
    SELECT coalesce(next.tenant_id, ''), coalesce(next.priority, (-32768)::smallint),
        walk.around OR next.tenant_id IS NULL, walk.step + 1
    FROM walk
    LEFT JOIN LATERAL (
        SELECT j.tenant_id, j.priority
        FROM {jobs} j
        WHERE j.status = '{pending}' AND (j.tenant_id, j.priority) > (walk.tenant_id, walk.priority)
        ORDER BY j.tenant_id, j.priority
        LIMIT 1
    ) next ON true
    WHERE walk.step < $5::int
      AND NOT (walk.around AND (next.tenant_id IS NULL OR next.tenant_id > $4))
),
due AS MATERIALIZED (
    SELECT walk.tenant_id, walk.priority, walk.step
    FROM walk
    WHERE (
        SELECT true FROM {jobs} j
        WHERE j.status = '{pending}' AND j.tenant_id = walk.tenant_id
          AND j.priority = walk.priority AND j.run_at <= now()
        ORDER BY j.run_at
        LIMIT 1
    ) AND (SELECT t.status FROM tenants t WHERE t.id = walk.tenant_id) = 'ACTIVE'
    ORDER BY walk.step
    LIMIT $1::int
),
quota AS MATERIALIZED (
    SELECT (($1::int + count(DISTINCT tenant_id) - 1) / greatest(count(DISTINCT tenant_id), 1))::int
        AS share
    FROM due
),
candidate AS MATERIALIZED (
    SELECT one.id, due.step,
        row_number() OVER (PARTITION BY due.tenant_id ORDER BY due.step, one.run_at, one.id) AS turn
    FROM due
    CROSS JOIN LATERAL (
        SELECT j.id, j.run_at
        FROM {jobs} j{subject}
        WHERE j.status = '{pending}' AND j.tenant_id = due.tenant_id
          AND j.priority = due.priority AND j.run_at <= now()
        ORDER BY j.run_at, j.id
        LIMIT (SELECT share FROM quota)
        FOR UPDATE OF j SKIP LOCKED
    ) one
),
chosen AS MATERIALIZED (
    SELECT id, turn, step
    FROM candidate
    WHERE turn <= (SELECT share FROM quota)
    ORDER BY turn, step
    LIMIT $1::int
),
{job} AS (
    UPDATE {jobs} j
    SET status = {status},
        {attempts} = j.{attempts} + 1, {started} = now(), lease_token = j.lease_token + 1,
        {leased}
    WHERE j.id = ANY (ARRAY (SELECT id FROM chosen))
{claimed}
SELECT claimed.*, progress.reached, progress.around, progress.taken
FROM (
    SELECT
        coalesce(
            (SELECT tenant_id FROM due ORDER BY step DESC LIMIT 1),
            (SELECT tenant_id FROM walk ORDER BY step DESC LIMIT 1)
        ) AS reached,
        (SELECT max(step) FROM walk) < $5::int AS around,
        (SELECT count(*) FROM chosen) AS taken
) progress
LEFT JOIN (
    SELECT claimed.*, chosen.turn, chosen.step FROM claimed JOIN chosen ON chosen.id = claimed.id
) claimed ON true
ORDER BY claimed.turn, claimed.step"
    )
}
