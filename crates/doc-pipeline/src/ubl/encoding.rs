//! XML bytes to text, by byte order mark or declaration.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::ReadError;

/// Decodes without replacement: a byte that the encoding does not have makes the file corrupt,
/// because a guessed letter would become part of a name.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let (encoding, bom) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (without_bom(bytes)?, 0),
    };
    let content = bytes.get(bom..).unwrap_or_default();
    encoding
        .decode_without_bom_handling_and_without_replacement(content)
        .ok_or_else(|| ReadError::Corrupt(format!("bytes are not {}", encoding.name())))
}

fn without_bom(bytes: &[u8]) -> Result<&'static Encoding, ReadError> {
    match bytes {
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default().trim_ascii_start();
    let Some(label) = declared(head) else { return Ok(UTF_8) };
    match Encoding::for_label(label) {
        // The declaration was readable byte by byte, so it is not UTF-16 whatever it says: exporters
        // copy the label of their own strings.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(ReadError::Corrupt("the XML declares an unknown encoding".to_owned())),
    }
}

/// The value of `encoding` in an XML declaration.
fn declared(head: &[u8]) -> Option<&[u8]> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|window| window == b"?>")?;
    let declaration = declaration.get(..end)?;
    let at = declaration.windows(8).position(|window| window == b"encoding")?;
    let value =
        declaration.get(at + 8..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let end = value.iter().position(|byte| byte == quote)?;
    value.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_mark_and_declaration() {
        let cases: &[(&[u8], &str)] = &[
            (b"<a>\xc3\x87</a>", "<a>\u{c7}</a>"),
            (b"\xef\xbb\xbf<a/>", "<a/>"),
            (
                b"<?xml version='1.0' encoding='ISO-8859-9'?><a>\xde\xfd</a>",
                "<?xml version='1.0' encoding='ISO-8859-9'?><a>\u{15e}\u{131}</a>",
            ),
            (
                b"<?xml version=\"1.0\" encoding = \"windows-1254\" ?>\xf0",
                "<?xml version=\"1.0\" encoding = \"windows-1254\" ?>\u{11f}",
            ),
            (b"<\0a\0/\0>\0", "<a/>"),
            (b"\xfe\xff\0<\0a\0/\0>", "<a/>"),
            (
                b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>",
                "<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>",
            ),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode(bytes).expect("decodes"), *text);
        }
        assert!(matches!(decode(b"<a>\xff</a>"), Err(ReadError::Corrupt(_))));
        assert!(matches!(
            decode(b"<?xml version='1.0' encoding='klingon'?><a/>"),
            Err(ReadError::Corrupt(_))
        ));
    }
}
