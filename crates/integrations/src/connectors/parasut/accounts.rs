//! Movements of the bank accounts that a firm keeps at Paraşüt: each account's list read whole, page
//! by page. The lists have no order that is documented and no filter, so no page can be left out.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    LARGEST_PAGE, Parasut,
    json_api::{self, Document, attributes},
    push,
};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    page::{Page, SkipReason, Warning},
    record::{BankAccountIdentity, BankTransactionRecord, PartyIdentity},
    registry::ConnectorCode,
    values::{self, FieldError},
};

/// An account of the walk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) iban: Option<String>,
    bank: Option<String>,
    pub(super) currency: Currency,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    #[serde(default)]
    since: Option<NaiveDate>,
    /// Accounts whose movements are still to be read; empty between syncs.
    accounts: Vec<Account>,
    page: u64,
    total: Option<u64>,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

impl Parasut {
    pub(super) async fn account_movements(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        let code = ConnectorCode::Parasut;
        let mut place: Place =
            request.cursor.and_then(|cursor| cursor.position(code)).unwrap_or_default();
        let mut page = Page::empty(Cursor::at(code, &place), false);
        let since = *place.since.get_or_insert(request.since);
        if place.accounts.is_empty() {
            place.accounts = self.accounts(&mut page.warnings).await?;
            place.page = 1;
            place.total = None;
        }
        let Some(account) = place.accounts.last().cloned() else {
            page.done = true;
            page.next = Cursor::at(code, &place);
            return Ok(page);
        };
        let size = request.page_size.clamp(1, LARGEST_PAGE);
        let query = [
            ("page[number]", place.page.to_string()),
            ("page[size]", size.to_string()),
            ("include", "debit_account,credit_account".to_owned()),
        ];
        let document = self.get(&["accounts", &account.id, "transactions"], &query).await?;
        for record in document.records() {
            match movement(record, &account) {
                Ok(movement) if movement.booking_date >= since => {
                    page.records.push(movement);
                }
                Ok(_) => {}
                Err(error) => {
                    let id = values::identifier(record, "id").ok();
                    page.skipped.push(error.of(id.map(|id| format!("transactions:{id}"))));
                }
            }
        }
        let (total, pages) = (document.total_count()?, document.total_pages()?);
        let slipped = place.total.map_or(0, |before| before.saturating_sub(total));
        if slipped > 0 {
            let back = slipped.div_ceil(size as u64);
            place.page = place.page.saturating_sub(back).max(1);
            place.total = Some(total);
        } else if place.page >= pages {
            place.accounts.pop();
            place.page = 1;
            place.total = None;
            page.done = place.accounts.is_empty();
        } else {
            place.page += 1;
            place.total = Some(total);
        }
        page.next = Cursor::at(code, &place);
        Ok(page)
    }

    /// The firm's bank accounts; tills and accounts without a usable number are left out and said so.
    pub(super) async fn accounts(
        &self,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<Account>, ConnectorError> {
        let mut accounts = Vec::new();
        let mut number = 1;
        loop {
            let query = [
                ("page[number]", number.to_string()),
                ("page[size]", LARGEST_PAGE.to_string()),
                ("sort", "id".to_owned()),
            ];
            let document: Document = self.get(&["accounts"], &query).await?;
            for record in document.records() {
                let fields = attributes(record);
                if values::text(fields, "account_type") != Some("bank") {
                    continue;
                }
                match account(record) {
                    Ok(account) => accounts.push(account),
                    Err(error) => warnings.push(Warning::AccountSkipped {
                        external_id: values::identifier(record, "id").unwrap_or_default(),
                        reason: error.reason,
                    }),
                }
            }
            if number >= document.total_pages()? {
                return Ok(accounts);
            }
            number += 1;
        }
    }
}

/// A transfer between two accounts of the firm stands in both lists under one id.
pub(super) fn external_id(account: &str, id: &str) -> String {
    format!("accounts:{account}:transactions:{id}")
}

fn account(record: &Value) -> Result<Account, FieldError> {
    let fields = attributes(record);
    let currency = values::currency(fields, "currency")?;
    let iban = values::text(fields, "iban").map(|iban| iban.replace(' ', ""));
    Ok(Account {
        id: values::identifier(record, "id")?,
        iban: iban.filter(|iban| iban.parse::<domain::Iban>().is_ok()),
        bank: values::text(fields, "bank_name").map(str::to_owned),
        currency: currency.ok_or(FieldError::missing("currency"))?,
    })
}

fn movement(record: &Value, account: &Account) -> Result<BankTransactionRecord, FieldError> {
    let fields = attributes(record);
    let debited = json_api::related_id(record, "debit_account");
    let credited = json_api::related_id(record, "credit_account");
    // As in the books: what comes in debits the account.
    let is_in = debited.as_deref() == Some(account.id.as_str());
    let is_out = credited.as_deref() == Some(account.id.as_str());
    let (amount, currency) = match (is_in, is_out) {
        (true, false) => ("debit_amount", "debit_currency"),
        (false, true) => ("credit_amount", "credit_currency"),
        _ => return Err(FieldError::missing("debit_account")),
    };
    let currency = values::currency(fields, currency)?.unwrap_or(account.currency);
    if currency != account.currency {
        let reason = SkipReason::InvalidField;
        return Err(FieldError { field: "currency", reason });
    }
    let amount: Decimal = values::required_decimal(fields, amount)?;
    let id = values::identifier(record, "id")?;
    Ok(BankTransactionRecord {
        external_id: external_id(&account.id, &id),
        account: BankAccountIdentity {
            iban: account.iban.as_deref().and_then(|iban| iban.parse().ok()),
            number: account.iban.is_none().then(|| format!("parasut:{}", account.id)),
            bank_name: account.bank.clone(),
            holder: PartyIdentity::default(),
        },
        booking_date: values::required_day(fields, "date")?,
        value_date: None,
        amount: if is_out { -amount } else { amount },
        currency,
        balance_after: None,
        description: values::text(fields, "description").map(str::to_owned),
        reference: None,
        counterparty: PartyIdentity::default(),
        pushed_from: values::text(fields, "description").and_then(push::pushed_from),
    })
}
