//! Hints that a queue may have work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// Wakes the runners of queues by name. Cheap to clone; any number of hints folds into one.
#[derive(Debug, Clone, Default)]
pub struct Wakeups {
    queues: Arc<Mutex<HashMap<String, watch::Sender<u64>>>>,
}

/// One runner's end.
#[derive(Debug)]
pub struct Wakeup {
    receiver: watch::Receiver<u64>,
    // Keeps the channel open, so that waiting never ends for want of a sender.
    _queues: Wakeups,
}

impl Wakeups {
    /// Nothing to wake yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes the runners of one queue. Unknown names are ignored.
    pub fn wake(&self, queue: &str) {
        if let Some(sender) = self.lock().get(queue) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Wakes all runners, for instance after a gap in which hints may have been lost.
    pub fn wake_all(&self) {
        for sender in self.lock().values() {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// A runner's end for one queue.
    pub fn subscribe(&self, queue: &str) -> Wakeup {
        let mut queues = self.lock();
        let sender = queues.entry(queue.to_owned()).or_insert_with(|| watch::channel(0).0);
        Wakeup { receiver: sender.subscribe(), _queues: self.clone() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<u64>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wakeup {
    /// Waits for a hint that came since the last one seen.
    pub async fn woken(&mut self) {
        if self.receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Forgets hints that came before now: what follows looks for work anyway.
    pub fn clear(&mut self) {
        self.receiver.mark_unchanged();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn hints_fold_and_are_kept_until_seen() {
        let wakeups = Wakeups::new();
        let mut documents = wakeups.subscribe("documents");
        let mut sync = wakeups.subscribe("sync");
        wakeups.wake("documents");
        wakeups.wake("documents");
        wakeups.wake("unknown");
        documents.woken().await;
        assert!(documents.woken().now_or_never().is_none());
        assert!(sync.woken().now_or_never().is_none());
        wakeups.wake_all();
        documents.woken().await;
        sync.woken().await;
        wakeups.wake("sync");
        sync.clear();
        assert!(sync.woken().now_or_never().is_none());
    }
}
