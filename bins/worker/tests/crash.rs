//! What is left after processes die: every document in exactly one final state, with one set of
//! results. Real worker processes, real signals, a real server.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::time::Duration;

use dev_postgres::StopMode;
use rustix::process::Signal;
use support::{Platform, Worker};

const DOCUMENTS: u32 = 1_000;

/// Short enough that dead workers' jobs come back within the test; nothing is measured by it.
const SETTINGS: &[(&str, &str)] = &[
    ("WORKER_LEASE_MS", "2000"),
    ("WORKER_REAP_INTERVAL_MS", "500"),
    ("DOCUMENT_POLL_INTERVAL_MS", "500"),
    ("WORKER_CONCURRENCY", "4"),
    ("LOG_LEVEL", "warn"),
];

const ALL_FINAL: &str = "SELECT count(*) = 0 FROM document_processing_jobs
    WHERE status NOT IN ('SUCCESS', 'FAILED')";

/// Kills one of three workers each second, and starts another, until every job is final.
async fn process_while_killing(platform: &Platform) -> u32 {
    let start = || platform.worker(&["run"], SETTINGS);
    let mut workers: Vec<Worker> = (0..3).map(|_| start()).collect();
    let done = platform.until(ALL_FINAL);
    tokio::pin!(done);
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.tick().await;
    let mut kills = 0;
    loop {
        tokio::select! {
            () = &mut done => return kills,
            _ = seconds.tick() => {
                let victim = workers.remove(0);
                victim.signal(Signal::KILL);
                kills += 1;
                workers.push(start());
            }
        }
    }
}

/// Each document has one job in SUCCESS and one row in every table of results.
async fn assert_one_set_of_results(platform: &Platform) {
    let expected = i64::from(DOCUMENTS);
    for (what, sql) in [
        ("jobs done", "SELECT count(*) FROM document_processing_jobs WHERE status = 'SUCCESS'"),
        ("documents done", "SELECT count(*) FROM documents WHERE status = 'PROCESSED'"),
        ("texts", "SELECT count(DISTINCT document_id) FROM document_ocr_results"),
        ("fields", "SELECT count(DISTINCT document_id) FROM document_parsed_data"),
        ("features", "SELECT count(DISTINCT document_id) FROM document_risk_features"),
        ("scores", "SELECT count(DISTINCT document_id) FROM document_risk_scores"),
        // No key keeps these two single: a second row would be a document counted twice.
        ("history", "SELECT count(*) FROM risk_score_history WHERE entity_type = 'document'"),
        (
            "documents in history",
            "SELECT count(DISTINCT entity_id) FROM risk_score_history WHERE entity_type = 'document'",
        ),
        (
            "metered analyses",
            "SELECT (SELECT coalesce(sum(amount), 0) FROM worker.usage_events WHERE metric = 'AI_ANALYSES')::bigint
                  + (SELECT coalesce(sum(value), 0) FROM tenant_usages WHERE metric = 'AI_ANALYSES')::bigint",
        ),
        ("fingerprints", "SELECT count(*) FROM worker.document_fingerprints"),
    ] {
        assert_eq!(platform.count(sql).await, expected, "{what}");
    }
    let alerts = "SELECT count(*) FROM (SELECT document_id FROM risk_alerts
        WHERE document_id IS NOT NULL GROUP BY document_id, type HAVING count(*) > 1) twice";
    assert_eq!(platform.count(alerts).await, 0, "alerts raised twice");
}

/// Each document is final: done, with one row in every table of results, or given up after the
/// platform's three attempts, each of which a kill ended, with a reason and with no results at all.
async fn assert_whole_or_untouched(platform: &Platform) {
    let broken = "SELECT count(*) FROM document_processing_jobs j
        JOIN documents d ON d.id = j.document_id
        CROSS JOIN LATERAL (SELECT ARRAY[
            (SELECT count(*) FROM document_ocr_results r WHERE r.document_id = d.id),
            (SELECT count(*) FROM document_parsed_data r WHERE r.document_id = d.id),
            (SELECT count(*) FROM document_risk_features r WHERE r.document_id = d.id),
            (SELECT count(*) FROM document_risk_scores r WHERE r.document_id = d.id),
            (SELECT count(*) FROM risk_score_history r WHERE r.entity_id = d.id),
            (SELECT count(*) FROM worker.document_fingerprints r WHERE r.document_id = d.id)
        ] AS results) found
        WHERE NOT CASE j.status
            WHEN 'SUCCESS' THEN d.status = 'PROCESSED' AND results = ARRAY[1, 1, 1, 1, 1, 1]::bigint[]
            WHEN 'FAILED' THEN d.status = 'FAILED' AND results = ARRAY[0, 0, 0, 0, 0, 0]::bigint[]
                AND j.attempts_count = 3 AND j.last_error_message LIKE 'the lease of % ran out%'
                AND d.processing_error_message IS NOT NULL
            ELSE false END";
    assert_eq!(platform.count(broken).await, 0, "neither whole nor untouched");
}

