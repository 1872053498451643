//! Counts of what a runner did.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Ending;

/// What a runner did in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Jobs handed out by the store.
    pub claimed: u64,
    /// Jobs that succeeded.
    pub succeeded: u64,
    /// Attempts that failed and come again.
    pub retried: u64,
    /// Jobs that failed.
    pub failed: u64,
    /// Attempts put off.
    pub snoozed: u64,
    /// Jobs cancelled by their handler.
    pub cancelled: u64,
    /// Jobs given back.
    pub released: u64,
    /// Jobs that somebody else held in the end.
    pub lost: u64,
    /// Ends that the store could not be told.
    pub unrecorded: u64,
}

impl std::ops::Add for Summary {
    type Output = Self;

    /// What two runners did together.
    fn add(self, other: Self) -> Self {
        Self {
            claimed: self.claimed + other.claimed,
            succeeded: self.succeeded + other.succeeded,
            retried: self.retried + other.retried,
            failed: self.failed + other.failed,
            snoozed: self.snoozed + other.snoozed,
            cancelled: self.cancelled + other.cancelled,
            released: self.released + other.released,
            lost: self.lost + other.lost,
            unrecorded: self.unrecorded + other.unrecorded,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    claimed: AtomicU64,
    succeeded: AtomicU64,
    retried: AtomicU64,
    failed: AtomicU64,
    snoozed: AtomicU64,
    cancelled: AtomicU64,
    released: AtomicU64,
    lost: AtomicU64,
    unrecorded: AtomicU64,
}

impl Tally {
    pub(crate) fn claimed(&self, jobs: usize) {
        self.claimed.fetch_add(jobs as u64, Ordering::Relaxed);
    }

    pub(crate) fn ended(&self, ending: Ending) {
        let counter = match ending {
            Ending::Succeeded => &self.succeeded,
            Ending::Retried => &self.retried,
            Ending::Failed => &self.failed,
            Ending::Snoozed => &self.snoozed,
            Ending::Cancelled => &self.cancelled,
            Ending::Released => &self.released,
            Ending::Lost => &self.lost,
            Ending::Unrecorded => &self.unrecorded,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Summary {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Summary {
            claimed: get(&self.claimed),
            succeeded: get(&self.succeeded),
            retried: get(&self.retried),
            failed: get(&self.failed),
            snoozed: get(&self.snoozed),
            cancelled: get(&self.cancelled),
            released: get(&self.released),
            lost: get(&self.lost),
            unrecorded: get(&self.unrecorded),
        }
    }
}
