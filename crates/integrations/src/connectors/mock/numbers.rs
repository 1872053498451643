//! Numbers that look random and are a function of seed, day and position (SplitMix64, Steele, Lea and
//! Flood 2014): the same on every machine and in every version of this program.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

pub(super) struct Numbers {
    state: u64,
}

impl Numbers {
    pub(super) fn of(seed: u64, day: NaiveDate, number: u32) -> Self {
        let day = u64::from(day.num_days_from_ce().unsigned_abs());
        let mut numbers = Self { state: seed ^ (day << 32) ^ u64::from(number) };
        // Neighbours begin close to each other: one step parts them.
        numbers.state = numbers.next();
        numbers
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// An amount of money between these, in kuruş.
    pub(super) fn kurus(&mut self, from: i64, to: i64) -> Decimal {
        let span = u64::try_from(to - from).unwrap_or(1);
        Decimal::new(from + i64::try_from(self.below(span)).unwrap_or(0), 2)
    }

    /// One of these.
    pub(super) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let position = usize::try_from(self.below(choices.len() as u64)).ok()?;
        choices.get(position)
    }

    /// A VKN whose check digit agrees, of nobody in particular.
    pub(super) fn vkn(&mut self) -> String {
        let nine = format!("{:09}", self.below(1_000_000_000));
        (0..10)
            .map(|digit| format!("{nine}{digit}"))
            .find(|number| number.parse::<domain::Vkn>().is_ok())
            .unwrap_or(nine)
    }

    /// A UUID of version 4's form.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }
}
