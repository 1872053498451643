//! Amounts, shares and dates as they are written in Turkish.

use chrono::NaiveDate;

use crate::{amount::Kurus, finding::Quantity};

/// `1.234,50 TL`.
pub(super) fn lira(amount: Kurus) -> String {
    let kurus = amount.0.unsigned_abs();
    let sign = if amount.0 < 0 { "-" } else { "" };
    let (whole, rest) = (grouped(kurus / 100), kurus % 100);
    format!("{sign}{whole},{rest:02} TL")
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// `%37` of a share, `%0,4` below one per cent.
pub(super) fn per_cent(share: f64) -> String {
    let value = share * 100.0;
    if value.abs() < 1.0 {
        format!("%{value:.1}").replace('.', ",")
    } else {
        format!("%{value:.0}")
    }
}

/// `3,2` of a factor.
pub(super) fn factor(factor: f64) -> String {
    let text = if factor < 10.0 { format!("{factor:.1}") } else { format!("{factor:.0}") };
    text.replace('.', ",")
}

/// `31.12.2025`.
pub(super) fn day(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// `Aralık 2025`.
pub(super) fn month(date: NaiveDate) -> String {
    const NAMES: [&str; 12] = [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim",
        "Kasım", "Aralık",
    ];
    let name = NAMES.get(chrono::Datelike::month0(&date) as usize).copied().unwrap_or("");
    format!("{name} {}", chrono::Datelike::year(&date))
}

/// The amount of a quantity, if it is one.
pub(super) fn amount(quantity: Quantity) -> Option<Kurus> {
    if let Quantity::Amount(amount) = quantity { Some(amount) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_turkish() {
        assert_eq!(lira(Kurus(123_456_789)), "1.234.567,89 TL");
        assert_eq!(lira(Kurus(-105)), "-1,05 TL");
        assert_eq!(lira(Kurus(0)), "0,00 TL");
        assert_eq!(per_cent(0.374), "%37");
        assert_eq!(per_cent(0.004), "%0,4");
        assert_eq!(factor(3.24), "3,2");
        assert_eq!(factor(41.7), "42");
        let date = NaiveDate::from_ymd_opt(2025, 8, 3).unwrap();
        assert_eq!((day(date).as_str(), month(date).as_str()), ("03.08.2025", "Ağustos 2025"));
    }
}
