//! A streaming detector for series of numbers (balances, daily totals, rates): one pass, bounded memory.
//!
//! The mean of the last few values is compared with the means before it, in a long window: how many of
//! their standard deviations it is away (windowed Gaussian; Lavin and Ahmad 2015 use it as a peer of
//! HTM). Short means of two lengths are looked at, so that a jump shows at once and a drift soon; the
//! further one counts. A spread of nothing is held at one per cent of the level.
//!
//! Whoever raises alerts takes the first of an episode: [`Episodes`]. On the Numenta Anomaly Benchmark
//! that is worth more than the choice of statistic.

use std::collections::VecDeque;

use crate::statistics::count;

/// Lengths of the short means.
const SHORT: [usize; 2] = [6, 24];
/// Short means that they are compared with.
const WINDOW: usize = 2000;
/// Fewer say nothing.
const MIN_WINDOW: usize = 50;
/// The least spread, as a share of the level.
const MIN_SPREAD: f64 = 0.01;

/// See the module.
#[derive(Debug, Clone)]
pub struct Stream {
    recent: VecDeque<f64>,
    bases: [Base; SHORT.len()],
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            recent: VecDeque::with_capacity(SHORT.into_iter().max().unwrap_or(0)),
            bases: std::array::from_fn(|_| Base::default()),
        }
    }
}

impl Stream {
    /// Takes the next value and says how far out the series is: 0 while too little is known.
    pub fn push(&mut self, value: f64) -> f64 {
        let longest = SHORT.into_iter().max().unwrap_or(1);
        if self.recent.len() == longest {
            self.recent.pop_front();
        }
        self.recent.push_back(value);
        let mut furthest = 0.0_f64;
        for (length, base) in SHORT.into_iter().zip(&mut self.bases) {
            if self.recent.len() < length {
                continue;
            }
            let mean = self.recent.iter().rev().take(length).sum::<f64>() / count(length);
            furthest = furthest.max(base.distance(mean));
            base.push(mean);
        }
        furthest
    }
}

/// The short means of the window, with their sums about a middle that keeps them small.
#[derive(Debug, Clone, Default)]
struct Base {
    means: VecDeque<f64>,
    middle: f64,
    sum: f64,
    squares: f64,
    since_sums: usize,
}

impl Base {
    fn distance(&self, mean: f64) -> f64 {
        let n = count(self.means.len());
        if self.means.len() < MIN_WINDOW {
            return 0.0;
        }
        let by = self.sum / n;
        let level = self.middle + by;
        let variance = ((self.squares - self.sum * by) / (n - 1.0)).max(0.0);
        (mean - level).abs() / variance.sqrt().max(MIN_SPREAD * level.abs()).max(1e-9)
    }

    fn push(&mut self, mean: f64) {
        if self.means.len() == WINDOW
            && let Some(oldest) = self.means.pop_front()
        {
            self.sum -= oldest - self.middle;
            self.squares -= (oldest - self.middle).powi(2);
        }
        self.means.push_back(mean);
        self.sum += mean - self.middle;
        self.squares += (mean - self.middle).powi(2);
        self.since_sums += 1;
        // What adding and taking away lose is mended now and then.
        if self.since_sums >= WINDOW || self.means.len() == MIN_WINDOW {
            self.since_sums = 0;
            self.middle = self.means.iter().sum::<f64>() / count(self.means.len());
            self.sum = self.means.iter().map(|mean| mean - self.middle).sum();
            self.squares = self.means.iter().map(|mean| (mean - self.middle).powi(2)).sum();
        }
    }
}

/// Turns scores into alerts: the first score at the threshold, then none until the series has been
/// below it for a while.
#[derive(Debug, Clone)]
pub struct Episodes {
    threshold: f64,
    pause: usize,
    since: Option<usize>,
}

impl Episodes {
    /// `pause` is how many scores below the threshold end an episode.
    pub fn new(threshold: f64, pause: usize) -> Self {
        Self { threshold, pause, since: None }
    }

    /// Takes the next score and says whether an episode begins with it.
    pub fn push(&mut self, score: f64) -> bool {
        if score < self.threshold {
            self.since = self.since.map(|since| since.saturating_add(1));
            return false;
        }
        let is_new = self.since.is_none_or(|since| since >= self.pause);
        self.since = Some(0);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_one_episode_and_quiet_is_none() {
        let mut stream = Stream::default();
        let mut episodes = Episodes::new(4.0, 50);
        let mut begun = Vec::new();
        for at in 0..1000_u32 {
            // A small regular wave, and a jump from 600 to 650.
            let value =
                100.0 + f64::from(at % 7) + if (600..650).contains(&at) { 80.0 } else { 0.0 };
            if episodes.push(stream.push(value)) {
                begun.push(at);
            }
        }
        assert_eq!(begun.len(), 1, "{begun:?}");
        assert!((600..606).contains(&begun[0]), "{begun:?}");
    }

    #[test]
    fn little_history_and_constant_series_say_nothing() {
        let mut stream = Stream::default();
        assert!((0..55).all(|at| stream.push(f64::from(at * at)) < 1e-12));
        let mut constant = Stream::default();
        assert!((0..3000).all(|_| constant.push(1e12) < 1e-6));
    }
}
