//! By what the same document is known again, within one office.

use domain::DocumentId;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Longer keys are replaced by their hash: an index entry has a limit, and a hostile document may
/// call anything its number.
const LONGEST_KEY_BYTES: usize = 128;

/// Keys of a document as they are stored and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub(super) content_sha256: [u8; 32],
    pub(super) ettn: Option<String>,
    pub(super) issuer_tax_number: Option<String>,
    pub(super) invoice_number: Option<String>,
}

impl Fingerprint {
    /// Takes the hash of the file and what the document says of itself. An ETTN is compared without
    /// case, numbers without case and blanks; an invoice number counts only together with its issuer.
    pub fn new(
        content_sha256: [u8; 32],
        ettn: Option<&str>,
        issuer_tax_number: Option<&str>,
        invoice_number: Option<&str>,
    ) -> Self {
        Self {
            content_sha256,
            ettn: ettn.and_then(|ettn| key(&ettn.to_lowercase())),
            issuer_tax_number: issuer_tax_number.and_then(key),
            invoice_number: invoice_number.and_then(|number| key(&number.to_uppercase())),
        }
    }

    /// Numbers of the advisory locks that keep two documents with a common key from passing each
    /// other unseen; ascending, so that nobody waits in a circle.
    pub(super) fn locks(&self, tenant: &str) -> Vec<i64> {
        let content = hex::encode(self.content_sha256);
        let mut locks = vec![lock(tenant, "content", &[&content])];
        if let Some(ettn) = &self.ettn {
            locks.push(lock(tenant, "ettn", &[ettn]));
        }
        if let (Some(issuer), Some(number)) = (&self.issuer_tax_number, &self.invoice_number) {
            locks.push(lock(tenant, "invoice", &[issuer, number]));
        }
        locks.sort_unstable();
        locks.dedup();
        locks
    }
}

fn key(text: &str) -> Option<String> {
    let key: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    match key.len() {
        0 => None,
        1..=LONGEST_KEY_BYTES => Some(key),
        _ => Some(format!("sha256:{}", hex::encode(Sha256::digest(&key)))),
    }
}

fn lock(tenant: &str, what: &str, parts: &[&str]) -> i64 {
    let mut hash = Sha256::new();
    for part in ["document-fingerprint", tenant, what].iter().chain(parts) {
        hash.update(part);
        hash.update([0]);
    }
    let hash = <[u8; 32]>::from(hash.finalize());
    hash.first_chunk().map_or(0, |first| i64::from_be_bytes(*first))
}

/// Another document of the same office.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DuplicateDocument {
    /// `documents.id`.
    pub id: DocumentId,
    /// Its name at upload.
    pub file_name: String,
}

/// Documents with a common key that are not deleted: at most five of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// With the same bytes.
    pub content: Vec<DuplicateDocument>,
    /// With the same ETTN.
    pub ettn: Vec<DuplicateDocument>,
    /// With the same issuer and invoice number.
    pub invoice: Vec<DuplicateDocument>,
}

impl Duplicates {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.content.is_empty() && self.ettn.is_empty() && self.invoice.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn compares_what_means_the_same() {
        let one =
            Fingerprint::new([1; 32], Some("ABC-1"), Some("123 456 7890"), Some(" abc2025 000001"));
        let two =
            Fingerprint::new([1; 32], Some("abc-1 "), Some("1234567890"), Some("ABC2025000001"));
        assert_eq!(one, two);
        assert_eq!(one.locks("t"), two.locks("t"));
        assert_ne!(one.locks("t"), one.locks("u"));
    }

    #[test]
    fn what_is_missing_makes_no_key() {
        let none = Fingerprint::new([1; 32], Some(" "), Some(""), Some("A1"));
        assert_eq!((none.ettn.as_ref(), none.issuer_tax_number.as_ref()), (None, None));
        assert_eq!(none.locks("t").len(), 1, "a number without its issuer is no key");
    }

    proptest! {
        #[test]
        fn keys_fit_an_index_and_locks_ascend(ettn in "(?s).{0,400}", issuer in "(?s).{0,40}", number in "(?s).{0,400}") {
            let print = Fingerprint::new([7; 32], Some(&ettn), Some(&issuer), Some(&number));
            for key in [&print.ettn, &print.issuer_tax_number, &print.invoice_number].into_iter().flatten() {
                prop_assert!(!key.is_empty() && key.len() <= LONGEST_KEY_BYTES && !key.contains('\0'));
            }
            prop_assert!(print.locks("t").is_sorted());
        }
    }
}
