//! Sealing with AES-256-GCM (NIST SP 800-38D) under keys from the environment.
//!
//! A sealed value reads `sealed:v1:<key id>:<base64 of nonce, ciphertext and tag>`. What it belongs to
//! ([`Scope`]) is authenticated with it: a value that is copied to another integration or setting does
//! not open. Nonces are 96 random bits; a key may seal 2^32 values before their repetition becomes
//! likelier than 2^-32, which no office reaches.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};

use super::Secret;

/// What a sealed value begins with.
pub const SEALED_PREFIX: &str = "sealed:v1:";

const KEY_BYTES: usize = 32;

/// What a sealed value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// `tenant_integrations.id`.
    pub integration: &'a str,
    /// The setting's name, or what is kept (`tokens`).
    pub name: &'a str,
}

impl Scope<'_> {
    fn authenticated(&self) -> Vec<u8> {
        // Lengths in front: no two scopes make the same bytes.
        let mut bytes = Vec::with_capacity(self.integration.len() + self.name.len() + 16);
        for part in [self.integration, self.name] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// Keys by their ids. New values are sealed with the first one; all of them open.
#[derive(Clone, Default)]
pub struct KeyRing {
    first: Option<String>,
    keys: BTreeMap<String, LessSafeKey>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("ids", &self.keys.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Why a text is no list of keys. Carries positions and ids, never a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    /// Not `id:key`.
    #[error("entry {0} is not of the form <id>:<base64 of 32 bytes>")]
    Entry(usize),
    /// An id that cannot stand in a sealed value.
    #[error("entry {0}: a key id has 1 to 32 of the characters a-z, A-Z, 0-9, - and _")]
    Id(usize),
    /// Not 32 bytes in base64.
    #[error("the key {0:?} is not base64 of 32 bytes; make one with: openssl rand -base64 32")]
    Key(String),
    /// The same id twice.
    #[error("the key id {0:?} stands twice")]
    Twice(String),
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Not of the form that sealing makes.
    #[error("the sealed value is damaged")]
    Damaged,
    /// Sealed with a key that is not in the ring.
    #[error("the value was sealed with the key {0:?}, which is not among the configured keys")]
    UnknownKey(String),
    /// Changed, or copied from elsewhere.
    #[error("the value was changed, or sealed for another integration or setting")]
    NotAuthentic,
    /// There is no key to seal with, or no randomness.
    #[error("there is no key to seal with")]
    NoKey,
}

impl KeyRing {
    /// Reads `id:base64,id:base64`; the first key seals. An empty text gives a ring that opens and
    /// seals nothing.
    ///
    /// # Errors
    /// The first entry that is not a key.
    pub fn parse(text: &str) -> Result<Self, InvalidKeys> {
        let mut ring = Self::default();
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        for (position, entry) in (1..).zip(entries) {
            let (id, key) = entry.split_once(':').ok_or(InvalidKeys::Entry(position))?;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if id.is_empty() || id.len() > 32 || !id.chars().all(plain) {
                return Err(InvalidKeys::Id(position));
            }
            let bytes = STANDARD.decode(key).map_err(|_| InvalidKeys::Key(id.to_owned()))?;
            if bytes.len() != KEY_BYTES {
                return Err(InvalidKeys::Key(id.to_owned()));
            }
            let key = UnboundKey::new(&AES_256_GCM, &bytes)
                .map_err(|_| InvalidKeys::Key(id.to_owned()))?;
            if ring.keys.insert(id.to_owned(), LessSafeKey::new(key)).is_some() {
                return Err(InvalidKeys::Twice(id.to_owned()));
            }
            ring.first.get_or_insert_with(|| id.to_owned());
        }
        Ok(ring)
    }

    /// Whether there is a key to seal with.
    pub const fn can_seal(&self) -> bool {
        self.first.is_some()
    }

    /// Whether the text is sealed, with whatever key.
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(SEALED_PREFIX)
    }

    /// Whether the text is sealed with the key that seals today.
    pub fn is_sealed_with_first(&self, text: &str) -> bool {
        let id = text.strip_prefix(SEALED_PREFIX).and_then(|rest| rest.split(':').next());
        id.is_some() && id == self.first.as_deref()
    }

    /// Seals a value.
    ///
    /// # Errors
    /// [`UnsealError::NoKey`] when there is no key, or the machine gives no randomness.
    pub fn seal(&self, scope: Scope<'_>, plain: &Secret) -> Result<String, UnsealError> {
        let id = self.first.as_ref().ok_or(UnsealError::NoKey)?;
        let key = self.keys.get(id).ok_or(UnsealError::NoKey)?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| UnsealError::NoKey)?;
        let mut sealed = plain.reveal().as_bytes().to_vec();
        let aad = Aad::from(scope.authenticated());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| UnsealError::NoKey)?;
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        Ok(format!("{SEALED_PREFIX}{id}:{}", STANDARD.encode(whole)))
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// Every [`UnsealError`] but [`UnsealError::NoKey`].
    pub fn open(&self, scope: Scope<'_>, sealed: &str) -> Result<Secret, UnsealError> {
        let rest = sealed.strip_prefix(SEALED_PREFIX).ok_or(UnsealError::Damaged)?;
        let (id, body) = rest.split_once(':').ok_or(UnsealError::Damaged)?;
        let key = self.keys.get(id).ok_or_else(|| UnsealError::UnknownKey(id.to_owned()))?;
        let whole = STANDARD.decode(body).map_err(|_| UnsealError::Damaged)?;
        let (nonce, body) = whole.split_at_checked(NONCE_LEN).ok_or(UnsealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| UnsealError::Damaged)?;
        let mut body = body.to_vec();
        let plain = key
            .open_in_place(nonce, Aad::from(scope.authenticated()), &mut body)
            .map_err(|_| UnsealError::NotAuthentic)?;
        String::from_utf8(plain.to_vec()).map(Secret::new).map_err(|_| UnsealError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "2024:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "2026:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    fn scope<'a>(integration: &'a str, name: &'a str) -> Scope<'a> {
        Scope { integration, name }
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let ring = KeyRing::parse(OLD).expect("a key");
        let plain = Secret::new("çok gizli");
        let sealed = ring.seal(scope("cint1", "apiKey"), &plain).expect("sealed");
        assert!(KeyRing::is_sealed(&sealed) && !sealed.contains("gizli"), "{sealed}");
        assert_eq!(ring.open(scope("cint1", "apiKey"), &sealed), Ok(plain.clone()));
        for other in
            [scope("cint2", "apiKey"), scope("cint1", "apiSecret"), scope("cint1a", "piKey")]
        {
            assert_eq!(ring.open(other, &sealed), Err(UnsealError::NotAuthentic));
        }
        let again = ring.seal(scope("cint1", "apiKey"), &plain).expect("sealed");
        assert_ne!(sealed, again, "a nonce is never used twice");
    }

    #[test]
    fn a_changed_value_does_not_open() {
        let ring = KeyRing::parse(OLD).expect("a key");
        let sealed = ring.seal(scope("i", "n"), &Secret::new("value")).expect("sealed");
        let start = SEALED_PREFIX.len() + "2024:".len();
        for position in start..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(ring.open(scope("i", "n"), &changed).is_err(), "{position}");
        }
        for broken in ["", "sealed:v1:", "sealed:v1:2024", "sealed:v1:2024:", "sealed:v1:2024:AAAA"]
        {
            assert!(ring.open(scope("i", "n"), broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_new_first_key_seals_and_the_old_one_still_opens() {
        let old = KeyRing::parse(OLD).expect("a key");
        let sealed = old.seal(scope("i", "n"), &Secret::new("value")).expect("sealed");
        let both = KeyRing::parse(&format!("{NEW}, {OLD}")).expect("two keys");
        assert_eq!(both.open(scope("i", "n"), &sealed), Ok(Secret::new("value")));
        assert!(!both.is_sealed_with_first(&sealed));
        let anew = both.seal(scope("i", "n"), &Secret::new("value")).expect("sealed");
        assert!(anew.starts_with("sealed:v1:2026:") && both.is_sealed_with_first(&anew));
        assert_eq!(
            old.open(scope("i", "n"), &anew),
            Err(UnsealError::UnknownKey("2026".to_owned()))
        );
    }

    #[test]
    fn names_a_wrong_entry_without_showing_a_key() {
        assert!(!KeyRing::parse("").expect("no keys").can_seal());
        for wrong in ["nokey", ":AAAA", "a b:AAAA", "a:short", "a:AAAA", &format!("{OLD},{OLD}")] {
            let error = KeyRing::parse(wrong).expect_err(wrong).to_string();
            assert!(!error.contains("AAECAw"), "{error}");
        }
        let shown = format!("{:?}", KeyRing::parse(OLD).expect("a key"));
        assert!(shown.contains("2024") && !shown.contains("AAECAw"), "{shown}");
    }
}
