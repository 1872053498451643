//! Pages of invoices by the time of their last change: what is new and what was changed come alike.
//!
//! Each pass begins two days before the latest change that was seen: a row may be stamped earlier than
//! one that was read and be committed later, and the office's machines have clocks of their own.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use domain::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Mikro,
    statement::{RowId, Statement},
};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    page::{Page, SkipReason, SkippedRecord},
    record::{Direction, InvoiceLine, InvoiceRecord, InvoiceStatus, PartyIdentity},
    registry::ConnectorCode,
    values::{self, FieldError},
};

const LARGEST_PAGE: usize = 500;

/// How far behind the latest change a pass begins.
const OVERLAP: TimeDelta = TimeDelta::days(2);

/// The last row that was given: by the server's local time of its last change, then by its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    since: NaiveDate,
    /// When the first sync began, by the time in Turkey: what was entered since comes whatever its day.
    began: NaiveDateTime,
    /// The latest change that was seen.
    latest: Option<NaiveDateTime>,
    after: NaiveDateTime,
    id: String,
}

impl Position for Place {
    const VERSION: u16 = 2;
}

impl Mikro {
    pub(super) async fn pull(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        let code = ConnectorCode::MikroAccounting;
        let now = self.clock.now().with_timezone(&values::turkey()).naive_local();
        let beginning = Place {
            since: request.since,
            began: now,
            latest: None,
            after: NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN),
            id: RowId::lowest().as_str().to_owned(),
        };
        let mut place: Place =
            request.cursor.and_then(|cursor| cursor.position(code)).unwrap_or(beginning);
        let size = request.page_size.clamp(1, LARGEST_PAGE);
        let last = RowId::parse(&place.id).unwrap_or_else(RowId::lowest);
        let statement = Statement::invoices(size, (place.since, place.began), place.after, &last);
        let rows = self.rows(&statement).await?;
        let mut page = Page::empty(Cursor::at(code, &place), rows.len() < size);
        let ids: Vec<RowId> =
            rows.iter().filter_map(|row| RowId::parse(values::text(row, "id")?)).collect();
        let mut lines = self.lines(&ids).await?;
        let mut last = None;
        for row in &rows {
            let id = values::text(row, "id").and_then(RowId::parse);
            let changed = values::text(row, "changed_at")
                .and_then(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok());
            let own = id.as_ref().and_then(|id| lines.remove(id)).unwrap_or_default();
            let shown = id.as_ref().map(|id| id.as_str().to_owned());
            match (invoice(row, &own), changed) {
                (Ok(invoice), Some(_)) => page.records.push(invoice),
                (Ok(_), None) => {
                    let reason = SkipReason::MissingField;
                    page.skipped.push(SkippedRecord::new(shown.as_deref(), reason, "changed_at"));
                }
                (Err(error), _) => page.skipped.push(error.of(shown)),
            }
            last = id.zip(changed).or(last);
        }
        match last {
            Some((id, changed)) => {
                place.latest = place.latest.max(Some(changed));
                place = Place { after: changed, id: id.as_str().to_owned(), ..place };
            }
            None if page.done => {}
            None => {
                return Err(ConnectorError::protocol(
                    "no row of a page has an id and a time of change",
                ));
            }
        }
        if page.done
            && let Some(latest) = place.latest
        {
            // A clock that runs ahead must not hide what the others stamp.
            place.after = latest.min(now) - OVERLAP;
            RowId::lowest().as_str().clone_into(&mut place.id);
        }
        page.next = Cursor::at(code, &place);
        Ok(page)
    }

    async fn lines(
        &self,
        invoices: &[RowId],
    ) -> Result<HashMap<RowId, Vec<Value>>, ConnectorError> {
        let mut by_invoice: HashMap<RowId, Vec<Value>> = HashMap::new();
        if invoices.is_empty() {
            return Ok(by_invoice);
        }
        for row in self.rows(&Statement::lines(invoices)).await? {
            if let Some(id) = values::text(&row, "invoice_id").and_then(RowId::parse) {
                by_invoice.entry(id).or_default().push(row);
            }
        }
        Ok(by_invoice)
    }
}

