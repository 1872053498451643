//! Names of banks by the code in the IBAN.
//!
//! Source: the list of EFT participant codes of the Türkiye Cumhuriyet Merkez Bankası; positions 5 to
//! 9 of a Turkish IBAN hold the code (TCMB, IBAN Tebliği 2008/6).

/// Participants that keep customers' accounts.
const BANKS: &[(&str, &str)] = &[
    ("00001", "Türkiye Cumhuriyet Merkez Bankası"),
    ("00010", "Ziraat Bankası"),
    ("00012", "Halkbank"),
    ("00015", "VakıfBank"),
    ("00032", "TEB"),
    ("00046", "Akbank"),
    ("00059", "Şekerbank"),
    ("00062", "Garanti BBVA"),
    ("00064", "Türkiye İş Bankası"),
    ("00067", "Yapı Kredi"),
    ("00092", "Citibank"),
    ("00096", "Turkish Bank"),
    ("00099", "ING"),
    ("00103", "Fibabanka"),
    ("00109", "ICBC Turkey"),
    ("00111", "QNB"),
    ("00123", "HSBC"),
    ("00124", "Alternatif Bank"),
    ("00125", "Burgan Bank"),
    ("00134", "DenizBank"),
    ("00135", "Anadolubank"),
    ("00143", "Aktif Bank"),
    ("00146", "Odeabank"),
    ("00203", "Albaraka Türk"),
    ("00205", "Kuveyt Türk"),
    ("00206", "Türkiye Finans"),
    ("00209", "Ziraat Katılım"),
    ("00210", "Vakıf Katılım"),
    ("00211", "Emlak Katılım"),
];

/// The bank's code in a Turkish IBAN.
pub(super) fn code(iban: &domain::Iban) -> Option<&str> {
    let iban = iban.as_str();
    iban.starts_with("TR").then(|| iban.get(4..9)).flatten()
}

/// The bank's name; for a code that is not in the list, the code says more than a made-up name.
pub(super) fn name(iban: &domain::Iban) -> String {
    match code(iban) {
        Some(code) => BANKS
            .iter()
            .find(|(known, _)| *known == code)
            .map_or_else(|| format!("Banka kodu {code}"), |(_, name)| (*name).to_owned()),
        None => format!("Yurt dışı banka ({})", iban.as_str().get(..2).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_code_in_the_iban() {
        for (iban, expected) in [
            ("TR330006100519786457841326", "Banka kodu 00061"),
            ("TR610006400000011018204715", "Türkiye İş Bankası"),
            ("DE89370400440532013000", "Yurt dışı banka (DE)"),
        ] {
            assert_eq!(name(&iban.parse().expect("an IBAN")), expected);
        }
    }

    #[test]
    fn each_code_is_there_once_and_has_five_digits() {
        let mut codes: Vec<_> = BANKS.iter().map(|(code, _)| *code).collect();
        assert!(codes.iter().all(|c| c.len() == 5 && c.bytes().all(|b| b.is_ascii_digit())));
        codes.dedup();
        assert_eq!(codes.len(), BANKS.len());
        assert!(codes.is_sorted());
    }
}
