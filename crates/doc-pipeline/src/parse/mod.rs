//! From pages of words to typed fields: what kind of document, its labels, its tables, and the
//! arithmetic that ties the numbers together. Everything here is a pure function of the pages.
//!
//! Linear in the number of words: rows are walked once for labels and once for tables; look-ups of
//! neighbours are bounded.

mod bank;
mod classify;
mod contract;
mod date;
mod fold;
mod invoice;
mod label;
mod number;
mod percent;
mod receipt;
mod table;
mod trail;
mod view;

use crate::{
    evidence::EvidenceMap,
    extraction::{DocumentKind, Fields},
    finding::Finding,
    input::Context,
    text::Page,
};

/// What the pages say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    /// The fields; their kind is the document's.
    pub(crate) fields: Fields,
    /// Where each field stood and what confirms it.
    pub(crate) evidence: EvidenceMap,
    /// Broken sums and the like.
    pub(crate) findings: Vec<Finding>,
}

/// Reads a document of pages.
pub(crate) fn document(pages: &[Page], context: &Context) -> Parsed {
    let rows = view::rows_of(pages);
    let (fields, trail, findings) = match classify::kind(&rows, context.hint) {
        DocumentKind::Invoice => {
            let (fields, trail, findings) = invoice::read(rows, context);
            (Fields::Invoice(Box::new(fields)), trail, findings)
        }
        DocumentKind::BankStatement => {
            let (fields, trail, findings) = bank::read(rows);
            (Fields::BankStatement(Box::new(fields)), trail, findings)
        }
        DocumentKind::Receipt => {
            let (fields, trail, findings) = receipt::read(rows);
            (Fields::Receipt(Box::new(fields)), trail, findings)
        }
        DocumentKind::Contract => {
            let (fields, trail, findings) = contract::read(rows);
            (Fields::Contract(Box::new(fields)), trail, findings)
        }
        DocumentKind::Unknown => (Fields::Unknown, trail::Trail::default(), Vec::new()),
    };
    Parsed { fields, evidence: trail.finish(), findings }
}
