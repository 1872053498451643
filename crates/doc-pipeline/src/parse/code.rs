//! The QR code of e-Fatura and e-Arşiv prints: a list of keys and values (GİB, "e-Fatura Karekod
//! Standardı"), read exactly or not at all.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::NaiveDate;
use domain::Currency;
use regex::Regex;
use rust_decimal::Decimal;

use super::{
    date::Order,
    number::{Numbers, currency},
};

/// Length of the text of a code; the standard's holds less than a third of it.
const LONGEST: usize = 4096;

/// What the code says. Absent is what it does not say, or not in a form that can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Code {
    /// VKN or TCKN of the issuer (`vkntckn`) and of the buyer (`avkntckn`).
    pub(super) supplier: Option<String>,
    pub(super) customer: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) invoice_type: Option<String>,
    pub(super) issue_date: Option<NaiveDate>,
    pub(super) number: Option<String>,
    pub(super) ettn: Option<String>,
    pub(super) currency: Option<Currency>,
    /// Total of the lines (`malhizmettoplam`).
    pub(super) lines: Option<Decimal>,
    /// Taxable amount and KDV by rate (`kdvmatrah(20)`, `hesaplanankdv(20)`), rates as fractions.
    pub(super) rates: BTreeMap<Decimal, (Option<Decimal>, Option<Decimal>)>,
    pub(super) tax_inclusive: Option<Decimal>,
    pub(super) payable: Option<Decimal>,
}

#[expect(clippy::unwrap_used, reason = "a constant pattern, covered by every test of this module")]
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"["']?([A-Za-z][A-Za-z0-9_ ()%.,]{0,40})["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([^",'}\r\n]+))"#)
        .unwrap()
});

impl Code {
    /// Reads the text of a code; `None` where it is not an invoice's.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut code = Self::default();
        for pair in PAIR.captures_iter(text) {
            let key: String = pair
                .get(1)?
                .as_str()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|letter| letter.to_ascii_lowercase())
                .collect();
            let value =
                (2..=4).find_map(|group| pair.get(group)).map_or("", |value| value.as_str());
            code.take(&key, value.trim());
        }
        // A code of something else may share a key, not the invoice's number or ETTN with its sum.
        let named = code.number.is_some() || code.ettn.is_some();
        (named && (code.payable.is_some() || code.tax_inclusive.is_some())).then_some(code)
    }

    fn take(&mut self, key: &str, value: &str) {
        let tax_number = || {
            let valid = value.parse::<domain::TaxNumber>().is_ok();
            valid.then(|| value.to_owned())
        };
        let amount = || Numbers::default().read(value).map(|amount| amount.value);
        let word = || {
            let word = value.to_uppercase();
            let plain = !word.is_empty() && word.len() <= 32;
            (plain && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(word)
        };
        match key {
            "vkntckn" => self.supplier = tax_number(),
            "avkntckn" => self.customer = tax_number(),
            "senaryo" => self.profile = word(),
            "tip" => self.invoice_type = word(),
            "tarih" => self.issue_date = Order::DayFirst.read(value),
            "no" => self.number = word(),
            "ettn" => {
                let lengths: Vec<usize> = value.split('-').map(str::len).collect();
                let hex = value.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
                self.ettn = (hex && lengths == [8, 4, 4, 4, 12]).then(|| value.to_owned());
            }
            "parabirimi" => {
                self.currency = currency(value).or_else(|| value.parse().ok());
            }
            "malhizmettoplam" => self.lines = amount(),
            "vergidahil" => self.tax_inclusive = amount(),
            "odenecek" => self.payable = amount(),
            _ => {
                let (base, tax) = ("kdvmatrah", "hesaplanankdv");
                let rate = |head: &str| {
                    let digits: u32 = key.strip_prefix(head)?.parse().ok()?;
                    // `(20)` or `(20.00)`: marks fell away.
                    let whole = if digits > 100 { digits / 100 } else { digits };
                    (whole <= 100).then(|| Decimal::new(i64::from(whole), 2).normalize())
                };
                if let (Some(rate), Some(value)) = (rate(base), amount()) {
                    self.rates.entry(rate).or_default().0 = Some(value);
                } else if let (Some(rate), Some(value)) = (rate(tax), amount()) {
                    self.rates.entry(rate).or_default().1 = Some(value);
                }
            }
        }
    }

    /// The KDV of all rates, where the code states it.
    pub(super) fn tax(&self) -> Option<Decimal> {
        if self.rates.is_empty() {
            return None;
        }
        self.rates.values().try_fold(Decimal::ZERO, |sum, (_, tax)| sum.checked_add((*tax)?))
    }

    /// The net: the taxable amounts of all rates where they and the KDV lead to the total with taxes,
    /// else the lines where these do.
    pub(super) fn net(&self) -> Option<Decimal> {
        let (inclusive, tax) = (self.tax_inclusive?, self.tax()?);
        let bases =
            self.rates.values().try_fold(Decimal::ZERO, |sum, (base, _)| sum.checked_add((*base)?));
        bases
            .into_iter()
            .chain(self.lines)
            .find(|net| net.checked_add(tax).is_some_and(|sum| sum == inclusive))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STANDARD: &str = r#"{"vkntckn":"8451720691", "avkntckn":"7330591484","senaryo":"EARSIVFATURA",
        "tip":"SATIS","tarih":"2026-03-18","no":"OZG2026000000733",
        "ettn":"0f8b6d7c-1f0e-4b8e-9a55-6a1f3a7e2c11","parabirimi":"TRY","malhizmettoplam":"37230.00",
        "kdvmatrah(20)":"37230.00","hesaplanankdv(20)":"7446.00","vergidahil":"44676.00",
        "odenecek":"44676.00"}"#;

    #[test]
    fn the_standards_keys_are_read() {
        let code = Code::read(STANDARD).expect("an invoice's code");
        assert_eq!(code.supplier.as_deref(), Some("8451720691"));
        assert_eq!(code.customer.as_deref(), Some("7330591484"));
        assert_eq!(code.number.as_deref(), Some("OZG2026000000733"));
        assert_eq!(code.issue_date, NaiveDate::from_ymd_opt(2026, 3, 18));
        assert_eq!(code.payable, Some(Decimal::new(4_467_600, 2)));
        assert_eq!(code.tax(), Some(Decimal::new(744_600, 2)));
        assert_eq!(code.net(), Some(Decimal::new(3_723_000, 2)));
        assert_eq!(code.currency, Some(Currency::TRY));
        assert_eq!(code.ettn.as_deref(), Some("0f8b6d7c-1f0e-4b8e-9a55-6a1f3a7e2c11"));
    }

    #[test]
    fn numbers_without_quotes_and_two_rates_are_read() {
        let text = STANDARD.replace("\"44676.00\"}", "44676.00}").replace(
            "\"kdvmatrah(20)\"",
            "\"kdvmatrah(10)\":100.00,\"hesaplanankdv(10)\":10.00,\"kdvmatrah(20)\"",
        );
        let code = Code::read(&text).expect("an invoice's code");
        assert_eq!(code.payable, Some(Decimal::new(4_467_600, 2)));
        assert_eq!(code.rates.len(), 2);
        // The parts do not lead to the total: no net is derived.
        assert_eq!(code.net(), None);
    }

    #[test]
    fn other_codes_are_none() {
        for text in ["https://example.com/?no=ABC", "{}", "", "no: 5", "BEGIN:VCARD\nTEL:5551234"] {
            assert_eq!(Code::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,200}") {
            let _ = Code::read(&text);
        }
    }
}
