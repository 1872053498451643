//! Invoices.

mod matching;
mod validate;

use domain::books::{
    BookInvoice, BookWrite, ContentHash, Found, ImportPlan, KnownRecord, LookUp, PageImport,
    RecordLink,
};

use self::matching::{Match, Rows};
use super::company::{Companies, OwnCompany};
use super::incoming::Incoming;
use super::{Reason, hash};
use crate::record::{Direction, EXTERNAL_ID_CHARS, InvoiceRecord, PartyIdentity};

/// The status of an invoice that is in the ledger: its content is a matter of law by then.
const POSTED: &str = "muhasebeleştirilmiş";

/// One page of invoices on its way into the books.
pub struct InvoiceImport {
    page: Incoming<InvoiceRecord, BookInvoice>,
    companies: Companies,
    new_id: Box<dyn FnMut() -> String + Send>,
}

impl std::fmt::Debug for InvoiceImport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvoiceImport")
            .field("records", &self.page.records.len())
            .finish_non_exhaustive()
    }
}

impl InvoiceImport {
    /// A page of an integration that belongs to `own`, or to the whole office. `new_id` makes ids
    /// for new rows.
    pub fn new(
        mut records: Vec<InvoiceRecord>,
        own: Option<OwnCompany>,
        new_id: impl FnMut() -> String + Send + 'static,
    ) -> Self {
        // That a source touched a record changes nothing.
        for record in &mut records {
            record.changed_at = None;
        }
        let mut import = Self {
            page: Incoming::new(records),
            companies: Companies::new(own),
            new_id: Box::new(new_id),
        };
        let both = import.page.records.values().filter(|(record, _)| record.direction.is_none());
        let aliases = both.map(|(record, _)| (buyers_side(record), record.external_id.clone()));
        import.page.aliases = aliases.collect();
        import
    }

    fn document_key(&self, record: &InvoiceRecord) -> Option<String> {
        validate::document_key(record, self.companies.own_number())
    }

    /// Whether the records were set aside before and are to be tried again.
    pub const fn retry_set_aside(&mut self, again: bool) {
        self.page.retry_set_aside(again);
    }

    /// The sides on which a company of the office stands.
    fn sides(&self, record: &InvoiceRecord) -> Vec<Direction> {
        if let Some(direction) = record.direction {
            return vec![direction];
        }
        let ours = |direction: &Direction| {
            let party = validate::company_side(record, *direction);
            party.valid_tax_number().is_some_and(|number| self.companies.is_ours(&number))
        };
        [Direction::Sales, Direction::Purchase].into_iter().filter(ours).collect()
    }

    fn decide(&mut self, record: &InvoiceRecord, content_hash: ContentHash, rows: &mut Rows) {
        let sides = self.sides(record);
        if sides.is_empty() {
            let id = record.external_id.clone();
            return self.page.set_aside(id, record, content_hash, Reason::SideUnknown);
        }
        self.page.plan.in_books.push(record.external_id.clone());
        // An invoice between two companies of the office stands in the books of both. Which of them
        // the office has may change: the id is that of a side, not of the first that was found.
        for direction in sides {
            let key = match (record.direction, direction) {
                (None, Direction::Purchase) => buyers_side(record),
                _ => record.external_id.clone(),
            };
            if let Err(reason) = self.decide_side(&key, record, direction, content_hash, rows) {
                self.page.set_aside(key, record, content_hash, reason);
            }
        }
    }

