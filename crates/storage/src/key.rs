//! Keys of objects. The lexical gate in front of every backend: also where the kernel guards nothing
//! (an S3 client sends `..` raw), a key cannot name what is not the tenant's.

use std::fmt;

use domain::TenantId;

/// Longest key with its tenant, in bytes: the limit of S3.
const MAX_KEY_BYTES: usize = 1024;
/// Longest segment in bytes: the limit of the usual file systems.
const MAX_SEGMENT_BYTES: usize = 255;
/// Names that a write uses before it is complete; no key may take one.
pub(crate) const TEMPORARY_PREFIX: &str = ".incomplete-";

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Nothing was given.
    #[error("it is empty")]
    Empty,
    /// It begins with `/`.
    #[error("it is absolute")]
    Absolute,
    /// `//`, or a `/` at the end.
    #[error("a segment is empty")]
    EmptySegment,
    /// `.` or `..`.
    #[error("a segment is . or ..")]
    DotSegment,
    /// `\`, which some systems take for a separator.
    #[error("it holds a backslash")]
    Backslash,
    /// NUL, a line end or another control character.
    #[error("it holds a control character")]
    ControlCharacter,
    /// Longer than any backend stores.
    #[error("it is too long")]
    TooLong,
    /// A name that is kept for writes under way.
    #[error("a segment has a reserved name")]
    Reserved,
    /// A tenant id with a separator in it.
    #[error("the tenant id is not a single segment")]
    NotOneSegment,
}

fn check_segment(segment: &str) -> Result<(), InvalidKey> {
    match segment {
        "" => return Err(InvalidKey::EmptySegment),
        "." | ".." => return Err(InvalidKey::DotSegment),
        _ => {}
    }
    if segment.len() > MAX_SEGMENT_BYTES {
        return Err(InvalidKey::TooLong);
    }
    if segment.contains('\\') {
        return Err(InvalidKey::Backslash);
    }
    if segment.chars().any(char::is_control) {
        return Err(InvalidKey::ControlCharacter);
    }
    if segment.starts_with(TEMPORARY_PREFIX) {
        return Err(InvalidKey::Reserved);
    }
    Ok(())
}

fn check_path(path: &str) -> Result<(), InvalidKey> {
    if path.is_empty() {
        return Err(InvalidKey::Empty);
    }
    if path.starts_with('/') {
        return Err(InvalidKey::Absolute);
    }
    path.split('/').try_for_each(check_segment)
}

/// The only maker of keys: everything it makes lies under its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    tenant: String,
}

impl TenantScope {
    /// Takes a tenant's id.
    ///
    /// # Errors
    /// An id that cannot stand as one segment of a key.
    pub fn new(tenant: &TenantId) -> Result<Self, InvalidKey> {
        let tenant = tenant.as_str();
        if tenant.contains('/') {
            return Err(InvalidKey::NotOneSegment);
        }
        if tenant.is_empty() {
            return Err(InvalidKey::Empty);
        }
        check_segment(tenant)?;
        Ok(Self { tenant: tenant.to_owned() })
    }

    /// The key of `documents.storage_path`, which is taken literally: nothing is percent-decoded.
    ///
    /// # Errors
    /// A path that is not a plain relative one.
    pub fn key(&self, storage_path: &str) -> Result<ObjectKey, InvalidKey> {
        check_path(storage_path)?;
        let key = format!("{}/{storage_path}", self.tenant);
        if key.len() > MAX_KEY_BYTES {
            return Err(InvalidKey::TooLong);
        }
        Ok(ObjectKey(key))
    }

    /// Everything of the tenant.
    pub fn all(&self) -> Prefix {
        Prefix(format!("{}/", self.tenant))
    }

    /// Everything below a folder of the tenant.
    ///
    /// # Errors
    /// A path that is not a plain relative one.
    pub fn below(&self, folder: &str) -> Result<Prefix, InvalidKey> {
        self.key(folder.strip_suffix('/').unwrap_or(folder)).map(|key| Prefix(format!("{key}/")))
    }
}

