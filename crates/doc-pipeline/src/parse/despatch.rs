//! Printed despatch notes (sevk irsaliyesi): known by their title, so that they are taken for no invoice.

use domain::Severity;

use crate::{fields::EDocumentFields, finding::Finding, message::finding};

use super::{
    fold::fold,
    view::{Row, join},
};

/// Rows in which a title stands.
const HEAD: usize = 20;

const TITLES: [&str; 7] = [
    "sevk irsaliyesi",
    "tasima irsaliyesi",
    "e-irsaliye",
    "e irsaliye",
    "delivery note",
    "despatch advice",
    "despatch note",
];

/// Whether the document's title says that it is a despatch note, and nothing that it is to be paid.
pub(super) fn is_note(rows: &[Row]) -> bool {
    let head = rows.get(..HEAD.min(rows.len())).unwrap_or_default();
    let titled = head.iter().any(|row| {
        row.tokens.chunk_by(|a, b| a.cell == b.cell).any(|cell| {
            let text = fold(&join(cell));
            // A title stands alone: `İrsaliye No: …` is a reference of an invoice.
            TITLES.iter().any(|title| text.contains(title))
                && cell.len() <= 4
                && !text.contains(':')
        })
    });
    titled
        && !rows.iter().take(400).any(|row| {
            let text = fold(&join(&row.tokens));
            ["fatura no", "faturano", "odenecek tutar", "genel toplam", "amount due", "invoice no"]
                .iter()
                .any(|sign| text.contains(sign))
                || text.split(' ').any(|word| word == "fatura" || word == "invoice")
        })
}

/// A despatch note with its number and what is said about it; nothing of other documents.
pub(super) fn read(rows: &[Row]) -> Option<(EDocumentFields, Finding)> {
    if !is_note(rows) {
        return None;
    }
    let number = rows.iter().take(HEAD).find_map(|row| {
        let at = row.tokens.windows(2).position(|pair| match pair {
            [first, second] => {
                (first.folded.contains("irsaliye") || first.folded == "note")
                    && second.folded.starts_with("no")
            }
            _ => false,
        })?;
        row.tokens.iter().skip(at + 2).take(3).find_map(|token| {
            let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
            text.chars().any(|c| c.is_ascii_digit()).then(|| text.to_owned())
        })
    });
    let finding = finding(
        "EDOCUMENT_NOT_INVOICE",
        Severity::Medium,
        [
            ("type", "sevk irsaliyesi".into()),
            ("number", number.clone().unwrap_or_else(|| "–".to_owned()).into()),
        ],
    );
    let fields = EDocumentFields {
        edocument_type: "despatch_advice".to_owned(),
        document_number: number,
        ..EDocumentFields::default()
    };
    Some((fields, finding))
}
