//! Two invented offices and what was uploaded to them.

use crate::platform::{Company, Office};

/// A document of the demo and who uploaded it where.
#[derive(Debug)]
pub(super) struct Fixture {
    pub(super) company: &'static str,
    /// The platform's word for what the uploader said it is.
    pub(super) kind: &'static str,
    pub(super) file_name: &'static str,
    pub(super) mime_type: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! fixture {
    ($company:literal, $kind:literal, $mime_type:literal, $file_name:literal) => {
        Fixture {
            company: $company,
            kind: $kind,
            file_name: $file_name,
            mime_type: $mime_type,
            bytes: include_bytes!(concat!("../../demo/", $file_name)),
        }
    };
}

pub(super) const OFFICES: [(Office<'static>, &[Fixture]); 2] =
    [(MARMARA, MARMARA_FILES), (EGE, EGE_FILES)];

/// The office that has integrations, and its company that keeps its books elsewhere.
pub(super) const OFFICE_OF_SYNCS: &str = "demo_office_marmara";
pub(super) const COMPANY_OF_SYNCS: &str = "demo_company_cinar";

const MARMARA: Office<'static> = Office {
    id: "demo_office_marmara",
    name: "Marmara Mali Müşavirlik",
    slug: "demo-marmara",
    owner_id: "demo_user_marmara",
    owner_name: "Selin Kaya",
    owner_email: "selin@marmara.example",
    companies: &[
        Company {
            id: "demo_company_cinar",
            name: "Çınar Yapı Malzemeleri A.Ş.",
            legal_type: "Anonim",
            tax_number: "3182047150",
        },
        Company {
            id: "demo_company_gunes",
            name: "Güneş Kırtasiye Ltd. Şti.",
            legal_type: "Limited",
            tax_number: "4077139205",
        },
    ],
};

const MARMARA_FILES: &[Fixture] = &[
    fixture!("demo_company_cinar", "INVOICE", "application/xml", "cinar-satis-efatura.xml"),
    fixture!("demo_company_cinar", "INVOICE", "application/xml", "cinar-satis-efatura-tekrar.xml"),
    fixture!("demo_company_cinar", "INVOICE", "application/xml", "cinar-tevkifatli-nakliye.xml"),
    fixture!("demo_company_cinar", "INVOICE", "application/xml", "cinar-supheli-fatura.xml"),
    fixture!(
        "demo_company_cinar",
        "BANK_STATEMENT",
        "application/pdf",
        "cinar-hesap-ozeti-mart.pdf"
    ),
    fixture!("demo_company_gunes", "INVOICE", "application/pdf", "gunes-alis-earsiv.pdf"),
    fixture!("demo_company_gunes", "INVOICE", "image/jpeg", "gunes-alis-taranmis.jpg"),
];

const EGE: Office<'static> = Office {
    id: "demo_office_ege",
    name: "Ege Muhasebe Bürosu",
    slug: "demo-ege",
    owner_id: "demo_user_ege",
    owner_name: "Deniz Aydın",
    owner_email: "deniz@ege.example",
    companies: &[
        Company {
            id: "demo_company_defne",
            name: "Defne Gıda Sanayi Ltd. Şti.",
            legal_type: "Limited",
            tax_number: "5291603845",
        },
        Company {
            id: "demo_company_lale",
            name: "Lale Yazılım A.Ş.",
            legal_type: "Anonim",
            tax_number: "6108472539",
        },
    ],
};

const EGE_FILES: &[Fixture] = &[
    fixture!("demo_company_lale", "INVOICE", "application/zip", "lale-efatura.zip"),
    fixture!("demo_company_defne", "INVOICE", "application/pdf", "defne-satis-earsiv.pdf"),
    fixture!(
        "demo_company_defne",
        "BANK_STATEMENT",
        "application/pdf",
        "defne-hesap-ozeti-mart.pdf"
    ),
    fixture!("demo_company_defne", "INVOICE", "application/pdf", "defne-bozuk.pdf"),
    fixture!("demo_company_lale", "INVOICE", "application/pdf", "lale-kilitli.pdf"),
];

#[cfg(test)]
mod tests {
    use domain::Vkn;

    use super::OFFICES;

    #[test]
    fn every_company_has_a_valid_number_and_every_document_a_company() {
        for (office, fixtures) in OFFICES {
            for company in office.companies {
                assert!(company.tax_number.parse::<Vkn>().is_ok(), "{}", company.name);
            }
            for fixture in fixtures {
                let known = office.companies.iter().any(|company| company.id == fixture.company);
                assert!(known && !fixture.bytes.is_empty(), "{}", fixture.file_name);
            }
        }
    }
}
