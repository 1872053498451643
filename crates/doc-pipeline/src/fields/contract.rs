//! Fields of contracts.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::exact;

/// A party of a contract.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContractParty {
    /// Name as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Role as written (KİRAYA VEREN, KİRACI, İŞVEREN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// VKN or TCKN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
}

/// A contract (sözleşme).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContractFields {
    /// Number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_number: Option<String>,
    /// Day of signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_date: Option<NaiveDate>,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Day on which it expires, read by the platform's expiry check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<NaiveDate>,
    /// Value as stated.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    /// Currency of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// `lease`, `service`, `purchase`, `employment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_type: Option<String>,
    /// Parties in the order of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<ContractParty>,
    /// Terms of renewal as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_terms: Option<String>,
}
