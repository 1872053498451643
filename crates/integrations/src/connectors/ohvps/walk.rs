//! The walk: for each account, windows of 24 hours from where the last sync ended to now, as often as
//! the quota allows. A quota that is used up reschedules the job; the cursor keeps what was reached.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Ohvps, Refusal,
    account::{Account, PAGE, id_of, movement},
    quota::Calls,
};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    http::Response,
    page::{Page, Warning},
    record::BankTransactionRecord,
    registry::ConnectorCode,
    values,
};

/// The longest window of an automatic call.
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// How far behind the last sync an account is read again: banks enter movements late.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// What is remembered of an account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Reached {
    /// Everything before this instant was given.
    until: Option<DateTime<Utc>>,
    /// Whether that was set back for a sync that has not read the account yet.
    #[serde(default)]
    is_set_back: bool,
    calls: Calls,
}

/// A sync under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sync {
    /// Where it ends, for all accounts.
    end: DateTime<Utc>,
    /// Accounts that have not reached it.
    accounts: Vec<Account>,
    /// The next page of the first account's window, from 1.
    page: u32,
    /// Whether an account was read in it.
    #[serde(default)]
    is_read: bool,
}

/// How a call for a window ended that the account's bank answered.
enum Window {
    Given(Response),
    /// The bank gives no window so far back to automatic calls.
    TooOld,
    /// The account is not given; others may be.
    Refused(Refusal),
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    #[serde(default)]
    since: Option<NaiveDate>,
    reached: BTreeMap<String, Reached>,
    sync: Option<Sync>,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

impl Ohvps {
    pub(super) async fn pull(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        let code = ConnectorCode::Ohvps;
        let mut place: Place =
            request.cursor.and_then(|cursor| cursor.position(code)).unwrap_or_default();
        let mut page = Page::empty(Cursor::at(code, &place), false);
        let since = values::start_of_day(*place.since.get_or_insert(request.since));
        let mut sync = match place.sync.take() {
            Some(sync) if sync.is_read => sync,
            Some(sync) => self.still_given(sync).await?,
            None => self.begin(&mut place, since, &mut page).await?,
        };
        if sync.page == 1 {
            self.choose_account(&mut sync, &place)?;
        }
        let Some(account) = sync.accounts.first().cloned() else {
            page.done = true;
            page.next = Cursor::at(code, &place);
            return Ok(page);
        };
        let reached = place.reached.entry(account.reference.clone()).or_default();
        let from = reached.until.unwrap_or(since);
        let to = (from + WINDOW).min(sync.end);
        let mut is_finished = false;
        match self.window(&account, from, to, sync.page).await? {
            Window::Given(response) => {
                if sync.page == 1 {
                    reached.calls.count(self.clock.now());
                }
                sync.is_read = true;
                let total = response.header("x-total-count").and_then(|text| text.parse().ok());
                let entries = movements(response)?;
                for entry in &entries {
                    match movement(entry, &account) {
                        Ok(movement) => page.records.push(movement),
                        Err(error) => page.skipped.push(error.of(id_of(entry, &account))),
                    }
                }
                let given = sync.page as usize * PAGE;
                if entries.len() < PAGE || total.is_some_and(|total: usize| given >= total) {
                    reached.until = Some(to);
                    reached.is_set_back = false;
                    sync.page = 1;
                } else {
                    sync.page += 1;
                }
            }
            Window::TooOld => {
                sync.is_read = true;
                let until = (sync.end - WINDOW).max(from + TimeDelta::hours(1)).min(sync.end);
                page.warnings.push(Warning::RangeNotAvailable { from, until });
                reached.until = Some(until);
                reached.is_set_back = false;
                sync.page = 1;
            }
            // None of them is given: that is no success.
            Window::Refused(refusal) if !sync.is_read && sync.accounts.len() == 1 => {
                return Err(refusal.into_error("islemler"));
            }
            Window::Refused(_) => {
                let external_id = account.reference.clone();
                page.warnings.push(Warning::AccountRefused { external_id });
                sync.page = 1;
                is_finished = true;
            }
        }
        if is_finished || reached.until.is_some_and(|until| until >= sync.end) && sync.page == 1 {
            sync.accounts.remove(0);
        }
        page.done = sync.accounts.is_empty();
        if !page.done {
            place.sync = Some(sync);
        }
        page.next = Cursor::at(code, &place);
        Ok(page)
    }

