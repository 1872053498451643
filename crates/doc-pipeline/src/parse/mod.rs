//! From pages of words to typed fields: what kind of document, its labels, its tables, and the
//! arithmetic that ties the numbers together. Everything here is a pure function of the pages.
//!
//! Linear in the number of words: rows are walked once for labels and once for tables; look-ups of
//! neighbours are bounded.

mod bank;
mod classify;
mod contract;
mod date;
pub(crate) mod fold;
mod invoice;
mod label;
mod number;
mod percent;
mod receipt;
mod table;
mod trail;
mod view;

use crate::{
    evidence::EvidenceMap,
    extraction::{DocumentKind, Fields},
    finding::Finding,
    input::Context,
    text::Page,
};

/// What the pages say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    /// The fields; their kind is the document's.
    pub(crate) fields: Fields,
    /// Where each field stood and what confirms it.
    pub(crate) evidence: EvidenceMap,
    /// Broken sums and the like.
    pub(crate) findings: Vec<Finding>,
}

/// Reads a document of pages.
pub(crate) fn document(pages: &[Page], context: &Context) -> Parsed {
    let rows = view::rows_of(pages);
    let (fields, trail, findings) = match classify::kind(&rows, context.hint) {
        DocumentKind::Invoice => {
            let (fields, trail, findings) = invoice::read(rows, context);
            (Fields::Invoice(Box::new(fields)), trail, findings)
        }
        DocumentKind::BankStatement => {
            let (fields, trail, findings) = bank::read(rows);
            (Fields::BankStatement(Box::new(fields)), trail, findings)
        }
        DocumentKind::Receipt => {
            let (fields, trail, findings) = receipt::read(rows);
            (Fields::Receipt(Box::new(fields)), trail, findings)
        }
        DocumentKind::Contract => {
            let (fields, trail, findings) = contract::read(rows);
            (Fields::Contract(Box::new(fields)), trail, findings)
        }
        DocumentKind::Unknown => (Fields::Unknown, trail::Trail::default(), Vec::new()),
    };
    Parsed { fields, evidence: trail.finish(), findings }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{evidence::BoundingBox, input::KindHint, text::Word};

    /// A page of lines as a text layer would give it: six points a letter, blanks as wide.
    fn page(number: u32, text: &str, recognised: bool) -> Page {
        let mut words = Vec::new();
        for (line, text) in (0_u16..).zip(text.lines()) {
            let y0 = f32::from(line) * 14.0 + 20.0;
            let mut column = 0_u16;
            for part in text.split(' ') {
                let width = u16::try_from(part.chars().count()).unwrap_or(u16::MAX / 8);
                if width > 0 {
                    let x0 = f32::from(column) * 6.0 + 20.0;
                    let bounds =
                        BoundingBox { x0, y0, x1: x0 + f32::from(width) * 6.0, y1: y0 + 10.0 };
                    words.push(Word {
                        text: part.to_owned(),
                        bounds,
                        confidence: if recognised { 0.9 } else { 1.0 },
                    });
                }
                column = column.saturating_add(width + 1);
            }
        }
        Page { number, width: 600.0, height: 840.0, recognised, words }
    }

    fn read(text: &str, hint: Option<KindHint>, recognised: bool) -> Parsed {
        document(&[page(1, text, recognised)], &Context { hint, ..Context::default() })
    }

    const ENGLISH: &str = "\
Acme Trading Ltd.
12 High Street

Invoice Number: INV-2041            Bill To:
Invoice Date: 03/04/2025            Blue Widgets Inc.
Due Date: 03/05/2025

Description            Qty      Unit Price      Amount
Widget, large           2          500.00     1,000.00
Shipping                1          200.00       200.00

Subtotal                                      1,200.00
VAT 20%                                         240.00
Total                                        $1,440.00
";

    #[test]
    fn a_subtotal_is_never_the_total() {
        let Fields::Invoice(invoice) = read(ENGLISH, None, false).fields else {
            panic!("not an invoice")
        };
        assert_eq!(invoice.total_amount.map(|a| a.to_string()).as_deref(), Some("1440.00"));
        assert_eq!(invoice.net_amount.map(|a| a.to_string()).as_deref(), Some("1200.00"));
        assert_eq!(invoice.tax_amount.map(|a| a.to_string()).as_deref(), Some("240.00"));
        assert_eq!(invoice.invoice_number.as_deref(), Some("INV-2041"));
        assert_eq!(invoice.issue_date, chrono::NaiveDate::from_ymd_opt(2025, 4, 3));
        assert_eq!(invoice.due_date, chrono::NaiveDate::from_ymd_opt(2025, 5, 3));
        assert_eq!(invoice.line_items.len(), 2);
        assert_eq!(
            invoice.customer.and_then(|party| party.name).as_deref(),
            Some("Blue Widgets Inc.")
        );
    }

    #[test]
    fn recognised_amounts_that_do_not_tie_are_for_review() {
        let torn = ENGLISH.replace("$1,440.00", "$1,410.00");
        let parsed = read(&torn, None, true);
        let evidence = &parsed.evidence["/totalAmount"];
        assert!(evidence.needs_review && !evidence.failed.is_empty(), "{evidence:?}");
        assert!(
            parsed.findings.iter().any(|finding| finding.code == "PAYABLE_MISMATCH"),
            "{:?}",
            parsed.findings
        );
        let sound = read(ENGLISH, None, true);
        assert!(!sound.evidence["/totalAmount"].needs_review);
        // No check can confirm a date.
        assert!(sound.evidence["/issueDate"].needs_review);
    }

    const STATEMENT: &str = "\
ÖRNEK BANKASI A.Ş.            HESAP HAREKETLERİ
Hesap No: 1234-567890
Dönem: 01.03.2025 - 31.03.2025

Tarih         Valör         Açıklama                     Borç         Alacak         Bakiye
05.03.2025    05.03.2025    GELEN HAVALE                              500,00       1.400,00
                            FATURA 2025/17
03.03.2025    04.03.2025    KİRA ÖDEMESİ               100,00                        900,00
Devreden toplam             100,00
";

    #[test]
    fn debit_and_credit_columns_give_signs_and_the_newest_may_come_first() {
        let parsed = read(STATEMENT, Some(KindHint::BankStatement), false);
        let Fields::BankStatement(fields) = parsed.fields else { panic!("not a statement") };
        let amounts: Vec<String> =
            fields.transactions.iter().map(|movement| movement.amount.to_string()).collect();
        assert_eq!(amounts, ["500.00", "-100.00"]);
        assert_eq!(
            fields.transactions[0].description.as_deref(),
            Some("GELEN HAVALE FATURA 2025/17")
        );
        assert_eq!(fields.transactions[1].value_date, chrono::NaiveDate::from_ymd_opt(2025, 3, 4));
        assert!(
            parsed.evidence["/transactions/0/amount"]
                .passed
                .contains(&crate::evidence::Check::BalanceChain)
        );
    }

    #[test]
    fn a_broken_chain_is_a_finding_with_its_line() {
        let parsed = read(&STATEMENT.replace("1.400,00", "1.450,00"), None, false);
        assert!(
            parsed.findings.iter().any(|finding| finding.code == "BALANCE_CHAIN_BROKEN"),
            "{:?}",
            parsed.findings
        );
        assert!(parsed.evidence["/transactions/0/amount"].needs_review);
    }

    const RECEIPT: &str = "\
ÖRNEK MARKET A.Ş.
YILDIRIM V.D. 3423803805
TARİH: 15.10.2025 SAAT: 08:02
FİŞ NO: 7149
Ekmek                 %01    *101,00
Deterjan              %20    *120,00
TOPKDV                        *21,00
TOPLAM                       *221,00
KREDİ KARTI                  *221,00
EKÜ NO: 0001 Z NO: 1109
";

    #[test]
    fn a_receipt_is_read_and_its_lines_confirm_its_sums() {
        let parsed = read(RECEIPT, None, true);
        let Fields::Receipt(fields) = parsed.fields else { panic!("not a receipt") };
        assert_eq!(fields.amount.map(|a| a.to_string()).as_deref(), Some("221.00"));
        assert_eq!(fields.tax_amount.map(|a| a.to_string()).as_deref(), Some("21.00"));
        assert_eq!(fields.receipt_number.as_deref(), Some("7149"));
        assert_eq!(fields.time.as_deref(), Some("08:02"));
        assert_eq!(fields.payment_method.as_deref(), Some("KREDİ KARTI"));
        let merchant = fields.merchant.expect("a merchant");
        assert_eq!(merchant.name.as_deref(), Some("ÖRNEK MARKET A.Ş."));
        assert_eq!(merchant.tax_number.as_deref(), Some("3423803805"));
        assert_eq!(merchant.tax_office.as_deref(), Some("YILDIRIM"));
        assert!(
            !parsed.evidence["/amount"].needs_review && !parsed.evidence["/taxAmount"].needs_review
        );
    }

    fn any_word() -> impl Strategy<Value = Word> {
        let texts = prop_oneof![
            Just("Tarih".to_owned()),
            Just("Tutar".to_owned()),
            Just("Bakiye".to_owned()),
            Just("Açıklama".to_owned()),
            Just("Toplam".to_owned()),
            Just("SAYIN".to_owned()),
            Just("VKN:".to_owned()),
            Just("KDV(%20)".to_owned()),
            Just("1.234,56".to_owned()),
            Just("03.03.2026".to_owned()),
            Just("Miktar".to_owned()),
            Just("ETTN:".to_owned()),
            Just("99999999999999999999999999".to_owned()),
            Just("-".to_owned()),
            "\\PC{0,12}",
            "[0-9.,%-]{1,30}",
        ];
        let edge = prop_oneof![
            Just(f32::NAN),
            Just(f32::INFINITY),
            -1e9_f32..1e9,
            0.0_f32..600.0,
            0.0_f32..600.0,
            0.0_f32..600.0
        ];
        (texts, edge, 0.0_f32..840.0, 0.0_f32..80.0, 0.0_f32..20.0, 0.0_f32..1.0).prop_map(
            |(text, x0, y0, width, height, confidence)| Word {
                text,
                bounds: BoundingBox { x0, y0, x1: x0 + width, y1: y0 + height },
                confidence,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn arbitrary_words_never_panic(words in proptest::collection::vec(any_word(), 0..120), recognised: bool) {
            let half = words.len() / 2;
            let pages = [
                Page { number: 1, width: 600.0, height: 840.0, recognised, words: words[..half].to_vec() },
                Page { number: 2, width: 600.0, height: 840.0, recognised, words: words[half..].to_vec() },
            ];
            for hint in [None, Some(KindHint::Invoice), Some(KindHint::BankStatement), Some(KindHint::Receipt), Some(KindHint::Contract)] {
                document(&pages, &Context { hint, ..Context::default() });
            }
            let rows = || view::rows_of(&pages);
            invoice::read(rows(), &Context::default());
            bank::read(rows());
            receipt::read(rows());
            contract::read(rows());
        }
    }
}

/// Reads every kind of value out of a text, for fuzzers: none may panic, whatever the text.
pub(crate) fn read_values(text: &str) {
    let words = || text.split_whitespace();
    let numbers = number::Numbers::of(words());
    let dates = date::Order::of(words());
    for word in words().take(10_000) {
        let _ = (numbers.read(word), dates.read(word), percent::percent(word));
        let _ = (number::currency(word), percent::kdv_rate(word, true));
        let _ = word.parse::<domain::Iban>();
        let _ = word.parse::<domain::TaxNumber>();
        let _ = (fold::fold(word), fold::compact(word));
    }
    let _ = dates.read_at(words());
}