/// Kills may use up a document's attempts, as `killed_workers_lose_and_double_nothing` shows. With room
/// for that much bad luck, a test is about its other point alone.
async fn allow_many_attempts(platform: &Platform) {
    let sql = "UPDATE document_processing_jobs SET max_attempts = 100";
    platform.connect().await.execute(sql, &[]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_lose_and_double_nothing() {
    let platform = Platform::new().await;
    platform.upload_invoices(DOCUMENTS).await;
    let kills = process_while_killing(&platform).await;
    assert!(kills >= 3, "the work was over after {kills} kills");
    assert_whole_or_untouched(&platform).await;

    // What was in a worker's hands at three kills was given up. An operator asks for it again, and it
    // ends like the others.
    let given_up: Vec<String> = platform
        .connect()
        .await
        .query("SELECT id FROM document_processing_jobs WHERE status = 'FAILED'", &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    if !given_up.is_empty() {
        let mut retry = vec!["jobs", "retry"];
        retry.extend(given_up.iter().map(String::as_str));
        assert_eq!(platform.worker(&retry, &[]).wait().code, Some(0));
        platform.drain();
    }
    assert_one_set_of_results(&platform).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_server_loses_and_doubles_nothing() {
    let platform = Platform::with_own_server().await;
    platform.upload_invoices(DOCUMENTS).await;
    allow_many_attempts(&platform).await;
    let restart = async {
        platform
            .until("SELECT count(*) > 100 FROM document_processing_jobs WHERE status = 'SUCCESS'")
            .await;
        tokio::task::block_in_place(|| platform.server().restart(StopMode::Kill).unwrap());
        let left = "SELECT count(*) FROM document_processing_jobs WHERE status <> 'SUCCESS'";
        platform.count(left).await
    };
    let (kills, left) = tokio::join!(process_while_killing(&platform), restart);
    assert!(kills >= 3, "the work was over after {kills} kills");
    assert!(left > 0, "the work was over before the server was restarted");
    assert_one_set_of_results(&platform).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_the_server_costs_no_attempt() {
    let platform = Platform::with_own_server().await;
    platform.upload_invoices(DOCUMENTS).await;
    // With a single attempt, one that counted would be the end of its document.
    let sql = "UPDATE document_processing_jobs SET max_attempts = 1";
    platform.connect().await.execute(sql, &[]).await.unwrap();
    let settings = [("DOCUMENT_POLL_INTERVAL_MS", "500"), ("LOG_LEVEL", "warn")];
    let worker = platform.worker(&["run"], &settings);
    for outage in 1..=2 {
        let some = format!(
            "SELECT count(*) > {} FROM document_processing_jobs WHERE status = 'SUCCESS'",
            100 * outage
        );
        platform.until(&some).await;
        let waits = "The database is out of reach; the document waits";
        let before = worker.written(waits);
        tokio::task::block_in_place(|| platform.server().stop(StopMode::Fast).unwrap());
        support::until(|| worker.written(waits) > before, waits).await;
        tokio::task::block_in_place(|| platform.server().resume().unwrap());
    }
    platform.until(ALL_FINAL).await;
    worker.signal(Signal::TERM);
    let finished = worker.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let sql = "SELECT last_error_message FROM document_processing_jobs WHERE status = 'FAILED'";
    let failed = platform.connect().await.query(sql, &[]).await.unwrap();
    let causes: Vec<String> = failed.iter().map(|row| row.get(0)).collect();
    assert_eq!(causes, [""; 0], "an outage counted: {}", finished.stderr);
    assert_one_set_of_results(&platform).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_old_worker_left_in_progress_is_done() {
    let platform = Platform::new().await;
    platform.upload_invoices(1).await;
    platform
        .connect()
        .await
        .batch_execute(
            "UPDATE documents SET status = 'PROCESSING';
             UPDATE document_processing_jobs SET status = 'IN_PROGRESS', attempts_count = 1,
                 last_attempt_at = now() - interval '1 hour', updated_at = now() - interval '1 hour'",
        )
        .await
        .unwrap();
    let worker = platform.worker(&["run"], SETTINGS);
    platform.until(ALL_FINAL).await;
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
    let sql = "SELECT count(*) FROM documents WHERE status = 'PROCESSED'";
    assert_eq!(platform.count(sql).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_worker_that_wakes_writes_nothing() {
    const HELD: &str = "SELECT count(*) FROM document_processing_jobs WHERE status = 'IN_PROGRESS'";
    let platform = Platform::new().await;
    platform.upload_invoices(DOCUMENTS).await;
    // One attempt at a time and many jobs at hand: whenever it is stopped, it holds some.
    let many_at_hand =
        [SETTINGS, &[("WORKER_CONCURRENCY", "1"), ("WORKER_BUFFER", "100")]].concat();
    let sleeper = platform.worker(&["run"], &many_at_hand);
    platform
        .until("SELECT count(*) > 0 FROM document_processing_jobs WHERE status = 'SUCCESS'")
        .await;
    sleeper.signal(Signal::STOP);
    let held = platform.count(HELD).await;
    assert!(held > 0, "the worker was stopped with nothing in its hands");

    let other = platform.worker(&["run"], SETTINGS);
    platform.until(ALL_FINAL).await;
    other.signal(Signal::TERM);
    assert_eq!(other.wait().code, Some(0));
    let everything = "SELECT md5(string_agg(t, ',' ORDER BY t)) FROM (
        SELECT j::text AS t FROM document_processing_jobs j
        UNION ALL SELECT d::text FROM documents d
        UNION ALL SELECT p::text FROM document_parsed_data p
        UNION ALL SELECT s::text FROM document_risk_scores s
        UNION ALL SELECT h::text FROM risk_score_history h
        UNION ALL SELECT f::text FROM worker.document_fingerprints f) all_rows";
    let before: String = platform.row(everything, &[]).await.get(0);

    sleeper.signal(Signal::CONT);
    // Stopped within an attempt, it learns when it wants to write; stopped while the server was
    // already writing its last, by the next heartbeat, which takes the jobs at hand from it.
    sleeper.until_error(&["not in this worker's hands any more", "jobs were lost"]);
    sleeper.signal(Signal::TERM);
    let finished = sleeper.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(platform.row(everything, &[]).await.get::<_, String>(0), before);
    assert_one_set_of_results(&platform).await;
}
