//! Jobs in memory.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::clock::Clock;
use crate::{
    ClaimRequest, Claimed, Event, Failure, JobState, JobStore, LeaseRef, ReapRequest, Reaped,
    StoreError, Verdict, apply,
};

/// A job to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id.
    pub id: String,
    /// Its tenant.
    pub tenant: String,
    /// Lower goes first.
    pub priority: i16,
    /// It has been due for this long.
    pub age: Duration,
    /// It becomes due after this long.
    pub due_in: Duration,
    /// Attempts it may have in all.
    pub max_attempts: u16,
}

impl NewJob {
    /// A job that is due now, with three attempts.
    pub fn new(id: impl Into<String>, tenant: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            tenant: tenant.into(),
            priority: 0,
            age: Duration::ZERO,
            due_in: Duration::ZERO,
            max_attempts: 3,
        }
    }
}

/// A job as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryJob<P> {
    /// Its tenant.
    pub tenant: String,
    /// Where it stands.
    pub state: JobState,
    /// Lower goes first.
    pub priority: i16,
    /// When it is due, on the store's clock.
    pub run_at: Duration,
    /// Attempts counted.
    pub attempts: u16,
    /// Attempts it may have in all.
    pub max_attempts: u16,
    /// The newest token.
    pub token: i64,
    /// When the lease runs out; none when nobody holds one.
    pub lease_until: Option<Duration>,
    /// When it last changed hands.
    pub touched: Duration,
    /// What people are told.
    pub user_message: Option<String>,
    /// What the log is told.
    pub technical: Option<String>,
    /// What the handler gets.
    pub payload: P,
}

/// Keeps jobs in memory, with the same behaviour as the database's store.
#[derive(Debug)]
pub struct MemoryStore<P> {
    state: Mutex<State<P>>,
}

#[derive(Debug)]
struct State<P> {
    clock: Clock,
    jobs: BTreeMap<String, MemoryJob<P>>,
    suspended: HashSet<String>,
    last_tenant: String,
}

const EXHAUSTED: &str = "İşlem birkaç kez yarıda kaldı ve durduruldu.";

impl<P> Default for MemoryStore<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> MemoryStore<P> {
    /// An empty store.
    pub fn new() -> Self {
        let state = State {
            clock: Clock::new(),
            jobs: BTreeMap::new(),
            suspended: HashSet::new(),
            last_tenant: String::new(),
        };
        Self { state: Mutex::new(state) }
    }

    /// Adds a job. One with the same id is replaced.
    pub fn add(&self, new: NewJob, payload: P) {
        let mut state = self.lock();
        let now = state.clock.now();
        let job = MemoryJob {
            tenant: new.tenant,
            state: JobState::Pending,
            priority: new.priority,
            run_at: (now + new.due_in).saturating_sub(new.age),
            attempts: 0,
            max_attempts: new.max_attempts,
            token: 0,
            lease_until: None,
            touched: now,
            user_message: None,
            technical: None,
            payload,
        };
        state.jobs.insert(new.id, job);
    }

    /// Suspends a tenant or lifts the suspension.
    pub fn suspend(&self, tenant: &str, suspended: bool) {
        let mut state = self.lock();
        if suspended {
            state.suspended.insert(tenant.to_owned());
        } else {
            state.suspended.remove(tenant);
        }
    }

    /// Moves the store's time forward.
    pub fn advance(&self, by: Duration) {
        self.lock().clock.advance(by);
    }

    /// The store's time.
    pub fn now(&self) -> Duration {
        self.lock().clock.now()
    }

    /// A job as it stands.
    pub fn job(&self, id: &str) -> Option<MemoryJob<P>>
    where
        P: Clone,
    {
        self.lock().jobs.get(id).cloned()
    }

