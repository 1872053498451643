//! Which row of the books a record is.

use std::collections::HashMap;

use domain::books::{BookInvoice, BookRow, BookWrite, ContentHash, KnownRecord, RecordLink};
use rust_decimal::Decimal;

use super::POSTED;
use crate::import::{Reason, hash};

/// What a record is to the books.
pub(super) enum Match {
    /// Not there.
    New,
    /// There, and just so.
    Same { row_id: String },
    /// Made by an import before this worker's time, and just so.
    Adopt { row_id: String, duplicates: usize },
    /// There, and to be written anew.
    Change { row_id: String, duplicates: usize },
    /// Another source's.
    OtherSource { row_id: String, differs: bool },
    /// There, and not to be written.
    Keep {
        row_id: String,
        company_id: String,
        written_hash: ContentHash,
        reason: Reason,
        fields: String,
    },
}

/// The rows that records of one page may be.
pub(super) struct Rows {
    by_id: HashMap<String, BookRow<BookInvoice>>,
    /// Owned rows by company and ETTN, or company and document key.
    by_ettn: HashMap<(String, String), String>,
    by_document: HashMap<(String, String), String>,
    /// Rows of earlier imports, oldest first.
    unowned: HashMap<String, Vec<String>>,
}

impl Rows {
    pub(super) fn new(found: Vec<BookRow<BookInvoice>>) -> Self {
        let mut rows = Self {
            by_id: HashMap::with_capacity(found.len()),
            by_ettn: HashMap::new(),
            by_document: HashMap::new(),
            unowned: HashMap::new(),
        };
        for row in found {
            if row.owned {
                let company = row.owner_company_id.clone().unwrap_or_default();
                rows.index(&company, row.ettn.clone(), row.document_key.clone(), &row.id);
            } else if let Some(external_id) = &row.external_id {
                rows.unowned.entry(external_id.clone()).or_default().push(row.id.clone());
            }
            rows.by_id.insert(row.id.clone(), row);
        }
        rows
    }

    fn index(&mut self, company: &str, ettn: Option<String>, document: Option<String>, id: &str) {
        if let Some(ettn) = ettn {
            let key = (company.to_owned(), ettn);
            self.by_ettn.entry(key).or_insert_with(|| id.to_owned());
        }
        if let Some(document) = document {
            let key = (company.to_owned(), document);
            self.by_document.entry(key).or_insert_with(|| id.to_owned());
        }
    }

    /// A row that this page makes.
    pub(super) fn add(&mut self, id: &str, write: &BookWrite<BookInvoice>) {
        self.by_id.insert(
            id.to_owned(),
            BookRow {
                id: id.to_owned(),
                client_company_id: Some(write.client_company_id.clone()),
                external_id: Some(write.external_id.clone()),
                owned: true,
                owner_company_id: Some(write.client_company_id.clone()),
                ettn: None,
                document_key: None,
                content: write.content.clone(),
            },
        );
    }

    /// Makes the rest of the page see whose row it is. An ETTN that another row of the company has
    /// already stays with that row.
    pub(super) fn claim(&mut self, link: &mut RecordLink) {
        if !link.known.owns_row {
            return;
        }
        let (company, id) = (link.known.client_company_id.clone(), link.known.row_id.clone());
        if let Some(ettn) = &link.ettn {
            let taken = self.by_ettn.get(&(company.clone(), ettn.clone()));
            if taken.is_some_and(|other| *other != id) {
                link.ettn = None;
            }
        }
        if let Some(row) = self.by_id.get_mut(&id) {
            row.owned = true;
            row.owner_company_id = Some(company.clone());
            row.ettn.clone_from(&link.ettn);
        }
        self.index(&company, link.ettn.clone(), link.document_key.clone(), &id);
    }

    pub(super) fn find(
        &mut self,
        known: Option<&KnownRecord>,
        write: &BookWrite<BookInvoice>,
        ettn: Option<&str>,
        document_key: Option<&str>,
    ) -> Match {
        if let Some(known) = known {
            return self.of_known(known, write);
        }
        if let Some(row_id) = self.of_other_source(write, ettn, document_key) {
            let differs = self.by_id.get(&row_id).is_some_and(|row| {
                row.content.total_amount != write.content.total_amount
                    || row.content.currency != write.content.currency
            });
            return Match::OtherSource { row_id, differs };
        }
        self.of_earlier_import(write)
    }

