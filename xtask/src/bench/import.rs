//! Records a second from a source into the books, beside COPY into the same tables.
//!
//! The source is the worker's made-up one, so that what is measured is the worker and the database;
//! making the records up is in the figures.

use std::pin::pin;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use dev_postgres::Server;
use futures::{SinkExt as _, TryStreamExt as _};

use super::figure::Figure;
use super::worker::Worker;
use super::{fresh, proxy};
use crate::platform::Platform;

/// Records of one made-up day, and of one page.
const PER_DAY: usize = 1_000;

/// What the existing worker does on the same kind of machine, from its own measurement.
const OLD: &str = "the old importer: 229/s new, 189/s unchanged, 6 statements each";

const ALLOW: &[(&str, &str)] = &[("INTEGRATIONS_ALLOW_MOCK", "true")];

const SETUP: &str = "
insert into tenants (id, name, slug, updated_at) values ('bench', 'Bench', 'bench', now());
insert into client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
values ('company', 'bench', 'Bench', 'Anonim', '8451720691', now());
insert into integration_providers (id, type, code, name, updated_at)
values ('mock', 'accounting', 'MOCK_ACCOUNTING', 'Mock', now());
insert into tenant_integrations (id, tenant_id, provider_id, status, display_name, config, updated_at)
values ('bench', 'bench', 'mock', 'connected', 'Bench', '{}', now())
";

/// From the first claim to the end of the last job, and what they did.
const SPAN: &str = "
select extract(epoch from max(j.finished_at) - min(j.started_at))::float8, min(j.status),
       sum(p.created)::bigint, sum(p.updated)::bigint, sum(p.unchanged)::bigint,
       sum(p.skipped)::bigint
from integration_sync_jobs j join worker.sync_progress p on p.job_id = j.id
where j.id = $1
";

/// The tables that an import writes into for each record.
const TABLES: [&str; 3] = ["invoices", "invoice_lines", "worker.sync_records"];

/// A thousand and a hundred thousand records, or as many as asked for: new, unchanged, changed.
pub(super) async fn each_way(server: &Server, worker: &Worker, most: usize) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for records in [PER_DAY, most] {
        let url = fresh(server, "bench_import").await?;
        let platform = Platform::connect(&url).await?;
        worker.empty_storage()?;
        platform.client().batch_execute(SETUP).await?;
        let mut new_rate = 0.0;
        for (what, seed, column) in
            [("new", 1, "created"), ("unchanged", 1, "unchanged"), ("changed", 2, "updated")]
        {
            let (rate, peak) = synced(&platform, worker, &url, records, seed, column).await?;
            figures.push(Figure::new(
                format!("invoices, {records}, {what}"),
                rate,
                "invoices/s",
                OLD,
            ));
            figures.push(Figure::new(
                format!("invoices, {records}, {what}, peak memory"),
                peak,
                "MiB",
                "one worker",
            ));
            if what == "new" {
                new_rate = rate;
            }
        }
        let copied = copy(&platform, records).await?;
        figures.push(Figure::new(
            format!("invoices, {records}, COPY"),
            copied,
            "invoices/s",
            "the same rows into the same three tables, from this process's memory",
        ));
        figures.push(Figure::new(
            format!("invoices, {records}, new beside COPY"),
            100.0 * new_rate / copied,
            "%",
            "of COPY's rate",
        ));
    }
    figures.extend(conversation(server, worker).await?);
    Ok(figures)
}

