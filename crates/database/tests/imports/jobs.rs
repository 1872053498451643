//! Jobs of integrations: one open at a time, leases, times, back-off.

use std::time::Duration;

use database::integrations::import::{Advance, Imported, Source, import_invoices};
use database::integrations::{
    jobs::{self, FinalFailure, Success},
    ports,
};
use integrations::import::InvoiceImport;
use serde_json::json;

use crate::office::Office;

const DAY: Duration = Duration::from_hours(24);
const PAUSE: Duration = Duration::from_mins(10);

fn success() -> Success<'static> {
    Success {
        stream: "invoices",
        partial: None,
        level: "info",
        message: "tamamlandı",
        context: json!({}),
    }
}

#[tokio::test]
async fn ten_schedulers_and_a_click_make_one_job() {
    let office = Office::new().await;
    office
        .sql(
            "INSERT INTO tenant_integrations (id, tenant_id, provider_id, status, display_name, updated_at)
             SELECT 'i' || n, 'office', 'accounting', 'connected', 'i', now() FROM generate_series(1, 20) n;
             INSERT INTO tenants (id, name, slug, status, updated_at)
                 VALUES ('asleep', 'a', 'a', 'SUSPENDED', now());
             INSERT INTO tenant_integrations (id, tenant_id, provider_id, status, display_name, updated_at)
                 VALUES ('off', 'office', 'accounting', 'disconnected', 'x', now()),
                        ('broken', 'office', 'accounting', 'error', 'x', now()),
                        ('sleeping', 'asleep', 'accounting', 'connected', 'x', now())",
        )
        .await;
    let runs = (0..10).map(|_| {
        let database = office.database.clone();
        tokio::spawn(async move { jobs::schedule(&database, DAY, PAUSE, &[]).await.unwrap().len() })
    });
    let clicks = (0..10).map(|_| {
        let database = office.database.clone();
        tokio::spawn(async move { jobs::trigger(&database, "i1", None).await.unwrap() })
    });
    let (runs, clicks): (Vec<_>, Vec<_>) = (runs.collect(), clicks.collect());
    let mut made = 0;
    for run in runs {
        made += run.await.unwrap();
    }
    for click in clicks {
        made += usize::from(click.await.unwrap().unwrap().is_new);
    }
    assert_eq!(made, 20);
    let open = "SELECT count(*) || ' ' || count(DISTINCT tenant_integration_id)
        FROM integration_sync_jobs WHERE status = 'pending'";
    assert_eq!(office.text(open).await, "20 20");
}

#[tokio::test]
async fn last_sync_at_is_where_reading_began_and_never_later() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let began = "SELECT started_at = (SELECT last_sync_at FROM tenant_integrations)
        FROM worker.sync_progress ORDER BY started_at LIMIT 1";
    let page = async |lease: &jobs_core::LeaseRef, done| {
        let source = Source { lease, integration_id: "parasut", stream: "invoices" };
        let mut import = InvoiceImport::new(Vec::new(), None, database::new_id);
        let advance = Advance { position: Some(json!(done)), done, ..Advance::default() };
        import_invoices(&office.database, &source, &mut import, &advance).await.unwrap()
    };
    page(&lease, false).await;
    let failure = FinalFailure {
        user_message: "Kaynak yanıt vermedi.",
        technical: "500",
        breaks_integration: false,
        retries: 4,
    };
    assert!(jobs::fail(&office.database, &lease, failure).await.unwrap());
    assert_eq!(office.text("SELECT last_sync_at FROM tenant_integrations").await, "");
    let told = "SELECT concat_ws('|', last_sync_status, status, (SELECT count(*) FROM notifications
        WHERE type = 'INTEGRATION_SYNC')) FROM tenant_integrations";
    assert_eq!(office.text(told).await, "error|connected|1");
    // A later job ends the pass that the first one began: what the source changed since is not
    // covered.
    let later = office.job("parasut").await;
    page(&later, true).await;
    assert!(jobs::succeed(&office.database, &later, &success()).await.unwrap());
    assert_eq!(office.text(began).await, "true");
    assert_eq!(office.text("SELECT last_sync_status FROM tenant_integrations").await, "success");
    // Done with: a repeated end changes nothing.
    assert!(!jobs::succeed(&office.database, &later, &success()).await.unwrap());
    assert!(!jobs::fail(&office.database, &later, failure).await.unwrap());
}