    fn decide_side(
        &mut self,
        key: &str,
        record: &InvoiceRecord,
        direction: Direction,
        content_hash: ContentHash,
        rows: &mut Rows,
    ) -> Result<(), Reason> {
        let content = validate::content(record, direction)?;
        let party = validate::company_side(record, direction);
        let company = self.companies.resolve(party, &mut *self.new_id)?;
        if company.names_another {
            self.page.note(key, Reason::CompanyConflict, "");
        }
        let write = BookWrite {
            id: String::new(),
            client_company_id: company.id,
            external_id: record.external_id.clone(),
            content,
            metadata: validate::metadata(record),
        };
        let (ettn, document_key) = (validate::ettn(record), self.document_key(record));
        let one = matching::Incoming {
            write: &write,
            content_hash,
            ettn: ettn.as_deref(),
            document_key: document_key.as_deref(),
            pushed_from: record.pushed_from.as_deref(),
        };
        let matched = rows.find(self.page.known.get(key), &one);
        let mut link = RecordLink {
            known: KnownRecord {
                external_id: key.to_owned(),
                row_id: String::new(),
                client_company_id: write.client_company_id.clone(),
                owns_row: true,
                content_hash,
                written_hash: hash::of_content(&write.content),
                inherited: false,
            },
            ettn,
            document_key,
        };
        match matched {
            Match::New => {
                let id = (self.new_id)();
                link.known.row_id.clone_from(&id);
                rows.add(&id, &write);
                self.page.plan.create.push(BookWrite { id, ..write });
            }
            Match::Same { row_id } => {
                link.known.row_id = row_id;
                self.page.plan.unchanged += 1;
            }
            Match::Change { row_id, duplicates } => {
                if duplicates > 0 {
                    self.page.note(key, Reason::ExistingDuplicates, "");
                }
                link.known.row_id.clone_from(&row_id);
                self.page.plan.update.push(BookWrite { id: row_id, ..write });
            }
            Match::Adopt { row_id, duplicates } => {
                if duplicates > 0 {
                    self.page.note(key, Reason::ExistingDuplicates, "");
                }
                link.known.row_id = row_id;
                self.page.plan.unchanged += 1;
            }
            Match::OtherSource { row_id, differs } => {
                if differs {
                    self.page.note(key, Reason::SourcesDiffer, "");
                }
                link.known.row_id = row_id;
                link.known.owns_row = false;
                self.page.plan.unchanged += 1;
            }
            Match::Keep { row_id, company_id, owns_row, written_hash, told } => {
                if let Some((reason, fields)) = told {
                    self.page.note(key, reason, &fields);
                    self.page.plan.kept += 1;
                } else {
                    self.page.plan.unchanged += 1;
                }
                link.known.row_id = row_id;
                link.known.client_company_id = company_id;
                link.known.owns_row = owns_row;
                link.known.written_hash = written_hash;
            }
        }
        rows.claim(&mut link);
        self.page.plan.in_books.push(key.to_owned());
        self.page.plan.links.push(link);
        Ok(())
    }
}

/// The id of the buyer's side of an invoice whose source does not say on which side the office's
/// company is; the seller's side has the record's own.
fn buyers_side(record: &InvoiceRecord) -> String {
    const SUFFIX: &str = "#2";
    let kept = EXTERNAL_ID_CHARS - SUFFIX.len();
    format!("{}{SUFFIX}", record.external_id.chars().take(kept).collect::<String>())
}

impl PageImport<BookInvoice> for InvoiceImport {
    fn keys(&self) -> Vec<(String, ContentHash)> {
        let mut keys = Vec::with_capacity(self.page.records.len());
        for (id, (record, hash)) in &self.page.records {
            keys.push((id.clone(), *hash));
            if record.direction.is_none() {
                keys.push((buyers_side(record), *hash));
            }
        }
        keys
    }

    fn look_up(&mut self, known: Vec<KnownRecord>, set_aside: &[(String, ContentHash)]) -> LookUp {
        self.page.drop_unchanged(known, set_aside);
        let mut asked = LookUp::default();
        for (id, (record, _)) in &self.page.records {
            let keys = [Some(id.clone()), record.direction.is_none().then(|| buyers_side(record))];
            for key in keys.into_iter().flatten() {
                match self.page.known.get(&key) {
                    Some(known) => asked.row_ids.push(known.row_id.clone()),
                    None => asked.external_ids.push(id.clone()),
                }
            }
            asked.ettns.extend(validate::ettn(record));
            asked.document_keys.extend(self.document_key(record));
            asked.row_ids.extend(record.pushed_from.clone());
            let parties = match record.direction {
                Some(direction) => vec![record.company_of(direction)],
                None => vec![&record.supplier, &record.customer],
            };
            let numbers = parties.into_iter().filter_map(PartyIdentity::valid_tax_number);
            asked.tax_numbers.extend(numbers.map(String::from));
        }
        for list in [
            &mut asked.row_ids,
            &mut asked.ettns,
            &mut asked.document_keys,
            &mut asked.external_ids,
            &mut asked.tax_numbers,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        asked
    }

    fn plan(&mut self, found: Found<BookInvoice>) -> ImportPlan<BookInvoice> {
        self.companies.add(&found.companies);
        let mut rows = Rows::new(found.rows);
        for (record, hash) in std::mem::take(&mut self.page.records).into_values() {
            self.decide(&record, hash, &mut rows);
        }
        self.page.plan.companies = self.companies.take_new();
        std::mem::take(&mut self.page.plan)
    }
}
