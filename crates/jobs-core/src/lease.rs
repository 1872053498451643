//! The right to work on a job.

/// One job as one worker holds it. Worth something only while `token` is the newest of the job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaseRef {
    /// The job's id.
    pub id: String,
    /// The tenant the job belongs to; every write names it.
    pub tenant: String,
    /// The fencing token that the claim handed out.
    pub token: i64,
}

/// A job that a claim handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed<P> {
    /// The job's id.
    pub id: String,
    /// The tenant the job belongs to.
    pub tenant: String,
    /// The number of this attempt, from 1.
    pub attempt: u16,
    /// Attempts the job may have in all.
    pub max_attempts: u16,
    /// The fencing token of this attempt.
    pub token: i64,
    /// What the handler needs to begin.
    pub payload: P,
}

impl<P> Claimed<P> {
    /// The proof to write with.
    pub fn lease(&self) -> LeaseRef {
        LeaseRef { id: self.id.clone(), tenant: self.tenant.clone(), token: self.token }
    }

    /// Whether a failure of this attempt would be the job's last.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }
}
