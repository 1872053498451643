//! What tells changed from unchanged.

use domain::books::ContentHash;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Raised when records are mapped to rows in another way, so that all are looked at again.
const MAPPING: u8 = 1;

/// Of a record as its source gave it.
pub(super) fn of_record(record: &impl Serialize) -> ContentHash {
    hash(b'r', record)
}

/// Of a row's content.
pub(super) fn of_content(content: &impl Serialize) -> ContentHash {
    hash(b'c', content)
}

fn hash(kind: u8, value: &impl Serialize) -> ContentHash {
    let mut hasher = Sha256::new();
    hasher.update([kind, MAPPING]);
    // Plain structs of texts, numbers and dates: this cannot fail. If it did, what was written so far
    // would still be hashed, and the record would only seem unchanged to an equal one.
    let _ = serde_json::to_writer(Feed(&mut hasher), value);
    hasher.finalize().into()
}

struct Feed<'a>(&'a mut Sha256);

impl std::io::Write for Feed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
