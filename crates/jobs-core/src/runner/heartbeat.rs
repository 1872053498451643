//! Keeps every lease at hand alive, in one statement.

use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use super::Shared;
use crate::{JobStore, RunnerEvent};

/// Extends the leases three times within one; interrupts the attempts whose leases are lost.
pub(super) async fn beat<S: JobStore>(shared: Arc<Shared<S>>) {
    let mut beats = interval(shared.queue.heartbeat());
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.tick().await;
    loop {
        beats.tick().await;
        let held = shared.held.all();
        if held.is_empty() {
            continue;
        }
        match shared.store.extend(&held, shared.queue.lease).await {
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
