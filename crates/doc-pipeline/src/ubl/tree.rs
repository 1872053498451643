//! A bounded, pruned tree of an XML document: only elements that some path asks for are kept, text
//! is borrowed from the input, and embedded files are stepped over without being looked at.

use std::borrow::Cow;

use quick_xml::{
    NsReader,
    events::{BytesStart, Event},
    name::ResolveResult,
};

use super::names::KEPT;
use crate::{
    error::{Limit, ReadError},
    xml,
};

const MAX_DEPTH: usize = 64;
const MAX_ATTRIBUTES: usize = 256;
const MAX_ELEMENTS: usize = 200_000;
const MAX_TEXT: usize = 1 << 20;

/// The namespaces that matter; prefixes never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// CommonBasicComponents-2: values.
    Basic,
    /// CommonAggregateComponents-2: groups.
    Aggregate,
    /// The document namespaces of UBL (`…:xsd:Invoice-2` and so on).
    Document,
    /// The envelope: StandardBusinessDocument, ef:Package, and their unqualified elements.
    Envelope,
    /// XML signature.
    Signature,
    /// CommonExtensionComponents-2.
    Extension,
}

fn namespace(resolved: &ResolveResult<'_>) -> Option<Ns> {
    const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd:";
    let ResolveResult::Bound(uri) = resolved else {
        // The envelope's inner elements are unqualified.
        return matches!(resolved, ResolveResult::Unbound).then_some(Ns::Envelope);
    };
    let uri: &str = uri.as_ref();
    if let Some(schema) = uri.strip_prefix(UBL) {
        return match schema {
            "CommonBasicComponents-2" => Some(Ns::Basic),
            "CommonAggregateComponents-2" => Some(Ns::Aggregate),
            "CommonExtensionComponents-2" => Some(Ns::Extension),
            _ => Some(Ns::Document),
        };
    }
    match uri {
        "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
        | "http://www.efatura.gov.tr/package-namespace" => Some(Ns::Envelope),
        "http://www.w3.org/2000/09/xmldsig#" => Some(Ns::Signature),
        _ => None,
    }
}

const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Data<'a> {
    ns: Ns,
    name: &'static str,
    text: Cow<'a, str>,
    scheme: Option<Box<str>>,
    currency: Option<Box<str>>,
    unit: Option<Box<str>>,
    first: u32,
    last: u32,
    next: u32,
}

/// The kept elements of a document.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    nodes: Vec<Data<'a>>,
}

/// One kept element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'t, 'a> {
    tree: &'t Tree<'a>,
    index: u32,
}

