//! A document: fetched, read, then assessed, scored and saved in the transaction that completes its
//! job.

use std::{panic, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use database::{
    Database,
    documents::{Completed, Fingerprint, complete_document},
    jobs::DocumentJob,
};
use doc_pipeline::{
    Context, Extraction, KindHint, ReadError,
    isolation::{Cancel, Reader},
};
use domain::{DocumentId, TaxNumber, TenantId};
use jobs_core::{Claimed, Failure, Handler, JobContext, Outcome};
use storage::{Object, ObjectStore, StorageError, TenantScope};
use tokio::{sync::Semaphore, task};
use tracing::{Instrument as _, Span, info, info_span, warn};

use super::Rules;
use crate::{failure, reading, scoring, telemetry};

/// What every document needs.
#[derive(Debug)]
pub(crate) struct DocumentHandler {
    pub(crate) database: Database,
    pub(crate) objects: Arc<dyn ObjectStore>,
    pub(crate) reader: Reader,
    /// Limits and OCR engine.
    pub(crate) context: Context,
    /// Child processes at a time.
    pub(crate) children: Semaphore,
    pub(crate) rules: Arc<Rules>,
    /// How long a document waits when the storage as a whole is out of reach.
    pub(crate) outage_pause: Duration,
}

#[async_trait]
impl Handler<DocumentJob> for DocumentHandler {
    async fn run(&self, job: &Claimed<DocumentJob>, context: &JobContext) -> Outcome {
        let span = info_span!("document", document_id = %job.payload.document_id);
        async {
            info!("Processing document job");
            let interrupted = SayIfInterrupted(Some(context));
            let outcome = self.process(job).await.unwrap_or_else(|failure| {
                failure::say(&failure, job.is_last_attempt(), "Document processing failed");
                failure.into()
            });
            interrupted.ended();
            outcome
        }
        .instrument(span)
        .await
    }
}

impl DocumentHandler {
    async fn process(&self, job: &Claimed<DocumentJob>) -> Result<Outcome, Failure> {
        let document = &job.payload;
        let tenant = TenantId::new(&job.tenant);
        let object = match self.fetch(&tenant, &document.storage_path).await? {
            Fetched::Object(object) => object,
            Fetched::Outage => return Ok(Outcome::Snooze(self.outage_pause)),
        };
        let extraction = self
            .read(object.bytes.clone(), document)
            .await
            .map_err(|error| failure::of_reading(&error))?;
        let rules = match self.rules.of(&tenant).await {
            Ok(rules) => rules,
            Err(error) => return self.database_failed(&error).await,
        };
        let identity = extraction.identity();
        let fingerprint = Fingerprint::new(
            *object.sha256.as_bytes(),
            identity.ettn.as_deref(),
            identity.issuer_tax_number.as_deref(),
            identity.invoice_number.as_deref(),
        );
        let (kind, findings) = (extraction.kind().as_str(), extraction.findings.len());
        let completed = complete_document(
            &self.database,
            &job.lease(),
            &DocumentId::new(&document.document_id),
            &fingerprint,
            move |duplicates| scoring::results(extraction, duplicates, &rules.rules, rules.version),
        )
        .await;
        match completed {
            Err(error) => self.database_failed(&error).await,
            Ok(completed) => Ok(ended(completed, kind, findings)),
        }
    }

    /// As with the storage: an outage costs the document no attempt, an error of its own does.
    async fn database_failed(&self, error: &database::Error) -> Result<Outcome, Failure> {
        let outage = error.is_connection_lost()
            || (error.is_retryable() && self.database.ping().await.is_err());
        if outage {
            let (error, pause_ms) = (telemetry::chain(error), self.outage_pause_ms());
            warn!(error, pause_ms, "The database is out of reach; the document waits");
            return Ok(Outcome::Snooze(self.outage_pause));
        }
        Err(failure::of_database(error))
    }

    fn outage_pause_ms(&self) -> u64 {
        u64::try_from(self.outage_pause.as_millis()).unwrap_or(u64::MAX)
    }
    async fn fetch(&self, tenant: &TenantId, path: &str) -> Result<Fetched, Failure> {
        let scope = TenantScope::new(tenant).map_err(failure::of_key)?;
        let key = scope.key(path).map_err(failure::of_key)?;
        let limit = self.context.limits.input_bytes;
        let mut answers = 0;
        loop {
            let error = match self.objects.get(&key, limit).await {
                Ok(object) => return Ok(Fetched::Object(object)),
                Err(error) => error,
            };
            // An outage is no fault of the document and costs it no attempt; a single object that
            // cannot be read is one, or it would be tried for ever. The storage as a whole tells.
            if !matches!(error, StorageError::Transient { .. }) {
                return Err(failure::of_storage(&error));
            }
            match self.objects.check().await {
                Err(StorageError::Transient { .. }) => {
                    let (error, pause_ms) = (telemetry::chain(&error), self.outage_pause_ms());
                    warn!(error, pause_ms, "The storage is out of reach; the document waits");
                    return Ok(Fetched::Outage);
                }
                // It may have come back between the two questions, so the object is asked for again.
                Ok(()) if answers == 0 => answers += 1,
                Ok(()) | Err(_) => return Err(failure::of_storage(&error)),
            }
        }
    }

    async fn read(&self, bytes: Bytes, document: &DocumentJob) -> Result<Extraction, ReadError> {
        let client = document.client_tax_number.as_deref().map(client_number).unwrap_or_default();
        let context = Context {
            declared_mime: Some(document.mime_type.clone()),
            hint: KindHint::from_platform(&document.document_type),
            client_tax_number: client.0,
            client_tax_number_refused: client.1,
            ..self.context.clone()
        };
        let _place = if reading::needs_child(&bytes) {
            // Closed at no time, so there is always a place to wait for.
            self.children.acquire().await.ok()
        } else {
            None
        };
        let (reader, span) = (self.reader.clone(), Span::current());
        let cancel = CancelOnDrop(Cancel::new());
        let seen = cancel.0.clone();
        let reading =
            task::spawn_blocking(move || span.in_scope(|| reader.read(&bytes, &context, &seen)));
        match reading.await {
            Ok(result) => result,
            Err(ended) => match ended.try_into_panic() {
                // The engine counts it as a failed attempt.
                Ok(panic) => panic::resume_unwind(panic),
                Err(_) => Err(ReadError::ProcessFailed("the worker is stopping".to_owned())),
            },
        }
    }
}

/// What became of a document whose results were ready.
fn ended(completed: Completed, kind: &'static str, findings: usize) -> Outcome {
    match completed {
        Completed::Written { new_alert } => {
            info!(document_type = kind, findings, new_alert, "Document processed successfully");
            Outcome::Completed
        }
        Completed::LostLease => Outcome::LostLease,
        Completed::Deleted => {
            info!("Document was deleted while it was read; nothing is written");
            Outcome::Cancelled
        }
    }
}

/// What fetching an object came to.
enum Fetched {
    Object(Object),
    /// Nothing can be fetched at present.
    Outage,
}

/// The client's number as offices type it, with blanks or dashes; or the text as it is, where that is
/// no number. One that is wrong leaves the client unknown, which is said.
fn client_number(text: &str) -> (Option<TaxNumber>, Option<String>) {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(number) => (Some(number), None),
        Err(_) if text.trim().is_empty() => (None, None),
        Err(_) => {
            warn!(
                "The client company's tax number is not valid; its side of the document is unknown"
            );
            (None, Some(text.to_owned()))
        }
    }
}

/// Ends the child process of an attempt that is dropped.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Writes a line when the attempt's future is dropped before its end.
struct SayIfInterrupted<'a>(Option<&'a JobContext>);

impl SayIfInterrupted<'_> {
    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for SayIfInterrupted<'_> {
    fn drop(&mut self) {
        if let Some(context) = self.0
            && let Some(reason) = context.reason()
        {
            warn!(?reason, "Document processing was interrupted");
        }
    }
}
