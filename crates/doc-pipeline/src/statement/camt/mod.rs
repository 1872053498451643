//! ISO 20022 account reports: camt.052 (BankToCustomerAccountReport), .053 (…Statement) and .054
//! (…DebitCreditNotification), versions 01 to 13. One walk over the elements by local name reads every
//! version: what moved between them (status, parties, dates) is matched by the end of its path.

mod entry;
mod movement;
mod tag;
mod value;

use quick_xml::{Reader, events::Event};

use self::{entry::Building, tag::Tag};
use super::model::Draft;
use crate::{
    error::{Limit, ReadError},
    xml,
};

const MAX_DEPTH: usize = 64;
const MAX_ATTRIBUTES: usize = 256;
/// Nothing is kept of an element but its text, so their number costs time alone.
const MAX_ELEMENTS: usize = 5_000_000;
const MAX_TEXT: usize = 1 << 20;

/// Whether the first elements are those of an account report.
pub(crate) fn is_camt(text: &str) -> bool {
    let mut reader = Reader::from_str(text);
    let mut is_root = true;
    // Comments and processing instructions may stand before the root, but not without end.
    for _ in 0..64 {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name();
                let name: &str = name.as_ref();
                if is_root && name == "Document" {
                    is_root = false;
                } else {
                    // Some writers leave the document's own element out.
                    return name.starts_with("BkToCstmr");
                }
            }
            Ok(Event::Eof | Event::End(_) | Event::Empty(_)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    false
}

/// Reads all reports of a message.
pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), ReadError> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<Tag> = Vec::with_capacity(MAX_DEPTH);
    let mut building = Building::default();
    let mut value = String::new();
    let mut elements = 0_usize;
    loop {
        let event =
            reader.read_event().map_err(|error| xml::refused(&error, reader.error_position()))?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                elements += 1;
                if elements > MAX_ELEMENTS || path.len() >= MAX_DEPTH {
                    return Err(ReadError::LimitExceeded(Limit::Xml));
                }
                xml::check_attributes(start, MAX_ATTRIBUTES)?;
                let tag = Tag::of(start.local_name().as_ref());
                path.push(tag);
                value.clear();
                building.start(&path, start);
                if matches!(event, Event::Empty(_)) {
                    building.end(&path, "", draft)?;
                    path.pop();
                }
            }
            Event::End(_) => {
                building.end(&path, value.trim(), draft)?;
                value.clear();
                path.pop();
            }
            Event::Text(text) => append(&mut value, &text.into_inner())?,
            Event::CData(text) => append(&mut value, &text.into_inner())?,
            Event::GeneralRef(reference) => {
                let letter = xml::reference(reference, reader.buffer_position())?;
                append(&mut value, letter.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(ReadError::ForbiddenXml),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if path.is_empty() {
        Ok(())
    } else {
        Err(ReadError::Corrupt("the XML ends within an element".to_owned()))
    }
}

fn append(value: &mut String, text: &str) -> Result<(), ReadError> {
    if value.len() + text.len() > MAX_TEXT {
        return Err(ReadError::LimitExceeded(Limit::Xml));
    }
    value.push_str(text);
    Ok(())
}
