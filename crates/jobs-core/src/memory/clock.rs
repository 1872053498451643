//! The stores' own time.

use std::time::Duration;

use tokio::time::Instant;

/// Runs with tokio's clock, which tests may pause, and can be moved forward.
#[derive(Debug)]
pub(super) struct Clock {
    origin: Instant,
    moved: Duration,
}

/// Where a clock begins: far enough from zero to look back from.
const BEGINNING: Duration = Duration::from_secs(1_000_000_000);

impl Clock {
    pub(super) fn new() -> Self {
        Self { origin: Instant::now(), moved: Duration::ZERO }
    }

    pub(super) fn now(&self) -> Duration {
        BEGINNING + self.origin.elapsed() + self.moved
    }

    pub(super) fn advance(&mut self, by: Duration) {
        self.moved += by;
    }
}
