//! Number, dates, ETTN, scenario, IBANs: the head of an invoice.

use chrono::NaiveDate;
use domain::Iban;

use crate::fields::InvoiceFields;

use super::{
    super::{
        label::Label,
        trail::{Nature, Spot, Trail},
        view::{Hit, Stretch, View},
    },
    lines::Table,
};

/// Reads the head.
pub(super) fn read(view: &View, table: &Table, fields: &mut InvoiceFields, trail: &mut Trail) {
    if let Some((number, spot)) = number(view, table, Label::InvoiceNumber) {
        fields.invoice_number = Some(number);
        trail.put("/invoiceNumber", spot, Nature::Figure);
    }
    if let Some((date, spot)) = date(view, table, Label::IssueDate) {
        fields.issue_date = Some(date);
        trail.put("/issueDate", spot, Nature::Figure);
    }
    if fields.issue_date.is_none()
        && let Some((date, spot)) = date_alone(view, table)
    {
        fields.issue_date = Some(date);
        trail.put("/issueDate", spot, Nature::Figure);
        trail.doubt("/issueDate");
    }
    if let Some((date, spot)) = date(view, table, Label::DueDate) {
        fields.due_date = Some(date);
        trail.put("/dueDate", spot, Nature::Figure);
    }
    if let Some((time, spot)) = time(view) {
        fields.issue_time = Some(time);
        trail.put("/issueTime", spot, Nature::Figure);
    }
    if let Some((ettn, spot)) = ettn(view) {
        fields.ettn = Some(ettn);
        trail.put("/ettn", spot, Nature::Figure);
        trail.agrees("/ettn", crate::evidence::Check::EttnFormat);
    }
    if let Some((profile, spot)) = code(view, Label::Profile, &PROFILES) {
        fields.profile = Some(profile);
        trail.put("/profile", spot, Nature::Listed);
    }
    if let Some((kind, spot)) = code(view, Label::InvoiceType, &TYPES) {
        fields.invoice_type = Some(kind);
        trail.put("/invoiceType", spot, Nature::Listed);
    }
    returned(view, fields, trail);
    for (iban, spot) in ibans(view).into_iter().take(64) {
        if !fields.payment_ibans.contains(&iban) {
            let pointer = format!("/paymentIbans/{}", fields.payment_ibans.len());
            trail.put(pointer.as_str(), spot, Nature::Figure);
            trail.check(&pointer, crate::evidence::Check::IbanDigits, true);
            fields.payment_ibans.push(iban);
        }
    }
}

/// The invoices that a return names, by numbers in the official form.
fn returned(view: &View, fields: &mut InvoiceFields, trail: &mut Trail) {
    for hit in view.labelled(Label::Returned).take(16) {
        for stretch in view.right(hit).iter().chain(view.below(hit).iter()) {
            let Some(row) = view.rows.get(stretch.0) else { continue };
            for token in view.tokens(stretch) {
                let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
                let known = fields.billing_references.iter().any(|own| own == text);
                if is_gib_number(text) && !known && fields.billing_references.len() < 64 {
                    let pointer = format!("/billingReferences/{}", fields.billing_references.len());
                    let spot = Spot::in_row(row, std::slice::from_ref(token));
                    trail.put(pointer, spot, Nature::Figure);
                    fields.billing_references.push(text.to_owned());
                }
            }
        }
    }
}

const PROFILES: [&str; 11] = [
    "TEMELFATURA",
    "TICARIFATURA",
    "EARSIVFATURA",
    "IHRACAT",
    "YOLCUBERABERFATURA",
    "KAMU",
    "HKS",
    "ENERJI",
    "OZELFATURA",
    "ILAC_TIBBICIHAZ",
    "EARSIVBELGE",
];
const TYPES: [&str; 12] = [
    "SATIS",
    "IADE",
    "TEVKIFAT",
    "ISTISNA",
    "OZELMATRAH",
    "IHRACKAYITLI",
    "SGK",
    "KOMISYONCU",
    "TEVKIFATIADE",
    "KONAKLAMAVERGISI",
    "SARJ",
    "TEKNOLOJIDESTEK",
];

