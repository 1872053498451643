//! Dates, amounts and balances as SWIFT writes them.

use chrono::{Datelike, NaiveDate};
use domain::Currency;
use rust_decimal::Decimal;

/// A balance: signed, money of the account's holder is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Balance {
    pub(super) amount: Decimal,
    pub(super) date: NaiveDate,
    pub(super) currency: Option<Currency>,
}

/// `C260823TRY1000,00`.
pub(super) fn balance(text: &str) -> Option<Balance> {
    let text = text.trim_end();
    let (mark, rest) = text.split_at_checked(1)?;
    let (date, rest) = rest.split_at_checked(6)?;
    // Old files leave the currency out of the closing balance.
    let (currency, rest) = match rest.split_at_checked(3) {
        Some((code, rest)) if code.bytes().all(|byte| byte.is_ascii_uppercase()) => (code, rest),
        _ => ("", rest),
    };
    let (amount, tail) = amount(rest)?;
    let amount = match mark {
        "C" => amount,
        "D" => -amount,
        _ => return None,
    };
    let (date, _) = day(date)?;
    tail.is_empty().then_some(Balance { amount, date, currency: currency.parse().ok() })
}

/// `3PLN0,03`: how many movements, and their sum.
pub(super) fn sum(text: &str) -> Option<Decimal> {
    let rest = text.trim().trim_start_matches(|c: char| c.is_ascii_digit());
    amount(rest.get(3..)?).map(|(amount, _)| amount)
}

/// Digits with one comma (some write a dot), and what follows.
pub(super) fn amount(text: &str) -> Option<(Decimal, &str)> {
    let mut value = 0_i64;
    let (mut digits, mut scale) = (0_u32, None);
    let mut end = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                digits += 1;
                if let Some(scale) = &mut scale {
                    *scale += 1;
                }
            }
            b',' | b'.' if scale.is_none() => scale = Some(0_u32),
            _ => break,
        }
        end += 1;
    }
    let scale = scale.unwrap_or(0);
    (digits > 0 && scale <= 18).then(|| (Decimal::new(value, scale), text.get(end..).unwrap_or("")))
}

/// `YYMMDD`. Banks that count 30 days a month write days that a month does not have: its last day is
/// meant then, and the second value says so.
pub(super) fn day(text: &str) -> Option<(NaiveDate, bool)> {
    let (year, rest) = two_digits(text)?;
    let (month, rest) = two_digits(rest)?;
    let (day, rest) = two_digits(rest)?;
    let year = if year >= 80 { 1900 + year } else { 2000 + year };
    if rest.is_empty() { in_month(i32::try_from(year).ok()?, month, day) } else { None }
}

/// A number of two digits, and what follows.
fn two_digits(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    match digits.as_bytes() {
        [tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit() => {
            Some((u32::from(tens - b'0') * 10 + u32::from(ones - b'0'), rest))
        }
        _ => None,
    }
}

fn in_month(year: i32, month: u32, day: u32) -> Option<(NaiveDate, bool)> {
    if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
        return Some((date, false));
    }
    if day > 31 {
        return None;
    }
    (28..day)
        .rev()
        .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
        .map(|date| (date, true))
}

/// `MMDD` of the booking, in the year that brings it nearest to the value date.
pub(super) fn booking_day(text: &str, value_date: NaiveDate) -> Option<(NaiveDate, bool)> {
    let (month, rest) = two_digits(text)?;
    let (day, rest) = two_digits(rest)?;
    if !rest.is_empty() {
        return None;
    }
    if month == value_date.month() {
        return in_month(value_date.year(), month, day);
    }
    [0, -1, 1]
        .into_iter()
        .filter_map(|years| in_month(value_date.year().checked_add(years)?, month, day))
        .min_by_key(|(date, _)| (*date - value_date).num_days().abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_booking_in_january_may_have_a_value_date_in_december() {
        let december = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
        let january = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        assert_eq!(booking_day("0102", december), Some((january, false)));
        assert_eq!(booking_day("1231", january), Some((december, false)));
        assert_eq!(booking_day("1301", january), None);
    }

    #[test]
    fn the_thirtieth_of_february_is_its_last_day() {
        let last = NaiveDate::from_ymd_opt(2016, 2, 29).unwrap();
        assert_eq!(day("160230"), Some((last, true)));
        assert_eq!(day("160232"), None);
        assert_eq!(day("16０"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in 0_i64..10_000_000_000_000, scale in 0_u32..6) {
            let amount = Decimal::new(value, scale);
            let text = format!("{}NTRF", amount.to_string().replace('.', ","));
            prop_assert_eq!(super::amount(&text), Some((amount, "NTRF")));
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = super::amount(&text);
            let _ = day(&text);
            let _ = balance(&text);
            let _ = sum(&text);
        }
    }
}
