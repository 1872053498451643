//! A sync job: pages from the connector into the books, or rows of the books to the connector.

mod failing;
mod ports;
mod pull;
mod push;
mod schedule;
mod stream;

use std::{fmt::Write as _, time::Duration};

use async_trait::async_trait;
use database::{
    Database,
    integrations::jobs::{self, Begun, Success},
    jobs::SyncJob,
};
use domain::TenantId;
use integrations::{
    Connected, ConnectorError, Environment, Integration, IntegrationConfig, KeyRing,
    import::OwnCompany,
};
use jobs_core::{Claimed, Handler, JobContext, Outcome};
use serde_json::json;
use tracing::{Instrument as _, info, info_span};

use self::failing::Stop;
pub(crate) use self::{
    ports::{TOKENS, connect, environment},
    schedule::ScheduleSyncs,
    stream::Stream,
};

/// How an office's records come into the books.
#[derive(Debug, Clone)]
pub(crate) struct SyncSettings {
    /// Days that the first sync goes back.
    pub(crate) first_days: u64,
    /// Code of the account against which bank movements are booked.
    pub(crate) suspense_account: String,
    /// Records of one page, as a wish.
    pub(crate) page_size: usize,
    /// A job that has worked for so long makes room for others and goes on at its next turn.
    pub(crate) turn: Duration,
}

/// What every sync job needs.
#[derive(Debug)]
pub(crate) struct SyncHandler {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
    pub(crate) keys: KeyRing,
    pub(crate) settings: SyncSettings,
}

/// A sync job under way.
struct Run<'a> {
    handler: &'a SyncHandler,
    job: &'a Claimed<SyncJob>,
    stream: Stream,
    config: IntegrationConfig,
    connected: Connected,
    own: Option<OwnCompany>,
}

#[async_trait]
impl Handler<SyncJob> for SyncHandler {
    async fn run(&self, job: &Claimed<SyncJob>, _context: &JobContext) -> Outcome {
        let span = info_span!("sync", integration_id = %job.payload.integration_id,
            job_type = %job.payload.job_type);
        async {
            if job.payload.is_surplus {
                info!("Another job of the integration was open already; this one is called off");
                return Outcome::Cancelled;
            }
            info!("Processing integration sync job");
            match self.process(job).await {
                Ok(outcome) => outcome,
                Err(stop) => self.end(job, stop).await,
            }
        }
        .instrument(span)
        .await
    }
}

impl SyncHandler {
    async fn process(&self, job: &Claimed<SyncJob>) -> Result<Outcome, Stop> {
        let Some(stream) = Stream::of_job(&job.payload.job_type) else {
            let what = &job.payload.job_type;
            return Err(Stop::refused(
                format!("unknown job type {what:?}"),
                "Eşitleme türü tanınmıyor; entegrasyonu yeniden eşitleyin.",
            ));
        };
        let lease = job.lease();
        let started = format!("{} başladı.", stream.in_turkish());
        let Some(begun) = jobs::begin(&self.database, &lease, &started).await? else {
            return Ok(Outcome::LostLease);
        };
        if begun.status == "disconnected" || !begun.provider_active {
            return Err(Stop::refused(
                format!("status {}, provider active: {}", begun.status, begun.provider_active),
                "Entegrasyon bağlı değil veya sağlayıcı kapalı; bağlayıp yeniden deneyin.",
            ));
        }
        let run = self.open(job, stream, &begun).map_err(Stop::Setup)?;
        if stream.is_push() {
            run.push().await?;
        } else {
            run.pull().await?;
        }
        run.succeed().await
    }

    fn open<'a>(
        &'a self,
        job: &'a Claimed<SyncJob>,
        stream: Stream,
        begun: &Begun,
    ) -> Result<Run<'a>, ConnectorError> {
        let id = &job.payload.integration_id;
        let config = IntegrationConfig::open(id, &begun.config, &self.keys)?;
        let tenant = TenantId::new(&job.tenant);
        let integration =
            Integration { id, tenant: &tenant, code: &begun.provider, config: &config };
        let connected =
            connect(integration, stream, &self.database, &self.environment, &self.keys)?;
        let own = begun.client_company_id.clone().map(|id| OwnCompany {
            id,
            tax_number: begun.company_tax_number.clone().unwrap_or_default(),
        });
        Ok(Run { handler: self, job, stream, config, connected, own })
    }
}

impl Run<'_> {
    async fn succeed(&self) -> Result<Outcome, Stop> {
        let database = &self.handler.database;
        let lease = self.job.lease();
        let done = jobs::progress(database, &lease).await?;
        let what = self.stream.in_turkish();
        let (message, partial) = if self.stream.is_push() {
            let message = format!(
                "{what} tamamlandı: {} gönderildi, {} reddedildi.",
                done.created, done.failed
            );
            if done.created == 0 && done.failed > 0 {
                return Err(Stop::refused(
                    format!("all {} rows were refused", done.failed),
                    "Gönderilen kayıtların hiçbiri kabul edilmedi; nedenleri eşitleme kayıtlarında.",
                ));
            }
            let partial = (done.failed > 0).then(|| {
                format!("{} kayıt gönderilemedi; nedenleri eşitleme kayıtlarında.", done.failed)
            });
            (message, partial)
        } else {
            let mut message = format!(
                "{what} tamamlandı: {} yeni, {} güncellendi, {} değişmedi, {} atlandı",
                done.created, done.updated, done.unchanged, done.skipped
            );
            if done.kept > 0 {
                let _ = write!(message, ", {} elle değiştirildiği için korundu", done.kept);
            }
            (message + ".", None)
        };
        let context = json!({
            "jobId": self.job.id,
            "jobType": self.job.payload.job_type,
            "outcome": if partial.is_some() { "partial" } else { "complete" },
            "created": done.created,
            "updated": done.updated,
            "unchanged": done.unchanged,
            "skipped": done.skipped,
            "kept": done.kept,
            "failed": done.failed,
            "pages": done.pages,
            "retryCount": self.job.attempt.saturating_sub(1),
        });
        let warns = partial.is_some() || done.skipped > 0 || done.kept > 0;
        let success = Success {
            stream: self.stream.as_str(),
            partial: partial.as_deref(),
            level: if warns { "warning" } else { "info" },
            message: &message,
            context,
        };
        if !jobs::succeed(database, &lease, &success).await? {
            return Ok(Outcome::LostLease);
        }
        info!(
            created = done.created,
            updated = done.updated,
            unchanged = done.unchanged,
            skipped = done.skipped,
            kept = done.kept,
            failed = done.failed,
            "Integration sync job completed"
        );
        Ok(Outcome::Completed)
    }
}
