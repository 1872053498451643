//! Rates as printed and as misread.

use rust_decimal::Decimal;

/// KDV rates that documents may carry, in per cent.
const KDV: [u32; 6] = [0, 1, 8, 10, 18, 20];

/// What OCR makes of the per cent sign before a rate.
const MISREAD: [&str; 16] =
    ["90", "96", "94", "98", "9o", "95", "o", "x", "*", "“", "\"", "h", "#", "4", "y", "6"];

fn fraction(text: &str) -> Option<Decimal> {
    let value: Decimal = text.replace(',', ".").parse().ok()?;
    (Decimal::ZERO..=Decimal::ONE_HUNDRED)
        .contains(&value)
        .then(|| (value / Decimal::ONE_HUNDRED).normalize())
}

fn known(fraction: Decimal) -> bool {
    KDV.iter().any(|rate| Decimal::new(i64::from(*rate), 2) == fraction)
}

/// A rate with a per cent sign (`%20`, `20%`, `(%18,00)`) as a fraction.
pub(super) fn percent(text: &str) -> Option<Decimal> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let bare = text.strip_prefix('%').or_else(|| text.strip_suffix('%'))?;
    fraction(bare.trim())
}

/// A KDV rate where one is expected: with its sign, bare, or, in recognised text, with a misread
/// sign, matched against the closed list of rates.
pub(super) fn kdv_rate(text: &str, recognised: bool) -> Option<Decimal> {
    if let Some(rate) = percent(text) {
        return Some(rate);
    }
    let bare = text
        .trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ':' | ';' | '|' | '.' | ' '));
    if let Some(rate) = fraction(bare).filter(|rate| known(*rate)) {
        return Some(rate);
    }
    if !recognised {
        return None;
    }
    let lower = bare.to_lowercase();
    let mut found = None;
    for sign in MISREAD {
        let Some(rest) = lower.strip_prefix(sign) else { continue };
        if let Some(rate) = fraction(rest).filter(|rate| known(*rate) && rest.len() <= 2) {
            if found.is_some_and(|other| other != rate) {
                return None;
            }
            found = Some(rate);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rates_with_and_without_misread_signs() {
        for (text, cents) in
            [("%20", 20), ("20%", 20), ("(%18)", 18), ("%20,00", 20), ("% 10", 10), ("%01", 1)]
        {
            assert_eq!(percent(text), Some(Decimal::new(cents, 2).normalize()), "{text}");
        }
        for (text, cents) in [
            ("9020", 20),
            ("9620", 20),
            ("X20", 20),
            ("*20", 20),
            ("h1", 1),
            ("(901)", 1),
            ("“10", 10),
        ] {
            assert_eq!(kdv_rate(text, true), Some(Decimal::new(cents, 2).normalize()), "{text}");
            assert_eq!(kdv_rate(text, false), None, "{text}");
        }
        assert_eq!(kdv_rate("15", true), None);
        assert_eq!(percent("20"), None);
    }
}
