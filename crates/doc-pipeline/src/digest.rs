//! The content hash by which a copy of a file is found again.

use sha2::{Digest, Sha256};

/// SHA-256 of the file as it was uploaded, before any unpacking.
pub fn content_sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_plain_sha_256() {
        assert_eq!(
            hex::encode(content_sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
