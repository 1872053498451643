//! Fields of receipts.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{KdvRate, Party, exact};

/// A till receipt (fiş).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReceiptFields {
    /// Total paid; `null` when it could not be read.
    #[serde(with = "exact::option")]
    pub amount: Option<Decimal>,
    /// Day of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// Time of the sale `HH:MM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Total KDV.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// KDV by rate, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kdv_breakdown: Vec<KdvRate>,
    /// Who sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant: Option<Party>,
    /// Fiş numarası.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<String>,
    /// How it was paid, as printed (NAKİT, KREDİ KARTI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// Currency of all amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}