#[tokio::test]
async fn a_stale_worker_writes_nothing() {
    let office = Office::new().await;
    let stale = office.integration("parasut", "accounting").await;
    office.sql("UPDATE integration_sync_jobs SET lease_token = lease_token + 1").await;
    let source = Source { lease: &stale, integration_id: "parasut", stream: "invoices" };
    let mut import = InvoiceImport::new(Vec::new(), None, database::new_id);
    let advance = Advance { position: Some(json!(1)), ..Advance::default() };
    let end = import_invoices(&office.database, &source, &mut import, &advance).await.unwrap();
    assert_eq!(end, Imported::LostLease);
    assert!(jobs::begin(&office.database, &stale, "x").await.unwrap().is_none());
    assert_eq!(office.text("SELECT count(*) FROM worker.sync_cursors").await, "0");
}

#[tokio::test]
async fn failing_integrations_back_off_and_broken_ones_are_left_alone() {
    let office = Office::new().await;
    let due = async || jobs::schedule(&office.database, DAY, PAUSE, &[]).await.unwrap().len();
    let failure = |breaks_integration| FinalFailure {
        user_message: "Olmadı.",
        technical: "x",
        breaks_integration,
        retries: 0,
    };
    let lease = office.integration("parasut", "accounting").await;
    assert!(jobs::fail(&office.database, &lease, failure(false)).await.unwrap());
    assert_eq!(due().await, 0, "it failed just now");
    let age = async |minutes: u32| {
        office
            .sql(&format!(
                "UPDATE integration_sync_jobs SET finished_at = now() - interval '{minutes} minutes'"
            ))
            .await;
    };
    age(19).await;
    assert_eq!(due().await, 0);
    age(21).await;
    assert_eq!(due().await, 1, "twenty minutes after the first failure");
    let lease = office.claim().await.unwrap();
    assert!(jobs::fail(&office.database, &lease, failure(false)).await.unwrap());
    age(39).await;
    assert_eq!(due().await, 0);
    age(41).await;
    assert_eq!(due().await, 1, "forty after the second");
    let lease = office.claim().await.unwrap();
    assert!(jobs::fail(&office.database, &lease, failure(true)).await.unwrap());
    assert_eq!(office.text("SELECT status FROM tenant_integrations").await, "error");
    age(100_000).await;
    assert_eq!(due().await, 0, "somebody has to see to it");
}

#[tokio::test]
async fn a_job_that_was_cut_off_for_good_is_told() {
    let office = Office::new().await;
    office.integration("parasut", "accounting").await;
    office
        .sql(
            "UPDATE integration_sync_jobs SET status = 'failed', error_message = 'Yarıda kaldı.',
                 finished_at = now()",
        )
        .await;
    assert_eq!(jobs::settle(&office.database).await.unwrap(), 1);
    assert_eq!(jobs::settle(&office.database).await.unwrap(), 0);
    let told =
        "SELECT last_sync_status || '|' || (SELECT string_agg(message, ',') FROM notifications)
        FROM tenant_integrations";
    assert_eq!(office.text(told).await, "error|parasut eşitlenemedi: Yarıda kaldı.");
}

