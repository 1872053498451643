//! What names of firms, titles of documents and addresses look like.

use super::super::fold::{compact, fold};

/// Words of which titles of documents are made: the first list names a document, the second only
/// says which (`credit` alone is no title, `credit note` is).
const DOCUMENTS: [&str; 42] = [
    "efatura",
    "earsivfatura",
    "earsivfaturasi",
    "earsiv",
    "fatura",
    "faturasi",
    "faturairsaliye",
    "proforma",
    "invoice",
    "note",
    "memo",
    "memorandum",
    "receipt",
    "statement",
    "irsaliye",
    "irsaliyesi",
    "eirsaliye",
    "makbuz",
    "makbuzu",
    "esmm",
    "emustahsil",
    "pusulasi",
    "dekont",
    "dekontu",
    "teklif",
    "teklifi",
    "quotation",
    "quote",
    "estimate",
    "factuur",
    "creditnota",
    "rechnung",
    "gutschrift",
    "facture",
    "avoir",
    "logo",
    "original",
    "copy",
    "asli",
    "suret",
    "sureti",
    "kopya",
];
const QUALIFIERS: [&str; 36] = [
    "e",
    "arsiv",
    "pro",
    "forma",
    "tax",
    "vat",
    "gst",
    "credit",
    "debit",
    "commercial",
    "sales",
    "purchase",
    "simplified",
    "corrected",
    "payment",
    "delivery",
    "serbest",
    "meslek",
    "mustahsil",
    "gider",
    "sevk",
    "tasima",
    "iade",
    "satis",
    "alis",
    "tevkifatli",
    "ihracat",
    "temel",
    "ticari",
    "elektronik",
    "irsaliyeli",
    "duplicate",
    "no",
    "of",
    "account",
    "hizmet",
];

/// Whether a cell is nothing but the title of a document (`PROFORMA FATURA`, `CREDIT NOTE`).
pub(super) fn is_title(text: &str) -> bool {
    let mut named = false;
    let mut words = 0;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '–' | '|')) {
        let word = compact(word);
        if word.is_empty() {
            continue;
        }
        words += 1;
        let names = DOCUMENTS.contains(&word.as_str());
        if !names && !QUALIFIERS.contains(&word.as_str()) {
            return false;
        }
        named |= names;
    }
    named && words <= 6
}

const SUFFIXES: [&str; 24] = [
    "a.s.",
    "as.",
    "a.s",
    "ltd.",
    "ltd. sti.",
    "ltd.sti.",
    "ltd sti",
    "ltd. sti",
    "limited sirketi",
    "anonim sirketi",
    "sti.",
    "sirketi",
    "inc.",
    "inc",
    "llc",
    "gmbh",
    "ag",
    "b.v.",
    "bv",
    "ltd",
    "limited",
    "s.a.",
    "plc",
    "corp.",
];

pub(in super::super) fn ends_like_a_firm(text: &str) -> bool {
    let folded = fold(text.trim());
    SUFFIXES.iter().any(|suffix| {
        folded
            .strip_suffix(suffix)
            .is_some_and(|before| before.is_empty() || before.ends_with([' ', '.']))
    })
}

pub(super) fn is_address(text: &str) -> bool {
    let folded = format!(" {}", fold(text));
    folded.contains('@')
        || folded.contains("www.")
        || folded.contains("http")
        || [
            " mah", " cad", " sok", " no:", " bulv", " blok", " kat:", " daire", " apt", " street",
            " st ", " road", " mh.", " cd.", " sk.", " blv",
        ]
        .iter()
        .any(|mark| folded.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_documents_are_no_names() {
        for title in [
            "PROFORMA",
            "Pro-forma Invoice",
            "PROFORMA FATURA",
            "CREDIT NOTE",
            "DEBIT NOTE",
            "e-ARŞİV FATURA",
            "e-Fatura",
            "İADE FATURASI",
            "SERBEST MESLEK MAKBUZU",
            "MÜSTAHSİL MAKBUZU",
            "TAX INVOICE",
            "Commercial Invoice",
            "SEVK İRSALİYESİ",
        ] {
            assert!(is_title(title), "{title}");
        }
        for name in
            ["CREDIT SUISSE AG", "Fatura Yazılım A.Ş.", "Note Ltd.", "SATIŞ", "Tax Partners"]
        {
            assert!(!is_title(name), "{name}");
        }
    }
}
