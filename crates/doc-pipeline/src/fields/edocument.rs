//! Fields of despatch notes and other e-documents that are no invoices.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Party, exact};

/// One line of a despatch or receipt advice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DespatchLine {
    /// What was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many were sent (irsaliye) or received (irsaliye yanıtı).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Unit of the quantities as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many were refused (irsaliye yanıtı).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub rejected_quantity: Option<Decimal>,
    /// How many are missing (irsaliye yanıtı).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub short_quantity: Option<Decimal>,
    /// Why they were refused, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject_reason: Option<String>,
}

/// What an application response (uygulama yanıtı) answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Response {
    /// Code as written (KABUL, RED, IADE, S_APR, GUMRUKONAY).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Explanation as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Number or ETTN of the document that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Its type as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_type: Option<String>,
    /// Its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_date: Option<NaiveDate>,
}

/// An e-document that is no invoice: e-İrsaliye, e-İrsaliye yanıtı, uygulama yanıtı.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EDocumentFields {
    /// `despatch_advice`, `receipt_advice` or `application_response`.
    pub edocument_type: String,
    /// Number as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// ETTN as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ettn: Option<String>,
    /// Senaryo (TEMELIRSALIYE, HKSIRSALIYE, TICARIFATURA, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Type of the despatch advice (SEVK, MATBUDAN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_code: Option<String>,
    /// Düzenleme tarihi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
    /// Issue time `HH:MM:SS`, local to Turkey, when stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_time: Option<String>,
    /// Who sends the goods, or who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Party>,
    /// Who receives the goods, or who is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Party>,
    /// Taşıyıcı.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Party>,
    /// Fiili sevk tarihi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub despatch_date: Option<NaiveDate>,
    /// Plates of the vehicles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plates: Vec<String>,
    /// Names of the drivers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drivers: Vec<String>,
    /// Lines as the document has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<DespatchLine>,
    /// Numbers of orders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order_references: Vec<String>,
    /// Numbers of despatch notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub despatch_references: Vec<String>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Free notes as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
