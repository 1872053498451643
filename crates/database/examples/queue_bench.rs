//! Measures the job queue on a private PostgreSQL that keeps its data (fsync on), and prints JSON.
//!
//! `cargo run --release -p database --example queue_bench -- [finished rows] [largest pending]`
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement stops at any failure")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the result is printed")]
#![allow(clippy::cast_precision_loss, reason = "figures are rounded anyway")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use database::jobs::{DOCUMENT_PROCESSING, DocumentJob, Listener, PgJobStore, TableDescription};
use database::{Config, Database, migrate};
use dev_postgres::{Options, Server};
use diesel::sql_query;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs_core::{
    ClaimRequest, Claimed, Handler, JobContext, JobStore, Outcome, Queue, Runner, RunnerEvent,
    Shutdown, Silent, Wakeups,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

const LEASE: Duration = Duration::from_secs(60);

/// The same table without documents that follow: what the queue itself costs.
const BARE: TableDescription = TableDescription {
    subject: None,
    payload: &[("documentId", "j.document_id")],
    ..DOCUMENT_PROCESSING
};

struct Nothing;

#[async_trait]
impl<P: Send + Sync + 'static> Handler<P> for Nothing {
    async fn run(&self, _job: &Claimed<P>, _context: &JobContext) -> Outcome {
        Outcome::Done
    }
}

/// Rows are made in bulk: `count` jobs of `tenants` tenants, numbered from `from`.
async fn fill(database: &Database, from: usize, count: usize, tenants: usize, status: &str) {
    let to = from + count;
    let mut connection = database.get().await.unwrap();
    connection
        .batch_execute(&format!(
            "SET LOCAL statement_timeout = 0;
             SET LOCAL session_replication_role = replica;
             INSERT INTO users (id, email, hashed_password, full_name, updated_at)
                 VALUES ('u', 'u@example.com', 'x', 'x', now()) ON CONFLICT DO NOTHING;
             INSERT INTO tenants (id, name, slug, updated_at)
                 SELECT 't' || n, 'x', 't' || n, now() FROM generate_series(0, {tenants} - 1) n
                 ON CONFLICT DO NOTHING;
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 SELECT 'c' || n, 't' || n, 'x', 'Limited', '1', now()
                 FROM generate_series(0, {tenants} - 1) n ON CONFLICT DO NOTHING;
             INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                     storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
                 SELECT 'd' || n, 't' || n % {tenants}, 'c' || n % {tenants}, 'INVOICE', 'x', 'x',
                     'x', 1, 'u', now()
                 FROM generate_series({from}, {to} - 1) n;
             INSERT INTO document_processing_jobs (id, tenant_id, document_id, status, updated_at)
                 SELECT 'j' || n, 't' || n % {tenants}, 'd' || n, '{status}', now()
                 FROM generate_series({from}, {to} - 1) n;"
        ))
        .await
        .unwrap();
    drop(connection);
}

async fn settle(database: &Database) {
    let mut connection = database.direct().await.unwrap();
    connection.batch_execute("SET statement_timeout = 0").await.unwrap();
    connection.batch_execute("VACUUM ANALYZE document_processing_jobs").await.unwrap();
    connection.batch_execute("VACUUM ANALYZE documents").await.unwrap();
    connection.batch_execute("CHECKPOINT").await.unwrap();
}

async fn fresh(server: &Server, name: &str) -> Database {
    server.drop_database(name).await.unwrap();
    let url = server.create_database(name, None).await.unwrap();
    let database = Database::connect(Config::new(url.parse().unwrap())).await.unwrap();
    migrate::run(&database).await.unwrap();
    database
}

/// Claims and completes in plain SQL, `connections` at once, `batch` at a time: jobs a second.
async fn ceiling(database: &Database, jobs: usize, connections: usize, batch: usize) -> f64 {
    let begun = Instant::now();
    let one = || async {
        let mut connection = database.direct().await.unwrap();
        let claim = "WITH due AS MATERIALIZED (
                SELECT id FROM document_processing_jobs WHERE status = 'PENDING'
                ORDER BY tenant_id, priority, run_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
             UPDATE document_processing_jobs j
             SET status = 'IN_PROGRESS', attempts_count = attempts_count + 1,
                 lease_token = lease_token + 1, lease_owner = 'raw', last_attempt_at = now(),
                 lease_expires_at = now() + interval '60 seconds', updated_at = now()
             WHERE j.id = ANY (ARRAY (SELECT id FROM due)) RETURNING j.id";
        #[derive(diesel::QueryableByName)]
        struct Id {
            #[diesel(sql_type = diesel::sql_types::Text)]
            id: String,
        }
        loop {
            let limit = i32::try_from(batch).unwrap();
            let rows: Vec<Id> = sql_query(claim)
                .bind::<diesel::sql_types::Integer, _>(limit)
                .load(&mut connection)
                .await
                .unwrap();
            if rows.is_empty() {
                break;
            }
            let ids: Vec<String> = rows.into_iter().map(|row| row.id).collect();
            sql_query(
                "UPDATE document_processing_jobs SET status = 'SUCCESS', lease_owner = NULL,
                     lease_expires_at = NULL, updated_at = now() WHERE id = ANY ($1)",
            )
            .bind::<diesel::sql_types::Array<diesel::sql_types::Text>, _>(ids)
            .execute(&mut connection)
            .await
            .unwrap();
        }
    };
    futures::future::join_all((0..connections).map(|_| one())).await;
    jobs as f64 / begun.elapsed().as_secs_f64()
}

