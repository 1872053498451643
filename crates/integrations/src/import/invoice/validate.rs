//! From a record to the row that it would be.

use domain::TaxNumber;
use domain::books::{BookInvoice, BookLine};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::import::Reason;
use crate::import::exact::{self, is_plausible};
use crate::import::text::{clean, short};
use crate::record::{Direction, InvoiceLine, InvoiceRecord, PartyIdentity};

/// Longest text of a line, in characters (`invoice_lines.description`).
const DESCRIPTION_CHARS: usize = 500;
/// Longest name of a counterparty, in characters.
const NAME_CHARS: usize = 255;
/// Longest tax number of a counterparty, in characters.
const NUMBER_CHARS: usize = 50;
/// Longest key of a document, in characters: a number is sixteen (Vergi Usul Kanunu Genel Tebliği 509),
/// and the index that holds the keys has its limit.
const KEY_CHARS: usize = 255;
/// Lines of one invoice.
const LINES: usize = 10_000;

/// The row for one side of the invoice.
pub(super) fn content(record: &InvoiceRecord, direction: Direction) -> Result<BookInvoice, Reason> {
    if !is_plausible(record.issue_date) || record.due_date.is_some_and(|due| !is_plausible(due)) {
        return Err(Reason::Date);
    }
    if record.lines.len() > LINES {
        return Err(Reason::Amount);
    }
    let money = |amount| exact::money(amount).ok_or(Reason::Amount);
    let counterparty = record.counterparty_of(direction);
    Ok(BookInvoice {
        kind: direction.as_platform_word().to_owned(),
        status: record.status.as_platform_word().to_owned(),
        issue_date: record.issue_date,
        due_date: record.due_date,
        total_amount: money(record.total_amount)?,
        tax_amount: money(record.tax_amount)?,
        net_amount: record.net_amount.map(money).transpose()?,
        currency: record.currency.as_str().to_owned(),
        counterparty_name: short(counterparty.name.as_deref(), NAME_CHARS),
        counterparty_tax_number: short(counterparty.tax_number.as_deref(), NUMBER_CHARS),
        lines: record.lines.iter().map(line).collect::<Result<_, _>>()?,
    })
}

/// Every line keeps the source's own total: price times quantity, both rounded, is another number.
fn line(line: &InvoiceLine) -> Result<BookLine, Reason> {
    let money = |amount| exact::money(amount).ok_or(Reason::Amount);
    let kdv = match (line.kdv_amount, line.kdv_rate) {
        (Some(amount), _) => amount,
        (None, Some(rate)) => line.net_amount.checked_mul(rate).ok_or(Reason::Amount)?,
        (None, None) => Decimal::ZERO,
    };
    let rate = if let Some(rate) = line.kdv_rate {
        exact::rate(rate).ok_or(Reason::Amount)?
    } else {
        // The column takes no "unknown": what the amounts say, or none.
        let said = kdv.checked_div(line.net_amount).and_then(exact::rate);
        said.unwrap_or(Decimal::new(0, 4))
    };
    Ok(BookLine {
        description: short(Some(&line.description), DESCRIPTION_CHARS).unwrap_or_default(),
        quantity: exact::quantity(line.quantity).ok_or(Reason::Amount)?,
        unit_price: money(line.unit_price)?,
        line_total: money(line.net_amount)?,
        vat_rate: rate,
        vat_amount: money(kdv)?,
    })
}

/// What the platform's columns have no place for.
pub(super) fn metadata(record: &InvoiceRecord) -> Value {
    let mut facts = Map::new();
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            facts.insert(name.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.as_deref().map(|text| json!(clean(text)));
    let exact = |number: Option<Decimal>| number.map(|number| json!(number.to_string()));
    add("invoiceNumber", text(&record.number));
    add("ettn", text(&record.ettn));
    add("invoiceType", text(&record.invoice_type));
    add("exchangeRate", exact(record.exchange_rate));
    add("withholdingAmount", exact(record.withholding_amount));
    Value::Object(facts)
}

/// Seller and number: what is printed on the document and never given twice. `own` sells where a sale
/// does not name its seller, as in the programs that a firm keeps its own sales in.
pub(super) fn document_key(record: &InvoiceRecord, own: Option<TaxNumber>) -> Option<String> {
    let number = record.number.as_deref().map(str::trim).filter(|number| !number.is_empty())?;
    let own = own.filter(|_| record.direction == Some(Direction::Sales));
    let seller = record.supplier.valid_tax_number().or(own)?;
    let key = format!("{seller}/{}", clean(number));
    (key.chars().count() <= KEY_CHARS).then_some(key)
}

/// The record's ETTN in lower case, if it is one.
pub(super) fn ettn(record: &InvoiceRecord) -> Option<String> {
    let ettn = record.ettn.as_deref()?.trim().to_lowercase();
    let is_one = ettn.len() == 36 && ettn.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    is_one.then_some(ettn)
}

/// The party that the office's company may be, if the invoice has this direction.
pub(super) const fn company_side(record: &InvoiceRecord, direction: Direction) -> &PartyIdentity {
    record.company_of(direction)
}
