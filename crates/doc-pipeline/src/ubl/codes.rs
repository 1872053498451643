//! Code lists of UBL-TR as data. A code that is not here is a finding, never an error: the lists grow
//! several times a year.
//!
//! Sources: the schematron code list of the Gelir İdaresi Başkanlığı (2016), the published code list of
//! an integrator (December 2024), and an open-source localisation (2025). Tevkifat shares are all that
//! a code ever had, because the days of change could not be verified.

/// Scenarios (ProfileID).
pub(super) const PROFILES: &[&str] = &[
    "TEMELFATURA",
    "TICARIFATURA",
    "YOLCUBERABERFATURA",
    "IHRACAT",
    "EARSIVFATURA",
    "EARSIVBELGE",
    "KAMU",
    "HKS",
    "ENERJI",
    "OZELFATURA",
    "ILAC_TIBBICIHAZ",
    "YATIRIMTESVIK",
    "IDIS",
    "TEMELIRSALIYE",
    "HKSIRSALIYE",
    "IDISIRSALIYE",
];

/// InvoiceTypeCode and CreditNoteTypeCode.
pub(super) const TYPES: &[&str] = &[
    "SATIS",
    "IADE",
    "TEVKIFAT",
    "ISTISNA",
    "OZELMATRAH",
    "IHRACKAYITLI",
    "SGK",
    "KOMISYONCU",
    "HKSSATIS",
    "HKSKOMISYONCU",
    "TEVKIFATIADE",
    "KONAKLAMAVERGISI",
    "SARJ",
    "SARJANLIK",
    "TEKNOLOJIDESTEK",
    "SERBESTMESLEKMAKBUZU",
    "MUSTAHSILMAKBUZ",
];

/// Currency codes of ISO 4217 that amounts are written in, with gold and silver.
pub(super) const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XAG", "XAU", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW",
    "ZWG", "ZWL",
];

/// TaxTypeCode with its name.
pub(super) const TAX_TYPES: &[(&str, &str)] = &[
    ("0003", "Gelir vergisi stopajı"),
    ("0011", "Kurumlar vergisi stopajı"),
    ("0015", "KDV (gerçek usul)"),
    ("0021", "BMV"),
    ("0022", "SMV"),
    ("0059", "Konaklama vergisi"),
    ("0061", "KKDF"),
    ("0071", "ÖTV I"),
    ("0073", "ÖTV III"),
    ("0074", "ÖTV IV"),
    ("0075", "ÖTV III alkol"),
    ("0076", "ÖTV III tütün"),
    ("0077", "ÖTV III kola"),
    ("1047", "Damga vergisi"),
    ("1048", "Damga vergisi 5035"),
    ("4071", "ETV"),
    ("4080", "ÖİV"),
    ("4081", "ÖİV 5035"),
    ("4171", "ÖTV tevkifatı"),
    ("8001", "Borsa tescil"),
    ("8002", "Enerji fonu"),
    ("8004", "TRT payı"),
    ("8005", "ETV"),
    ("8006", "Telsiz kullanım"),
    ("8007", "Telsiz ruhsat"),
    ("8008", "Çevre temizlik"),
    ("9015", "KDV tevkifatı"),
    ("9021", "BSMV"),
    ("9040", "Mera fonu"),
    ("9077", "ÖTV II"),
    ("9944", "Hal rüsumu"),
];

/// Tevkifat codes with the shares of the KDV, in per cent, that they have or had.
pub(super) const WITHHOLDING: &[(&str, &[u32])] = &[
    ("601", &[20, 40]),
    ("602", &[90]),
    ("603", &[50, 70]),
    ("604", &[50]),
    ("605", &[50]),
    ("606", &[90]),
    ("607", &[90]),
    ("608", &[90]),
    ("609", &[50, 70]),
    ("610", &[90]),
    ("611", &[90]),
    ("612", &[70, 90]),
    ("613", &[70, 90]),
    ("614", &[50]),
    ("615", &[50, 70]),
    ("616", &[50]),
    ("617", &[50, 70]),
    ("618", &[50, 70]),
    ("619", &[50, 70]),
    ("620", &[50, 70]),
    ("621", &[90]),
    ("622", &[90]),
    ("623", &[50]),
    ("624", &[20]),
    ("625", &[30]),
    ("626", &[20]),
    ("627", &[50]),
    ("650", &[20, 50, 70, 90]),
];

/// Tevkifat codes that withhold the whole KDV.
pub(super) const FULL_WITHHOLDING: std::ops::RangeInclusive<u32> = 801..=825;

/// KDV.
pub(super) const KDV: &str = "0015";
/// KDV tevkifatı written as a tax of its own.
pub(super) const KDV_WITHHOLDING: &str = "9015";
/// ÖTV tevkifatı.
pub(super) const OTV_WITHHOLDING: &str = "4171";

/// Whether the tax lowers what is paid (stopaj, tevkifat) instead of raising it.
pub(super) fn is_deducted(tax_type: &str) -> bool {
    matches!(tax_type, "0003" | "0011" | KDV_WITHHOLDING | OTV_WITHHOLDING)
}

/// Whether the type of document may carry tevkifat.
pub(super) fn may_withhold(document_type: &str) -> bool {
    // KOMISYONCU and SGK documents carry it by newer lists; other types are worth a look.
    matches!(
        document_type,
        "TEVKIFAT"
            | "IADE"
            | "TEVKIFATIADE"
            | "KOMISYONCU"
            | "HKSKOMISYONCU"
            | "SGK"
            | "YTBTEVKIFAT"
            | "YTBTEVKIFATIADE"
    )
}

/// Whether the type of document returns goods.
pub(super) fn is_return(document_type: &str) -> bool {
    matches!(document_type, "IADE" | "TEVKIFATIADE")
}

/// Exemption codes: whether the number is in a known range.
pub(super) fn is_exemption_known(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| {
        matches!(code, 101..=108 | 151 | 201..=250 | 301..=351 | 501 | 701..=704 | 801..=812)
    })
}

/// Whether an exemption code fits the type of document. Ranges: 1xx to 3xx and 501 exemptions, 7xx
/// goods registered for export, 8xx özel matrah. 351 (no exemption) fits every type.
pub(super) fn exemption_fits(code: &str, document_type: &str) -> bool {
    let Ok(code) = code.parse::<u32>() else { return true };
    let types: &[&str] = match code {
        151 | 351 => return true,
        101..=350 | 501 => {
            &["ISTISNA", "IADE", "TEVKIFATIADE", "IHRACKAYITLI", "SGK", "YTBISTISNA", "YTBIADE"]
        }
        701..=704 => &["IHRACKAYITLI", "IADE"],
        801..=812 => &["OZELMATRAH", "IADE"],
        _ => return true,
    };
    types.contains(&document_type)
}

/// Name of a tax type.
pub(super) fn tax_name(code: &str) -> Option<&'static str> {
    TAX_TYPES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// Shares, in per cent, of a tevkifat code; `None` for an unknown code.
pub(super) fn withholding_shares(code: &str) -> Option<&'static [u32]> {
    if code.parse().is_ok_and(|number: u32| FULL_WITHHOLDING.contains(&number)) {
        return Some(&[100]);
    }
    WITHHOLDING.iter().find(|(known, _)| *known == code).map(|(_, shares)| *shares)
}
