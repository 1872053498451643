//! Companies a second, statements for each and memory, on books of the shape that the worker which
//! this project replaces was measured on.

use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chrono::{FixedOffset, NaiveDate, Utc};
use database::risk;
use dev_postgres::Server;

use super::figure::Figure;
use super::worker::{Worker, memory_of};
use super::{fresh, proxy};
use crate::migrate;
use crate::platform::Platform;

const SEED: &str = include_str!("risk_seed.sql");
/// Entries of a company and month, and months, of the profile.
const PER_MONTH: u32 = 40;
const MONTHS: u32 = 24;
/// Months where the number of companies grows: the rate is compared, not its height.
const GROWTH_MONTHS: u32 = 6;
/// Turkey's offset from UTC in seconds.
const TURKEY_SECONDS: i32 = 3 * 3600;

const SPAN: &str = "
select extract(epoch from max(finished_at) - min(started_at))::float8,
       count(*) filter (where status = 'succeeded'), count(*)
from worker.risk_jobs where client_company_id is not null
";

/// Throughput with one and four workers, the statements of a company, and one very large company.
pub(super) async fn companies(
    server: &Server,
    worker: &Worker,
    number: u32,
    large: u32,
) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let note = format!("{number} companies of {MONTHS} months with {PER_MONTH} entries");
    let seeded = seed(server, "bench_risk", number, MONTHS, PER_MONTH).await?;
    drop(seeded);
    for workers in [1, 4] {
        let url = copy(server).await?;
        let (rate, peak) = scored(worker, &url, workers).await?;
        let what = format!("risk, {workers} worker(s)");
        figures.push(Figure::new(&what, rate, "companies/s", note.clone()));
        let what = format!("{what}, peak memory of one");
        figures.push(Figure::new(what, peak, "MiB", note.clone()));
    }
    figures.push(statements(server, worker, number).await?);
    server.drop_database("bench_risk_copy").await?;
    server.drop_database("bench_risk").await?;
    figures.extend(large_company(server, worker, large).await?);
    Ok(figures)
}

/// The rate of four workers at each number of companies of one office: linear growth keeps it.
pub(super) async fn growth(
    server: &Server,
    worker: &Worker,
    numbers: &[u32],
) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for number in numbers {
        let url = seed(server, "bench_risk_growth", *number, GROWTH_MONTHS, PER_MONTH).await?;
        let (rate, peak) = scored(worker, &url, 4).await?;
        let note = format!("{number} companies of {GROWTH_MONTHS} months, 4 workers");
        figures.push(Figure::new("risk, growth", rate, "companies/s", note.clone()));
        figures.push(Figure::new("risk, growth, peak memory of one", peak, "MiB", note));
        server.drop_database("bench_risk_growth").await?;
    }
    Ok(figures)
}

async fn seed(
    server: &Server,
    name: &str,
    companies: u32,
    months: u32,
    per_month: u32,
) -> Result<String> {
    let url = fresh(server, name).await?;
    let sql = SEED
        .replace(":companies", &companies.to_string())
        .replace(":months", &months.to_string())
        .replace(":per_month", &per_month.to_string());
    let platform = Platform::connect(&url).await?;
    platform.client().batch_execute(&sql).await.context("the books cannot be written")?;
    platform.client().batch_execute("vacuum analyze").await?;
    Ok(url)
}

/// The seeded database as it was, for a run of its own.
async fn copy(server: &Server) -> Result<String> {
    server.drop_database("bench_risk_copy").await?;
    Ok(server.create_database("bench_risk_copy", Some("bench_risk")).await?)
}

fn today() -> NaiveDate {
    let now = Utc::now();
    FixedOffset::east_opt(TURKEY_SECONDS)
        .map_or_else(|| now.date_naive(), |zone| now.with_timezone(&zone).date_naive())
}

/// Makes the day's jobs, lets the workers drain them, and gives companies a second and the most memory
/// that one of the workers had, in MiB.
async fn scored(worker: &Worker, url: &str, workers: u32) -> Result<(f64, f64)> {
    worker.empty_storage()?;
    let database = migrate::open(url)?;
    risk::fan_out(&database, today(), None, None, false).await?;
    let children: Vec<Child> =
        (0..workers).map(|_| worker.start(url, &["--once"])).collect::<Result<_>>()?;
    let peak = ended(children, worker).await?;
    let platform = Platform::connect(url).await?;
    let row = platform.client().query_one(SPAN, &[]).await?;
    let (span, done, all) =
        (row.try_get::<_, f64>(0)?, row.try_get::<_, i64>(1)?, row.try_get::<_, i64>(2)?);
    if done != all || all == 0 {
        bail!("{done} of {all} companies were scored; see {}", worker.log().display());
    }
    let done = f64::from(u32::try_from(done)?);
    Ok((done / span.max(f64::EPSILON), peak))
}

/// Waits for the workers; the most memory that one of them had, in MiB.
async fn ended(mut children: Vec<Child>, worker: &Worker) -> Result<f64> {
    let mut peak = 0.0_f64;
    while !children.is_empty() {
        let mut running = Vec::new();
        for mut child in children {
            peak = memory_of(child.id(), "VmHWM").map_or(peak, |now| now.max(peak));
            match child.try_wait()? {
                Some(status) if !status.success() => {
                    bail!("a worker ended with {status}; see {}", worker.log().display());
                }
                Some(_) => {}
                None => running.push(child),
            }
        }
        children = running;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(peak)
}

/// Statements of one company: those of a whole run, without those of a run that has nothing to do.
async fn statements(server: &Server, worker: &Worker, number: u32) -> Result<Figure> {
    let url = copy(server).await?;
    let (through, counts): (String, Arc<proxy::Counts>) = proxy::start(&url).await?;
    scored(worker, &through, 1).await?;
    let all = counts.statements();
    ended(vec![worker.start(&through, &["--once"])?], worker).await?;
    let idle = counts.statements() - all;
    let of_companies = f64::from(u32::try_from(all.saturating_sub(idle))?);
    Ok(Figure::new(
        "risk, statements for a company",
        of_companies / f64::from(number),
        "",
        format!("claims included, {number} companies, one worker"),
    ))
}

/// One company with this many entries within twelve months.
async fn large_company(server: &Server, worker: &Worker, entries: u32) -> Result<Vec<Figure>> {
    let url = seed(server, "bench_risk_large", 1, 12, entries.div_ceil(12)).await?;
    let began = Instant::now();
    let (rate, peak) = scored(worker, &url, 1).await?;
    let whole = began.elapsed().as_secs_f64();
    let note = format!("one company, {entries} entries, {} lines", entries * 2);
    let idle = { ended(vec![worker.start(&url, &["--once"])?], worker).await? };
    server.drop_database("bench_risk_large").await?;
    Ok(vec![
        Figure::new("risk, large company", 1.0 / rate, "s", note.clone()),
        Figure::new("risk, large company, with the worker's start", whole, "s", note.clone()),
        Figure::new("risk, large company, peak memory", peak, "MiB", note.clone()),
        Figure::new("risk, peak memory without anything to do", idle, "MiB", note),
    ])
}
