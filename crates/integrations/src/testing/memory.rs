//! The ports in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    page::{ObjectOutcome, ObjectResult},
    port::{
        Clock, KnownObject, ObjectLedger, PortError, RefreshClaim, StoredTokens, TokenStore, Tokens,
    },
};

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that is set by hand.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// Standing at an instant.
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        *locked(&self.0) += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *locked(&self.0)
    }
}

/// The tokens of one integration, and how they were asked for.
#[derive(Debug, Default)]
pub struct MemoryTokens {
    state: Mutex<TokenState>,
}

#[derive(Debug, Default)]
struct TokenState {
    stored: Option<StoredTokens>,
    claimed: bool,
    failures: u32,
}

impl MemoryTokens {
    /// With tokens that are there already.
    pub fn with(tokens: Tokens) -> Self {
        let stored = Some(StoredTokens { tokens, generation: 1 });
        Self { state: Mutex::new(TokenState { stored, ..TokenState::default() }) }
    }

    /// What is stored.
    pub fn stored(&self) -> Option<StoredTokens> {
        locked(&self.state).stored.clone()
    }

    /// Lets the next so many stores fail.
    pub fn fail_to_store(&self, times: u32) {
        locked(&self.state).failures = times;
    }

    /// As if another process were refreshing.
    pub fn claim_for_another(&self) {
        locked(&self.state).claimed = true;
    }
}

#[async_trait]
impl TokenStore for MemoryTokens {
    async fn load(&self) -> Result<Option<StoredTokens>, PortError> {
        Ok(locked(&self.state).stored.clone())
    }

    async fn begin_refresh(&self, seen: Option<i64>) -> Result<RefreshClaim, PortError> {
        let mut state = locked(&self.state);
        if let Some(stored) = &state.stored
            && Some(stored.generation) > seen
        {
            return Ok(RefreshClaim::Newer(stored.clone()));
        }
        if state.claimed {
            return Ok(RefreshClaim::Busy { retry_after: Duration::from_millis(1) });
        }
        state.claimed = true;
        Ok(RefreshClaim::Granted)
    }

    async fn finish_refresh(&self, tokens: &Tokens) -> Result<i64, PortError> {
        let mut state = locked(&self.state);
        if state.failures > 0 {
            state.failures -= 1;
            return Err(PortError::Failed("the store is away".to_owned()));
        }
        let generation = state.stored.as_ref().map_or(1, |stored| stored.generation + 1);
        state.stored = Some(StoredTokens { tokens: tokens.clone(), generation });
        state.claimed = false;
        Ok(generation)
    }

    async fn abandon_refresh(&self) -> Result<(), PortError> {
        locked(&self.state).claimed = false;
        Ok(())
    }
}

/// The objects of one file drop and stream.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    objects: Mutex<HashMap<String, ObjectOutcome>>,
}

impl MemoryLedger {
    /// Keeps what a page settled, as its transaction would.
    pub fn keep(&self, outcomes: &[ObjectOutcome]) {
        let mut objects = locked(&self.objects);
        for outcome in outcomes {
            objects.insert(outcome.key.clone(), outcome.clone());
        }
    }

    /// What is kept of a key.
    pub fn outcome(&self, key: &str) -> Option<ObjectOutcome> {
        locked(&self.objects).get(key).cloned()
    }
}

#[async_trait]
impl ObjectLedger for MemoryLedger {
    async fn known(&self, keys: &[String]) -> Result<Vec<KnownObject>, PortError> {
        let objects = locked(&self.objects);
        let known = keys.iter().filter_map(|key| objects.get(key)).cloned();
        Ok(known
            .map(|object| KnownObject {
                key: object.key,
                version: object.version,
                sha256: object.sha256,
                result: object.result,
            })
            .collect())
    }

    async fn taken_content(&self, sha256: &str) -> Result<Option<String>, PortError> {
        let objects = locked(&self.objects);
        let taken = objects.values().find(|object| {
            object.sha256.as_deref() == Some(sha256)
                && matches!(object.result, ObjectResult::Taken { .. })
        });
        Ok(taken.map(|object| object.key.clone()))
    }
}
