//! Periodic schedules in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::clock::Clock;
use crate::{Due, PeriodicStore, ScheduleEnd, StoreError};

/// Keeps schedules in memory, with the same behaviour as the database's store.
#[derive(Debug)]
pub struct MemoryPeriodicStore {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    clock: Clock,
    schedules: HashMap<String, Row>,
}

#[derive(Debug)]
struct Row {
    interval: Duration,
    due_at: Duration,
    token: i64,
    lease_until: Option<Duration>,
}

impl Default for MemoryPeriodicStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryPeriodicStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { state: Mutex::new(State { clock: Clock::new(), schedules: HashMap::new() }) }
    }

    /// Moves the store's time forward.
    pub fn advance(&self, by: Duration) {
        self.lock().clock.advance(by);
    }

    /// How long until the schedule is due; zero when it is.
    pub fn due_in(&self, name: &str) -> Option<Duration> {
        let state = self.lock();
        let now = state.clock.now();
        state.schedules.get(name).map(|row| row.due_at.saturating_sub(now))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The row, if the lead is still this one.
    fn led(&mut self, due: &Due) -> Option<&mut Row> {
        self.schedules
            .get_mut(&due.name)
            .filter(|row| row.token == due.token && row.lease_until.is_some())
    }
}

#[async_trait]
impl PeriodicStore for MemoryPeriodicStore {
    async fn ensure(&self, name: &str, interval: Duration) -> Result<(), StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let row = state.schedules.entry(name.to_owned()).or_insert(Row {
            interval,
            due_at: now,
            token: 0,
            lease_until: None,
        });
        row.interval = interval;
        row.due_at = row.due_at.min(now + interval);
        Ok(())
    }

    async fn try_take(
        &self,
        name: &str,
        _owner: &str,
        lease: Duration,
    ) -> Result<Option<Due>, StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let Some(row) = state.schedules.get_mut(name) else { return Ok(None) };
        if row.due_at > now || row.lease_until.is_some_and(|until| until >= now) {
            return Ok(None);
        }
        row.token += 1;
        row.lease_until = Some(now + lease);
        Ok(Some(Due { name: name.to_owned(), token: row.token }))
    }

    async fn extend(&self, due: &Due, lease: Duration) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let until = state.clock.now() + lease;
        Ok(state.led(due).map(|row| row.lease_until = Some(until)).is_some())
    }

    async fn finish(&self, due: &Due, end: &ScheduleEnd) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let now = state.clock.now();
        let Some(row) = state.led(due) else { return Ok(false) };
        let missed = now.saturating_sub(row.due_at).as_millis() / row.interval.as_millis().max(1);
        let steps = u32::try_from(missed).unwrap_or(u32::MAX - 1) + 1;
        let next = row.due_at + row.interval * steps;
        row.due_at = match end {
            ScheduleEnd::Done => next,
            ScheduleEnd::Failed { retry_after, .. } => next.min(now + *retry_after),
        };
        row.lease_until = None;
        Ok(true)
    }

    async fn release(&self, due: &Due) -> Result<bool, StoreError> {
        let mut state = self.lock();
        Ok(state.led(due).map(|row| row.lease_until = None).is_some())
    }
}
