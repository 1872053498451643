//! The leases that this process holds, from the claim to the record of the end.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{CancelReason, JobContext, LeaseRef};

/// All leases at hand, each with the switch that interrupts its attempt.
#[derive(Debug, Default)]
pub(crate) struct Held {
    leases: Mutex<HashMap<LeaseRef, JobContext>>,
}

impl Held {
    pub(crate) fn add(&self, lease: LeaseRef) {
        self.lock().insert(lease, JobContext::new());
    }

    /// Forgets the lease. Whether it was held.
    pub(crate) fn remove(&self, lease: &LeaseRef) -> bool {
        self.lock().remove(lease).is_some()
    }

    /// The attempt's switch; `None` when the lease is no longer held.
    pub(crate) fn context(&self, lease: &LeaseRef) -> Option<JobContext> {
        self.lock().get(lease).cloned()
    }

    pub(crate) fn all(&self) -> Vec<LeaseRef> {
        self.lock().keys().cloned().collect()
    }

    /// Interrupts the attempt and forgets the lease.
    pub(crate) fn lose(&self, lease: &LeaseRef) {
        if let Some(context) = self.lock().remove(lease) {
            context.cancel(CancelReason::LostLease);
        }
    }

    pub(crate) fn cancel_all(&self, reason: CancelReason) {
        for context in self.lock().values() {
            context.cancel(reason);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LeaseRef, JobContext>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
