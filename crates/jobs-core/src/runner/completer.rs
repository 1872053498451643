//! Completes jobs without effects, many in one statement.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use super::Shared;
use super::unsettled::Unsettled;
use crate::{Ending, JobStore, LeaseRef};

/// Statements under way at once. While they run, the next batch gathers by itself.
const IN_FLIGHT: usize = 3;

/// A job that only waits for its completion.
pub(super) struct Ready {
    pub(super) lease: LeaseRef,
    pub(super) started: Instant,
}

/// Where attempts hand in what is done.
#[derive(Clone)]
pub(super) struct Completer {
    sender: mpsc::Sender<Ready>,
}

impl Completer {
    /// Starts the batching. It ends when every `Completer` is gone and all batches are recorded.
    pub(super) fn start<S: JobStore>(shared: Arc<Shared<S>>) -> (Self, JoinHandle<()>) {
        let batch = shared.queue.completion_batch.max(1);
        // Bounded, so that a slow store holds the attempts back instead of filling the memory.
        let (sender, mut receiver) = mpsc::channel::<Ready>(batch * 2);
        let batching = tokio::spawn(async move {
            let mut flushes = JoinSet::new();
            let mut ready = Vec::with_capacity(batch);
            while receiver.recv_many(&mut ready, batch).await > 0 {
                while flushes.len() >= IN_FLIGHT {
                    flushes.join_next().await;
                }
                // What came in while waiting for a free statement joins the batch.
                while ready.len() < batch {
                    match receiver.try_recv() {
                        Ok(more) => ready.push(more),
                        Err(_) => break,
                    }
                }
                let batch_now = std::mem::replace(&mut ready, Vec::with_capacity(batch));
                flushes.spawn(complete(Arc::clone(&shared), batch_now));
            }
            while flushes.join_next().await.is_some() {}
        });
        (Self { sender }, batching)
    }

    pub(super) async fn hand_in(&self, ready: Ready) {
        // The receiver outlives every sender; a failure means that the process is ending.
        let _ = self.sender.send(ready).await;
    }
}

async fn complete<S: JobStore>(shared: Arc<Shared<S>>, batch: Vec<Ready>) {
    let leases: Vec<LeaseRef> = batch.iter().map(|ready| ready.lease.clone()).collect();
    let _unsettled = Unsettled::new(&shared, leases.clone());
    let lost = shared.record(|| shared.store.complete(&leases)).await;
    for Ready { lease, started } in &batch {
        let ending = match &lost {
            None => Ending::Unrecorded,
            Some(lost) if lost.contains(lease) => Ending::Lost,
            Some(_) => Ending::Succeeded,
        };
        shared.ended(lease, ending, *started);
    }
}
