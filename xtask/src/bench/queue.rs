//! The queue by itself: jobs that do nothing, on the platform's own table.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use database::jobs::{DOCUMENT_PROCESSING, Listener, PgJobStore, TableDescription};
use dev_postgres::Server;
use jobs_core::{
    ClaimRequest, Claimed, Handler, JobContext, JobStore, Outcome, Queue, Runner, Shutdown, Silent,
    Wakeups,
};
use tokio::sync::mpsc;

use super::figure::{Figure, percentile};
use super::fresh;
use crate::migrate;
use crate::platform::Platform;

/// Concurrency and reserve of the drain; a claim takes at most both together.
const CONCURRENCY: usize = 24;
const BUFFER: usize = 500;
/// Drains of each kind, and connections of the plain SQL beside them.
const ROUNDS: usize = 3;
const CONNECTIONS: [u32; 2] = [1, 4];
const PICK_UP_LIMIT: Duration = Duration::from_secs(30);
const CLAIMS: usize = 200;
const CLAIMED_AT_ONCE: usize = 10;

/// One office, one company, one person: what the jobs' rows must point to.
const OFFICE: &str = "
insert into tenants (id, name, slug, updated_at) values ('b', 'Ölçüm Bürosu', 'b', now());
insert into users (id, email, hashed_password, full_name, updated_at)
values ('b', 'b@example.org', '!', 'Ölçüm', now());
insert into client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
values ('b', 'b', 'Ölçüm', 'Limited', '3182047150', now())";

/// Documents and jobs numbered from $1 to $2, in the state $3.
const DOCUMENTS: &str = "
insert into documents (id, tenant_id, client_company_id, type, original_file_name, storage_path,
                       mime_type, file_size_bytes, upload_user_id, updated_at)
select 'd' || n, 'b', 'b', 'INVOICE', 'f.xml', 'documents/x/f.xml', 'application/xml', 1, 'b', now()
from generate_series($1::int, $2::int) n";
const JOBS: &str = "
insert into document_processing_jobs (id, tenant_id, document_id, status, updated_at)
select 'j' || n, 'b', 'd' || n, $3::text, now() from generate_series($1::int, $2::int) n";

/// The document queue without the documents.
const JOBS_ALONE: TableDescription =
    TableDescription { subject: None, payload: &[], ..DOCUMENT_PROCESSING };

const RAW_CLAIM: &str = "
with due as materialized (
    select id from document_processing_jobs
    where tenant_id = 'b' and status = 'PENDING' and run_at <= now()
    order by priority, run_at, id limit 500 for update skip locked),
job as (
    update document_processing_jobs j
    set status = 'IN_PROGRESS', attempts_count = attempts_count + 1, last_attempt_at = now(),
        lease_token = lease_token + 1, lease_owner = 'raw',
        lease_expires_at = now() + interval '30 s', updated_at = now()
    from due where j.id = due.id returning j.id, j.document_id)";
const RAW_PROCESSING: &str = ",
document as (
    update documents d set status = 'PROCESSING', updated_at = now()
    from job where d.id = job.document_id)";
const RAW_COMPLETION: &str = "
with job as (
    update document_processing_jobs
    set status = 'SUCCESS', lease_owner = null, lease_expires_at = null, updated_at = now()
    where id = any($1) and status = 'IN_PROGRESS' returning id, document_id)";
const RAW_PROCESSED: &str = ",
document as (
    update documents d set status = 'PROCESSED', processed_at = now(), updated_at = now()
    from job where d.id = job.document_id)";

/// Does nothing, and says when it began.
struct Empty {
    begun: mpsc::UnboundedSender<Instant>,
}

#[async_trait]
impl<P: Send + Sync + 'static> Handler<P> for Empty {
    async fn run(&self, _job: &Claimed<P>, _context: &JobContext) -> Outcome {
        // The receiver may have seen enough.
        let _ = self.begun.send(Instant::now());
        Outcome::Done
    }
}