#[tokio::test]
async fn the_platforms_queries_work_verbatim() {
    let office = Office::new().await;
    // As its backend inserts, naming only what it knows.
    office
        .sql(
            "INSERT INTO tenant_integrations (id, tenant_id, provider_id, status, display_name, config, updated_at)
             VALUES ('parasut', 'office', 'accounting', 'connected', 'Paraşüt', '{}', now());
             INSERT INTO integration_sync_jobs (id, tenant_id, tenant_integration_id, job_type, status, updated_at)
             VALUES ('job', 'office', 'parasut', 'pull_invoices', 'pending', now())",
        )
        .await;
    let states = "SELECT id, last_sync_at, last_sync_status FROM tenant_integrations";
    let pending = "SELECT * FROM integration_sync_jobs WHERE status = 'pending' ORDER BY created_at ASC LIMIT 10";
    let logs = "SELECT * FROM integration_sync_logs WHERE tenant_integration_id = 'parasut'
        ORDER BY created_at DESC LIMIT 50";
    assert_eq!(office.rows(pending).await, [["job", "pull_invoices", "pending"]]);
    assert_eq!(office.rows(states).await, [["parasut", "", ""]]);

    let lease = office.claim().await.unwrap();
    jobs::begin(&office.database, &lease, "Fatura eşitlemesi başladı.").await.unwrap().unwrap();
    assert_eq!(office.rows(pending).await.len(), 0);
    assert_eq!(office.rows(states).await, [["parasut", "", "in_progress"]]);
    let source = Source { lease: &lease, integration_id: "parasut", stream: "invoices" };
    let mut import = InvoiceImport::new(Vec::new(), None, database::new_id);
    let advance = Advance { position: Some(json!(1)), done: true, ..Advance::default() };
    import_invoices(&office.database, &source, &mut import, &advance).await.unwrap();
    assert!(jobs::succeed(&office.database, &lease, &success()).await.unwrap());
    let after = office.rows(states).await;
    assert_eq!((after[0][0].as_str(), after[0][2].as_str()), ("parasut", "success"));
    assert!(!after[0][1].is_empty(), "a time");
    let logs = office.rows(logs).await;
    let told: Vec<_> = logs.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(
        told,
        [("info", "tamamlandı"), ("info", "Fatura eşitlemesi başladı.")],
        "newest first"
    );
    let ended =
        "SELECT * FROM integration_sync_jobs WHERE status = 'success' AND finished_at IS NOT NULL
        AND started_at <= finished_at";
    assert_eq!(office.rows(ended).await, [["job", "pull_invoices", "success"]]);
}

#[tokio::test]
async fn the_platforms_second_request_goes_through_and_is_called_off() {
    let office = Office::new().await;
    office.integration("parasut", "accounting").await;
    let ask = async |id: &str, job_type: &str| {
        office
            .sql(&format!(
                "INSERT INTO integration_sync_jobs
                     (id, tenant_id, tenant_integration_id, job_type, status, updated_at)
                 VALUES ('{id}', 'office', 'parasut', '{job_type}', 'pending', now())"
            ))
            .await;
        let told = format!(
            "SELECT concat_ws('|', status, error_message, finished_at IS NOT NULL)
             FROM integration_sync_jobs WHERE id = '{id}'"
        );
        office.text(&told).await
    };
    assert_eq!(
        ask("again", "pull_invoices").await,
        "cancelled|Bu entegrasyonun aynı eşitlemesi zaten bekliyor veya sürüyor; istek onunla birleştirildi.|t"
    );
    assert_eq!(
        ask("other", "pull_bank_transactions").await,
        "cancelled|Bu entegrasyonun başka bir eşitlemesi bekliyor veya sürüyor; bitince yeniden isteyin.|t"
    );
    assert!(office.claim().await.is_none(), "nothing of it is work");
    // Ended, the next request is a job again.
    office
        .sql("UPDATE integration_sync_jobs SET status = 'success' WHERE status = 'in_progress'")
        .await;
    assert_eq!(ask("later", "pull_bank_transactions").await, "pending|f");

    // Many clicks at once, and the worker's scheduler: one job, no error, and no row of the scheduler's.
    office
        .sql(
            "DELETE FROM integration_sync_jobs;
             UPDATE tenant_integrations SET last_sync_at = NULL",
        )
        .await;
    let clicks = (0..8).map(|n| {
        let url = office.url();
        tokio::spawn(async move {
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client
                .query_one(
                    "INSERT INTO integration_sync_jobs
                         (id, tenant_id, tenant_integration_id, job_type, status, updated_at)
                     VALUES ($1, 'office', 'parasut', 'pull_invoices', 'pending', now()) RETURNING status",
                    &[&format!("click{n}")],
                )
                .await
                .unwrap()
                .get::<_, String>(0)
        })
    });
    let clicks: Vec<_> = clicks.collect();
    let made = jobs::schedule(&office.database, DAY, PAUSE, &[]).await.unwrap().len();
    let mut pending = made;
    for click in clicks {
        pending += usize::from(click.await.unwrap() == "pending");
    }
    assert_eq!(pending, 1);
    let all = "SELECT count(*) FROM integration_sync_jobs";
    assert_eq!(office.text(all).await, (8 + made).to_string());
}

