//! Amounts in words, as Turkish documents repeat their total: `Yalnız Kırkdörtbinaltıyüzyetmişaltı TL`.

use rust_decimal::Decimal;

use super::{
    fold::compact,
    view::{View, join},
};

const ONES: [(&str, i64); 9] = [
    ("bir", 1),
    ("iki", 2),
    ("uc", 3),
    ("dort", 4),
    ("bes", 5),
    ("alti", 6),
    ("yedi", 7),
    ("sekiz", 8),
    ("dokuz", 9),
];
const TENS: [(&str, i64); 9] = [
    ("on", 10),
    ("yirmi", 20),
    ("otuz", 30),
    ("kirk", 40),
    ("elli", 50),
    ("altmis", 60),
    ("yetmis", 70),
    ("seksen", 80),
    ("doksan", 90),
];
const GROUPS: [(&str, i64); 3] = [("milyar", 1_000_000_000), ("milyon", 1_000_000), ("bin", 1000)];

const UNITS: [&str; 14] = [
    "turklirasidir",
    "turklirasi",
    "liradir",
    "lira",
    "tldir",
    "tl",
    "try",
    "amerikandolari",
    "abddolari",
    "dolar",
    "usd",
    "euro",
    "avro",
    "eur",
];
const CENTS: [&str; 7] = ["kurustur", "kurus", "krs", "kr", "cent", "sent", "santim"];

/// Rows after the label that the words may wrap to.
const MORE_ROWS: usize = 2;

fn take<'a>(text: &'a str, words: &[(&str, i64)]) -> Option<(i64, &'a str)> {
    // The longest word first: `altmis` begins as `alti` does not, but `on` begins nothing longer.
    words
        .iter()
        .filter_map(|(word, value)| Some((word.len(), *value, text.strip_prefix(word)?)))
        .max_by_key(|(length, ..)| *length)
        .map(|(_, value, rest)| (value, rest))
}

/// A number below a thousand.
fn below_thousand(text: &str) -> Option<(i64, &str)> {
    let mut value = 0;
    let mut rest = text;
    let hundreds =
        take(rest, &ONES).and_then(|(ones, rest)| Some((ones, rest.strip_prefix("yuz")?)));
    if let Some((ones, after)) = hundreds {
        value += ones * 100;
        rest = after;
    } else if let Some(after) = rest.strip_prefix("yuz") {
        value += 100;
        rest = after;
    }
    if let Some((tens, after)) = take(rest, &TENS) {
        value += tens;
        rest = after;
    }
    if let Some((ones, after)) = take(rest, &ONES) {
        value += ones;
        rest = after;
    }
    (value > 0).then_some((value, rest))
}

/// A whole number at the head of compact text.
fn whole(text: &str) -> Option<(i64, &str)> {
    if let Some(rest) = text.strip_prefix("sifir") {
        return Some((0, rest));
    }
    let mut value = 0_i64;
    let mut rest = text;
    let mut smallest = i64::MAX;
    loop {
        let (part, after) = match below_thousand(rest) {
            Some(found) => found,
            // `bin`: one thousand.
            None if rest.starts_with("bin") => (1, rest),
            None => break,
        };
        let group = take(after, &GROUPS).filter(|(group, _)| *group < smallest);
        let Some((group, after)) = group else {
            value = value.checked_add(part)?;
            rest = after;
            break;
        };
        value = value.checked_add(part.checked_mul(group)?)?;
        smallest = group;
        rest = after;
    }
    (value > 0).then_some((value, rest))
}

/// A text that is nothing but a whole number in words, compact.
pub(super) fn whole_in_words(compact: &str) -> Option<i64> {
    whole(compact).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// Reads an amount at the head of a text: `BinikiyüzTL, elli kuruş`, `#YÜZ TL#`.
pub(super) fn amount(text: &str) -> Option<Decimal> {
    let text = compact(text);
    let (lira, rest) = whole(&text)?;
    let rest = UNITS.iter().find_map(|unit| rest.strip_prefix(unit))?;
    let (cents, _) = whole(rest)
        .filter(|(cents, after)| *cents < 100 && CENTS.iter().any(|unit| after.starts_with(unit)))
        .unwrap_or((0, rest));
    Some(Decimal::new(lira.checked_mul(100)?.checked_add(cents)?, 2))
}

/// The amount that the document repeats in words.
pub(super) fn stated(view: &View) -> Option<Decimal> {
    for (index, row) in view.rows.iter().enumerate() {
        let at = row.tokens.iter().position(|token| {
            token.folded.starts_with("yalniz") || token.folded.starts_with("yaziyla")
        });
        let Some(at) = at else { continue };
        let mut text = join(row.tokens.get(at..).unwrap_or_default());
        for below in view.rows.get(index + 1..).unwrap_or_default().iter().take(MORE_ROWS) {
            if below.page == row.page {
                text.push(' ');
                text.push_str(&join(&below.tokens));
            }
        }
        let text = compact(&text);
        let mut body = text.as_str();
        while let Some(rest) = ["yalnizca", "yalniz", "yaziyla", "yalnz", "tutar"]
            .iter()
            .find_map(|head| body.strip_prefix(head))
        {
            body = rest;
        }
        if let Some(found) = amount(body) {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_invoices_print() {
        for (text, value) in [
            ("KırkdörtbinaltıyüzyetmişaltıTL", 4_467_600),
            ("Kırk Dört Bin Altı Yüz Yetmiş Altı Türk Lirası", 4_467_600),
            ("BİN İKİ YÜZ TL ELLİ KURUŞ", 120_050),
            ("#BirmilyonikiyüzellibinTL,BeşKr#", 125_000_005),
            ("YÜZ TL'dir.", 10_000),
            ("OnBeş TL SıfırKuruş", 1_500),
            ("Altmış Lira", 6_000),
            ("Altı Lira", 600),
            ("İkibin USD On Cent", 200_010),
        ] {
            assert_eq!(amount(text), Some(Decimal::new(value, 2)), "{text}");
        }
        for text in ["", "TL", "on iki", "bugün", "binbin TL", "yüzyüz TL", "Bir elma"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    fn spelled(mut value: i64) -> String {
        let mut out = String::new();
        let small = |value: i64| {
            let mut out = String::new();
            if value >= 100 {
                if value >= 200 {
                    out.push_str(ONES[usize::try_from(value / 100 - 1).expect("a digit")].0);
                }
                out.push_str("yuz");
            }
            if value % 100 >= 10 {
                out.push_str(TENS[usize::try_from(value % 100 / 10 - 1).expect("a digit")].0);
            }
            if value % 10 > 0 {
                out.push_str(ONES[usize::try_from(value % 10 - 1).expect("a digit")].0);
            }
            out
        };
        for (name, group) in GROUPS {
            let part = value / group;
            if part > 0 {
                if !(group == 1000 && part == 1) {
                    out.push_str(&small(part));
                }
                out.push_str(name);
            }
            value %= group;
        }
        out + &small(value)
    }

    proptest! {
        #[test]
        fn reading_what_was_spelled_gives_the_original(lira in 1_i64..999_999_999_999, cents in 0_i64..100) {
            let mut text = spelled(lira) + "TL";
            if cents > 0 {
                text += &(spelled(cents) + "Kr");
            }
            prop_assert_eq!(amount(&text), Some(Decimal::new(lira * 100 + cents, 2)), "{}", text);
        }

        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            let _ = amount(&text);
        }
    }
}
