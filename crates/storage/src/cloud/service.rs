//! One try of a request to a provider, and what it may come to. Nothing here repeats, waits or
//! verifies: that is done once for all providers by [`super::CloudStore`].

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use super::content::Content;
use crate::{
    key::{ObjectKey, Prefix},
    object::{ObjectMeta, PageToken},
};

/// What one provider can do, one try at a time.
#[async_trait]
pub(crate) trait Service: Send + Sync + fmt::Debug + 'static {
    /// The bucket or container, for messages.
    fn bucket(&self) -> &str;

    /// Begins to read an object from its start, or the rest of a version of it.
    async fn read(&self, key: &ObjectKey, rest: Option<Rest<'_>>) -> Result<Reading, Fault>;

    /// Writes an object.
    async fn write(&self, key: &ObjectKey, content: &Content, if_absent: bool)
    -> Result<(), Fault>;

    /// What is known of an object.
    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, Fault>;

    /// Deletes an object; `Missing` is allowed.
    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault>;

    /// One page of names, which are not checked yet.
    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Listed, Fault>;

    /// Whether bucket and credentials are right, by a request that needs no more rights than reading
    /// and listing. `Missing` counts as success.
    async fn probe(&self) -> Result<(), Fault>;
}

/// The part of an object that is still wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest<'a> {
    /// First byte.
    pub(crate) offset: u64,
    /// Only of this version.
    pub(crate) version: &'a str,
}

/// An object under way.
pub(crate) struct Reading {
    /// The whole object, also when only its rest is under way.
    pub(crate) meta: ObjectMeta,
    /// Its bytes.
    pub(crate) pieces: BoxStream<'static, Result<Bytes, Fault>>,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// One object of a listing.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) version: Option<String>,
    pub(crate) modified: Option<std::time::SystemTime>,
}

/// One page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) names: Vec<Name>,
    pub(crate) next: Option<PageToken>,
}

/// How a try failed; mapped from status and error codes, never from texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No such object.
    Missing,
    /// No such bucket or container.
    MissingBucket,
    /// Wrong or insufficient credentials; the provider's code.
    Denied(String),
    /// A conditional write found an object.
    Exists,
    /// A conditional read found another version.
    Changed,
    /// The request will never be taken; the provider's code.
    Refused(String),
    /// The bytes are not those that were announced.
    Corrupt,
    /// May pass.
    Passing {
        /// What kind of failure.
        kind: std::io::ErrorKind,
        /// The provider's code or the library's text, without headers or addresses.
        cause: String,
        /// When the provider wants to be asked again.
        after: Option<Duration>,
    },
}

impl Fault {
    /// A connection that could not be made or broke.
    pub(crate) fn broken(cause: impl Into<String>) -> Self {
        Self::Passing {
            kind: std::io::ErrorKind::ConnectionAborted,
            cause: cause.into(),
            after: None,
        }
    }

    /// Something took longer than it may.
    pub(crate) fn timed_out(what: impl Into<String>) -> Self {
        Self::Passing { kind: std::io::ErrorKind::TimedOut, cause: what.into(), after: None }
    }

    /// From an HTTP status with the provider's error code. What 404, 409 and 412 mean depends on the
    /// request, so those are settled before.
    pub(crate) fn of_status(status: u16, code: Option<&str>, after: Option<Duration>) -> Self {
        let cause = match code {
            Some(code) => format!("{status} {code}"),
            None => status.to_string(),
        };
        match status {
            401 | 403 => Self::Denied(cause),
            // Request Timeout, Too Early, Too Many Requests, Locked.
            408 | 423 | 425 | 429 | 500..=599 => {
                Self::Passing { kind: std::io::ErrorKind::Other, cause, after }
            }
            404 => Self::Missing,
            _ => Self::Refused(cause),
        }
    }
}

/// `Retry-After` in seconds; a date is not worth a clock.
pub(crate) fn retry_after(value: Option<&str>) -> Option<Duration> {
    value?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_become_what_can_be_done_about_them() {
        for status in [401, 403] {
            assert!(matches!(Fault::of_status(status, Some("X"), None), Fault::Denied(_)));
        }
        for status in [408, 429, 500, 502, 503, 504, 507] {
            let fault = Fault::of_status(status, None, Some(Duration::from_secs(3)));
            assert!(
                matches!(fault, Fault::Passing { after: Some(after), .. } if after.as_secs() == 3),
                "{status}"
            );
        }
        for status in [301, 307, 400, 405, 411, 413, 416] {
            assert!(matches!(Fault::of_status(status, None, None), Fault::Refused(_)), "{status}");
        }
    }

    #[test]
    fn only_seconds_are_waited_for() {
        assert_eq!(retry_after(Some(" 7 ")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(Some("Wed, 21 Oct 2026 07:28:00 GMT")), None);
        assert_eq!(retry_after(None), None);
    }
}
