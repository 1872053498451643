//! What reading a document gives.

use serde::{Deserialize, Serialize};

use crate::{
    evidence::EvidenceMap,
    fields::{
        BankStatementFields, ContractFields, EDocumentFields, InvoiceFields, ReceiptFields,
        SeveralFields,
    },
    finding::Finding,
    media::Media,
    ubl::COLLECTIVE,
};

/// The version written to `document_parsed_data.parser_version`.
pub const PARSER_VERSION: &str = "3.0";

/// The words of `document_parsed_data.document_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Fatura, e-Fatura, e-Arşiv, e-SMM, e-Müstahsil.
    Invoice,
    /// Banka hesap ekstresi.
    BankStatement,
    /// Fiş.
    Receipt,
    /// Sözleşme.
    Contract,
    /// Read, but of no kind known here.
    Unknown,
}

impl DocumentKind {
    /// The word stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::BankStatement => "bank_statement",
            Self::Receipt => "receipt",
            Self::Contract => "contract",
            Self::Unknown => "unknown",
        }
    }
}

/// The typed fields of each kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "fields", rename_all = "snake_case")]
pub enum Fields {
    /// Of an invoice.
    Invoice(Box<InvoiceFields>),
    /// Of a bank statement.
    BankStatement(Box<BankStatementFields>),
    /// Of a receipt.
    Receipt(Box<ReceiptFields>),
    /// Of a contract.
    Contract(Box<ContractFields>),
    /// Of an e-document that is no invoice; the platform has no kind for it, so its kind is unknown.
    EDocument(Box<EDocumentFields>),
    /// Of a file with several documents, whose own kind is unknown.
    Several(Box<SeveralFields>),
    /// None: the kind is unknown.
    Unknown,
}

impl Fields {
    /// The kind that these fields belong to.
    pub const fn kind(&self) -> DocumentKind {
        match self {
            Self::Invoice(_) => DocumentKind::Invoice,
            Self::BankStatement(_) => DocumentKind::BankStatement,
            Self::Receipt(_) => DocumentKind::Receipt,
            Self::Contract(_) => DocumentKind::Contract,
            Self::EDocument(_) | Self::Several(_) | Self::Unknown => DocumentKind::Unknown,
        }
    }
}

/// The text of the document, for search and for the platform's text view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawText {
    /// Lines in reading order, pages parted by a form feed.
    pub text: String,
    /// `ubl-tr`, `pdf-text`, `tesseract`, or `pdf-text+tesseract` when pages differ.
    pub engine: String,
    /// Mean word confidence of the recognised pages as a fraction 0..1; absent where nothing was
    /// recognised.
    pub confidence: Option<f32>,
}

/// The whole result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// The real type of the bytes.
    pub media: Media,
    /// What was read; its kind is the document's kind.
    pub fields: Fields,
    /// Where each field stood and what confirms it, by JSON pointer into the fields
    /// (`/totalAmount`, `/lineItems/0/lineTotal`).
    pub evidence: EvidenceMap,
    /// What a person should know about the document, in order of detection.
    pub findings: Vec<Finding>,
    /// The text.
    pub text: RawText,
}

impl Extraction {
    /// The kind of the document.
    pub const fn kind(&self) -> DocumentKind {
        self.fields.kind()
    }

    /// `document_parsed_data.fields`: the keys of the published schema (`docs/schemas/`), amounts as
    /// JSON numbers written exactly, dates ISO, `evidence` and `findings` beside them. Keys of
    /// unknown values are absent.
    pub fn fields_json(&self) -> serde_json::Value {
        let fields = match &self.fields {
            Fields::Invoice(fields) => serde_json::to_value(fields),
            Fields::BankStatement(fields) => serde_json::to_value(fields),
            Fields::Receipt(fields) => serde_json::to_value(fields),
            Fields::Contract(fields) => serde_json::to_value(fields),
            Fields::EDocument(fields) => serde_json::to_value(fields),
            Fields::Several(fields) => serde_json::to_value(fields),
            Fields::Unknown => Ok(serde_json::Value::Object(serde_json::Map::new())),
        };
        // Serialising plain structs of strings, numbers and vectors cannot fail.
        let mut fields = fields.unwrap_or_default();
        if let Some(object) = fields.as_object_mut() {
            if !self.evidence.is_empty()
                && let Ok(evidence) = serde_json::to_value(&self.evidence)
            {
                object.insert("evidence".to_owned(), evidence);
            }
            if !self.findings.is_empty()
                && let Ok(findings) = serde_json::to_value(&self.findings)
            {
                object.insert("findings".to_owned(), findings);
            }
        }
        fields
    }

    /// By what the same document is known again.
    pub fn identity(&self) -> Identity {
        match &self.fields {
            Fields::Invoice(invoice) => Identity {
                ettn: invoice.ettn.as_ref().map(|ettn| ettn.to_lowercase()),
                issuer_tax_number: invoice
                    .supplier
                    .as_ref()
                    .and_then(|supplier| supplier.tax_number.clone())
                    // A number that stands for anybody tells no issuer from another.
                    .filter(|number| !COLLECTIVE.contains(&number.as_str())),
                invoice_number: invoice.invoice_number.clone(),
            },
            Fields::EDocument(document) => Identity {
                ettn: document.ettn.as_ref().map(|ettn| ettn.to_lowercase()),
                ..Identity::default()
            },
            _ => Identity::default(),
        }
    }
}

/// Keys by which duplicates are found; the content hash is the caller's (it has the bytes).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// ETTN in lower case.
    pub ettn: Option<String>,
    /// VKN or TCKN of the issuer.
    pub issuer_tax_number: Option<String>,
    /// Invoice number as printed.
    pub invoice_number: Option<String>,
}