fn number(row: &Value, field: &'static str) -> Result<i64, FieldError> {
    let number = values::required_decimal(row, field)?;
    i64::try_from(number).map_err(|_| FieldError::invalid(field))
}

/// SQL Server's `bit` comes as a number or as a boolean.
fn flag(row: &Value, field: &str) -> bool {
    match row.get(field) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

fn invoice(row: &Value, lines: &[Value]) -> Result<InvoiceRecord, FieldError> {
    // An invoice of several account rows (instalments, services) has its total in none of them.
    if number(row, "row_count")? != 1 {
        let reason = SkipReason::UnsupportedKind;
        return Err(FieldError { field: "several account rows", reason });
    }
    // Which foreign currency a number stands for is the server's own list: not turned into lira.
    if number(row, "currency")? != 0 {
        return Err(FieldError { field: "currency", reason: SkipReason::UnknownCurrency });
    }
    let is_return = flag(row, "is_return");
    let direction = match (number(row, "document_kind")?, is_return) {
        (63, false) | (0, true) => Direction::Sales,
        (0, false) | (63, true) => Direction::Purchase,
        _ => return Err(FieldError::invalid("document_kind")),
    };
    let party = PartyIdentity {
        name: values::text(row, "party_name").map(str::to_owned),
        tax_number: values::tax_number(row, "party_tax_number"),
        external_id: values::text(row, "party_code").map(str::to_owned),
    };
    let (supplier, customer) = match direction {
        Direction::Sales => (PartyIdentity::default(), party),
        Direction::Purchase => (party, PartyIdentity::default()),
    };
    let total_amount = values::required_decimal(row, "total")?;
    let tax_amount = values::required_decimal(row, "tax")?;
    let series = values::text(row, "series").unwrap_or_default();
    let number = values::text_or_number(row, "number");
    let printed = values::text(row, "document_number").map(str::to_owned);
    let lines: Result<Vec<_>, _> = lines.iter().map(line).collect();
    Ok(InvoiceRecord {
        external_id: values::text(row, "id")
            .and_then(RowId::parse)
            .ok_or(FieldError::missing("id"))?
            .as_str()
            .to_owned(),
        number: printed.or_else(|| number.map(|number| format!("{series}{number}"))),
        ettn: None,
        invoice_type: Some(if is_return { "IADE" } else { "SATIS" }.to_owned()),
        direction: Some(direction),
        status: if flag(row, "is_cancelled") {
            InvoiceStatus::Cancelled
        } else {
            InvoiceStatus::Issued
        },
        issue_date: values::required_day(row, "issue_date")?,
        due_date: None,
        currency: Currency::TRY,
        exchange_rate: None,
        total_amount,
        tax_amount,
        net_amount: Some(total_amount - tax_amount),
        withholding_amount: None,
        supplier,
        customer,
        lines: lines?,
        changed_at: values::instant(row, "changed_at"),
        pushed_from: None,
    })
}

fn line(row: &Value) -> Result<InvoiceLine, FieldError> {
    let quantity = values::required_decimal(row, "quantity")?;
    let gross = values::required_decimal(row, "gross")?;
    let discount = values::decimal(row, "discount")?.unwrap_or_default();
    let percent = values::decimal(row, "tax_percent")?;
    // The server keeps totals; the price is theirs divided, to the digits that a price has.
    let unit_price = gross.checked_div(quantity).unwrap_or(gross);
    Ok(InvoiceLine {
        description: values::text(row, "description").unwrap_or_default().to_owned(),
        quantity: if quantity.is_zero() { Decimal::ONE } else { quantity },
        unit: None,
        unit_price: unit_price.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero),
        net_amount: gross - discount,
        kdv_rate: percent.map(|p| values::fraction_of_percent(p, "tax_percent")).transpose()?,
        kdv_amount: values::decimal(row, "tax")?,
    })
}
