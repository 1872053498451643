//! The queue of integrations to be synced.

use serde::Deserialize;

use super::{Columns, PgJobStore, StatusWords, TableDescription};
use crate::Database;

/// What is known of a sync job when it is claimed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncJob {
    /// `tenant_integrations.id`.
    pub integration_id: String,
    /// `pull_invoices`, `pull_bank_transactions`, `push_invoices` or `push_bank_transactions`.
    pub job_type: String,
    /// The company that the job was asked for; all of them when not set.
    pub client_company_id: Option<String>,
    /// Whether another job of the integration was open when the database was adopted: it does the
    /// work, and this one is called off.
    pub is_surplus: bool,
}

/// `integration_sync_jobs`.
pub const INTEGRATION_SYNC: TableDescription = TableDescription {
    queue: "integration_sync",
    table: "integration_sync_jobs",
    words: StatusWords {
        pending: "pending",
        in_progress: "in_progress",
        succeeded: "success",
        failed: "failed",
        cancelled: "cancelled",
    },
    columns: Columns {
        attempts: "attempts",
        started_at: "started_at",
        finished_at: Some("finished_at"),
        technical: "technical_error",
        user_message: Some("error_message"),
    },
    subject: None,
    payload: &[
        ("integrationId", "j.tenant_integration_id"),
        ("jobType", "j.job_type"),
        ("clientCompanyId", "j.client_company_id"),
        ("isSurplus", "j.is_surplus"),
    ],
    exhausted: "Eşitleme birkaç kez yarıda kaldığı için durduruldu. Bir sonraki eşitlemede kaldığı \
                yerden devam edilir.",
    cancelled: "Eşitleme iptal edildi.",
};

impl PgJobStore<SyncJob> {
    /// The sync queue.
    pub fn syncs(database: Database) -> Self {
        Self::new(database, INTEGRATION_SYNC)
    }
}
