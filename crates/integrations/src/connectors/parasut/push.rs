//! Pushing to Paraşüt.
//!
//! It knows no idempotency key. So our id goes to the front of the record's description, where no limit
//! of its length cuts it, and before a record is created those of its day are looked through: a push
//! whose answer was lost is found again instead of being made twice. What is there is compared with what
//! was sent by its total, and a difference is told instead of a success.

use std::collections::{HashMap, hash_map::Entry};

use domain::Currency;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    LARGEST_PAGE, Parasut,
    accounts::{self, Account},
    invoices,
    json_api::{self, Document, attributes},
};
use crate::{
    error::ConnectorError,
    push::{OutgoingInvoice, OutgoingTransaction, PushOutcome, PushResult},
    record::{Direction, InvoiceLine, PartyIdentity},
    values,
};

/// What marks our records.
fn mark(id: &str) -> String {
    format!("[ref:{id}]")
}

/// The id of ours that a record's text is marked with.
pub(super) fn pushed_from(text: &str) -> Option<String> {
    let (id, _) = text.split_once("[ref:")?.1.split_once(']')?;
    let is_one = !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_one.then(|| id.to_owned())
}

/// The vendor's word for a currency.
fn word(currency: Currency) -> Option<&'static str> {
    [(Currency::TRY, "TRL"), (Currency::USD, "USD"), (Currency::EUR, "EUR"), (Currency::GBP, "GBP")]
        .into_iter()
        .find(|(known, _)| *known == currency)
        .map(|(_, word)| word)
}

fn refused(message: impl Into<String>) -> PushResult {
    PushResult::Refused { message: message.into() }
}

/// Our records of one list and day, or of one account.
#[derive(Debug, Default)]
struct Day {
    /// Their ids, by their marks.
    ids: HashMap<String, String>,
    /// Their totals, by their ids.
    totals: HashMap<String, Decimal>,
}

impl Day {
    fn get(&self, mark: &str) -> Option<&String> {
        self.ids.get(mark)
    }
}

impl Parasut {
    pub(super) async fn create_invoices(
        &self,
        invoices: &[OutgoingInvoice],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        let mut outcomes = Vec::with_capacity(invoices.len());
        let mut days: HashMap<(Direction, chrono::NaiveDate), Day> = HashMap::new();
        let mut contacts = HashMap::new();
        for invoice in invoices {
            // A failure is the whole batch's: what was made before it is found by its mark when the
            // batch is sent again.
            let result = self.create_invoice(invoice, &mut days, &mut contacts).await?;
            let result = result.named(|id| invoices::external_id(invoice.direction, id));
            outcomes.push(PushOutcome { id: invoice.id.as_str().to_owned(), result });
        }
        Ok(outcomes)
    }

