//! `:61:`, the movement: value date, booking day, mark, amount, type and references.
//!
//! C and RD raise the balance, D and RC lower it. A letter behind the mark is the third one of the
//! currency (`CY` of TRY, `DR` of EUR).

use super::value;
use crate::{fields::BankTransaction, statement::key::is_reference};

/// What the line says.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) movement: BankTransaction,
    /// What stands behind the sixteen places of the reference.
    pub(super) details: &'a str,
    /// Announced, not booked (EC, ED).
    pub(super) is_expected: bool,
    /// The date as written, where the calendar does not have it.
    pub(super) moved: Option<&'a str>,
}

/// Reads a line; nothing where date, mark or amount are none.
pub(super) fn read(text: &str) -> Option<Line<'_>> {
    let (date, rest) = text.split_at_checked(6)?;
    let (value_date, is_moved) = value::day(date)?;
    let has_booking = rest.bytes().take(4).filter(u8::is_ascii_digit).count() == 4;
    let (booking, rest) = if has_booking { rest.split_at_checked(4)? } else { ("", rest) };
    let booked = if has_booking { Some(value::booking_day(booking, value_date)?) } else { None };
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (mark, rest) = rest.split_at_checked(letters)?;
    let (is_in, is_reversal, is_expected) = direction(mark)?;
    let (amount, rest) = value::amount(rest)?;
    let amount = if is_in { amount } else { -amount };
    let (code, rest) = kind(rest);
    let (own, of_bank) = match rest.split_once("//") {
        Some((own, of_bank)) => (own.trim(), of_bank.trim()),
        None => (rest.trim(), ""),
    };
    let (own, details) = sixteen(own);
    let reference = [of_bank, own].into_iter().find(|text| is_reference(text));
    Some(Line {
        movement: BankTransaction {
            date: booked.map_or(value_date, |(date, _)| date),
            value_date: Some(value_date),
            amount,
            reference: reference.map(str::to_owned),
            code: (!code.is_empty()).then(|| code.to_owned()),
            reversal: is_reversal,
            ..BankTransaction::default()
        },
        details,
        is_expected,
        moved: if is_moved {
            Some(date)
        } else {
            booked.filter(|(_, is_moved)| *is_moved).map(|_| booking)
        },
    })
}

/// The reference has sixteen places; some banks write a name behind them.
fn sixteen(text: &str) -> (&str, &str) {
    match text.char_indices().nth(16) {
        Some((at, _)) => {
            let (own, rest) = text.split_at(at);
            (own.trim_end(), rest.trim())
        }
        None => (text, ""),
    }
}

/// Whether money comes in, whether a movement is taken back, whether it is only announced.
fn direction(mark: &str) -> Option<(bool, bool, bool)> {
    let (direction, funds) = match mark.as_bytes() {
        [b'R', b'C', funds @ ..] => ((false, true, false), funds),
        [b'R', b'D', funds @ ..] => ((true, true, false), funds),
        [b'E', b'C', funds @ ..] => ((true, false, true), funds),
        [b'E', b'D', funds @ ..] => ((false, false, true), funds),
        [b'C', funds @ ..] => ((true, false, false), funds),
        [b'D', funds @ ..] => ((false, false, false), funds),
        _ => return None,
    };
    (funds.len() <= 1).then_some(direction)
}

/// Type of the movement: a letter and three letters or digits.
fn kind(text: &str) -> (&str, &str) {
    match text.split_at_checked(4) {
        Some((code, rest))
            if code.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && code.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) =>
        {
            (code, rest)
        }
        _ => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credit_and_taken_back_debit_raise_the_balance() {
        for (mark, amount, reversal) in [
            ("C", "5.00", false),
            ("CY", "5.00", false),
            ("D", "-5.00", false),
            ("DR", "-5.00", false),
            ("RC", "-5.00", true),
            ("RD", "5.00", true),
            ("RDR", "5.00", true),
        ] {
            let text = format!("2608240824{mark}000000000005,00NTRFNONREF//F0001");
            let line = read(&text).unwrap();
            assert_eq!(line.movement.amount.to_string(), amount, "{mark}");
            assert_eq!(line.movement.reversal, reversal, "{mark}");
            assert_eq!(line.movement.reference.as_deref(), Some("F0001"));
            assert_eq!(line.movement.code.as_deref(), Some("NTRF"));
        }
        assert!(read("2608240824EC5,00NTRF").unwrap().is_expected);
        for text in ["", "2608", "260824X5,00", "260824C", "260824CXY5,00", "261324C5,00"] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn what_is_written_is_read(
            days in 0_i64..10_000,
            value in 1_i64..1_000_000_000_000,
            mark in 0_usize..4,
            reference in "[A-Z0-9]{1,16}",
        ) {
            let date = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()
                + chrono::Duration::days(days);
            let (mark, sign) = [("C", 1), ("D", -1), ("RC", -1), ("RD", 1)][mark];
            let amount = rust_decimal::Decimal::new(value, 2);
            let text = format!(
                "{}{}{mark}{}NTRFX//{reference}",
                date.format("%y%m%d"),
                date.format("%m%d"),
                amount.to_string().replace('.', ","),
            );
            let line = read(&text).unwrap();
            prop_assert_eq!(line.movement.date, date);
            prop_assert_eq!(line.movement.amount, amount * rust_decimal::Decimal::from(sign));
            let expected = if is_reference(&reference) { reference } else { "X".to_owned() };
            prop_assert_eq!(line.movement.reference, Some(expected));
        }
    }
}