/// Jobs a second until none is left, one worker, rows kept; beside plain SQL that does the same to
/// the same rows.
pub(super) async fn drain(server: &Server, jobs: u32) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for work in [Work::JobsAlone, Work::DocumentsToo] {
        let (mut drains, mut ceilings) = (Vec::new(), [Vec::new(), Vec::new()]);
        for _ in 0..ROUNDS {
            drains.push(drained(server, jobs, work).await?);
            for (connections, rates) in CONNECTIONS.into_iter().zip(&mut ceilings) {
                rates.push(raw_ceiling(server, jobs, work, connections).await?);
            }
        }
        let rate = median(&mut drains);
        let note = format!(
            "{jobs} jobs, {CONCURRENCY} at once, {BUFFER} in reserve, fsync on; median of {ROUNDS}"
        );
        figures.push(Figure::new(format!("queue, drain, {work}"), rate, "jobs/s", note));
        for (connections, rates) in CONNECTIONS.into_iter().zip(&mut ceilings) {
            let ceiling = median(rates);
            let name = format!("queue, raw ceiling, {work}, connections: {connections}");
            let note =
                "claim and complete 500 at a time by plain SQL, taken in turn with the drain";
            figures.push(Figure::new(name, ceiling, "jobs/s", note));
            let name = format!("queue, share of that ceiling, {work}, connections: {connections}");
            figures.push(Figure::new(name, 100.0 * rate / ceiling, "%", ""));
        }
    }
    Ok(figures)
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    percentile(rates, 0.50)
}

/// What is written for each job.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// The job's own row: the queue by itself.
    JobsAlone,
    /// The document's row too, whose status follows the job's.
    DocumentsToo,
}

impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::JobsAlone => "jobs alone",
            Self::DocumentsToo => "documents too",
        })
    }
}

async fn drained(server: &Server, jobs: u32, work: Work) -> Result<f64> {
    let url = fresh(server, "bench_queue").await?;
    let platform = Platform::connect(&url).await?;
    platform.client().batch_execute(OFFICE).await?;
    insert(&platform, 1, jobs, "PENDING").await?;
    settle(&platform).await?;

    let (begun, _seen) = mpsc::unbounded_channel();
    let table = match work {
        Work::JobsAlone => JOBS_ALONE,
        Work::DocumentsToo => DOCUMENT_PROCESSING,
    };
    let store = Arc::new(PgJobStore::<serde_json::Value>::new(migrate::open(&url)?, table));
    let began = Instant::now();
    let handler = Arc::new(Empty { begun });
    let runner = Runner::new(store, handler, queue(), "bench", &Wakeups::new(), Arc::new(Silent));
    let summary = runner.drain(Shutdown::never()).await?;
    let took = began.elapsed().as_secs_f64();

    let done = platform
        .client()
        .query_one("select count(*) from document_processing_jobs where status = 'SUCCESS'", &[])
        .await?
        .try_get::<_, i64>(0)?;
    if u32::try_from(done)? != jobs {
        bail!("{done} of {jobs} jobs were done: {summary:?}");
    }
    Ok(f64::from(jobs) / took)
}

/// Milliseconds from the commit of an insert to the start of the handler, one job at a time.
pub(super) async fn pick_up(server: &Server, pickups: u32) -> Result<Vec<Figure>> {
    let url = fresh(server, "bench_pickup").await?;
    let platform = Platform::connect(&url).await?;
    let client = platform.client();
    client.batch_execute(OFFICE).await?;

    let (begun, mut seen) = mpsc::unbounded_channel();
    let wakeups = Wakeups::new();
    let (stop, shutdown) = Shutdown::new();
    let listener = Listener::new(migrate::open(&url)?, wakeups.clone());
    let listening = {
        let shutdown = shutdown.clone();
        tokio::spawn(async move { listener.run_until(shutdown).await })
    };
    let store = store(&url)?;
    let handler = Arc::new(Empty { begun });
    let queue = Queue { buffer: 2, ..queue() };
    let runner = Runner::new(store, handler, queue, "bench", &wakeups, Arc::new(Silent));
    let running = tokio::spawn(runner.run_until(shutdown));

    let mut waits = Vec::new();
    for number in 1..=i32::try_from(pickups)? {
        client.execute(DOCUMENTS, &[&number, &number]).await?;
        client.execute(JOBS, &[&number, &number, &"PENDING"]).await?;
        let committed = Instant::now();
        let started = tokio::time::timeout(PICK_UP_LIMIT, seen.recv())
            .await
            .with_context(|| format!("job {number} was not picked up"))?
            .context("the runner ended")?;
        // A handler may begin before the insert's answer is here.
        waits.push(started.saturating_duration_since(committed).as_secs_f64() * 1000.0);
    }
    stop.stop();
    running.await?;
    listening.await?;
    waits.sort_by(f64::total_cmp);
    let note = format!("{pickups} jobs, one at a time, into an idle worker");
    Ok(vec![
        Figure::new("queue, pick-up p50", percentile(&waits, 0.50), "ms", note.clone()),
        Figure::new("queue, pick-up p99", percentile(&waits, 0.99), "ms", note),
    ])
}

