//! The in-memory stores pass the suites that the database's stores pass.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::time::Duration;

use async_trait::async_trait;
use jobs_core::testing::{Harness, Look, PeriodicHarness};
use jobs_core::{
    MemoryPeriodicStore, MemoryStore, NewJob, PeriodicStore, behaviour_suite,
    periodic_behaviour_suite,
};

struct Memory(MemoryStore<()>);

#[async_trait]
impl Harness for Memory {
    type Store = MemoryStore<()>;

    fn store(&self) -> &MemoryStore<()> {
        &self.0
    }

    fn other_store(&self) -> &MemoryStore<()> {
        &self.0
    }

    async fn add(&self, job: NewJob) {
        self.0.add(job, ());
    }

    async fn suspend(&self, tenant: &str, suspended: bool) {
        self.0.suspend(tenant, suspended);
    }

    async fn advance(&self, by: Duration) {
        self.0.advance(by);
    }

    async fn look(&self, id: &str) -> Look {
        let job = self.0.job(id).expect("the job exists");
        Look {
            state: job.state,
            attempts: job.attempts,
            token: job.token,
            leased: job.lease_until.is_some(),
            user_message: job.user_message,
            technical: job.technical,
        }
    }

    async fn abandon(&self, id: &str) {
        self.0.abandon(id);
    }

    async fn call_off(&self, id: &str) -> bool {
        self.0.call_off(id)
    }

    async fn requeue(&self, id: &str) -> bool {
        self.0.requeue(id)
    }

    async fn repeat(&self, id: &str) -> bool {
        self.0.repeat(id)
    }
}

struct Periodic(MemoryPeriodicStore);

#[async_trait]
impl PeriodicHarness for Periodic {
    fn store(&self) -> &dyn PeriodicStore {
        &self.0
    }

    async fn advance(&self, by: Duration) {
        self.0.advance(by);
    }
}

mod jobs {
    use super::*;
    behaviour_suite!(Memory(MemoryStore::new()));
}

mod periodic {
    use super::*;
    periodic_behaviour_suite!(Periodic(MemoryPeriodicStore::new()));
}
