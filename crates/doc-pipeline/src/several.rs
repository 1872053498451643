//! Files with several documents: each is read for itself and reported; the file as a whole is none of
//! them, so nothing of it is booked.

use domain::Severity;

use crate::{
    error::ReadError,
    evidence::EvidenceMap,
    extraction::{Extraction, Fields, RawText},
    fields::{ContainedDocument, SeveralFields},
    media::Media,
    message,
};

/// Written to `document_ocr_results.engine`.
const ENGINE: &str = "archive";

/// One extraction that reports all documents.
pub(crate) fn report(
    media: Media,
    documents: Vec<(String, Result<Extraction, ReadError>)>,
) -> Extraction {
    let mut findings = vec![message::finding(
        "SEVERAL_DOCUMENTS",
        Severity::High,
        [("count", documents.len().into())],
    )];
    let mut text = String::new();
    let mut contained = Vec::with_capacity(documents.len());
    for (name, read) in documents {
        text.push_str("Belge: ");
        text.push_str(&name);
        text.push('\n');
        contained.push(match read {
            Ok(extraction) => {
                let fields = extraction.fields_json();
                text.push_str(&extraction.text.text);
                text.push('\n');
                ContainedDocument {
                    document_type: Some(extraction.kind().as_str().to_owned()),
                    fields: Some(fields),
                    error: None,
                    name,
                }
            }
            Err(error) => {
                let sentence = message::for_error(&error);
                findings.push(message::finding(
                    "CONTAINED_DOCUMENT_UNREAD",
                    Severity::High,
                    [("name", name.clone().into())],
                ));
                ContainedDocument { name, document_type: None, fields: None, error: Some(sentence) }
            }
        });
    }
    Extraction {
        media,
        fields: Fields::Several(Box::new(SeveralFields { documents: contained })),
        evidence: EvidenceMap::new(),
        findings,
        text: RawText { text, engine: ENGINE.to_owned(), confidence: None },
    }
}
