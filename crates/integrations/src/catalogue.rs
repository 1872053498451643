//! What each provider is called and which settings it needs: for the platform's form
//! (`integration_providers.config_schema`) and for sealing.

use serde_json::{Map, Value, json};

use crate::registry::ConnectorCode::{self, *};

/// A provider as the platform shows it.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// Its code.
    pub code: ConnectorCode,
    /// The word of `integration_providers.type`: `accounting` or `bank`.
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// A Turkish sentence about what it brings.
    pub description: &'static str,
    /// Its settings, in the order of the form.
    pub settings: &'static [Setting],
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key in `tenant_integrations.config`.
    pub name: &'static str,
    /// What the form calls it, in Turkish.
    pub label: &'static str,
    /// Whether nothing works without it.
    pub required: bool,
    /// Whether it is sealed and not shown.
    pub secret: bool,
}

const fn required(name: &'static str, label: &'static str) -> Setting {
    Setting { name, label, required: true, secret: false }
}

const fn secret(name: &'static str, label: &'static str) -> Setting {
    Setting { name, label, required: true, secret: true }
}

const fn optional(name: &'static str, label: &'static str) -> Setting {
    Setting { name, label, required: false, secret: false }
}

const fn optional_secret(name: &'static str, label: &'static str) -> Setting {
    Setting { name, label, required: false, secret: true }
}

const FOLDER: Setting = required("folder", "Dosyaların konulduğu klasör");
const SETTLE: Setting = optional("settleSeconds", "Dosyanın hazır sayılması için bekleme (saniye)");
const BASE: Setting = optional("baseUrl", "Sunucu adresi (boşsa sağlayıcının kendi adresi)");
const INVOICES: Setting = optional("pullInvoices", "Faturalar alınsın (true/false)");
const MOVEMENTS: Setting =
    optional("pullBankTransactions", "Banka hareketleri alınsın (true/false)");
const STATEMENT_FILES: &[Setting] = &[
    FOLDER,
    SETTLE,
    INVOICES,
    MOVEMENTS,
    optional("iban", "Dosyada yoksa hesabın IBAN'ı"),
    optional("accountNumber", "Dosyada yoksa hesap numarası"),
    optional("currency", "Dosyada yoksa para birimi"),
];
const MADE_UP: &[Setting] = &[
    secret("apiKey", "API anahtarı (herhangi bir metin)"),
    optional("seed", "Tohum"),
    optional("recordsPerDay", "Günlük kayıt sayısı"),
];
const FILES: &str = "Dışa aktarılan dosyaları bir klasörden alır.";
const STATEMENTS: &str = "Bankadan indirilen hesap ekstrelerini bir klasörden alır.";

