//! Amounts as people print them, read exactly.

use domain::Currency;
use rust_decimal::Decimal;

use super::fold::compact;

/// The mark before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Comma,
    Dot,
}

/// What a printed number can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// One meaning; the mark, when the number itself shows it.
    Exact(Decimal, Option<Mark>),
    /// `1.234` or `1,234`: thousands if the mark is not the document's decimal mark.
    Either { mark: Mark, grouped: Decimal, decimal: Decimal },
}

/// A number with the currency that was printed on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) value: Decimal,
    pub(super) currency: Option<Currency>,
    /// Whether decimals or a currency make it an amount rather than a count or a code.
    pub(super) money_like: bool,
    /// Whether a sign was printed.
    pub(super) signed: bool,
    /// Whether a third decimal, the misread currency sign behind the amount, was left out.
    pub(super) mended: bool,
}

impl Amount {
    /// The amount as money on a recognised page: money has two decimals, so a third is what remains
    /// of a `₺` or `TL`. Only a check makes such a reading sure.
    pub(super) fn as_money(self, recognised: bool) -> Self {
        if recognised && self.value.scale() == 3 {
            return Self { value: self.value.trunc_with_scale(2), mended: true, ..self };
        }
        self
    }
}

const SYMBOLS: [(&str, Currency); 14] = [
    ("TL", Currency::TRY),
    ("TRY", Currency::TRY),
    ("₺", Currency::TRY),
    ("TRL", Currency::TRY),
    ("USD", Currency::USD),
    ("US$", Currency::USD),
    ("$", Currency::USD),
    ("EUR", Currency::EUR),
    ("EURO", Currency::EUR),
    ("€", Currency::EUR),
    ("GBP", Currency::GBP),
    ("£", Currency::GBP),
    ("Lira", Currency::TRY),
    ("AVRO", Currency::EUR),
];

/// Further codes that stand for themselves.
const OTHERS: [&str; 12] =
    ["CHF", "JPY", "SEK", "NOK", "DKK", "INR", "RUB", "CNY", "AED", "SAR", "AZN", "MYR"];

/// The currency that a word names (`TL`, `₺`, `(USD)`, any upper-case ISO code of trade).
pub(super) fn currency(word: &str) -> Option<Currency> {
    // `TL'dir`: a sentence goes on at the apostrophe.
    let word = word.split(['\'', '’']).next().unwrap_or(word);
    let word = word.trim_matches(|c: char| {
        matches!(c, '(' | ')' | '[' | ']' | ':' | ',' | '.' | ';' | '*' | '-')
    });
    if let Some((_, code)) = SYMBOLS.iter().find(|(symbol, _)| symbol.eq_ignore_ascii_case(word)) {
        return Some(*code);
    }
    match word {
        "RM" => "MYR".parse().ok(),
        "₹" | "Rs" => "INR".parse().ok(),
        _ if OTHERS.contains(&word) => word.parse().ok(),
        _ => None,
    }
}

/// What no printed number reaches: the platform's amounts are `numeric(15,2)`. Within it, products and
/// sums of a document's numbers stay far from the end of [`Decimal`]'s range.
const BOUND: Decimal = Decimal::from_parts(1_316_134_912, 2_328, 0, false, 0);

/// Reads the digits and marks alone (no sign, no currency). A number at or above [`BOUND`] is none.
fn digits(body: &str) -> Option<Reading> {
    marked(body).filter(|reading| match reading {
        Reading::Exact(value, _) => *value < BOUND,
        Reading::Either { grouped, .. } => *grouped < BOUND,
    })
}

