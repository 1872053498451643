//! Amounts as banks write them into text cells. Which sign parts the decimals is decided for a column,
//! not for a cell: `1.234` alone says nothing.

use rust_decimal::Decimal;

/// The sign before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::statement) enum Decimals {
    /// `1.234,56`
    Comma,
    /// `1,234.56`
    Dot,
}

/// What the amounts of a column say about their decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Votes {
    pub(super) comma: usize,
    pub(super) dot: usize,
    /// Amounts like `1.234`, which may be either.
    pub(super) open: usize,
}

impl Votes {
    /// Adds what one amount says.
    pub(super) fn add(&mut self, text: &str) {
        let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
        match (dots, commas) {
            (0, 0) => {}
            (0, 1) => self.single(text, ',', true),
            (1, 0) => self.single(text, '.', false),
            (0, _) => self.dot += 1,
            (_, 0) => self.comma += 1,
            _ if text.rfind(',') > text.rfind('.') => self.comma += 1,
            _ => self.dot += 1,
        }
    }

    fn single(&mut self, text: &str, sign: char, is_comma: bool) {
        let behind = text.rsplit(sign).next().unwrap_or_default();
        let digits = behind.chars().take_while(char::is_ascii_digit).count();
        let before = text.split(sign).next().unwrap_or_default();
        let before = before.chars().filter(char::is_ascii_digit).collect::<String>();
        // Three digits behind, one to three before: thousands or decimals.
        if digits == 3 && (1..=3).contains(&before.len()) && before != "0" {
            self.open += 1;
        } else if is_comma {
            self.comma += 1;
        } else {
            self.dot += 1;
        }
    }

    /// The sign that most amounts have, when any says so.
    pub(super) fn decided(self) -> Option<Decimals> {
        match self.comma.cmp(&self.dot) {
            std::cmp::Ordering::Greater => Some(Decimals::Comma),
            std::cmp::Ordering::Less => Some(Decimals::Dot),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Both together.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            comma: self.comma + other.comma,
            dot: self.dot + other.dot,
            open: self.open + other.open,
        }
    }
}

/// The amount of a text: sign before or behind or brackets, currency word or sign, groups of three,
/// decimals. Anything else is none: a guessed amount would be booked.
pub(in crate::statement) fn read(text: &str, decimals: Decimals) -> Option<Decimal> {
    let (text, is_bracketed) = match text.trim().strip_prefix('(') {
        Some(inner) => (inner.strip_suffix(')')?, true),
        None => (text.trim(), false),
    };
    let text = without_currency(text);
    let (text, is_minus) = sign(text);
    let text = without_currency(text);
    let (group, point) = match decimals {
        Decimals::Comma => ('.', ','),
        Decimals::Dot => (',', '.'),
    };
    let (whole, fraction) = match text.split_once(point) {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let mut digits = String::with_capacity(text.len() + 1);
    let mut parts = whole.split([group, ' ', '\u{a0}', '\u{202f}', '\'']);
    let first = parts.next()?;
    digits.push_str(first);
    for part in parts {
        // Some banks group only some of the thousands, none writes a group of another size.
        if part.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(part);
    }
    let has_digit = !digits.is_empty() || !fraction.is_empty();
    let only_digits = digits.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !has_digit || !only_digits || digits.len() + fraction.len() > 28 {
        return None;
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if !fraction.is_empty() {
        digits.push('.');
        digits.push_str(fraction);
    }
    let value = Decimal::from_str_exact(&digits).ok()?;
    Some(if is_minus == is_bracketed { value } else { -value })
}

/// The sign, before or behind.
fn sign(text: &str) -> (&str, bool) {
    let minus = ['-', '−', '–'];
    if let Some(rest) = text.strip_prefix(minus) {
        return (rest.trim(), true);
    }
    if let Some(rest) = text.strip_suffix(minus) {
        return (rest.trim(), true);
    }
    if let Some(rest) = text.strip_prefix('+').or_else(|| text.strip_suffix('+')) {
        return (rest.trim(), false);
    }
    (text, false)
}

fn without_currency(text: &str) -> &str {
    const WORDS: [&str; 12] =
        ["TRY", "TRL", "TL", "USD", "EUR", "GBP", "CHF", "₺", "$", "€", "£", "YTL"];
    let mut text = text.trim();
    for word in WORDS {
        if let Some(rest) = text.strip_suffix(word).or_else(|| text.strip_prefix(word)) {
            text = rest.trim();
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_banks_write() {
        for (text, value) in [
            ("1.234,56", "1234.56"),
            ("-1.234,56", "-1234.56"),
            ("1.234,56-", "-1234.56"),
            ("(1.234,56)", "-1234.56"),
            ("1.234,56 TL", "1234.56"),
            ("-2.000,00 TL", "-2000.00"),
            ("₺12", "12"),
            ("+5,5", "5.5"),
            (",50", "0.50"),
            ("1 234 567,89", "1234567.89"),
            ("1234,56", "1234.56"),
        ] {
            let read = read(text, Decimals::Comma).map(|value| value.to_string());
            assert_eq!(read.as_deref(), Some(value), "{text}");
        }
        for text in ["", "-", "12..34", "1.23,4.5", "1.2345,00", "abc", "1,2,3", "--1", "TL", "."] {
            assert_eq!(read(text, Decimals::Comma), None, "{text}");
        }
        assert_eq!(read("12..34", Decimals::Dot), None);
        assert_eq!(read("1,234.56", Decimals::Dot), Some(Decimal::new(123_456, 2)));
    }

    #[test]
    fn three_digits_say_nothing_alone() {
        let of = |texts: &[&str]| {
            let mut votes = Votes::default();
            for text in texts {
                votes.add(text);
            }
            (votes.decided(), votes.open)
        };
        assert_eq!(of(&["1.234"]), (None, 1));
        assert_eq!(of(&["1.234", "5,5"]), (Some(Decimals::Comma), 1));
        assert_eq!(of(&["1.234.567"]), (Some(Decimals::Comma), 0));
        assert_eq!(of(&["100.00"]), (Some(Decimals::Dot), 0));
        assert_eq!(of(&["0.123"]), (Some(Decimals::Dot), 0));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(kurus in -1_000_000_000_000_i64..1_000_000_000_000) {
            let amount = Decimal::new(kurus, 2);
            let whole = amount.abs().trunc().to_string();
            let mut text = String::new();
            for (index, digit) in whole.chars().enumerate() {
                if index > 0 && (whole.len() - index).is_multiple_of(3) {
                    text.push('.');
                }
                text.push(digit);
            }
            let sign = if kurus < 0 { "-" } else { "" };
            let text = format!("{sign}{text},{:02}", kurus.unsigned_abs() % 100);
            prop_assert_eq!(read(&text, Decimals::Comma), Some(amount));
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = read(&text, Decimals::Comma);
            let _ = read(&text, Decimals::Dot);
            Votes::default().add(&text);
        }
    }
}
