//! Bytes of a text format to text: byte order mark, what the format declares, UTF-8, and the code page
//! of Turkish banks.

use std::borrow::Cow;

use domain::Severity;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1254};

use crate::findings::Findings;

/// Decodes; what neither says its encoding nor is UTF-8 is read as windows-1254, which has a letter
/// for every byte of ISO-8859-9, and noted.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    declared: Option<&'static Encoding>,
    findings: &mut Findings,
) -> Cow<'b, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let content = bytes.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(content).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let encoding = declared.filter(|declared| *declared != UTF_8);
    if encoding.is_none() {
        findings.add("TEXT_ENCODING_ASSUMED", Severity::Low, []);
    }
    encoding.unwrap_or(WINDOWS_1254).decode_without_bom_handling(bytes).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_banks_write() {
        let mut findings = Findings::default();
        assert_eq!(decode(b"\xef\xbb\xbfa", None, &mut findings), "a");
        assert_eq!(decode("ŞİĞ".as_bytes(), None, &mut findings), "ŞİĞ");
        assert!(findings.into_list().is_empty());
        let mut findings = Findings::default();
        assert_eq!(decode(b"\xde\xdd\xd0", None, &mut findings), "ŞİĞ");
        assert_eq!(findings.into_list().len(), 1);
        let mut findings = Findings::default();
        let latin = Some(encoding_rs::WINDOWS_1252);
        assert_eq!(decode(b"\xde", latin, &mut findings), "Þ");
        assert!(findings.into_list().is_empty());
    }
}
