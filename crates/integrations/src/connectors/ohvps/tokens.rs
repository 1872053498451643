//! Tokens of a consent: `erisim-belirteci`, by the authorization code once and by the refresh token
//! from then on.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Head, Refusal};
use crate::{
    error::ConnectorError,
    http::{Client, Request},
    port::{Clock, Tokens},
    secret::Secret,
    session::Grant,
    values,
};

#[derive(Debug)]
pub(super) struct OhvpsGrant {
    consent: String,
    code: Option<Secret>,
    head: Head,
    clock: Arc<dyn Clock>,
}

impl OhvpsGrant {
    pub(super) fn new(
        consent: String,
        code: Option<Secret>,
        head: Head,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { consent, code, head, clock }
    }

    fn seconds(answer: &Value, name: &'static str) -> Option<TimeDelta> {
        let seconds = values::decimal(answer, name).ok().flatten()?;
        let seconds = i64::try_from(seconds).ok()?.clamp(0, 10 * 366 * 24 * 3600);
        Some(TimeDelta::seconds(seconds))
    }
}

#[async_trait]
impl Grant for OhvpsGrant {
    async fn obtain(
        &self,
        client: &Client,
        last: Option<&Tokens>,
    ) -> Result<Tokens, ConnectorError> {
        let refresh = last.and_then(|tokens| tokens.refresh.as_ref());
        let body = match (refresh, &self.code) {
            (Some(refresh), _) => json!({
                "rizaNo": self.consent,
                "rizaTip": "H",
                "yetTip": "yenileme_belirteci",
                "yenilemeBelirteci": refresh.reveal(),
            }),
            (None, Some(code)) => json!({
                "rizaNo": self.consent,
                "rizaTip": "H",
                "yetTip": "yet_kod",
                "yetKod": code.reveal(),
            }),
            (None, None) => {
                return Err(ConnectorError::config(
                    "authorizationCode is missing: the account holder has to give the consent first",
                    "Hesap sahibinin banka onayı eksik; izni başlatıp onay kodunu alın.",
                ));
            }
        };
        // The same request id and body give the same answer for five minutes: it may be repeated.
        let request = Request::post(["gkd", "s2.0", "erisim-belirteci"], body).repeatable();
        let response = client.send(self.head.on(request)).await?;
        if !response.is_success() {
            let refusal = Refusal::of(&response);
            refusal.ends_consent()?;
            return Err(refusal.into_error("erisim-belirteci"));
        }
        let answer = response.into_json();
        let access = values::text(&answer, "erisimBelirteci")
            .ok_or_else(|| ConnectorError::protocol("erisim-belirteci gives no erisimBelirteci"))?;
        let now = self.clock.now();
        let ends = Self::seconds(&answer, "gecerlilikSuresi").map(|length| now + length);
        let refresh_ends =
            Self::seconds(&answer, "yenilemeBelirteciGecerlilikSuresi").map(|length| now + length);
        Ok(Tokens {
            access: Secret::new(access),
            refresh: values::text(&answer, "yenilemeBelirteci")
                .map(Secret::new)
                .or_else(|| refresh.cloned()),
            expires_at: ends,
            refresh_expires_at: refresh_ends,
        })
    }
}
