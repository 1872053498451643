//! `worker doctor`: what is wrong on this machine, and how to mend it.

use std::{fmt::Write as _, process::ExitCode};

use database::{Database, operations, schema_check};
use doc_pipeline::input::OcrEngine;
use serde::Serialize;

use crate::{
    cli::ReportArgs,
    config::{LocalSettings, Problems, Settings, Source},
    output::{self, BAD, GOOD, WARN, cell, styled},
    telemetry::{self, Target, chain},
};

/// A transaction that is open for longer keeps dead rows of the queue alive.
const LONG_TRANSACTION_SECONDS: i64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// The worker runs, with less.
    Warning,
    /// The worker cannot do its work.
    Broken,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, state: State::Ok, detail: detail.into(), mend: None }
    }

    fn warning(name: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, state: State::Warning, detail: detail.into(), mend: Some(mend.into()) }
    }

    fn broken(name: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, state: State::Broken, detail: detail.into(), mend: Some(mend.into()) }
    }
}

/// Checks everything and prints it; exit code 1 when something is broken, 2 when that is a setting.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let source = super::source(&args.settings);
    let (checks, settings_are_right) = match Settings::load(&source) {
        Ok(settings) => (of_everything(&settings)?, true),
        Err(problems) => (without_settings(problems, &source), false),
    };
    if args.json {
        output::print_json(&checks)?;
    } else {
        output::print(&as_text(&checks))?;
    }
    let broken = checks.iter().any(|check| check.state == State::Broken);
    Ok(match (settings_are_right, broken) {
        (false, _) => ExitCode::from(2),
        (true, true) => ExitCode::FAILURE,
        (true, false) => ExitCode::SUCCESS,
    })
}

fn of_everything(settings: &Settings) -> anyhow::Result<Vec<Check>> {
    telemetry::install(settings.logs, Target::Command);
    let mut checks = super::block_on(async {
        let database = super::database(&settings.database)?;
        let mut checks = of_database(&database, settings).await;
        checks.push(of_storage(settings).await);
        Ok(checks)
    })?;
    checks.push(of_ocr(&settings.reading.ocr));
    Ok(checks)
}

/// Every wrong setting, and what can be looked at all the same.
fn without_settings(problems: Problems, source: &Source) -> Vec<Check> {
    let mend =
        "give it in the environment, in .env or as a flag; `worker run --help` lists all settings";
    let mut checks: Vec<_> =
        problems.0.into_iter().map(|problem| Check::broken("setting", problem, mend)).collect();
    if let Ok(local) = LocalSettings::load(source) {
        checks.push(of_ocr(&local.reading.ocr));
    }
    checks
}

async fn of_database(database: &Database, settings: &Settings) -> Vec<Check> {
    let server = match database.ping().await {
        Ok(()) => operations::server(database).await,
        Err(error) => Err(error),
    };
    let server = match server {
        Ok(server) => server,
        Err(error) => {
            let mend = "check DATABASE_URL, and that the server runs and lets this machine in";
            return vec![Check::broken("database", chain(&error), mend)];
        }
    };
    let place = database.config().url.place();
    let mut checks =
        vec![Check::ok("database", format!("PostgreSQL {} at {place}", server.version))];
    checks.push(match database.direct().await {
        Ok(_) => Check::ok("direct connection", "reachable, for notifications and migrations"),
        Err(error) => Check::broken(
            "direct connection",
            chain(&error),
            "set DIRECT_DATABASE_URL to the database itself, past any pooler",
        ),
    });
    match schema_check::check(database).await {
        Ok(differences) if differences.is_empty() => {
            checks.push(Check::ok("schema", "has everything that the worker uses"));
        }
        Ok(differences) => checks.extend(differences.iter().map(|difference| {
            let make = if difference.is_fatal() { Check::broken } else { Check::warning };
            make("schema", difference.what(), difference.mend())
        })),
        Err(error) => {
            checks.push(Check::broken("schema", chain(&error), "cargo xtask migrate --status"));
        }
    }
    if !server.wakes_workers {
        let detail = format!(
            "new jobs send no notification; they wait for the poll ({} ms)",
            settings.queue.poll_interval.as_millis()
        );
        checks.push(Check::warning("notifications", detail, "cargo xtask migrate"));
    }
    checks.push(match server.oldest_transaction_seconds {
        Some(age) if age > LONG_TRANSACTION_SECONDS => Check::warning(
            "oldest transaction",
            format!("{age} s, by {}", server.oldest_transaction_by.unwrap_or_default()),
            "end it: while it is open, finished jobs cannot be vacuumed and claims get slower",
        ),
        Some(age) => Check::ok("oldest transaction", format!("{age} s")),
        None => Check::ok("oldest transaction", "none"),
    });
    checks
}

async fn of_storage(settings: &Settings) -> Check {
    let backend = &settings.storage.backend;
    let checked = match storage::open(backend).await {
        Ok(objects) => objects.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => Check::ok("storage", backend.place()),
        Err(error) => {
            let mend = match backend {
                storage::Config::Local { .. } => {
                    "set STORAGE_BASE_PATH to the folder that the platform's backend stores uploads \
                     in, and let the worker's user read it"
                }
                _ => "worker storage check",
            };
            Check::broken("storage", format!("{}: {}", backend.place(), chain(&error)), mend)
        }
    }
}

/// Asks the engine for its languages, as the reading of a document would.
fn of_ocr(engine: &OcrEngine) -> Check {
    let found = doc_pipeline::ocr::probe(engine);
    let OcrEngine { program, languages, data_path, .. } = engine;
    let packages = format!("Debian, Ubuntu: apt-get install {}", found.missing.join(" "));
    let Some(version) = found.version else {
        let mend = if program == "tesseract" {
            packages
        } else {
            format!("set TESSERACT_PROGRAM to Tesseract's program, or {packages}")
        };
        return Check::warning("ocr", format!("{program} does not start; scans fail"), mend);
    };
    if found.missing.is_empty() {
        return Check::ok("ocr", format!("{version} with {languages}"));
    }
    let mend = match data_path {
        // Packages put their languages where Tesseract looks without being told.
        Some(path) => format!(
            "put the .traineddata files of {languages} into {path}, or leave TESSERACT_DATA_PATH \
             unset; {packages}"
        ),
        None => packages,
    };
    Check::warning("ocr", format!("{version} lacks a language of {languages}; scans fail"), mend)
}

fn as_text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let (style, word) = match check.state {
            State::Ok => (GOOD, "ok     "),
            State::Warning => (WARN, "warning"),
            State::Broken => (BAD, "broken "),
        };
        let _ = writeln!(text, "{} {}: {}", styled(style, word), check.name, cell(&check.detail));
        if let Some(mend) = &check.mend {
            let _ = writeln!(text, "        mend: {mend}");
        }
    }
    text
}