    /// Puts a job in progress without a lease, as a worker that knows no leases would.
    pub fn abandon(&self, id: &str) {
        let mut state = self.lock();
        let now = state.clock.now();
        if let Some(job) = state.jobs.get_mut(id) {
            job.state = JobState::InProgress;
            job.lease_until = None;
            job.touched = now;
        }
    }

    /// Calls a job off, pending or running. Whether it was either.
    pub fn call_off(&self, id: &str) -> bool {
        let mut state = self.lock();
        state.jobs.get_mut(id).is_some_and(|job| job.step(Event::Cancel))
    }

    /// Makes an ended job pending again with all its attempts. Whether it had failed or was cancelled.
    pub fn requeue(&self, id: &str) -> bool {
        self.again(id, Event::Requeue)
    }

    /// Makes an ended job pending again with all its attempts, also one that succeeded. Whether it
    /// had ended.
    pub fn repeat(&self, id: &str) -> bool {
        self.again(id, Event::Repeat)
    }

    fn again(&self, id: &str, event: Event) -> bool {
        let mut state = self.lock();
        let now = state.clock.now();
        let Some(job) = state.jobs.get_mut(id) else { return false };
        let moved = job.step(event);
        if moved {
            job.attempts = 0;
            job.run_at = now;
            job.user_message = None;
            job.technical = None;
        }
        moved
    }

    fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> MemoryJob<P> {
    /// Moves to the next state if the event is legal. Whoever leaves "in progress" loses the lease,
    /// and whoever is taken from another loses the token.
    fn step(&mut self, event: Event) -> bool {
        let Ok(next) = apply(self.state, event) else { return false };
        self.state = next;
        self.lease_until = None;
        if matches!(event, Event::Claim | Event::Cancel | Event::Expire | Event::Exhaust) {
            self.token += 1;
        }
        true
    }

    fn give_attempt_back(&mut self) {
        self.attempts = self.attempts.saturating_sub(1);
    }
}

impl<P> State<P> {
    /// The job, if the lease is the newest and the job is in progress.
    fn held(&mut self, lease: &LeaseRef) -> Option<&mut MemoryJob<P>> {
        self.jobs.get_mut(&lease.id).filter(|job| {
            job.state == JobState::InProgress
                && job.token == lease.token
                && job.tenant == lease.tenant
        })
    }

    /// Whether the job has succeeded under this lease.
    fn succeeded(&self, lease: &LeaseRef) -> bool {
        self.jobs.get(&lease.id).is_some_and(|job| {
            job.state == JobState::Succeeded
                && job.token == lease.token
                && job.tenant == lease.tenant
        })
    }

    /// Ids of due jobs: each tenant's first, then each tenant's second, from the tenant after the one
    /// that was served last.
    fn due(&self, limit: usize) -> Vec<String> {
        let now = self.clock.now();
        let mut tenants: BTreeMap<&str, Vec<(i16, Duration, &str)>> = BTreeMap::new();
        for (id, job) in &self.jobs {
            if job.state == JobState::Pending
                && job.run_at <= now
                && !self.suspended.contains(&job.tenant)
            {
                tenants.entry(&job.tenant).or_default().push((job.priority, job.run_at, id));
            }
        }
        for jobs in tenants.values_mut() {
            jobs.sort_unstable();
        }
        let (first, rest): (Vec<_>, Vec<_>) =
            tenants.iter().partition(|(tenant, _)| **tenant > self.last_tenant.as_str());
        let turns = tenants.values().map(Vec::len).max().unwrap_or(0);
        (0..turns)
            .flat_map(|turn| first.iter().chain(&rest).filter_map(move |(_, jobs)| jobs.get(turn)))
            .take(limit)
            .map(|(_, _, id)| (*id).to_owned())
            .collect()
    }
}

#[async_trait]
impl<P: Clone + Send + Sync + 'static> JobStore for MemoryStore<P> {
    type Payload = P;

