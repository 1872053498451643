//! Jobs of integrations: one open at a time, leases, times, back-off.

use std::time::Duration;

use database::integrations::import::{Advance, Imported, Source, import_invoices};
use database::integrations::jobs::{self, FinalFailure, Success};
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
    office.integration("parasut", "accounting").await;
    for query in [
        "SELECT id, last_sync_at, last_sync_status FROM tenant_integrations",
        "SELECT * FROM integration_sync_jobs WHERE status = 'pending'",
        "SELECT * FROM integration_sync_logs ORDER BY created_at DESC",
    ] {
        office.sql(query).await;
    }
    assert_eq!(office.text("SELECT message FROM integration_sync_logs").await, "başladı");
}
