//! `worker sync`: ask for synchronisations and look at what they did.

use std::{fmt::Write as _, process::ExitCode};

use chrono::{DateTime, SecondsFormat, Utc};
use database::integrations::{
    jobs,
    operations::{self, SyncFilter, SyncJobRow, SyncLogRow},
};
use serde_json::{Value, json};

use crate::{
    cli::{
        JobType, Selection, Status, SyncArgs, SyncCommand, SyncListArgs, SyncLogsArgs, TriggerArgs,
    },
    config::{Flags, Settings},
    output::{self, BAD, GOOD, Table, WARN, cell, styled},
    telemetry::{self, Target},
};

/// Records of one log entry that are printed; `--json` has them all.
const RECORDS: usize = 20;

/// Runs one of the sub-commands.
pub(crate) fn run(args: &SyncArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        SyncCommand::Trigger(args) => trigger(args),
        SyncCommand::List(args) => list(args),
        SyncCommand::Logs(args) => logs(args),
    }
}

/// Settings of a command about integrations.
pub(super) fn settings(flags: &Flags) -> anyhow::Result<Settings> {
    let settings = Settings::load(&super::source(flags))?;
    telemetry::install(settings.logs, Target::Command);
    Ok(settings)
}

/// What is asked for.
pub(super) fn filter(
    selection: &Selection,
    word: Option<String>,
    job: Option<String>,
) -> SyncFilter {
    SyncFilter {
        word,
        tenant: selection.tenant.clone(),
        integration: selection.integration.clone(),
        job,
        limit: selection.limit.into(),
    }
}

fn trigger(args: &TriggerArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(&args.settings)?;
    let job_type = args.job_type.map(|job_type| match job_type {
        JobType::PullInvoices => "pull_invoices",
        JobType::PullBankTransactions => "pull_bank_transactions",
        JobType::PushInvoices => "push_invoices",
        JobType::PushBankTransactions => "push_bank_transactions",
    });
    let made = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(jobs::trigger(&database, &args.integration, job_type).await?)
    })?;
    let Some(made) = made else {
        output::complain(&format!("no integration has the id {}", cell(&args.integration)));
        return Ok(ExitCode::FAILURE);
    };
    if args.json {
        output::print_json(
            &json!({ "jobId": made.job_id, "jobType": made.job_type, "isNew": made.is_new }),
        )?;
    } else {
        let state = if made.is_new {
            styled(GOOD, "waiting for a worker")
        } else {
            styled(WARN, "open already")
        };
        output::print(&format!("{} ({}): {state}\n", cell(&made.job_id), cell(&made.job_type)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(args: &SyncListArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(&args.selection.settings)?;
    let word = args.status.map(|status| {
        match status {
            Status::Pending => "pending",
            Status::InProgress => "in_progress",
            Status::Success => "success",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        }
        .to_owned()
    });
    let filter = filter(&args.selection, word, None);
    let jobs = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(operations::list_sync_jobs(&database, &filter).await?)
    })?;
    if args.selection.json {
        output::print_json(&jobs.iter().map(job_as_json).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new([
        "job",
        "office",
        "integration",
        "type",
        "status",
        "new",
        "updated",
        "unchanged",
        "skipped",
        "kept",
        "created",
        "error",
    ]);
    let number = |number: Option<i64>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    for job in &jobs {
        table.row([
            cell(&job.id),
            cell(&job.tenant_id),
            format!("{} ({})", cell(&job.display_name), cell(&job.provider)),
            cell(&job.job_type),
            cell(&job.status),
            number(job.created),
            number(job.updated),
            number(job.unchanged),
            number(job.skipped),
            number(job.kept),
            time(job.created_at),
            cell(job.error_message.as_deref().unwrap_or_default()),
        ]);
    }
    if table.is_empty() {
        output::complain("no sync jobs");
    } else {
        output::print(&table.render())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn logs(args: &SyncLogsArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(&args.selection.settings)?;
    let filter = filter(&args.selection, args.level.clone(), args.job.clone());
    let entries = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(operations::list_sync_logs(&database, &filter).await?)
    })?;
    if args.selection.json {
        output::print_json(&entries.iter().map(log_as_json).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    for entry in &entries {
        let style = match entry.level.as_str() {
            "error" => BAD,
            "warning" => WARN,
            _ => GOOD,
        };
        let _ = writeln!(
            text,
            "{} {} {} {}",
            time(entry.created_at),
            styled(style, &cell(&entry.level)),
            cell(&entry.integration_id),
            cell(&entry.message)
        );
        text += &records(entry.context.as_ref());
    }
    if text.is_empty() {
        output::complain("no entries");
    } else {
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The records that an entry is about, each with its reason.
fn records(context: Option<&Value>) -> String {
    let mut text = String::new();
    let records = context.and_then(|context| context.get("records")).and_then(Value::as_array);
    let Some(records) = records else { return text };
    for record in records.iter().take(RECORDS) {
        let word = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = if word("externalId").is_empty() { word("id") } else { word("externalId") };
        let _ = writeln!(text, "    {}: {}", cell(id), cell(word("message")));
    }
    if let Some(more) = records.len().checked_sub(RECORDS).filter(|more| *more > 0) {
        let _ = writeln!(text, "    and {more} more (--json shows all)");
    }
    text
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn job_as_json(job: &SyncJobRow) -> Value {
    json!({
        "id": job.id,
        "tenantId": job.tenant_id,
        "integrationId": job.integration_id,
        "displayName": job.display_name,
        "provider": job.provider,
        "jobType": job.job_type,
        "status": job.status,
        "attempts": job.attempts,
        "maxAttempts": job.max_attempts,
        "createdAt": time(job.created_at),
        "runAt": time(job.run_at),
        "startedAt": job.started_at.map(time),
        "finishedAt": job.finished_at.map(time),
        "created": job.created,
        "updated": job.updated,
        "unchanged": job.unchanged,
        "skipped": job.skipped,
        "kept": job.kept,
        "failed": job.failed,
        "userMessage": job.error_message,
        "lastError": job.technical_error,
        "leaseOwner": job.lease_owner,
    })
}

fn log_as_json(entry: &SyncLogRow) -> Value {
    json!({
        "id": entry.id,
        "tenantId": entry.tenant_id,
        "integrationId": entry.integration_id,
        "level": entry.level,
        "message": entry.message,
        "context": entry.context,
        "createdAt": time(entry.created_at),
    })
}
