//! The chart of accounts of each office, remembered for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use database::{Database, Error, risk};

use crate::risk::books::Chart;

/// Offices remembered at once: claims go round the offices, a few companies of each.
const OFFICES: usize = 64;

/// Loads and remembers charts.
#[derive(Debug)]
pub(crate) struct Charts {
    database: Database,
    keep: Duration,
    known: Mutex<HashMap<String, (Instant, Arc<Chart>)>>,
}

impl Charts {
    /// Remembers each office's chart for `keep`.
    pub(crate) fn new(database: Database, keep: Duration) -> Self {
        Self { database, keep, known: Mutex::default() }
    }

    /// The chart of an office, as it was at most a while ago.
    pub(crate) async fn of(&self, tenant: &str) -> Result<Arc<Chart>, Error> {
        if let Some((since, chart)) = self.known().get(tenant)
            && since.elapsed() < self.keep
        {
            return Ok(Arc::clone(chart));
        }
        self.again(tenant).await
    }

    /// The chart of an office as it is now.
    pub(crate) async fn again(&self, tenant: &str) -> Result<Arc<Chart>, Error> {
        let accounts = risk::chart(&self.database, tenant).await?;
        let chart: Chart =
            accounts.into_iter().map(|account| (account.id.clone(), account)).collect();
        let chart = Arc::new(chart);
        let mut known = self.known();
        if known.len() >= OFFICES && !known.contains_key(tenant) {
            let oldest = known.iter().min_by_key(|(_, (since, _))| *since);
            let oldest = oldest.map(|(tenant, _)| tenant.clone());
            oldest.and_then(|tenant| known.remove(&tenant));
        }
        known.insert(tenant.to_owned(), (Instant::now(), Arc::clone(&chart)));
        Ok(chart)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Instant, Arc<Chart>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
