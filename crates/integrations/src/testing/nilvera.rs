//! A Nilvera account, as its OpenAPI documents it: three lists by date of creation, and their UBL.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::server::{Answer, Asked, Source};
use crate::values;

const KEY: &str = "key-secret";

#[derive(Debug, Clone)]
struct Entry {
    list: [&'static str; 2],
    uuid: String,
    created: DateTime<Utc>,
    status: &'static str,
    xml: Vec<u8>,
}

/// An account with its invoices.
#[derive(Debug)]
pub struct NilveraSource {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    entries: Vec<Entry>,
    /// The place of each UUID.
    places: HashMap<String, usize>,
    is_start_inclusive: bool,
    plain_xml: bool,
    is_newest_first: bool,
    largest_page: usize,
    add_during_next_list: Vec<Entry>,
}

impl Default for NilveraSource {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                entries: Vec::new(),
                places: HashMap::new(),
                is_start_inclusive: true,
                plain_xml: false,
                is_newest_first: false,
                largest_page: 100,
                add_during_next_list: Vec::new(),
            }),
        }
    }
}

impl NilveraSource {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of an integration with this account.
    pub fn config(base: &str) -> Value {
        json!({ "baseUrl": base, "apiKey": KEY })
    }

    /// Adds an invoice that came in.
    pub fn add_purchase(&self, uuid: &str, created: DateTime<Utc>, xml: impl Into<Vec<u8>>) {
        self.add(["einvoice", "Purchase"], uuid, created, xml.into());
    }

    /// Adds an e-Fatura that went out.
    pub fn add_sale(&self, uuid: &str, created: DateTime<Utc>, xml: impl Into<Vec<u8>>) {
        self.add(["einvoice", "Sale"], uuid, created, xml.into());
    }

    /// Adds an e-Arşiv invoice.
    pub fn add_archive(&self, uuid: &str, created: DateTime<Utc>, xml: impl Into<Vec<u8>>) {
        self.add(["earchive", "Invoices"], uuid, created, xml.into());
    }

    fn add(&self, list: [&'static str; 2], uuid: &str, created: DateTime<Utc>, xml: Vec<u8>) {
        let entry = Entry { list, uuid: uuid.to_owned(), created, status: "succeed", xml };
        self.state().keep(entry);
    }

    /// Adds an invoice that came in after the next list was asked for.
    pub fn add_purchase_meanwhile(
        &self,
        uuid: &str,
        created: DateTime<Utc>,
        xml: impl Into<Vec<u8>>,
    ) {
        let list = ["einvoice", "Purchase"];
        let entry =
            Entry { list, uuid: uuid.to_owned(), created, status: "succeed", xml: xml.into() };
        self.state().add_during_next_list.push(entry);
    }

    /// Whether `StartDate` itself is in the range, which is not documented.
    pub fn set_start_inclusive(&self, inclusive: bool) {
        self.state().is_start_inclusive = inclusive;
    }

    /// The list is given newest first, whatever order is asked for.
    pub fn ignore_order(&self) {
        self.state().is_newest_first = true;
    }

    /// Gives no more entries on a page than this.
    pub fn set_largest_page(&self, entries: usize) {
        self.state().largest_page = entries;
    }

    /// Changes how far an invoice is.
    pub fn set_status(&self, uuid: &str, status: &'static str) {
        let mut state = self.state();
        if let Some(place) = state.places.get(uuid).copied() {
            state.entries[place].status = status;
        }
    }

    /// Whether the XML comes as it is instead of as a JSON string.
    pub fn set_plain_xml(&self, plain: bool) {
        self.state().plain_xml = plain;
    }
}

impl State {
    /// The last one of a UUID counts.
    fn keep(&mut self, entry: Entry) {
        if let Some(place) = self.places.get(&entry.uuid) {
            self.entries[*place] = entry;
        } else {
            self.places.insert(entry.uuid.clone(), self.entries.len());
            self.entries.push(entry);
        }
    }

    fn list(&mut self, list: &[&str], asked: &Asked) -> Answer {
        let time = |name: &str| asked.parameter(name).and_then(values::parse_instant);
        let (start, end) = (time("StartDate"), time("EndDate"));
        let after_start = |at: DateTime<Utc>| match start {
            Some(start) if self.is_start_inclusive => at >= start,
            Some(start) => at > start,
            None => true,
        };
        let mut found: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| entry.list == list)
            .filter(|entry| {
                after_start(entry.created) && end.is_none_or(|end| entry.created <= end)
            })
            .collect();
        found.sort_by_key(|entry| entry.created);
        // The one column that its clients are known to name; by any other it does not sort.
        let is_by_creation = asked.parameter("SortColumn") == Some("CreationDateTime");
        let is_ascending = asked.parameter("SortType") == Some("ASC");
        if self.is_newest_first || !is_by_creation || !is_ascending {
            found.reverse();
        }
        let size = asked.number("PageSize").unwrap_or(20).clamp(1, self.largest_page);
        let page = asked.number("Page").unwrap_or(1).max(1);
        let content: Vec<Value> = found
            .iter()
            .skip((page - 1) * size)
            .take(size)
            .map(|entry| {
                json!({
                    "UUID": entry.uuid, "InvoiceNumber": "ORN", "StatusCode": entry.status,
                    // As it comes: local time without a zone, seven digits of a second.
                    "CreatedDate": entry.created.with_timezone(&values::turkey())
                        .format("%Y-%m-%dT%H:%M:%S%.6f0").to_string(),
                })
            })
            .collect();
        let total = found.len();
        let answer = json!({
            "Page": page, "PageSize": size, "TotalCount": total,
            "TotalPages": total.div_ceil(size), "Content": content,
        });
        for entry in std::mem::take(&mut self.add_during_next_list) {
            self.keep(entry);
        }
        Answer::json(200, &answer)
    }
}

impl Source for NilveraSource {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state();
        if asked.bearer() != Some(KEY) {
            return Answer::json(401, &json!({"Message": "Yetkisiz"}));
        }
        match asked.parts().as_slice() {
            [area, kind, uuid, "xml"] => {
                let place = state.places.get(*uuid);
                let entry = place.and_then(|place| state.entries.get(*place));
                match entry.filter(|entry| entry.list == [*area, *kind]) {
                    Some(entry) if state.plain_xml => Answer::text(200, entry.xml.clone()),
                    Some(entry) => {
                        let text = String::from_utf8_lossy(&entry.xml).into_owned();
                        Answer::json(200, &json!(text))
                    }
                    None => Answer::json(404, &json!({"Message": "Bulunamadı"})),
                }
            }
            list @ (["einvoice", "Purchase" | "Sale"] | ["earchive", "Invoices"]) => {
                state.list(list, asked)
            }
            _ => Answer::json(404, &json!({})),
        }
    }
}
