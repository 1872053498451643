//! UBL-TR: e-Fatura, e-Arşiv, e-SMM, e-Müstahsil, plain or in an envelope; other e-documents are
//! recognised by name.
//!
//! The way: [`encoding`] makes text of the bytes, [`tree`] a bounded, pruned tree of the text,
//! [`invoice`] follows the paths and keeps what is written ([`model`]), [`taxes`] sorts taxes by meaning,
//! [`checks`] judges, [`fields`] makes the platform's fields. Elements are matched by namespace and local
//! name; amounts are never corrected; a signature is noted, not verified.

mod amount;
mod checks;
mod codes;
pub(crate) mod encoding;
mod fields;
mod invoice;
mod judgement;
mod model;
mod names;
mod other;
mod parties;
mod taxes;
mod tree;
mod values;

pub(crate) use parties::COLLECTIVE;

use self::{
    judgement::Judgement,
    model::Root,
    tree::{Node, Ns, Tree},
};
use crate::{
    error::{Limit, ReadError},
    extraction::{Extraction, Fields, RawText},
    findings::{self, Findings},
    input::Context,
    media::Media,
    several,
};

/// Written to `document_ocr_results.engine`.
const ENGINE: &str = "ubl-tr";

/// GİB allows 10 groups of 100 invoices in an envelope.
const MAX_DOCUMENTS: usize = 1000;

/// Reads an XML document.
pub(crate) fn read(text: &str, context: &Context) -> Result<Extraction, ReadError> {
    let tree = Tree::parse(text)?;
    let documents = document_roots(&tree)?;
    match documents.as_slice() {
        [only] => read_document(*only, context),
        [] => Err(ReadError::AmbiguousArchive("no document in the envelope".to_owned())),
        several if several.len() > MAX_DOCUMENTS => Err(ReadError::LimitExceeded(Limit::Xml)),
        several => {
            let read = several.iter().enumerate().map(|(index, document)| {
                let number = document.word("ID").and_then(values::clean);
                let name = number.unwrap_or_else(|| (index + 1).to_string());
                (name, read_document(*document, context))
            });
            Ok(several::report(Media::Xml, read.collect()))
        }
    }
}

fn read_document(root: Node<'_, '_>, context: &Context) -> Result<Extraction, ReadError> {
    match root.name() {
        "Invoice" => read_invoice(root, Root::Invoice, context),
        "CreditNote" => read_invoice(root, Root::CreditNote, context),
        _ => other::read(root),
    }
}

fn read_invoice(
    node: Node<'_, '_>,
    root: Root,
    context: &Context,
) -> Result<Extraction, ReadError> {
    let client = context.client_tax_number.as_ref();
    let mut findings = Findings::default();
    let mut judgement = Judgement::default();
    let mut line_checks = Vec::new();
    let document = invoice::read(node, root, &mut findings)?;
    let taxes = taxes::read(&document, &mut findings, &mut judgement);
    checks::run(&document, &taxes, client, &mut findings, &mut judgement, &mut line_checks);
    let invoice = fields::invoice(&document, taxes, client, &mut judgement);
    let present = fields::pointers(&invoice, &line_checks);
    let text = fields::text(&invoice);
    Ok(Extraction {
        media: Media::Xml,
        evidence: judgement.into_evidence(present),
        fields: Fields::Invoice(Box::new(invoice)),
        findings: findings.into_list(),
        text: RawText { text, engine: ENGINE.to_owned(), confidence: None },
    })
}

/// The document itself, or those in an envelope, in their order.
fn document_roots<'t, 'a>(tree: &'t Tree<'a>) -> Result<Vec<Node<'t, 'a>>, ReadError> {
    let foreign = || ReadError::Unsupported(Media::Xml.name().to_owned());
    let root = tree.root().ok_or_else(foreign)?;
    if is_document(root) {
        return Ok(vec![root]);
    }
    if !root.is(Ns::Envelope, "StandardBusinessDocument") {
        return Err(foreign());
    }
    let mut found = Vec::new();
    // Package / Elements / ElementList / document; the depth is bounded by the tree's own limit.
    let mut level = vec![root];
    while let Some(node) = level.pop() {
        let mut below: Vec<_> = Vec::new();
        for child in node.children() {
            if is_document(child) {
                found.push(child);
            } else if child.ns() == Some(Ns::Envelope) {
                below.push(child);
            }
        }
        level.extend(below.into_iter().rev());
    }
    Ok(found)
}

fn is_document(node: Node<'_, '_>) -> bool {
    node.ns() == Some(Ns::Document)
        && matches!(
            node.name(),
            "Invoice" | "CreditNote" | "DespatchAdvice" | "ReceiptAdvice" | "ApplicationResponse"
        )
}