async fn drain<P: serde::de::DeserializeOwned + Send + Sync + 'static>(
    store: PgJobStore<P>,
    jobs: usize,
    batch: usize,
) -> f64 {
    let queue = Queue {
        concurrency: 24,
        // Room for several claims of this size.
        buffer: 4 * batch,
        claims: 4,
        completion_batch: batch,
        lease: LEASE,
        ..Queue::new("document_processing")
    };
    let runner = Runner::new(
        Arc::new(store),
        Arc::new(Nothing),
        queue,
        "bench",
        &Wakeups::new(),
        Arc::new(Silent),
    );
    let begun = Instant::now();
    let summary = runner.drain(Shutdown::never()).await.unwrap();
    assert_eq!(summary.succeeded, jobs as u64);
    jobs as f64 / begun.elapsed().as_secs_f64()
}

fn percentile(sorted: &[Duration], share: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[at].as_secs_f64() * 1000.0
}

/// From the commit of an insert to the start of the handler, one job at a time.
async fn pick_up(database: &Database, samples: usize) -> Value {
    fill(database, 0, 1, 1, "SUCCESS").await;
    let wakeups = Wakeups::new();
    let (handle, shutdown) = Shutdown::new();
    let listener = Listener::new(database.clone(), wakeups.clone());
    let listening = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { listener.run_until(shutdown).await }
    });
    let (sender, mut seen) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let told = match event {
            RunnerEvent::Started(_) => Some(Instant::now()),
            RunnerEvent::Claimed { jobs: 0, .. } => None,
            _ => return,
        };
        let _ = sender.send(told);
    };
    let runner = Runner::new(
        Arc::new(PgJobStore::<DocumentJob>::documents(database.clone())),
        Arc::new(Nothing),
        Queue::new("document_processing"),
        "bench",
        &wakeups,
        Arc::new(observer),
    );
    let running = tokio::spawn(runner.run_until(shutdown));
    let mut taken = Vec::new();
    let mut connection = database.direct().await.unwrap();
    for n in 1..=samples {
        connection
            .batch_execute(&format!(
                "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                     storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
                 VALUES ('d{n}', 't0', 'c0', 'INVOICE', 'x', 'x', 'x', 1, 'u', now())"
            ))
            .await
            .unwrap();
        // The worker is idle once a claim came back empty.
        while seen.recv().await.unwrap().is_some() {}
        connection
            .batch_execute(&format!(
                "INSERT INTO document_processing_jobs (id, tenant_id, document_id, updated_at)
                 VALUES ('j{n}', 't0', 'd{n}', now())"
            ))
            .await
            .unwrap();
        let committed = Instant::now();
        loop {
            if let Some(started) = seen.recv().await.unwrap() {
                taken.push(started.saturating_duration_since(committed));
                break;
            }
        }
    }
    handle.stop();
    running.await.unwrap();
    listening.await.unwrap();
    taken.sort_unstable();
    json!({"samples": samples, "p50_ms": percentile(&taken, 0.5), "p99_ms": percentile(&taken, 0.99)})
}

/// The time of a claim of 10, the jobs released after each.
async fn claim_time(database: &Database) -> Value {
    let store = PgJobStore::<DocumentJob>::documents(database.clone());
    let request = ClaimRequest { limit: 10, owner: "bench", lease: LEASE };
    let mut taken = Vec::new();
    for round in 0..220 {
        let begun = Instant::now();
        let claimed = store.claim(request).await.unwrap();
        // The first rounds fill the caches.
        if round >= 20 {
            taken.push(begun.elapsed());
        }
        assert!(!claimed.is_empty());
        let leases: Vec<_> = claimed.iter().map(Claimed::lease).collect();
        store.release(&leases).await.unwrap();
    }
    taken.sort_unstable();
    json!({"p50_ms": percentile(&taken, 0.5), "p99_ms": percentile(&taken, 0.99)})
}

