//! Rate limits of sources, kept by us before they have to tell us.
//!
//! A bucket per integration: the instants of its last calls, as many as the rate allows in its time, and
//! no timer. No more than these calls fall into any stretch of that time, also at its start. Two fifths
//! of them may be made at once; the others follow one by one, so that no call waits for longer than that
//! part of it. It lives in the process: an integration has one running job at a time, so one process calls.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// So many calls in any stretch so long, two fifths of them at once if none were made before.
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
    /// The last calls, in order; those that wait for their turn with the instant of it.
    calls: Mutex<VecDeque<Instant>>,
}

impl TokenBucket {
    pub(crate) const fn new(rate: Rate) -> Self {
        Self { rate, calls: Mutex::new(VecDeque::new()) }
    }

    /// Takes a turn: how long to wait for it, or, without taking it, how long it would be when that is
    /// longer than the caller waits.
    pub(super) fn take(&self, longest: Duration) -> Result<Duration, Duration> {
        self.take_at(Instant::now(), longest)
    }

    fn take_at(&self, now: Instant, longest: Duration) -> Result<Duration, Duration> {
        let limit = usize::try_from(self.rate.calls).unwrap_or(1).max(1);
        let at_once = (limit * 2 / 5).max(1);
        let apart = self.rate.per / self.rate.calls.max(1);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at = now;
        if calls.len() == limit
            && let Some(first) = calls.front()
        {
            at = at.max(*first + self.rate.per);
        }
        let recent = calls.iter().filter(|call| **call + self.rate.per > at).count();
        if recent >= at_once
            && let Some(last) = calls.back()
        {
            at = at.max(*last + apart);
        }
        let wait = at.saturating_duration_since(now);
        if wait > longest {
            return Err(wait);
        }
        if calls.len() == limit {
            calls.pop_front();
        }
        calls.push_back(at);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn gives_some_at_once_and_then_its_rate() {
        let bucket = TokenBucket::new(Rate { calls: 10, per: 10 * SECOND });
        let now = Instant::now();
        for _ in 0..4 {
            assert_eq!(bucket.take_at(now, SECOND), Ok(Duration::ZERO));
        }
        assert_eq!(bucket.take_at(now, SECOND), Ok(SECOND), "the fifth waits for its second");
        assert_eq!(bucket.take_at(now, SECOND), Err(2 * SECOND), "the sixth would wait too long");
        for (call, second) in [2, 3, 4, 5, 6, 10, 11, 12, 13, 14].into_iter().enumerate() {
            let wait = bucket.take_at(now, 20 * SECOND);
            assert_eq!(wait, Ok(second * SECOND), "call {}", call + 6);
        }
        let later = now + 100 * SECOND;
        for _ in 0..4 {
            assert_eq!(bucket.take_at(later, Duration::ZERO), Ok(Duration::ZERO));
        }
        assert!(bucket.take_at(later, Duration::ZERO).is_err(), "nothing is saved for later");
    }

    #[test]
    fn never_more_than_the_limit_in_any_stretch_and_the_rate_is_used() {
        for calls in [1, 2, 3, 10] {
            let rate = Rate { calls, per: 10 * SECOND };
            let bucket = TokenBucket::new(rate);
            let start = Instant::now();
            let mut taken = Vec::new();
            for tenth in 0..1_000 {
                let now = start + Duration::from_millis(100) * tenth;
                while bucket.take_at(now, Duration::ZERO).is_ok() {
                    taken.push(now);
                }
            }
            let in_stretch = |from: Instant| {
                taken.iter().filter(|at| **at >= from && **at < from + rate.per).count()
            };
            let most = taken.iter().map(|at| in_stretch(*at)).max();
            assert_eq!(most, Some(calls as usize));
            // A hundred seconds, and the rounding to tenths of one.
            let whole = calls as usize * 10;
            assert!(taken.len() <= whole && taken.len() * 10 >= whole * 9, "{}", taken.len());
        }
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
