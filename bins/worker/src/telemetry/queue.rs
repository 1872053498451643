//! What the job engine does, as lines that operators know.

use jobs_core::{Ending, Observer, RunnerEvent, StoreError};
use tracing::{debug, error, info, warn};

/// Writes the events of a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueLog {
    /// What operators call its jobs, within a sentence.
    what: &'static str,
    /// The same at the beginning of one.
    title: &'static str,
}

/// The queue of documents.
pub(crate) const DOCUMENTS: QueueLog =
    QueueLog { what: "document processing", title: "Document processing" };
/// The queue of companies.
pub(crate) const RISK: QueueLog = QueueLog { what: "risk calculation", title: "Risk calculation" };
/// The queue of synchronisations.
pub(crate) const SYNCS: QueueLog = QueueLog { what: "integration sync", title: "Integration sync" };

impl Observer for QueueLog {
    fn observe(&self, event: &RunnerEvent<'_>) {
        let Self { what, title } = self;
        match event {
            RunnerEvent::Claimed { jobs, took } if *jobs > 0 => {
                let took_ms = millis(*took);
                info!(took_ms, "Picked up {jobs} pending {what} job(s)");
            }
            RunnerEvent::ClaimFailed(error) => {
                store(error, &format!("Pending {what} jobs could not be looked for"));
            }
            RunnerEvent::RecordFailed(error) => {
                store(error, &format!("The end of a {what} job could not be written"));
            }
            RunnerEvent::HeartbeatFailed(error) => {
                store(error, &format!("Leases of {what} jobs could not be extended"));
            }
            RunnerEvent::ReapFailed(error) => {
                store(error, &format!("Jobs of dead workers could not be looked for ({what})"));
            }
            RunnerEvent::Heartbeat { held, lost } if *lost > 0 => {
                warn!(held, lost, "Leases of {what} jobs were lost");
            }
            RunnerEvent::Reaped(reaped) => {
                let (returned, failed) = (reaped.returned, reaped.failed);
                warn!(returned, failed, "Took back {what} job(s) of dead workers");
            }
            RunnerEvent::Stopping { running } => {
                info!(running, "Waiting for running {what} job(s)");
            }
            RunnerEvent::Ended { lease, ending, took } => {
                let took_ms = millis(*took);
                match ending {
                    Ending::Lost => warn!(job_id = %lease.id, tenant_id = %lease.tenant,
                        "{title} job is not in this worker's hands any more; nothing more is written"),
                    Ending::Released => info!(job_id = %lease.id, tenant_id = %lease.tenant,
                        "{title} job was given back"),
                    Ending::Unrecorded => error!(job_id = %lease.id, tenant_id = %lease.tenant,
                        "The end of a {what} job is not written; it returns when its lease ends"),
                    _ => {
                        debug!(job_id = %lease.id, took_ms, ?ending, "{title} job ended");
                    }
                }
            }
            _ => {}
        }
    }
}

fn store(error: &StoreError, message: &str) {
    let cause: &(dyn std::error::Error + 'static) = error;
    if error.is_retryable() {
        warn!(error = cause, "{message}");
    } else {
        error!(error = cause, "{message}");
    }
}

fn millis(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