/// Milliseconds of one claim, by how many jobs are pending beside many finished ones.
pub(super) async fn claims(
    server: &Server,
    most_pending: u32,
    finished: u32,
) -> Result<Vec<Figure>> {
    let url = fresh(server, "bench_claim").await?;
    let platform = Platform::connect(&url).await?;
    let client = platform.client();
    client.batch_execute(OFFICE).await?;
    insert(&platform, 1, finished, "SUCCESS").await?;
    let store = store(&url)?;
    let mut figures = Vec::new();
    let mut inserted = finished;
    let mut pending = 0;
    for wanted in [1_000, 100_000, 1_000_000].into_iter().filter(|wanted| *wanted <= most_pending) {
        insert(&platform, inserted + 1, inserted + wanted - pending, "PENDING").await?;
        inserted += wanted - pending;
        pending = wanted;
        client.batch_execute("vacuum analyze").await?;
        let mut times = Vec::new();
        for _ in 0..CLAIMS {
            let began = Instant::now();
            let request = ClaimRequest {
                limit: CLAIMED_AT_ONCE,
                owner: "bench",
                lease: Duration::from_secs(30),
            };
            let claimed = store.claim(request).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            let leases: Vec<_> = claimed.iter().map(Claimed::lease).collect();
            if leases.is_empty() {
                bail!("a claim got nothing although {pending} jobs are pending");
            }
            store.release(&leases).await?;
        }
        times.sort_by(f64::total_cmp);
        let note =
            format!("{CLAIMED_AT_ONCE} jobs a claim, {finished} finished rows, {CLAIMS} claims");
        for (name, share) in [("p50", 0.50), ("p99", 0.99)] {
            let what = format!("claim, {pending} pending, {name}");
            figures.push(Figure::new(what, percentile(&times, share), "ms", note.clone()));
        }
    }
    server.drop_database("bench_claim").await?;
    Ok(figures)
}

/// Leaves no work behind that would be done while something is measured.
async fn settle(platform: &Platform) -> Result<()> {
    platform.client().batch_execute("vacuum analyze").await?;
    Ok(platform.client().batch_execute("checkpoint").await?)
}

/// The document queue, without what its handler needs of a document.
fn store(url: &str) -> Result<Arc<PgJobStore<serde_json::Value>>> {
    Ok(Arc::new(PgJobStore::new(migrate::open(url)?, DOCUMENT_PROCESSING)))
}

fn queue() -> Queue {
    Queue { concurrency: CONCURRENCY, buffer: BUFFER, ..Queue::new("document_processing") }
}

async fn insert(platform: &Platform, first: u32, last: u32, status: &str) -> Result<()> {
    const AT_ONCE: usize = 250_000;
    for from in (first..=last).step_by(AT_ONCE) {
        let to = last.min(from + u32::try_from(AT_ONCE)? - 1);
        let (from, to) = (i32::try_from(from)?, i32::try_from(to)?);
        platform.client().execute(DOCUMENTS, &[&from, &to]).await?;
        platform.client().execute(JOBS, &[&from, &to, &status]).await?;
    }
    Ok(())
}

/// What plain SQL reaches on the same rows: claim 500, complete 500, on each connection.
async fn raw_ceiling(server: &Server, jobs: u32, work: Work, connections: u32) -> Result<f64> {
    let url = fresh(server, "bench_ceiling").await?;
    let platform = Platform::connect(&url).await?;
    platform.client().batch_execute(OFFICE).await?;
    insert(&platform, 1, jobs, "PENDING").await?;
    settle(&platform).await?;
    let mut lanes = Vec::new();
    for _ in 0..connections {
        lanes.push(Platform::connect(&url).await?);
    }
    let began = Instant::now();
    let lanes = lanes.into_iter().map(|lane| async move { empty(&lane, work).await });
    let done: u32 = futures::future::try_join_all(lanes).await?.into_iter().sum();
    let took = began.elapsed().as_secs_f64();
    if done != jobs {
        bail!("plain SQL completed {done} of {jobs} jobs");
    }
    Ok(f64::from(jobs) / took)
}

async fn empty(lane: &Platform, work: Work) -> Result<u32> {
    let (follow_claim, follow_completion) = match work {
        Work::JobsAlone => ("", ""),
        Work::DocumentsToo => (RAW_PROCESSING, RAW_PROCESSED),
    };
    let client = lane.client();
    let claim = client.prepare(&format!("{RAW_CLAIM}{follow_claim} select id from job")).await?;
    let complete =
        client.prepare(&format!("{RAW_COMPLETION}{follow_completion} select id from job")).await?;
    let mut done = 0;
    loop {
        let rows = client.query(&claim, &[]).await?;
        if rows.is_empty() {
            return Ok(done);
        }
        let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        done += u32::try_from(client.query(&complete, &[&ids]).await?.len())?;
    }
}
