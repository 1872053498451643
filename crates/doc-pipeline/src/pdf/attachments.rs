//! Files attached to a PDF: the e-invoice that some issuers put beside its print.

use hayro_interpret::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Object, Stream},
};

use crate::{limits::Limits, media::Media};

/// Attachments looked at.
const MOST: usize = 32;
/// Levels of the tree of names.
const DEEPEST: usize = 8;
/// Packed size of an attachment that is unpacked. Real e-invoices have some ten kilobytes.
const PACKED: usize = 2 << 20;

/// The XML documents among the attachments, in the file's order.
pub(super) fn xml(pdf: &Pdf, limits: &Limits) -> Vec<Vec<u8>> {
    let xref = pdf.xref();
    let Some(catalog) = xref.get::<Dict<'_>>(xref.root_id()) else { return Vec::new() };
    let mut specifications = Vec::new();
    let names = catalog.get::<Dict<'_>>("Names").and_then(|names| names.get("EmbeddedFiles"));
    if let Some(tree) = names {
        walk(&tree, 0, &mut specifications);
    }
    if let Some(associated) = catalog.get::<Array<'_>>("AF") {
        specifications.extend(dicts(&associated));
    }
    let mut found: Vec<Vec<u8>> = Vec::new();
    for specification in specifications.into_iter().take(MOST) {
        let Some(files) = specification.get::<Dict<'_>>("EF") else { continue };
        let stream = files.get::<Stream<'_>>("UF").or_else(|| files.get::<Stream<'_>>("F"));
        let Some(stream) = stream.filter(|stream| stream.raw_data().len() <= PACKED) else {
            continue;
        };
        let Ok(bytes) = stream.decoded_data() else { continue };
        let fits = bytes.len() as u64 <= limits.xml_bytes;
        if fits && Media::sniff(&bytes) == Media::Xml && !found.iter().any(|own| **own == *bytes) {
            found.push(bytes.into_owned());
        }
    }
    found
}

/// The file specifications of a tree of names.
fn walk<'a>(node: &Dict<'a>, depth: usize, out: &mut Vec<Dict<'a>>) {
    if depth > DEEPEST || out.len() >= MOST {
        return;
    }
    if let Some(names) = node.get::<Array<'a>>("Names") {
        // Pairs of a name and a specification; names are strings and fall away.
        out.extend(dicts(&names));
    }
    if let Some(kids) = node.get::<Array<'a>>("Kids") {
        for kid in dicts(&kids) {
            walk(&kid, depth + 1, out);
        }
    }
}

/// The dictionaries of an array that may hold other things between them.
fn dicts<'a>(array: &Array<'a>) -> impl Iterator<Item = Dict<'a>> {
    array.iter::<Object<'a>>().take(4 * MOST).filter_map(Object::into_dict)
}
