//! Periodic schedules in the database.

use std::time::Duration;

use async_trait::async_trait;
use database::Database;
use database::jobs::PgPeriodicStore;
use dev_postgres::TestDatabase;
use diesel_async::SimpleAsyncConnection;
use jobs_core::testing::PeriodicHarness;
use jobs_core::{PeriodicStore, periodic_behaviour_suite};

use crate::common;

struct Schedules {
    _test: TestDatabase,
    database: Database,
    store: PgPeriodicStore,
}

async fn schedules() -> Schedules {
    let (test, database) = common::migrated().await;
    Schedules { _test: test, store: PgPeriodicStore::new(database.clone()), database }
}

#[async_trait]
impl PeriodicHarness for Schedules {
    fn store(&self) -> &dyn PeriodicStore {
        &self.store
    }

    async fn advance(&self, by: Duration) {
        let by = by.as_millis();
        let sql = format!(
            "UPDATE worker.periodic_schedules
             SET next_due_at = next_due_at - {by} * interval '1 millisecond',
                 lease_expires_at = lease_expires_at - {by} * interval '1 millisecond'"
        );
        self.database.get().await.unwrap().batch_execute(&sql).await.unwrap();
    }
}

periodic_behaviour_suite!(schedules().await);
