//! How long anything may take, and when it is tried again. The providers' own libraries are told to
//! do neither: they differ (three tries here, eight or none there; a minute of silence or five), and
//! two owners of retries multiply.

use std::time::Duration;

use rand::RngExt as _;

/// Limits in time for requests to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the answer to a request begins.
    pub first_byte: Duration,
    /// Between two pieces of a body, in either direction.
    pub idle: Duration,
    /// For a whole transfer, whatever its size.
    pub total: Duration,
    /// The slowest transfer that is still waited for; the time for its bytes is added to `total`.
    pub slowest_bytes_per_second: u64,
    /// Tries in all, the first one included.
    pub tries: u32,
    /// The longest pause after the first failed try; it doubles with each, and half of it is chance.
    pub pause: Duration,
    /// A provider that wants to be asked later than this is not waited for.
    pub longest_pause: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            first_byte: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            total: Duration::from_mins(1),
            slowest_bytes_per_second: 256 * 1024,
            tries: 3,
            pause: Duration::from_millis(400),
            longest_pause: Duration::from_secs(5),
        }
    }
}

impl Timing {
    /// For a transfer of this many bytes.
    pub(crate) fn total_for(&self, bytes: u64) -> Duration {
        self.total + Duration::from_secs(bytes / self.slowest_bytes_per_second.max(1))
    }

    /// The pause after failed try number `failed` (from 1), or none when it is not worth waiting.
    pub(crate) fn pause_after(
        &self,
        failed: u32,
        wanted: Option<Duration>,
        rng: &mut impl rand::Rng,
    ) -> Option<Duration> {
        if failed >= self.tries {
            return None;
        }
        if let Some(wanted) = wanted {
            return (wanted <= self.longest_pause).then_some(wanted);
        }
        let ceiling = self
            .pause
            .saturating_mul(1_u32 << failed.saturating_sub(1).min(16))
            .min(self.longest_pause);
        Some(ceiling / 2 + ceiling.mul_f64(rng.random_range(0.0..=0.5)))
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn pauses_double_within_their_bounds_and_end_with_the_tries() {
        let timing = Timing { tries: 20, ..Timing::default() };
        let mut rng = StdRng::seed_from_u64(1);
        for failed in 1..20 {
            let ceiling = (timing.pause * (1 << (failed - 1).min(10))).min(timing.longest_pause);
            let pause = timing.pause_after(failed, None, &mut rng).unwrap();
            assert!(pause >= ceiling / 2 && pause <= ceiling, "{failed}: {pause:?}");
        }
        assert_eq!(timing.pause_after(20, None, &mut rng), None);
    }

    #[test]
    fn a_provider_is_waited_for_only_so_long() {
        let (timing, mut rng) = (Timing::default(), StdRng::seed_from_u64(1));
        let after = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(timing.pause_after(1, after(2), &mut rng), after(2));
        assert_eq!(timing.pause_after(1, after(60), &mut rng), None);
    }

    #[test]
    fn a_large_transfer_has_more_time() {
        let timing = Timing::default();
        assert_eq!(timing.total_for(0), Duration::from_mins(1));
        assert_eq!(timing.total_for(100 << 20), Duration::from_secs(460));
    }
}