impl<'a> Tree<'a> {
    /// Parses the text, refusing document types and everything above the limits.
    pub(super) fn parse(xml: &'a str) -> Result<Self, ReadError> {
        let mut reader = NsReader::from_str(xml);
        let mut tree = Tree { nodes: Vec::with_capacity(512) };
        // Kept ancestors, innermost last; `skipped` counts open elements below the last kept one.
        let mut open: Vec<u32> = Vec::with_capacity(16);
        let mut skipped = 0_usize;
        let mut elements = 0_usize;
        let mut roots = 0_usize;
        loop {
            let event = reader
                .read_event()
                .map_err(|error| xml::refused(&error, reader.error_position()))?;
            match event {
                Event::Start(ref start) | Event::Empty(ref start) => {
                    let empty = matches!(event, Event::Empty(_));
                    elements += 1;
                    let depth = open.len() + skipped;
                    if elements > MAX_ELEMENTS || depth >= MAX_DEPTH {
                        return Err(ReadError::LimitExceeded(Limit::Xml));
                    }
                    xml::check_attributes(start, MAX_ATTRIBUTES)?;
                    if depth == 0 {
                        roots += 1;
                        if roots > 1 {
                            return Err(ReadError::Corrupt(
                                "more than one root element".to_owned(),
                            ));
                        }
                    }
                    let kept = if skipped == 0 { tree.keep(&reader, start)? } else { None };
                    match kept {
                        Some(index) => {
                            if let Some(&parent) = open.last() {
                                tree.link(parent, index);
                            }
                            if !empty {
                                open.push(index);
                            }
                        }
                        None if empty => {}
                        None => skipped += 1,
                    }
                }
                Event::End(_) => {
                    if skipped > 0 {
                        skipped -= 1;
                    } else {
                        open.pop();
                    }
                }
                Event::Text(text) => {
                    if skipped == 0 {
                        match open.last() {
                            Some(&node) => tree.append(node, text.into_inner())?,
                            None => outside(&text.into_inner())?,
                        }
                    }
                }
                Event::CData(text) => {
                    if skipped == 0 {
                        match open.last() {
                            Some(&node) => tree.append(node, text.into_inner())?,
                            None => outside("cdata")?,
                        }
                    }
                }
                Event::GeneralRef(reference) => {
                    let letter = xml::reference(reference, reader.buffer_position())?;
                    if skipped == 0 {
                        match open.last() {
                            Some(&node) => tree.append(node, Cow::Owned(letter.to_string()))?,
                            None => outside("reference")?,
                        }
                    }
                }
                Event::DocType(_) => return Err(ReadError::ForbiddenXml),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        if !open.is_empty() || skipped > 0 {
            return Err(ReadError::Corrupt("the XML ends within an element".to_owned()));
        }
        if roots == 0 {
            return Err(ReadError::Corrupt("the XML has no root element".to_owned()));
        }
        Ok(tree)
    }

    /// The root, unless it is of no known namespace and name.
    pub(super) fn root(&self) -> Option<Node<'_, 'a>> {
        (!self.nodes.is_empty()).then_some(Node { tree: self, index: 0 })
    }

    fn keep(
        &mut self,
        reader: &NsReader<&'a [u8]>,
        start: &BytesStart<'_>,
    ) -> Result<Option<u32>, ReadError> {
        let local = start.local_name();
        let local: &str = local.as_ref();
        let Ok(known) = KEPT.binary_search(&local) else { return Ok(None) };
        let (resolved, _) = reader.resolver().resolve_element(start.name());
        let (Some(ns), Some(name)) = (namespace(&resolved), KEPT.get(known)) else {
            return Ok(None);
        };
        let index = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let mut node = Data {
            ns,
            name,
            text: Cow::Borrowed(""),
            scheme: None,
            currency: None,
            unit: None,
            first: NONE,
            last: NONE,
            next: NONE,
        };
        if matches!(ns, Ns::Basic) {
            for attribute in start.attributes() {
                let attribute = attribute.map_err(|_| {
                    let at = reader.buffer_position();
                    ReadError::Corrupt(format!(
                        "xml: a malformed attribute in the tag before byte {at}"
                    ))
                })?;
                let slot = match attribute.key.local_name().as_ref() {
                    "schemeID" => &mut node.scheme,
                    "currencyID" => &mut node.currency,
                    "unitCode" => &mut node.unit,
                    _ => continue,
                };
                // Codes need no unescaping; one that holds a reference is simply unknown.
                *slot = Some(attribute.value.trim().into());
            }
        }
        self.nodes.push(node);
        Ok(Some(index))
    }

    fn link(&mut self, parent: u32, child: u32) {
        let Some(data) = self.nodes.get_mut(parent as usize) else { return };
        let last = std::mem::replace(&mut data.last, child);
        if last == NONE {
            data.first = child;
        } else if let Some(sibling) = self.nodes.get_mut(last as usize) {
            sibling.next = child;
        }
    }

    fn append(&mut self, node: u32, text: Cow<'a, str>) -> Result<(), ReadError> {
        let Some(data) = self.nodes.get_mut(node as usize) else { return Ok(()) };
        // Groups hold nothing but white space.
        if data.ns != Ns::Basic {
            return Ok(());
        }
        if data.text.len() + text.len() > MAX_TEXT {
            return Err(ReadError::LimitExceeded(Limit::Xml));
        }
        if data.text.is_empty() {
            data.text = text;
        } else {
            data.text.to_mut().push_str(&text);
        }
        Ok(())
    }
}

/// Text beside the root element.
fn outside(text: &str) -> Result<(), ReadError> {
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        Ok(())
    } else {
        Err(ReadError::Corrupt("text outside the root element".to_owned()))
    }
}

impl<'t, 'a> Node<'t, 'a> {
    fn data(self) -> Option<&'t Data<'a>> {
        self.tree.nodes.get(self.index as usize)
    }

