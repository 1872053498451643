//! Amounts and dates as ISO 20022 writes them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// An unsigned decimal; anything else is none.
pub(super) fn amount(text: &str) -> Option<Decimal> {
    let mut value = 0_i64;
    let (mut digits, mut scale) = (0_u32, None);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                digits += 1;
                if let Some(scale) = &mut scale {
                    *scale += 1;
                }
            }
            b'.' if scale.is_none() => scale = Some(0_u32),
            _ => return None,
        }
    }
    let scale = scale.unwrap_or(0);
    (digits > 0 && scale <= 18).then(|| Decimal::new(value, scale))
}

/// The day of a date or of a date with time. The local day as written: a zone is not applied, because
/// banks book by their own calendar.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let day = text.get(..10)?;
    let bytes = day.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        bytes.get(from..to)?.iter().try_fold(0_u32, |value, byte| {
            byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0'))
        })
    };
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)
}

/// `HH:MM:SS` of a date with time, unless it is midnight, which stands for none.
pub(super) fn time(text: &str) -> Option<String> {
    let time = text.get(10..)?.strip_prefix('T')?.get(..8)?;
    let shaped = time
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 2 | 5) { byte == b':' } else { byte.is_ascii_digit() });
    (shaped && time != "00:00:00").then(|| time.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_what_the_standard_allows() {
        for (text, read) in [
            ("1.50", Some("1.50")),
            ("0", Some("0")),
            ("1.23456", Some("1.23456")),
            ("12..34", None),
            ("1,50", None),
            ("-1", None),
            ("", None),
            ("1e3", None),
        ] {
            assert_eq!(amount(text).map(|a| a.to_string()).as_deref(), read, "{text}");
        }
        assert_eq!(day("2024-02-30"), None);
        assert_eq!(day("2024-02-29T10:00:00+03:00"), NaiveDate::from_ymd_opt(2024, 2, 29));
        assert_eq!(time("2024-02-29T10:00:00+03:00").as_deref(), Some("10:00:00"));
        assert_eq!(time("2024-02-29"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in 0_i64..1_000_000_000_000_000, scale in 0_u32..6) {
            let written = Decimal::new(value, scale);
            prop_assert_eq!(amount(&written.to_string()), Some(written));
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = (amount(&text), day(&text), time(&text));
        }
    }
}
