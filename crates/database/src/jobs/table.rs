//! What differs between one job table and another.

use jobs_core::JobState;

/// A job table. Each has the columns `id`, `tenant_id`, `status`, `priority`, `run_at`,
/// `max_attempts`, `lease_token`, `lease_owner`, `lease_expires_at` and `updated_at`; the rest is
/// described here. Everything here becomes part of SQL and must be a constant of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableDescription {
    /// The queue's name, also the payload of its notifications.
    pub queue: &'static str,
    /// The table.
    pub table: &'static str,
    /// Its words for the states.
    pub words: StatusWords,
    /// Its names for columns that tables name differently.
    pub columns: Columns,
    /// The row of another table that follows the job's state.
    pub subject: Option<Subject>,
    /// What a claim returns with each job: keys of a JSON object and SQL expressions over `j` (the
    /// job) and `s` (the subject).
    pub payload: &'static [(&'static str, &'static str)],
    /// What people are told when the last attempt was cut off.
    pub exhausted: &'static str,
    /// What people are told when the job was called off.
    pub cancelled: &'static str,
}

/// A table's words for the states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWords {
    /// [`JobState::Pending`].
    pub pending: &'static str,
    /// [`JobState::InProgress`].
    pub in_progress: &'static str,
    /// [`JobState::Succeeded`].
    pub succeeded: &'static str,
    /// [`JobState::Failed`].
    pub failed: &'static str,
    /// [`JobState::Cancelled`].
    pub cancelled: &'static str,
}

impl StatusWords {
    /// The state that a word stands for.
    pub fn state(&self, word: &str) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| self.word(*state) == word)
    }

    /// The word for a state.
    pub fn word(&self, state: JobState) -> &'static str {
        match state {
            JobState::Pending => self.pending,
            JobState::InProgress => self.in_progress,
            JobState::Succeeded => self.succeeded,
            JobState::Failed => self.failed,
            JobState::Cancelled => self.cancelled,
        }
    }
}

/// A table's names for columns that tables name differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// Counts claims.
    pub attempts: &'static str,
    /// When the last attempt began.
    pub started_at: &'static str,
    /// When the job ended, where the table has it.
    pub finished_at: Option<&'static str>,
    /// The last failure, for the log.
    pub technical: &'static str,
    /// The failure for people, where it is kept with the job.
    pub user_message: Option<&'static str>,
}

/// A row that shows people where the job stands: written in the same statement as the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Its table, with the columns `id`, `tenant_id`, `status` and `updated_at`.
    pub table: &'static str,
    /// The job's column that names it: never null, and a foreign key.
    pub key: &'static str,
    /// A boolean column: jobs of deleted subjects are ended by the claim.
    pub deleted: &'static str,
    /// Its status when the job waits.
    pub waiting: &'static str,
    /// Its status from the claim on.
    pub working: &'static str,
    /// Its status when the job has succeeded.
    pub succeeded: &'static str,
    /// When it succeeded.
    pub succeeded_at: &'static str,
    /// Its status when the job has failed or was called off.
    pub failed: &'static str,
    /// The failure for people.
    pub user_message: &'static str,
}