/// A word of a closed list behind its label.
fn code(view: &View, label: Label, list: &[&str]) -> Option<(String, Option<Spot>)> {
    view.labelled(label).find_map(|hit| {
        view.right(hit).iter().chain(view.below(hit).iter()).find_map(|stretch| {
            view.tokens(stretch).iter().find_map(|token| {
                let word = list.iter().find(|word| {
                    let folded = super::super::fold::compact(word);
                    folded == token.folded
                        || (view.rows.get(stretch.0).is_some_and(|row| row.recognised)
                            && super::super::fold::within(
                                &folded,
                                &token.folded,
                                super::super::fold::allowance(folded.len()),
                            ))
                })?;
                Some((
                    (*word).to_owned(),
                    Spot::in_row(view.rows.get(stretch.0)?, std::slice::from_ref(token)),
                ))
            })
        })
    })
}

fn is_gib_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 16
        && bytes.iter().take(3).all(u8::is_ascii_alphanumeric)
        && bytes.iter().skip(3).all(u8::is_ascii_digit)
        && text.get(3..5) == Some("20")
}

/// A sixteen letter number with the digits that OCR likes to write as letters mended, and the letters
/// of its head that it writes as digits: issuers make the head of letters, and one digit between two
/// letters is a misread one.
fn mended(text: &str) -> String {
    if text.len() != 16 || !text.is_ascii() {
        return text.to_owned();
    }
    let head: Vec<char> = text.chars().take(3).collect();
    let digits = head.iter().filter(|c| c.is_ascii_digit()).count();
    let head = head.into_iter().map(|c| match c {
        '0' if digits == 1 => 'O',
        '1' if digits == 1 => 'I',
        '5' if digits == 1 => 'S',
        '8' if digits == 1 => 'B',
        other => other,
    });
    let tail = text.chars().skip(3).map(|c| match c {
        'O' | 'o' | 'Q' => '0',
        'I' | 'l' | '|' => '1',
        other => other,
    });
    let whole: String = head.chain(tail).collect();
    if is_gib_number(&whole) { whole } else { text.to_owned() }
}

fn number_in(view: &View, stretch: &Stretch, weak: bool) -> Option<(String, Option<Spot>)> {
    let row = view.rows.get(stretch.0)?;
    let tokens = view.tokens(stretch);
    for (at, token) in tokens.iter().enumerate().take(if weak { 2 } else { 4 }) {
        let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
        if text.is_empty() || (weak && matches!(text, "No" | "NO" | "Nr" | "Number")) {
            continue;
        }
        if view.order.read_at(tokens.iter().skip(at).map(|token| token.text.as_str())).is_some() {
            return None;
        }
        // The parts of a number set apart: GIB 2024 000000123.
        for parts in (2..=3).rev() {
            let group = tokens.get(at..at + parts).unwrap_or_default();
            let joined: String = group.iter().map(|token| token.text.as_str()).collect();
            let joined = if row.recognised { mended(&joined) } else { joined };
            if is_gib_number(&joined) {
                return Some((joined, Spot::in_row(row, group)));
            }
        }
        let text = if row.recognised { mended(text) } else { text.to_owned() };
        // What is left of a recognised number that fell to pieces is none.
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let enough = match (weak, row.recognised) {
            (true, _) => text.len() >= 4,
            (false, true) => digits >= 3 && view.numbers.read(&text).is_none_or(|a| !a.money_like),
            (false, false) => !text.is_empty(),
        };
        let single = view.numbers.read(&text).is_some_and(|amount| weak && amount.money_like);
        if enough
            && text.chars().any(|c| c.is_ascii_digit())
            && !single
            && !text.contains('%')
            && !text.contains('@')
        {
            return Some((text, Spot::in_row(row, std::slice::from_ref(token))));
        }
        if weak || !text.chars().all(char::is_alphabetic) {
            return None;
        }
    }
    None
}

/// The document's number, behind its label or in the official form alone.
pub(in super::super) fn number(
    view: &View,
    table: &Table,
    label: Label,
) -> Option<(String, Option<Spot>)> {
    let hits = || view.labelled(label).filter(|hit| !table.holds(hit.row));
    let found = |hit: &Hit, weak: bool| {
        let right = view.right(hit);
        let bounded = right.is_empty();
        right.iter().find_map(|stretch| number_in(view, stretch, weak)).or_else(|| {
            if bounded || !weak { number_in(view, &view.below(hit)?, weak) } else { None }
        })
    };
    let weak = |hit: &&Hit| hit.text == "invoice";
    hits()
        .filter(|hit| !weak(hit))
        .find_map(|hit| found(hit, false))
        .or_else(|| standing_alone(view, table))
        .or_else(|| hits().filter(weak).find_map(|hit| found(hit, true)))
        .or_else(|| numbered_with_hash(view))
}

