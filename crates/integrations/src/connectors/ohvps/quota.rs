//! How often an account may be asked without its owner: counted in the cursor, so that all workers
//! count together.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::values;

/// Whose account it is, by which the standard counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Customer {
    /// Four successful calls an account and day.
    Individual,
    /// Twelve successful calls an account and hour.
    Corporate,
}

/// The successful first-page calls for one account that may still count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Calls(Vec<DateTime<Utc>>);

impl Calls {
    /// How long to wait for the next call: nothing if it may be made now.
    pub(super) fn wait(&self, customer: Customer, now: DateTime<Utc>) -> Option<Duration> {
        let (limit, counts_until) = match customer {
            Customer::Individual => (4, end_of_day as fn(_) -> _),
            Customer::Corporate => (12, end_of_hour as fn(_) -> _),
        };
        let mut ends: Vec<DateTime<Utc>> =
            self.0.iter().map(|call| counts_until(*call)).filter(|end| *end > now).collect();
        if ends.len() < limit {
            return None;
        }
        ends.sort_unstable();
        let free_at = ends.get(ends.len() - limit)?;
        Some((*free_at - now).to_std().unwrap_or_default().max(Duration::from_secs(1)))
    }

    /// Counts a call, and forgets those that no limit counts any more.
    pub(super) fn count(&mut self, now: DateTime<Utc>) {
        self.0.retain(|call| end_of_day(*call) > now);
        self.0.push(now);
    }
}

fn end_of_hour(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::hours(1)
}

/// A new day begins at midnight in Turkey.
fn end_of_day(at: DateTime<Utc>) -> DateTime<Utc> {
    values::start_of_day(values::day_in_turkey(at) + chrono::Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        values::parse_instant(text).expect(text)
    }

    #[test]
    fn four_a_day_for_a_person() {
        let mut calls = Calls::default();
        let now = at("2026-03-01T20:00:00+03:00");
        for _ in 0..4 {
            assert_eq!(calls.wait(Customer::Individual, now), None);
            calls.count(now);
        }
        let wait = calls.wait(Customer::Individual, now);
        assert_eq!(wait, Some(Duration::from_hours(4)), "until midnight in Turkey");
        assert_eq!(calls.wait(Customer::Individual, at("2026-03-02T00:00:00+03:00")), None);
    }

    #[test]
    fn twelve_an_hour_for_a_firm() {
        let mut calls = Calls::default();
        let start = at("2026-03-01T10:00:00+03:00");
        for minute in 0..12 {
            let now = start + TimeDelta::minutes(minute);
            assert_eq!(calls.wait(Customer::Corporate, now), None);
            calls.count(now);
        }
        let now = start + TimeDelta::minutes(12);
        assert_eq!(calls.wait(Customer::Corporate, now), Some(Duration::from_mins(48)));
        assert_eq!(calls.wait(Customer::Corporate, start + TimeDelta::minutes(60)), None);
    }
}