/// A worker is busy with one tenant's backlog; another tenant adds one job: how long until it starts,
/// and how many claims and jobs of the other come before it.
async fn fairness(database: &Database, backlog: usize) -> Value {
    fill(database, 0, backlog, 1, "PENDING").await;
    settle(database).await;
    let mut connection = database.direct().await.unwrap();
    connection
        .batch_execute(
            "INSERT INTO tenants (id, name, slug, updated_at) VALUES ('t9', 'x', 't9', now());
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 VALUES ('c9', 't9', 'x', 'Limited', '1', now());
             INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                     storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
                 VALUES ('one', 't9', 'c9', 'INVOICE', 'x', 'x', 'x', 1, 'u', now())",
        )
        .await
        .unwrap();
    let (handle, shutdown) = Shutdown::new();
    let (sender, mut seen) = mpsc::unbounded_channel();
    let observer = move |event: &RunnerEvent<'_>| {
        let told = match event {
            RunnerEvent::Started(lease) => Some((Instant::now(), lease.id == "one")),
            RunnerEvent::Claimed { .. } => None,
            _ => return,
        };
        let _ = sender.send(told);
    };
    let runner = Runner::new(
        Arc::new(PgJobStore::<DocumentJob>::documents(database.clone())),
        Arc::new(Nothing),
        Queue { buffer: 8, ..Queue::new("document_processing") },
        "bench",
        &Wakeups::new(),
        Arc::new(observer),
    );
    let running = tokio::spawn(runner.run_until(shutdown));
    let mut started = 0;
    while started < backlog / 50 {
        started += usize::from(seen.recv().await.unwrap().is_some());
    }
    connection
        .batch_execute(
            "INSERT INTO document_processing_jobs (id, tenant_id, document_id, updated_at)
             VALUES ('one', 't9', 'one', now())",
        )
        .await
        .unwrap();
    let committed = Instant::now();
    let (mut claims, mut jobs) = (0, 0);
    let waited = loop {
        match seen.recv().await.unwrap() {
            Some((at, true)) => break at.saturating_duration_since(committed),
            // Events from before the commit may still be on their way.
            Some((at, false)) => jobs += usize::from(at > committed),
            None => claims += 1,
        }
    };
    handle.stop();
    running.await.unwrap();
    json!({
        "backlog": backlog,
        "claims_until_started_at_most": claims,
        "jobs_of_the_other_started_before": jobs,
        "waited_ms": waited.as_secs_f64() * 1000.0,
    })
}

/// What else the machine is busy with, as the system says it: the figures depend on it.
fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").map_or_else(
        |_| "unknown".to_owned(),
        |text| text.split(' ').take(3).collect::<Vec<_>>().join(" "),
    )
}

#[tokio::main]
async fn main() {
    let number = |at: usize, default: usize| {
        std::env::args().nth(at).map_or(default, |text| text.parse().expect("a number"))
    };
    let finished = number(1, 5_000_000);
    let largest = number(2, 1_000_000);
    let server = Server::start(&Options { durable: true, ..Options::default() }).unwrap();
    let jobs = 50_000;
    let load_before = load();

    let mut drains = Vec::new();
    for batch in [50, 500] {
        let mut round = serde_json::Map::new();
        for connections in [1, 4] {
            let database = fresh(&server, "bench_queue").await;
            fill(&database, 0, jobs, 1, "PENDING").await;
            settle(&database).await;
            let rate = ceiling(&database, jobs, connections, batch).await;
            round.insert(format!("raw_{connections}_connections"), json!(rate.round()));
            database.close();
        }
        let database = fresh(&server, "bench_queue").await;
        fill(&database, 0, jobs, 1, "PENDING").await;
        settle(&database).await;
        let bare = PgJobStore::<Value>::new(database.clone(), BARE);
        round.insert("runner".to_owned(), json!(drain(bare, jobs, batch).await.round()));
        fill(&database, jobs, jobs, 1, "PENDING").await;
        settle(&database).await;
        let documents = PgJobStore::<DocumentJob>::documents(database.clone());
        let rate = drain(documents, jobs, batch).await.round();
        round.insert("runner_with_documents".to_owned(), json!(rate));
        round.insert("batch".to_owned(), json!(batch));
        database.close();
        // Known early: the large tables below take their time.
        eprintln!("{}", json!(round));
        drains.push(Value::Object(round));
    }

    let database = fresh(&server, "bench_queue").await;
    let picked_up = pick_up(&database, 500).await;
    eprintln!("{picked_up}");
    database.close();
    let database = fresh(&server, "bench_queue").await;
    let fair = fairness(&database, jobs).await;
    eprintln!("{fair}");
    database.close();

    let database = fresh(&server, "bench_queue").await;
    let mut made = 0;
    while made < finished {
        let some = 500_000.min(finished - made);
        fill(&database, made, some, 100, "SUCCESS").await;
        made += some;
        eprintln!("{made} finished rows");
    }
    let mut claims = Vec::new();
    let mut pending = 0;
    for target in [1_000, 100_000, 1_000_000] {
        if target > largest {
            break;
        }
        fill(&database, made, target - pending, 100, "PENDING").await;
        made += target - pending;
        pending = target;
        settle(&database).await;
        let time = claim_time(&database).await;
        eprintln!("{target} pending: {time}");
        claims.push(json!({"pending": target, "finished": finished, "claim_of_10": time}));
    }
    let result = json!({
        "load_before": load_before,
        "load_after": load(),
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "drain": drains,
        "pick_up": picked_up,
        "fairness": fair,
        "claim_time": claims,
    });
    println!("{}", serde_json::to_string_pretty(&result).unwrap());
}
