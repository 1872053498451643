//! The behaviour that every store must show, as tests over a [`Harness`].
//!
//! A store's tests call [`crate::behaviour_suite!`] and [`crate::periodic_behaviour_suite!`] with an
//! expression that makes a fresh harness.

#![allow(clippy::expect_used, reason = "a suite fails by panicking")]

mod claiming;
mod finishing;
mod moves;
mod periodic;
mod reaping;

use std::time::Duration;

use async_trait::async_trait;

use crate::{ClaimRequest, Claimed, JobState, JobStore, LeaseRef, NewJob, PeriodicStore};

pub use claiming::*;
pub use finishing::*;
pub use moves::*;
pub use periodic::*;
pub use reaping::*;

/// What the suite asks of the surroundings of a store.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The store under test.
    type Store: JobStore;

    /// The store under test.
    fn store(&self) -> &Self::Store;

    /// Another process's store over the same jobs.
    fn other_store(&self) -> &Self::Store;

    /// Adds a job; unknown tenants come to be, active.
    async fn add(&self, job: NewJob);

    /// Suspends a tenant or lifts the suspension.
    async fn suspend(&self, tenant: &str, suspended: bool);

    /// Moves the store's time forward.
    async fn advance(&self, by: Duration);

    /// A job as it stands.
    async fn look(&self, id: &str) -> Look;

    /// Puts a job in progress without a lease, as a worker that knows no leases would.
    async fn abandon(&self, id: &str);

    /// Calls a job off on a person's wish.
    async fn call_off(&self, id: &str) -> bool;

    /// Asks for an ended job again on a person's wish.
    async fn requeue(&self, id: &str) -> bool;

    /// Asks for an ended job again on a person's wish, also when it succeeded.
    async fn repeat(&self, id: &str) -> bool;
}

/// A job as the suite looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Where it stands.
    pub state: JobState,
    /// Attempts counted.
    pub attempts: u16,
    /// The newest token.
    pub token: i64,
    /// Whether a lease end is stored with it.
    pub leased: bool,
    /// What people are told.
    pub user_message: Option<String>,
    /// What the log is told.
    pub technical: Option<String>,
}

/// What the suite asks of the surroundings of a periodic store.
#[async_trait]
pub trait PeriodicHarness: Send + Sync {
    /// The store under test.
    fn store(&self) -> &dyn PeriodicStore;

    /// Moves the store's time forward.
    async fn advance(&self, by: Duration);
}

/// The lease that the suite claims with.
pub const LEASE: Duration = Duration::from_secs(30);

/// Claims once.
///
/// # Panics
/// When the store fails.
pub async fn claim<S: JobStore>(store: &S, limit: usize) -> Vec<Claimed<S::Payload>> {
    let request = ClaimRequest { limit, owner: "suite", lease: LEASE };
    store.claim(request).await.expect("claim")
}

/// Claims until `limit` jobs are at hand or none is due.
///
/// # Panics
/// When the store fails.
pub async fn claim_up_to<S: JobStore>(store: &S, limit: usize) -> Vec<Claimed<S::Payload>> {
    let mut all = Vec::new();
    while all.len() < limit {
        let some = claim(store, limit - all.len()).await;
        if some.is_empty() {
            break;
        }
        all.extend(some);
    }
    all
}

/// Claims the one job that is due.
///
/// # Panics
/// When there is not exactly one.
pub async fn claim_one<S: JobStore>(store: &S) -> LeaseRef {
    let claimed = claim_up_to(store, 2).await;
    assert_eq!(claimed.len(), 1, "exactly one job is due");
    claimed[0].lease()
}

fn ids<P>(claimed: &[Claimed<P>]) -> Vec<&str> {
    claimed.iter().map(|job| job.id.as_str()).collect()
}

/// Makes a test of each function of the job suite. The argument makes a harness; it may await.
#[macro_export]
macro_rules! behaviour_suite {
    ($harness:expr) => {
        $crate::behaviour_suite!(@each $harness;
            claims_never_overlap,
            a_claim_takes_no_more_than_asked,
            priority_goes_before_age,
            one_tenants_backlog_does_not_delay_another,
            every_tenant_gets_its_turn,
            suspended_tenants_wait,
            jobs_wait_for_their_time,
            a_tenants_future_jobs_hide_none_that_are_due,
            attempts_are_counted_at_the_claim,
            a_completed_job_is_done_once,
            a_failed_attempt_comes_again_when_it_is_time,
            a_final_failure_says_why,
            snoozing_and_releasing_give_the_attempt_back,
            a_lost_lease_writes_nothing,
            a_lease_of_another_tenant_writes_nothing,
            cancelling_from_within_ends_the_job,
            calling_off_a_pending_job_ends_it,
            calling_off_a_running_job_fences_its_worker,
            an_ended_job_can_be_asked_for_again,
            an_expired_lease_returns_the_job,
            an_extended_lease_does_not_expire,
            extending_names_the_lost,
            the_last_attempt_expires_for_good,
            what_a_worker_without_leases_left_is_taken_back,
            reaping_keeps_to_its_limit,
            what_comes_back_is_as_old_as_before,
            a_job_moves_as_its_states_allow,
            a_job_that_succeeded_can_be_repeated,
        );
    };
    (@each $harness:expr; $($name:ident,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                $crate::testing::$name(&$harness).await;
            }
        )*
    };
}

/// Makes a test of each function of the periodic suite. The argument makes a harness; it may await.
#[macro_export]
macro_rules! periodic_behaviour_suite {
    ($harness:expr) => {
        $crate::behaviour_suite!(@each $harness;
            a_new_schedule_is_due_at_once,
            one_leader_at_a_time,
            due_times_stay_on_their_grid,
            missed_times_are_made_up_once,
            a_failed_run_comes_sooner,
            a_dead_leader_is_replaced_and_fenced,
            a_released_run_is_due_as_before,
            a_shorter_interval_draws_the_due_time_nearer,
        );
    };
}
