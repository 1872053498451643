//! Reads single values: amounts with their currency, dates, times, cleaned text.

use chrono::{NaiveDate, NaiveTime};
use domain::{Currency, Severity};
use rust_decimal::Decimal;

use super::{
    amount, codes,
    findings::{Findings, shown},
    tree::Node,
};

/// Reads values and notes what could not be read.
#[derive(Debug)]
pub(super) struct Values<'f> {
    pub(super) findings: &'f mut Findings,
    /// The document's currency as written; amounts of another one are noted once.
    currency: Option<String>,
    mixed: bool,
}

impl<'f> Values<'f> {
    pub(super) fn new(findings: &'f mut Findings) -> Self {
        Self { findings, currency: None, mixed: false }
    }

    /// An amount; anything but a plain decimal stays absent and is noted with the field's name.
    pub(super) fn amount(
        &mut self,
        node: Option<Node<'_, '_>>,
        field: &'static str,
    ) -> Option<Decimal> {
        let node = node?;
        if self.is_foreign(node) {
            if !self.mixed {
                self.mixed = true;
                let of_document = self.currency.as_deref().unwrap_or_default();
                let of_amount = node.currency().unwrap_or_default();
                let values = [("expected", shown(of_document)), ("found", shown(of_amount))];
                self.findings.add("CURRENCY_MIXED", Severity::Medium, values);
            }
            // It would be stored as an amount of the document's currency.
            return None;
        }
        let text = node.text()?;
        let amount = amount::parse(text);
        if amount.is_none() {
            let values = [("field", field.into()), ("found", shown(text))];
            self.findings.add("AMOUNT_UNREADABLE", Severity::High, values);
        }
        amount
    }

    /// Whether an amount names another currency than the document's.
    pub(super) fn is_foreign(&self, node: Node<'_, '_>) -> bool {
        match (node.currency(), self.currency.as_deref()) {
            (Some(of_amount), Some(of_document)) => {
                canonical_currency(of_amount) != canonical_currency(of_document)
            }
            _ => false,
        }
    }

    /// An amount that is written once: several different ones stay absent and are noted.
    pub(super) fn only_money(
        &mut self,
        node: Node<'_, '_>,
        name: &'static str,
        field: &'static str,
    ) -> Option<Decimal> {
        let first = node.value(name);
        let own = node.values(name).find(|value| !self.is_foreign(*value)).or(first);
        let texts: Vec<&str> = node
            .values(name)
            .filter(|value| !self.is_foreign(*value))
            .filter_map(Node::text)
            .collect();
        if let Some(first) = texts.first()
            && let Some(other) =
                texts.iter().find(|text| amount::parse(text) != amount::parse(first))
        {
            let values =
                [("field", field.into()), ("found", shown(first)), ("other", shown(other))];
            self.findings.add("AMOUNT_AMBIGUOUS", Severity::High, values);
            return None;
        }
        self.money(own, field)
    }

    /// An amount of the totals or the document's tax: at most 2 decimals and 17 digits.
    pub(super) fn money(
        &mut self,
        node: Option<Node<'_, '_>>,
        field: &'static str,
    ) -> Option<Decimal> {
        let amount = self.amount(node, field)?;
        let digits = amount.mantissa().unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        if amount.normalize().scale() > 2 || digits > 17 {
            let values = [("field", field.into()), ("found", shown(&amount.to_string()))];
            self.findings.add("AMOUNT_PRECISION", Severity::Low, values);
        }
        Some(amount)
    }

    /// The document's currency.
    pub(super) fn currency(&mut self, node: Option<Node<'_, '_>>) -> Option<Currency> {
        let Some(text) = node.and_then(Node::text) else {
            self.findings.add("CURRENCY_MISSING", Severity::Medium, []);
            return None;
        };
        self.currency = Some(text.to_owned());
        let canonical = canonical_currency(text);
        // TRL and TL are gone since 2005 and 2009, yet some exporters still write them for lira.
        let known = codes::CURRENCIES.contains(&canonical);
        let currency = if known { canonical.parse().ok() } else { None };
        if !known || canonical != text {
            self.findings.add("CURRENCY_UNKNOWN", Severity::Low, [("found", shown(text))]);
        }
        currency
    }

