//! `worker jobs`: look at document jobs and steer them.

use std::{fmt::Write as _, process::ExitCode};

use chrono::{DateTime, SecondsFormat, Utc};
use database::{
    Database,
    jobs::PgJobStore,
    operations::{self, DocumentJobRow, JobFilter},
};
use serde_json::{Value, json};

use crate::{
    cli::{ChangeArgs, JobArgs, JobsArgs, JobsCommand, ListArgs, RetryArgs, Status},
    output::{self, BAD, GOOD, HEADING, Table, cell, styled},
};

/// Runs one of the sub-commands.
pub(crate) fn run(args: &JobsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        JobsCommand::List(args) => list(args),
        JobsCommand::Show(args) => show(args),
        JobsCommand::Retry(args) => retry(args),
        JobsCommand::Cancel(args) => cancel(args),
    }
}

fn list(args: &ListArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let filter = JobFilter {
        status: args.status.map(|status| word(status).to_owned()),
        tenant: args.tenant.clone(),
        document: args.document.clone(),
        id: None,
        limit: args.limit.into(),
    };
    let jobs = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(operations::list_document_jobs(&database, &filter).await?)
    })?;
    if args.json {
        output::print_json(&jobs.iter().map(as_json).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["job", "office", "document", "file", "status", "attempts", "created", "error"]);
    for job in &jobs {
        table.row([
            cell(&job.id),
            cell(&job.tenant_id),
            cell(&job.document_id),
            cell(&job.file_name),
            cell(&job.status),
            format!("{}/{}", job.attempts_count, job.max_attempts),
            time(job.created_at),
            cell(job.last_error_message.as_deref().unwrap_or_default()),
        ]);
    }
    if table.is_empty() {
        output::complain("no jobs");
    } else {
        output::print(&table.render())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(args: &JobArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let filter = JobFilter { id: Some(args.id.clone()), limit: 1, ..JobFilter::default() };
    let jobs = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(operations::list_document_jobs(&database, &filter).await?)
    })?;
    let Some(job) = jobs.first() else {
        output::complain(&format!("no job or document has the id {}", cell(&args.id)));
        return Ok(ExitCode::FAILURE);
    };
    if args.json {
        output::print_json(&as_json(job))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = styled(HEADING, &format!("Job {}", cell(&job.id))) + "\n";
    let Value::Object(fields) = as_json(job) else { return Ok(ExitCode::SUCCESS) };
    for (name, value) in fields {
        let value = match value {
            Value::Null => continue,
            Value::String(text) => cell(&text),
            other => other.to_string(),
        };
        let _ = writeln!(text, "  {name}: {value}");
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn retry(args: &RetryArgs) -> anyhow::Result<ExitCode> {
    let RetryArgs { again, change } = args;
    let settings = super::settings(&change.settings)?;
    let outcome = super::block_on(async {
        let database = super::database(&settings.database)?;
        let store = PgJobStore::documents(database.clone());
        let ids = &change.ids;
        let changed = if *again { store.repeat(ids).await? } else { store.requeue(ids).await? };
        Outcome::of(&database, ids, changed).await
    })?;
    report(change, &outcome, "pending again", |status| match status {
        "SUCCESS" => "has succeeded; --again reads its document anew",
        "IN_PROGRESS" => "is in a worker's hands",
        _ => "waits already",
    })
}

fn cancel(args: &ChangeArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let outcome = super::block_on(async {
        let database = super::database(&settings.database)?;
        let changed = PgJobStore::documents(database.clone()).call_off(&args.ids).await?;
        Outcome::of(&database, &args.ids, changed).await
    })?;
    report(args, &outcome, "cancelled", |_| "has ended already")
}

/// What became of a change.
struct Outcome {
    /// Ids of the jobs that were changed.
    changed: Vec<String>,
    /// What was named and not changed, with the state of its job; none where there is no such job.
    unchanged: Vec<(String, Option<String>)>,
}

impl Outcome {
    /// Looks up what was named and did not change.
    async fn of(
        database: &Database,
        named: &[String],
        changed: Vec<String>,
    ) -> anyhow::Result<Self> {
        let mut unchanged = Vec::new();
        for id in named.iter().filter(|id| !changed.contains(id)) {
            let filter = JobFilter { id: Some(id.clone()), limit: 1, ..JobFilter::default() };
            match operations::list_document_jobs(database, &filter).await?.pop() {
                // It was named by its document.
                Some(job) if changed.contains(&job.id) => {}
                Some(job) => unchanged.push((id.clone(), Some(job.status))),
                None => unchanged.push((id.clone(), None)),
            }
        }
        Ok(Self { changed, unchanged })
    }
}

/// Exit code 0 when every id named a job that could be changed.
fn report(
    args: &ChangeArgs,
    outcome: &Outcome,
    done: &str,
    why_not: impl Fn(&str) -> &'static str,
) -> anyhow::Result<ExitCode> {
    let Outcome { changed, unchanged } = outcome;
    if args.json {
        let unchanged: Vec<_> =
            unchanged.iter().map(|(id, status)| json!({"id": id, "status": status})).collect();
        output::print_json(&json!({ "changed": changed, "unchanged": unchanged }))?;
    } else {
        for id in changed {
            output::print(&format!("{}: {}\n", cell(id), styled(GOOD, done)))?;
        }
    }
    for (id, status) in unchanged {
        let why = match status {
            Some(status) => format!("not changed: the job {} ({status})", why_not(status)),
            None => "no job or document has this id".to_owned(),
        };
        output::complain(&format!("{}: {}", cell(id), styled(BAD, &why)));
    }
    Ok(if unchanged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Pending => "PENDING",
        Status::InProgress => "IN_PROGRESS",
        Status::Success => "SUCCESS",
        Status::Failed => "FAILED",
        Status::Cancelled => "CANCELLED",
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn as_json(job: &DocumentJobRow) -> Value {
    json!({
        "id": job.id,
        "tenantId": job.tenant_id,
        "documentId": job.document_id,
        "status": job.status,
        "attempts": job.attempts_count,
        "maxAttempts": job.max_attempts,
        "priority": job.priority,
        "createdAt": time(job.created_at),
        "runAt": time(job.run_at),
        "lastAttemptAt": job.last_attempt_at.map(time),
        "lastError": job.last_error_message,
        "leaseOwner": job.lease_owner,
        "leaseExpiresAt": job.lease_expires_at.map(time),
        "documentStatus": job.document_status,
        "documentType": job.document_type,
        "fileName": job.file_name,
        "storagePath": job.storage_path,
        "userMessage": job.user_message,
    })
}
