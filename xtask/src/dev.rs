//! `cargo xtask dev`: the database kept, the worker restarted when sources change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use clap::Args;
use tokio::process::{Child, Command};

use crate::{private_database, report, run, workspace};

const DATABASE: &str = "muhasebi";
const POLL: Duration = Duration::from_millis(700);
/// Longer than the worker's own grace period.
const STOP_LIMIT: Duration = Duration::from_mins(1);
const WATCHED: [&str; 4] = ["crates", "bins", "migrations", "Cargo.toml"];

/// How to develop.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Register the demo's offices too.
    #[arg(long)]
    demo: bool,
    /// Keep the database only; the worker is yours to start.
    #[arg(long)]
    database_only: bool,
}

/// Runs until Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folder = workspace::root().join(".dev");
    let storage = folder.join("storage");
    fs::create_dir_all(&storage).with_context(|| format!("cannot make {}", storage.display()))?;
    let server = private_database::start(&folder.join("postgres"))?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        if !server.has_database(DATABASE).await? {
            server.create_database(DATABASE, None).await?;
        }
        let url = server.url(DATABASE);
        private_database::prepare(&url).await?;
        if options.demo {
            crate::demo::register_offices(&url).await?;
        }
        anstream::println!("DATABASE_URL={url}");
        anstream::println!("STORAGE_BASE_PATH={}", storage.display());
        anstream::println!("Ctrl-C ends it.");
        if options.database_only {
            tokio::signal::ctrl_c().await?;
            return Ok(ExitCode::SUCCESS);
        }
        keep_worker(&url, &storage).await
    })
}

async fn keep_worker(url: &str, storage: &Path) -> Result<ExitCode> {
    loop {
        let seen = newest_change();
        let mut worker = match build().and_then(|program| start(&program, url, storage)) {
            Ok(child) => Some(child),
            Err(error) => {
                report::loudly(&format!("{error:#}; waiting for a change"));
                None
            }
        };
        loop {
            tokio::select! {
                signal = tokio::signal::ctrl_c() => {
                    signal?;
                    // The terminal sent it to the worker as well: let it finish its documents.
                    if let Some(child) = &mut worker {
                        let _ = tokio::time::timeout(STOP_LIMIT, child.wait()).await;
                    }
                    return Ok(ExitCode::SUCCESS);
                }
                () = tokio::time::sleep(POLL) => {}
            }
            if let Some(child) = &mut worker
                && let Some(status) = child.try_wait()?
            {
                report::loudly(&format!("the worker ended with {status}; waiting for a change"));
                worker = None;
            }
            if newest_change() > seen {
                break;
            }
        }
        anstream::println!("sources changed");
        if let Some(mut child) = worker {
            stop(&mut child).await?;
        }
        migrate(url);
    }
}

fn build() -> Result<PathBuf> {
    run::visibly(workspace::cargo().args(["build", "--package", "worker", "--bin", "worker"]))?;
    Ok(workspace::target_directory()?.join("debug").join("worker"))
}

fn start(program: &Path, url: &str, storage: &Path) -> Result<Child> {
    Command::new(program)
        .arg("run")
        .envs(private_database::settings(url, storage))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}

/// Asks the worker to stop, and waits for it.
async fn stop(child: &mut Child) -> Result<()> {
    if let Some(id) = child.id() {
        run::succeeds(std::process::Command::new("kill").args(["-TERM", &id.to_string()]));
    }
    if tokio::time::timeout(STOP_LIMIT, child.wait()).await.is_err() {
        report::loudly("the worker did not stop in time and is killed");
        child.kill().await?;
    }
    Ok(())
}

/// The migrations of the changed sources, which this running task does not have.
fn migrate(url: &str) {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--package", "xtask", "--", "migrate"]);
    if let Err(error) = run::visibly(cargo.env("DATABASE_URL", url).env("DIRECT_DATABASE_URL", url))
    {
        report::loudly(&format!("{error:#}"));
    }
}

fn newest_change() -> SystemTime {
    let root = workspace::root();
    WATCHED
        .iter()
        .map(|name| newest_below(&root.join(name)))
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest_below(path: &Path) -> SystemTime {
    let Ok(found) = fs::metadata(path) else { return SystemTime::UNIX_EPOCH };
    let own = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    if !found.is_dir() {
        return own;
    }
    let Ok(entries) = fs::read_dir(path) else { return own };
    entries
        .flatten()
        .map(|entry| newest_below(&entry.path()))
        .max()
        .map_or(own, |newest| newest.max(own))
}
