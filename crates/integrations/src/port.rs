//! What connectors need kept, and what the worker gives them. The database implements these for one
//! integration of one tenant; [`crate`] knows no SQL.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    page::{ObjectResult, ObjectVersion},
    secret::Secret,
    values,
};

/// The keeper failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The call may be repeated.
    #[error("what the connector keeps could not be read or written: {0}")]
    Failed(String),
    /// What is kept does not open with the keys of this worker: its operator has to see to them.
    #[error("what the connector keeps does not open: {0}")]
    Sealed(String),
}

impl From<PortError> for crate::error::ConnectorError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Failed(_) => Self::transient(error.to_string()),
            PortError::Sealed(_) => Self::setup(
                format!("{error}; add the key to INTEGRATIONS_KEYS (docs/operations.md)"),
                "Saklanan erişim anahtarları çözülemedi; sistem yöneticinize bildirin.",
            ),
        }
    }
}

/// The time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// The day that it is in Turkey.
    fn today(&self) -> NaiveDate {
        values::day_in_turkey(self.now())
    }
}

/// Access and refresh token of an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For the calls.
    pub access: Secret,
    /// For the next access token; absent where the source gives none.
    pub refresh: Option<Secret>,
    /// When the access token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the refresh token ends, where the source says.
    pub refresh_expires_at: Option<DateTime<Utc>>,
}

/// Tokens with the keeper's count of how often they were replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTokens {
    /// The tokens.
    pub tokens: Tokens,
    /// Raised by each [`TokenStore::finish_refresh`].
    pub generation: i64,
}

/// The answer to [`TokenStore::begin_refresh`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshClaim {
    /// The caller refreshes, and nobody else until it has finished, given up, or four minutes passed.
    Granted,
    /// Somebody else has refreshed since; these are the tokens.
    Newer(StoredTokens),
    /// Somebody else is refreshing.
    Busy {
        /// Ask again after this long.
        retry_after: Duration,
    },
}

/// Keeps the tokens of one integration, sealed, outside `tenant_integrations.config` (which the
/// platform rewrites whole). One refresh at a time, over all workers: sources rotate the refresh
/// token, and two refreshes with the same one lock the office out.
#[async_trait]
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// What is stored.
    async fn load(&self) -> Result<Option<StoredTokens>, PortError>;

    /// Asks to be the one who replaces the tokens of this generation (absent: there were none).
    async fn begin_refresh(&self, seen: Option<i64>) -> Result<RefreshClaim, PortError>;

    /// Stores new tokens, durable when this returns, and ends the claim. Gives the new generation. An
    /// error where the claim has ended and somebody else has it: theirs are the tokens that live.
    async fn finish_refresh(&self, tokens: &Tokens) -> Result<i64, PortError>;

    /// Ends the claim without new tokens.
    async fn abandon_refresh(&self) -> Result<(), PortError>;
}

/// What is known of one version of an object in a file drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownObject {
    /// Its key below the drop's folder.
    pub key: String,
    /// The last version that was settled.
    pub version: ObjectVersion,
    /// SHA-256 of that version in hex.
    pub sha256: Option<String>,
    /// How it ended.
    pub result: ObjectResult,
}

/// Which objects of a file drop were taken already, per integration and stream. Written by whoever
/// stores a page ([`crate::Page::objects`], replacing the row of the same key), in the page's
/// transaction; read here.
#[async_trait]
pub trait ObjectLedger: Send + Sync + fmt::Debug {
    /// Those of these keys that are known, in any order.
    async fn known(&self, keys: &[String]) -> Result<Vec<KnownObject>, PortError>;

    /// A key under which this content (SHA-256 in hex) was taken.
    async fn taken_content(&self, sha256: &str) -> Result<Option<String>, PortError>;
}
