//! Exact amounts of the ledger as whole kuruş.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
};

use domain::round_to_kurus;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

/// An exact amount of Turkish lira, counted in kuruş. The platform's `numeric(15,2)` fits with room
/// to add up a hundred thousand of them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Kurus(pub i64);

/// An amount that is no `numeric(15,2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// More than two decimals: rounding is the caller's decision, not ours.
    #[error("{0} has a fraction of a kuruş")]
    Fraction(Decimal),
    /// Beyond thirteen digits before the point.
    #[error("{0} is larger than the ledger can hold")]
    TooLarge(Decimal),
}

impl Kurus {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    const LIMIT: i64 = 1_000_000_000_000_000;

    /// Whole lira.
    pub const fn lira(lira: i64) -> Self {
        Self(lira.saturating_mul(100))
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// As a number of kuruş for statistics (logarithms, ratios). Never turned back into an amount.
    #[allow(
        clippy::cast_precision_loss,
        reason = "amounts stay far below 2^53 kuruş; statistics only"
    )]
    pub const fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl TryFrom<Decimal> for Kurus {
    type Error = InvalidAmount;

    fn try_from(amount: Decimal) -> Result<Self, Self::Error> {
        // As the ledger stores them, without any arithmetic on decimals.
        if amount.scale() == 2
            && let Ok(kurus) = i64::try_from(amount.mantissa())
        {
            return if kurus.checked_abs().is_some_and(|size| size < Self::LIMIT) {
                Ok(Self(kurus))
            } else {
                Err(InvalidAmount::TooLarge(amount))
            };
        }
        if round_to_kurus(amount) != amount {
            return Err(InvalidAmount::Fraction(amount));
        }
        amount
            .checked_mul(Decimal::ONE_HUNDRED)
            .and_then(|kurus| kurus.to_i64())
            .filter(|kurus| kurus.abs() < Self::LIMIT)
            .map(Self)
            .ok_or(InvalidAmount::TooLarge(amount))
    }
}

impl From<Kurus> for Decimal {
    fn from(amount: Kurus) -> Self {
        Self::new(amount.0, 2)
    }
}

impl fmt::Display for Kurus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Decimal::from(*self), f)
    }
}

impl Add for Kurus {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Kurus {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Kurus {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Kurus {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Kurus {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_database_can_hold_and_nothing_else() {
        let amount = |text: &str| Kurus::try_from(text.parse::<Decimal>().expect("a decimal"));
        assert_eq!(amount("12.34"), Ok(Kurus(1234)));
        assert_eq!(amount("-7"), Ok(Kurus(-700)));
        assert_eq!(amount("9999999999999.99"), Ok(Kurus(999_999_999_999_999)));
        assert!(matches!(amount("0.001"), Err(InvalidAmount::Fraction(_))));
        assert!(matches!(amount("10000000000000"), Err(InvalidAmount::TooLarge(_))));
        assert_eq!(Kurus(123_405).to_string(), "1234.05");
    }
}
