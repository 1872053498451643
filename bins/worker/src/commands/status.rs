//! `worker status`: queues, workers and schedules at a glance.

use std::process::ExitCode;

use database::operations::{self, QueueFigures, ScheduleRow, WorkerRow};
use serde_json::json;

use crate::{
    cli::ReportArgs,
    config::Settings,
    output::{self, HEADING, Table, cell, styled},
    telemetry::{self, Target},
};

/// Prints what the database says of the queues.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(&super::source(&args.settings))?;
    telemetry::install(settings.logs, Target::Command);
    let (queues, workers, schedules) = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok((
            operations::queues(&database).await?,
            operations::workers(&database).await?,
            operations::schedules(&database).await?,
        ))
    })?;
    if args.json {
        output::print_json(&as_json(&queues, &workers, &schedules))?;
    } else {
        output::print(&as_text(&queues, &workers, &schedules))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(
    queues: &[QueueFigures],
    workers: &[WorkerRow],
    schedules: &[ScheduleRow],
) -> serde_json::Value {
    let workers: Vec<_> = workers
        .iter()
        .map(|w| json!({"owner": w.owner, "jobs": w.jobs, "leaseSeconds": w.lease_seconds}))
        .collect();
    let schedules: Vec<_> = schedules
        .iter()
        .map(|s| {
            json!({
                "name": s.name,
                "everyMs": s.every_ms,
                "nextDueAt": s.next_due_at.to_rfc3339(),
                "dueInSeconds": s.due_in_seconds,
                "leaseOwner": s.lease_owner,
                "lastFinishedAt": s.last_finished_at.map(|at| at.to_rfc3339()),
                "lastError": s.last_error,
            })
        })
        .collect();
    let queues: Vec<_> = queues
        .iter()
        .map(|queue| {
            json!({
                "name": queue.name,
                "pending": queue.pending,
                "due": queue.due,
                "inProgress": queue.in_progress,
                "abandoned": queue.abandoned,
                "failedLastDay": queue.failed_last_day,
                "succeededLastDay": queue.succeeded_last_day,
                "oldestDueSeconds": queue.oldest_due_seconds,
            })
        })
        .collect();
    json!({
        "queues": queues,
        "workers": workers,
        "schedules": schedules,
    })
}

fn as_text(queues: &[QueueFigures], workers: &[WorkerRow], schedules: &[ScheduleRow]) -> String {
    let mut text = styled(HEADING, "Queues") + "\n";
    let mut table = Table::new([
        "queue",
        "pending",
        "due",
        "oldest due",
        "in progress",
        "abandoned",
        "failed, 24 h",
        "done, 24 h",
    ]);
    for queue in queues {
        table.row([
            cell(&queue.name),
            queue.pending.to_string(),
            queue.due.to_string(),
            queue.oldest_due_seconds.map_or_else(|| "-".to_owned(), |age| format!("{age} s")),
            queue.in_progress.to_string(),
            queue.abandoned.to_string(),
            queue.failed_last_day.to_string(),
            queue.succeeded_last_day.to_string(),
        ]);
    }
    text += &table.render();
    text += &(styled(HEADING, "Workers that hold jobs") + "\n");
    let mut table = Table::new(["worker", "jobs", "first lease ends in"]);
    for worker in workers {
        let left = format!("{} s", worker.lease_seconds);
        table.row([cell(&worker.owner), worker.jobs.to_string(), left]);
    }
    text += &if table.is_empty() { "none\n".to_owned() } else { table.render() };
    if workers.is_empty() && queues.iter().any(|queue| queue.due > 0) {
        text +=
            "Jobs are due and nobody holds any: is a worker running? `worker run` starts one.\n";
    }
    text += &(styled(HEADING, "Schedules") + "\n");
    let mut table = Table::new(["schedule", "every", "due", "runs on", "last error"]);
    for schedule in schedules {
        table.row([
            cell(&schedule.name),
            format!("{} s", schedule.every_ms / 1_000),
            due(schedule),
            cell(schedule.lease_owner.as_deref().unwrap_or("-")),
            cell(schedule.last_error.as_deref().unwrap_or("-")),
        ]);
    }
    text += &if table.is_empty() { "none\n".to_owned() } else { table.render() };
    text
}

fn due(schedule: &ScheduleRow) -> String {
    match schedule.due_in_seconds {
        ahead @ 0.. => format!("{ahead} s"),
        past => format!("{} s ago", past.unsigned_abs()),
    }
}
