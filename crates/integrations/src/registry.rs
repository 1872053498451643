//! Which connectors there are.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The words of `integration_providers.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
#[non_exhaustive]
pub enum ConnectorCode {
    /// Made-up invoices, for demonstrations and tests.
    MockAccounting,
    /// Made-up bank movements, for demonstrations and tests.
    MockBank,
    /// Mikro.
    MikroAccounting,
    /// Logo, by the files that it exports.
    LogoAccounting,
    /// ETA, by the files that it exports.
    Eta,
    /// Türkiye İş Bankası.
    IsBankasi,
    /// Garanti BBVA.
    GarantiBbva,
    /// Files in a folder or below a bucket's prefix.
    FileDrop,
    /// Nilvera, e-Fatura and e-Arşiv.
    Nilvera,
    /// Paraşüt v4.
    Parasut,
    /// Any bank by ÖHVPS 2.0.
    Ohvps,
    /// GoCardless Bank Account Data.
    Gocardless,
}

impl ConnectorCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::MockAccounting,
        Self::MockBank,
        Self::MikroAccounting,
        Self::LogoAccounting,
        Self::Eta,
        Self::IsBankasi,
        Self::GarantiBbva,
        Self::FileDrop,
        Self::Nilvera,
        Self::Parasut,
        Self::Ohvps,
        Self::Gocardless,
    ];

    /// The word of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MockAccounting => "MOCK_ACCOUNTING",
            Self::MockBank => "MOCK_BANK",
            Self::MikroAccounting => "MIKRO_ACCOUNTING",
            Self::LogoAccounting => "LOGO_ACCOUNTING",
            Self::Eta => "ETA",
            Self::IsBankasi => "IS_BANKASI",
            Self::GarantiBbva => "GARANTI_BBVA",
            Self::FileDrop => "FILE_DROP",
            Self::Nilvera => "NILVERA",
            Self::Parasut => "PARASUT",
            Self::Ohvps => "OHVPS",
            Self::Gocardless => "GOCARDLESS",
        }
    }
}

impl fmt::Display for ConnectorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<ConnectorCode> for &'static str {
    fn from(code: ConnectorCode) -> Self {
        code.as_str()
    }
}

/// A code that no connector has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no connector with the code {0:?}")]
pub struct UnknownConnector(pub String);

impl FromStr for ConnectorCode {
    type Err = UnknownConnector;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == word)
            .ok_or_else(|| UnknownConnector(word.to_owned()))
    }
}

impl TryFrom<String> for ConnectorCode {
    type Error = UnknownConnector;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        word.parse()
    }
}