fn marked(body: &str) -> Option<Reading> {
    let bytes = body.as_bytes();
    if body.len() > 32
        || !bytes.first().is_some_and(u8::is_ascii_digit)
        || !bytes.last().is_some_and(u8::is_ascii_digit)
    {
        return None;
    }
    let plain: String = body.chars().filter(|c| !is_group_blank(*c)).collect();
    if plain.len() != body.len() && !grouped_well(body, is_group_blank, &['.', ',']) {
        return None;
    }
    let (dots, commas) = (plain.matches('.').count(), plain.matches(',').count());
    let exact = |text: &str, mark| text.parse().ok().map(|value| Reading::Exact(value, mark));
    let strip = |c: char| plain.chars().filter(|x| *x != c).collect::<String>();
    match (dots, commas) {
        (0, 0) => exact(&plain, None),
        (_, 1) if dots > 0 && plain.rfind(',') > plain.rfind('.') => {
            let whole = plain.split(',').next().unwrap_or_default();
            if !grouped_well(whole, |c| c == '.', &[]) {
                return None;
            }
            exact(&strip('.').replace(',', "."), Some(Mark::Comma))
        }
        (1, _) if commas > 0 && plain.rfind('.') > plain.rfind(',') => {
            let whole = plain.split('.').next().unwrap_or_default();
            if !grouped_well(whole, |c| c == ',', &[]) {
                return None;
            }
            exact(&strip(','), Some(Mark::Dot))
        }
        (0, 1) | (1, 0) => {
            let (separator, mark) = if commas == 1 { (',', Mark::Comma) } else { ('.', Mark::Dot) };
            let (whole, rest) = plain.split_once(separator)?;
            let decimal: Decimal = format!("{whole}.{rest}").parse().ok()?;
            if rest.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') {
                let grouped: Decimal = format!("{whole}{rest}").parse().ok()?;
                return Some(Reading::Either { mark, grouped, decimal });
            }
            Some(Reading::Exact(decimal, (rest.len() == 2).then_some(mark)))
        }
        (_, 0) if grouped_well(&plain, |c| c == '.', &[]) => exact(&strip('.'), Some(Mark::Comma)),
        (0, _) if grouped_well(&plain, |c| c == ',', &[]) => exact(&strip(','), Some(Mark::Dot)),
        _ => None,
    }
}

const fn is_group_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

/// Groups of three behind a first group of one to three digits, up to the decimal mark.
fn grouped_well(body: &str, separator: impl Fn(char) -> bool, until: &[char]) -> bool {
    let whole = body.split(until).next().unwrap_or_default();
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

/// Takes sign, currency and ornaments off a printed number.
fn undress(text: &str) -> Option<(bool, bool, Option<Currency>, &str)> {
    let mut body = text
        .trim()
        .trim_matches(|c: char| matches!(c, '*' | '|' | ':' | ';' | '=' | '"' | '“' | '”'));
    let mut negative = false;
    let mut signed = false;
    let mut named = None;
    if let Some(inner) = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        body = inner;
        negative = true;
        signed = true;
    }
    for _ in 0..4 {
        let before = body.len();
        body = body.trim();
        // `64.800,00.-`: nothing may be written behind it, which is no sign.
        if let Some(rest) = [".-", ",-", ".--", ",--"].iter().find_map(|end| body.strip_suffix(end))
        {
            body = rest;
        } else if let Some(rest) = body.strip_prefix(['-', '−', '–', '—']) {
            body = rest;
            negative = true;
            signed = true;
        } else if let Some(rest) = body.strip_suffix(['-', '−', '–']) {
            body = rest;
            negative = true;
            signed = true;
        } else if let Some(rest) = body.strip_prefix('+').or_else(|| body.strip_suffix('+')) {
            body = rest;
            signed = true;
        } else if let Some(rest) =
            body.strip_prefix('*').or_else(|| body.strip_suffix(['*', '.', ',']))
        {
            body = rest;
        } else {
            let head =
                body.find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '−' | '*'))?;
            if head > 0 {
                named = Some(currency(body.get(..head)?)?);
                body = body.get(head..)?;
            } else if let Some(tail) =
                body.rfind(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'))
                && tail + 1 < body.len()
            {
                named = Some(currency(body.get(tail + 1..)?)?);
                body = body.get(..=tail)?;
            }
        }
        if body.len() == before {
            break;
        }
    }
    Some((negative, signed, named, body))
}

/// How a document writes its numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The decimal mark, when the document shows it.
    pub(super) mark: Option<Mark>,
    /// Whether a sign before an amount is a misread `₺`, which the recognition does not know: a
    /// recognised Turkish document that names no other currency.
    pub(super) lira_signs: bool,
    /// Whether the marks between digits may be misread for each other: a recognised document.
    pub(super) worn_marks: bool,
}

