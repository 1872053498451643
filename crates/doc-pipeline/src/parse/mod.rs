//! From pages of words to typed fields: what kind of document, its labels, its tables, and the
//! arithmetic that ties the numbers together. Everything here is a pure function of the pages.
//!
//! Linear in the number of words: rows are walked once for labels and once for tables; look-ups of
//! neighbours are bounded.

mod bank;
mod classify;
mod code;
mod contract;
mod date;
mod despatch;
mod disputes;
pub(crate) mod fold;
mod in_words;
mod invoice;
mod label;
mod number;
mod other_shapes;
mod percent;
mod receipt;
mod shapes;
mod table;
mod trail;
mod unread;
mod view;

use crate::{
    evidence::EvidenceMap,
    extraction::{DocumentKind, Fields},
    finding::Finding,
    input::Context,
    text::{Page, first_copy},
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
    let copies: Vec<Option<Page>> = pages.iter().map(first_copy).collect();
    if copies.iter().all(Option::is_none) {
        return disputes::settle(pages, context);
    }
    let pages: Vec<Page> = copies
        .into_iter()
        .zip(pages)
        .map(|(copy, page)| copy.unwrap_or_else(|| page.clone()))
        .collect();
    disputes::settle(&pages, context)
}

/// Reads the pages as they are.
fn read_pages(pages: &[Page], context: &Context) -> Parsed {
    let rows = view::rows_of(pages);
    let code = pages.iter().flat_map(|page| &page.codes).find_map(|text| code::Code::read(text));
    if code.is_none() && context.hint.is_none() && despatch::is_note(&rows) {
        let (fields, trail, findings) = despatch::read(rows);
        let fields = Fields::EDocument(Box::new(fields));
        return Parsed { fields, evidence: trail.finish(), findings };
    }
    let kind =
        if code.is_some() { DocumentKind::Invoice } else { classify::kind(&rows, context.hint) };
    let (fields, trail, findings) = match kind {
        DocumentKind::Invoice => {
            let (fields, trail, findings) = invoice::read(rows, code.as_ref(), context);
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
        DocumentKind::Unknown if despatch::is_note(&rows) => {
            let (fields, trail, findings) = despatch::read(rows);
            (Fields::EDocument(Box::new(fields)), trail, findings)
        }
        DocumentKind::Unknown => (Fields::Unknown, trail::Trail::default(), Vec::new()),
    };
    Parsed { fields, evidence: trail.finish(), findings }
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
                        other: None,
                    });
                }
                column = column.saturating_add(width + 1);
            }
        }
        Page { number, width: 600.0, height: 840.0, recognised, words, codes: Vec::new() }
    }

    pub(super) fn read(text: &str, hint: Option<KindHint>, recognised: bool) -> Parsed {
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
                other: None,
            },
        )
    }

    const SLIP: &str = "\
ÖRNEK GIDA A.Ş.                           SEVK İRSALİYESİ
Kadıköy V.D. 3423803805                   İrsaliye No: IRS2026000000017
SAYIN                                     Sevk Tarihi: 03.03.2026
Deniz Market Ltd. Şti.
Malzeme                Miktar      Birim
Un 25 kg                  10       Çuval
";

    const CARRIED: &str = "\
Plaka: 34 ABC 123                         Şoför: Deniz Örnek
Taşıyıcı: Hızlı Nakliyat A.Ş.
";

    #[test]
    fn a_despatch_note_keeps_its_goods_parties_and_carriage() {
        let parsed =
            read(&format!("{SLIP}Şeker 50 kg             2,5      Çuval\n{CARRIED}"), None, false);
        let Fields::EDocument(note) = &parsed.fields else { panic!("not a despatch note") };
        assert_eq!(note.despatch_date, chrono::NaiveDate::from_ymd_opt(2026, 3, 3));
        let name =
            |party: &Option<crate::fields::Party>| party.clone().and_then(|party| party.name);
        assert_eq!(name(&note.sender).as_deref(), Some("ÖRNEK GIDA A.Ş."));
        assert_eq!(name(&note.receiver).as_deref(), Some("Deniz Market Ltd. Şti."));
        assert_eq!(
            note.sender.clone().and_then(|party| party.tax_number).as_deref(),
            Some("3423803805")
        );
        let lines: Vec<_> = note
            .lines
            .iter()
            .map(|line| (line.description.as_deref(), shown(line.quantity), line.unit.as_deref()))
            .collect();
        assert_eq!(
            lines,
            [
                (Some("Un 25 kg"), Some("10".to_owned()), Some("Çuval")),
                (Some("Şeker 50 kg"), Some("2.5".to_owned()), Some("Çuval"))
            ]
        );
        assert_eq!(note.plates, ["34ABC123"]);
        assert_eq!(note.drivers, ["Deniz Örnek"]);
        assert_eq!(name(&note.carrier).as_deref(), Some("Hızlı Nakliyat A.Ş."));
        for pointer in [
            "/documentNumber",
            "/despatchDate",
            "/sender/taxNumber",
            "/lines/1/quantity",
            "/plates/0",
        ] {
            assert!(
                parsed.evidence.contains_key(pointer),
                "{pointer}: {:?}",
                parsed.evidence.keys()
            );
        }
    }

    #[test]
    fn a_despatch_note_is_named_and_is_no_invoice() {
        let parsed = read(SLIP, None, false);
        let Fields::EDocument(note) = &parsed.fields else { panic!("not a despatch note") };
        assert_eq!(note.document_number.as_deref(), Some("IRS2026000000017"));
        let finding = &parsed.findings[0];
        assert_eq!(finding.code, "EDOCUMENT_NOT_INVOICE");
        assert_eq!(finding.values["number"], "IRS2026000000017");
        let invoice = SLIP.replace("SEVK İRSALİYESİ", "İRSALİYELİ FATURA");
        assert!(matches!(read(&invoice, None, false).fields, Fields::Invoice(_)));
    }

    #[test]
    fn the_reading_that_ties_is_taken() {
        let mut page = page(1, &ENGLISH.replace("$1,440.00", "$1,410.00"), true);
        let total = page.words.iter_mut().find(|word| word.text == "$1,410.00").expect("the total");
        total.other = Some("$1,440.00".to_owned());
        let parsed = document(&[page], &Context::default());
        let Fields::Invoice(invoice) = parsed.fields else { panic!("not an invoice") };
        assert_eq!(invoice.total_amount.map(|a| a.to_string()).as_deref(), Some("1440.00"));
        assert!(!parsed.evidence["/totalAmount"].needs_review);
    }

    pub(super) fn invoice(parsed: &Parsed) -> &crate::fields::InvoiceFields {
        match &parsed.fields {
            Fields::Invoice(fields) => fields,
            other => panic!("not an invoice: {other:?}"),
        }
    }

    pub(super) fn codes(parsed: &Parsed) -> Vec<&str> {
        parsed.findings.iter().map(|finding| finding.code.as_str()).collect()
    }

    pub(super) fn shown(amount: Option<rust_decimal::Decimal>) -> Option<String> {
        amount.map(|amount| amount.to_string())
    }

    const FOREIGN: &str = "\
ÖRNEK DIŞ TİCARET A.Ş.                       FATURA
Kadıköy V.D. 3423803805
SAYIN                                        Fatura No: ABC2026000000021
Blue Widgets Inc.                            Fatura Tarihi: 03.03.2026