    async fn begin(
        &self,
        place: &mut Place,
        since: DateTime<Utc>,
        page: &mut Page<BankTransactionRecord>,
    ) -> Result<Sync, ConnectorError> {
        let ends = self.check_consent().await?;
        page.warnings.extend(self.ends_soon(ends));
        let accounts = self.accounts(&mut page.warnings).await?;
        for account in &accounts {
            let reached = place.reached.entry(account.reference.clone()).or_default();
            // Once, however often the account is refused.
            if !reached.is_set_back {
                reached.until = reached.until.map(|until| (until - OVERLAP).max(since));
                reached.is_set_back = true;
            }
        }
        // The standard's times are whole seconds.
        let now = self.clock.now();
        let end = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
        Ok(Sync { end, accounts, page: 1, is_read: false })
    }

    /// A sync of which nothing could be read, with the accounts that the consent still names.
    async fn still_given(&self, mut sync: Sync) -> Result<Sync, ConnectorError> {
        let given = self.accounts(&mut Vec::new()).await?;
        sync.accounts.retain(|account| given.contains(account));
        if sync.accounts.is_empty() {
            sync.accounts = given;
        }
        Ok(sync)
    }

    /// Puts an account in front that may be asked now.
    fn choose_account(&self, sync: &mut Sync, place: &Place) -> Result<(), ConnectorError> {
        let now = self.clock.now();
        let wait = |account: &Account| {
            place
                .reached
                .get(&account.reference)
                .and_then(|reached| reached.calls.wait(self.customer, now))
        };
        match sync.accounts.iter().position(|account| wait(account).is_none()) {
            Some(first) => {
                sync.accounts.rotate_left(first);
                Ok(())
            }
            None => match sync.accounts.iter().filter_map(wait).min() {
                Some(retry_after) => Err(ConnectorError::RateLimited { retry_after }),
                None => Ok(()),
            },
        }
    }

    /// One page of a window.
    async fn window(
        &self,
        account: &Account,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        page: u32,
    ) -> Result<Window, ConnectorError> {
        let time = |at: DateTime<Utc>| {
            at.with_timezone(&values::turkey()).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
        };
        let query = [
            ("hesapIslemBslTrh", time(from)),
            ("hesapIslemBtsTrh", time(to)),
            ("syfKytSayi", PAGE.to_string()),
            ("syfNo", page.to_string()),
            ("srlmKrtr", "islGrckZaman".to_owned()),
            ("srlmYon", "Y".to_owned()),
        ];
        let path = ["hesaplar", account.reference.as_str(), "islemler"];
        match self.get(&path, &query).await? {
            Ok(response) => Ok(Window::Given(response)),
            Err(refusal) if refusal.code.ends_with("InvalidStartEndTime") => {
                let now = self.clock.now();
                if now - from < WINDOW + TimeDelta::minutes(5) {
                    return Err(refusal.into_error("islemler"));
                }
                Ok(Window::TooOld)
            }
            Err(refusal) if refusal.code.ends_with("ExceededRate") => {
                Err(ConnectorError::RateLimited { retry_after: Duration::from_hours(1) })
            }
            // The token is refused, also after a new one was asked for.
            Err(refusal) if refusal.status == 401 => Err(refusal.into_error("islemler")),
            Err(refusal) => Ok(Window::Refused(refusal)),
        }
    }
}

/// The movements of an answer (`IslemBilgileri`), which an account without any leaves out.
fn movements(response: Response) -> Result<Vec<Value>, ConnectorError> {
    match response.into_json() {
        Value::Object(mut answer) => match answer.remove("isller") {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(entries) => super::list(entries),
        },
        _ => Err(ConnectorError::protocol("islemler gives no object")),
    }
}