/// A number in the official form that lost its label.
fn standing_alone(view: &View, table: &Table) -> Option<(String, Option<Spot>)> {
    view.rows.iter().enumerate().filter(|(index, _)| !table.holds(*index)).find_map(|(_, row)| {
        let read = |text: &str| if row.recognised { mended(text) } else { text.to_owned() };
        let token = row.tokens.iter().find(|token| is_gib_number(&read(&token.text)))?;
        Some((read(&token.text), Spot::in_row(row, std::slice::from_ref(token))))
    })
}

/// `# 4711` under the title of an English invoice.
fn numbered_with_hash(view: &View) -> Option<(String, Option<Spot>)> {
    view.rows.iter().take(12).find_map(|row| {
        let at = row.tokens.iter().position(|token| token.text.starts_with('#'))?;
        let token = row
            .tokens
            .get(at)
            .filter(|token| token.text.len() > 1)
            .or_else(|| row.tokens.get(at + 1))?;
        let text = token.text.trim_start_matches('#');
        text.chars()
            .any(|c| c.is_ascii_digit())
            .then(|| (text.to_owned(), Spot::in_row(row, std::slice::from_ref(token))))
    })
}

fn date_in(view: &View, stretch: &Stretch) -> Option<(NaiveDate, Option<Spot>)> {
    let tokens = view.tokens(stretch);
    (0..tokens.len()).take(6).find_map(|at| {
        let (date, used) =
            view.order.read_at(tokens.iter().skip(at).map(|token| token.text.as_str()))?;
        Some((
            date,
            Spot::in_row(view.rows.get(stretch.0)?, tokens.get(at..at + used).unwrap_or_default()),
        ))
    })
}

/// The date behind a label; labels that say `date` alone come last.
pub(in super::super) fn date(
    view: &View,
    table: &Table,
    label: Label,
) -> Option<(NaiveDate, Option<Spot>)> {
    let hits = || view.labelled(label).filter(|hit| !table.holds(hit.row));
    let weak = |hit: &Hit| matches!(hit.text.as_str(), "date" | "datum" | "tarih" | "tarihi");
    // `Due` and `Issued` are words of sentences too.
    let hits = || hits().filter(|hit| hit.colon || !matches!(hit.text.as_str(), "due" | "issued"));
    let found = |hit: &Hit| {
        let right = view.right(hit);
        right
            .iter()
            .find_map(|stretch| date_in(view, stretch))
            // Digits beside the label are its value, readable or not; the row below has its own.
            .or_else(|| {
                let digits = right.iter().any(|stretch| {
                    stretch.0 == hit.row && view.text(stretch).bytes().any(|b| b.is_ascii_digit())
                });
                if digits { None } else { date_in(view, &view.below(hit)?) }
            })
    };
    hits()
        .filter(|hit| !weak(hit))
        .find_map(found)
        .or_else(|| hits().filter(|hit| weak(hit)).find_map(found))
}

/// The only date that has a cell of its own in the head, without a label. Nothing says what day it is,
/// so a person has to.
fn date_alone(view: &View, table: &Table) -> Option<(NaiveDate, Option<Spot>)> {
    let mut found: Option<(NaiveDate, Option<Spot>)> = None;
    for row in view.rows.iter().take(table.start.unwrap_or(20).min(40)) {
        for cell in row.tokens.chunk_by(|a, b| a.cell == b.cell) {
            let words = || cell.iter().map(|token| token.text.as_str());
            let Some((date, used)) = view.order.read_at(words()) else { continue };
            if used != cell.len() {
                continue;
            }
            if found.is_some_and(|(other, _)| other != date) {
                return None;
            }
            found = Some((date, Spot::in_row(row, cell)));
        }
    }
    found
}

