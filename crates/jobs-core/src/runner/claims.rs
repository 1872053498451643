//! Claims under way.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Shared;
use crate::store::within;
use crate::{ClaimRequest, Claimed, JobStore, StoreError};

/// A claim beside others is worth its round trip from this many jobs on.
const WORTHWHILE: usize = 50;
/// A busy machine may take this long over a claim, however short the leases.
const LEAST_PATIENCE: Duration = Duration::from_secs(5);

/// What a claim brought.
pub(super) struct Answer<P> {
    pub(super) result: Result<Vec<Claimed<P>>, StoreError>,
    pub(super) took: Duration,
    limit: usize,
}

/// The claims that this runner waits for. Together with what is at hand they never bring more than
/// the queue may hold.
pub(super) struct Claims<S: JobStore> {
    shared: Arc<Shared<S>>,
    under_way: JoinSet<Answer<S::Payload>>,
    /// Jobs that the claims under way bring at most.
    promised: usize,
    /// Whether the last claim brought all that it asked for, so that there is probably more.
    abundant: bool,
}

impl<S: JobStore> Claims<S> {
    pub(super) fn new(shared: Arc<Shared<S>>) -> Self {
        Self { shared, under_way: JoinSet::new(), promised: 0, abundant: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// How many jobs to claim now, while `running` and `waiting` are at hand; zero for none.
    pub(super) fn room(&self, running: usize, waiting: usize) -> usize {
        let queue = &self.shared.queue;
        let capacity = queue.concurrency + queue.buffer;
        let free = capacity.saturating_sub(running + waiting + self.promised);
        let share = (capacity / queue.claims.max(1)).max(WORTHWHILE);
        if self.is_empty() {
            // A reserve that is more than half full can wait: fewer and fuller claims.
            let enough = running >= queue.concurrency && waiting > queue.buffer / 2;
            return if enough { 0 } else { free.min(share) };
        }
        // An empty queue is asked by one claim, whatever the room.
        let another = self.abundant && self.under_way.len() < queue.claims && free >= share;
        if another { share } else { 0 }
    }

    pub(super) fn start(&mut self, limit: usize) {
        self.promised += limit;
        let shared = Arc::clone(&self.shared);
        self.under_way.spawn(async move {
            let begun = Instant::now();
            let request = ClaimRequest { limit, owner: &shared.owner, lease: shared.queue.lease };
            // Leases of a later answer could run out before the next heartbeat.
            let queue = &shared.queue;
            let patience = queue.lease.saturating_sub(queue.heartbeat()).max(LEAST_PATIENCE);
            let result = within(patience, shared.store.claim(request)).await;
            Answer { result, took: begun.elapsed(), limit }
        });
    }

    /// The next answer; `None` when no claim is under way. Waiting may be broken off.
    pub(super) async fn answer(&mut self) -> Option<Answer<S::Payload>> {
        let answer = match self.under_way.join_next().await? {
            Ok(answer) => answer,
            // A store that panics is a defect of this program; nothing sensible follows.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return None,
            },
        };
        self.promised = self.promised.saturating_sub(answer.limit);
        self.abundant = answer.result.as_ref().is_ok_and(|jobs| jobs.len() >= answer.limit);
        Some(answer)
    }
}
