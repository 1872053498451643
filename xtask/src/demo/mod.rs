//! `cargo xtask demo`: the worker on real documents, on a machine where nothing was prepared.

mod offices;
mod progress;
mod show;
mod store;
mod sync;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::platform::Platform;
use crate::system_packages::{self, Need};
use crate::{private_database, report, run, workspace};
use progress::Bar;

const DATABASE: &str = "demo";
/// The worker drains in seconds; a worker that takes this long is stuck.
const WORKER_LIMIT: Duration = Duration::from_mins(5);

/// How to run the demo.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Install nothing; without Tesseract the scan fails with a sentence that says so.
    #[arg(long)]
    no_install: bool,
    /// Run this worker instead of building one.
    #[arg(long, value_name = "PROGRAM")]
    worker: Option<PathBuf>,
}

/// Prepares, runs the worker until nothing is left to do, and prints what came out.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if !options.no_install {
        system_packages::provide(&[Need::PostgreSql, Need::Tesseract]);
    }
    let folder = workspace::root().join(".dev").join("demo");
    // Before minutes go into building: without it there is nothing to show.
    anstream::println!("starting a private PostgreSQL");
    let server = private_database::start(&folder.join("postgres"))?;
    let worker = match &options.worker {
        Some(program) => program.clone(),
        None => build_worker()?,
    };

    let began = Instant::now();
    let storage = folder.join("storage");
    // Documents of the last run would make today's the duplicates of yesterday's.
    if storage.exists() {
        fs::remove_dir_all(&storage)
            .with_context(|| format!("cannot empty {}", storage.display()))?;
    }
    fs::create_dir_all(&storage).with_context(|| format!("cannot make {}", storage.display()))?;

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        anstream::println!("making the database");
        server.drop_database(DATABASE).await?;
        let url = server.create_database(DATABASE, None).await?;
        private_database::prepare(&url).await?;
        let platform = Platform::connect(&url).await?;
        anstream::println!("uploading {}", report::count(store::upload_all(&platform, &storage).await?, "document"));

        let sources = sync::connect(&platform, &storage).await?;

        let log = folder.join("worker.log");
        run_worker(&worker, &url, &storage, &log, &platform).await?;
        for (office, _) in &offices::OFFICES {
            show::office(office, &platform.results(office.id).await?, &platform.alerts(office.id).await?);
        }
        sync::live_on(&platform, &sources).await?;
        anstream::println!("\nrunning the worker again, days later for its sources");
        run_worker(&worker, &url, &storage, &folder.join("worker-again.log"), &platform).await?;
        sync::show(&platform).await?;
        let progress = platform.progress().await?;
        anstream::println!(
            "\n{} of {} documents processed, {} failed with a reason, in {:.1} s. The worker's log: {}",
            progress.processed,
            progress.all,
            progress.failed,
            began.elapsed().as_secs_f64(),
            log.display(),
        );
        anstream::println!("Values marked (check) are not certain: a person is asked to confirm them.");
        let unfinished = progress.all - progress.processed - progress.failed;
        if unfinished > 0 {
            bail!("{} left unfinished; see {}", report::count(usize::try_from(unfinished)?, "document"), log.display());
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn build_worker() -> Result<PathBuf> {
    run::visibly(workspace::cargo().args([
        "build",
        "--package",
        "worker",
        "--bin",
        "worker",
        "--locked",
    ]))?;
    Ok(workspace::target_directory()?
        .join("debug")
        .join(format!("worker{}", std::env::consts::EXE_SUFFIX)))
}

async fn run_worker(
    worker: &Path,
    url: &str,
    storage: &Path,
    log: &Path,
    platform: &Platform,
) -> Result<()> {
    let output =
        fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = Command::new(worker);
    command
        .args(["run", "--once"])
        .envs(private_database::settings(url, storage))
        .envs(sync::SETTINGS)
        .stdin(std::process::Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output);
    let mut child =
        command.spawn().with_context(|| format!("cannot start {}", worker.display()))?;
    let bar = Bar::new(platform.progress().await?.all);
    let began = Instant::now();
    let status = loop {
        let ended = child.try_wait()?;
        bar.show(platform.progress().await?);
        if let Some(status) = ended {
            break status;
        }
        if began.elapsed() > WORKER_LIMIT {
            child.kill()?;
            bail!(
                "the worker did not finish within {} s; see {}",
                WORKER_LIMIT.as_secs(),
                log.display()
            );
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    bar.finish();
    if !status.success() {
        let text = fs::read_to_string(log).unwrap_or_default();
        let last: Vec<_> = text.lines().rev().take(15).collect();
        for line in last.iter().rev() {
            anstream::eprintln!("  {line}");
        }
        bail!("the worker ended with {status}");
    }
    Ok(())
}

/// The offices alone, for `seed --demo` and `dev --demo`.
pub(crate) async fn register_offices(url: &str) -> Result<()> {
    let platform = Platform::connect(url).await?;
    for (office, _) in offices::OFFICES {
        platform.register(&office).await?;
    }
    Ok(())
}
