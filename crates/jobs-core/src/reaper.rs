//! Takes back what dead workers held.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::retry::up_to;
use crate::store::{PATIENCE, within};
use crate::{
    JobStore, Observer, ReapRequest, Reaped, RunnerEvent, Shutdown, StopPhase, StoreError,
};

/// Takes back expired leases of one queue. Any number of processes may run one.
pub struct Reaper<S> {
    store: Arc<S>,
    request: ReapRequest,
    every: Duration,
    observer: Arc<dyn Observer>,
}

impl<S> std::fmt::Debug for Reaper<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reaper")
            .field("request", &self.request)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

impl<S: JobStore> Reaper<S> {
    /// A reaper that looks every `every`, give or take a quarter.
    pub fn new(
        store: Arc<S>,
        request: ReapRequest,
        every: Duration,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self { store, request, every, observer }
    }

    /// Takes back everything that has expired by now.
    ///
    /// # Errors
    /// What the store says; what was taken back before stays so.
    pub async fn reap_all(&self) -> Result<Reaped, StoreError> {
        let mut all = Reaped::default();
        loop {
            let reaped = within(PATIENCE, self.store.reap(self.request)).await?;
            all.returned += reaped.returned;
            all.failed += reaped.failed;
            if reaped.total() < self.request.limit.max(1) {
                return Ok(all);
            }
        }
    }

    /// Looks now and then until the stop is asked for.
    pub async fn run_until(&self, shutdown: Shutdown) {
        loop {
            match self.reap_all().await {
                Ok(reaped) if reaped.total() > 0 => {
                    self.observer.observe(&RunnerEvent::Reaped(reaped));
                }
                Ok(_) => {}
                Err(error) => self.observer.observe(&RunnerEvent::ReapFailed(&error)),
            }
            let pause = self.every * 3 / 4 + up_to(self.every / 2, &mut rand::rng());
            tokio::select! {
                biased;
                () = shutdown.reached(StopPhase::Draining) => return,
                () = sleep(pause) => {}
            }
        }
    }
}