#[tokio::test]
async fn both_streams_of_a_source_that_has_both_are_pulled_in_turn() {
    let office = Office::new().await;
    let of_both = [("PARASUT", None), ("MIKRO_ACCOUNTING", Some("baseUrl"))];
    let due = async || {
        let made = jobs::schedule(&office.database, DAY, PAUSE, &of_both).await.unwrap();
        made.into_iter().map(|one| one.job_type).collect::<Vec<_>>()
    };
    let synced = async |stream| {
        let lease = office.claim().await.unwrap();
        jobs::begin(&office.database, &lease, "başladı").await.unwrap().unwrap();
        let source = Source { lease: &lease, integration_id: "both", stream };
        let mut import = InvoiceImport::new(Vec::new(), None, database::new_id);
        let advance = Advance { position: Some(json!(1)), done: true, ..Advance::default() };
        import_invoices(&office.database, &source, &mut import, &advance).await.unwrap();
        let success = Success { stream, ..success() };
        assert!(jobs::succeed(&office.database, &lease, &success).await.unwrap());
    };
    office
        .sql(
            "INSERT INTO tenant_integrations (id, tenant_id, provider_id, status, display_name, updated_at)
             VALUES ('both', 'office', 'accounting', 'connected', 'Paraşüt', now())",
        )
        .await;
    // What the type says first; then the other, without waiting for the next day.
    for _ in 0..3 {
        assert_eq!(due().await, ["pull_invoices"]);
        assert_eq!(due().await, [""; 0], "one at a time");
        synced("invoices").await;
        assert_eq!(due().await, ["pull_bank_transactions"]);
        synced("bank_transactions").await;
        assert_eq!(due().await, [""; 0], "both are fresh");
        office
            .sql("UPDATE worker.sync_cursors SET covered_until = now() - interval '25 hours'")
            .await;
        office
            .sql(
                "UPDATE worker.sync_cursors SET covered_until = covered_until + interval '1 minute'
                  WHERE stream = 'bank_transactions'",
            )
            .await;
    }
    // A stream that is left to another integration.
    office.sql("UPDATE tenant_integrations SET config = '{\"pullInvoices\": false}'").await;
    assert_eq!(due().await, ["pull_bank_transactions"]);
    synced("bank_transactions").await;
    assert_eq!(due().await, [""; 0]);
    // By its own interface this one has invoices alone.
    office
        .sql(
            "INSERT INTO integration_providers (id, type, code, name, updated_at)
                 VALUES ('mikro', 'accounting', 'MIKRO_ACCOUNTING', 'Mikro', now());
             UPDATE tenant_integrations SET provider_id = 'mikro', config = '{\"baseUrl\": \"https://a\"}';
             UPDATE worker.sync_cursors SET covered_until = now() - interval '25 hours'",
        )
        .await;
    assert_eq!(due().await, ["pull_invoices"]);
    synced("invoices").await;
    assert_eq!(due().await, [""; 0]);
}

