//! Numbers in no order, the same for the same seed.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(0x2545_F491_4F6C_DD1D))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 on, below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// From one number to another, both possible.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Between 0 and 1.
    pub(super) fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// Between two numbers.
    pub(super) fn from(&mut self, low: f64, high: f64) -> f64 {
        (high - low).mul_add(self.share(), low)
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// Normal (sum of twelve).
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// Poisson (Knuth), for small means.
    pub(super) fn poisson(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut n) = ((-mean).exp(), self.share(), 0);
        while product > limit && n < 1000 {
            product *= self.share();
            n += 1;
        }
        n
    }

    /// Log-normal kuruş around a middle.
    pub(super) fn amount(&mut self, middle: f64, sigma: f64) -> i64 {
        kurus(middle * (sigma * self.normal()).exp())
    }

    /// A number of ten digits that stands for a company.
    pub(super) fn tax_number(&mut self) -> String {
        format!("{:010}", 1_000_000_000 + self.next() % 8_999_999_999)
    }

    /// A day of the month on which business is done.
    pub(super) fn workday(&mut self, first: NaiveDate, saturdays: f64) -> NaiveDate {
        let days = days_of(first);
        for _ in 0..200 {
            let day = plus(first, self.below(days));
            let is_free = domain::holiday_on(day).is_some_and(|holiday| !holiday.is_half)
                || day.weekday() == Weekday::Sun
                || (day.weekday() == Weekday::Sat && !self.chance(saturdays));
            if !is_free {
                return day;
            }
        }
        first
    }
}

/// Invented amounts, at least a lira.
#[allow(clippy::cast_possible_truncation, reason = "invented amounts are far below 2^53")]
pub(super) fn kurus(amount: f64) -> i64 {
    amount.round().max(100.0) as i64
}

pub(super) fn number(kurus: i64) -> f64 {
    // Invented amounts are far below 2^31 lira.
    f64::from(i32::try_from(kurus / 100).unwrap_or(i32::MAX)) * 100.0
        + f64::from(i32::try_from(kurus % 100).unwrap_or(0))
}

pub(super) fn days_of(first: NaiveDate) -> usize {
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
    usize::try_from((next - first).num_days()).unwrap_or(30)
}

pub(super) fn plus(day: NaiveDate, days: usize) -> NaiveDate {
    day.checked_add_days(Days::new(u64::try_from(days).unwrap_or(0))).unwrap_or(day)
}
