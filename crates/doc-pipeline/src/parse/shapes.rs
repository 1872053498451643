//! Prints of other shapes than the fixtures': each was read wrong once.
#![cfg(test)]

use super::{
    tests::{codes, invoice, read, shown},
    *,
};
use crate::input::KindHint;

const CARRIED: &str = "\
ÇARK MAKİNE LTD. ŞTİ.                      FATURA
Ostim V.D. 3423803805                      Tarih: 14/02/2026
Sayın: Hisar Tarım Aletleri A.Ş.
Cinsi                    Miktar         Fiyat         Tutar
Galvaniz vida M4             27         97,62      2.635,74
Rulman 6205                  40        885,25     35.410,00
TOPLAM                                             38.045,74
KDV % 20                                            7.609,15
GENEL TOPLAM                                       45.654,89
";

#[test]
fn a_sum_over_the_kdv_is_the_net_and_no_label_of_two_lines() {
    let parsed = read(CARRIED, None, false);
    let fields = invoice(&parsed);
    assert_eq!(shown(fields.net_amount).as_deref(), Some("38045.74"));
    assert_eq!(shown(fields.tax_amount).as_deref(), Some("7609.15"));
    assert_eq!(shown(fields.total_amount).as_deref(), Some("45654.89"));
    let item = &fields.line_items[1];
    assert_eq!(
        (shown(item.quantity), shown(item.unit_price)),
        (Some("40".to_owned()), Some("885.25".to_owned()))
    );
    assert!(!codes(&parsed).iter().any(|code| code.ends_with("MISMATCH")), "{:?}", parsed.findings);
}

#[test]
fn an_offer_is_no_invoice() {
    let proforma = CARRIED.replace("FATURA\n", "PROFORMA FATURA\n");
    let parsed = read(&proforma, Some(KindHint::Invoice), false);
    assert!(codes(&parsed).contains(&"OFFER_NOT_INVOICE"), "{:?}", parsed.findings);
    assert!(parsed.evidence["/totalAmount"].needs_review);
    assert!(!codes(&read(CARRIED, None, false)).contains(&"OFFER_NOT_INVOICE"));
}

#[test]
fn a_title_of_spaced_letters_and_a_date_without_a_label_are_read() {
    let text = "\
F A T U R A
Güzelyalı Nakliyat Ltd. Şti.                No: MKR2026000000012
Uray V.D. 3423803805                        28 Şubat 2026
Müşteri: Akdeniz Narenciye A.Ş.
Açıklama                                    Tutar (TL)
Mersin - İstanbul nakliye                    28.000,00
Bekleme ücreti                                3.500,00
Ara toplam                                   31.500,00
KDV (%20)                                     6.300,00
Toplam                                       37.800,00
";
    let parsed = read(text, None, false);
    let fields = invoice(&parsed);
    assert_eq!(fields.issue_date, chrono::NaiveDate::from_ymd_opt(2026, 2, 28));
    // Nothing says what day it is.
    assert!(parsed.evidence["/issueDate"].needs_review);
    assert_eq!(fields.line_items.len(), 2);
    assert_eq!(shown(fields.line_items[1].line_total).as_deref(), Some("3500.00"));
}

#[test]
fn a_return_names_its_invoice() {
    let text =
        CARRIED.replace("Sayın:", "İadeye Konu Fatura: SPI2026000000771 / 20.02.2026\nSayın:");
    assert_eq!(invoice(&read(&text, None, false)).billing_references, ["SPI2026000000771"]);
}

const LETTERS: &str = "\
HALİÇ BANKASI    HESAP ÖZETİ
Tarih         Açıklama                     İşlem Tutarı         Bakiye
              DEVREDEN BAKİYE                             44.000,00 A
01.02.2026    ATM NAKİT ÇEKİM                 5.546,46B     38.453,54A
02.02.2026    KREDİ KARTI BORÇ ÖDEME         40.287,88B      1.834,34B
03.02.2026    HAVALE GELEN                      280,55A      1.553,79B
";

