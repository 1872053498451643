//! The choice of a backend (`STORAGE_TYPE`).

use std::{fmt, str::FromStr};

/// The words of `STORAGE_TYPE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StorageKind {
    /// A folder of this machine or a mounted one.
    #[default]
    Local,
    /// Amazon S3 or what speaks its protocol.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

impl StorageKind {
    /// The word of the setting.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::S3 => "s3",
            Self::Gcs => "gcs",
            Self::Azure => "azure",
        }
    }

    /// Whether this build has the backend.
    pub const fn is_built_in(self) -> bool {
        match self {
            Self::Local => true,
            Self::S3 => cfg!(feature = "s3"),
            Self::Gcs => cfg!(feature = "gcs"),
            Self::Azure => cfg!(feature = "azure"),
        }
    }
}

impl fmt::Display for StorageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no kind of storage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown storage type {0:?}: use local, s3, gcs or azure")]
pub struct UnknownStorageKind(pub String);

impl FromStr for StorageKind {
    type Err = UnknownStorageKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "local" => Ok(Self::Local),
            "s3" => Ok(Self::S3),
            "gcs" => Ok(Self::Gcs),
            "azure" => Ok(Self::Azure),
            other => Err(UnknownStorageKind(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_four_words_only() {
        for word in ["local", "s3", "gcs", "azure"] {
            assert_eq!(word.parse::<StorageKind>().expect(word).as_str(), word);
        }
        for word in ["", "S3", "minio", "local "] {
            assert!(word.parse::<StorageKind>().is_err(), "{word:?}");
        }
    }
}
