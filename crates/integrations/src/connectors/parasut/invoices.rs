//! Invoices of Paraşüt.
//!
//! The lists can be ordered by id, not by time of change, and not filtered by it. So:
//! - A full pass reads a list by ascending id. New records come behind it; a deleted one moves the
//!   rest forward by a place, which shows as a smaller `total_count`: then as many pages are read
//!   again as records may have slipped by.
//! - Between full passes a list is read by descending id until a whole page is older than what was
//!   known a week ago: that finds new records and changes of recent ones.
//! - A full pass a week finds changes of old ones.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::Currency;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    LARGEST_PAGE, Parasut,
    json_api::{Document, attributes},
    push,
};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    page::Page,
    record::{Direction, InvoiceLine, InvoiceRecord, InvoiceStatus, PartyIdentity},
    registry::ConnectorCode,
    values::{self, FieldError},
};

/// How often a list is read whole.
const FULL_EVERY: TimeDelta = TimeDelta::days(7);
/// How far back changes are looked for between full passes.
const WINDOW: TimeDelta = TimeDelta::days(7);

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum List {
    Sales,
    Purchases,
}

impl List {
    const fn path(self) -> &'static str {
        match self {
            Self::Sales => "sales_invoices",
            Self::Purchases => "purchase_bills",
        }
    }

    const fn include(self) -> &'static str {
        match self {
            Self::Sales => "details,contact,active_e_document",
            Self::Purchases => "details,supplier,active_e_document",
        }
    }
}

/// What is remembered of a list between syncs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Known {
    /// The end of the last full pass.
    full_at: Option<DateTime<Utc>>,
    /// The highest id of the first full pass: what came later is given whatever its date.
    first_highest: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Walk {
    list: List,
    full: bool,
    page: u64,
    size: usize,
    began_at: DateTime<Utc>,
    /// `total_count` of the page before.
    total: Option<u64>,
    highest: u64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    #[serde(default)]
    since: Option<NaiveDate>,
    sales: Known,
    purchases: Known,
    walk: Option<Walk>,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

impl Place {
    const fn known(&mut self, list: List) -> &mut Known {
        match list {
            List::Sales => &mut self.sales,
            List::Purchases => &mut self.purchases,
        }
    }

    fn begin(&mut self, list: List, size: usize, now: DateTime<Utc>) -> Walk {
        let full = self.known(list).full_at.is_none_or(|last| now - last >= FULL_EVERY);
        Walk { list, full, page: 1, size, began_at: now, total: None, highest: 0 }
    }
}

impl Parasut {
    pub(super) async fn invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        let code = ConnectorCode::Parasut;
        let mut place: Place =
            request.cursor.and_then(|cursor| cursor.position(code)).unwrap_or_default();
        let since = *place.since.get_or_insert(request.since);
        let size = request.page_size.clamp(1, LARGEST_PAGE);
        let mut walk = match place.walk.take() {
            Some(walk) => walk,
            None => place.begin(List::Sales, size, self.clock.now()),
        };
        let document = self.list_invoices(&walk).await?;
        let (total, pages) = (document.total_count()?, document.total_pages()?);
        let mut page = Page::empty(Cursor::at(code, &place), false);
        let old = walk.began_at - WINDOW;
        let mut newest = None;
        let known = place.known(walk.list).clone();
        for record in document.records() {
            let id = values::identifier(record, "id").ok();
            let number = id.as_deref().and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
            walk.highest = walk.highest.max(number);
            let attributes = attributes(record);
            let changed = values::instant(attributes, "updated_at");
            newest = newest.max(changed);
            if is_no_invoice(attributes) {
                continue;
            }
            let external_id = id.map(|id| format!("{}:{id}", walk.list.path()));
            match invoice(&document, record, walk.list, &self.company) {
                Ok(mut invoice) => {
                    let is_old = invoice.issue_date < since;
                    let first = known.full_at.is_none() || number <= known.first_highest;
                    if is_old && first {
                        continue;
                    }
                    invoice.external_id =
                        external_id.unwrap_or_else(|| invoice.external_id.clone());
                    page.records.push(invoice);
                }
                Err(error) => page.skipped.push(error.of(external_id)),
            }
        }
        // Records that slipped over a page's edge because others before them were deleted.
        let slipped = walk.total.map_or(0, |before| before.saturating_sub(total));
        walk.total = Some(total);
        let is_last = walk.page >= pages;
        let is_past_window = !walk.full && newest.is_some_and(|newest| newest < old);
        if slipped > 0 {
            let back = slipped.div_ceil(walk.size as u64);
            walk.page = walk.page.saturating_sub(back).max(1);
            place.walk = Some(walk);
        } else if is_last || is_past_window {
            let list = walk.list;
            let known = place.known(list);
            if walk.full {
                if known.full_at.is_none() {
                    known.first_highest = walk.highest;
                }
                known.full_at = Some(walk.began_at);
            }
            match list {
                List::Sales => {
                    place.walk = Some(place.begin(List::Purchases, size, self.clock.now()));
                }
                List::Purchases => page.done = true,
            }
        } else {
            walk.page += 1;
            place.walk = Some(walk);
        }
        page.next = Cursor::at(code, &place);
        Ok(page)
    }

    async fn list_invoices(&self, walk: &Walk) -> Result<Document, ConnectorError> {
        let query = [
            ("page[number]", walk.page.to_string()),
            ("page[size]", walk.size.to_string()),
            ("sort", if walk.full { "id" } else { "-id" }.to_owned()),
            ("include", walk.list.include().to_owned()),
        ];
        self.get(&[walk.list.path()], &query).await
    }
}

