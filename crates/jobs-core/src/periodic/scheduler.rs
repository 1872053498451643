//! Runs periodic work on whichever worker takes it first.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::{debug, info, warn};

use super::{Due, PeriodicStore, PeriodicTask, Schedule, ScheduleEnd};
use crate::runner::LAST_WORDS;
use crate::store::{PATIENCE, within};
use crate::{Shutdown, StopPhase};

/// Looks for due schedules and runs them; any number of processes may do so.
pub struct Scheduler {
    store: Arc<dyn PeriodicStore>,
    owner: String,
    look_every: Duration,
    work: Vec<(Schedule, Arc<dyn PeriodicTask>)>,
}

impl std::fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.work.iter().map(|(schedule, _)| &schedule.name).collect();
        f.debug_struct("Scheduler")
            .field("owner", &self.owner)
            .field("work", &names)
            .finish_non_exhaustive()
    }
}

impl Scheduler {
    /// A scheduler without work that looks for due schedules every `look_every`.
    pub fn new(
        store: Arc<dyn PeriodicStore>,
        owner: impl Into<String>,
        look_every: Duration,
    ) -> Self {
        Self { store, owner: owner.into(), look_every, work: Vec::new() }
    }

    /// Adds one kind of work.
    #[must_use]
    pub fn with(mut self, schedule: Schedule, task: Arc<dyn PeriodicTask>) -> Self {
        self.work.push((schedule, task));
        self
    }

    /// Runs due work until the stop is asked for; work under way may end until it has to stop now.
    pub async fn run_until(&self, shutdown: Shutdown) {
        let mut schedules = JoinSet::new();
        for (schedule, task) in &self.work {
            let turn = Turn {
                store: Arc::clone(&self.store),
                owner: self.owner.clone(),
                schedule: schedule.clone(),
                task: Arc::clone(task),
            };
            schedules.spawn(turn.keep_looking(self.look_every, shutdown.clone()));
        }
        while let Some(ended) = schedules.join_next().await {
            // Work that panics is a failed run. What is left is a fault of this loop itself, and a
            // schedule that nobody tends must not go unseen.
            if let Err(error) = ended
                && let Ok(panic) = error.try_into_panic()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }

    /// Runs everything that is due, once, one after the other. Returns how many runs ended well.
    pub async fn run_due(&self) -> usize {
        let mut ended = 0;
        for (schedule, task) in &self.work {
            let turn = Turn {
                store: Arc::clone(&self.store),
                owner: self.owner.clone(),
                schedule: schedule.clone(),
                task: Arc::clone(task),
            };
            if turn.ensure().await && turn.take_and_run(&Shutdown::never()).await == Some(true) {
                ended += 1;
            }
        }
        ended
    }
}

/// One schedule as one process tends it.
struct Turn {
    store: Arc<dyn PeriodicStore>,
    owner: String,
    schedule: Schedule,
    task: Arc<dyn PeriodicTask>,
}

impl Turn {
    async fn keep_looking(self, look_every: Duration, shutdown: Shutdown) {
        let mut look = interval(look_every.max(Duration::from_millis(1)));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ensured = false;
        loop {
            tokio::select! {
                biased;
                () = shutdown.reached(StopPhase::Draining) => return,
                _ = look.tick() => {}
            }
            // Made sure of at each look until it worked once: the store may be away at the start.
            ensured = ensured || self.ensure().await;
            if ensured {
                self.take_and_run(&shutdown).await;
            }
        }
    }

    async fn ensure(&self) -> bool {
        let ensured = self.store.ensure(&self.schedule.name, self.schedule.interval);
        match within(PATIENCE, ensured).await {
            Ok(()) => true,
            Err(error) => {
                warn!(schedule = %self.schedule.name, error = &error as &dyn std::error::Error,
                    "Periodic schedule could not be written");
                false
            }
        }
    }

    /// Whether the run ended well; `None` when there was nothing to run.
    async fn take_and_run(&self, shutdown: &Shutdown) -> Option<bool> {
        let Schedule { name, lease, retry_after, .. } = &self.schedule;
        let due = match within(PATIENCE, self.store.try_take(name, &self.owner, *lease)).await {
            Ok(due) => due?,
            Err(error) => {
                warn!(schedule = %name, error = &error as &dyn std::error::Error,
                    "Periodic schedule could not be looked at");
                return None;
            }
        };
        debug!(schedule = %name, "Periodic work begins");
        let work = AssertUnwindSafe(self.task.run()).catch_unwind();
        let end = tokio::select! {
            biased;
            result = work => match result {
                Ok(Ok(())) => ScheduleEnd::Done,
                Ok(Err(error)) => ScheduleEnd::Failed { retry_after: *retry_after, error },
                Err(_) => ScheduleEnd::Failed {
                    retry_after: *retry_after,
                    error: "panicked; the log has the place".to_owned(),
                },
            },
            () = self.lead_lost(&due) => {
                warn!(schedule = %name, "Periodic work was taken over by another worker");
                return Some(false);
            }
            () = shutdown.reached(StopPhase::Now) => {
                self.report(within(LAST_WORDS, self.store.release(&due)).await);
                return Some(false);
            }
        };
        if let ScheduleEnd::Failed { error, .. } = &end {
            warn!(schedule = %name, error = %error, "Periodic work failed");
        } else {
            info!(schedule = %name, "Periodic work done");
        }
        self.report(within(PATIENCE, self.store.finish(&due, &end)).await);
        Some(end == ScheduleEnd::Done)
    }

    /// Extends the lease three times within it; ends when the lead is lost.
    async fn lead_lost(&self, due: &Due) {
        let third = (self.schedule.lease / 3).max(Duration::from_millis(1));
        loop {
            sleep(third).await;
            match within(third, self.store.extend(due, self.schedule.lease)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => warn!(schedule = %due.name,
                    error = &error as &dyn std::error::Error,
                    "Periodic lease could not be extended"),
            }
        }
    }

    fn report(&self, written: Result<bool, crate::StoreError>) {
        match written {
            Ok(true) => {}
            Ok(false) => {
                warn!(schedule = %self.schedule.name, "Periodic work ended after its lease");
            }
            Err(error) => warn!(schedule = %self.schedule.name,
                error = &error as &dyn std::error::Error,
                "Periodic work's end could not be written; it returns when its lease runs out"),
        }
    }
}