fn time(view: &View) -> Option<(String, Option<Spot>)> {
    view.labelled(Label::IssueTime).find_map(|hit| {
        view.right(hit).iter().find_map(|stretch| {
            view.tokens(stretch).iter().find_map(|token| {
                let text = token.text.trim_matches(|c: char| !c.is_ascii_digit());
                let time = chrono::NaiveTime::parse_from_str(text, "%H:%M:%S")
                    .or_else(|_| chrono::NaiveTime::parse_from_str(text, "%H:%M"))
                    .ok()?;
                Some((
                    time.format("%H:%M:%S").to_string(),
                    Spot::in_row(view.rows.get(stretch.0)?, std::slice::from_ref(token)),
                ))
            })
        })
    })
}

/// The letters of a UUID, with what OCR likes to write for them.
fn uuid(text: &str, recognised: bool) -> Option<String> {
    let text: String = text
        .trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '€')
        .chars()
        .map(|c| match c {
            'O' | 'o' if recognised => '0',
            'l' | 'I' | 'i' if recognised => '1',
            '€' if recognised => 'e',
            '—' | '–' => '-',
            other => other,
        })
        .collect();
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    (hex && lengths == [8, 4, 4, 4, 12]).then_some(text)
}

/// The ETTN behind its label, or the only text of its form.
pub(in super::super) fn ettn(view: &View) -> Option<(String, Option<Spot>)> {
    let labelled = view.labelled(Label::Ettn).find_map(|hit| {
        view.right(hit).iter().chain(view.below(hit).iter()).find_map(|stretch| {
            let row = view.rows.get(stretch.0)?;
            let tokens = view.tokens(stretch);
            (1..=tokens.len().min(4)).find_map(|count| {
                let group = tokens.get(..count)?;
                let joined: String = group.iter().map(|token| token.text.as_str()).collect();
                let ettn = uuid(&joined, row.recognised).or_else(|| {
                    // Wrapped in its cell: the rest stands below.
                    let below = view
                        .rows
                        .get(stretch.0 + 1)?
                        .tokens
                        .iter()
                        .find(|token| token.text.contains('-') || token.text.len() == 12)?;
                    uuid(&format!("{joined}{}", below.text), row.recognised)
                })?;
                Some((ettn, Spot::in_row(row, group)))
            })
        })
    });
    labelled.or_else(|| {
        view.rows.iter().find_map(|row| {
            let token = row
                .tokens
                .iter()
                .find(|token| token.text.len() >= 36 && uuid(&token.text, false).is_some())?;
            Some((uuid(&token.text, false)?, Spot::in_row(row, std::slice::from_ref(token))))
        })
    })
}

/// IBANs anywhere whose check digits agree.
pub(in super::super) fn ibans(view: &View) -> Vec<(String, Option<Spot>)> {
    let mut found = Vec::new();
    for row in &view.rows {
        let mut at = 0;
        while let Some(token) = row.tokens.get(at) {
            let text = token.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let starts = text.len() >= 2
                && text.is_ascii()
                && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
                && text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit());
            let mut taken = 1;
            if starts {
                let mut joined = String::new();
                for (more, part) in row.tokens.iter().skip(at).take(10).enumerate() {
                    joined.extend(part.text.chars().filter(char::is_ascii_alphanumeric));
                    if joined.len() > 34 {
                        break;
                    }
                    if joined.len() >= 15
                        && (!joined.starts_with("TR") || joined.len() == 26)
                        && joined.parse::<Iban>().is_ok()
                    {
                        taken = more + 1;
                        found.push((
                            joined.clone(),
                            Spot::in_row(row, row.tokens.get(at..at + taken).unwrap_or_default()),
                        ));
                        break;
                    }
                }
            }
            at += taken;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misread_letters_and_digits_of_an_official_number_are_mended() {
        for (read, number) in [
            ("0ZG2026000000733", "OZG2026000000733"),
            ("OZG2O26OOOOOO733", "OZG2026000000733"),
            ("A8C2026000000I33", "ABC2026000000133"),
            // Two digits in the head are no misreading, and what is no number stays.
            ("0012026000000733", "0012026000000733"),
            ("A012026000000733", "A012026000000733"),
            ("0ZG20260000007", "0ZG20260000007"),
        ] {
            assert_eq!(mended(read), number);
        }
    }
}
