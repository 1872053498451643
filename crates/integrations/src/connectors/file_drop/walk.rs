//! One pass over the objects in the order of their keys, page by page.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use storage::{ObjectKey, ObjectMeta, PageToken};

use super::{
    FileDrop, of_storage,
    take::{Content, Taken, Wanted},
};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    page::{ComeBack, ObjectResult, ObjectVersion, Page, SkipReason, SkippedRecord, Warning},
    port::KnownObject,
    values::FieldError,
};

/// Objects listed at once.
const LISTED: usize = 500;

/// Where the pass stands.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The last key that was settled in this pass, below the drop's folder; absent between passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// Whether the pass left objects that were still being written.
    #[serde(default)]
    left: bool,
    /// Whether the folder ever held an object.
    #[serde(default)]
    held: bool,
    /// Whether this pass came by names that are no text.
    #[serde(default)]
    nameless: bool,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

/// A listing under way. A store's token cannot be kept in a cursor, so it is kept here for as long as
/// pages follow each other; without it the listing begins anew and passes over what was settled.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The key that was settled last, as in the cursor.
    after: Option<String>,
    /// Listed and not looked at.
    ahead: VecDeque<ObjectMeta>,
    next: Option<PageToken>,
    ended: bool,
    nameless: bool,
}

impl FileDrop {
    /// One page: objects until the records asked for are there, or the listing's end.
    pub(super) async fn pull<R>(
        &self,
        request: PullRequest<'_>,
        wanted: Wanted,
        records_of: impl Fn(&Content, &str) -> Result<Vec<R>, FieldError> + Send + Sync,
    ) -> Result<Page<R>, ConnectorError>
    where
        R: Send,
    {
        let mut place: Place =
            request.cursor.and_then(|cursor| cursor.position(self.code)).unwrap_or_default();
        let mut listing = self.listing_after(place.after.as_deref()).await?;
        let known = self.known_of(&listing).await?;
        place.held |= !listing.ahead.is_empty();
        place.nameless |= listing.nameless;
        let mut page = Page::empty(Cursor::at(self.code, &place), true);
        let mut contents: Vec<String> = Vec::new();
        let mut read = 0;
        // A file's records are not parted; the page ends between files.
        while page.records.len() < request.page_size
            && read < request.page_size
            && let Some(object) = listing.ahead.pop_front()
        {
            let key = self.relative(&object.key);
            let version = version_of(&object);
            if known.get(key).is_some_and(|one| self.is_settled(&one.version, &version)) {
                place.after = Some(key.to_owned());
                continue;
            }
            if self.is_settling(&object) {
                place.left = true;
                place.after = Some(key.to_owned());
                continue;
            }
            read += 1;
            match self.take(&object, &version, wanted).await? {
                Taken::StillWritten => place.left = true,
                // Not settled: once it may be read, it is.
                Taken::Denied => {
                    let reason = SkipReason::UnreadableFile;
                    page.skipped.push(SkippedRecord::new(Some(key), reason, "access is denied"));
                }
                Taken::Refused { sha256, reason, detail } => {
                    page.skip_object(key, &version, sha256, reason, detail);
                }
                Taken::OtherStream { sha256 } => {
                    page.settle(key, &version, Some(sha256), ObjectResult::OtherStream);
                }
                Taken::Read { sha256, content } => {
                    let taken_from = self.ledger.taken_content(&sha256).await?;
                    let is_again =
                        taken_from.is_some_and(|other| other != key) || contents.contains(&sha256);
                    if is_again {
                        page.settle(key, &version, Some(sha256), ObjectResult::SameContent);
                    } else {
                        match records_of(&content, &sha256) {
                            Ok(records) => {
                                page.skipped.extend(content.unreadable(key));
                                let count = records.len() as u64;
                                page.records.extend(records);
                                contents.push(sha256.clone());
                                let result = ObjectResult::Taken { records: count };
                                page.settle(key, &version, Some(sha256), result);
                            }
                            Err(error) => {
                                let detail = error.field.to_owned();
                                // What is missing may stand in the settings one day.
                                let version = match error.reason {
                                    SkipReason::MissingField => self.under_settings(&version),
                                    _ => version,
                                };
                                page.skip_object(key, &version, Some(sha256), error.reason, detail);
                            }
                        }
                    }
                }
            }
            place.after = Some(key.to_owned());
        }
        page.done = listing.ahead.is_empty() && listing.ended;
        if page.done {
            if place.left {
                let after = self.settle.max(Duration::from_mins(1));
                page.come_back = Some(ComeBack { after });
            }
            let folder = || self.folder.clone();
            if !place.held {
                page.warnings.push(Warning::FolderEmpty { folder: folder() });
            }
            if place.nameless {
                page.warnings.push(Warning::NamesUnreadable { folder: folder() });
            }
            place = Place { held: place.held, ..Place::default() };
        } else {
            listing.after.clone_from(&place.after);
            *self.listing.lock().await = Some(listing);
        }
        page.next = Cursor::at(self.code, &place);
        Ok(page)
    }

