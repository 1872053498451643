//! What runs beside the queue's runner: the reaper, the schedules, the listener.

use std::time::Duration;

use jobs_core::{Shutdown, ShutdownHandle, StopPhase};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::{error, warn};

/// How long a stop at once waits for leases that are given back.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Tasks that end by themselves when a stop is asked for.
#[derive(Debug)]
pub(super) struct Beside {
    tasks: JoinSet<()>,
    shutdown: Shutdown,
    handle: ShutdownHandle,
    grace: Duration,
}

impl Beside {
    /// None yet; work under way may go on for `grace` after a stop is asked for.
    pub(super) fn new(shutdown: Shutdown, handle: ShutdownHandle, grace: Duration) -> Self {
        Self { tasks: JoinSet::new(), shutdown, handle, grace }
    }

    /// Starts one.
    pub(super) fn spawn<F>(&mut self, task: impl FnOnce(Shutdown) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task(self.shutdown.clone()));
    }

    /// Waits for the stop, then for the tasks: within the grace period for their work, and a moment
    /// longer for their last words. Only what does not answer is dropped.
    ///
    /// A task that ends before the stop has died. Without it the worker would go on as half of itself
    /// and nobody would know, so it asks for the stop; `false` then, for whoever starts it again.
    pub(super) async fn ended(mut self) -> bool {
        let died = tokio::select! {
            biased;
            () = self.shutdown.reached(StopPhase::Draining) => false,
            // The stop may have come between the two looks.
            Some(_) = self.tasks.join_next() => self.shutdown.phase() == StopPhase::Running,
        };
        if died {
            error!("Work beside the queue has died; the worker stops");
            self.handle.stop();
        }
        tokio::select! {
            biased;
            () = all_of(&mut self.tasks) => return !died,
            () = self.shutdown.reached(StopPhase::Now) => {}
            // Periodic work gives its lease back when it has to stop at once.
            () = sleep(self.grace) => self.handle.stop_now(),
        }
        if timeout(LAST_WORDS, all_of(&mut self.tasks)).await.is_err() {
            warn!("Work beside the queue did not end in time; its leases run out");
        }
        !died
    }
}

async fn all_of(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::Duration,
    };

    use jobs_core::{Shutdown, StopPhase};
    use tokio::task::yield_now;

    use super::Beside;

    #[tokio::test]
    async fn work_under_way_ends_within_the_grace_period() {
        let (handle, shutdown) = Shutdown::new();
        let mut beside = Beside::new(shutdown, handle.clone(), Duration::from_hours(1));
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        beside.spawn(|shutdown| async move {
            shutdown.reached(StopPhase::Draining).await;
            for _ in 0..1_000 {
                yield_now().await;
            }
            seen.store(true, Ordering::SeqCst);
        });
        handle.stop();
        assert!(beside.ended().await);
        assert!(done.load(Ordering::SeqCst), "aborted in the middle");
    }

    #[tokio::test]
    async fn work_that_goes_on_is_told_to_give_back() {
        let (handle, shutdown) = Shutdown::new();
        let mut beside = Beside::new(shutdown, handle.clone(), Duration::ZERO);
        let given_back = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&given_back);
        beside.spawn(|shutdown| async move {
            shutdown.reached(StopPhase::Now).await;
            seen.store(true, Ordering::SeqCst);
        });
        handle.stop();
        assert!(beside.ended().await);
        assert!(given_back.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_task_that_dies_stops_the_worker() {
        let (handle, shutdown) = Shutdown::new();
        let mut beside = Beside::new(shutdown.clone(), handle, Duration::from_hours(1));
        beside.spawn(|_| async { panic!("a fault of the loop") });
        beside.spawn(|shutdown| async move { shutdown.reached(StopPhase::Draining).await });
        assert!(!beside.ended().await);
        assert_eq!(shutdown.phase(), StopPhase::Draining);
    }
}
