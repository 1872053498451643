//! Tokens of Paraşüt: by refresh token, which rotates, and where that is refused by what the settings
//! hold.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;

use crate::{
    config::IntegrationConfig,
    error::ConnectorError,
    http::{Client, Request},
    port::{Clock, Tokens},
    secret::Secret,
    session::Grant,
    values,
};

const REDIRECT: &str = "urn:ietf:wg:oauth:2.0:oob";
/// What the vendor documents; used where an answer does not say.
const LIFETIME_SECONDS: i64 = 7200;

/// How the settings get a first token.
#[derive(Debug)]
enum First {
    Password { username: Secret, password: Secret },
    Code(Secret),
}

#[derive(Debug)]
pub(super) struct ParasutGrant {
    client_id: Secret,
    client_secret: Secret,
    first: First,
    clock: Arc<dyn Clock>,
}

impl ParasutGrant {
    pub(super) fn new(
        config: &IntegrationConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConnectorError> {
        let first = match config.optional("authorizationCode") {
            Some(code) => First::Code(code.clone()),
            None => First::Password {
                username: config.required("username")?.clone(),
                password: config.required("password")?.clone(),
            },
        };
        Ok(Self {
            client_id: config.required("clientId")?.clone(),
            client_secret: config.required("clientSecret")?.clone(),
            first,
            clock,
        })
    }

    /// Gives tokens, or nothing where the source refuses this grant.
    async fn ask(
        &self,
        client: &Client,
        mut fields: Vec<(&'static str, Secret)>,
    ) -> Result<Option<Tokens>, ConnectorError> {
        fields.push(("client_id", self.client_id.clone()));
        fields.push(("client_secret", self.client_secret.clone()));
        fields.push(("redirect_uri", Secret::new(REDIRECT)));
        // Not repeated: the refresh token may be used up although the answer was lost.
        let response = client.send(Request::form(["oauth", "token"], fields)).await?;
        if matches!(response.status, 400 | 401 | 403) {
            return Ok(None);
        }
        let answer = response.into_success("oauth/token")?.into_json();
        self.read(&answer).map(Some)
    }

    fn read(&self, answer: &Value) -> Result<Tokens, ConnectorError> {
        let access = values::text(answer, "access_token")
            .ok_or_else(|| ConnectorError::protocol("oauth/token gives no access_token"))?;
        let seconds = values::decimal(answer, "expires_in")
            .ok()
            .flatten()
            .and_then(|seconds| i64::try_from(seconds).ok())
            .unwrap_or(LIFETIME_SECONDS)
            .clamp(0, 366 * 24 * 3600);
        Ok(Tokens {
            access: Secret::new(access),
            refresh: values::text(answer, "refresh_token").map(Secret::new),
            expires_at: Some(self.clock.now() + TimeDelta::seconds(seconds)),
            refresh_expires_at: None,
        })
    }
}

#[async_trait]
impl Grant for ParasutGrant {
    async fn obtain(
        &self,
        client: &Client,
        last: Option<&Tokens>,
    ) -> Result<Tokens, ConnectorError> {
        let grant = |name| ("grant_type", Secret::new(name));
        if let Some(refresh) = last.and_then(|tokens| tokens.refresh.clone()) {
            let fields = vec![grant("refresh_token"), ("refresh_token", refresh)];
            if let Some(tokens) = self.ask(client, fields).await? {
                return Ok(tokens);
            }
        }
        let fields = match &self.first {
            First::Password { username, password } => vec![
                grant("password"),
                ("username", username.clone()),
                ("password", password.clone()),
            ],
            First::Code(code) => vec![grant("authorization_code"), ("code", code.clone())],
        };
        self.ask(client, fields).await?.ok_or_else(|| ConnectorError::Credentials {
            detail: "oauth/token refuses the refresh token and the settings' credentials"
                .to_owned(),
        })
    }
}