/// One job over all records, from the beginning; records a second, and MiB.
async fn synced(
    platform: &Platform,
    worker: &Worker,
    url: &str,
    records: usize,
    seed: u32,
    column: &str,
) -> Result<(f64, f64)> {
    let client = platform.client();
    let job = prepare(platform, records, seed).await?;
    client.batch_execute("analyze").await?;
    let peak = worker.drain_with(url, ALLOW).await?;
    let row = client.query_one(SPAN, &[&job]).await?;
    let seconds: f64 = row.try_get::<_, Option<f64>>(0)?.context("the job did not run")?;
    let counts: Vec<i64> = (2..6).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
    let at = match column {
        "created" => 0,
        "updated" => 1,
        _ => 2,
    };
    let done = counts.get(at).copied().unwrap_or_default();
    if usize::try_from(done)? != records {
        bail!(
            "{done} of {records} invoices were {column} ({counts:?}, {}); see {}",
            row.try_get::<_, String>(1)?,
            worker.log().display()
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of records")]
    Ok((done as f64 / seconds, peak))
}

/// A source with these records, read from its beginning by a new job.
async fn prepare(platform: &Platform, records: usize, seed: u32) -> Result<String> {
    let days = records / PER_DAY - 1;
    let config = serde_json::json!({
        "apiKey": "k", "seed": seed, "recordsPerDay": PER_DAY, "firstSyncDays": days,
    });
    let client = platform.client();
    client.batch_execute("delete from worker.sync_cursors").await?;
    client
        .execute("update tenant_integrations set config = $1::text::jsonb", &[&config.to_string()])
        .await?;
    let job = cuid::cuid1();
    client
        .execute(
            "insert into integration_sync_jobs
                 (id, tenant_id, tenant_integration_id, job_type, updated_at)
             values ($1, 'bench', 'bench', 'pull_invoices', now())",
            &[&job],
        )
        .await?;
    Ok(job)
}

/// COPY of the rows that the import has made, into the same tables with their indexes and keys. The
/// rows are held as the server gave them, so that nothing but COPY is measured; a file of the server
/// would be a matter of who may write where.
async fn copy(platform: &Platform, records: usize) -> Result<f64> {
    let client = platform.client();
    let mut rows = Vec::new();
    for table in TABLES {
        let out = client.copy_out(&format!("copy {table} to stdout")).await?;
        let parts: Vec<Bytes> = out.try_collect().await?;
        rows.push((table, parts));
    }
    client.batch_execute("truncate invoices, worker.sync_records cascade; checkpoint").await?;
    let began = Instant::now();
    client.batch_execute("begin").await?;
    for (table, parts) in rows {
        let mut sink = pin!(client.copy_in::<_, Bytes>(&format!("copy {table} from stdin")).await?);
        for part in parts {
            sink.feed(part).await?;
        }
        sink.as_mut().finish().await?;
    }
    client.batch_execute("commit").await?;
    let seconds = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of records")]
    Ok(records as f64 / seconds)
}

/// Statements and round trips for a thousand records: a run with eleven pages less one with one.
async fn conversation(server: &Server, worker: &Worker) -> Result<Vec<Figure>> {
    let url = fresh(server, "bench_conversation").await?;
    let platform = Platform::connect(&url).await?;
    worker.empty_storage()?;
    platform.client().batch_execute(SETUP).await?;
    let (through, counts) = proxy::start(&url).await?;
    let mut figures = Vec::new();
    for (what, seed) in [("new", 1), ("unchanged", 1), ("changed", 2)] {
        let mut runs = Vec::new();
        for pages in [1, 11] {
            // What is new is new in both runs.
            if what == "new" {
                let empty = "truncate invoices, worker.sync_records cascade";
                platform.client().batch_execute(empty).await?;
            }
            prepare(&platform, pages * PER_DAY, seed + u32::from(what == "changed" && pages > 1))
                .await?;
            let before = (counts.statements(), counts.round_trips());
            worker.drain_with(&through, ALLOW).await?;
            runs.push((counts.statements() - before.0, counts.round_trips() - before.1));
        }
        let [one, eleven] = runs.as_slice() else { bail!("two runs") };
        let each = |one: u64, eleven: u64| {
            f64::from(u32::try_from(eleven.saturating_sub(one)).unwrap_or(u32::MAX)) / 10.0
        };
        for (unit, value) in
            [("statements", each(one.0, eleven.0)), ("round trips", each(one.1, eleven.1))]
        {
            figures.push(Figure::new(
                format!("invoices, {what}, {unit}"),
                value,
                "for 1,000 invoices",
                "eleven pages less one, start-up and job taken off",
            ));
        }
    }
    Ok(figures)
}