/// An amount whose marks were misread, by its groups of digits: `145.936;59`, `-29,358,56`.
fn worn(body: &str) -> Option<Reading> {
    let mut groups: Vec<&str> = body.split(['.', ',', ';', ':']).collect();
    let cents = groups.pop().filter(|_| body.len() <= 32)?;
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let (first, rest) = groups.split_first()?;
    // `14:30` is a time.
    let sound = cents.len() == 2
        && (1..=3).contains(&first.len())
        && rest.iter().all(|group| group.len() == 3)
        && groups.iter().chain([&cents]).all(digits)
        && !(rest.is_empty() && body.contains(':'));
    let text = format!("{}.{cents}", groups.concat());
    sound.then(|| text.parse().ok()).flatten().map(|value| Reading::Exact(value, None))
}

/// What recognition makes of `₺`, beside the signs of other currencies.
const LIRA_SIGNS: [char; 12] = ['$', '€', '£', 't', 'T', 'b', 'f', 'E', 'F', 'Ł', '&', '₤'];

/// Words of a Turkish document, folded.
const TURKISH: [&str; 12] = [
    "fatura", "toplam", "tutar", "tarih", "kdv", "tarihi", "tutari", "vergi", "odenecek", "fis",
    "topkdv", "miktar",
];

impl Numbers {
    /// Finds the decimal mark by what the unambiguous numbers of the document show.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let (mut comma, mut dot, mut turkish) = (0_u32, 0_u32, 0_u32);
        for word in words {
            turkish += u32::from(turkish < 2 && TURKISH.contains(&compact(word).as_str()));
            let Some((_, _, _, body)) = undress(word) else { continue };
            if let Some(Reading::Exact(_, Some(mark))) = digits(body) {
                let weight = if body.contains('.') && body.contains(',') { 3 } else { 1 };
                match mark {
                    Mark::Comma => comma += weight,
                    Mark::Dot => dot += weight,
                }
            }
        }
        let mark = match comma.cmp(&dot) {
            std::cmp::Ordering::Greater => Some(Mark::Comma),
            std::cmp::Ordering::Less => Some(Mark::Dot),
            // A Turkish document that shows neither writes as the law on the script has it.
            std::cmp::Ordering::Equal if comma == 0 && turkish >= 2 => Some(Mark::Comma),
            std::cmp::Ordering::Equal => None,
        };
        Self { mark, lira_signs: false, worn_marks: false }
    }

    /// The same for a recognised document: in a Turkish one that names no other currency in letters
    /// the signs before amounts are those of lira.
    pub(super) fn of_recognised<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Self {
        let turkish =
            words.clone().filter(|word| TURKISH.contains(&compact(word).as_str())).take(2).count();
        let foreign = words.clone().any(|word| {
            word.chars().any(char::is_alphabetic)
                && currency(word).is_some_and(|code| code != Currency::TRY)
        });
        Self { lira_signs: turkish == 2 && !foreign, worn_marks: true, ..Self::of(words) }
    }

    /// Reads a printed number; `None` where it is none or can mean two things.
    pub(super) fn read(self, text: &str) -> Option<Amount> {
        if self.lira_signs
            && let Some(rest) = text.strip_prefix(LIRA_SIGNS)
            && rest.len() >= 4
            && rest.as_bytes().get(rest.len() - 3).is_some_and(|mark| matches!(mark, b',' | b'.'))
            && let Some(amount) = (Self { lira_signs: false, ..self }).read(rest)
            && amount.currency.is_none()
        {
            return Some(Amount { currency: Some(Currency::TRY), money_like: true, ..amount });
        }
        let (negative, signed, currency, body) = undress(text)?;
        let reading = match digits(body) {
            None if self.worn_marks => worn(body)?,
            reading => reading?,
        };
        let (value, decimals) = match reading {
            Reading::Exact(value, _) => (value, body.contains(['.', ','])),
            Reading::Either { mark, grouped, decimal } => match self.mark {
                Some(own) if own == mark => (decimal, true),
                Some(_) => (grouped, true),
                None => return None,
            },
        };
        let value = if negative { -value } else { value };
        Some(Amount {
            value,
            currency,
            money_like: decimals || currency.is_some(),
            signed,
            mended: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        Numbers { mark: None, ..Numbers::default() }
            .read(text)
            .map(|amount| amount.value.to_string())
    }

    #[test]
    fn reads_what_people_print() {
        for (text, value) in [
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1 234,56", "1234.56"),
            ("1234.56", "1234.56"),
            ("1.355.846,76", "1355846.76"),
            ("26,43TL", "26.43"),
            ("₺26,43", "26.43"),
            ("$1,000.00", "1000.00"),
            ("1.250,00-", "-1250.00"),
            ("-247.632,34", "-247632.34"),
            ("(12,50)", "-12.50"),
            ("*3.923,16", "3923.16"),
            ("1'234.50", "1234.50"),
            ("12", "12"),
            ("1.234.567", "1234567"),
            ("0,125", "0.125"),
            ("€3,89", "3.89"),
            ("-$5.00", "-5.00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(value), "{text}");
        }
        for text in
            ["", "abc", "08.05.2024", "1.234", "1,234", "12.34.56", "1..2", "A4", "5kg", "-", "%20"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_no_column_of_the_platform_holds_is_no_number() {
        for text in [
            "70000000000000000000000000000",
            "10.000.000.000.000,00",
            "79228162514264337593543950335",
        ] {
            assert_eq!(digits(text), None, "{text}");
        }
        assert_eq!(
            digits("9.999.999.999.999,99"),
            Some(Reading::Exact(Decimal::new(999_999_999_999_999, 2), Some(Mark::Comma)))
        );
    }

    #[test]
    fn the_document_decides_what_is_ambiguous() {
        let turkish = Numbers::of(["1.500,00", "1.234"].into_iter());
        assert_eq!(turkish.read("1.234").map(|a| a.value), Some(Decimal::new(1234, 0)));
        assert_eq!(turkish.read("1,234").map(|a| a.value), Some(Decimal::new(1234, 3)));
        let english = Numbers::of(["99.90", "1,234"].into_iter());
        assert_eq!(english.read("1,234").map(|a| a.value), Some(Decimal::new(1234, 0)));
    }

    #[test]
    fn a_misread_lira_sign_is_no_other_currency() {
        let words = ["Ara", "Toplam", "$29.524,53", "KDV", "t2.952,45"];
        let turkish = Numbers::of_recognised(words.into_iter());
        for (text, value) in [("$29.524,53", 2_952_453), ("t2.952,45", 295_245)] {
            let amount = turkish.read(text).expect("an amount");
            assert_eq!(
                (amount.value, amount.currency),
                (Decimal::new(value, 2), Some(Currency::TRY))
            );
        }
        let foreign = Numbers::of_recognised(words.into_iter().chain(["USD"]));
        assert_eq!(foreign.read("$29.524,53").and_then(|a| a.currency), Some(Currency::USD));
        assert_eq!(Numbers::of(words.into_iter()).read("t2.952,45"), None);
    }

    #[test]
    fn misread_marks_of_a_recognised_amount_are_read_by_their_groups() {
        let worn = Numbers { worn_marks: true, ..Numbers::default() };
        for (text, cents) in
            [("145.936;59", 14_593_659), ("-29,358,56", -2_935_856), ("936;59", 93_659)]
        {
            let amount = worn.read(text);
            assert_eq!(amount.map(|a| a.value), Some(Decimal::new(cents, 2)), "{text}");
            assert_eq!(Numbers::default().read(text), None, "{text}");
        }
        for text in ["14:30", "09.03:2026", "12;5", "1.23;45", "08:02:10"] {
            assert_eq!(worn.read(text), None, "{text}");
        }
    }

    fn printed(cents: i64, group: char, mark: char) -> String {
        let whole = (cents.unsigned_abs() / 100).to_string();
        let mut out = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                out.push(group);
            }
            out.push(c);
        }
        let sign = if cents < 0 { "-" } else { "" };
        format!("{sign}{out}{mark}{:02}", cents.unsigned_abs() % 100)
    }

    proptest! {
        #[test]
        fn reading_what_was_printed_gives_the_original(cents in -999_999_999_999_i64..999_999_999_999) {
            for (group, mark) in [('.', ','), (',', '.'), (' ', ','), ('\'', '.')] {
                let text = printed(cents, group, mark);
                let amount = Numbers { mark: None, ..Numbers::default() }.read(&text);
                prop_assert_eq!(amount.map(|a| a.value), Some(Decimal::new(cents, 2)), "{}", text);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = Numbers { mark: Some(Mark::Comma), lira_signs: true, worn_marks: true }.read(&text);
        }
    }
}
