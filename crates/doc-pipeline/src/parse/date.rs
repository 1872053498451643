//! Dates as people print them.

use chrono::{Datelike, NaiveDate};
use domain::Currency;

use super::{
    fold::compact,
    in_words::whole_in_words,
    number::{Mark, Numbers, currency},
};

/// Which part of `03/04/2025` is the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// Day first, everywhere but in the United States.
    #[default]
    DayFirst,
    /// Month first, only when the document is clearly so.
    MonthFirst,
}

const MONTHS: [(&str, u32); 62] = [
    ("ocak", 1),
    ("subat", 2),
    ("mart", 3),
    ("nisan", 4),
    ("mayis", 5),
    ("haziran", 6),
    ("temmuz", 7),
    ("agustos", 8),
    ("eylul", 9),
    ("ekim", 10),
    ("kasim", 11),
    ("aralik", 12),
    ("oca", 1),
    ("sub", 2),
    ("nis", 4),
    ("haz", 6),
    ("tem", 7),
    ("agu", 8),
    ("eyl", 9),
    ("eki", 10),
    ("kas", 11),
    ("ara", 12),
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("januar", 1),
    ("februar", 2),
    ("marz", 3),
    ("mai", 5),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
    ("januari", 1),
    ("februari", 2),
    ("maart", 3),
    ("mei", 5),
    ("augustus", 8),
    ("mrt", 3),
    ("okt", 10),
    ("dez", 12),
];

fn month_named(word: &str) -> Option<u32> {
    let word = compact(word);
    MONTHS.iter().find(|(name, _)| *name == word).map(|(_, month)| *month)
}

fn year(text: &str) -> Option<i32> {
    let value: i32 = text.parse().ok()?;
    match text.len() {
        4 if (1950..=2100).contains(&value) => Some(value),
        2 if value < 80 => Some(2000 + value),
        2 => Some(1900 + value),
        _ => None,
    }
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The three parts of a date of digits and the separator.
fn parts(word: &str) -> Option<(&str, &str, &str)> {
    let word = trimmed(word);
    if !(6..=10).contains(&word.len()) || !word.is_ascii() {
        return None;
    }
    // A point misread beside one that was not: `09.03:2026`.
    if !word.contains(['.', '/', '-', ',']) {
        return None;
    }
    let mut parts = word.split(['.', '/', '-', ',', ':', ';']);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|x| x.is_ascii_digit());
    (parts.next().is_none() && all_digits(a) && all_digits(b) && all_digits(c)).then_some((a, b, c))
}

/// Whether a date of digits can be read with either part as the day: `03/04/2024`. With points
/// the day stands first everywhere.
pub(super) fn reads_two_ways(word: &str) -> bool {
    let word = word.get(..10).filter(|_| word.contains(':')).unwrap_or(word);
    let Some((a, b, c)) = parts(word) else { return false };
    if a.len() > 2 || b.len() > 2 || year(c).is_none() || word.contains('.') {
        return false;
    }
    let (a, b): (u32, u32) = (a.parse().unwrap_or(0), b.parse().unwrap_or(0));
    a != b && (1..=12).contains(&a) && (1..=12).contains(&b)
}

/// The same date with day and month exchanged.
pub(super) fn exchanged(date: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year(), date.day(), date.month())
}

/// Letters of other languages than English from which a document is not an English one.
const FOREIGN_LETTERS: usize = 3;

/// Whether the document shows which part of its dates is the day: by a date that can be read one way
/// only or is written with points, or by not being an English document in dollars (the rest of the
/// world writes the day first).
pub(super) fn is_order_shown<'a>(words: impl Iterator<Item = &'a str> + Clone) -> bool {
    let by_date = words.clone().any(|word| {
        parts(word).is_some_and(|(a, b, c)| {
            let (first, second): (u32, u32) = (a.parse().unwrap_or(0), b.parse().unwrap_or(0));
            a.len() <= 2
                && b.len() <= 2
                && year(c).is_some()
                && (1..=31).contains(&first)
                && (1..=31).contains(&second)
                && (first > 12 || second > 12 || word.contains('.'))
        })
    });
    let foreign = words
        .clone()
        .flat_map(str::chars)
        .filter(|letter| letter.is_alphabetic() && !letter.is_ascii())
        .take(FOREIGN_LETTERS)
        .count()
        == FOREIGN_LETTERS;
    by_date
        || foreign
        || Numbers::of(words.clone()).mark == Some(Mark::Comma)
        || words.into_iter().any(|word| {
            let plain = Numbers::default();
            let code =
                currency(word).or_else(|| plain.read(word).and_then(|amount| amount.currency));
            code.is_some_and(|code| code != Currency::USD)
                || ["fatura", "tarih"].iter().any(|head| compact(word).starts_with(head))
        })
}