/// `<tenant>/<storage path>`, checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tenant, then the parts of the path.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The path as `documents.storage_path` has it, without the tenant.
    pub fn storage_path(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, path)| path)
    }

    /// A key that a backend's listing gave, if it is one below the prefix that was asked for.
    pub fn listed(prefix: &Prefix, key: &str) -> Option<Self> {
        let path = key.strip_prefix(prefix.as_str())?;
        (check_path(path).is_ok() && key.len() <= MAX_KEY_BYTES).then(|| Self(key.to_owned()))
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a listing goes over. Ends with `/`, so that tenant `a1` does not list tenant `a10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// The prefix with its `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scope() -> TenantScope {
        TenantScope::new(&TenantId::new("ckoffice0001")).expect("a tenant id")
    }

    #[test]
    fn takes_what_the_platform_stores() {
        for path in [
            "documents/doc_1735689600000_ab12/fatura.pdf",
            "documents/doc 1/Şubat Ğüİıöç faturası (2).pdf",
            "documents/x/%2e%2e/100%.pdf",
            "documents/x/..gizli/…/a..b",
            "e:fatura?.xml",
        ] {
            let key = scope().key(path).expect(path);
            assert_eq!(key.as_str(), format!("ckoffice0001/{path}"));
            assert_eq!(key.storage_path(), path);
        }
    }

    #[test]
    fn names_what_is_wrong() {
        let long = "a".repeat(256);
        let deep = "abcdefg/".repeat(128) + "x";
        for (path, reason) in [
            ("", InvalidKey::Empty),
            ("/etc/passwd", InvalidKey::Absolute),
            ("documents//a.pdf", InvalidKey::EmptySegment),
            ("documents/a.pdf/", InvalidKey::EmptySegment),
            ("..", InvalidKey::DotSegment),
            ("documents/../../other/a.pdf", InvalidKey::DotSegment),
            ("./a.pdf", InvalidKey::DotSegment),
            ("documents\\..\\a.pdf", InvalidKey::Backslash),
            ("documents/a\0.pdf", InvalidKey::ControlCharacter),
            ("documents/a\n.pdf", InvalidKey::ControlCharacter),
            ("documents/a\u{85}.pdf", InvalidKey::ControlCharacter),
            ("documents/.incomplete-1-1", InvalidKey::Reserved),
            (long.as_str(), InvalidKey::TooLong),
            (deep.as_str(), InvalidKey::TooLong),
        ] {
            assert_eq!(scope().key(path), Err(reason), "{path:?}");
        }
    }

    #[test]
    fn a_tenant_is_one_segment() {
        for (id, reason) in [
            ("", InvalidKey::Empty),
            ("..", InvalidKey::DotSegment),
            ("a/b", InvalidKey::NotOneSegment),
            ("/", InvalidKey::NotOneSegment),
            ("a\\b", InvalidKey::Backslash),
            ("a\0", InvalidKey::ControlCharacter),
        ] {
            assert_eq!(TenantScope::new(&TenantId::new(id)), Err(reason), "{id:?}");
        }
    }

    #[test]
    fn a_listing_stays_with_its_tenant() {
        let prefix = scope().all();
        assert!(ObjectKey::listed(&prefix, "ckoffice0001/a").is_some());
        for foreign in ["ckoffice00010/a", "ckoffice0002/a", "ckoffice0001/../x", "ckoffice0001/"] {
            assert!(ObjectKey::listed(&prefix, foreign).is_none(), "{foreign}");
        }
    }

    proptest! {
        #[test]
        fn a_key_never_leaves_its_tenant(path in "(?s)[a-cşĞ ./\\\\\0\n%]{0,40}") {
            if let Ok(key) = scope().key(&path) {
                prop_assert!(key.segments().all(|s| !s.is_empty() && s != "." && s != ".."));
                prop_assert_eq!(key.segments().next(), Some("ckoffice0001"));
                let joined = std::path::Path::new("/base").join(key.as_str());
                prop_assert!(joined.starts_with("/base/ckoffice0001"));
                prop_assert!(joined.components().all(|c| !matches!(c, std::path::Component::ParentDir)));
            }
        }

        #[test]
        fn any_text_is_a_key_or_an_error(path in any::<String>(), tenant in any::<String>()) {
            if let Ok(scope) = TenantScope::new(&TenantId::new(tenant.clone())) {
                if let Ok(key) = scope.key(&path) {
                    prop_assert_eq!(key.as_str(), format!("{tenant}/{path}"));
                }
                prop_assert!(scope.all().as_str().ends_with('/'));
            }
        }
    }
}
