//! Leases whose task may be torn down.

use std::sync::Arc;

use super::Shared;
use crate::{Ending, JobStore, LeaseRef};

/// Forgets its leases when dropped, so that they are extended no more and their jobs return: a panic
/// outside the handler or an abort would otherwise have the heartbeat keep them for ever.
pub(super) struct Unsettled<S: JobStore> {
    shared: Arc<Shared<S>>,
    leases: Vec<LeaseRef>,
}

impl<S: JobStore> Unsettled<S> {
    pub(super) fn new(shared: &Arc<Shared<S>>, leases: Vec<LeaseRef>) -> Self {
        Self { shared: Arc::clone(shared), leases }
    }

    /// The leases have ended, or somebody else sees to them now.
    pub(super) fn settled(mut self) {
        self.leases.clear();
    }
}

impl<S: JobStore> Drop for Unsettled<S> {
    fn drop(&mut self) {
        for lease in &self.leases {
            if self.shared.held.remove(lease) {
                self.shared.tally.ended(Ending::Unrecorded);
            }
        }
    }
}
