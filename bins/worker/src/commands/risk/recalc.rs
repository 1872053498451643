//! `worker risk recalc`.

use std::{process::ExitCode, sync::Arc, time::Duration};

use chrono::NaiveDate;
use database::{
    Database,
    jobs::PgJobStore,
    risk::{self, Progress},
};
use indicatif::{ProgressBar, ProgressStyle};
use jobs_core::{Shutdown, StopPhase, Wakeups};
use serde_json::json;
use tokio::time::sleep;

use crate::{
    cli::RecalcArgs,
    commands::run,
    config::Settings,
    output::{self, BAD, cell, styled},
    scoring,
};

/// How often the database is asked how far the jobs are.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Makes the jobs, and with `--wait` stays until they have ended.
pub(super) fn run(args: &RecalcArgs) -> anyhow::Result<ExitCode> {
    let settings = super::super::settings(&args.settings)?;
    super::super::block_on(recalculate(args, &settings))
}

async fn recalculate(args: &RecalcArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let database = super::super::database(&settings.database)?;
    let day = scoring::today();
    let (tenant, company) = (args.tenant.as_deref(), args.company.as_deref());
    let made = risk::fan_out(&database, day, tenant, company, true).await?;
    if made.subjects == 0 {
        output::complain("no active company of an active office fits");
        return Ok(ExitCode::FAILURE);
    }
    if !args.wait {
        if args.json {
            output::print_json(&json!({ "subjects": made.subjects, "made": made.made }))?;
        } else {
            output::print(&format!(
                "{} calculations wait for the workers; {} are being worked on already\n",
                made.made,
                made.subjects - made.made
            ))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let progress = work(args, settings, &database, day).await?;
    let failed = risk::failed(&database, day, tenant, company).await?;
    if args.json {
        let failed: Vec<_> = failed
            .iter()
            .map(|row| {
                json!({
                    "tenantId": row.tenant_id,
                    "clientCompanyId": row.client_company_id,
                    "error": row.last_error,
                })
            })
            .collect();
        output::print_json(&json!({
            "succeeded": progress.succeeded,
            "cancelled": progress.cancelled,
            "failed": progress.failed,
            "failures": failed,
        }))?;
    } else {
        output::print(&format!("{} done, {} failed\n", progress.succeeded, progress.failed))?;
        for row in &failed {
            let of = row.client_company_id.as_deref().unwrap_or("between companies");
            let error = row.last_error.as_deref().unwrap_or_default();
            let text = format!("{} {}: {}", cell(&row.tenant_id), cell(of), cell(error));
            output::complain(&styled(BAD, &text));
        }
    }
    Ok(if progress.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Works on what is due and waits for what others have, retries included.
async fn work(
    args: &RecalcArgs,
    settings: &Settings,
    database: &Database,
    day: NaiveDate,
) -> anyhow::Result<Progress> {
    let (tenant, company) = (args.tenant.as_deref(), args.company.as_deref());
    let (handle, shutdown) = Shutdown::new();
    let rules = run::rules(settings, database)?;
    let store = Arc::new(PgJobStore::risk(database.clone()));
    let wakeups = Wakeups::new();
    let runner = run::risk_runner(settings, database, store, rules, &run::owner(), &wakeups);
    let working = tokio::spawn(runner.run_until(shutdown.clone()));
    let bar = bar();
    let progress = loop {
        let progress = risk::progress(database, day, tenant, company).await?;
        bar.set_length(u64::try_from(progress.open() + progress.ended()).unwrap_or_default());
        bar.set_position(u64::try_from(progress.ended()).unwrap_or_default());
        if progress.open() == 0 || shutdown.phase() > StopPhase::Running {
            break progress;
        }
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                break progress;
            }
        }
    };
    bar.finish_and_clear();
    // What this process still holds it gives back or ends.
    handle.stop();
    working.await?;
    Ok(progress)
}

/// A bar on a terminal; nothing in a pipe.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("risk [{bar:30}] {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}
