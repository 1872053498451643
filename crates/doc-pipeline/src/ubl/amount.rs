//! The grammar of amounts, and arithmetic that cannot overflow unseen.

use rust_decimal::Decimal;

/// Reads an amount as XML Schema's `decimal` writes it: optional sign, digits, optional dot, digits.
/// Exponents, NaN, commas, grouping and more than 28 digits are no amounts.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let count = whole.len() + fraction.len();
    let only_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !only_digits || count == 0 || count > 28 {
        return None;
    }
    let canonical;
    let text = if whole.is_empty() || digits.ends_with('.') {
        canonical =
            format!("{}{}.{fraction}0", if text.starts_with('-') { "-" } else { "" }, zero(whole));
        canonical.as_str()
    } else {
        text.strip_prefix('+').unwrap_or(text)
    };
    Decimal::from_str_exact(text).ok()
}

fn zero(whole: &str) -> &str {
    if whole.is_empty() { "0" } else { whole }
}

/// The sum, unless it does not fit.
pub(super) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    amounts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add)
}

/// A per cent value as a fraction with at least two decimals (`20` as `0.20`, `1.5` as `0.015`).
pub(super) fn fraction(per_cent: Decimal) -> Option<Decimal> {
    let mut fraction = per_cent.checked_mul(Decimal::new(1, 2))?.normalize();
    if fraction.scale() < 2 {
        fraction.rescale(2);
    }
    Some(fraction)
}

/// `amount × per cent / 100`, exact.
pub(super) fn per_cent_of(amount: Decimal, per_cent: Decimal) -> Option<Decimal> {
    amount.checked_mul(per_cent)?.checked_mul(Decimal::new(1, 2))
}

/// Distance of two amounts.
pub(super) fn distance(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.checked_sub(b).map(|difference| difference.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_plain_decimals_only() {
        let good = [
            ("0", "0"),
            ("-1.50", "-1.50"),
            ("+7", "7"),
            (".5", "0.50"),
            ("-.25", "-0.250"),
            ("5.", "5.0"),
        ];
        for (text, amount) in good {
            assert_eq!(parse(text).map(|a| a.to_string()).as_deref(), Some(amount), "{text}");
        }
        for text in [
            "",
            ".",
            "-",
            "1e3",
            "1E3",
            "NaN",
            "INF",
            "1,5",
            "1.000,00",
            "1.2.3",
            "1_000",
            " 1",
            "--1",
            "12345678901234567890123456789",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(text in "[-+]?[0-9]{1,14}(\\.[0-9]{1,14})?") {
            let read = parse(&text).expect("an amount");
            prop_assert_eq!(read.to_string(), text.trim_start_matches('+').parse::<Decimal>().expect("a decimal").to_string());
        }

        #[test]
        fn never_panics(text in ".{0,60}") {
            let _ = parse(&text);
        }
    }
}
