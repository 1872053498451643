//! Pages in any order, with anything in them, into books that people edit meanwhile: what the importer
//! plans keeps its promises.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

use std::collections::{BTreeMap, BTreeSet};

use domain::books::{
    BookCompany, BookInvoice, BookRow, Found, ImportPlan, LookUp, PageImport, RecordLink, SetAside,
};
use integrations::import::InvoiceImport;
use integrations::{Direction, InvoiceRecord, InvoiceStatus, PartyIdentity};
use proptest::prelude::*;

const NUMBERS: [&str; 3] = ["8451720691", "4540536920", "9026184374"];

/// Two integrations over the books of one office, in memory.
#[derive(Default)]
struct Office {
    rows: BTreeMap<String, BookRow<BookInvoice>>,
    links: BTreeMap<(usize, String), RecordLink>,
    companies: BTreeMap<String, String>,
    aside: BTreeMap<(usize, String), SetAside>,
    edited: BTreeSet<String>,
    ids: u32,
}

impl Office {
    fn import(&mut self, source: usize, page: &[InvoiceRecord]) -> ImportPlan<BookInvoice> {
        let first = self.ids;
        let mut next = first;
        self.ids += 1_000;
        let mut import = InvoiceImport::new(page.to_vec(), None, move || {
            next += 1;
            format!("id{next:08}")
        });
        let keys: BTreeSet<String> = import.keys().into_iter().map(|(id, _)| id).collect();
        let known = keys
            .iter()
            .filter_map(|id| self.links.get(&(source, id.clone())))
            .map(|link| link.known.clone())
            .collect();
        let aside: Vec<_> = keys
            .iter()
            .filter_map(|id| self.aside.get(&(source, id.clone())))
            .map(|one| (one.external_id.clone(), one.content_hash))
            .collect();
        let asked = import.look_up(known, &aside);
        let found = self.find(source, &asked);
        let plan = import.plan(found);
        self.apply(source, &plan);
        plan
    }

    fn find(&self, source: usize, asked: &LookUp) -> Found<BookInvoice> {
        let owned = |row: &BookRow<BookInvoice>| {
            self.links.values().find(|link| link.known.owns_row && link.known.row_id == row.id)
        };
        let mut rows = Vec::new();
        for row in self.rows.values() {
            let owner = owned(row);
            let has = |list: &[String], value: Option<&String>| {
                value.is_some_and(|value| list.contains(value))
            };
            let wanted = asked.row_ids.contains(&row.id)
                || has(&asked.ettns, owner.and_then(|link| link.ettn.as_ref()))
                || has(&asked.document_keys, owner.and_then(|link| link.document_key.as_ref()))
                || has(&asked.external_ids, row.external_id.as_ref());
            if wanted {
                rows.push(BookRow {
                    owned: owner.is_some(),
                    linked_here: self
                        .links
                        .iter()
                        .any(|((at, _), link)| *at == source && link.known.row_id == row.id),
                    owner_company_id: owner.map(|link| link.known.client_company_id.clone()),
                    ettn: owner.and_then(|link| link.ettn.clone()),
                    document_key: owner.and_then(|link| link.document_key.clone()),
                    ..row.clone()
                });
            }
        }
        let companies = self
            .companies
            .iter()
            .filter(|(number, _)| asked.tax_numbers.contains(number))
            .map(|(number, id)| BookCompany { id: id.clone(), tax_number: number.clone() })
            .collect();
        Found { rows, companies }
    }

