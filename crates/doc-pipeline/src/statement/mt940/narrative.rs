//! `:86:`, the text of a movement: plain, in numbered parts (`?20…`, `>20…`, `<20…`), or in named ones
//! (`/NAME/…`). Everything stays in the description; who paid is taken out where it has its own part.

use crate::fields::BankTransaction;

/// Longest line that SWIFT allows; a full one was broken, not ended.
const FULL: usize = 65;

/// Puts the texts of a movement into it.
pub(super) fn apply<'a>(
    details: impl Iterator<Item = &'a str>,
    narrative: impl Iterator<Item = &'a str>,
    movement: &mut BankTransaction,
) {
    let text = joined(narrative);
    let text = if let Some((separator, from)) = separator(&text) {
        numbered(text.get(from..).unwrap_or_default(), separator, movement)
    } else {
        named(&text, movement);
        text
    };
    let details = joined(details);
    let whole = match (text.is_empty(), details.is_empty()) {
        (true, _) => details,
        (false, true) => text,
        (false, false) => format!("{details} {text}"),
    };
    if !whole.is_empty() {
        movement.description = Some(whole);
    }
}

/// One text of the lines, with a blank where a line ended before it was full.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut is_full = true;
    for line in lines {
        if !is_full && !out.ends_with(' ') {
            out.push(' ');
        }
        is_full = line.len() >= FULL && line.chars().count() >= FULL;
        out.push_str(line);
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    if out.starts_with(' ') { out.trim_start().to_owned() } else { out }
}

/// The letter that parts numbered parts, and where they begin.
fn separator(text: &str) -> Option<(char, usize)> {
    let is_separator = |byte: u8| matches!(byte, b'?' | b'>' | b'<' | b'~' | b'^');
    let begins_at = |from: usize| {
        let part = text.as_bytes().get(from..from + 3)?;
        match part {
            [separator, first, second]
                if is_separator(*separator)
                    && first.is_ascii_digit()
                    && second.is_ascii_digit() =>
            {
                Some((char::from(*separator), from))
            }
            _ => None,
        }
    };
    // A code of three digits may stand before the first part.
    let has_code = text.bytes().take(3).filter(u8::is_ascii_digit).count() == 3;
    begins_at(if has_code { 3 } else { 0 })
}

/// Parts as German and Polish banks number them: 00 kind, 20–29 and 60–63 text, 31 account, 32–33
/// name.
fn numbered(text: &str, separator: char, movement: &mut BankTransaction) -> String {
    let (mut kind, mut purpose, mut name, mut account) =
        (String::new(), String::new(), String::new(), String::new());
    for part in parts(text, separator) {
        let Some((number, value)) = part.split_at_checked(2) else { continue };
        match number {
            "00" => kind.push_str(value),
            "20" | "21" | "22" | "23" | "24" | "25" | "26" | "27" | "28" | "29" | "60" | "61"
            | "62" | "63" => purpose.push_str(value),
            "31" | "38" if account.is_empty() => account.push_str(value.trim()),
            "32" | "33" => name.push_str(value),
            _ => {}
        }
    }
    let filled = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    movement.counterparty_name = filled(name);
    movement.counterparty_account = filled(account);
    let (kind, purpose) = (kind.trim(), purpose.trim());
    match (kind.is_empty(), purpose.is_empty()) {
        (true, true) => movement.counterparty_name.clone().unwrap_or_default(),
        (false, true) => kind.to_owned(),
        (true, false) => purpose.to_owned(),
        (false, false) => format!("{kind} {purpose}"),
    }
}

/// Splits at each separator that two digits follow.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text.strip_prefix(separator).unwrap_or(text));
    std::iter::from_fn(move || {
        let text = rest?;
        let next = text.match_indices(separator).map(|(at, _)| at).find(|at| {
            matches!(text.as_bytes().get(at + 1..at + 3),
                Some([a, b]) if a.is_ascii_digit() && b.is_ascii_digit())
        });
        rest = next.and_then(|at| text.get(at + separator.len_utf8()..));
        next.map_or(Some(text), |at| text.get(..at))
    })
}

/// `/NAME/…` and `/IBAN/…` of Dutch banks.
fn named(text: &str, movement: &mut BankTransaction) {
    if !text.starts_with('/') {
        return;
    }
    let of = |key: &str| {
        let (_, rest) = text.split_once(key)?;
        let value = rest.split('/').next()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    movement.counterparty_name = of("/NAME/");
    movement.counterparty_account = of("/IBAN/").or_else(|| of("/CNTP/"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &[&str]) -> BankTransaction {
        let mut movement = BankTransaction::default();
        apply(std::iter::empty(), text.iter().copied(), &mut movement);
        movement
    }

    #[test]
    fn reads_parts() {
        let movement =
            applied(&["166?00GUTSCHRIFT?20SVWZ+Rechnung ?21 4711?31DE14?32KARL?33 KAUFMANN"]);
        assert_eq!(movement.description.as_deref(), Some("GUTSCHRIFT SVWZ+Rechnung  4711"));
        assert_eq!(movement.counterparty_name.as_deref(), Some("KARL KAUFMANN"));
        assert_eq!(movement.counterparty_account.as_deref(), Some("DE14"));
        let movement = applied(&[">20Opłata za rachunek>31>32"]);
        assert_eq!(movement.description.as_deref(), Some("Opłata za rachunek"));
        assert_eq!(movement.counterparty_name, None);
        let movement = applied(&["/TRTP/SEPA/IBAN/NL69/NAME/J. Jansen/REMI/huur"]);
        assert_eq!(movement.counterparty_name.as_deref(), Some("J. Jansen"));
        assert!(movement.description.unwrap().contains("huur"));
    }

    #[test]
    fn joins_what_was_broken() {
        let full = "X".repeat(65);
        assert_eq!(applied(&[&full, "YZ"]).description, Some(format!("{full}YZ")));
        assert_eq!(applied(&["EFT", "KİRA"]).description.as_deref(), Some("EFT KİRA"));
        assert_eq!(applied(&["  "]).description, None);
    }
}