    /// Namespace and local name.
    pub(super) fn is(self, ns: Ns, name: &str) -> bool {
        self.data().is_some_and(|data| data.ns == ns && data.name == name)
    }

    /// Namespace.
    pub(super) fn ns(self) -> Option<Ns> {
        self.data().map(|data| data.ns)
    }

    /// Local name.
    pub(super) fn name(self) -> &'static str {
        self.data().map_or("", |data| data.name)
    }

    /// The text, without blanks around it; `None` when there is nothing else.
    pub(super) fn text(self) -> Option<&'t str> {
        let text = self.data()?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Attribute `schemeID`.
    pub(super) fn scheme(self) -> Option<&'t str> {
        self.data()?.scheme.as_deref()
    }

    /// Attribute `currencyID`.
    pub(super) fn currency(self) -> Option<&'t str> {
        self.data()?.currency.as_deref()
    }

    /// Attribute `unitCode`.
    pub(super) fn unit(self) -> Option<&'t str> {
        self.data()?.unit.as_deref().filter(|unit| !unit.is_empty())
    }

    /// All kept children.
    pub(super) fn children(self) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        let tree = self.tree;
        let mut next = self.data().map_or(NONE, |data| data.first);
        std::iter::from_fn(move || {
            let index = next;
            next = tree.nodes.get(index as usize)?.next;
            Some(Node { tree, index })
        })
    }

    /// Groups (`cac:`) of that name.
    pub(super) fn groups(
        self,
        name: &'static str,
    ) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        self.children().filter(move |child| child.is(Ns::Aggregate, name))
    }

    /// The first group (`cac:`) of that name.
    pub(super) fn group(self, name: &'static str) -> Option<Node<'t, 'a>> {
        self.groups(name).next()
    }

    /// Follows groups downwards, the first of each name.
    pub(super) fn down(self, path: &[&'static str]) -> Option<Node<'t, 'a>> {
        path.iter().try_fold(self, |node, name| node.group(name))
    }

    /// Values (`cbc:`) of that name.
    pub(super) fn values(
        self,
        name: &'static str,
    ) -> impl Iterator<Item = Node<'t, 'a>> + use<'t, 'a> {
        self.children().filter(move |child| child.is(Ns::Basic, name))
    }

    /// The first value (`cbc:`) of that name.
    pub(super) fn value(self, name: &'static str) -> Option<Node<'t, 'a>> {
        self.values(name).next()
    }

    /// Text of the first value of that name.
    pub(super) fn word(self, name: &'static str) -> Option<&'t str> {
        self.value(name)?.text()
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;
    use crate::error::ReadError;

    #[test]
    fn an_error_names_the_place_and_quotes_nothing() {
        const SECRET: &str = "Ahmet_Yilmaz_TCKN_10000000146";
        const BASIC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
        for xml in [
            format!("<a></{SECRET}>"),
            format!("</{SECRET}>"),
            format!("<{SECRET}><b></{SECRET}>"),
            format!("<a xmlns:xml='{SECRET}'/>"),
            format!("<a>&#{SECRET};</a>"),
            format!("<a>&{SECRET}</a>"),
            format!("<ID xmlns='{BASIC}' {SECRET}='1' {SECRET}='2'/>"),
            format!("<ID xmlns='{BASIC}' {SECRET}=/>"),
            format!("<a {SECRET}"),
            format!("<a b='{SECRET}"),
            format!("<![{SECRET}"),
        ] {
            let Err(error) = Tree::parse(&xml) else { panic!("accepted: {xml}") };
            let ReadError::Corrupt(detail) = &error else { panic!("{xml}: {error:?}") };
            assert!(!detail.contains("Yilmaz") && detail.contains("byte "), "{xml}: {detail}");
        }
    }
}