    /// A date, with or without a zone: Turkish documents carry local dates.
    pub(super) fn date(
        &mut self,
        node: Option<Node<'_, '_>>,
        field: &'static str,
    ) -> Option<NaiveDate> {
        let text = node?.text()?;
        let date = parse_date(text);
        if date.is_none() {
            let values = [("field", field.into()), ("found", shown(text))];
            self.findings.add("DATE_UNREADABLE", Severity::Medium, values);
        }
        date
    }

    /// A time as `HH:MM:SS`.
    pub(super) fn time(&mut self, node: Option<Node<'_, '_>>) -> Option<String> {
        let text = node?.text()?;
        let time = parse_time(text);
        if time.is_none() {
            self.findings.add("TIME_UNREADABLE", Severity::Low, [("found", shown(text))]);
        }
        time
    }
}

/// TRL and TL mean the lira.
fn canonical_currency(code: &str) -> &str {
    if matches!(code, "TRL" | "TL") { "TRY" } else { code }
}

/// Removes a zone: `Z`, `+03:00`.
fn without_zone(text: &str) -> (&str, &str) {
    if let Some(local) = text.strip_suffix('Z') {
        return (local, "Z");
    }
    let Some(at) = text.len().checked_sub(6).filter(|at| text.is_char_boundary(*at)) else {
        return (text, "");
    };
    let (local, zone) = text.split_at(at);
    match zone.as_bytes() {
        [b'+' | b'-', h1, h2, b':', m1, m2]
            if [h1, h2, m1, m2].iter().all(|d| d.is_ascii_digit()) =>
        {
            (local, zone)
        }
        _ => (text, ""),
    }
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let (local, _) = without_zone(text);
    let shape = local.len() == 10
        && local.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
        });
    shape.then(|| NaiveDate::parse_from_str(local, "%Y-%m-%d").ok()).flatten()
}

fn parse_time(text: &str) -> Option<String> {
    let (local, zone) = without_zone(text);
    // Turkey was UTC+2 in the winters before 2016 and is UTC+3 since. Serialisers append `Z` to local
    // times that carry no zone, as they do to the date. A time of another zone would need the date to
    // be moved as well, so it is left to a person.
    if !matches!(zone, "" | "Z" | "+03:00" | "+02:00") {
        return None;
    }
    let (clock, fraction) = local.split_once('.').unwrap_or((local, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = NaiveTime::parse_from_str(clock, "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M"))
        .ok()?;
    Some(time.format("%H:%M:%S").to_string())
}

/// Joins runs of white space and drops what cannot be seen; real files write zero-width blanks as names.
pub(super) fn clean(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let mut letters = word.chars().filter(|c| !is_invisible(*c)).peekable();
        if letters.peek().is_none() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(letters);
    }
    (!out.is_empty()).then_some(out)
}

/// As [`clean`], but keeps line ends.
pub(super) fn clean_lines(text: &str) -> Option<String> {
    let lines: Vec<String> = text.lines().filter_map(clean).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_as_issuers_write_them() {
        let cases = [
            ("10:15:30", Some("10:15:30")),
            ("10:15", Some("10:15:00")),
            ("10:15:30.1234567", Some("10:15:30")),
            ("10:15:30+03:00", Some("10:15:30")),
            ("10:15:30Z", Some("10:15:30")),
            ("10:15:30+05:00", None),
            ("25:00:00", None),
            ("10.15", None),
            ("öğlen", None),
        ];
        for (text, time) in cases {
            assert_eq!(parse_time(text).as_deref(), time, "{text}");
        }
        assert_eq!(parse_date("2024-03-15+03:00"), NaiveDate::from_ymd_opt(2024, 3, 15));
        for text in ["15.03.2024", "2024-3-15", "2024-02-30", "2024-03-15T10:00", "ııııııııı"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn drops_what_cannot_be_seen() {
        assert_eq!(clean(" A\n  B\u{200b} "), Some("A B".to_owned()));
        assert_eq!(clean("\u{200b} \u{feff}"), None);
        assert_eq!(clean_lines("a  b\r\n\n c"), Some("a b\nc".to_owned()));
    }
}