Açıklama               Miktar    Birim Fiyat (USD)    Tutar (USD)       Tutar (TL)
Rulman                     10               100,00       1.000,00        38.000,00
Kayış                       5                40,00         200,00         7.600,00

Ara Toplam                                        1.200,00 USD
Hesaplanan KDV (%20)                                240,00 USD
Ödenecek Tutar                                    1.440,00 USD
Ara Toplam (TL)                                  45.600,00 TL
Hesaplanan KDV (%20) (TL)                         9.120,00 TL
Ödenecek Tutar (TL)                              54.720,00 TL
Döviz Kuru: 38,0000
";

    #[test]
    fn lira_equivalents_are_kept_apart_from_a_foreign_invoice() {
        let parsed = read(FOREIGN, None, false);
        let fields = invoice(&parsed);
        assert_eq!(fields.currency, Some(domain::Currency::USD));
        assert_eq!(shown(fields.total_amount).as_deref(), Some("1440.00"));
        assert_eq!(shown(fields.net_amount).as_deref(), Some("1200.00"));
        assert_eq!(shown(fields.tax_amount).as_deref(), Some("240.00"));
        assert_eq!(shown(fields.exchange_rate).as_deref(), Some("38.0000"));
        let lines: Vec<_> = fields.line_items.iter().map(|item| shown(item.line_total)).collect();
        assert_eq!(lines, [Some("1000.00".to_owned()), Some("200.00".to_owned())]);
        assert!(
            !codes(&parsed).iter().any(|code| code.ends_with("MISMATCH")),
            "{:?}",
            codes(&parsed)
        );
    }

    #[test]
    fn a_date_that_reads_two_ways_is_for_review() {
        let parsed = read(ENGLISH, None, false);
        assert!(parsed.evidence["/issueDate"].needs_review);
        let finding = parsed.findings.iter().find(|finding| finding.code == "DATE_AMBIGUOUS");
        let finding = finding.expect("a finding");
        assert_eq!(
            (&finding.values["found"], &finding.values["other"]),
            (&"2025-04-03".into(), &"2025-03-04".into())
        );
        for sure in [
            ENGLISH.replace("03/05/2025", "23/05/2025"),
            ENGLISH.replace('$', "£"),
            ENGLISH.replace("03/04/2025", "3 April 2025"),
        ] {
            let parsed = read(&sure, None, false);
            assert!(!parsed.evidence["/issueDate"].needs_review, "{sure}");
        }
    }

    #[test]
    fn what_is_left_to_pay_is_not_the_total() {
        let due = |lines: &str| {
            read(
                &ENGLISH.replace("Total                                        $1,440.00\n", lines),
                None,
                false,
            )
        };
        let part = due("\
Total                                        $1,440.00
Amount Paid                                    $440.00
Balance Due                                  $1,000.00
");
        assert_eq!(shown(invoice(&part).total_amount).as_deref(), Some("1440.00"));
        let deposit = due("\
Total                                        $1,440.00
Deposit                                        $400.00
Amount Due                                   $1,040.00
");
        assert_eq!(shown(invoice(&deposit).total_amount).as_deref(), Some("1440.00"));
        assert!(!deposit.evidence["/totalAmount"].needs_review);
        let alone = due("Amount Due                                   $1,440.00\n");
        assert_eq!(shown(invoice(&alone).total_amount).as_deref(), Some("1440.00"));
        // Nothing tells which of two is the total: a person does.
        let open = read(
            &ENGLISH.replace("Subtotal                                      1,200.00\nVAT 20%                                         240.00\n", "")
                .replace("Total   ", "Amount Due                                     $900.00\nTotal   "),
            None,
            false,
        );
        assert!(codes(&open).contains(&"AMOUNT_AMBIGUOUS"), "{:?}", open.findings);
        assert!(open.evidence["/totalAmount"].needs_review);
    }

    #[test]
    fn a_title_is_no_party() {
        for title in ["CREDIT NOTE", "PROFORMA INVOICE", "PROFORMA"] {
            let parsed = read(&format!("{title}\n{ENGLISH}"), Some(KindHint::Invoice), false);
            let supplier = invoice(&parsed).supplier.clone().and_then(|party| party.name);
            assert_eq!(supplier.as_deref(), Some("Acme Trading Ltd."), "{title}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let parsed = read(
            &ENGLISH
                .replace("Invoice Date: 03/04/2025", "Invoice Date: 33/44/2025")
                .replace("$1,440.00", "1.4.40-00"),
            None,
            false,
        );
        let about: Vec<_> = parsed
            .findings
            .iter()
            .filter(|finding| finding.code.ends_with("UNREADABLE"))
            .map(|finding| (finding.code.as_str(), finding.values["found"].clone()))
            .collect();
        assert_eq!(
            about,
            [("DATE_UNREADABLE", "33/44/2025".into()), ("AMOUNT_UNREADABLE", "1.4.40-00".into())]
        );
        assert!(
            !codes(&read(ENGLISH, None, false)).iter().any(|code| code.ends_with("UNREADABLE"))
        );
    }

    #[test]
    fn a_statement_with_an_iban_alone_has_an_account() {
        let text =
            STATEMENT.replace("Hesap No: 1234-567890", "IBAN: TR61 0006 4000 0011 0182 0471 50");
        let iban = "TR610006400000110182047150".to_owned();
        let parsed = read(&text, None, false);
        let Fields::BankStatement(fields) = &parsed.fields else { panic!("not a statement") };
        assert_eq!(fields.iban.as_ref(), Some(&iban));
        assert_eq!(fields.account_number.as_ref(), Some(&iban));
        assert_eq!(parsed.evidence["/accountNumber"].passed, parsed.evidence["/iban"].passed);
    }

    #[test]
    fn lines_without_readable_headings_are_rebuilt_where_they_tie() {
        let torn =
            ENGLISH.replace("Description            Qty      Unit Price      Amount", "~~~~");
        let parsed = read(&torn, None, true);
        let fields = invoice(&parsed);
        assert_eq!(fields.line_items.len(), 2);
        assert_eq!(fields.line_items[0].description.as_deref(), Some("Widget, large"));
        assert!(!parsed.evidence["/lineItems/0/lineTotal"].needs_review);
        // Where they do not add up nothing is made of them.
        let loose = read(&torn.replace("1,200.00", "1,300.00"), None, true);
        assert!(invoice(&loose).line_items.is_empty());
    }

    #[test]
    fn a_qr_code_gives_exact_values_and_is_held_against_the_print() {
        let code = r#"{"vkntckn":"3423803805","avkntckn":"7330591484","senaryo":"EARSIVFATURA","tip":"SATIS",
            "tarih":"2026-03-03","no":"ABC2026000000021","ettn":"0f8b6d7c-1f0e-4b8e-9a55-6a1f3a7e2c11",
            "parabirimi":"USD","malhizmettoplam":"1200.00","kdvmatrah(20)":"1200.00",
            "hesaplanankdv(20)":"240.00","vergidahil":"1440.00","odenecek":"1440.00"}"#;
        let with = |text: &str, recognised: bool| {
            let mut page = page(1, text, recognised);
            page.codes.push(code.to_owned());
            document(&[page], &Context::default())
        };
        let misread =
            FOREIGN.replace("ABC2026000000021", "A8C2O26OOOOOO021").replace("1.440,00", "1.410,00");
        let parsed = with(&misread, true);
        assert_eq!(invoice(&parsed).invoice_number.as_deref(), Some("ABC2026000000021"));
        assert_eq!(shown(invoice(&parsed).total_amount).as_deref(), Some("1440.00"));
        assert_eq!(
            invoice(&parsed).customer.clone().and_then(|party| party.tax_number).as_deref(),
            Some("7330591484")
        );
        let evidence = &parsed.evidence["/totalAmount"];
        assert!(evidence.source == crate::evidence::Source::QrCode && !evidence.needs_review);
        // A print that says something else than its code is a finding; the print's value stays.
        let changed = with(&FOREIGN.replace("1.440,00", "1.940,00"), false);
        assert_eq!(shown(invoice(&changed).total_amount).as_deref(), Some("1940.00"));
        assert!(
            codes(&changed).contains(&"QR_CODE_MISMATCH")
                && changed.evidence["/totalAmount"].needs_review
        );
    }

    #[test]
    fn the_amount_in_words_confirms_the_total_or_says_otherwise() {
        let with = |words: &str| {
            read(&format!("{FOREIGN}Yalnız {words}\n").replace("240,00 USD", ""), None, true)
        };
        let same = with("Bin Dört Yüz Kırk USD");
        assert!(
            same.evidence["/totalAmount"].passed.contains(&crate::evidence::Check::AmountInWords)
        );
        assert!(!same.evidence["/totalAmount"].needs_review);
        let other = with("Bin Dokuz Yüz Kırk USD");
        assert!(codes(&other).contains(&"AMOUNT_IN_WORDS_MISMATCH"));
        assert!(other.evidence["/totalAmount"].needs_review);
    }

    const MISREAD: &str = "\
ÖRNEK GIDA A.Ş.                              FATURA
SAYIN                                        Fatura No: ABC2026000000021
Mavi Ambalaj Ltd. Şti.                       Fatura Tarihi: 03.03.2026
Açıklama               Miktar    Birim Fiyat     KDV          Tutar
Un                         12         373,00     %10         447,60
Çikolata                    3          50,00     @2B         151,00
Kutu                        4          25,00     %20         100,00
Ara Toplam                                                   697,60
KDV %10                                                       44,76
KDV %20                                                       50,00
Ödenecek Tutar                                               792,36
";

    #[test]
    fn misread_figures_of_a_line_are_mended_where_two_ties_agree() {
        let parsed = read(MISREAD, None, true);
        let fields = invoice(&parsed);
        // `1,2` lost its mark, `150,00` a digit, `%20` its shape.
        let read_of = |index: usize| {
            let item = &fields.line_items[index];
            (shown(item.quantity), shown(item.line_total), shown(item.vat_rate))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read_of(0), (some("1.2"), some("447.60"), some("0.1")));
        assert_eq!(read_of(1), (some("3"), some("150.00"), some("0.2")));
        let evidence = &parsed.evidence["/lineItems/1/lineTotal"];
        assert_eq!(evidence.source, crate::evidence::Source::Derived);
        assert!(!evidence.needs_review);
        // With a second figure wrong nothing is certain any more, and nothing is changed.
        let torn = read(&MISREAD.replace("100,00", "108,00"), None, true);
        assert_eq!(shown(invoice(&torn).line_items[1].line_total), some("151.00"));
        assert!(torn.evidence["/lineItems/1/lineTotal"].needs_review);
    }

    const AGREEMENT: &str = "\
HİZMET SÖZLEŞMESİ
İşbu sözleşme bir tarafta Örnek Yazılım A.Ş. (bundan sonra \"YÜKLENİCİ\" olarak anılacaktır)
ile diğer tarafta Mavi Ambalaj Ltd. Şti. (bundan sonra \"İDARE\" olarak anılacaktır) arasında
akdedilmiştir. Sözleşme 01.01.2026 tarihinde başlar ve 31.12.2026 tarihinde sona erer.
Taraflardan biri bir ay önce yazılı bildirimde bulunmadıkça sözleşme birer yıllık sürelerle
kendiliğinden yenilenir. Bedel Madde 3 uyarınca ödenir.
Sözleşme Bedeli: 120.000,00 TL
";

    #[test]
    fn a_contract_in_sentences_is_read() {
        let parsed = read(AGREEMENT, None, false);
        let Fields::Contract(fields) = &parsed.fields else { panic!("not a contract") };
        assert_eq!(fields.start_date, chrono::NaiveDate::from_ymd_opt(2026, 1, 1));
        assert_eq!(fields.end_date, chrono::NaiveDate::from_ymd_opt(2026, 12, 31));
        assert_eq!(fields.expiration_date, fields.end_date);
        assert_eq!(fields.contract_type.as_deref(), Some("service"));
        assert_eq!(shown(fields.value).as_deref(), Some("120000.00"));
        let parties: Vec<_> = fields
            .parties
            .iter()
            .map(|party| (party.name.as_deref(), party.role.as_deref()))
            .collect();
        assert_eq!(
            parties,
            [
                (Some("Örnek Yazılım A.Ş."), Some("YÜKLENİCİ")),
                (Some("Mavi Ambalaj Ltd. Şti."), Some("İDARE"))
            ]
        );
        assert_eq!(
            fields.renewal_terms.as_deref(),
            Some(
                "Taraflardan biri bir ay önce yazılı bildirimde bulunmadıkça sözleşme birer yıllık sürelerle kendiliğinden yenilenir."
            )
        );
    }

    const MAKBUZ: &str = "\
Av. Deniz Örnek                              SERBEST MESLEK MAKBUZU
Kadıköy V.D. 3423803805                      Makbuz No: SMM2026000000007
SAYIN                                        Makbuz Tarihi: 03.03.2026
Mavi Ambalaj Ltd. Şti.
Brüt Ücret                                   10.000,00 TL
KDV (%20)                                     2.000,00 TL
Gelir Vergisi Stopajı (%20)                   2.000,00 TL
Tahsil Edilen Tutar                          10.000,00 TL
";

    #[test]
    fn stopaj_is_taken_off_a_makbuz() {
        let parsed = read(MAKBUZ, None, false);
        let fields = invoice(&parsed);
        assert_eq!(shown(fields.net_amount).as_deref(), Some("10000.00"));
        assert_eq!(shown(fields.total_amount).as_deref(), Some("10000.00"));
        let stopaj = &fields.other_taxes[0];
        assert_eq!((stopaj.code.as_str(), stopaj.amount.to_string().as_str()), ("0003", "2000.00"));
        assert!(
            !codes(&parsed).iter().any(|code| code.ends_with("MISMATCH")),
            "{:?}",
            parsed.findings
        );
        let torn = read(
            &MAKBUZ.replace(
                "Tutar                          10.000",
                "Tutar                          12.000",
            ),
            None,
            false,
        );
        assert!(codes(&torn).contains(&"PAYABLE_MISMATCH"));
    }

    const MUSTAHSIL: &str = "\
ÖRNEK TARIM A.Ş.                             MÜSTAHSİL MAKBUZU
Kadıköy V.D. 3423803805                      Makbuz No: MUS2026000000041
SAYIN                                        Makbuz Tarihi: 12.09.2026
Deniz Örnek
Ürün                   Miktar    Birim Fiyat      Tutar
Kabuklu fındık             250         160,00     40.000,00
Brüt Tutar                                     40.000,00 TL
GV Stopajı (%4)                                 1.600,00 TL
Mera Fonu (%0,1)                                   40,00 TL
Borsa Tescil Ücreti (%0,2)                         80,00 TL
Bağ-Kur Primi (%1)                                400,00 TL
Net Ödenecek Tutar                             37.880,00 TL
";

    #[test]
    fn what_a_mustahsil_makbuzu_deducts_is_kept_by_its_code() {
        let parsed = read(MUSTAHSIL, None, false);
        let fields = invoice(&parsed);
        assert_eq!(shown(fields.net_amount).as_deref(), Some("40000.00"));
        assert_eq!(shown(fields.total_amount).as_deref(), Some("37880.00"));
        let taxes: Vec<_> = fields
            .other_taxes
            .iter()
            .map(|tax| (tax.code.as_str(), tax.amount.to_string()))
            .collect();
        let amount = |text: &str| text.to_owned();
        assert_eq!(
            taxes,
            [
                ("0003", amount("1600.00")),
                ("9040", amount("40.00")),
                ("8001", amount("80.00")),
                ("SGK_PRIM", amount("400.00"))
            ]
        );
        assert!(
            !codes(&parsed).iter().any(|code| code.ends_with("MISMATCH")),
            "{:?}",
            parsed.findings
        );
        assert!(parsed.evidence["/totalAmount"].failed.is_empty());
        // Recognised, a misread deduction is not passed on as sure.
        let torn = read(&MUSTAHSIL.replace("1.600,00", "1.500,00"), None, true);
        assert!(torn.evidence["/otherTaxes/0/amount"].needs_review);
        assert!(torn.evidence["/totalAmount"].needs_review);
    }

    const GERMAN: &str = "\
Müller Maschinenbau GmbH                     Rechnung
Örnek A.Ş.                                   Rechnungsnummer: RE-2026-0417
                                             Rechnungsdatum: 10.03.2026
Bezeichnung              Menge     Einzelpreis     Gesamtpreis
Fräser                       2        450,00 €        900,00 €
Versand                      1        100,00 €        100,00 €
Nettobetrag                                         1.000,00 €
zzgl. 19 % MwSt.                                      190,00 €
Gesamtbetrag                                        1.190,00 €
";

    #[test]
    fn a_rate_may_stand_before_the_name_of_the_tax() {
        for line in ["zzgl. 19 % MwSt.", "zzgl. 19% MwSt. ", "+ 19% MwSt.      "] {
            let parsed = read(&GERMAN.replace("zzgl. 19 % MwSt.", line), None, false);
            assert_eq!(shown(invoice(&parsed).tax_amount).as_deref(), Some("190.00"), "{line}");
            let rate = invoice(&parsed).kdv_breakdown.first().map(|own| own.rate.to_string());
            assert_eq!(rate.as_deref(), Some("0.19"), "{line}");
        }
    }

    const DISCOUNTED: &str = "\
MERKEZ HIRDAVAT A.Ş.                         FATURA
SAYIN                                        Fatura No: MRK2026000000871
Güney Yapı A.Ş.                              Fatura Tarihi: 09.01.2026
Malzeme Adı            Miktar     Fiyat     İsk. %     Net Tutar
Matkap ucu                 50    225,00         10     10.125,00
Dübel                    1000      8,50         10      7.650,00
Ara Toplam                                             17.775,00
KDV %20                                                 3.555,00
Genel Toplam                                           21.330,00
";

    #[test]
    fn a_discount_in_per_cent_leads_from_the_price_to_the_line_total() {
        let parsed = read(DISCOUNTED, None, false);
        let discounts: Vec<_> =
            invoice(&parsed).line_items.iter().map(|item| shown(item.discount_amount)).collect();
        assert_eq!(discounts, [Some("1125.00".to_owned()), Some("850.00".to_owned())]);
        assert!(!codes(&parsed).contains(&"LINE_TOTAL_MISMATCH"), "{:?}", parsed.findings);
        let other = read(&DISCOUNTED.replace("7.650,00", "7.350,00"), None, false);
        assert!(codes(&other).contains(&"LINE_TOTAL_MISMATCH"));
    }

    const SERVICE: &str = "\
SERVICE AGREEMENT
This Service Agreement (the \"Agreement\") is entered into on 15 February 2026 between
Northgate Analytics Ltd (hereinafter \"Provider\") and Harbor Roasters, Inc. (hereinafter \"Client\").
1. Term. This Agreement shall commence on 1 March 2026 and end on 28 February 2027.
2. Fees. The total contract value is USD 48,000.00, payable monthly.
3. Renewal. This Agreement shall renew automatically for one year unless either party objects.
";

    #[test]
    fn an_english_contract_in_sentences_is_read() {
        let parsed = read(SERVICE, None, false);
        let Fields::Contract(fields) = &parsed.fields else { panic!("not a contract") };
        let day = chrono::NaiveDate::from_ymd_opt;
        assert_eq!(fields.contract_date, day(2026, 2, 15));
        assert_eq!(fields.start_date, day(2026, 3, 1));
        assert_eq!(fields.end_date, day(2027, 2, 28));
        assert_eq!(shown(fields.value).as_deref(), Some("48000.00"));
        assert_eq!(fields.currency, Some(domain::Currency::USD));
        assert!(fields.renewal_terms.as_deref().is_some_and(|terms| terms.contains("renew")));
    }

    #[test]
    fn a_year_of_months_is_the_value_of_a_lease() {
        let lease = |second: &str| {
            let text = format!(
                "KİRA SÖZLEŞMESİ\nKiraya Veren: Selma Örnek\nKiracı: Pusula Ltd. Şti.\n\
                 Aylık Kira Bedeli: 28.000,00 TL\nYıllık Kira Bedeli: {second} TL\n"
            );
            let parsed = read(&text, None, false);
            let Fields::Contract(fields) = parsed.fields else { panic!("not a contract") };
            shown(fields.value)
        };
        assert_eq!(lease("336.000,00").as_deref(), Some("336000.00"));
        assert_eq!(lease("366.000,00"), None);
    }

    #[test]
    fn balances_that_are_not_printed_follow_from_the_chain() {
        let parsed = read(STATEMENT, Some(KindHint::BankStatement), false);
        let Fields::BankStatement(fields) = &parsed.fields else { panic!("not a statement") };
        assert_eq!(shown(fields.starting_balance).as_deref(), Some("1000.00"));
        assert_eq!(shown(fields.ending_balance).as_deref(), Some("1400.00"));
        let broken = read(&STATEMENT.replace("1.400,00", "1.450,00"), None, false);
        let Fields::BankStatement(fields) = &broken.fields else { panic!("not a statement") };
        assert_eq!((fields.starting_balance, fields.ending_balance), (None, None));
    }

    #[test]
    fn a_printed_statement_without_any_direction_is_for_review() {
        let text = "ÖRNEK BANKASI A.Ş.    HESAP HAREKETLERİ\n\n\
                    Tarih         Açıklama              Tutar\n\
                    05.03.2026    KİRA               1.500,00\n\
                    06.03.2026    EFT                  250,10\n";
        let parsed = read(text, Some(KindHint::BankStatement), false);
        assert!(codes(&parsed).contains(&"MOVEMENT_SIGNS_UNKNOWN"), "{:?}", parsed.findings);
        assert!(parsed.evidence["/transactions/0/amount"].needs_review);
        let signed = read(&text.replace("  250,10", " -250,10"), None, false);
        assert!(!codes(&signed).contains(&"MOVEMENT_SIGNS_UNKNOWN"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn arbitrary_words_never_panic(words in proptest::collection::vec(any_word(), 0..120), recognised: bool) {
            let half = words.len() / 2;
            let pages = [
                Page { number: 1, width: 600.0, height: 840.0, recognised, words: words[..half].to_vec(), codes: Vec::new() },
                Page { number: 2, width: 600.0, height: 840.0, recognised, words: words[half..].to_vec(), codes: Vec::new() },
            ];
            for hint in [None, Some(KindHint::Invoice), Some(KindHint::BankStatement), Some(KindHint::Receipt), Some(KindHint::Contract)] {
                document(&pages, &Context { hint, ..Context::default() });
            }
            let rows = || view::rows_of(&pages);
            invoice::read(rows(), None, &Context::default());
            bank::read(rows());
            receipt::read(rows());
            contract::read(rows());
        }
    }
}
