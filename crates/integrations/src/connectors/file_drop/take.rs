//! One object: read whole, hashed, its kind found by its content.

use doc_pipeline::{
    Context, Fields, Finding, KindHint, Limit, Media, ReadError,
    fields::{BankStatementFields, InvoiceFields},
    isolation::Cancel,
};
use storage::{ObjectMeta, StorageError};

use super::{FileDrop, of_storage, walk::version_of};
use crate::{
    error::ConnectorError,
    page::{ObjectOutcome, ObjectResult, ObjectVersion, Page, SkipReason, SkippedRecord},
};

/// Which stream is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Invoices,
    Statements,
}

/// What a file holds.
pub(super) enum Content {
    Invoice(Box<InvoiceFields>),
    Statement(Box<BankStatementFields>, Vec<Finding>),
}

impl Content {
    /// Lines of a statement that could not be read: the rest goes in, and this is said.
    pub(super) fn unreadable(&self, key: &str) -> Option<SkippedRecord> {
        let Self::Statement(_, findings) = self else { return None };
        let finding = findings.iter().find(|finding| finding.code == "MOVEMENTS_UNREADABLE")?;
        let count = finding.values.get("count").map(ToString::to_string).unwrap_or_default();
        let detail = format!("{count} movements");
        Some(SkippedRecord::new(Some(key), SkipReason::InvalidField, detail))
    }
}

/// How taking an object ended.
pub(super) enum Taken {
    StillWritten,
    /// The store does not give it; it does give others.
    Denied,
    Refused {
        sha256: Option<String>,
        reason: SkipReason,
        detail: String,
    },
    OtherStream {
        sha256: String,
    },
    Read {
        sha256: String,
        content: Content,
    },
}

impl FileDrop {
    pub(super) async fn take(
        &self,
        object: &ObjectMeta,
        version: &ObjectVersion,
        wanted: Wanted,
    ) -> Result<Taken, ConnectorError> {
        let refused = |sha256, reason, detail: &str| Taken::Refused {
            sha256,
            reason,
            detail: detail.to_owned(),
        };
        let limit = self.documents.limits.input_bytes;
        let body = match self.store.get(&object.key, limit).await {
            Ok(body) => body,
            Err(StorageError::TooLarge { .. }) => {
                return Ok(refused(None, SkipReason::TooLarge, "file"));
            }
            // Replaced or taken away while we read.
            Err(StorageError::NotFound { .. } | StorageError::Corrupt { .. }) => {
                return Ok(Taken::StillWritten);
            }
            Err(StorageError::Denied { .. }) => return Ok(Taken::Denied),
            Err(other) => return Err(of_storage(other)),
        };
        match self.store.head(&object.key).await {
            Ok(now) if version_of(&now) == *version => {}
            Ok(_) | Err(StorageError::NotFound { .. }) => return Ok(Taken::StillWritten),
            Err(other) => return Err(of_storage(other)),
        }
        let sha256 = body.sha256.to_string();
        if is_picture(Media::sniff(&body.bytes)) {
            let detail = "PDF and pictures are uploaded as documents, where a person confirms them";
            return Ok(refused(Some(sha256), SkipReason::UnsupportedKind, detail));
        }
        let hint = match wanted {
            Wanted::Invoices => None,
            Wanted::Statements => Some(KindHint::BankStatement),
        };
        let context = Context { hint, limits: self.documents.limits.clone(), ..Context::default() };
        let reader = self.documents.reader.clone();
        let bytes = body.bytes;
        let reading =
            tokio::task::spawn_blocking(move || reader.read(&bytes, &context, &Cancel::new()));
        let read =
            reading.await.map_err(|_| ConnectorError::transient("reading a file was ended"))?;
        Ok(match read {
            Ok(extraction) => match (extraction.fields, wanted) {
                (Fields::Invoice(fields), Wanted::Invoices) => {
                    Taken::Read { sha256, content: Content::Invoice(fields) }
                }
                (Fields::BankStatement(fields), Wanted::Statements) => {
                    let findings = extraction.findings;
                    Taken::Read { sha256, content: Content::Statement(fields, findings) }
                }
                (Fields::Invoice(_) | Fields::BankStatement(_), _) => Taken::OtherStream { sha256 },
                (other, _) => {
                    refused(Some(sha256), SkipReason::UnsupportedKind, other.kind().as_str())
                }
            },
            Err(error) if error.is_retryable() => {
                return Err(ConnectorError::transient(error.to_string()));
            }
            Err(error) => {
                let reason = match &error {
                    ReadError::Unsupported(_) => SkipReason::UnsupportedKind,
                    ReadError::LimitExceeded(Limit::InputBytes | Limit::Archive) => {
                        SkipReason::TooLarge
                    }
                    _ => SkipReason::UnreadableFile,
                };
                Taken::Refused { sha256: Some(sha256), reason, detail: error.to_string() }
            }
        })
    }
}

/// What is read by recognising it: fit for a person's eyes, not for books.
const fn is_picture(media: Media) -> bool {
    matches!(media, Media::Pdf | Media::Png | Media::Jpeg | Media::Tiff | Media::Webp | Media::Heic)
}

impl<R> Page<R> {
    pub(super) fn settle(
        &mut self,
        key: &str,
        version: &ObjectVersion,
        sha256: Option<String>,
        result: ObjectResult,
    ) {
        let (key, version) = (key.to_owned(), version.clone());
        self.objects.push(ObjectOutcome { key, version, sha256, result });
    }

    pub(super) fn skip_object(
        &mut self,
        key: &str,
        version: &ObjectVersion,
        sha256: Option<String>,
        reason: SkipReason,
        detail: String,
    ) {
        self.settle(key, version, sha256, ObjectResult::Refused { reason });
        self.skipped.push(SkippedRecord::new(Some(key), reason, detail));
    }
}
