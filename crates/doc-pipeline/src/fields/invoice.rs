//! Fields of invoices.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Party, exact};

/// One line of an invoice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LineItem {
    /// What was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Unit of the quantity as written (`C62`, `Adet`, `KGM`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Price of one, exact, all decimals of the source.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Decimal>,
    /// Net amount of the line as written.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub line_total: Option<Decimal>,
    /// KDV rate as a fraction (0.20).
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub vat_rate: Option<Decimal>,
    /// KDV of the line.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub vat_amount: Option<Decimal>,
    /// Discount of the line.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Decimal>,
}

/// KDV of one rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KdvRate {
    /// Rate as a fraction (0.20).
    #[serde(with = "exact::number")]
    pub rate: Decimal,
    /// Matrah.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub taxable_amount: Option<Decimal>,
    /// KDV.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// Exemption reason code (istisna kodu) of a zero rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_code: Option<String>,
    /// Exemption reason as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<String>,
}

/// Tevkifat: the share of the KDV that the buyer pays to the state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withholding {
    /// Tevkifat code (6xx, 8xx), when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Withheld share of the KDV as a fraction (0.90).
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// The KDV that the share is taken of.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub taxable_amount: Option<Decimal>,
    /// The withheld amount.
    #[serde(with = "exact::number")]
    pub amount: Decimal,
}

/// A tax other than KDV (ÖTV, ÖİV, stopaj, konaklama vergisi).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherTax {
    /// Tax type code (0071, 4080, 0003).
    pub code: String,
    /// Name as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Rate as a fraction, when stated.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// The amount as written.
    #[serde(with = "exact::number")]
    pub amount: Decimal,
}

/// An invoice, e-Fatura, e-Arşiv, e-SMM or e-Müstahsil.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvoiceFields {
    /// Number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    /// Düzenleme tarihi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
    /// Issue time `HH:MM:SS`, local to Turkey, when stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_time: Option<String>,
    /// Son ödeme (vade) tarihi; absent when not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Ödenecek tutar: what the buyer pays.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Decimal>,
    /// Total of goods and services after discounts, without KDV.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub net_amount: Option<Decimal>,
    /// Hesaplanan KDV: the sum over all rates, before tevkifat.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Decimal>,
    /// Vergiler dahil toplam, as stated.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub tax_inclusive_amount: Option<Decimal>,
    /// Toplam iskonto.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Decimal>,
    /// Currency of all amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Lira for one unit of the currency, when stated.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<Decimal>,
    /// Name of the party that is not the client company; of the issuer when the client company is
    /// neither party or unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    /// VKN or TCKN of the same party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty_tax_number: Option<String>,
    /// Lines as the document has them; empty when none could be read.
    pub line_items: Vec<LineItem>,
    /// ETTN as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ettn: Option<String>,
    /// Senaryo (TEMELFATURA, TICARIFATURA, EARSIVFATURA, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Fatura tipi (SATIS, IADE, TEVKIFAT, ISTISNA, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_type: Option<String>,
    /// Who sold and issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<Party>,
    /// Who bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Party>,
    /// KDV by rate, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kdv_breakdown: Vec<KdvRate>,
    /// Tevkifat by code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withholdings: Vec<Withholding>,
    /// Sum of the tevkifat.
    #[serde(with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub withholding_amount: Option<Decimal>,
    /// Taxes other than KDV.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_taxes: Vec<OtherTax>,
    /// Numbers of invoices that this one returns or corrects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub billing_references: Vec<String>,
    /// Numbers of despatch notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub despatch_references: Vec<String>,
    /// IBANs printed for payment whose check digits agree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payment_ibans: Vec<String>,
    /// Free notes as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Whether the document carries an electronic signature; it is noted, not verified.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub signature_present: bool,
}