#[test]
fn letters_of_direction_are_signs_and_an_opening_line_ends_no_table() {
    let parsed = read(LETTERS, Some(KindHint::BankStatement), false);
    let Fields::BankStatement(fields) = &parsed.fields else { panic!("not a statement") };
    let rows: Vec<_> = fields
        .transactions
        .iter()
        .map(|own| (own.amount.to_string(), shown(own.balance).unwrap_or_default()))
        .collect();
    let expected = [("-5546.46", "38453.54"), ("-40287.88", "-1834.34"), ("280.55", "-1553.79")];
    let expected = expected.map(|(amount, balance)| (amount.to_owned(), balance.to_owned()));
    assert_eq!(rows, expected);
    assert!(!codes(&parsed).contains(&"BALANCE_CHAIN_BROKEN"), "{:?}", parsed.findings);
}

#[test]
fn amounts_do_not_tell_the_order_of_dates() {
    // `5.016,32-` was once read as a date with the month first.
    let text = "\
YAKAMOZ BANKASI    HESAP ÖZETİ
Tarih         Açıklama               İşlem Tutarı         Bakiye
01/02/26      ÖDEME                     5.016,32-      1.000,00+
02/02/26      GELEN                       500,00+      1.500,00+
";
    let parsed = read(text, Some(KindHint::BankStatement), false);
    let Fields::BankStatement(fields) = &parsed.fields else { panic!("not a statement") };
    assert_eq!(Some(fields.transactions[0].date), chrono::NaiveDate::from_ymd_opt(2026, 2, 1));
}

#[test]
fn clauses_give_term_value_and_parties() {
    let text = "\
ASANSÖR BAKIM SÖZLEŞMESİ
Bir tarafta Zigana Asansör A.Ş. (\"Yüklenici\") ile diğer tarafta Boztepe Sitesi Yöneticiliği (\"İşveren\")
anlaşmışlardır. Sözleşmenin toplam bedeli KDV hariç 64.800,00.-TL'dir.
Sözleşme 01.01.2026 - 31.12.2026 tarihleri arasında geçerlidir.
";
    let parsed = read(text, Some(KindHint::Contract), false);
    let Fields::Contract(fields) = &parsed.fields else { panic!("not a contract") };
    assert_eq!(fields.start_date, chrono::NaiveDate::from_ymd_opt(2026, 1, 1));
    assert_eq!(fields.end_date, chrono::NaiveDate::from_ymd_opt(2026, 12, 31));
    assert_eq!(shown(fields.value).as_deref(), Some("64800.00"));
    assert_eq!(fields.currency, Some(domain::Currency::TRY));
    let names: Vec<_> = fields.parties.iter().filter_map(|own| own.name.as_deref()).collect();
    assert_eq!(names, ["Zigana Asansör A.Ş.", "Boztepe Sitesi Yöneticiliği"]);
}

#[test]
fn a_lease_states_the_month_and_the_year_in_sentences() {
    let text = "\
KİRA SÖZLEŞMESİ
Kiraya Veren : Nermin Alagöz (T.C. Kimlik No: 10000000146)
Kiracı : Pusula Ltd. Şti. (Vergi No: 3423803805)
Aylık kira bedeli net 42.500,00 TL olup her ayın beşinde ödenir.
Bu süre için bir yıllık kira bedeli 510.000,00 TL'dir. Kira sözleşmesinin başlangıç tarihi 01.04.2026 olup
süresi bir yıldır.
";
    let parsed = read(text, Some(KindHint::Contract), false);
    let Fields::Contract(fields) = &parsed.fields else { panic!("not a contract") };
    assert_eq!(shown(fields.value).as_deref(), Some("510000.00"));
    assert_eq!(fields.start_date, chrono::NaiveDate::from_ymd_opt(2026, 4, 1));
    let first = &fields.parties[0];
    assert_eq!(first.name.as_deref(), Some("Nermin Alagöz"));
    assert_eq!(first.tax_number.as_deref(), Some("10000000146"));
}

#[test]
fn a_title_over_two_lines_is_one_name() {
    let text = "\
BEREKET MARKETÇİLİK
GIDA SAN. TİC. A.Ş.
SETBAŞI V.D. 3423803805
TARİH: 14/03/2026 SAAT: 19:42
FİŞ: 0087
TOPKDV                        *20,00
TOPLAM                       *120,00
NAKİT                        *120,00
";
    let parsed = read(text, Some(KindHint::Receipt), false);
    let Fields::Receipt(fields) = &parsed.fields else { panic!("not a receipt") };
    assert_eq!(
        fields.merchant.clone().and_then(|party| party.name).as_deref(),
        Some("BEREKET MARKETÇİLİK GIDA SAN. TİC. A.Ş.")
    );
    assert_eq!(fields.receipt_number.as_deref(), Some("0087"));
}
