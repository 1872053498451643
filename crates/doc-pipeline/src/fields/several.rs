//! What a file with several documents holds.

use serde::{Deserialize, Serialize};

/// What a file with several documents holds: an archive, or an envelope of e-documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeveralFields {
    /// Each document, in the order of the file.
    pub documents: Vec<ContainedDocument>,
}

/// One document of a file that holds several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainedDocument {
    /// Its name within the file, or its number.
    pub name: String,
    /// Its kind, one of the words of `document_parsed_data.document_type`; absent when it could not
    /// be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_type: Option<String>,
    /// Its fields as they would be stored for the document alone, with their evidence and findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<serde_json::Value>,
    /// Why it could not be read, in Turkish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
