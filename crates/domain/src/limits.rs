//! Amounts in lira that laws name, by date.

use chrono::NaiveDate;

/// Year, month, day from which on, and the lira.
type Step = (i32, u32, u32, u32);

/// VUK 257, Genel Tebliğ 459 (7 000 from 2015-12-24) and 575 (RG 30.11.2024: 30 000).
const BANK_PAYMENT: &[Step] = &[(1, 1, 1, 8_000), (2015, 12, 24, 7_000), (2024, 11, 30, 30_000)];

/// VUK 232 and 313, one amount for both. 2024 to 2026: VUK Genel Tebliğ 556, 574, 588; 2022 and 2023:
/// 534, 544.
const INVOICE: &[Step] = &[
    (1, 1, 1, 1_500),
    (2022, 1, 1, 2_000),
    (2023, 1, 1, 4_400),
    (2024, 1, 1, 6_900),
    (2025, 1, 1, 9_900),
    (2026, 1, 1, 12_000),
];

/// What must not be exceeded by a payment in cash, in lira: above it payments go through banks, and
/// parts of one deal on one day count together (tevsik zorunluluğu, VUK 257).
pub fn bank_payment_limit_on(day: NaiveDate) -> u32 {
    step(BANK_PAYMENT, day)
}

/// The amount with KDV above which an invoice must be issued (VUK 232), and without KDV above which a
/// thing used for years is an asset and no expense (VUK 313), in lira.
pub fn invoice_limit_on(day: NaiveDate) -> u32 {
    step(INVOICE, day)
}

fn step(steps: &[Step], day: NaiveDate) -> u32 {
    steps
        .iter()
        .rev()
        .find(|(year, month, from, _)| {
            NaiveDate::from_ymd_opt(*year, *month, *from).is_some_and(|from| from <= day)
        })
        .or_else(|| steps.first())
        .map_or(0, |(.., lira)| *lira)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_change_on_their_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(bank_payment_limit_on(day("2024-11-29")), 7_000);
        assert_eq!(bank_payment_limit_on(day("2024-11-30")), 30_000);
        assert_eq!(invoice_limit_on(day("2025-12-31")), 9_900);
        assert_eq!(invoice_limit_on(day("2026-01-01")), 12_000);
        assert_eq!(invoice_limit_on(day("2040-01-01")), 12_000);
        assert_eq!(invoice_limit_on(day("1999-01-01")), 1_500);
    }
}
