//! Tokens of GoCardless: `token/new/` by the secrets, `token/refresh/` while the refresh token lives.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    config::IntegrationConfig,
    error::ConnectorError,
    http::{Client, Request},
    port::{Clock, Tokens},
    secret::Secret,
    session::Grant,
    values,
};

#[derive(Debug)]
pub(super) struct GocardlessGrant {
    id: Secret,
    key: Secret,
    clock: Arc<dyn Clock>,
}

impl GocardlessGrant {
    pub(super) fn new(
        config: &IntegrationConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConnectorError> {
        let (id, key) = (config.required("secretId")?, config.required("secretKey")?);
        Ok(Self { id: id.clone(), key: key.clone(), clock })
    }

    async fn ask(
        &self,
        client: &Client,
        kind: &str,
        body: Value,
    ) -> Result<Option<Value>, ConnectorError> {
        // Asking twice gives two valid tokens: nothing is lost.
        let request = Request::post(["token", kind, ""], body).repeatable();
        let response = client.send(request).await?;
        if matches!(response.status, 400 | 401 | 403) {
            return Ok(None);
        }
        Ok(Some(response.into_success("token")?.into_json()))
    }

    fn end(&self, answer: &Value, name: &'static str) -> Option<DateTime<Utc>> {
        let seconds = values::decimal(answer, name).ok().flatten()?;
        let seconds = i64::try_from(seconds).ok()?.clamp(0, 366 * 24 * 3600);
        Some(self.clock.now() + TimeDelta::seconds(seconds))
    }
}

#[async_trait]
impl Grant for GocardlessGrant {
    async fn obtain(
        &self,
        client: &Client,
        last: Option<&Tokens>,
    ) -> Result<Tokens, ConnectorError> {
        let access = |answer: &Value| {
            let access = values::text(answer, "access").map(Secret::new);
            access.ok_or_else(|| ConnectorError::protocol("token gives no access"))
        };
        if let Some(last) = last
            && let Some(refresh) = &last.refresh
            && last.refresh_expires_at.is_none_or(|end| end > self.clock.now())
            && let Some(answer) =
                self.ask(client, "refresh", json!({ "refresh": refresh.reveal() })).await?
        {
            return Ok(Tokens {
                access: access(&answer)?,
                refresh: last.refresh.clone(),
                expires_at: self.end(&answer, "access_expires"),
                refresh_expires_at: last.refresh_expires_at,
            });
        }
        let secrets = json!({ "secret_id": self.id.reveal(), "secret_key": self.key.reveal() });
        let answer = self.ask(client, "new", secrets).await?;
        let answer = answer.ok_or_else(|| ConnectorError::Credentials {
            detail: "token/new refuses secretId and secretKey".to_owned(),
        })?;
        Ok(Tokens {
            access: access(&answer)?,
            refresh: values::text(&answer, "refresh").map(Secret::new),
            expires_at: self.end(&answer, "access_expires"),
            refresh_expires_at: self.end(&answer, "refresh_expires"),
        })
    }
}