#[tokio::test]
async fn a_push_is_due_when_switched_on_and_by_its_own_time() {
    let office = Office::new().await;
    let due = async || {
        let made = jobs::schedule(&office.database, DAY, PAUSE, &[]).await.unwrap();
        made.into_iter().map(|one| one.job_type).collect::<Vec<_>>()
    };
    let ended = async |stream| {
        let lease = office.claim().await.unwrap();
        jobs::begin(&office.database, &lease, "başladı").await.unwrap().unwrap();
        let success = Success { stream, ..success() };
        assert!(jobs::succeed(&office.database, &lease, &success).await.unwrap());
    };
    let set = async |config: &str| {
        office.sql(&format!("UPDATE tenant_integrations SET config = '{config}'")).await;
    };
    let pushed_ago = async |minutes: u32| {
        office
            .sql(&format!(
                "UPDATE worker.sync_cursors SET covered_until = now() - interval '{minutes} minutes'
                 WHERE stream = 'push_invoices'"
            ))
            .await;
    };
    office
        .sql(
            "INSERT INTO tenant_integrations
                 (id, tenant_id, provider_id, status, display_name, last_sync_at, updated_at)
             VALUES ('parasut', 'office', 'accounting', 'connected', 'Paraşüt', now() - interval '1 hour', now())",
        )
        .await;
    for off in ["{}", "{\"pushSyncEnabled\": false}", "{\"pushSyncEnabled\": null}"] {
        set(off).await;
        assert_eq!(due().await, [""; 0], "{off}");
    }
    set("{\"pushSyncEnabled\": true}").await;
    let pulled = "SELECT last_sync_at FROM tenant_integrations";
    let before = office.text(pulled).await;
    assert_eq!(due().await, ["push_invoices"], "never pushed");
    ended("push_invoices").await;
    assert_eq!(office.text(pulled).await, before, "a push moves no pull");
    for (word, minutes) in [
        ("hourly", 60),
        ("daily", 24 * 60),
        ("whenever", 24 * 60),
        ("weekly", 7 * 24 * 60),
        ("monthly", 30 * 24 * 60),
    ] {
        set(&format!("{{\"pushSyncEnabled\": true, \"pushSyncFrequency\": \"{word}\"}}")).await;
        pushed_ago(minutes - 1).await;
        assert_eq!(due().await, [""; 0], "{word}");
        pushed_ago(minutes + 1).await;
        assert_eq!(due().await, ["push_invoices"], "{word}");
        ended("push_invoices").await;
    }
    // However often it pushes, the pull is due when its own time has come, and goes first.
    pushed_ago(60 * 24 * 60).await;
    office.sql("UPDATE tenant_integrations SET last_sync_at = now() - interval '25 hours'").await;
    assert_eq!(due().await, ["pull_invoices"]);
}

#[tokio::test]
async fn last_sync_at_is_that_of_the_stream_that_lags_and_what_was_in_error_works_again() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let cursor = async |stream: &str, hours: u32| {
        office
            .sql(&format!(
                "INSERT INTO worker.sync_cursors (tenant_id, integration_id, stream, covered_until)
                 VALUES ('office', 'parasut', '{stream}', '2026-03-05T00:00:00Z'::timestamptz
                     - {hours} * interval '1 hour')"
            ))
            .await;
    };
    cursor("invoices", 0).await;
    cursor("bank_transactions", 5).await;
    cursor("push_invoices", 50).await;
    office.sql("UPDATE tenant_integrations SET status = 'error'").await;
    assert!(jobs::succeed(&office.database, &lease, &success()).await.unwrap());
    let state =
        "SELECT concat_ws('|', status, last_sync_at AT TIME ZONE 'UTC') FROM tenant_integrations";
    assert_eq!(office.text(state).await, "connected|2026-03-04 19:00:00");
    // A stream that is left to another integration holds nothing up; one that was disconnected
    // meanwhile stays so.
    let next = office.job("parasut").await;
    office
        .sql(
            "UPDATE tenant_integrations SET status = 'disconnected',
                 config = '{\"pullBankTransactions\": false}'",
        )
        .await;
    assert!(jobs::succeed(&office.database, &next, &success()).await.unwrap());
    assert_eq!(office.text(state).await, "disconnected|2026-03-05 00:00:00");
}

