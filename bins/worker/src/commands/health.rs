//! `worker health`: the platform's health report.

use std::{process::ExitCode, time::Duration};

use chrono::{SecondsFormat, Utc};
use database::operations;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    cli::HealthArgs,
    config::{Problems, Settings},
    output,
    telemetry::{self, Target, chain},
};

/// A health check that hangs is a failed one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the report.
pub(crate) fn run(args: &HealthArgs) -> anyhow::Result<ExitCode> {
    let (environment, database, tables) = match Settings::load(&super::source(&args.settings)) {
        Ok(settings) => {
            telemetry::install(settings.logs, Target::Command);
            let (database, tables) = super::block_on(ask(&settings))?;
            (Ok(json!(settings.environment)), database, tables)
        }
        Err(Problems(problems)) => {
            let unknown = || Err("not asked: the settings are wrong".to_owned());
            (Err(problems.join("; ")), unknown(), unknown())
        }
    };
    let healthy = environment.is_ok() && database.is_ok() && tables.is_ok();
    #[expect(clippy::disallowed_methods, reason = "the report says when it was made")]
    let now = Utc::now();
    output::print_json(&json!({
        "status": if healthy { "healthy" } else { "unhealthy" },
        "service": "worker-jobs",
        "checks": {
            "environment": check(environment),
            "database": check(database),
            "jobTables": check(tables),
        },
        "timestamp": now.to_rfc3339_opts(SecondsFormat::Millis, true),
    }))?;
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

type Answer = Result<Value, String>;

async fn ask(settings: &Settings) -> anyhow::Result<(Answer, Answer)> {
    let database = super::database(&settings.database)?;
    let late = || Err(format!("no answer within {} s", PATIENCE.as_secs()));
    let reached = match timeout(PATIENCE, database.ping()).await {
        Ok(result) => result.map(|()| json!("reachable")).map_err(|error| chain(&error)),
        Err(_) => late(),
    };
    if reached.is_err() {
        return Ok((reached, Err("not asked: the database cannot be reached".to_owned())));
    }
    let tables = match timeout(PATIENCE, operations::pending_document_jobs(&database)).await {
        Ok(result) => {
            result.map(|count| json!({"pendingJobs": count})).map_err(|error| chain(&error))
        }
        Err(_) => late(),
    };
    Ok((reached, tables))
}

fn check(answer: Answer) -> Value {
    match answer {
        Ok(detail) => json!({"status": "ok", "detail": detail}),
        Err(error) => json!({"status": "error", "error": error}),
    }
}
