//! Keeps every lease at hand alive, in one statement.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::Shared;
use crate::store::within;
use crate::{JobStore, RunnerEvent};

/// A busy machine may take this long over the shortest of leases.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// Extends the leases three times within one; interrupts the attempts whose leases are lost.
pub(super) async fn beat<S: JobStore>(shared: Arc<Shared<S>>) {
    let mut beats = interval(shared.queue.heartbeat());
    // The next beat may have better luck, as long as there is time for one.
    let patience = shared.queue.heartbeat().max(LEAST_PATIENCE);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.tick().await;
    loop {
        beats.tick().await;
        let held = shared.held.all();
        if held.is_empty() {
            continue;
        }
        match within(patience, shared.store.extend(&held, shared.queue.lease)).await {
            Ok(lost) => {
                for lease in &lost {
                    shared.held.lose(lease);
                }
                shared.observer.observe(&RunnerEvent::Heartbeat {
                    held: held.len() - lost.len().min(held.len()),
                    lost: lost.len(),
                });
            }
            Err(error) => shared.observer.observe(&RunnerEvent::HeartbeatFailed(&error)),
        }
    }
}
