//! Integrations as the platform connects them, and syncs as its people ask for them.

use std::time::Duration;

use serde_json::Value;

use super::{Platform, tick};

/// How long a sync of thousands of records may take in an unoptimised build before the test fails.
const PATIENCE: Duration = Duration::from_mins(15);

/// A worker that soon takes up what a killed one has left.
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    ("INTEGRATIONS_ALLOW_MOCK", "true"),
    ("INTEGRATION_SYNC_INTERVAL_MS", "1000"),
    ("WORKER_LEASE_MS", "2000"),
    ("WORKER_REAP_INTERVAL_MS", "500"),
    ("LOG_LEVEL", "warn"),
];

/// What calls to a server of this machine need besides.
pub(crate) const LOCAL: &[(&str, &str)] = &[
    ("INTEGRATIONS_ALLOW_LOOPBACK", "true"),
    ("INTEGRATIONS_KEEP_RATES", "false"),
    ("INTEGRATIONS_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
];

/// Whether no sync is open.
pub(crate) const ALL_DONE: &str = "SELECT count(*) = 0 FROM integration_sync_jobs
    WHERE status NOT IN ('success', 'failed', 'cancelled')";

/// Every open job is due at once: what a test waits for is the work, not the pause before it.
const NOW: &str = "UPDATE integration_sync_jobs SET run_at = now() WHERE status = 'pending'";

impl Platform {
    /// Connects an integration of a whole office.
    pub(crate) async fn add_integration(&self, tenant: &str, id: &str, code: &str, config: &Value) {
        let kind = match code {
            "MOCK_BANK" | "OHVPS" | "GOCARDLESS" | "IS_BANKASI" | "GARANTI_BBVA" => "bank",
            _ => "accounting",
        };
        let config = config.to_string();
        let client = self.connect().await;
        client
            .batch_execute(&format!(
                "INSERT INTO integration_providers (id, type, code, name, updated_at)
                 VALUES ('{code}', '{kind}', '{code}', '{code}', now()) ON CONFLICT DO NOTHING"
            ))
            .await
            .unwrap();
        client
            .execute(
                "INSERT INTO tenant_integrations
                     (id, tenant_id, provider_id, status, display_name, config, updated_at)
                 VALUES ($1::text, $2, $3, 'connected', $1::text, $4::text::jsonb, now())",
                &[&id, &tenant, &code, &config],
            )
            .await
            .unwrap();
    }

    /// Says that an integration is its office's company's.
    pub(crate) async fn give_to_company(&self, id: &str) {
        let sql = "UPDATE tenant_integrations SET client_company_id = 'company-' || tenant_id WHERE id = $1";
        self.connect().await.execute(sql, &[&id]).await.unwrap();
    }

    /// As the platform's "sync now" does, without the columns that the worker added.
    pub(crate) async fn click(&self, tenant: &str, id: &str, job_type: &str) {
        let client = self.connect().await;
        client
            .execute(
                "INSERT INTO integration_sync_jobs
                     (id, tenant_id, tenant_integration_id, job_type, status, updated_at)
                 VALUES ('click-' || $1::text || '-' || clock_timestamp(), $2, $1::text, $3, 'pending', now())",
                &[&id, &tenant, &job_type],
            )
            .await
            .unwrap();
    }

    /// Makes every waiting sync due.
    pub(crate) async fn hurry_syncs(&self) {
        self.connect().await.execute(NOW, &[]).await.unwrap();
    }

    /// Keeps every waiting job due until a query gives true.
    pub(crate) async fn sync_until(&self, sql: &str) {
        let client = self.connect().await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !client.query_one(sql, &[]).await.unwrap().get::<_, bool>(0) {
            client.execute(NOW, &[]).await.unwrap();
            if tokio::time::Instant::now() >= deadline {
                let jobs = "SELECT coalesce(string_agg(concat_ws(' ', tenant_integration_id, job_type, status,
                        attempts, error_message, technical_error), '; '), 'none')
                    FROM integration_sync_jobs";
                let jobs: String = client.query_one(jobs, &[]).await.unwrap().get(0);
                panic!("never true: {sql}; jobs: {jobs}");
            }
            tick().await;
        }
    }

    /// Keeps every waiting job due until all have ended.
    pub(crate) async fn until_synced(&self) {
        self.sync_until(ALL_DONE).await;
    }
}
