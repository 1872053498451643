//! Where a field stood, how sure it is, and which check confirmed it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// By JSON pointer into the fields.
pub type EvidenceMap = BTreeMap<String, Evidence>;

/// Where the value was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// An element of an XML document: exact as written by the issuer.
    Xml,
    /// A field of a statement file (MT940, OFX, CSV, workbook): exact as written by the bank.
    Data,
    /// The text layer of a PDF: exact glyphs, their meaning inferred from the layout.
    TextLayer,
    /// Recognised from pixels.
    Ocr,
    /// A QR code printed on the document.
    QrCode,
    /// Computed from other fields, named by the checks.
    Derived,
}

/// A rectangle in points (1/72 inch) from the page's top left corner, as upright for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoundingBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

/// A check that a field passed or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// VKN or TCKN check digits.
    TaxNumberDigits,
    /// IBAN check digits.
    IbanDigits,
    /// The line totals add up to the net amount.
    LinesSumToNet,
    /// Net + KDV (− tevkifat) = total.
    NetPlusKdvIsTotal,
    /// Taxable amount × rate = KDV, for each rate of the breakdown.
    KdvByRate,
    /// Quantity × unit price = line total.
    QuantityTimesPrice,
    /// Each balance = balance before + movement.
    BalanceChain,
    /// Opening balance + all movements = closing balance.
    OpeningPlusMovementsIsClosing,
    /// The ETTN is a well-formed UUID.
    EttnFormat,
    /// The QR code on the document says the same.
    QrCode,
    /// The amount in words is the same.
    AmountInWords,
}

/// What is known about one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Where the value was read from.
    pub source: Source,
    /// Page from 1; absent for XML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Box of the value on the page; absent for XML.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub bounding_box: Option<BoundingBox>,
    /// Fraction 0..1: 1 for XML and text layers, the lowest word confidence for recognised text.
    pub confidence: f32,
    /// Checks that the value passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Check>,
    /// Checks that the value failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Check>,
    /// Whether a person has to confirm the value before it is used: set for a recognised value that no
    /// check confirms (names and descriptions always), and for any value that failed a check.
    pub needs_review: bool,
}
