//! Rate limits of sources, kept by us before they have to tell us.
//!
//! A bucket per integration, by the generic cell rate algorithm (ITU-T I.371): one instant per bucket,
//! no timer. It lives in the process: an integration has one running job at a time, so one process
//! calls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// So many calls in so long, all of them at once if none were made before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls.
    pub calls: u32,
    /// In this time.
    pub per: Duration,
}

/// The buckets of a process, by integration.
#[derive(Debug, Clone, Default)]
pub struct Buckets {
    by_integration: Arc<Mutex<HashMap<String, Arc<TokenBucket>>>>,
}

impl Buckets {
    /// The bucket of an integration; made on first use.
    pub(crate) fn of(&self, integration: &str, rate: Rate) -> Arc<TokenBucket> {
        let mut all = self.by_integration.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket =
            all.entry(integration.to_owned()).or_insert_with(|| Arc::new(TokenBucket::new(rate)));
        if bucket.rate != rate {
            *bucket = Arc::new(TokenBucket::new(rate));
        }
        Arc::clone(bucket)
    }
}

/// The bucket of one integration.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    rate: Rate,
    /// When the bucket would be full again.
    full_at: Mutex<Option<Instant>>,
}

impl TokenBucket {
    pub(crate) const fn new(rate: Rate) -> Self {
        Self { rate, full_at: Mutex::new(None) }
    }

    /// Takes a turn: how long to wait for it, or, without taking it, how long it would be when that is
    /// longer than the caller waits.
    pub(super) fn take(&self, longest: Duration) -> Result<Duration, Duration> {
        self.take_at(Instant::now(), longest)
    }

    fn take_at(&self, now: Instant, longest: Duration) -> Result<Duration, Duration> {
        let one = self.rate.per / self.rate.calls.max(1);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = full_at.map_or(now, |instant| instant.max(now));
        let wait = (from + one).saturating_duration_since(now + self.rate.per);
        if wait > longest {
            return Err(wait);
        }
        *full_at = Some(from + one);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn gives_a_burst_then_its_rate() {
        let bucket = TokenBucket::new(Rate { calls: 10, per: 10 * SECOND });
        let now = Instant::now();
        for _ in 0..10 {
            assert_eq!(bucket.take_at(now, SECOND), Ok(Duration::ZERO));
        }
        assert_eq!(bucket.take_at(now, SECOND), Ok(SECOND), "the eleventh waits for its second");
        assert_eq!(bucket.take_at(now, SECOND), Err(2 * SECOND), "the twelfth would wait too long");
        assert_eq!(bucket.take_at(now + 2 * SECOND, SECOND), Ok(Duration::ZERO));
        let later = now + 100 * SECOND;
        for _ in 0..10 {
            assert_eq!(bucket.take_at(later, Duration::ZERO), Ok(Duration::ZERO));
        }
        assert!(
            bucket.take_at(later, Duration::ZERO).is_err(),
            "nothing is saved beyond the burst"
        );
    }

    #[test]
    fn never_more_than_the_limit_in_any_window() {
        let rate = Rate { calls: 10, per: 10 * SECOND };
        let bucket = TokenBucket::new(rate);
        let start = Instant::now();
        let mut taken = Vec::new();
        for tenth in 0..1_000 {
            let now = start + Duration::from_millis(100) * tenth;
            if bucket.take_at(now, Duration::ZERO).is_ok() {
                taken.push(now);
            }
        }
        // The burst and what flows in while it is used: at most twice the calls in any window, and
        // the long-run rate is kept.
        let in_window = |from: Instant| {
            taken.iter().filter(|at| **at >= from && **at < from + rate.per).count()
        };
        assert!(taken.iter().all(|at| in_window(*at) <= 20));
        assert!(taken.len() <= 10 + 100, "{}", taken.len());
    }

    #[test]
    fn each_integration_has_its_own() {
        let buckets = Buckets::default();
        let rate = Rate { calls: 1, per: SECOND };
        let first = buckets.of("a", rate);
        assert!(Arc::ptr_eq(&first, &buckets.of("a", rate)));
        assert!(!Arc::ptr_eq(&first, &buckets.of("b", rate)));
    }
}