    async fn create_invoice(
        &self,
        invoice: &OutgoingInvoice,
        days: &mut HashMap<(Direction, chrono::NaiveDate), Day>,
        contacts: &mut HashMap<String, String>,
    ) -> Result<PushResult, ConnectorError> {
        let Some(currency) = word(invoice.currency) else {
            return Ok(refused(format!(
                "Paraşüt {} para birimini kabul etmiyor.",
                invoice.currency
            )));
        };
        if let Some(message) = not_sendable(invoice) {
            return Ok(refused(message));
        }
        let (list, detail, contact) = match invoice.direction {
            Direction::Sales => ("sales_invoices", "sales_invoice_details", "contact"),
            Direction::Purchase => ("purchase_bills", "purchase_bill_details", "supplier"),
        };
        let day = (invoice.direction, invoice.issue_date);
        let marks = match days.entry(day) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.marks_of_day(list, invoice.issue_date).await?),
        };
        let mark = mark(invoice.id.as_str());
        if let Some(there) = marks.get(&mark) {
            if let Some(message) = differs(invoice, there, marks.totals.get(there).copied()) {
                return Ok(refused(message));
            }
            return Ok(PushResult::AlreadyThere { external_id: there.clone() });
        }
        let contact_id = match self.contact(invoice, contacts).await? {
            Ok(id) => id,
            Err(message) => return Ok(refused(message)),
        };
        let mut details = Vec::new();
        for line in &invoice.lines {
            let Some(rate) = line.kdv_rate else {
                return Ok(refused("Faturanın bir kaleminde KDV oranı yok."));
            };
            let Some((quantity, unit_price, discount)) = priced(line) else {
                return Ok(refused("Faturanın bir kaleminin miktarı veya fiyatı çok büyük."));
            };
            details.push(json!({
                "type": detail,
                "attributes": {
                    "quantity": exact(quantity),
                    "unit_price": exact(unit_price),
                    "vat_rate": exact(rate * Decimal::ONE_HUNDRED),
                    "description": line.description,
                    "discount_type": "amount",
                    "discount_value": exact(discount),
                },
            }));
        }
        let title = invoice.number.as_deref().unwrap_or_default();
        let mut attributes = json!({
            "item_type": if invoice.direction == Direction::Sales { "invoice" } else { "purchase_bill" },
            "description": format!("{mark} {title}").trim(),
            "issue_date": invoice.issue_date.to_string(),
            "due_date": invoice.due_date.unwrap_or(invoice.issue_date).to_string(),
            "currency": currency,
        });
        if let Some(rate) = invoice.exchange_rate.filter(|_| invoice.currency != Currency::TRY) {
            attributes["exchange_rate"] = exact(rate);
        }
        let mut relationships = json!({ "details": { "data": details } });
        relationships[contact] = json!({ "data": { "id": contact_id, "type": "contacts" } });
        let body = json!({
            "data": { "type": list, "attributes": attributes, "relationships": relationships },
        });
        match self.create(&[list], &body).await? {
            Err(message) => Ok(refused(message)),
            Ok(document) => {
                let external_id = id_of_created(&document)?;
                let total = document.records().first().and_then(total_of);
                Ok(match differs(invoice, &external_id, total) {
                    Some(message) => refused(message),
                    None => PushResult::Created { external_id },
                })
            }
        }
    }

    async fn create_one(&self, path: &[&str], body: &Value) -> Result<PushResult, ConnectorError> {
        Ok(match self.create(path, body).await? {
            Err(message) => refused(message),
            Ok(document) => PushResult::Created { external_id: id_of_created(&document)? },
        })
    }

    /// Our records of a day, by their marks.
    async fn marks_of_day(
        &self,
        list: &str,
        day: chrono::NaiveDate,
    ) -> Result<Day, ConnectorError> {
        let mut marks = Day::default();
        let mut number = 1;
        loop {
            let query = [
                ("filter[issue_date]", day.to_string()),
                ("page[number]", number.to_string()),
                ("page[size]", LARGEST_PAGE.to_string()),
                ("sort", "id".to_owned()),
            ];
            let document = self.get(&[list], &query).await?;
            keep_marks(document.records(), &mut marks);
            if number >= document.total_pages()? {
                return Ok(marks);
            }
            number += 1;
        }
    }

    /// The contact with the counterparty's tax number; made where there is none.
    async fn contact(
        &self,
        invoice: &OutgoingInvoice,
        contacts: &mut HashMap<String, String>,
    ) -> Result<Result<String, String>, ConnectorError> {
        let party: &PartyIdentity = &invoice.counterparty;
        let Some(number) = party.valid_tax_number() else {
            return Ok(Err("Karşı tarafın geçerli bir vergi numarası yok.".to_owned()));
        };
        let number = number.as_str().to_owned();
        if let Some(known) = contacts.get(&number) {
            return Ok(Ok(known.clone()));
        }
        let query = [("filter[tax_number]", number.clone()), ("page[size]", "25".to_owned())];
        let found = self.get(&["contacts"], &query).await?;
        let same = found.records().iter().find(|contact| {
            values::tax_number(attributes(contact), "tax_number").as_deref() == Some(&number)
        });
        let found = same.and_then(|contact| values::text_or_number(contact, "id"));
        let id = if let Some(id) = found {
            id
        } else {
            let Some(name) = &party.name else {
                return Ok(Err("Karşı tarafın adı yok.".to_owned()));
            };
            let kind = if invoice.direction == Direction::Sales { "customer" } else { "supplier" };
            let body = json!({ "data": { "type": "contacts", "attributes": {
                "name": name,
                "tax_number": number,
                "contact_type": if number.len() == 11 { "person" } else { "company" },
                "account_type": kind,
            } } });
            match self.create_one(&["contacts"], &body).await? {
                PushResult::Created { external_id } | PushResult::AlreadyThere { external_id } => {
                    external_id
                }
                PushResult::Refused { message } => return Ok(Err(message)),
            }
        };
        contacts.insert(number, id.clone());
        Ok(Ok(id))
    }

    pub(super) async fn create_transactions(
        &self,
        transactions: &[OutgoingTransaction],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        let accounts = self.accounts(&mut Vec::new()).await?;
        let mut marks: HashMap<String, Day> = HashMap::new();
        let mut outcomes = Vec::with_capacity(transactions.len());
        for one in transactions {
            let result = self.create_transaction(one, &accounts, &mut marks).await?;
            outcomes.push(PushOutcome { id: one.id.clone(), result });
        }
        Ok(outcomes)
    }

    async fn create_transaction(
        &self,
        one: &OutgoingTransaction,
        accounts: &[Account],
        marks: &mut HashMap<String, Day>,
    ) -> Result<PushResult, ConnectorError> {
        let iban = one.account.iban.as_ref().map(domain::Iban::as_str);
        let account =
            accounts.iter().find(|account| iban.is_some() && account.iban.as_deref() == iban);
        let Some(account) = account else {
            return Ok(refused("Paraşüt'te bu IBAN ile bir banka hesabı yok; önce hesabı açın."));
        };
        if one.amount.is_zero() {
            return Ok(refused("Hareketin tutarı sıfır."));
        }
        if account.currency != one.currency {
            return Ok(refused("Hareketin para birimi hesabınkinden farklı."));
        }
        let known = match marks.entry(account.id.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.marks_of_account(&account.id).await?),
        };
        let mark = mark(&one.id);
        if let Some(there) = known.get(&mark) {
            let external_id = accounts::external_id(&account.id, there);
            return Ok(PushResult::AlreadyThere { external_id });
        }
        let list =
            if one.amount > Decimal::ZERO { "debit_transactions" } else { "credit_transactions" };
        let text = one.description.as_deref().unwrap_or_default();
        let body = json!({ "data": { "type": "transactions", "attributes": {
            "date": one.date.to_string(),
            "amount": exact(one.amount.abs()),
            "description": format!("{mark} {text}").trim(),
        } } });
        let result = self.create_one(&["accounts", &account.id, list], &body).await?;
        Ok(result.named(|id| accounts::external_id(&account.id, id)))
    }

    async fn marks_of_account(&self, account: &str) -> Result<Day, ConnectorError> {
        let mut marks = Day::default();
        let mut number = 1;
        loop {
            let query =
                [("page[number]", number.to_string()), ("page[size]", LARGEST_PAGE.to_string())];
            let document = self.get(&["accounts", account, "transactions"], &query).await?;
            keep_marks(document.records(), &mut marks);
            if number >= document.total_pages()? {
                return Ok(marks);
            }
            number += 1;
        }
    }
}

