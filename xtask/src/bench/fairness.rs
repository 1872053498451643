//! How long an office with one document waits while others have a backlog.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use database::jobs::PgJobStore;
use dev_postgres::Server;
use jobs_core::{Claimed, Handler, JobContext, Outcome, Queue, Runner, Shutdown, Silent, Wakeups};
use tokio::sync::mpsc;

use super::figure::Figure;
use super::fresh;
use crate::migrate;
use crate::platform::Platform;

/// As a worker of few cores has it by default.
const CONCURRENCY: usize = 8;
const BUFFER: usize = 2;
const LIMIT: Duration = Duration::from_mins(2);
/// The job whose wait is measured.
const LATE: &str = "late";

/// Offices numbered to $1, and the one that comes late.
const OFFICES: [&str; 3] = [
    "insert into tenants (id, name, slug, updated_at)
     select o, 'Ölçüm Bürosu', o, now()
     from (select 'o' || n from generate_series(1, $1::int) n union all select 'late') t(o)",
    "insert into users (id, email, hashed_password, full_name, updated_at)
     select o, o || '@example.org', '!', 'Ölçüm', now()
     from (select 'o' || n from generate_series(1, $1::int) n union all select 'late') t(o)",
    "insert into client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
     select o, o, 'Ölçüm', 'Limited', '3182047150', now()
     from (select 'o' || n from generate_series(1, $1::int) n union all select 'late') t(o)",
];

/// Jobs numbered to $2, dealt out to the offices in turn.
const BACKLOG: [&str; 2] = [
    "insert into documents (id, tenant_id, client_company_id, type, original_file_name, storage_path,
                            mime_type, file_size_bytes, upload_user_id, updated_at)
     select 'd' || n, o, o, 'INVOICE', 'f.xml', 'documents/x/f.xml', 'application/xml', 1, o, now()
     from (select n, 'o' || 1 + n % $1::int from generate_series(1, $2::int) n) t(n, o)",
    "insert into document_processing_jobs (id, tenant_id, document_id, updated_at)
     select 'j' || n, 'o' || 1 + n % $1::int, 'd' || n, now() from generate_series(1, $2::int) n",
];

const LATE_DOCUMENT: &str = "
insert into documents (id, tenant_id, client_company_id, type, original_file_name, storage_path,
                       mime_type, file_size_bytes, upload_user_id, updated_at)
values ('late', 'late', 'late', 'INVOICE', 'f.xml', 'documents/x/f.xml', 'application/xml', 1,
        'late', now())";
const LATE_JOB: &str = "
insert into document_processing_jobs (id, tenant_id, document_id, updated_at)
values ('late', 'late', 'late', now())";

/// Does nothing, and says when which job began.
struct Telling {
    begun: mpsc::UnboundedSender<(Instant, bool)>,
}

#[async_trait]
impl<P: Send + Sync + 'static> Handler<P> for Telling {
    async fn run(&self, job: &Claimed<P>, _context: &JobContext) -> Outcome {
        // The receiver may have seen enough.
        let _ = self.begun.send((Instant::now(), job.id == LATE));
        Outcome::Done
    }
}

/// The wait beside one office with the whole backlog, and beside many that share it.
pub(super) async fn beside_others(
    server: &Server,
    backlog: u32,
    offices: u32,
) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for offices in [1, offices] {
        let (waited, before) = wait_of_one(server, backlog, offices).await?;
        let others =
            if offices == 1 { "one office".to_owned() } else { format!("{offices} offices") };
        let note = format!(
            "a new office's only job beside {others} with {backlog} jobs, {CONCURRENCY} at once, \
             {BUFFER} in reserve, no notification"
        );
        figures.push(Figure::new(
            format!("fairness, jobs of {others} begun before the new one's"),
            f64::from(before),
            "jobs",
            note.clone(),
        ));
        figures.push(Figure::new(
            format!("fairness, wait of the new one beside {others}"),
            waited.as_secs_f64() * 1000.0,
            "ms",
            note,
        ));
    }
    Ok(figures)
}

/// From the commit of the late job to its start, and how many jobs of others began in between.
async fn wait_of_one(server: &Server, backlog: u32, offices: u32) -> Result<(Duration, u32)> {
    let url = fresh(server, "bench_fairness").await?;
    let platform = Platform::connect(&url).await?;
    let client = platform.client();
    let (many, jobs) = (i32::try_from(offices)?, i32::try_from(backlog)?);
    for sql in OFFICES {
        client.execute(sql, &[&many]).await?;
    }
    for sql in BACKLOG {
        client.execute(sql, &[&many, &jobs]).await?;
    }
    client.batch_execute(LATE_DOCUMENT).await?;
    client.batch_execute("vacuum analyze").await?;

    let (begun, mut seen) = mpsc::unbounded_channel();
    let (stop, shutdown) = Shutdown::new();
    let store = PgJobStore::<serde_json::Value>::new(
        migrate::open(&url)?,
        database::jobs::DOCUMENT_PROCESSING,
    );
    let queue =
        Queue { concurrency: CONCURRENCY, buffer: BUFFER, ..Queue::new("document_processing") };
    let handler = Arc::new(Telling { begun });
    let runner =
        Runner::new(Arc::new(store), handler, queue, "bench", &Wakeups::new(), Arc::new(Silent));
    let running = tokio::spawn(runner.run_until(shutdown));
    let measured = tokio::time::timeout(LIMIT, async {
        // In full swing, and with most of the backlog still ahead.
        for _ in 0..backlog / 50 {
            seen.recv().await.context("the runner ended")?;
        }
        client.batch_execute(LATE_JOB).await?;
        let committed = Instant::now();
        let mut before = 0;
        loop {
            let (at, is_late) = seen.recv().await.context("the runner ended")?;
            if is_late {
                return anyhow::Ok((at.saturating_duration_since(committed), before));
            }
            before += u32::from(at > committed);
        }
    })
    .await;
    stop.stop();
    running.await?;
    let (waited, before) = measured.context("the new office's job was not begun")??;
    ensure!(before < backlog - backlog / 50, "the backlog was over before the new office's job");
    Ok((waited, before))
}
