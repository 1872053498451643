//! What the pipeline is given.

use domain::TaxNumber;

use crate::limits::Limits;

/// What the user said the document is; it decides between plausible kinds, it does not overrule the
/// bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindHint {
    /// `INVOICE`
    Invoice,
    /// `BANK_STATEMENT`
    BankStatement,
    /// `RECEIPT`
    Receipt,
    /// `CONTRACT` (the platform's API does not send it; the command line may)
    Contract,
}

impl KindHint {
    /// From `documents.type`; `OTHER` and unknown words give no hint.
    pub fn from_platform(word: &str) -> Option<Self> {
        match word {
            "INVOICE" => Some(Self::Invoice),
            "BANK_STATEMENT" => Some(Self::BankStatement),
            "RECEIPT" => Some(Self::Receipt),
            "CONTRACT" => Some(Self::Contract),
            _ => None,
        }
    }
}

/// What is known about a document beside its bytes.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Context {
    /// MIME type as declared at upload.
    pub declared_mime: Option<String>,
    /// What the user said it is.
    pub hint: Option<KindHint>,
    /// VKN/TCKN of the client company that the document belongs to, to tell the counterparty.
    pub client_tax_number: Option<TaxNumber>,
    /// The client company's number as it is stored, where that is no VKN or TCKN: the client's side
    /// of a document is unknown then, which is said.
    #[serde(default)]
    pub client_tax_number_refused: Option<String>,
    /// What reading may cost.
    pub limits: Limits,
    /// The OCR engine to use.
    pub ocr: OcrEngine,
}

/// How to call Tesseract.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct OcrEngine {
    /// Program name or path.
    pub program: String,
    /// Languages, joined by `+`.
    pub languages: String,
    /// Folder of the language files (`--tessdata-dir`); the engine's own when absent.
    #[serde(default)]
    pub data_path: Option<String>,
}

impl Default for OcrEngine {
    fn default() -> Self {
        Self { program: "tesseract".to_owned(), languages: "tur+eng".to_owned(), data_path: None }
    }
}
