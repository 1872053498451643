//! Which kind of document it is: titles and structure say what is plausible, the user's hint decides
//! between plausible kinds.

use crate::{extraction::DocumentKind, input::KindHint};

use super::{
    bank,
    fold::fold,
    view::{Row, join},
};

/// Words that speak for a kind, with their weight; three times as much among the first rows.
const SIGNS: [(DocumentKind, &[(&str, u32)]); 4] = [
    (
        DocumentKind::Invoice,
        &[
            ("fatura no", 3),
            ("fatura tarihi", 3),
            ("faturano", 3),
            ("e-fatura", 3),
            ("e-arsiv", 3),
            ("ettn", 3),
            ("odenecek tutar", 2),
            ("mal hizmet", 2),
            ("invoice number", 3),
            ("invoice no", 3),
            ("invoice date", 3),
            ("invoice", 2),
            ("senaryo", 1),
            ("hesaplanan kdv", 2),
            ("bill to", 2),
            ("rechnung", 3),
            ("factuur", 3),
            ("facture", 3),
            ("fatura", 1),
            ("serbest meslek makbuzu", 4),
            ("mustahsil makbuzu", 4),
            ("booking id", 1),
            ("amount due", 1),
            ("irsaliye", 1),
        ],
    ),
    (
        DocumentKind::BankStatement,
        &[
            ("hesap ekstresi", 6),
            ("hesap ozeti", 6),
            ("hesap hareketleri", 6),
            ("banka ekstresi", 6),
            ("ekstre", 3),
            ("account statement", 6),
            ("bank statement", 6),
            ("statement of account", 5),
            ("acilis bakiyesi", 4),
            ("kapanis bakiyesi", 4),
            ("devreden bakiye", 3),
            ("dekont", 1),
            ("bakiye", 1),
            ("valor", 2),
            ("opening balance", 4),
            ("closing balance", 4),
            ("hareket dokumu", 5),
        ],
    ),
    (
        DocumentKind::Receipt,
        &[
            ("fis no", 4),
            ("topkdv", 4),
            ("eku no", 4),
            ("z no", 3),
            ("yazar kasa", 4),
            ("bilgi fisi", 4),
            ("mali fis", 4),
            ("fisi", 1),
            ("tesekkur ederiz", 2),
            ("receipt", 3),
            ("cash", 2),
            ("change", 2),
            ("thank you", 2),
            ("nakit", 2),
            ("kredi karti", 1),
            ("cashier", 3),
            ("gst summary", 3),
            ("rounding", 3),
            ("tax invoice", 1),
            ("sdn bhd", 1),
            ("gst", 1),
            ("rm", 1),
        ],
    ),
    (
        DocumentKind::Contract,
        &[
            ("sozlesmesi", 4),
            ("sozlesme", 2),
            ("madde 1", 4),
            ("taraflar", 3),
            ("isbu sozlesme", 4),
            ("kiraya veren", 4),
            ("kiraci", 2),
            ("isveren", 2),
            ("yukumludur", 1),
            ("fesih", 2),
            ("agreement", 3),
            ("hereinafter", 4),
            ("this contract", 4),
            ("protokol", 1),
        ],
    ),
];

/// Scores of each kind by its signs, each sign counted once.
pub(super) fn scores(rows: &[Row]) -> [(DocumentKind, u32); 4] {
    const HEAD: usize = 6;
    // A document says what it is on its first pages; the rest only costs time.
    let folded = |rows: &[Row]| {
        let lines: Vec<String> = rows.iter().map(|row| fold(&join(&row.tokens))).collect();
        format!(" {} ", lines.join(" \n "))
    };
    let head = folded(rows.get(..HEAD.min(rows.len())).unwrap_or_default());
    let all = folded(rows.get(..400.min(rows.len())).unwrap_or_default());
    SIGNS.map(|(kind, signs)| {
        let mut score: u32 = signs
            .iter()
            .map(|(sign, weight)| match (has_word(&head, sign), has_word(&all, sign)) {
                (true, _) => weight * 3,
                (false, true) => *weight,
                _ => 0,
            })
            .sum();
        if kind == DocumentKind::BankStatement && bank::has_movement_table(rows) {
            score += 12;
        }
        (kind, score)
    })
}

fn has_word(text: &str, sign: &str) -> bool {
    let letter_at = |at: usize, back: bool| {
        let part = if back {
            text.get(..at).and_then(|t| t.chars().next_back())
        } else {
            text.get(at..).and_then(|t| t.chars().next())
        };
        part.is_some_and(char::is_alphanumeric)
    };
    // Signs may carry suffixes (fatura, faturası), not prefixes.
    text.match_indices(sign).any(|(at, _)| {
        !letter_at(at, true) && (sign.len() > 4 || !letter_at(at + sign.len(), false))
    })
}

/// Decides the kind.
pub(super) fn kind(rows: &[Row], hint: Option<KindHint>) -> DocumentKind {
    let scores = scores(rows);
    let best = scores.iter().max_by_key(|(_, score)| *score).copied();
    let Some((best, most)) = best else { return DocumentKind::Unknown };
    let hinted = hint.map(|hint| match hint {
        KindHint::Invoice => DocumentKind::Invoice,
        KindHint::BankStatement => DocumentKind::BankStatement,
        KindHint::Receipt => DocumentKind::Receipt,
        KindHint::Contract => DocumentKind::Contract,
    });
    let plausible = |kind: DocumentKind| {
        scores.iter().any(|(own, score)| *own == kind && *score >= 2 && *score * 6 >= most)
    };
    match hinted {
        Some(hinted) if plausible(hinted) || most == 0 => hinted,
        _ if most >= 3 => best,
        _ => DocumentKind::Unknown,
    }
}
