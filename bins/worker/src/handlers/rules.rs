//! The risk rules of each office, remembered for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use database::{Database, Error, risk, risk_rules};
use domain::TenantId;
use risk_engine::{Loaded, RuleError, RuleSet, SeverityThresholds};
use tracing::warn;

/// Offices remembered at once; beyond it, those whose time is up are forgotten.
const OFFICES: usize = 10_000;

/// Loads and remembers rule sets.
#[derive(Debug)]
pub(crate) struct Rules {
    database: Database,
    thresholds: SeverityThresholds,
    keep: Duration,
    known: Mutex<HashMap<TenantId, Known>>,
}

#[derive(Debug)]
struct Known {
    since: Instant,
    counted: Counted,
    errors: Vec<RuleError>,
}

/// The rules that count for an office, and the number under which they are stored.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) version: i32,
}

impl Rules {
    /// Remembers each office's rules for `keep`.
    pub(crate) fn new(database: Database, thresholds: SeverityThresholds, keep: Duration) -> Self {
        Self { database, thresholds, keep, known: Mutex::default() }
    }

    /// The rules that count for an office. A change makes a version of its own, stored before anything
    /// is scored with it.
    pub(crate) async fn of(&self, tenant: &TenantId) -> Result<Counted, Error> {
        if let Some(known) = self.known().get(tenant)
            && known.since.elapsed() < self.keep
        {
            return Ok(known.counted.clone());
        }
        let rows = risk_rules::of_tenant(&self.database, tenant).await?;
        let Loaded { rules, errors } = RuleSet::load(&rows, self.thresholds);
        let version = risk::ensure(&self.database, tenant.as_str(), &rules.to_text()).await?;
        let counted = Counted { rules: Arc::new(rules), version };
        let mut known = self.known();
        // Said once for as long as nothing changes, not at every load.
        if known.get(tenant).is_none_or(|before| before.errors != errors) {
            for error in &errors {
                warn!(tenant_id = %tenant, rule = %error.code, "Risk rule is left out: {error}");
            }
        }
        if known.len() >= OFFICES {
            known.retain(|_, one| one.since.elapsed() < self.keep);
        }
        let one = Known { since: Instant::now(), counted: counted.clone(), errors };
        known.insert(tenant.clone(), one);
        Ok(counted)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<TenantId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
