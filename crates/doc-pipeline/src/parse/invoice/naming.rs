//! What names of firms, titles of documents and addresses look like.

use super::super::fold::fold;

const TITLES: [&str; 21] = [
    "efatura",
    "earsivfatura",
    "earsiv",
    "fatura",
    "invoice",
    "taxinvoice",
    "irsaliyelifatura",
    "faturairsaliye",
    "proforma",
    "logo",
    "factuur",
    "rechnung",
    "earsivfaturasi",
    "satisfaturasi",
    "iadefaturasi",
    "paymentreceipt",
    "original",
    "copy",
    "asli",
    "suret",
    "serbestmeslekmakbuzu",
];

pub(super) fn is_title(text: &str) -> bool {
    TITLES.contains(&text)
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

pub(super) fn ends_like_a_firm(text: &str) -> bool {
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