/// Every provider.
pub const PROVIDERS: &[Provider] = &[
    Provider {
        code: FileDrop,
        kind: "accounting",
        name: "Dosya klasörü",
        description: "e-Fatura, e-Arşiv ve hesap ekstresi dosyalarını bir klasörden alır.",
        settings: STATEMENT_FILES,
    },
    Provider {
        code: Nilvera,
        kind: "accounting",
        name: "Nilvera",
        description: "Gelen ve giden e-Fatura ile e-Arşiv faturalarını alır.",
        settings: &[
            secret("apiKey", "API anahtarı"),
            BASE,
            optional("pullPurchases", "Gelen faturalar (true/false)"),
            optional("pullSales", "Giden faturalar (true/false)"),
            optional("pullArchive", "e-Arşiv faturaları (true/false)"),
        ],
    },
    Provider {
        code: Parasut,
        kind: "accounting",
        name: "Paraşüt",
        description: "Faturaları ve banka hareketlerini alır ve gönderir.",
        settings: &[
            required("companyId", "Firma numarası"),
            secret("clientId", "Client ID"),
            secret("clientSecret", "Client secret"),
            optional("username", "Kullanıcı adı (onay kodu yoksa)"),
            optional_secret("password", "Parola (onay kodu yoksa)"),
            optional_secret("authorizationCode", "Onay kodu"),
            BASE,
            INVOICES,
            MOVEMENTS,
        ],
    },
    Provider {
        code: MikroAccounting,
        kind: "accounting",
        name: "Mikro",
        description: "Faturaları müşterinin sunucusundan, sunucu yoksa dosyalardan alır.",
        settings: &[
            optional("baseUrl", "Sunucu adresi (https://…:port)"),
            optional_secret("apiKey", "API anahtarı"),
            optional_secret("apiSecret", "Kullanıcının parolası"),
            optional("companyId", "Firma kodu"),
            optional("username", "Kullanıcı kodu"),
            optional("year", "Çalışma yılı"),
            optional("certificateSha256", "Sertifikanın SHA-256 özeti"),
            optional("caCertificate", "Sertifika otoritesi (PEM)"),
            optional("folder", "Sunucu yoksa dosya klasörü"),
            INVOICES,
            MOVEMENTS,
        ],
    },
    Provider {
        code: LogoAccounting,
        kind: "accounting",
        name: "Logo",
        description: FILES,
        settings: &[FOLDER, SETTLE, INVOICES, MOVEMENTS],
    },
    Provider {
        code: Eta,
        kind: "accounting",
        name: "ETA",
        description: FILES,
        settings: &[FOLDER, SETTLE, INVOICES, MOVEMENTS],
    },
    Provider {
        code: IsBankasi,
        kind: "bank",
        name: "Türkiye İş Bankası",
        description: STATEMENTS,
        settings: STATEMENT_FILES,
    },
    Provider {
        code: GarantiBbva,
        kind: "bank",
        name: "Garanti BBVA",
        description: STATEMENTS,
        settings: STATEMENT_FILES,
    },
    Provider {
        code: Ohvps,
        kind: "bank",
        name: "Açık bankacılık (ÖHVPS)",
        description: "Hesap hareketlerini lisanslı bir sağlayıcı üzerinden bankadan alır.",
        settings: &[
            required("baseUrl", "Geçit adresi (…/ohvps)"),
            secret("authorization", "Sağlayıcının yetki başlığı"),
            required("bankCode", "Banka (HHS) kodu"),
            required("providerCode", "Sağlayıcı (YÖS) kodu"),
            required("groupId", "X-Group-ID"),
            required("consentId", "Rıza numarası"),
            optional_secret("authorizationCode", "Yetki kodu"),
            required("customerType", "Müşteri türü (individual veya corporate)"),
        ],
    },
    Provider {
        code: Gocardless,
        kind: "bank",
        name: "GoCardless",
        description: "Hesap hareketlerini GoCardless Bank Account Data üzerinden alır.",
        settings: &[
            secret("secretId", "Secret ID"),
            secret("secretKey", "Secret key"),
            required("requisitionId", "Requisition"),
            BASE,
        ],
    },
    Provider {
        code: MockAccounting,
        kind: "accounting",
        name: "Deneme (muhasebe)",
        description: "Uydurma faturalar üretir; yalnız deneme ortamları içindir.",
        settings: MADE_UP,
    },
    Provider {
        code: MockBank,
        kind: "bank",
        name: "Deneme (banka)",
        description: "Uydurma banka hareketleri üretir; yalnız deneme ortamları içindir.",
        settings: MADE_UP,
    },
];

/// Providers that hold invoices and bank movements alike, whatever the word of their type: the scheduler
/// pulls both, each with its own cursor. Where a setting is named, they do so only without it.
pub const OF_BOTH: &[(ConnectorCode, Option<&str>)] = &[
    (FileDrop, None),
    (Parasut, None),
    (LogoAccounting, None),
    (Eta, None),
    (IsBankasi, None),
    (GarantiBbva, None),
    // Its own interface has invoices alone.
    (MikroAccounting, Some("baseUrl")),
];

/// The provider of a code.
pub fn provider(code: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.code.as_str() == code)
}

impl Provider {
    /// Whether a setting of this name is sealed and not shown; nothing where it has none of the name.
    pub fn is_secret(&self, name: &str) -> Option<bool> {
        self.settings.iter().find(|setting| setting.name == name).map(|setting| setting.secret)
    }

    /// `integration_providers.config_schema`.
    pub fn config_schema(&self) -> Value {
        let fields = self.settings.iter().map(|setting| {
            let mut field = json!({
                "type": if setting.secret { "password" } else { "string" },
                "label": setting.label,
                "description": setting.label,
                "required": setting.required,
            });
            if setting.secret {
                field["secret"] = json!(true);
            }
            (setting.name.to_owned(), field)
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_once() {
        let codes: BTreeSet<_> = PROVIDERS.iter().map(|one| one.code.as_str()).collect();
        let all: BTreeSet<_> = ConnectorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes, all);
        assert_eq!(PROVIDERS.len(), codes.len());
        for one in PROVIDERS {
            let names: BTreeSet<_> = one.settings.iter().map(|setting| setting.name).collect();
            assert_eq!(names.len(), one.settings.len(), "{}", one.code);
            assert!(matches!(one.kind, "accounting" | "bank"));
        }
    }

    #[test]
    fn a_schema_has_the_shape_that_the_platform_reads() {
        let schema = provider("OHVPS").expect("there").config_schema();
        assert_eq!(schema["authorization"]["secret"], json!(true));
        assert_eq!(schema["authorization"]["required"], json!(true));
        assert!(schema["bankCode"].get("secret").is_none());
    }
}
