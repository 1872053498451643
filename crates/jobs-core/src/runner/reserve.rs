//! Claimed jobs that wait for a free slot, their tenants in turn.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use crate::{Claimed, LeaseRef};

/// A job that waits for a free slot.
pub(super) struct Waiting<P> {
    pub(super) job: Claimed<P>,
    pub(super) since: Instant,
}

/// Hands jobs out one tenant after the other: a claim is fair, but a reserve that one tenant filled
/// must not make another's newly claimed job wait for all of it.
pub(super) struct Reserve<P> {
    jobs: HashMap<String, VecDeque<Waiting<P>>>,
    /// The tenants of `jobs`, the next one first.
    turns: VecDeque<String>,
    len: usize,
    /// Nothing has waited for longer than since then.
    since: Option<Instant>,
}

impl<P> Reserve<P> {
    pub(super) fn new() -> Self {
        Self { jobs: HashMap::new(), turns: VecDeque::new(), len: 0, since: None }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn push(&mut self, job: Claimed<P>, since: Instant) {
        if self.is_empty() {
            self.since = Some(since);
        }
        self.len += 1;
        if let Some(jobs) = self.jobs.get_mut(&job.tenant) {
            jobs.push_back(Waiting { job, since });
        } else {
            let tenant = job.tenant.clone();
            self.turns.push_back(tenant.clone());
            self.jobs.insert(tenant, VecDeque::from([Waiting { job, since }]));
        }
    }

    pub(super) fn pop(&mut self) -> Option<Waiting<P>> {
        let tenant = self.turns.pop_front()?;
        let jobs = self.jobs.get_mut(&tenant)?;
        let next = jobs.pop_front();
        if jobs.is_empty() {
            self.jobs.remove(&tenant);
        } else {
            self.turns.push_back(tenant);
        }
        self.len = self.len.saturating_sub(1);
        next
    }

    /// The earliest time since when a job may have waited: cheap, and never too late.
    pub(super) fn since(&self) -> Option<Instant> {
        self.since.filter(|_| !self.is_empty())
    }

    /// Since when the longest waiting job waits, by looking.
    pub(super) fn look_since(&mut self) -> Option<Instant> {
        self.since = self.jobs.values().filter_map(|jobs| jobs.front()).map(|w| w.since).min();
        self.since
    }

    /// Empties the reserve.
    pub(super) fn take_leases(&mut self) -> Vec<LeaseRef> {
        std::iter::from_fn(|| self.pop()).map(|waiting| waiting.job.lease()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn job(id: &str, tenant: &str) -> Claimed<()> {
        let (id, tenant) = (id.to_owned(), tenant.to_owned());
        Claimed { id, tenant, attempt: 1, max_attempts: 3, token: 1, payload: () }
    }

    #[test]
    fn a_tenants_backlog_does_not_delay_anothers_job() {
        let now = Instant::now();
        let mut reserve = Reserve::new();
        for id in ["big-1", "big-2", "big-3"] {
            reserve.push(job(id, "big"), now);
        }
        reserve.push(job("small", "small"), now);
        assert_eq!(reserve.len(), 4);
        let order: Vec<String> =
            std::iter::from_fn(|| reserve.pop()).map(|waiting| waiting.job.id).collect();
        assert_eq!(order, ["big-1", "small", "big-2", "big-3"]);
        assert!(reserve.is_empty() && reserve.pop().is_none());
    }

    #[test]
    fn the_longest_wait_is_known() {
        let first = Instant::now();
        let later = first + Duration::from_secs(1);
        let mut reserve = Reserve::new();
        assert_eq!(reserve.since(), None);
        reserve.push(job("a-1", "a"), first);
        reserve.push(job("b-1", "b"), later);
        assert_eq!(reserve.since(), Some(first));
        reserve.pop();
        assert!(reserve.since() <= Some(later), "never too late");
        assert_eq!(reserve.look_since(), Some(later));
        assert_eq!(reserve.take_leases().len(), 1);
        assert_eq!((reserve.since(), reserve.look_since()), (None, None));
    }
}
