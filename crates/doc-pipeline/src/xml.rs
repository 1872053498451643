//! What every reader of XML here refuses, and how it says so.

use quick_xml::events::{BytesRef, BytesStart};

use crate::error::{Limit, ReadError};

/// Refuses a tag with too many attributes.
pub(crate) fn check_attributes(start: &BytesStart<'_>, most: usize) -> Result<(), ReadError> {
    // The shortest attribute with its blank takes five bytes (` a=""`), so most tags need no count.
    if start.attributes_raw().len() < most * 5 {
        return Ok(());
    }
    // Unchecked: the duplicate check is quadratic.
    if start.attributes().with_checks(false).take(most + 1).count() > most {
        return Err(ReadError::LimitExceeded(Limit::Xml));
    }
    Ok(())
}

/// The letter of a reference; entities that a document declares itself are refused.
pub(crate) fn reference(reference: BytesRef<'_>, at: u64) -> Result<char, ReadError> {
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => Ok(letter),
        Ok(None) => match &*reference.into_inner() {
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "amp" => Ok('&'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(ReadError::ForbiddenXml),
        },
        Err(error) => Err(refused(&error, at)),
    }
}

/// The parser's own texts quote the document, which neither logs nor the database may hold: words of
/// our own and the place say as much.
pub(crate) fn refused(error: &quick_xml::Error, at: u64) -> ReadError {
    use quick_xml::{
        Error,
        errors::{IllFormedError, SyntaxError},
        name::NamespaceError,
    };
    let what = match error {
        Error::Namespace(NamespaceError::TooManyBindings(_)) => {
            return ReadError::LimitExceeded(Limit::Xml);
        }
        Error::Syntax(syntax) => match syntax {
            SyntaxError::InvalidBangMarkup => "unknown markup",
            SyntaxError::UnclosedPI => "an unclosed processing instruction",
            SyntaxError::UnclosedXmlDecl => "an unclosed XML declaration",
            SyntaxError::UnclosedComment => "an unclosed comment",
            SyntaxError::UnclosedDoctype => "an unclosed document type",
            SyntaxError::UnclosedCData => "an unclosed CDATA section",
            SyntaxError::UnclosedTag => "an unclosed tag",
            SyntaxError::UnclosedSingleQuotedAttributeValue
            | SyntaxError::UnclosedDoubleQuotedAttributeValue => "an unclosed attribute value",
        },
        Error::IllFormed(ill_formed) => match ill_formed {
            IllFormedError::MissingDeclVersion(_) => "an XML declaration without a version first",
            IllFormedError::UnknownVersion => "an unknown XML version",
            IllFormedError::MissingDoctypeName => "a document type without a name",
            IllFormedError::MissingEndTag(_) => "an element that is not closed",
            IllFormedError::UnmatchedEndTag(_) => "an end tag without a start tag",
            IllFormedError::MismatchedEndTag { .. } => "an end tag of another element",
            IllFormedError::DoubleHyphenInComment => "a double hyphen in a comment",
            IllFormedError::UnclosedReference => "an unclosed reference",
        },
        Error::InvalidAttr(_) => "a malformed attribute",
        Error::Namespace(_) => "a namespace that is not declared or not allowed",
        Error::Escape(_) => "a reference to no character",
        Error::Encoding(_) => "bytes that are not of the encoding",
        Error::Io(_) => "an input that cannot be read",
    };
    ReadError::Corrupt(format!("xml: {what} at byte {at}"))
}
