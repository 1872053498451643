//! Amounts and days in the shape of the platform's columns.

use chrono::{Datelike as _, NaiveDate};
use domain::round_to_kurus;
use rust_decimal::{Decimal, RoundingStrategy};

/// `numeric(15,2)`: below ten trillion.
const MONEY_LIMIT: Decimal = Decimal::from_parts(1_316_134_912, 2_328, 0, false, 0);
/// `numeric(15,3)`: below a trillion.
const QUANTITY_LIMIT: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

/// A day that documents of living firms have.
pub(super) fn is_plausible(day: NaiveDate) -> bool {
    (1990..=2100).contains(&day.year())
}

/// An amount with two decimals; none when it does not fit its column.
pub(super) fn money(amount: Decimal) -> Option<Decimal> {
    fitting(round_to_kurus(amount), 2, MONEY_LIMIT)
}

/// A quantity with three decimals, halves away from zero; none when it does not fit its column.
pub(super) fn quantity(quantity: Decimal) -> Option<Decimal> {
    fitting(rounded(quantity, 3), 3, QUANTITY_LIMIT)
}

/// A rate between 0 and 1 with four decimals, halves away from zero.
pub(super) fn rate(fraction: Decimal) -> Option<Decimal> {
    let rounded = rounded(fraction, 4);
    (Decimal::ZERO..=Decimal::ONE).contains(&rounded).then(|| scaled(rounded, 4))
}

fn rounded(number: Decimal, decimals: u32) -> Decimal {
    number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

fn fitting(number: Decimal, decimals: u32, limit: Decimal) -> Option<Decimal> {
    (number.abs() < limit).then(|| scaled(number, decimals))
}

/// With just this many decimals, as the database gives it back; no negative zero.
fn scaled(mut number: Decimal, decimals: u32) -> Decimal {
    number.rescale(decimals);
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn limits_are_those_of_the_columns() {
        assert_eq!(MONEY_LIMIT, decimal("10000000000000"));
        assert_eq!(QUANTITY_LIMIT, decimal("1000000000000"));
        assert_eq!(money(decimal("9999999999999.99")), Some(decimal("9999999999999.99")));
        assert_eq!(money(decimal("9999999999999.995")), None);
        assert_eq!(money(decimal("-10000000000000")), None);
        assert_eq!(rate(decimal("0.2")).map(|rate| rate.to_string()).as_deref(), Some("0.2000"));
        assert_eq!(rate(decimal("20")), None);
        assert_eq!(quantity(decimal("0.0005")), Some(decimal("0.001")));
    }

    proptest! {
        #[test]
        fn what_fits_has_the_columns_decimals(mantissa: i64, scale in 0_u32..20) {
            let amount = Decimal::new(mantissa, scale);
            if let Some(money) = money(amount) {
                prop_assert_eq!(money.scale(), 2);
                prop_assert!((money - amount).abs() <= decimal("0.005"));
            }
        }
    }
}