fn keep_marks(records: &[Value], marks: &mut Day) {
    for record in records {
        let text = values::text(json_api::attributes(record), "description").unwrap_or_default();
        let marked = text.find("[ref:").and_then(|start| text.get(start..));
        let marked = marked.and_then(|rest| rest.get(..=rest.find(']')?));
        if let (Some(mark), Some(id)) = (marked, values::text_or_number(record, "id")) {
            marks.totals.extend(total_of(record).map(|total| (id.clone(), total)));
            marks.ids.insert(mark.to_owned(), id);
        }
    }
}

fn id_of_created(document: &Document) -> Result<String, ConnectorError> {
    let id = document.records().first().and_then(|record| values::text_or_number(record, "id"));
    id.ok_or_else(|| ConnectorError::protocol("what was created has no id"))
}

/// An invoice's total with KDV, as the source counts it.
fn total_of(record: &Value) -> Option<Decimal> {
    values::decimal(json_api::attributes(record), "net_total").ok().flatten()
}

/// Says where the source counts another total than ours.
fn differs(invoice: &OutgoingInvoice, id: &str, total: Option<Decimal>) -> Option<String> {
    let theirs = domain::round_to_kurus(total?);
    (theirs != domain::round_to_kurus(invoice.total_amount)).then(|| {
        format!(
            "Paraşüt'teki {id} numaralı kaydın toplamı {theirs}, faturanınki {}; Paraşüt'te düzeltin \
             veya silin, sonra yeniden gönderin.",
            invoice.total_amount
        )
    })
}

/// Why an invoice would not be the same at the other side.
fn not_sendable(invoice: &OutgoingInvoice) -> Option<&'static str> {
    if invoice.lines.is_empty() {
        return Some("Faturanın kalemi yok; kalemlerini girip yeniden deneyin.");
    }
    let kind = invoice.invoice_type.as_deref().unwrap_or_default().to_uppercase();
    if kind.replace('İ', "I").contains("IADE") {
        return Some("İade faturaları gönderilmez; Paraşüt'te iade ettiği faturadan oluşturun.");
    }
    let has_rate = invoice.exchange_rate.is_some_and(|rate| rate > Decimal::ZERO);
    if invoice.currency != Currency::TRY && !has_rate {
        return Some("Dövizli faturanın kuru yok; kurunu girip yeniden deneyin.");
    }
    let sum: Option<Decimal> = invoice.lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        let kdv = match line.kdv_amount {
            Some(kdv) => kdv,
            None => domain::round_to_kurus(line.net_amount.checked_mul(line.kdv_rate?)?),
        };
        sum.checked_add(line.net_amount)?.checked_add(kdv)
    });
    let same = sum.is_none_or(|sum| {
        domain::round_to_kurus(sum) == domain::round_to_kurus(invoice.total_amount)
    });
    (!same).then_some(
        "Kalemlerin KDV dahil toplamı faturanın toplamını tutmuyor; kalemleri düzeltip yeniden deneyin.",
    )
}

/// Quantity, price and discount that give exactly the line's total. What price times quantity are above
/// it was a discount; where they are below, one of them was rounded, and the total is sent as the price.
fn priced(line: &InvoiceLine) -> Option<(Decimal, Decimal, Decimal)> {
    let discount = line.quantity.checked_mul(line.unit_price)?.checked_sub(line.net_amount)?;
    Some(if discount < Decimal::ZERO {
        (Decimal::ONE, line.net_amount, Decimal::ZERO)
    } else {
        (line.quantity, line.unit_price, discount)
    })
}

/// A JSON number with exactly these digits.
fn exact(number: Decimal) -> Value {
    serde_json::from_str(&number.normalize().to_string()).unwrap_or(Value::Null)
}
