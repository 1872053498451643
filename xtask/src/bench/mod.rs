//! `cargo xtask bench`: figures with the command and the machine that they come from.
//!
//! Nothing here passes or fails: a figure is compared by the reader, on the same machine.

mod builds;
mod documents;
mod fairness;
mod figure;
mod import;
mod machine;
mod materials;
mod memory;
mod proxy;
mod queue;
mod risk;
#[cfg(feature = "storage-bench")]
mod storage;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use dev_postgres::Server;

use crate::{private_database, run, workspace};
use figure::{Figure, Report};
use worker::Worker;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Draining empty jobs with one worker, the time from a commit to the start of its handler, and
    /// how long one office waits beside others with a backlog.
    Queue,
    /// The claim with 1,000, 100,000 and 1,000,000 pending jobs beside finished ones.
    Claim,
    /// Documents a second end to end, statements and round trips for each.
    Documents,
    /// XML documents a second before and after the office has a history.
    History,
    /// Invoices a second from a source into the books, beside COPY into the same tables.
    Import,
    /// Memory of an idle worker.
    Memory,
    /// Companies a second with one and four workers, statements for each, one very large company.
    Risk,
    /// Reading objects, beside the bare library, another one, curl and plain files. Only when it is
    /// named, and alone: it compiles the providers' libraries.
    Storage,
    /// Time of a clean build of the worker and its size, with each storage. Only when it is named, and
    /// alone: it builds everything five times.
    Builds,
}

/// What to measure, and how much of it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// All of them when none is named.
    #[arg(value_enum)]
    what: Vec<What>,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Measure this worker instead of a release build of the sources.
    #[arg(long, value_name = "PROGRAM")]
    worker: Option<PathBuf>,
    /// Documents of each kind; a twentieth of it for scans.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    documents: usize,
    /// XML documents that make an office's history.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    history: usize,
    /// Companies to score.
    #[arg(long, default_value_t = 200, value_name = "N")]
    companies: u32,
    /// Numbers of companies at which their rate is compared, with a fourth of the books of the others;
    /// none when not given. 10000 companies take about six gigabytes and half an hour.
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    growth: Vec<u32>,
    /// Entries of the very large company.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    entries: u32,
    /// Invoices of the large import; in thousands.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    invoices: usize,
    /// Empty jobs to drain.
    #[arg(long, default_value_t = 50_000, value_name = "N")]
    jobs: u32,
    /// Offices with a backlog, beside which one office with a single job waits.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    offices: u32,
    /// Pick-ups to time.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pickups: u32,
    /// The largest number of pending jobs to claim from.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pending: u32,
    /// Finished jobs beside the pending ones.
    #[arg(long, default_value_t = 5_000_000, value_name = "N")]
    finished: u32,
    /// Rounds of the storage measurements, of which the median counts.
    #[arg(long, default_value_t = 5, value_name = "N")]
    rounds: usize,
    /// Of the storage measurements, only the clients whose name has this in it (`s3`, `SHA-256`,
    /// `local`); of the builds, only those of these features (`s3`, `local`).
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

impl Options {
    fn measures(&self, what: What) -> bool {
        let is_alone = matches!(what, What::Storage | What::Builds);
        (self.what.is_empty() && !is_alone) || self.what.contains(&what)
    }
}

/// Measures what was chosen and prints the figures.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if let Some(alone) = [What::Storage, What::Builds].iter().find(|what| options.measures(**what))
    {
        anyhow::ensure!(options.what.len() == 1, "{alone:?} is measured alone");
        return match alone {
            What::Builds => print(
                options,
                builds::measure(&workspace::root().join(".dev/bench"), options.only.as_deref())?,
            ),
            _ => of_storage(options),
        };
    }
    if cfg!(debug_assertions) {
        return again_optimised(&[]);
    }
    let needs_worker = [What::Documents, What::History, What::Import, What::Memory, What::Risk]
        .into_iter()
        .any(|what| options.measures(what));
    let program = match (&options.worker, needs_worker) {
        (Some(program), _) => program.clone(),
        (None, true) => build_worker()?,
        (None, false) => PathBuf::new(),
    };

    let folder = workspace::root().join(".dev").join("bench");
    std::fs::create_dir_all(&folder)?;
    let server = private_database::start(&folder.join("postgres"))?;
    let worker = Worker::new(program, folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = runtime.block_on(measure(options, &server, &worker))?;
    print(options, figures)
}

fn print(options: &Options, figures: Vec<Figure>) -> Result<ExitCode> {
    let report = Report { command: typed(), machine: machine::describe(), figures };
    report.print(options.json)?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(options: &Options, server: &Server, worker: &Worker) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    if options.measures(What::Queue) {
        figures.extend(queue::drain(server, options.jobs).await?);
        figures.extend(queue::pick_up(server, options.pickups).await?);
        figures.extend(fairness::beside_others(server, options.jobs, options.offices).await?);
    }
    if options.measures(What::Claim) {
        figures.extend(queue::claims(server, options.pending, options.finished).await?);
    }
    if options.measures(What::Documents) {
        figures.extend(documents::each_kind(server, worker, options.documents).await?);
    }
    if options.measures(What::History) {
        figures.extend(
            documents::with_history(server, worker, options.documents, options.history).await?,
        );
    }
    if options.measures(What::Import) {
        let most = (options.invoices / 1_000).max(1) * 1_000;
        figures.extend(import::each_way(server, worker, most).await?);
    }
    if options.measures(What::Memory) {
        figures.extend(memory::idle(server, worker).await?);
    }
    if options.measures(What::Risk) {
        figures.extend(risk::companies(server, worker, options.companies, options.entries).await?);
        figures.extend(risk::growth(server, worker, &options.growth).await?);
    }
    Ok(figures)
}

/// An empty database of this version on the server of the measurements.
async fn fresh(server: &Server, name: &str) -> Result<String> {
    server.drop_database(name).await?;
    let url = server.create_database(name, None).await?;
    private_database::prepare(&url).await?;
    Ok(url)
}

/// Needs no database, and libraries that this program has only when it is built for them.
fn of_storage(options: &Options) -> Result<ExitCode> {
    #[cfg(feature = "storage-bench")]
    if !cfg!(debug_assertions) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let figures =
            runtime.block_on(storage::measure(options.rounds, options.only.as_deref()))?;
        return print(options, figures);
    }
    #[cfg(not(feature = "storage-bench"))]
    let _ = options;
    again_optimised(&["--features", "storage-bench"])
}

/// The queue's figures come from this very program, so it must be a release build.
fn again_optimised(features: &[&str]) -> Result<ExitCode> {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--release", "--locked", "--package", "xtask"]);
    cargo.args(features).arg("--");
    let status = cargo.args(std::env::args_os().skip(1)).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build_worker() -> Result<PathBuf> {
    run::visibly(workspace::cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "worker",
    ]))?;
    Ok(workspace::target_directory()?.join("release").join("worker"))
}

fn typed() -> String {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    format!("cargo xtask {}", arguments.join(" "))
}
