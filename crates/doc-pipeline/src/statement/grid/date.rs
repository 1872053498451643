//! Dates and times of cells. Day before month everywhere but where a column shows a month above twelve
//! in the second place.

use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::Cell;

/// Which part of `03/04/2026` is the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    DayFirst,
    MonthFirst,
}

impl Order {
    /// Decides for a column.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c Cell>) -> Self {
        let (mut day, mut month) = (0_usize, 0_usize);
        for cell in cells {
            let Cell::Text(text) = cell else { continue };
            let Some((a, b, _, _)) = parts(text) else { continue };
            day += usize::from(a > 12 && a <= 31);
            month += usize::from(b > 12 && a <= 12);
        }
        if month > 0 && day == 0 { Self::MonthFirst } else { Self::DayFirst }
    }

    /// Day and time of a cell.
    pub(super) fn read(self, cell: &Cell, is_1904: bool) -> Option<(NaiveDate, Option<String>)> {
        match cell {
            Cell::Empty => None,
            Cell::Moment(day, time) => Some((*day, time.clone())),
            Cell::Number(serial) => from_serial(*serial, is_1904),
            Cell::Text(text) => self.text(text),
        }
    }

    fn text(self, text: &str) -> Option<(NaiveDate, Option<String>)> {
        let (a, b, c, rest) = parts(text)?;
        let day = if a > 31 {
            NaiveDate::from_ymd_opt(i32::try_from(a).ok()?, b, c)
        } else {
            let year = match c {
                0..=79 => 2000 + c,
                80..=99 => 1900 + c,
                _ => c,
            };
            let (day, month) = match self {
                Self::DayFirst => (a, b),
                Self::MonthFirst => (b, a),
            };
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        }?;
        // Statements are of living accounts: another year is a number that looks like a date.
        (1970..2200).contains(&day.year()).then(|| (day, time(rest)))
    }
}

/// Three numbers of a date, in the order written, and what follows.
fn parts(text: &str) -> Option<(u32, u32, u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 8 {
        let number = |from, to| text.get(from..to)?.parse::<u32>().ok();
        return Some((number(0, 4)?, number(4, 6)?, number(6, 8)?, text.get(8..)?));
    }
    let mut rest = text;
    let mut out = [0_u32; 3];
    for (index, slot) in out.iter_mut().enumerate() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 4 {
            return None;
        }
        *slot = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        if index < 2 {
            rest = rest.strip_prefix(['.', '/', '-'])?;
        }
    }
    let [a, b, c] = out;
    Some((a, b, c, rest))
}

/// `HH:MM` or `HH:MM:SS` behind a date or alone.
pub(super) fn time(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | 'T' | ','));
    let text = text.split(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).next()?;
    let numbers: Vec<&str> = text.split([':', '.']).take(3).collect();
    let [hours, minutes, seconds @ ..] = numbers.as_slice() else { return None };
    let two = |text: &str, most: u32| {
        (1..=2).contains(&text.len()) && text.parse::<u32>().is_ok_and(|number| number < most)
    };
    if !two(hours, 24) || minutes.len() != 2 || !two(minutes, 60) {
        return None;
    }
    match seconds {
        [seconds] if seconds.len() == 2 && two(seconds, 60) => {
            let time = format!("{hours:0>2}:{minutes}:{seconds}");
            (time != "00:00:00").then_some(time)
        }
        _ => {
            let time = format!("{hours:0>2}:{minutes}");
            (time != "00:00").then_some(time)
        }
    }
}

/// A serial number of a workbook: days since 30 December 1899, or since 1 January 1904.
fn from_serial(serial: Decimal, is_1904: bool) -> Option<(NaiveDate, Option<String>)> {
    let epoch = if is_1904 {
        NaiveDate::from_ymd_opt(1904, 1, 1)?
    } else {
        NaiveDate::from_ymd_opt(1899, 12, 30)?
    };
    let days = serial.trunc().to_u64()?;
    // From 1970 to 2199; smaller numbers are amounts or row numbers.
    if !(24_000..110_000).contains(&days) {
        return None;
    }
    let day = epoch.checked_add_days(chrono::Days::new(days))?;
    let minutes = (serial.fract() * Decimal::from(1440)).round().to_u64()?;
    let time =
        (minutes > 0 && minutes < 1440).then(|| format!("{:02}:{:02}", minutes / 60, minutes % 60));
    Some((day, time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Option<String> {
        let cell = Cell::text(text);
        let order = Order::of(std::iter::once(&cell));
        order.read(&cell, false).map(|(day, time)| format!("{day} {}", time.unwrap_or_default()))
    }

    #[test]
    fn reads_what_banks_write() {
        for (text, read) in [
            ("24.08.2026", "2026-08-24 "),
            ("24/08/2026-09:12:05", "2026-08-24 09:12:05"),
            ("24.08.2026 09:12", "2026-08-24 09:12"),
            ("2026-08-24", "2026-08-24 "),
            ("2026-08-24T09:12:00+03:00", "2026-08-24 09:12:00"),
            ("20260824", "2026-08-24 "),
            ("24.08.26", "2026-08-24 "),
            ("08/24/2026", "2026-08-24 "),
            ("03.04.2026", "2026-04-03 "),
        ] {
            assert_eq!(day(text).as_deref(), Some(read), "{text}");
        }
        for text in ["", "1.234,56", "30.02.2026", "12345678901", "Toplam", "1.1", "24.08.1026"] {
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(time("9:05").as_deref(), Some("09:05"));
        assert_eq!(time("25:00"), None);
    }

    #[test]
    fn serial_numbers_have_two_beginnings() {
        let of = |is_1904| {
            let cell = Cell::Number(Decimal::new(462_585, 1));
            Order::default().read(&cell, is_1904).map(|(day, time)| (day.to_string(), time))
        };
        assert_eq!(of(false), Some(("2026-08-24".to_owned(), Some("12:00".to_owned()))));
        assert_eq!(of(true), Some(("2030-08-25".to_owned(), Some("12:00".to_owned()))));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(days in 0_i64..30_000) {
            let written = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Duration::days(days);
            let cell = Cell::text(&written.format("%d.%m.%Y").to_string());
            prop_assert_eq!(Order::DayFirst.read(&cell, false), Some((written, None)));
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = day(&text);
            let _ = time(&text);
        }
    }
}
