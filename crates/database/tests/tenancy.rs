//! Every SQL text names its tenant, except those that are listed here with their reason.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use database::jobs::{DOCUMENT_PROCESSING, Statements};

/// Texts over all tenants: claims, what rescues their jobs, metering, and operators' commands.
const OVER_ALL: &[&str] = &[
    // Work is handed out fairly over all tenants, and taken back from dead workers.
    "claim",
    "reap",
    // Operators' commands, by ids that are given.
    "call_off",
    "repeat",
    "requeue",
    // Operators' questions.
    "operations/list_jobs.sql",
    "operations/queue.sql",
    "operations/workers.sql",
    "operations/schedules.sql",
    "operations/server.sql",
    "risk/failed.sql",
    "risk/progress.sql",
    // Operators' commands, by an id that is given.
    "risk/close_alert.sql",
    "risk/latest_evaluation.sql",
    "risk/mute.sql",
    // Adds up each tenant's events under that tenant.
    "usage/fold.sql",
    // The daily schedule makes jobs for all offices.
    "risk/fan_out.sql",
    "risk/forget.sql",
    // Due syncs are made over all tenants, each row under its integration's; what a killed job left
    // behind is put right under its own.
    "integrations/jobs/schedule.sql",
    "integrations/jobs/settle.sql",
    // Asked for by the id of the integration, by operators.
    "integrations/jobs/trigger.sql",
    "integrations/operations/duplicates.sql",
    "integrations/operations/list_integrations.sql",
    "integrations/operations/list_jobs.sql",
    "integrations/operations/list_logs.sql",
    "integrations/operations/unmatched.sql",
    // The platform's own rules and providers belong to no tenant.
    "risk_rules/insert_missing.sql",
    "seed/providers.sql",
];

/// Rust files with SQL of their own, none of which touches a tenant's rows on behalf of one.
const IN_RUST: &[&str] = &[
    // Parts of the statements that are looked at below.
    "jobs/document.rs",
    "jobs/statements/administer.rs",
    "jobs/statements/claim.rs",
    "jobs/statements/finish.rs",
    "jobs/statements/mod.rs",
    "jobs/statements/take_back.rs",
    // Schedules.
    "jobs/periodic.rs",
    // The server's own tables, its sign of life and its locks.
    "connect/pool.rs",
    "migrate/bookkeeping.rs",
    "migrate/files.rs",
    "migrate/runner.rs",
    "risk_rules/mod.rs",
    "schema_check.rs",
    // The length of the whole queue, for operators.
    "operations/mod.rs",
    // Columns of a payload.
    "risk/jobs.rs",
];

/// Whether rows are chosen by a tenant that the caller must name.
fn names_its_tenant(sql: &str) -> bool {
    sql.lines().any(|line| {
        // With a tenant that may be left out, rows of all are meant.
        (line.contains("tenant_id = $") && !line.contains("IS NULL OR "))
            || line.contains("tenant_id = lease.tenant_id")
            // What is inserted for the caller's.
            || line.contains("$1 AS tenant_id")
    })
}

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("inside").display().to_string();
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

fn is(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}

#[test]
fn every_text_names_its_tenant_or_is_listed() {
    let Statements {
        claim,
        extend,
        complete,
        fail,
        snooze,
        cancel,
        release,
        reap,
        call_off,
        repeat,
        requeue,
        succeeded,
    } = Statements::new(&DOCUMENT_PROCESSING);
    let mut texts: BTreeMap<String, String> = [
        ("claim", claim),
        ("extend", extend),
        ("complete", complete),
        ("fail", fail),
        ("snooze", snooze),
        ("cancel", cancel),
        ("release", release),
        ("reap", reap),
        ("call_off", call_off),
        ("repeat", repeat),
        ("requeue", requeue),
        ("succeeded", succeeded),
    ]
    .map(|(name, sql)| (name.to_owned(), sql))
    .into();
    texts.extend(sources().into_iter().filter(|(name, _)| is(name, "sql")));
    let without: BTreeSet<&str> = texts
        .iter()
        .filter(|(_, sql)| !names_its_tenant(sql))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(without, OVER_ALL.iter().copied().collect());
}

#[test]
fn no_other_file_has_sql_in_its_rust() {
    let words = ["SELECT ", "UPDATE ", "INSERT INTO ", "DELETE FROM "];
    let sources = sources();
    let with: BTreeSet<&str> = sources
        .iter()
        .filter(|(name, text)| is(name, "rs") && words.iter().any(|w| text.contains(w)))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(with, IN_RUST.iter().copied().collect());
}
