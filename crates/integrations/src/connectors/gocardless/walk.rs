//! One account a page.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Answered, Gocardless};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    page::{Page, Warning},
    record::{BankAccountIdentity, BankTransactionRecord, PartyIdentity},
    registry::ConnectorCode,
    values::{self, FieldError},
};

/// Days before the last seen one that are read again: banks book late.
const OVERLAP: Days = Days::new(2);

#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    #[serde(default)]
    since: Option<NaiveDate>,
    /// Accounts still to be read in this sync; empty between syncs.
    accounts: Vec<String>,
    /// Whether an account was read in this sync.
    #[serde(default)]
    is_read: bool,
    /// The day of the last complete reading of each account.
    read_until: BTreeMap<String, NaiveDate>,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

impl Gocardless {
    pub(super) async fn pull(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        let code = ConnectorCode::Gocardless;
        let mut place: Place =
            request.cursor.and_then(|cursor| cursor.position(code)).unwrap_or_default();
        if place.accounts.is_empty() {
            place.accounts = self.accounts().await?;
            place.is_read = false;
        } else if !place.is_read {
            // The account holder may have linked others since.
            let linked = self.accounts().await?;
            place.accounts.retain(|account| linked.contains(account));
            if place.accounts.is_empty() {
                place.accounts = linked;
            }
        }
        let mut page = Page::empty(Cursor::at(code, &place), false);
        if let Some(account) = place.accounts.last().cloned() {
            let today = values::day_in_turkey(self.clock.now());
            let from = place.read_until.get(&account).and_then(|day| day.checked_sub_days(OVERLAP));
            let first = *place.since.get_or_insert(request.since);
            let from = from.unwrap_or(first).max(first);
            match self.account(&account, from, today, &mut page).await? {
                None => {
                    place.read_until.insert(account, today);
                    place.is_read = true;
                }
                // None of them is given: that is no success.
                Some(refusal) if !place.is_read && place.accounts.len() == 1 => {
                    return Err(refusal);
                }
                Some(_) => page.warnings.push(Warning::AccountRefused { external_id: account }),
            }
            place.accounts.pop();
        }
        page.done = place.accounts.is_empty();
        page.next = Cursor::at(code, &place);
        Ok(page)
    }

    /// Reads an account into the page, or gives why it is refused.
    async fn account(
        &self,
        account: &str,
        from: NaiveDate,
        to: NaiveDate,
        page: &mut Page<BankTransactionRecord>,
    ) -> Result<Option<ConnectorError>, ConnectorError> {
        let details = match self.get(&["accounts", account], &[]).await? {
            Answered::Given(details) => details,
            Answered::Refused { error, .. } => return Ok(Some(error)),
        };
        let identity = BankAccountIdentity {
            iban: values::text(&details, "iban").and_then(|iban| iban.parse().ok()),
            number: Some(account.to_owned()),
            bank_name: None,
            holder: PartyIdentity {
                name: values::text(&details, "owner_name").map(str::to_owned),
                ..PartyIdentity::default()
            },
        };
        let range = [("date_from", from.to_string()), ("date_to", to.to_string())];
        let answer = match self.get(&["accounts", account, "transactions"], &range).await? {
            Answered::Given(answer) => answer,
            Answered::Refused { error, .. } => return Ok(Some(error)),
        };
        let booked = answer
            .get("transactions")
            .and_then(|transactions| transactions.get("booked")?.as_array())
            .ok_or_else(|| ConnectorError::protocol("transactions/booked is absent"))?;
        for entry in booked {
            match movement(entry, account, &identity) {
                Ok(movement) => page.records.push(movement),
                Err(error) => page.skipped.push(error.of(id_of(entry, account))),
            }
        }
        // `pending` is left: it comes again as booked, with an id.
        Ok(None)
    }
}

/// The internal id: the bank's own was seen to change.
fn id_of(entry: &Value, account: &str) -> Option<String> {
    let id = values::identifier(entry, "internalTransactionId")
        .or_else(|_| values::identifier(entry, "transactionId"));
    id.ok().map(|id| format!("{account}:{id}"))
}

fn movement(
    entry: &Value,
    account: &str,
    identity: &BankAccountIdentity,
) -> Result<BankTransactionRecord, FieldError> {
    let sum = entry.get("transactionAmount").ok_or(FieldError::missing("transactionAmount"))?;
    let amount = values::required_decimal(sum, "amount")?;
    let currency = values::currency(sum, "currency")?.ok_or(FieldError::missing("currency"))?;
    let other = if amount.is_sign_negative() { "creditorName" } else { "debtorName" };
    let text = values::text(entry, "remittanceInformationUnstructured").map(str::to_owned);
    let several = entry.get("remittanceInformationUnstructuredArray").and_then(Value::as_array);
    let several =
        several.map(|lines| lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
    Ok(BankTransactionRecord {
        external_id: id_of(entry, account).ok_or(FieldError::missing("internalTransactionId"))?,
        account: identity.clone(),
        booking_date: values::required_day(entry, "bookingDate")?,
        value_date: values::day(entry, "valueDate")?,
        amount,
        currency,
        balance_after: None,
        description: text.or(several).filter(|text| !text.is_empty()),
        reference: values::text(entry, "transactionId").map(str::to_owned),
        counterparty: PartyIdentity {
            name: values::text(entry, other).map(str::to_owned),
            ..PartyIdentity::default()
        },
        pushed_from: None,
    })
}
