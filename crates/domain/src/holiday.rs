//! Official holidays of Turkey by date.
//!
//! Source: law 2429 (Ulusal Bayram ve Genel Tatiller Hakkında Kanun) for the fixed days and the length
//! of the movable ones; for their dates the calendar of the Diyanet İşleri Başkanlığı, from 2033 on the
//! computed lunar calendar (the python package `holidays` gives the same days). Administrative leave
//! that bridges to a week-end is no official holiday and not here.

use chrono::{Datelike, Days, NaiveDate};

/// An official holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// Its official name.
    pub name: &'static str,
    /// Begins at 13:00: the eves, and 28 October.
    pub is_half: bool,
}

const RAMAZAN: &str = "Ramazan Bayramı";
const KURBAN: &str = "Kurban Bayramı";

/// First days of the Ramazan Bayramı (three days) as year, month, day.
const RAMAZAN_DAYS: &[(i32, u32, u32)] = &[
    (2020, 5, 24),
    (2021, 5, 13),
    (2022, 5, 2),
    (2023, 4, 21),
    (2024, 4, 10),
    (2025, 3, 30),
    (2026, 3, 20),
    (2027, 3, 9),
    (2028, 2, 26),
    (2029, 2, 14),
    (2030, 2, 4),
    (2031, 1, 24),
    (2032, 1, 14),
    (2033, 1, 2),
    (2033, 12, 23),
    (2034, 12, 12),
    (2035, 12, 1),
];

/// First days of the Kurban Bayramı (four days) as year, month, day.
const KURBAN_DAYS: &[(i32, u32, u32)] = &[
    (2020, 7, 31),
    (2021, 7, 20),
    (2022, 7, 9),
    (2023, 6, 28),
    (2024, 6, 16),
    (2025, 6, 6),
    (2026, 5, 27),
    (2027, 5, 16),
    (2028, 5, 5),
    (2029, 4, 24),
    (2030, 4, 13),
    (2031, 4, 2),
    (2032, 3, 22),
    (2033, 3, 11),
    (2034, 3, 1),
    (2035, 2, 18),
];

/// The years for which the movable holidays are known. Outside them only the fixed ones are given, so a
/// caller that depends on them says so to people.
pub const HOLIDAY_YEARS: std::ops::RangeInclusive<i32> = 2020..=2035;

/// The official holiday of a day, if it is one.
pub fn holiday_on(day: NaiveDate) -> Option<Holiday> {
    let whole = |name| Some(Holiday { name, is_half: false });
    let half = |name| Some(Holiday { name, is_half: true });
    match (day.month(), day.day()) {
        (1, 1) => return whole("Yılbaşı"),
        (4, 23) => return whole("Ulusal Egemenlik ve Çocuk Bayramı"),
        (5, 1) => return whole("Emek ve Dayanışma Günü"),
        (5, 19) => return whole("Atatürk'ü Anma, Gençlik ve Spor Bayramı"),
        // Law 6752: from 2016 on.
        (7, 15) if day.year() >= 2017 => return whole("Demokrasi ve Millî Birlik Günü"),
        (8, 30) => return whole("Zafer Bayramı"),
        (10, 29) => return whole("Cumhuriyet Bayramı"),
        _ => {}
    }
    let within = |days: &[(i32, u32, u32)], length: u64| {
        let months = |year: i32, month: u32| year * 12 + month.cast_signed();
        let own = months(day.year(), day.month());
        days.iter()
            // Most days are asked about far from all of them.
            .filter(|(year, month, _)| (months(*year, *month) - own).abs() <= 1)
            .filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(*year, *month, *day))
            .find_map(|first| {
                let eve = first.checked_sub_days(Days::new(1))?;
                let end = first.checked_add_days(Days::new(length))?;
                (eve..end).contains(&day).then_some(day == eve)
            })
    };
    for (days, length, name) in [(RAMAZAN_DAYS, 3, RAMAZAN), (KURBAN_DAYS, 4, KURBAN)] {
        match within(days, length) {
            Some(true) => return half(name),
            Some(false) => return whole(name),
            None => {}
        }
    }
    if (day.month(), day.day()) == (10, 28) { half("Cumhuriyet Bayramı") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> Option<(&'static str, bool)> {
        let day = text.parse().expect("a date");
        holiday_on(day).map(|holiday| (holiday.name, holiday.is_half))
    }

    #[test]
    fn movable_holidays_have_an_eve_and_their_days() {
        assert_eq!(on("2026-03-19"), Some((RAMAZAN, true)));
        for day in ["2026-03-20", "2026-03-21", "2026-03-22"] {
            assert_eq!(on(day), Some((RAMAZAN, false)), "{day}");
        }
        assert_eq!(on("2026-03-23"), None);
        assert_eq!(on("2026-05-26"), Some((KURBAN, true)));
        assert_eq!(on("2026-05-30"), Some((KURBAN, false)));
        assert_eq!(on("2026-05-31"), None);
        assert_eq!(on("2033-12-24"), Some((RAMAZAN, false)));
    }

    #[test]
    fn a_fixed_day_wins_over_the_eve_that_falls_on_it() {
        assert_eq!(on("2029-04-23"), Some(("Ulusal Egemenlik ve Çocuk Bayramı", false)));
        assert_eq!(on("2025-10-29"), Some(("Cumhuriyet Bayramı", false)));
        assert_eq!(on("2025-10-28"), Some(("Cumhuriyet Bayramı", true)));
        assert_eq!(on("2016-07-15"), None);
        assert_eq!(on("2025-07-14"), None);
    }

    #[test]
    fn every_year_of_the_table_has_both_movable_holidays() {
        for year in HOLIDAY_YEARS {
            for days in [RAMAZAN_DAYS, KURBAN_DAYS] {
                assert!(days.iter().any(|(y, ..)| *y == year), "{year}");
                assert!(days.iter().all(|(y, m, d)| NaiveDate::from_ymd_opt(*y, *m, *d).is_some()));
            }
        }
    }
}
