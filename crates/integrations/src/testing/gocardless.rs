//! A requisition at GoCardless Bank Account Data, as its clients know it: tokens by secrets, few calls
//! per account and day, booked and pending movements without paging.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use super::server::{Answer, Asked, Source};

/// A requisition with its accounts.
#[derive(Debug)]
pub struct GocardlessSource {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    status: &'static str,
    accounts: BTreeMap<String, (String, Vec<Value>)>,
    calls_left: u32,
    access: Option<String>,
    tokens_given: u32,
    is_expired: bool,
    refused: BTreeMap<String, u16>,
}

impl Default for GocardlessSource {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                status: "LN",
                accounts: BTreeMap::new(),
                calls_left: u32::MAX,
                access: None,
                tokens_given: 0,
                is_expired: false,
                refused: BTreeMap::new(),
            }),
        }
    }
}

impl GocardlessSource {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of an integration with this requisition.
    pub fn config(base: &str) -> Value {
        json!({
            "baseUrl": format!("{base}/api/v2"), "secretId": "id-secret", "secretKey": "key-secret",
            "requisitionId": "req-1",
        })
    }

    /// Adds an account.
    pub fn add_account(&self, id: &str, iban: &str) {
        self.state().accounts.insert(id.to_owned(), (iban.to_owned(), Vec::new()));
    }

    /// Adds a booked movement in euro.
    pub fn add_booked(&self, account: &str, id: &str, day: &str, amount: &str) {
        self.add_booked_in("EUR", account, id, day, amount);
    }

    /// Adds a booked movement in any currency.
    pub fn add_booked_in(&self, currency: &str, account: &str, id: &str, day: &str, amount: &str) {
        let entry = json!({
            "internalTransactionId": id, "transactionId": format!("bank-{id}"), "bookingDate": day,
            "valueDate": day, "transactionAmount": {"amount": amount, "currency": currency},
            "remittanceInformationUnstructured": "Rechnung", "debtorName": "Örnek GmbH",
        });
        if let Some((_, movements)) = self.state().accounts.get_mut(account) {
            movements.push(entry);
        }
    }

    /// Allows so many more calls for movements, then answers 429.
    pub fn allow_calls(&self, calls: u32) {
        self.state().calls_left = calls;
    }

    /// Ends the account holder's agreement.
    pub fn expire_agreement(&self) {
        self.state().is_expired = true;
    }

    /// Answers with a refusal to calls for an account's movements.
    pub fn refuse_account(&self, id: &str, status: u16) {
        self.state().refused.insert(id.to_owned(), status);
    }

    /// Gives all accounts again.
    pub fn give_accounts(&self) {
        self.state().refused.clear();
    }

    /// Ends the access token.
    pub fn expire_token(&self) {
        self.state().access = None;
    }

    /// Sets the requisition's status (`LN`, `EX`, `CR`, …).
    pub fn set_status(&self, status: &'static str) {
        self.state().status = status;
    }
}

impl State {
    fn give_token(&mut self) -> String {
        self.tokens_given += 1;
        let access = format!("access-secret-{}", self.tokens_given);
        self.access = Some(access.clone());
        access
    }

    fn transactions(&mut self, id: &str, asked: &Asked) -> Answer {
        if self.is_expired {
            return Answer::json(
                401,
                &json!({
                    "summary": "End User Agreement has expired", "detail": "x", "status_code": 401,
                }),
            );
        }
        if self.calls_left == 0 {
            return Answer::json(429, &json!({"summary": "Rate limit exceeded"}))
                .with("HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET", 40_000);
        }
        self.calls_left -= 1;
        let day = |name: &str| asked.parameter(name).map(str::to_owned);
        let (from, to) = (day("date_from"), day("date_to"));
        let booked: Vec<&Value> = self
            .accounts
            .get(id)
            .into_iter()
            .flat_map(|(_, movements)| movements)
            .filter(|entry| {
                let day = entry["bookingDate"].as_str().unwrap_or_default();
                from.as_deref().is_none_or(|from| day >= from)
                    && to.as_deref().is_none_or(|to| day <= to)
            })
            .collect();
        let pending = json!([{"transactionAmount": {"amount": "1.00", "currency": "EUR"}}]);
        Answer::json(200, &json!({"transactions": {"booked": booked, "pending": pending}}))
    }
}

impl Source for GocardlessSource {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state();
        let refused = Answer::json(401, &json!({"summary": "Invalid token", "status_code": 401}));
        let parts = asked.parts();
        // Its addresses end with a slash; without it they are others.
        let ["api", "v2", rest @ .., ""] = parts.as_slice() else {
            return Answer::json(404, &json!({"summary": "Not found."}));
        };
        match rest {
            ["token", "new"] => {
                let body = asked.json();
                if body["secret_id"] != json!("id-secret")
                    || body["secret_key"] != json!("key-secret")
                {
                    return refused;
                }
                let access = state.give_token();
                return Answer::json(
                    200,
                    &json!({
                        "access": access, "access_expires": 86400, "refresh": "refresh-secret",
                        "refresh_expires": 2_592_000,
                    }),
                );
            }
            ["token", "refresh"] => {
                if asked.json()["refresh"] != json!("refresh-secret") {
                    return refused;
                }
                let access = state.give_token();
                return Answer::json(200, &json!({"access": access, "access_expires": 86400}));
            }
            _ => {}
        }
        if state.access.is_none() || asked.bearer() != state.access.as_deref() {
            return refused;
        }
        if let ["accounts", id, ..] = rest
            && let Some(status) = state.refused.get(*id)
        {
            let body = json!({"summary": "Account is not accessible", "status_code": status});
            return Answer::json(*status, &body);
        }
        match rest {
            ["requisitions", "req-1"] => {
                let accounts: Vec<&String> = state.accounts.keys().collect();
                Answer::json(200, &json!({"status": state.status, "accounts": accounts}))
            }
            ["accounts", id, "transactions"] => state.transactions(id, asked),
            ["accounts", id] => match state.accounts.get(*id) {
                Some((iban, _)) => Answer::json(200, &json!({"id": id, "iban": iban})),
                None => Answer::json(404, &json!({"summary": "Not found."})),
            },
            _ => Answer::json(404, &json!({"summary": "Not found."})),
        }
    }
}
