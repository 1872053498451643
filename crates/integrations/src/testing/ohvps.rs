//! A bank behind the ÖHVPS gateway, as the standard documents it: consents, tokens, windows of 24
//! hours, quotas, paging from 1 and descending unless asked otherwise.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::server::{Answer, Asked, Source};
use crate::{port::Clock, values};

const CONSENT: &str = "riza-1";

/// A bank with the accounts of one consent.
#[derive(Debug)]
pub struct OhvpsSource {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct Movement {
    at: DateTime<Utc>,
    entry: Value,
}

#[derive(Debug)]
struct State {
    accounts: BTreeMap<String, (String, Vec<Movement>)>,
    standing: &'static str,
    consent_ends: DateTime<Utc>,
    is_individual: bool,
    calls: BTreeMap<String, Vec<DateTime<Utc>>>,
    oldest: Option<TimeDelta>,
    access: Option<String>,
    tokens_given: u32,
    refused: BTreeMap<String, u16>,
}

impl OhvpsSource {
    /// A bank whose clock is this one, and a consent of a firm for a year.
    pub fn new(clock: Arc<impl Clock + 'static>) -> Self {
        let consent_ends = clock.now() + TimeDelta::days(365);
        Self {
            clock,
            state: Mutex::new(State {
                accounts: BTreeMap::new(),
                standing: "K",
                consent_ends,
                is_individual: false,
                calls: BTreeMap::new(),
                oldest: None,
                access: None,
                tokens_given: 0,
                refused: BTreeMap::new(),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of an integration with this consent.
    pub fn config(base: &str, customer: &str) -> Value {
        json!({
            "baseUrl": format!("{base}/ohvps"), "authorization": "Bearer provider-secret",
            "bankCode": "9001", "providerCode": "8001", "groupId": "grup-1", "consentId": CONSENT,
            "authorizationCode": "code-secret", "customerType": customer,
        })
    }

    /// Adds an account.
    pub fn add_account(&self, reference: &str, iban: &str) {
        self.state().accounts.insert(reference.to_owned(), (iban.to_owned(), Vec::new()));
    }

    /// Adds a movement; money in for a positive amount.
    pub fn add_movement(&self, reference: &str, id: &str, at: DateTime<Utc>, kurus: i64) {
        let amount = format!("{}.{:02}", kurus.abs() / 100, kurus.abs() % 100);
        let time = at.with_timezone(&values::turkey()).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let entry = json!({
            "islTml": {
                "islNo": id, "refNo": format!("REF{id}"), "islTtr": amount, "gnclBky": "1000.00",
                "prBrm": "TRY", "islGrckZaman": time, "kanal": "I",
                "brcAlc": if kurus < 0 { "B" } else { "A" }, "islTur": "FAST", "islAmc": "01",
            },
            "islDty": {"islAcklm": "Ödeme", "krsTrf": {"krsUnvan": "Örnek A.Ş."}},
        });
        if let Some((_, movements)) = self.state().accounts.get_mut(reference) {
            movements.push(Movement { at, entry });
        }
    }

    /// Spoils a movement's amount.
    pub fn spoil(&self, id: &str) {
        for (_, movements) in self.state().accounts.values_mut() {
            for movement in movements {
                if movement.entry["islTml"]["islNo"] == json!(id) {
                    movement.entry["islTml"]["islTtr"] = json!("çok");
                }
            }
        }
    }

    /// The consent is a person's.
    pub fn set_individual(&self) {
        self.state().is_individual = true;
    }

    /// Sets the consent's state (`B`, `Y`, `K`, `I`, `S`).
    pub fn set_consent(&self, state: &'static str) {
        self.state().standing = state;
    }

    /// Sets the consent's end.
    pub fn set_consent_end(&self, end: DateTime<Utc>) {
        self.state().consent_ends = end;
    }

    /// Refuses windows that begin longer ago.
    pub fn keep_only(&self, length: TimeDelta) {
        self.state().oldest = Some(length);
    }

    /// Answers with a refusal to calls for an account's movements.
    pub fn refuse_account(&self, reference: &str, status: u16) {
        self.state().refused.insert(reference.to_owned(), status);
    }

    /// Gives all accounts again.
    pub fn give_accounts(&self) {
        self.state().refused.clear();
    }

    /// Ends the access token.
    pub fn expire_token(&self) {
        self.state().access = None;
    }

    /// How often tokens were given.
    pub fn tokens_given(&self) -> u32 {
        self.state().tokens_given
    }
}

fn refusal(status: u16, code: &str) -> Answer {
    Answer::json(
        status,
        &json!({
            "path": "/ohvps", "id": "1", "timestamp": "2026-03-01T00:00:00+03:00", "httpCode": status,
            "httpMessage": "x", "moreInformation": "x", "moreInformationTr": "x", "errorCode": code,
        }),
    )
}

impl State {
    fn tokens(&mut self, body: &Value) -> Answer {
        if matches!(self.standing, "I" | "S") {
            return refusal(400, "TR.OHVPS.Resource.ConsentRevoked");
        }
        let by_code = body["yetTip"] == json!("yet_kod") && body["yetKod"] == json!("code-secret");
        let by_refresh = body["yetTip"] == json!("yenileme_belirteci")
            && body["yenilemeBelirteci"] == json!("refresh-secret");
        if body["rizaNo"] != json!(CONSENT) || !(by_code || by_refresh) {
            return refusal(401, "TR.OHVPS.Connection.InvalidToken");
        }
        self.tokens_given += 1;
        let access = format!("access-secret-{}", self.tokens_given);
        self.access = Some(access.clone());
        Answer::json(
            200,
            &json!({
                "erisimBelirteci": access, "gecerlilikSuresi": 86400,
                // The standard: the refresh token stays the same for the consent's life.
                "yenilemeBelirteci": "refresh-secret", "yenilemeBelirteciGecerlilikSuresi": 31_536_000,
            }),
        )
    }

    fn movements(&mut self, reference: &str, asked: &Asked, now: DateTime<Utc>) -> Answer {
        if let Some(status) = self.refused.get(reference) {
            return refusal(*status, "TR.OHVPS.Resource.Forbidden");
        }
        let time = |name: &str| {
            asked.parameter(name).and_then(|text| DateTime::parse_from_rfc3339(text).ok())
        };
        let (Some(start), Some(end)) = (time("hesapIslemBslTrh"), time("hesapIslemBtsTrh")) else {
            return refusal(400, "TR.OHVPS.Resource.InvalidFormat");
        };
        let too_old = self.oldest.is_some_and(|oldest| start < now - oldest);
        if end - start > TimeDelta::hours(24) || end < start || end > now || too_old {
            return refusal(400, "TR.OHVPS.Business.InvalidStartEndTime");
        }
        let page = asked.number("syfNo").unwrap_or(1);
        let size = asked.number("syfKytSayi").unwrap_or(100);
        if size > 100 || page == 0 {
            return refusal(400, "TR.OHVPS.Resource.InvalidFormat");
        }
        if page == 1 {
            let (limit, window) = if self.is_individual {
                (4, values::start_of_day(values::day_in_turkey(now)))
            } else {
                (12, now - TimeDelta::hours(1) + TimeDelta::seconds(1))
            };
            let calls = self.calls.entry(reference.to_owned()).or_default();
            calls.retain(|call| *call >= window);
            if calls.len() >= limit {
                return refusal(429, "TR.OHVPS.Connection.ExceededRate")
                    .with("X-RateLimit-Reset", 900);
            }
            calls.push(now);
        }
        let Some((_, movements)) = self.accounts.get(reference) else {
            return refusal(404, "TR.OHVPS.Resource.NotFound");
        };
        let mut found: Vec<&Movement> =
            movements.iter().filter(|one| one.at >= start && one.at <= end).collect();
        found.sort_by_key(|one| one.at);
        if asked.parameter("srlmYon") != Some("Y") {
            found.reverse();
        }
        let total = found.len();
        let shown: Vec<&Value> =
            found.iter().skip((page - 1) * size).take(size).map(|one| &one.entry).collect();
        let body = if total == 0 {
            json!({ "hspRef": reference })
        } else {
            json!({ "hspRef": reference, "isller": shown })
        };
        Answer::json(200, &body).with("x-total-count", total)
    }
}

impl Source for OhvpsSource {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state();
        let now = self.clock.now();
        let head = |name: &str| asked.headers.get(name).map(String::as_str);
        let complete = head("authorization") == Some("Bearer provider-secret")
            && head("x-aspsp-code") == Some("9001")
            && head("x-tpp-code") == Some("8001")
            && head("x-group-id") == Some("grup-1")
            && head("psu-initiated") == Some("H")
            && head("x-request-id").is_some_and(|id| id.len() == 36);
        if !complete {
            return refusal(400, "TR.OHVPS.Resource.InvalidFormat");
        }
        let parts = asked.parts();
        if parts == ["ohvps", "gkd", "s2.0", "erisim-belirteci"] {
            return state.tokens(&asked.json());
        }
        if state.access.is_none() || head("x-access-token") != state.access.as_deref() {
            return refusal(401, "TR.OHVPS.Connection.InvalidToken");
        }
        if matches!(state.standing, "I" | "S") {
            return refusal(403, "TR.OHVPS.Resource.ConsentRevoked");
        }
        match parts.as_slice() {
            ["ohvps", "hbh", "s2.0", "hesap-bilgisi-rizasi", CONSENT] => Answer::json(
                200,
                &json!({
                    "rzBlg": {"rizaNo": CONSENT, "rizaDrm": state.standing},
                    "hspBlg": {"iznBlg": {"erisimIzniSonTrh": state.consent_ends.to_rfc3339()}},
                }),
            ),
            ["ohvps", "hbh", "s2.0", "hesaplar"] => {
                let size = asked.number("syfKytSayi").unwrap_or(100);
                let page = asked.number("syfNo").unwrap_or(1).max(1);
                let accounts: Vec<Value> = state
                    .accounts
                    .iter()
                    .skip((page - 1) * size)
                    .take(size)
                    .map(|(reference, (iban, _))| {
                        json!({"rizaNo": CONSENT, "hspTml": {
                            "hspRef": reference, "hspNo": iban, "hspShb": "Örnek Firma A.Ş.",
                            "prBrm": "TRY", "hspTur": "T", "hspTip": "VADESIZ", "hspDrm": "AKTIF",
                        }})
                    })
                    .collect();
                Answer::json(200, &json!(accounts)).with("x-total-count", state.accounts.len())
            }
            ["ohvps", "hbh", "s2.0", "hesaplar", reference, "islemler"] => {
                state.movements(reference, asked, now)
            }
            _ => refusal(404, "TR.OHVPS.Resource.NotFound"),
        }
    }
}
