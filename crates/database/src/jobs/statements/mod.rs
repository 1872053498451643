//! The SQL of a job table, made from its description.

mod administer;
mod claim;
mod finish;
mod take_back;

use super::TableDescription;

/// Every statement of one job table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// Hands out due jobs. `$1` limit, `$2` owner, `$3` lease in ms, `$4` the tenant after which to
    /// begin, `$5` steps to walk at most.
    pub claim: String,
    /// Extends leases. `$1` ids, `$2` tenants, `$3` tokens, `$4` lease in ms.
    pub extend: String,
    /// Which of these leases' jobs have succeeded under them. `$1` ids, `$2` tenants, `$3` tokens.
    pub succeeded: String,
    /// Completes jobs. `$1` ids, `$2` tenants, `$3` tokens.
    pub complete: String,
    /// Records a failed attempt. `$1` id, `$2` tenant, `$3` token, `$4` technical text, `$5` text for
    /// people, `$6` delay in ms or NULL when final.
    pub fail: String,
    /// Puts a job off. `$1` id, `$2` tenant, `$3` token, `$4` delay in ms.
    pub snooze: String,
    /// Ends a job as cancelled from within. `$1` id, `$2` tenant, `$3` token.
    pub cancel: String,
    /// Gives jobs back. `$1` ids, `$2` tenants, `$3` tokens.
    pub release: String,
    /// Takes expired jobs back. `$1` limit, `$2` ms after which a job without lease is abandoned.
    pub reap: String,
    /// Calls jobs off for an operator. `$1` ids of jobs or subjects.
    pub call_off: String,
    /// Makes failed and cancelled jobs pending for an operator. `$1` ids of jobs or subjects.
    pub requeue: String,
    /// Makes every ended job pending for an operator. `$1` ids of jobs or subjects.
    pub repeat: String,
}

impl Statements {
    /// The statements of a table.
    pub fn new(table: &TableDescription) -> Self {
        Self {
            claim: claim::claim(table),
            extend: finish::extend(table),
            succeeded: finish::succeeded(table),
            complete: finish::complete(table),
            fail: finish::fail(table),
            snooze: finish::snooze(table),
            cancel: finish::cancel(table),
            release: take_back::release(table),
            reap: take_back::reap(table),
            call_off: administer::call_off(table),
            requeue: administer::requeue(table),
            repeat: administer::repeat(table),
        }
    }
}

/// `$n` milliseconds from now.
fn from_now(parameter: &str) -> String {
    format!("now() + {parameter}::bigint * interval '1 millisecond'")
}

/// Nobody holds the job any more.
const NO_LEASE: &str = "lease_owner = NULL, lease_expires_at = NULL, updated_at = now()";

/// `, column = value` for a column that not every table has.
fn set(column: Option<&str>, value: &str) -> String {
    column.map(|column| format!(", {column} = {value}")).unwrap_or_default()
}

/// The job's column that names its subject, with a comma before it.
fn key(table: &TableDescription) -> String {
    table.subject.map(|subject| format!(", j.{}", subject.key)).unwrap_or_default()
}

/// A further CTE that writes `assignments` to the subjects of the jobs in the CTE `job` for which
/// `condition` holds.
fn follow(table: &TableDescription, assignments: &str, condition: &str) -> String {
    let Some(subject) = table.subject else { return String::new() };
    format!(
        ",
subject AS (
    UPDATE {subject_table} s
    SET {assignments}, updated_at = now()
    FROM job
    WHERE s.id = job.{key} AND s.tenant_id = job.tenant_id AND NOT s.{deleted}
      AND {condition}
)",
        subject_table = subject.table,
        key = subject.key,
        deleted = subject.deleted,
    )
}

/// A further CTE that wakes the workers if the CTE `job` has rows; it must be read to take effect.
fn wake(table: &TableDescription, condition: &str) -> String {
    format!(
        ",
woken AS MATERIALIZED (
    SELECT pg_notify('{channel}', '{queue}') FROM job WHERE {condition} LIMIT 1
)",
        channel = super::CHANNEL,
        queue = table.queue,
    )
}

/// A quoted SQL string.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