    /// The listing behind a key, with objects ahead unless it has ended.
    async fn listing_after(&self, after: Option<&str>) -> Result<Listing, ConnectorError> {
        let kept = self.listing.lock().await.take();
        let kept = kept.filter(|listing| after.is_some() && listing.after.as_deref() == after);
        let mut listing = kept.unwrap_or_default();
        while listing.ahead.is_empty() && !listing.ended {
            let listed = self.store.list(&self.prefix, listing.next.as_ref(), LISTED).await;
            let listed = listed.map_err(of_storage)?;
            let is_ahead =
                |object: &ObjectMeta| after.is_none_or(|after| self.relative(&object.key) > after);
            listing.nameless |= listed.has_nameless;
            listing.ahead.extend(listed.objects.into_iter().filter(is_ahead));
            listing.ended = listed.next.is_none();
            listing.next = listed.next;
        }
        Ok(listing)
    }

    async fn known_of(
        &self,
        listing: &Listing,
    ) -> Result<HashMap<String, KnownObject>, ConnectorError> {
        let keys: Vec<String> =
            listing.ahead.iter().map(|object| self.relative(&object.key).to_owned()).collect();
        let known = self.ledger.known(&keys).await?;
        Ok(known.into_iter().map(|object| (object.key.clone(), object)).collect())
    }

    /// The key below the drop's folder.
    pub(super) fn relative<'a>(&self, key: &'a ObjectKey) -> &'a str {
        key.as_str().strip_prefix(self.prefix.as_str()).unwrap_or(key.as_str())
    }

    /// Whether a version is the one that was settled, or was refused for what these settings lack.
    fn is_settled(&self, settled: &ObjectVersion, version: &ObjectVersion) -> bool {
        settled == version || *settled == self.under_settings(version)
    }

    /// A version as it is read with these settings.
    fn under_settings(&self, version: &ObjectVersion) -> ObjectVersion {
        let etag = version.etag.as_deref().unwrap_or_default();
        ObjectVersion { etag: Some(format!("{etag}+{}", self.settings)), ..version.clone() }
    }

    /// Whether somebody may still be writing it.
    fn is_settling(&self, object: &ObjectMeta) -> bool {
        object.modified.is_some_and(|modified| {
            let quiet = self.clock.now().signed_duration_since(DateTime::<Utc>::from(modified));
            quiet.to_std().unwrap_or_default() < self.settle
        })
    }
}

pub(super) fn version_of(object: &ObjectMeta) -> ObjectVersion {
    // Microseconds, as the database keeps them.
    let modified = object.modified.map(DateTime::<Utc>::from);
    let modified = modified.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()));
    ObjectVersion { size: object.size, modified, etag: object.etag.clone() }
}
