//! Prints of still other shapes: makbuz, charges in the totals, two languages, forms.
#![cfg(test)]

use super::{
    tests::{codes, invoice, read, shown},
    *,
};
use crate::{fields::ContractFields, input::KindHint};

#[test]
fn a_makbuz_has_its_gross_fee_for_the_net() {
    let text = "\
Av. Levent Karaçay                          SERBEST MESLEK MAKBUZU
Göztepe V.D. 10000000146                    Düzenleme Tarihi: 5 Şubat 2026
Sayın: Dalyan Balıkçılık A.Ş.
Vergi No: 3423803805
Brüt Tutar                                  40.000,00
Gelir Vergisi Stopajı %20                    8.000,00
Net Tutar                                   32.000,00
KDV %20                                      8.000,00
Tahsil Edilen Toplam                        40.000,00
";
    let parsed = read(text, None, false);
    let fields = invoice(&parsed);
    assert_eq!(shown(fields.net_amount).as_deref(), Some("40000.00"));
    assert_eq!(shown(fields.total_amount).as_deref(), Some("40000.00"));
    assert_eq!(shown(fields.other_taxes.first().map(|tax| tax.amount)).as_deref(), Some("8000.00"));
    assert!(!codes(&parsed).contains(&"PAYABLE_MISMATCH"), "{:?}", parsed.findings);
}

fn with_totals(totals: &str) -> String {
    format!(
        "\
KORAL TURİZM LTD. ŞTİ.                      FATURA
Bodrum V.D. 3423803805                      Tarih: 28/02/2026
Sayın: Yayla Medya A.Ş.
Cinsi                    Miktar         Fiyat         Tutar
Konaklama                    3      2.400,00      7.200,00
Yemek                        2        430,00        860,00
{totals}"
    )
}

#[test]
fn levies_and_charges_are_part_of_the_total() {
    let levy = with_totals(
        "\
Ara Toplam                                          8.060,00
KDV %10                                               806,00
Konaklama Vergisi %2                                  144,00
Genel Toplam                                        9.010,00
",
    );
    let parsed = read(&levy, None, false);
    let fields = invoice(&parsed);
    assert_eq!(fields.other_taxes.first().map(|tax| tax.code.as_str()), Some("0059"));
    assert_eq!(shown(fields.net_amount).as_deref(), Some("8060.00"));
    assert!(!codes(&parsed).contains(&"PAYABLE_MISMATCH"), "{:?}", parsed.findings);

    let late = with_totals(
        "\
Ara Toplam                                          8.060,00
KDV %10                                               806,00
Gecikme Bedeli                                         14,00
Genel Toplam                                        8.880,00
",
    );
    assert!(!codes(&read(&late, None, false)).contains(&"PAYABLE_MISMATCH"));
    // A charge that does not explain the difference leaves it.
    let wrong = late.replace("14,00", "15,00");
    assert!(codes(&read(&wrong, None, false)).contains(&"PAYABLE_MISMATCH"));
}

#[test]
fn a_subtotal_before_the_discount_is_not_the_net() {
    let text = with_totals(
        "\
Ara Toplam                                          8.060,00
İndirim                                              -806,00
Kargo                                                  48,00
KDV %10                                               725,40
Genel Toplam                                        8.027,40
",
    );
    let parsed = read(&text, None, false);
    assert_eq!(shown(invoice(&parsed).net_amount).as_deref(), Some("7254.00"));
    assert!(!codes(&parsed).contains(&"PAYABLE_MISMATCH"), "{:?}", parsed.findings);
}

#[test]
fn a_label_in_two_languages_is_one() {
    let text = "\
İhracatçı / Exporter                        FATURA / INVOICE
Efes Seramik Sanayi A.Ş.                    No: EFS2026000000231
Vergi No / Tax ID: 3423803805               Tarih / Date: 09.02.2026
Alıcı / Buyer                               Teslim Şekli / Delivery: FOB İzmir
Nordlys Interior AS
Mal Tanımı               Miktar     Birim Fiyat       Tutar
Karo 30x60                  640            8,75       5.600,00
Bordür 5x60               1.200            1,10       1.320,00
Genel Toplam / Grand Total                            6.920,00 EUR
";
    let parsed = read(text, None, false);
    let fields = invoice(&parsed);
    let name = |party: &Option<crate::fields::Party>| party.clone().and_then(|own| own.name);
    assert_eq!(name(&fields.supplier).as_deref(), Some("Efes Seramik Sanayi A.Ş."));
    assert_eq!(name(&fields.customer).as_deref(), Some("Nordlys Interior AS"));
    assert_eq!(shown(fields.total_amount).as_deref(), Some("6920.00"));
}

fn contract(text: &str) -> ContractFields {
    match read(text, Some(KindHint::Contract), false).fields {
        Fields::Contract(fields) => *fields,
        other => panic!("not a contract: {other:?}"),
    }
}

#[test]
fn a_form_names_the_parties_of_a_lease_and_spells_its_date() {
    let fields = contract(
        "\
İŞYERİ KİRA KONTRATI
Kiraya Verenin Adı Soyadı          Hatice Sevim Taşkın
Kiraya Verenin T.C. Kimlik No      10000000146
Kiracının Unvanı                   Sarmaşık Çiçekçilik Ltd. Şti.
Kiracının Vergi No                 3423803805
Kiranın Başlangıcı                 1 Nisan 2026
İşbu kontrat on beş Mart iki bin yirmi altı tarihinde iki nüsha düzenlenmiştir.
",
    );
    let parties: Vec<_> = fields
        .parties
        .iter()
        .map(|own| (own.name.as_deref().unwrap_or_default(), own.tax_number.as_deref()))
        .collect();
    assert_eq!(
        parties,
        [
            ("Hatice Sevim Taşkın", Some("10000000146")),
            ("Sarmaşık Çiçekçilik Ltd. Şti.", Some("3423803805"))
        ]
    );
    assert_eq!(fields.start_date, chrono::NaiveDate::from_ymd_opt(2026, 4, 1));
    assert_eq!(fields.contract_date, chrono::NaiveDate::from_ymd_opt(2026, 3, 15));
}

#[test]
fn numbered_clauses_name_the_parties_and_a_sale_is_no_employment() {
    let fields = contract(
        "\
ARAÇ SATIŞ SÖZLEŞMESİ
1.1 SATICI: Bulutaltı Otomotiv A.Ş., Ataşehir/İstanbul
1.2 ALICI: Pırıl Temizlik Hizmetleri Ltd. Şti., Maltepe/İstanbul
",
    );
    let names: Vec<_> = fields.parties.iter().filter_map(|own| own.name.as_deref()).collect();
    assert_eq!(names, ["Bulutaltı Otomotiv A.Ş.", "Pırıl Temizlik Hizmetleri Ltd. Şti."]);
    assert_eq!(fields.contract_type.as_deref(), Some("purchase"));
}
