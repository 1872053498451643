//! Exact amounts. No float comes near them and no rounding goes without a name.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An ISO 4217 alphabetic code: three upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Turkish lira.
    pub const TRY: Self = Self(*b"TRY");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Text that is not a currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ISO 4217 code of three upper-case letters")]
pub struct InvalidCurrency(pub String);

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match code.as_bytes() {
            [a, b, c] if code.bytes().all(|l| l.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(InvalidCurrency(code.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(code: Currency) -> Self {
        code.as_str().to_owned()
    }
}

/// An exact amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount, with the scale of its source.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub amount: Decimal,
    /// What it is counted in.
    pub currency: Currency,
}

/// Rounds to two decimals, halves away from zero, as `numeric(15,2)` does on write and as Turkish
/// practice is (VUK has no own rule; TTK invoices round the half up). Done here so that no rounding
/// happens unseen in the database.
pub fn round_to_kurus(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_halves_away_from_zero() {
        let cases = [("1.005", "1.01"), ("-1.005", "-1.01"), ("1.004", "1.00"), ("2", "2")];
        for (amount, rounded) in cases {
            let amount: Decimal = amount.parse().expect("a decimal");
            let rounded: Decimal = rounded.parse().expect("a decimal");
            assert_eq!(round_to_kurus(amount), rounded);
        }
    }

    #[test]
    fn takes_only_three_upper_case_letters() {
        assert_eq!("TRY".parse(), Ok(Currency::TRY));
        for wrong in ["", "TL", "try", "EURO", "₺₺₺", "T1Y"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
    }
}