impl Order {
    /// Month first when some date of the document can only be read so and none only the other way.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let (mut us, mut day_first) = (false, false);
        for word in words {
            let Some((a, b, c)) = parts(word) else { continue };
            // `5.016,32-` is an amount.
            if a.len() > 2 || b.len() > 2 || year(c).is_none() {
                continue;
            }
            let (a, b): (u32, u32) = (a.parse().unwrap_or(0), b.parse().unwrap_or(0));
            us |= word.contains(['/', '-']) && (1..=12).contains(&a) && (13..=31).contains(&b);
            day_first |= (13..=31).contains(&a) && (1..=12).contains(&b);
        }
        if us && !day_first { Self::MonthFirst } else { Self::DayFirst }
    }

    /// Reads a date that is one word.
    pub(super) fn read(self, word: &str) -> Option<NaiveDate> {
        if let Some((a, b, c)) = parts(word) {
            if a.len() == 4 {
                return NaiveDate::from_ymd_opt(year(a)?, b.parse().ok()?, c.parse().ok()?);
            }
            if a.len() > 2 || b.len() > 2 || (c.len() == 2 && a.len() + b.len() < 3) {
                return None;
            }
            let (first, second): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
            let year = year(c)?;
            let day_first = NaiveDate::from_ymd_opt(year, second, first);
            return match self {
                Self::MonthFirst if !word.contains('.') => {
                    NaiveDate::from_ymd_opt(year, first, second)
                }
                _ => day_first,
            };
        }
        // 12-Mar-2025, 12Mart2025
        let word = trimmed(word);
        let mut parts = word.split(['-', '/', '.', ' ']);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(day), Some(month), Some(of), None) if day.len() <= 2 => {
                NaiveDate::from_ymd_opt(year(of)?, month_named(month)?, day.parse().ok()?)
            }
            _ => None,
        }
    }

    /// Reads a date at the head of some words; also tells how many words it took.
    pub(super) fn read_at<'a>(
        self,
        words: impl Iterator<Item = &'a str>,
    ) -> Option<(NaiveDate, usize)> {
        // Marks between the words are passed over, and counted.
        let head: Vec<(usize, &str)> = (1..)
            .zip(words.take(6))
            .filter(|(_, word)| word.chars().any(char::is_alphanumeric))
            .take(5)
            .collect();
        let places = |count: usize| head.get(count - 1).map_or(count, |(place, _)| *place);
        let head: Vec<&str> = head.iter().map(|(_, word)| *word).collect();
        let first = head.first()?;
        // A time may be glued on: 12/03/2025-14:30:01.
        let date_part = first.get(..10).filter(|_| first.len() > 10 && first.contains(':'));
        if let Some(date) = self.read(first).or_else(|| self.read(date_part?)) {
            return Some((date, places(1)));
        }
        let number = |text: &str| {
            let text = trimmed(text);
            let text = text.strip_suffix("st").or(text.strip_suffix("nd")).unwrap_or(text);
            let text = text.strip_suffix("rd").or(text.strip_suffix("th")).unwrap_or(text);
            (text.len() <= 2).then(|| text.parse::<u32>().ok()).flatten()
        };
        let (second, third) = (head.get(1)?, head.get(2)?);
        // 12 Mart 2025, 7. Mai 2014
        if let (Some(day), Some(month), Some(year)) = (
            number(first),
            month_named(second),
            year(trimmed(third)).filter(|_| trimmed(third).len() == 4),
        ) {
            return Some((NaiveDate::from_ymd_opt(year, month, day)?, places(3)));
        }
        // March 12, 2025
        if let (Some(month), Some(day), Some(year)) = (
            month_named(first),
            number(second),
            year(trimmed(third)).filter(|_| trimmed(third).len() == 4),
        ) {
            return Some((NaiveDate::from_ymd_opt(year, month, day)?, places(3)));
        }
        None
    }
}

