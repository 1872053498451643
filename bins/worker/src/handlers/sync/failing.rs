//! How a sync job ends that does not succeed.

use std::time::Duration;

use database::{
    integrations::jobs::{self, FinalFailure},
    jobs::SyncJob,
};
use integrations::ConnectorError;
use jobs_core::{Claimed, Failure, LeaseRef, Outcome, Retry};
use serde_json::json;
use tracing::{error, info, warn};

use super::{Stream, SyncHandler};
use crate::failure;

/// A job that a source puts off for longer than this without a page in between has failed. Quotas are
/// of a day: the pause of one, and another before it was noticed.
const LONGEST_WAIT: Duration = Duration::from_hours(48);
/// How soon a job goes on that has stored pages and was then cut off.
const SOON: Duration = Duration::from_secs(30);

/// Why a job stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The integration cannot be opened as it stands.
    Setup(ConnectorError),
    /// The source stopped it, after so many pages of this attempt.
    Source(ConnectorError, usize),
    /// It cannot be done, and no repetition changes that.
    Refused { technical: String, user_message: String },
    /// The database did not answer or refused.
    Database(database::Error),
    /// Somebody else has the job.
    LostLease,
    /// It has worked long enough for one turn.
    TurnIsOver,
}

impl Stop {
    pub(super) fn refused(technical: impl Into<String>, user_message: &str) -> Self {
        Self::Refused { technical: technical.into(), user_message: user_message.to_owned() }
    }
}

impl From<database::Error> for Stop {
    fn from(error: database::Error) -> Self {
        Self::Database(error)
    }
}

impl SyncHandler {
    /// What becomes of the job.
    pub(super) async fn end(&self, job: &Claimed<SyncJob>, stop: Stop) -> Outcome {
        let lease = job.lease();
        match stop {
            Stop::LostLease => Outcome::LostLease,
            Stop::TurnIsOver => Outcome::Snooze(Duration::ZERO),
            Stop::Database(error) => {
                let failure = failure::of_database(&error);
                let user_message =
                    "Kayıtlar şu anda kaydedilemedi; eşitleme yeniden denenecek.".to_owned();
                self.fail(job, &lease, Failure { user_message, ..failure }, false).await
            }
            Stop::Refused { technical, user_message } => {
                self.fail(job, &lease, Failure::permanent(user_message, technical), false).await
            }
            Stop::Setup(error) => {
                let breaks = error.breaks_integration();
                self.fail(job, &lease, of_connector(&error), breaks).await
            }
            Stop::Source(ConnectorError::RateLimited { retry_after }, pages)
                if pages > 0 || self.idle(job).await < LONGEST_WAIT =>
            {
                info!(wait_s = retry_after.as_secs(), "The source asks to wait");
                let limited = ConnectorError::RateLimited { retry_after };
                self.say(&lease, "info", &limited.in_turkish(), job, true).await;
                Outcome::Snooze(retry_after)
            }
            // What was stored is stored: the attempt was worth something and does not count.
            Stop::Source(error @ ConnectorError::Transient { .. }, pages) if pages > 0 => {
                warn!(pages, %error, "The source failed; the sync goes on where it stopped");
                self.say(&lease, "warning", &error.in_turkish(), job, true).await;
                Outcome::Snooze(SOON)
            }
            Stop::Source(error, _) => {
                // A capability that is not there concerns this kind of job only.
                let breaks = error.breaks_integration()
                    && !matches!(error, ConnectorError::Unsupported { .. });
                self.fail(job, &lease, of_connector(&error), breaks).await
            }
        }
    }

    /// How long the job has stored nothing; when that is not known, it is not held against it.
    async fn idle(&self, job: &Claimed<SyncJob>) -> Duration {
        let integration = &job.payload.integration_id;
        let Some(stream) = Stream::of_job(&job.payload.job_type) else { return Duration::ZERO };
        let idle = jobs::idle(&self.database, &job.lease(), integration, stream.as_str()).await;
        idle.unwrap_or_default()
    }

    async fn fail(
        &self,
        job: &Claimed<SyncJob>,
        lease: &LeaseRef,
        failure: Failure,
        breaks_integration: bool,
    ) -> Outcome {
        let (cause, told) = (failure.technical.as_str(), failure.user_message.as_str());
        if failure.retry != Retry::Never && !job.is_last_attempt() {
            warn!(error = cause, "Integration sync job failed; it will be tried again");
            self.say(lease, "warning", told, job, true).await;
            return failure.into();
        }
        error!(error = cause, user_message = told, "Integration sync job failed");
        let end = FinalFailure {
            user_message: told,
            technical: cause,
            breaks_integration,
            retries: job.attempt.saturating_sub(1),
        };
        match jobs::fail(&self.database, lease, end).await {
            Ok(true) => Outcome::FailureRecorded,
            Ok(false) => Outcome::LostLease,
            // The engine writes the failure when the database answers again; the notification follows
            // with the next look at what was left in progress.
            Err(_) => failure.into(),
        }
    }

    /// An entry of the sync log; without one the job goes on all the same.
    async fn say(
        &self,
        lease: &LeaseRef,
        level: &str,
        message: &str,
        job: &Claimed<SyncJob>,
        will_retry: bool,
    ) {
        let context = json!({
            "jobType": job.payload.job_type,
            "retryCount": job.attempt.saturating_sub(1),
            "willRetry": will_retry,
        });
        if let Err(error) = jobs::log(&self.database, lease, level, message, context).await {
            let cause: &(dyn std::error::Error + 'static) = &error;
            warn!(error = cause, "The sync log could not be written");
        }
    }
}

fn of_connector(error: &ConnectorError) -> Failure {
    let (told, technical) = (error.in_turkish(), error.to_string());
    if error.is_retryable() {
        Failure::retryable(told, technical)
    } else {
        Failure::permanent(told, technical)
    }
}