    async fn claim(&self, request: ClaimRequest<'_>) -> Result<Vec<Claimed<P>>, StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let mut claimed = Vec::new();
        for id in state.due(request.limit) {
            let Some(job) =
                state.jobs.get_mut(&id).filter(|job| apply(job.state, Event::Claim).is_ok())
            else {
                continue;
            };
            job.step(Event::Claim);
            job.attempts += 1;
            job.lease_until = Some(now + request.lease);
            job.touched = now;
            let tenant = job.tenant.clone();
            claimed.push(Claimed {
                id,
                tenant: tenant.clone(),
                attempt: job.attempts,
                max_attempts: job.max_attempts,
                token: job.token,
                payload: job.payload.clone(),
            });
            state.last_tenant = tenant;
        }
        Ok(claimed)
    }

    async fn extend(
        &self,
        leases: &[LeaseRef],
        lease: Duration,
    ) -> Result<Vec<LeaseRef>, StoreError> {
        let mut state = self.lock();
        let until = state.clock.now() + lease;
        let mut lost = Vec::new();
        for one in leases {
            if let Some(job) = state.held(one) {
                job.lease_until = Some(until);
            } else if !state.succeeded(one) {
                lost.push(one.clone());
            }
        }
        Ok(lost)
    }

    async fn complete(&self, leases: &[LeaseRef]) -> Result<Vec<LeaseRef>, StoreError> {
        let mut state = self.lock();
        let mut lost = Vec::new();
        for one in leases {
            match state.held(one) {
                Some(job) => {
                    job.step(Event::Complete);
                    job.user_message = None;
                    job.technical = None;
                }
                None => lost.push(one.clone()),
            }
        }
        Ok(lost)
    }

    async fn fail(
        &self,
        lease: &LeaseRef,
        failure: &Failure,
        verdict: Verdict,
    ) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let Some(job) = state.held(lease) else { return Ok(false) };
        job.technical = Some(failure.technical.clone());
        Ok(match verdict {
            Verdict::RetryAfter(delay) => {
                job.run_at = now + delay;
                job.step(Event::Retry)
            }
            Verdict::Final => {
                job.user_message = Some(failure.user_message.clone());
                job.step(Event::Fail)
            }
        })
    }

    async fn snooze(&self, lease: &LeaseRef, delay: Duration) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let Some(job) = state.held(lease) else { return Ok(false) };
        job.run_at = now + delay;
        job.give_attempt_back();
        Ok(job.step(Event::Snooze))
    }

    async fn cancel(&self, lease: &LeaseRef) -> Result<bool, StoreError> {
        let mut state = self.lock();
        Ok(state.held(lease).is_some_and(|job| job.step(Event::Cancel)))
    }

    async fn release(&self, leases: &[LeaseRef]) -> Result<usize, StoreError> {
        let mut state = self.lock();
        let mut released = 0;
        for one in leases {
            if let Some(job) = state.held(one) {
                job.give_attempt_back();
                job.step(Event::Release);
                released += 1;
            }
        }
        Ok(released)
    }

    async fn reap(&self, request: ReapRequest) -> Result<Reaped, StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let mut reaped = Reaped::default();
        for job in state.jobs.values_mut() {
            let abandoned = job.lease_until.is_none();
            let expired = match job.lease_until {
                Some(until) => until < now,
                None => job.touched + request.abandoned_after < now,
            };
            if job.state != JobState::InProgress || !expired || reaped.total() >= request.limit {
                continue;
            }
            if abandoned {
                // Its worker did not count the attempt at the claim.
                job.attempts += 1;
            }
            let technical = if abandoned { "abandoned without a lease" } else { "lease expired" };
            job.technical = Some(technical.to_owned());
            if job.attempts >= job.max_attempts {
                job.step(Event::Exhaust);
                job.user_message = Some(EXHAUSTED.to_owned());
                reaped.failed += 1;
            } else {
                job.step(Event::Expire);
                reaped.returned += 1;
            }
        }
        Ok(reaped)
    }
}
