//! Which row of the books a record is.

use std::collections::HashMap;

use domain::books::{
    BookInvoice, BookRow, BookWrite, ContentHash, KnownRecord, PUSHED, RecordLink, UNSEEN,
};
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
        owns_row: bool,
        written_hash: ContentHash,
        /// Why, and what differs; none where there is nothing new to tell.
        told: Option<(Reason, String)>,
    },
}

/// A record on its way to its row.
pub(super) struct Incoming<'a> {
    pub(super) write: &'a BookWrite<BookInvoice>,
    pub(super) content_hash: ContentHash,
    pub(super) ettn: Option<&'a str>,
    pub(super) document_key: Option<&'a str>,
    /// The row that it was made from by a push.
    pub(super) pushed_from: Option<&'a str>,
}

impl Incoming<'_> {
    fn company(&self) -> &str {
        &self.write.client_company_id
    }
}

/// The rows that records of one page may be.
pub(super) struct Rows {
    by_id: HashMap<String, BookRow<BookInvoice>>,
    /// Rows that a record owns, or one of a source that is gone, by company and ETTN, or company and
    /// document key.
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
            if row.owned || row.former_hash.is_some() {
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
                linked_here: true,
                owner_company_id: Some(write.client_company_id.clone()),
                former_hash: None,
                ettn: None,
                document_key: None,
                content: write.content.clone(),
            },
        );
    }

    /// Makes the rest of the page see whose row it is. An ETTN that another row of the company has
    /// already stays with that row.
    pub(super) fn claim(&mut self, link: &mut RecordLink) {
        if let Some(row) = self.by_id.get_mut(&link.known.row_id) {
            row.linked_here = true;
        }
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
            row.former_hash = None;
            row.owner_company_id = Some(company.clone());
            row.ettn.clone_from(&link.ettn);
        }
        self.index(&company, link.ettn.clone(), link.document_key.clone(), &id);
    }

    pub(super) fn find(&mut self, known: Option<&KnownRecord>, one: &Incoming<'_>) -> Match {
        // What a source that is gone knows under the same id is another invoice if it is another
        // company's: some sources number their records from 1.
        let known =
            known.filter(|known| !known.inherited || known.client_company_id == one.company());
        if let Some(known) = known {
            return self.of_known(known, one);
        }
        if let Some(matched) = self.of_pushed(one) {
            return matched;
        }
        let Some(row_id) = self.of_other_source(one) else {
            return self.of_earlier_import(one.write);
        };
        let row = self.by_id.get(&row_id);
        if let Some(former_hash) = row.and_then(|row| row.former_hash) {
            let company = row.and_then(|row| row.owner_company_id.clone());
            let known = KnownRecord {
                external_id: one.write.external_id.clone(),
                row_id,
                client_company_id: company.unwrap_or_default(),
                owns_row: true,
                content_hash: UNSEEN,
                written_hash: former_hash,
                inherited: true,
            };
            return self.of_known(&known, one);
        }
        let differs = row.is_some_and(|row| differs(&row.content, &one.write.content));
        Match::OtherSource { row_id, differs }
    }

    fn of_known(&self, known: &KnownRecord, one: &Incoming<'_>) -> Match {
        let write = one.write;
        // What did not change at the source was told before.
        let is_news = known.content_hash != one.content_hash;
        let keep = |reason, fields| Match::Keep {
            row_id: known.row_id.clone(),
            company_id: known.client_company_id.clone(),
            owns_row: known.owns_row,
            written_hash: known.written_hash,
            told: is_news.then_some((reason, fields)),
        };
        let row_id = known.row_id.clone();
        let Some(row) = self.by_id.get(&known.row_id) else {
            return keep(Reason::Deleted, String::new());
        };
        if !known.owns_row && row.owned {
            let differs = is_news && differs(&row.content, &write.content);
            return Match::OtherSource { row_id, differs };
        }
        let same_company = row.client_company_id.as_deref() == Some(one.company());
        let fields = || differences(&row.content, write, same_company);
        if known.written_hash == PUSHED {
            let is_first = known.content_hash == UNSEEN;
            let mut kept = keep(Reason::Pushed, fields());
            if let Match::Keep { told, .. } = &mut kept
                && (row.content == write.content
                    || is_first && !differs(&row.content, &write.content))
            {
                *told = None;
            }
            return kept;
        }
        if same_company && row.content == write.content {
            return Match::Same { row_id };
        }
        if row.content.status == POSTED {
            return keep(Reason::Posted, fields());
        }
        // Whose writing it was: this source's, or that of one that is gone and whose invoice it is too.
        let (company, written_hash) = match (known.owns_row, row.former_hash) {
            (true, _) => (Some(&known.client_company_id), known.written_hash),
            (false, Some(former)) => (row.owner_company_id.as_ref(), former),
            // The source that wrote it was deleted with all that was known of it.
            (false, None) => return keep(Reason::SourcesDiffer, fields()),
        };
        let as_written = row.client_company_id.as_ref() == company
            && hash::of_content(&row.content) == written_hash;
        if as_written {
            return Match::Change { row_id, duplicates: 0 };
        }
        Match::Keep {
            row_id,
            company_id: company.cloned().unwrap_or_default(),
            owns_row: true,
            written_hash,
            told: is_news.then(|| (Reason::Edited, fields())),
        }
    }

    /// By our mark: a push whose end was not recorded. A copy of a marked record bears the mark too,
    /// and is another invoice.
    fn of_pushed(&self, one: &Incoming<'_>) -> Option<Match> {
        let row = self.by_id.get(one.pushed_from?)?;
        if row.linked_here || row.content.kind != one.write.content.kind {
            return None;
        }
        let known = KnownRecord {
            external_id: one.write.external_id.clone(),
            row_id: row.id.clone(),
            client_company_id: row.client_company_id.clone().unwrap_or_default(),
            owns_row: !row.owned && row.former_hash.is_none(),
            content_hash: UNSEEN,
            written_hash: PUSHED,
            inherited: false,
        };
        Some(self.of_known(&known, one))
    }

    /// By the ETTN; by seller and number where one of the two sources knows no ETTN.
    fn of_other_source(&self, one: &Incoming<'_>) -> Option<String> {
        let key = |value: &str| (one.company().to_owned(), value.to_owned());
        if let Some(id) = one.ettn.and_then(|ettn| self.by_ettn.get(&key(ettn))) {
            return Some(id.clone());
        }
        let id = one.document_key.and_then(|document| self.by_document.get(&key(document)))?;
        let row = self.by_id.get(id)?;
        let (old, new) = (&row.content, &one.write.content);
        // Two records of one source are two invoices, unless nothing tells them apart.
        let may_be = !row.linked_here
            || old.kind == new.kind && old.issue_date == new.issue_date && !differs(old, new);
        (may_be && (one.ettn.is_none() || row.ettn.is_none())).then(|| id.clone())
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
                owns_row: true,
                written_hash: hash::of_content(&row.content),
                told: Some((Reason::Posted, differences(&row.content, write, same_company))),
            }
        } else {
            Match::Change { row_id, duplicates }
        }
    }
}

/// Whether two versions are about different money.
fn differs(old: &BookInvoice, new: &BookInvoice) -> bool {
    old.total_amount != new.total_amount || old.currency != new.currency
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