    fn of_known(&self, known: &KnownRecord, write: &BookWrite<BookInvoice>) -> Match {
        let keep = |reason, fields| Match::Keep {
            row_id: known.row_id.clone(),
            company_id: known.client_company_id.clone(),
            written_hash: known.written_hash,
            reason,
            fields,
        };
        let row_id = known.row_id.clone();
        let Some(row) = self.by_id.get(&known.row_id) else {
            return keep(Reason::Deleted, String::new());
        };
        if !known.owns_row && row.owned {
            return Match::OtherSource { row_id, differs: false };
        }
        let same_company = row.client_company_id.as_ref() == Some(&write.client_company_id);
        if same_company && row.content == write.content {
            return Match::Same { row_id };
        }
        let fields = differences(&row.content, write, same_company);
        if row.content.status == POSTED {
            return keep(Reason::Posted, fields);
        }
        let as_written = row.client_company_id.as_ref() == Some(&known.client_company_id)
            && hash::of_content(&row.content) == known.written_hash;
        if known.owns_row && !as_written {
            return keep(Reason::Edited, fields);
        }
        Match::Change { row_id, duplicates: 0 }
    }

    /// By the ETTN; by seller and number where one of the two sources knows no ETTN.
    fn of_other_source(
        &self,
        write: &BookWrite<BookInvoice>,
        ettn: Option<&str>,
        document_key: Option<&str>,
    ) -> Option<String> {
        let key = |value: &str| (write.client_company_id.clone(), value.to_owned());
        if let Some(id) = ettn.and_then(|ettn| self.by_ettn.get(&key(ettn))) {
            return Some(id.clone());
        }
        let id = document_key.and_then(|document| self.by_document.get(&key(document)))?;
        let other = self.by_id.get(id).and_then(|row| row.ettn.as_deref());
        (ettn.is_none() || other.is_none()).then(|| id.clone())
    }

    /// The old importer's rows name no integration: the same number alone is not enough.
    fn of_earlier_import(&mut self, write: &BookWrite<BookInvoice>) -> Match {
        let by_id = &self.by_id;
        let is_it = |id: &String| {
            by_id.get(id).is_some_and(|row| {
                let (old, new) = (&row.content, &write.content);
                let same_day = (old.issue_date - new.issue_date).num_days().abs() <= 1;
                let same_total = old.total_amount == new.total_amount;
                let same_company = row.client_company_id.as_ref() == Some(&write.client_company_id);
                old.kind == new.kind
                    && if same_company { same_day || same_total } else { same_day && same_total }
            })
        };
        let Some(candidates) = self.unowned.get_mut(&write.external_id) else { return Match::New };
        let mut matching: Vec<String> = candidates.iter().filter(|id| is_it(id)).cloned().collect();
        if matching.is_empty() {
            return Match::New;
        }
        let row_id = matching.remove(0);
        let duplicates = matching.len();
        candidates.retain(|id| *id != row_id && !matching.contains(id));
        let Some(row) = by_id.get(&row_id) else { return Match::New };
        let same_company = row.client_company_id.as_ref() == Some(&write.client_company_id);
        if same_company && row.content == write.content {
            Match::Adopt { row_id, duplicates }
        } else if row.content.status == POSTED {
            Match::Keep {
                row_id,
                company_id: row.client_company_id.clone().unwrap_or_default(),
                written_hash: hash::of_content(&row.content),
                reason: Reason::Posted,
                fields: differences(&row.content, write, same_company),
            }
        } else {
            Match::Change { row_id, duplicates }
        }
    }
}

/// What the source has and the row has not, for people.
fn differences(old: &BookInvoice, write: &BookWrite<BookInvoice>, same_company: bool) -> String {
    let new = &write.content;
    let mut found = Vec::new();
    let mut amount = |name: &str, old: Option<Decimal>, new: Option<Decimal>| {
        if old != new {
            let shown = |amount: Option<Decimal>| {
                amount
                    .map_or_else(|| "yok".to_owned(), |amount| amount.to_string().replace('.', ","))
            };
            found.push(format!("{name}: {} yerine {}", shown(old), shown(new)));
        }
    };
    amount("toplam", Some(old.total_amount), Some(new.total_amount));
    amount("KDV", Some(old.tax_amount), Some(new.tax_amount));
    amount("matrah", old.net_amount, new.net_amount);
    for (name, differs) in [
        ("şirket", !same_company),
        ("tür", old.kind != new.kind),
        ("durum", old.status != new.status),
        ("tarih", old.issue_date != new.issue_date),
        ("vade", old.due_date != new.due_date),
        ("para birimi", old.currency != new.currency),
        ("karşı taraf", old.counterparty_name != new.counterparty_name),
        ("vergi numarası", old.counterparty_tax_number != new.counterparty_tax_number),
        ("satırlar", old.lines != new.lines),
    ] {
        if differs {
            found.push(name.to_owned());
        }
    }
    if found.is_empty() { String::new() } else { format!(" Farklı olan: {}.", found.join(", ")) }
}
