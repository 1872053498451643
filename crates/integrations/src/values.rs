//! Reading answers: exact numbers, dates and identifiers out of JSON, without a float in between.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use domain::Currency;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::{
    page::{SkipReason, SkippedRecord},
    record::EXTERNAL_ID_CHARS,
};

/// Digits before the point that the platform's columns hold (`numeric(15,2)`).
const WHOLE_DIGITS: u32 = 13;

/// What is wrong with one field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(crate) field: &'static str,
    pub(crate) reason: SkipReason,
}

impl FieldError {
    pub(crate) const fn missing(field: &'static str) -> Self {
        Self { field, reason: SkipReason::MissingField }
    }

    pub(crate) const fn invalid(field: &'static str) -> Self {
        Self { field, reason: SkipReason::InvalidField }
    }

    /// The record as it goes into the sync log.
    pub(crate) fn of(self, external_id: Option<String>) -> SkippedRecord {
        SkippedRecord { external_id, reason: self.reason, detail: self.field.to_owned() }
    }
}

/// Turkey is three hours ahead of UTC all year since 2016 (Cumhurbaşkanlığı decree 2018/6).
pub(crate) const fn turkey() -> FixedOffset {
    match FixedOffset::east_opt(3 * 3600) {
        Some(offset) => offset,
        None => unreachable!(),
    }
}

/// The day in Turkey at an instant.
pub(crate) fn day_in_turkey(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&turkey()).date_naive()
}

/// Midnight in Turkey at the beginning of a day.
pub(crate) fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(chrono::NaiveTime::MIN);
    turkey()
        .from_local_datetime(&local)
        .single()
        .map_or_else(|| local.and_utc(), |instant| instant.with_timezone(&Utc))
}

/// A text that is neither absent nor blank.
pub(crate) fn text<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    object.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// A text or number as text.
pub(crate) fn text_or_number(object: &Value, field: &str) -> Option<String> {
    match object.get(field)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An identifier that the platform can store whole.
pub(crate) fn identifier(object: &Value, field: &'static str) -> Result<String, FieldError> {
    let id = text_or_number(object, field).ok_or(FieldError::missing(field))?;
    // Room for the prefix that connectors put in front.
    let fits = id.chars().count() <= EXTERNAL_ID_CHARS - 80 && !id.chars().any(char::is_control);
    if fits { Ok(id) } else { Err(FieldError::invalid(field)) }
}

/// An exact number from a JSON number or a text with a decimal point, as answers of programs have it
/// (never with thousands separators).
pub(crate) fn decimal(object: &Value, field: &'static str) -> Result<Option<Decimal>, FieldError> {
    let value = match object.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let parsed = match value {
        Value::Number(number) => exact(&number.to_string()),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => exact(text.trim()),
        _ => None,
    };
    parsed.map(Some).ok_or(FieldError::invalid(field))
}

/// An exact number that must be there.
pub(crate) fn required_decimal(object: &Value, field: &'static str) -> Result<Decimal, FieldError> {
    decimal(object, field)?.ok_or(FieldError::missing(field))
}

/// Reads a number that fits the platform's columns before the point; an exponent is allowed.
fn exact(text: &str) -> Option<Decimal> {
    let plain = text.strip_prefix('+').unwrap_or(text);
    if !plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'e' | b'E' | b'+')) {
        return None;
    }
    let number = if plain.contains(['e', 'E']) {
        Decimal::from_scientific(plain).ok()?
    } else {
        Decimal::from_str_exact(plain).ok()?
    };
    let limit = Decimal::from(10_u64.pow(WHOLE_DIGITS));
    (number.abs() < limit).then_some(number)
}

/// A day: `2026-03-01`, or the day in Turkey of a time with a zone, or of a local one.
pub(crate) fn day(object: &Value, field: &'static str) -> Result<Option<NaiveDate>, FieldError> {
    match text(object, field) {
        None => Ok(None),
        Some(text) => {
            parse_day(text).map(Some).ok_or(FieldError { field, reason: SkipReason::InvalidField })
        }
    }
}

/// A day that must be there.
pub(crate) fn required_day(object: &Value, field: &'static str) -> Result<NaiveDate, FieldError> {
    day(object, field)?.ok_or(FieldError::missing(field))
}

fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = match NaiveDate::from_str(text) {
        Ok(day) => day,
        Err(_) => day_in_turkey(parse_instant(text)?),
    };
    // A year beyond these is a slip of the source, not a document of an office.
    let plausible = 1970..=2100;
    plausible.contains(&chrono::Datelike::year(&day)).then_some(day)
}

/// An instant: RFC 3339, or a local time of Turkey without a zone.
pub(crate) fn instant(object: &Value, field: &str) -> Option<DateTime<Utc>> {
    parse_instant(text(object, field)?)
}

/// As [`instant`].
pub(crate) fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.with_timezone(&Utc));
    }
    for pattern in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, pattern) {
            return turkey()
                .from_local_datetime(&local)
                .single()
                .map(|instant| instant.with_timezone(&Utc));
        }
    }
    None
}