    /// As the database does, and as strict.
    fn apply(&mut self, source: usize, plan: &ImportPlan<BookInvoice>) {
        for company in &plan.companies {
            let before =
                self.companies.insert(company.tax_number.as_str().to_owned(), company.id.clone());
            assert!(before.is_none(), "a company twice");
        }
        for write in plan.create.iter().chain(&plan.update) {
            let is_new = plan.create.iter().any(|new| new.id == write.id);
            let row = BookRow {
                id: write.id.clone(),
                client_company_id: Some(write.client_company_id.clone()),
                external_id: Some(write.external_id.clone()),
                owned: true,
                linked_here: false,
                owner_company_id: None,
                former_hash: None,
                ettn: None,
                document_key: None,
                content: write.content.clone(),
            };
            assert!(self.companies.values().any(|id| *id == write.client_company_id));
            assert!(!self.edited.contains(&write.id), "an edited row was overwritten");
            let before = self.rows.insert(write.id.clone(), row);
            assert_eq!(before.is_none(), is_new);
        }
        for link in &plan.links {
            let key = (source, link.known.external_id.clone());
            self.aside.remove(&key);
            self.links.insert(key, link.clone());
        }
        for one in &plan.set_aside {
            self.aside.insert((source, one.external_id.clone()), one.clone());
        }
        // The unique key on ETTN.
        let mut seen = BTreeSet::new();
        for link in self.links.values().filter(|link| link.known.owns_row) {
            if let Some(ettn) = &link.ettn {
                let new = seen.insert((link.known.client_company_id.clone(), ettn.clone()));
                assert!(new, "two rows of one invoice");
            }
        }
    }
}

/// A party: one of three firms, or one without a number.
fn party(at: usize) -> PartyIdentity {
    PartyIdentity {
        name: Some(format!("Firma {at}")),
        tax_number: NUMBERS.get(at).map(|number| (*number).to_owned()),
        external_id: None,
    }
}

fn record() -> impl Strategy<Value = InvoiceRecord> {
    (0_u8..8, 0_u8..6, 0_usize..4, 0_usize..4, 0_u8..3, 0_i64..4, 0_u8..4).prop_map(
        |(id, ettn, supplier, customer, direction, total, number)| InvoiceRecord {
            external_id: format!("r{id}"),
            number: (number > 0).then(|| format!("N{number}")),
            ettn: (ettn > 2).then(|| format!("f47ac10b-58cc-4372-a567-0e02b2c3d47{ettn}")),
            invoice_type: None,
            direction: match direction {
                0 => Some(Direction::Sales),
                1 => Some(Direction::Purchase),
                _ => None,
            },
            status: InvoiceStatus::Issued,
            issue_date: "2026-03-02".parse().expect("a day"),
            due_date: None,
            currency: "TRY".parse().expect("a currency"),
            exchange_rate: None,
            total_amount: total.into(),
            tax_amount: 0.into(),
            net_amount: None,
            withholding_amount: None,
            supplier: party(supplier),
            customer: party(customer),
            lines: Vec::new(),
            changed_at: None,
            pushed_from: None,
        },
    )
}

/// What happens next: a page of a source, or a person edits a row.
#[derive(Debug, Clone)]
enum Step {
    Page(usize, Vec<InvoiceRecord>),
    Edit(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..2, prop::collection::vec(record(), 0..8))
            .prop_map(|(source, page)| Step::Page(source, page)),
        1 => (0_usize..16).prop_map(Step::Edit),
    ]
}

proptest! {
    #[test]
    fn no_row_twice_no_edit_lost_and_the_same_page_again_changes_nothing(
        steps in prop::collection::vec(step(), 1..12),
    ) {
        let mut office = Office::default();
        for step in steps {
            match step {
                Step::Page(source, page) => {
                    let plan = office.import(source, &page);
                    let records: BTreeSet<_> = page.iter().map(|one| &one.external_id).collect();
                    let ended = plan.links.len() + plan.set_aside.len() + plan.still_aside;
                    prop_assert!(ended + plan.unchanged >= records.len(), "a record was lost");
                    let again = office.import(source, &page);
                    prop_assert!(again.create.is_empty() && again.update.is_empty());
                    prop_assert!(again.companies.is_empty() && again.kept == 0);
                    prop_assert!(again.notes.is_empty());
                }
                Step::Edit(at) => {
                    let ids: Vec<String> = office.rows.keys().cloned().collect();
                    if let Some(id) = ids.get(at)
                        && let Some(row) = office.rows.get_mut(id)
                    {
                        row.content.counterparty_name = Some(format!("Elle {at}"));
                        row.client_company_id = Some("moved".to_owned());
                        office.edited.insert(id.clone());
                    }
                }
            }
        }
    }
}
