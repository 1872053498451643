//! A page's records on their way into the books: what is the same for every kind of record.

use std::collections::{BTreeMap, HashMap};

use domain::books::{ContentHash, ImportNote, ImportPlan, KnownRecord, SetAside};
use serde::Serialize;
use serde_json::json;

use super::{Reason, hash, text};
use crate::record::{BankTransactionRecord, EXTERNAL_ID_CHARS, InvoiceRecord};

/// A record that its source knows by an id.
pub(super) trait SourceRecord: Serialize {
    /// The source's id.
    fn external_id(&self) -> &str;
}

impl SourceRecord for InvoiceRecord {
    fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl SourceRecord for BankTransactionRecord {
    fn external_id(&self) -> &str {
        &self.external_id
    }
}

/// The records that are still to be decided on, and the plan that grows from them.
pub(super) struct Incoming<R, C> {
    /// By their ids, the last of each.
    pub(super) records: BTreeMap<String, (R, ContentHash)>,
    /// What is known of those that changed.
    pub(super) known: HashMap<String, KnownRecord>,
    /// Further ids under which a record is known, and its own.
    pub(super) aliases: HashMap<String, String>,
    pub(super) plan: ImportPlan<C>,
    repeated: usize,
    again: bool,
}

impl<R: SourceRecord, C> Incoming<R, C> {
    /// The records of a page. One whose id no column takes is set aside.
    pub(super) fn new(records: Vec<R>) -> Self {
        let mut incoming = Self {
            records: BTreeMap::new(),
            known: HashMap::new(),
            aliases: HashMap::new(),
            plan: ImportPlan::default(),
            repeated: 0,
            again: false,
        };
        for record in records {
            let hash = hash::of_record(&record);
            let id = record.external_id();
            let usable = !id.trim().is_empty()
                && !id.contains('\0')
                && id.chars().count() <= EXTERNAL_ID_CHARS;
            if usable {
                let before = incoming.records.insert(id.to_owned(), (record, hash));
                incoming.repeated += usize::from(before.is_some());
            } else {
                let id = text::clean(id).chars().take(EXTERNAL_ID_CHARS).collect();
                incoming.set_aside(id, &record, hash, Reason::ExternalId);
            }
        }
        incoming
    }

    /// Whether the records were set aside before and are to be tried again.
    pub(super) const fn retry_set_aside(&mut self, again: bool) {
        self.again = again;
    }

    /// A record goes to the list of those that are not in the books.
    pub(super) fn set_aside(
        &mut self,
        external_id: String,
        record: &R,
        content_hash: ContentHash,
        reason: Reason,
    ) {
        self.plan.set_aside.push(SetAside {
            external_id,
            reason: reason.as_str(),
            message: reason.in_turkish().to_owned(),
            record: json!(record),
            content_hash,
        });
    }

    /// Something that the office is told about a record that is in the books.
    pub(super) fn note(&mut self, external_id: &str, reason: Reason, more: &str) {
        self.plan.notes.push(ImportNote {
            external_id: external_id.to_owned(),
            reason: reason.as_str(),
            message: format!("{}{more}", reason.in_turkish()),
        });
    }

    /// Takes out what is unchanged: in the books, or on the list of those that are not.
    pub(super) fn drop_unchanged(
        &mut self,
        known: Vec<KnownRecord>,
        set_aside: &[(String, ContentHash)],
    ) {
        self.plan.unchanged += self.repeated;
        for (id, before) in set_aside.iter().filter(|_| !self.again) {
            // Whether it can go in now is tried at the start of each sync.
            if self.is_same(id, before) {
                self.records.remove(id);
                self.plan.still_aside += 1;
            }
        }
        for record in known {
            let id = self.aliases.get(&record.external_id).unwrap_or(&record.external_id);
            // What another integration knows is still to be linked here.
            if self.is_same(id, &record.content_hash) && !record.inherited {
                self.records.remove(id);
                self.plan.unchanged += 1;
                // What was set aside under this id was another version.
                self.plan.in_books.extend([id.clone(), record.external_id]);
            } else {
                self.known.insert(record.external_id.clone(), record);
            }
        }
    }

    fn is_same(&self, id: &str, before: &ContentHash) -> bool {
        self.records.get(id).is_some_and(|(_, hash)| hash == before)
    }
}
