//! Document numbers in any spelling.
//!
//! The number of an e-document has 16 characters: three of series, four of year, nine digits (e-Fatura
//! and e-Arşiv guides of the Gelir İdaresi). People write it with separators, without the leading
//! zeros, or as the running number alone.

/// A document number as written, with what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DocumentNumber<'a> {
    text: &'a str,
}

/// Series with year, and running number, of an e-document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ElectronicNumber<'a> {
    /// Three characters of series and four of year.
    pub(crate) series: &'a str,
    /// From 1.
    pub(crate) running: u32,
}

impl<'a> DocumentNumber<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The parts of an e-document's number; none for another form.
    pub(crate) fn electronic(&self) -> Option<ElectronicNumber<'a>> {
        let text = self.text;
        if text.len() != 16 || !text.is_ascii() {
            return None;
        }
        let (series, running) = (text.get(..7)?, text.get(7..)?);
        let (prefix, year) = (series.get(..3)?, series.get(3..)?);
        let is_series =
            prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let is_year = year.starts_with("20") && year.bytes().all(|byte| byte.is_ascii_digit());
        let is_running = running.bytes().all(|byte| byte.is_ascii_digit());
        (is_series && is_year && is_running)
            .then(|| running.parse().ok())
            .flatten()
            .map(|running| ElectronicNumber { series, running })
    }

    /// Letters and digits in upper case, of every group of digits the leading zeros left out, with the
    /// separators' places forgotten.
    pub(crate) fn key(&self) -> String {
        if let Some(number) = self.electronic() {
            return format!("{}{}", number.series, number.running);
        }
        let mut key = String::with_capacity(self.text.len());
        for group in self.text.split(|c: char| !c.is_alphanumeric()) {
            let mut is_leading = true;
            for c in group.chars().flat_map(char::to_uppercase) {
                if c == '0' && is_leading {
                    continue;
                }
                is_leading = !c.is_ascii_digit();
                key.push(c);
            }
        }
        key
    }

    /// Whether both mean the same document, of one counterparty and one amount.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let key = self.key();
        if key.is_empty() {
            return false;
        }
        if self.text == other.text || key == other.key() {
            return true;
        }
        match (self.electronic(), other.electronic()) {
            (Some(full), None) => other.is_short_for(full),
            (None, Some(full)) => self.is_short_for(full),
            _ => false,
        }
    }

    /// `S17 2025 640685`, `S17-640685`, `2025/640685`, `640685` for `S172025000640685`.
    fn is_short_for(&self, full: ElectronicNumber<'_>) -> bool {
        let groups: Vec<String> = self
            .text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|group| !group.is_empty())
            .map(str::to_ascii_uppercase)
            .collect();
        let Some((last, before)) = groups.split_last() else { return false };
        let digits = last.len() - last.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let head: String = before.concat();
        // Without separators the running number is what remains behind the series and the year.
        let rest = if before.is_empty() {
            last.strip_prefix(full.series).or_else(|| last.get(last.len() - digits..))
        } else {
            // The year may stand with the running number: S17-2025000640685.
            let year = full.series.get(3..).unwrap_or("");
            Some(last.strip_prefix(year).filter(|_| full.series.get(..3) == Some(head.as_str())))
                .flatten()
                .or(Some(last.as_str()))
        };
        let is_running = rest
            .filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|rest| rest.parse::<u32>().ok())
            == Some(full.running);
        let heads = [
            "",
            full.series,
            full.series.get(..3).unwrap_or(""),
            full.series.get(3..).unwrap_or(""),
        ];
        is_running && heads.contains(&head.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (DocumentNumber::of(a), DocumentNumber::of(b));
        assert_eq!(a.is_same_as(&b), b.is_same_as(&a), "{} {}", a.text(), b.text());
        a.is_same_as(&b)
    }

    #[test]
    fn spellings_of_one_number_are_the_same() {
        let full = "S172025000640685";
        for short in [
            "S17-2025-640685",
            "s17 2025 000640685",
            "S17/640685",
            "2025-640685",
            "640685",
            "S172025640685",
            "S17.2025.640685",
            "S17-2025000640685",
            "S17 2025640685",
        ] {
            assert!(same(full, short), "{short}");
        }
        assert!(same("F-00123", "f 123"));
        assert!(same("X889", "X889"));
    }

    #[test]
    fn neighbours_are_not_the_same() {
        let full = "S172025000640685";
        for other in [
            "S17-2025-640686",
            "S18-2025-640685",
            "S17-2024-640685",
            "S172025006406850",
            "40685",
            "S172025000640680",
            "F123",
        ] {
            assert!(!same(full, other), "{other}");
        }
        assert!(!same("F10", "F100"));
        assert!(!same("F-010", "F-100"));
        assert!(!same("", "640685"));
    }

    #[test]
    fn only_the_official_form_has_parts() {
        let number = DocumentNumber::of("GGX2025000000611").electronic().unwrap();
        assert_eq!((number.series, number.running), ("GGX2025", 611));
        for other in ["GGX202500000061", "ggx2025000000611", "GGX1925000000611", "GGX2025A00000611"]
        {
            assert_eq!(DocumentNumber::of(other).electronic(), None, "{other}");
        }
    }
}