/// Under which id an invoice of a list is given.
pub(super) fn external_id(direction: Direction, id: &str) -> String {
    let list = match direction {
        Direction::Sales => List::Sales,
        Direction::Purchase => List::Purchases,
    };
    format!("{}:{id}", list.path())
}

/// Offers and templates stand in the same list and are no invoices.
fn is_no_invoice(attributes: &Value) -> bool {
    let kind = values::text(attributes, "item_type").unwrap_or_default();
    kind == "estimate" || kind.starts_with("recurring_")
}

fn invoice(
    document: &Document,
    record: &Value,
    list: List,
    company: &str,
) -> Result<InvoiceRecord, FieldError> {
    let id = values::identifier(record, "id")?;
    let fields = attributes(record);
    let kind = values::text(fields, "item_type").unwrap_or_default();
    let contact = match list {
        List::Sales => document.related(record, "contact"),
        List::Purchases => document.related(record, "supplier"),
    };
    let counterparty = party(contact, fields);
    let own = PartyIdentity { external_id: Some(company.to_owned()), ..Default::default() };
    // A return stands in the list of what is returned; its document is the other side's.
    let is_return = kind == "refund";
    let (direction, supplier, customer) = match (list, is_return) {
        (List::Sales, false) | (List::Purchases, true) => (Direction::Sales, own, counterparty),
        (List::Purchases, false) | (List::Sales, true) => (Direction::Purchase, counterparty, own),
    };
    // `net_total` is the general total, KDV included; `gross_total` is before discounts and KDV.
    let total_amount = values::required_decimal(fields, "net_total")?;
    let tax_amount = values::required_decimal(fields, "total_vat")?;
    let net_amount = values::decimal(fields, "before_taxes_total")?;
    let details = document.related_many(record, "details").ok_or(FieldError::missing("details"))?;
    let lines: Result<Vec<_>, _> = details.into_iter().map(line).collect();
    let e_document = document.related(record, "active_e_document").map(attributes);
    let ettn = e_document
        .and_then(|one| values::text(one, "uuid").or_else(|| values::text(one, "external_id")))
        .and_then(values::ettn);
    let exchange_rate = values::decimal(fields, "exchange_rate")?;
    let currency = values::currency(fields, "currency")?;
    let currency = currency.ok_or(FieldError::missing("currency"))?;
    Ok(InvoiceRecord {
        external_id: format!("{}:{id}", list.path()),
        number: values::text(fields, "invoice_no").map(str::to_owned),
        ettn,
        invoice_type: Some(if is_return { "IADE" } else { "SATIS" }.to_owned()),
        direction: Some(direction),
        status: if kind == "cancelled" { InvoiceStatus::Cancelled } else { InvoiceStatus::Issued },
        issue_date: values::required_day(fields, "issue_date")?,
        due_date: values::day(fields, "due_date")?,
        currency,
        exchange_rate: exchange_rate.filter(|_| currency != Currency::TRY),
        total_amount,
        tax_amount,
        net_amount,
        withholding_amount: values::decimal(fields, "total_vat_withholding")?
            .or(values::decimal(fields, "vat_withholding")?)
            .filter(|amount| !amount.is_zero()),
        supplier,
        customer,
        lines: lines?,
        changed_at: values::instant(fields, "updated_at"),
        pushed_from: values::text(fields, "description").and_then(push::pushed_from),
    })
}

fn party(contact: Option<&Value>, invoice: &Value) -> PartyIdentity {
    let fields = contact.map_or(&Value::Null, attributes);
    PartyIdentity {
        name: values::text(fields, "name").map(str::to_owned),
        tax_number: values::tax_number(fields, "tax_number")
            .or_else(|| values::tax_number(invoice, "tax_number")),
        external_id: contact.and_then(|contact| values::text_or_number(contact, "id")),
    }
}

fn line(detail: &Value) -> Result<InvoiceLine, FieldError> {
    let fields = attributes(detail);
    let quantity = values::required_decimal(fields, "quantity")?;
    let unit_price = values::required_decimal(fields, "unit_price")?;
    let percent = values::decimal(fields, "vat_rate")?;
    let net_amount = match values::decimal(fields, "net_total")? {
        Some(net) => net,
        // Without a total of its own a line has no discount either.
        None => quantity.checked_mul(unit_price).ok_or(FieldError::invalid("quantity"))?,
    };
    let kdv_rate =
        percent.map(|percent| values::fraction_of_percent(percent, "vat_rate")).transpose()?;
    let kdv = |rate| net_amount.checked_mul(rate).map(domain::round_to_kurus);
    Ok(InvoiceLine {
        description: values::text(fields, "description").unwrap_or_default().to_owned(),
        quantity,
        unit: None,
        unit_price,
        net_amount,
        kdv_rate,
        kdv_amount: kdv_rate.and_then(kdv),
    })
}