/// A currency by its ISO 4217 code. `TL` and the code before 2005, `TRL`, which old programs still
/// write for today's lira, are TRY.
pub(crate) fn currency(
    object: &Value,
    field: &'static str,
) -> Result<Option<Currency>, FieldError> {
    match text(object, field) {
        None => Ok(None),
        Some("TL" | "TRL" | "YTL") => Ok(Some(Currency::TRY)),
        Some(code) => code
            .parse()
            .map(Some)
            .map_err(|_| FieldError { field, reason: SkipReason::UnknownCurrency }),
    }
}

/// A tax number as given, without blanks; a text that holds anything but digits is none.
pub(crate) fn tax_number(object: &Value, field: &str) -> Option<String> {
    let text = text_or_number(object, field)?;
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (digits.bytes().all(|b| b.is_ascii_digit()) && matches!(digits.len(), 10 | 11))
        .then_some(digits)
}

/// An ETTN (a UUID) in lower case.
pub(crate) fn ettn(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let shape = lower.len() == 36
        && lower.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    shape.then_some(lower)
}

/// A percentage (`20`) as a fraction (`0.20`), if it is one.
pub(crate) fn fraction_of_percent(
    percent: Decimal,
    field: &'static str,
) -> Result<Decimal, FieldError> {
    if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        return Err(FieldError::invalid(field));
    }
    Ok(percent / Decimal::ONE_HUNDRED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(value: &Value) -> Value {
        json!({ "f": value })
    }

    #[test]
    fn numbers_keep_their_digits() {
        let answer: Value =
            serde_json::from_str(r#"{"a": 0.1, "b": "1234567890123.45678", "c": 1e3, "d": null}"#)
                .expect("JSON");
        assert_eq!(decimal(&answer, "a"), Ok(Some("0.1".parse().expect("a number"))));
        assert_eq!(decimal(&answer, "b"), Ok(Some("1234567890123.45678".parse().expect("one"))));
        assert_eq!(decimal(&answer, "c"), Ok(Some(Decimal::from(1000))));
        assert_eq!(decimal(&answer, "d"), Ok(None));
        assert_eq!(decimal(&answer, "absent"), Ok(None));
        for wrong in
            [json!("1.234,56"), json!("abc"), json!(true), json!("12345678901234"), json!("-")]
        {
            assert_eq!(decimal(&of(&wrong), "f"), Err(FieldError::invalid("f")), "{wrong}");
        }
    }

    #[test]
    fn a_time_falls_on_its_day_in_turkey() {
        for (text, expected) in [
            ("2026-03-01", "2026-03-01"),
            ("2026-03-01T22:30:00Z", "2026-03-02"),
            ("2026-03-01T22:30:00+03:00", "2026-03-01"),
            ("2026-03-01T22:30:00.1234567", "2026-03-01"),
            ("2026-03-01 22:30:00", "2026-03-01"),
        ] {
            let read = day(&of(&json!(text)), "f").expect(text).expect("a day");
            assert_eq!(read.to_string(), expected, "{text}");
        }
        for wrong in ["01.03.2026", "2026-02-30", "0001-01-01T00:00:00", "soon"] {
            assert_eq!(day(&of(&json!(wrong)), "f"), Err(FieldError::invalid("f")), "{wrong}");
        }
        let midnight = start_of_day(NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day"));
        assert_eq!(midnight.to_rfc3339(), "2026-02-28T21:00:00+00:00");
    }

    #[test]
    fn lira_has_three_spellings_and_others_one() {
        for lira in ["TRY", "TRL", "TL"] {
            assert_eq!(currency(&of(&json!(lira)), "f"), Ok(Some(Currency::TRY)));
        }
        assert_eq!(currency(&of(&json!("USD")), "f"), Ok(Some(Currency::USD)));
        let error = currency(&of(&json!("Dolar")), "f").expect_err("no code");
        assert_eq!(error.reason, SkipReason::UnknownCurrency);
    }

    proptest! {
        #[test]
        fn no_text_panics(input in ".{0,60}") {
            let object = of(&json!(input));
            let _ = decimal(&object, "f");
            let _ = day(&object, "f");
            let _ = currency(&object, "f");
            let _ = instant(&object, "f");
            let _ = tax_number(&object, "f");
            let _ = ettn(&input);
            let _ = identifier(&object, "f");
        }

        #[test]
        fn a_decimal_survives_json(mantissa in -10_i64.pow(15)..10_i64.pow(15), scale in 0_u32..6) {
            let number = Decimal::new(mantissa, scale);
            prop_assume!(number.abs() < Decimal::from(10_u64.pow(13)));
            let answer: Value = serde_json::from_str(&format!(r#"{{"f": {number}}}"#)).expect("JSON");
            prop_assert_eq!(decimal(&answer, "f"), Ok(Some(number)));
        }
    }
}