#[tokio::test]
async fn how_long_a_job_stores_nothing_is_counted_from_its_last_page() {
    let office = Office::new().await;
    let lease = office.integration("parasut", "accounting").await;
    let idle = async || jobs::idle(&office.database, &lease, "parasut", "invoices").await.unwrap();
    office.sql("UPDATE integration_sync_jobs SET created_at = now() - interval '3 days'").await;
    assert!(idle().await > 2 * DAY);
    let source = Source { lease: &lease, integration_id: "parasut", stream: "invoices" };
    let mut import = InvoiceImport::new(Vec::new(), None, database::new_id);
    let advance = Advance { position: Some(json!(1)), ..Advance::default() };
    import_invoices(&office.database, &source, &mut import, &advance).await.unwrap();
    assert!(idle().await < Duration::from_hours(1));
}

#[tokio::test]
async fn tokens_are_stored_by_the_one_that_may_renew_them() {
    let office = Office::new().await;
    office.integration("parasut", "accounting").await;
    let database = &office.database;
    let begin =
        async |seen| ports::begin_refresh(database, "office", "parasut", seen).await.unwrap();
    let finish = async |claim, sealed: &str| {
        ports::finish_refresh(database, "office", "parasut", claim, sealed).await.unwrap()
    };
    let slow = begin(None).await;
    assert!(slow.is_some());
    assert_eq!(begin(None).await, None, "one at a time");
    // The first one takes so long that its right ends, and another renews.
    office
        .sql("UPDATE worker.integration_tokens SET refresh_claimed_until = now() - interval '1 second'")
        .await;
    let quick = begin(None).await;
    assert!(quick.is_some());
    ports::abandon_refresh(database, "office", "parasut", slow).await.unwrap();
    assert_eq!(begin(None).await, None, "what is another's is not given up");
    assert_eq!(finish(slow, "dead").await, None);
    assert_eq!(finish(quick, "alive").await, Some(1));
    assert_eq!(finish(slow, "dead").await, None);
    assert_eq!(finish(None, "dead").await, None);
    let stored = ports::load_tokens(database, "office", "parasut").await.unwrap().unwrap();
    assert_eq!((stored.sealed.as_str(), stored.generation), ("alive", 1));
    // Sealed anew, unless somebody was quicker.
    let reseal = async |old: &str, new: &str| {
        ports::reseal_tokens(database, "office", "parasut", old, new).await.unwrap()
    };
    assert!(reseal("alive", "anew").await);
    assert!(!reseal("alive", "late").await);
}

#[tokio::test]
async fn what_a_job_knows_of_its_integration_is_not_printed() {
    let office = Office::new().await;
    office.integration("parasut", "accounting").await;
    office
        .sql(
            "UPDATE tenant_integrations SET config = '{\"password\": \"cok-gizli\"}';
             UPDATE integration_sync_jobs SET status = 'pending', lease_token = 0",
        )
        .await;
    let lease = office.claim().await.unwrap();
    let begun = jobs::begin(&office.database, &lease, "x").await.unwrap().unwrap();
    assert_eq!(begun.config["password"], json!("cok-gizli"));
    assert!(!format!("{begun:?}").contains("cok-gizli"), "{begun:?}");
}