/// A date spelled out, `on beş Mart iki bin yirmi altı`, at the head of some words; also tells how many
/// words it took.
pub(super) fn spelled<'a>(words: impl Iterator<Item = &'a str>) -> Option<(NaiveDate, usize)> {
    let words: Vec<&str> = words.take(8).collect();
    let at =
        words.iter().take(3).position(|word| month_named(word).is_some()).filter(|at| *at > 0)?;
    let number = |words: &[&str]| whole_in_words(&compact(&words.concat()));
    let day = number(words.get(..at)?).and_then(|day| u32::try_from(day).ok())?;
    let month = month_named(words.get(at)?)?;
    // The longest run of words that is a year.
    (at + 2..=words.len()).rev().find_map(|end| {
        let year = number(words.get(at + 1..end)?).and_then(|year| i32::try_from(year).ok())?;
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        (1900..=2199).contains(&year).then_some((date, end))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(y: i32, m: u32, d: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(y, m, d)
    }

    #[test]
    fn reads_the_forms_of_turkish_and_english_documents() {
        let read = |text: &str| Order::DayFirst.read_at(text.split(' ')).map(|(date, _)| date);
        // A mark before the date is one of the words that it takes.
        let words = ["-", "31.12.2026", "tarihleri"];
        assert_eq!(Order::DayFirst.read_at(words.into_iter()), day(2026, 12, 31).zip(Some(2)));
        for text in [
            "12.03.2025",
            "12/03/2025",
            "12-03-2025",
            "2025-03-12",
            "12 Mart 2025",
            "12 MART 2025",
            "March 12, 2025",
            "12 March 2025",
            "12-Mar-2025",
            "12.03.25",
            "12. März 2025",
            "12/03/2025-14:30:01",
            "12th March 2025",
            "12.03.2025,",
            "12.03:2025",
        ] {
            assert_eq!(read(text), day(2025, 3, 12), "{text}");
        }
        for text in [
            "",
            "12",
            "12:03:25",
            "31.02.2025",
            "1.2.3",
            "12.13.2025",
            "1.234,56",
            "99999999",
            "Mart 2025",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn month_first_only_when_the_document_is_clearly_so() {
        let us = Order::of(["03/20/2023", "04/04/2023"].into_iter());
        assert_eq!(us.read("04/05/2023"), day(2023, 4, 5));
        let unclear = Order::of(["04/05/2023"].into_iter());
        assert_eq!(unclear.read("04/05/2023"), day(2023, 5, 4));
    }

    #[test]
    fn an_english_document_in_dollars_does_not_show_its_order() {
        let shown = |text: &str| is_order_shown(text.split(' '));
        assert!(!shown("Invoice Date: 03/04/2024 Total $1,440.00"));
        assert!(!shown("Invoice Date: 03/04/2024 Total 1,440.00"));
        for text in [
            "Invoice Date: 03/04/2024 Due 13/04/2024 Total $1,440.00",
            "Invoice Date: 03/04/2024 Due 04/15/2024 Total $1,440.00",
            "Invoice Date: 03.04.2024 Total $1,440.00",
            "Invoice Date: 03/04/2024 Total £1,440.00",
            "Invoice Date: 03/04/2024 Total 1.440,00 USD",
            "FATURA TARIHI: 03/04/2024 TOPLAM $1,440.00",
            "Satış tarihi ödenişi 03/04/2024",
        ] {
            assert!(shown(text), "{text}");
        }
        assert!(reads_two_ways("03/04/2024") && reads_two_ways("3-4-24"));
        for text in ["03.04.2024", "13/04/2024", "04/04/2024", "2024-03-04", "03/2024"] {
            assert!(!reads_two_ways(text), "{text}");
        }
        assert_eq!(exchanged(day(2024, 4, 3).expect("a date")), day(2024, 3, 4));
    }

    proptest! {
        #[test]
        fn reading_what_was_printed_gives_the_original(days in 0_i64..40_000) {
            let date = day(1960, 1, 1).expect("a date") + chrono::Duration::days(days);
            for form in ["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"] {
                prop_assert_eq!(Order::DayFirst.read(&date.format(form).to_string()), Some(date));
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = Order::DayFirst.read_at(text.split(' '));
            let _ = Order::MonthFirst.read_at(text.split(' '));
        }
    }
}
