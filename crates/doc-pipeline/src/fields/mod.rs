//! Typed fields by kind. Names are the platform's (`document_parsed_data.fields`), camelCase in JSON;
//! additions are described in `docs/schemas/`. Unknown stays absent.

mod contract;
mod edocument;
mod invoice;
mod receipt;
mod several;
mod statement;

use serde::{Deserialize, Serialize};

pub use contract::{ContractFields, ContractParty};
pub use edocument::{DespatchLine, EDocumentFields, Response};
pub use invoice::{InvoiceFields, KdvRate, LineItem, OtherTax, Withholding};
pub use receipt::ReceiptFields;
pub use several::{ContainedDocument, SeveralFields};
pub use statement::{AccountStatement, BankStatementFields, BankTransaction, TransactionDetail};

mod exact {
    //! JSON numbers written digit by digit; no float in between.
    pub(super) use rust_decimal::serde::{
        arbitrary_precision as number, arbitrary_precision_option as option,
    };
}

/// A party of a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Party {
    /// Title of a firm, or first and family name of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// VKN or TCKN as written, digits only; whether its check digits agree stands in the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Vergi dairesi.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_office: Option<String>,
    /// Address on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}
