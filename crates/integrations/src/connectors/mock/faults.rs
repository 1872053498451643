//! Faults that a made-up source shows on demand, each once per process, by the number of the call.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value;

use crate::{config::IntegrationConfig, error::ConnectorError};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No answer in time.
    Timeout,
    /// The source asks to wait for two minutes.
    RateLimited,
    /// The source fails.
    ServerError,
    /// The answer is cut.
    BrokenPage,
    /// A record of the page cannot be understood.
    SpoiltRecord,
    /// The page before is given once more.
    RepeatedPage,
    /// From this call on the source has changed some records.
    ChangedRecord,
    /// The credentials are not accepted.
    Credentials,
}

/// What the made-up sources of a process remember.
#[derive(Debug, Clone, Default)]
pub struct MockCalls {
    by_integration: Arc<Mutex<HashMap<String, Calls>>>,
}

#[derive(Debug, Default)]
struct Calls {
    made: u64,
    planned: BTreeMap<u64, Fault>,
    changed: bool,
}

/// What the next call does.
pub(super) enum Next {
    Plain,
    Fails(ConnectorError),
    Repeated,
    Spoilt,
}

impl MockCalls {
    fn calls(&self) -> MutexGuard<'_, HashMap<String, Calls>> {
        self.by_integration.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the setting `faults`: the number of a call, from 1, to what goes wrong with it.
    pub(super) fn plan(
        &self,
        integration: &str,
        faults: Option<&Value>,
    ) -> Result<(), ConnectorError> {
        let Some(faults) = faults else { return Ok(()) };
        let planned = BTreeMap::<u64, Fault>::deserialize(faults).map_err(|_| {
            IntegrationConfig::wrong("faults", "an object of call numbers to faults")
        })?;
        let mut all = self.calls();
        let calls = all.entry(integration.to_owned()).or_default();
        // Those of calls that were made are over.
        calls.planned = planned.into_iter().filter(|(call, _)| *call > calls.made).collect();
        Ok(())
    }

    pub(super) fn next(&self, integration: &str) -> Next {
        let mut all = self.calls();
        let calls = all.entry(integration.to_owned()).or_default();
        calls.made += 1;
        let transient = |what: &str| Next::Fails(ConnectorError::transient(what));
        match calls.planned.remove(&calls.made) {
            None => Next::Plain,
            Some(Fault::Timeout) => transient("no answer in time"),
            Some(Fault::ServerError) => transient("the source answered 500"),
            Some(Fault::BrokenPage) => transient("the source answered with a body that is no JSON"),
            Some(Fault::RateLimited) => {
                Next::Fails(ConnectorError::RateLimited { retry_after: Duration::from_mins(2) })
            }
            Some(Fault::Credentials) => Next::Fails(ConnectorError::Credentials {
                detail: "the key was withdrawn".to_owned(),
            }),
            Some(Fault::RepeatedPage) => Next::Repeated,
            Some(Fault::SpoiltRecord) => Next::Spoilt,
            Some(Fault::ChangedRecord) => {
                calls.changed = true;
                Next::Plain
            }
        }
    }

    pub(super) fn is_changed(&self, integration: &str) -> bool {
        self.calls().get(integration).is_some_and(|calls| calls.changed)
    }
}
