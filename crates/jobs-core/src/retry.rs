//! When a failed attempt is tried again.

use std::time::Duration;

use rand::RngExt;

/// How much of a back-off is left to chance, so that jobs that failed together do not return together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// No chance: the exponential delay as it is.
    None,
    /// Between half of the delay and the whole.
    Equal,
    /// Anything up to the delay.
    Full,
}

/// Exponential back-off with a ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first one included, for jobs that do not say themselves.
    pub max_attempts: u16,
    /// The delay after the first failed attempt.
    pub base: Duration,
    /// No delay is longer.
    pub cap: Duration,
    /// What chance adds.
    pub jitter: Jitter,
}

impl Default for RetryPolicy {
    /// Three attempts; about 10 s, then about 20 s, at most 10 minutes.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base: Duration::from_secs(10),
            cap: Duration::from_mins(10),
            jitter: Jitter::Equal,
        }
    }
}

impl RetryPolicy {
    /// The longest wait after failed attempt number `attempt` (from 1).
    pub fn ceiling(&self, attempt: u16) -> Duration {
        let doublings = u32::from(attempt.saturating_sub(1)).min(31);
        self.base.saturating_mul(1_u32 << doublings).min(self.cap)
    }

    /// The wait after failed attempt number `attempt` (from 1).
    pub fn delay(&self, attempt: u16, rng: &mut impl RngExt) -> Duration {
        let ceiling = self.ceiling(attempt);
        match self.jitter {
            Jitter::None => ceiling,
            Jitter::Full => up_to(ceiling, rng),
            Jitter::Equal => ceiling / 2 + up_to(ceiling / 2, rng),
        }
    }
}

/// A duration between zero and `limit`, both possible.
pub(crate) fn up_to(limit: Duration, rng: &mut impl RngExt) -> Duration {
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(rng.random_range(0..=nanos))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn jitter() -> impl Strategy<Value = Jitter> {
        prop_oneof![Just(Jitter::None), Just(Jitter::Equal), Just(Jitter::Full)]
    }

    proptest! {
        #[test]
        fn a_delay_stays_between_its_bounds(
            attempt in 0_u16..=u16::MAX,
            base in 0_u64..=86_400_000,
            cap in 0_u64..=86_400_000,
            jitter in jitter(),
            seed: u64,
        ) {
            let policy = RetryPolicy {
                max_attempts: 3,
                base: Duration::from_millis(base),
                cap: Duration::from_millis(cap),
                jitter,
            };
            let ceiling = policy.ceiling(attempt);
            let delay = policy.delay(attempt, &mut StdRng::seed_from_u64(seed));
            prop_assert!(ceiling <= policy.cap);
            prop_assert!(delay <= ceiling);
            match jitter {
                Jitter::None => prop_assert_eq!(delay, ceiling),
                Jitter::Equal => prop_assert!(delay >= ceiling / 2),
                Jitter::Full => {}
            }
        }

        #[test]
        fn the_ceiling_doubles_until_the_cap(attempt in 1_u16..40, base in 1_u64..10_000) {
            let policy = RetryPolicy {
                max_attempts: 3,
                base: Duration::from_millis(base),
                cap: Duration::from_hours(1),
                jitter: Jitter::None,
            };
            let (now, next) = (policy.ceiling(attempt), policy.ceiling(attempt + 1));
            prop_assert_eq!(next, (now * 2).min(policy.cap));
        }

        #[test]
        fn the_same_seed_gives_the_same_delay(attempt in 1_u16..10, seed: u64) {
            let policy = RetryPolicy { jitter: Jitter::Full, ..RetryPolicy::default() };
            prop_assert_eq!(
                policy.delay(attempt, &mut StdRng::seed_from_u64(seed)),
                policy.delay(attempt, &mut StdRng::seed_from_u64(seed))
            );
        }
    }

    #[test]
    fn jobs_that_failed_together_do_not_return_together() {
        let policy = RetryPolicy { jitter: Jitter::Full, ..RetryPolicy::default() };
        let mut rng = StdRng::seed_from_u64(7);
        let delays: std::collections::BTreeSet<_> =
            (0..100).map(|_| policy.delay(1, &mut rng)).collect();
        assert!(delays.len() > 90);
    }
}
