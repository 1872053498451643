//! ÖHVPS 2.0, the open banking standard of the TCMB and BKM: movements of the accounts of a consent.
//!
//! Only licensed providers (YÖS) may call, through BKM's gateway: this connector is for an office's
//! licensed provider, whose codes and authorization stand in the settings. Calls without the customer
//! ask for at most 24 hours, four times a day and account for persons and twelve times an hour for
//! firms; `walk.rs` keeps to that. Requests with a signature (`X-JWS-Signature`) are the provider's
//! gateway's: this side holds no signing key.

mod account;
mod consent;
mod quota;
mod tokens;
mod walk;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    config::IntegrationConfig,
    connector::{BankConnector, Capabilities, ConnectionReport, Connector, PullRequest},
    environment::{Environment, Integration, Ports},
    error::ConnectorError,
    http::{Client, ClientParts, Rate, Reach, Request, Response, Trust},
    page::Page,
    port::Clock,
    record::BankTransactionRecord,
    registry::ConnectorCode,
    secret::Secret,
    session::Session,
    values,
};
use quota::Customer;

const RATE: Rate = Rate { calls: 10, per: Duration::from_secs(1) };
const PAUSE: Duration = Duration::from_mins(5);
/// Area and version of account information in addresses.
const ACCOUNTS: [&str; 2] = ["hbh", "s2.0"];

/// What stands in every request's head.
#[derive(Debug, Clone)]
struct Head {
    authorization: Secret,
    bank: Secret,
    provider: Secret,
    group: Secret,
}

impl Head {
    fn on(&self, request: Request) -> Request {
        request
            .header("authorization", self.authorization.clone())
            .header("x-aspsp-code", self.bank.clone())
            .header("x-tpp-code", self.provider.clone())
            .header("x-group-id", self.group.clone())
            // Nobody of the customer's side is there: an automatic call.
            .header("psu-initiated", Secret::new("H"))
    }
}

/// A consent at one bank.
#[derive(Debug)]
pub struct Ohvps {
    session: Session,
    head: Head,
    consent: String,
    customer: Customer,
    clock: Arc<dyn Clock>,
}

impl Ohvps {
    /// From the settings `baseUrl` (up to `…/ohvps`), `authorization` (the provider's own head),
    /// `bankCode` and `providerCode` (four digits each), `groupId`, `consentId`, `authorizationCode`
    /// (for the first token), and `customerType` `individual` or `corporate`.
    ///
    /// # Errors
    /// [`ConnectorError::Config`].
    pub fn new(
        integration: Integration<'_>,
        environment: &Environment,
        ports: &Ports,
    ) -> Result<Self, ConnectorError> {
        let config = integration.config;
        let parts = ClientParts {
            base: config.required("baseUrl")?.reveal(),
            setting: "baseUrl",
            reach: Reach::Internet,
            trust: &Trust::System,
            bucket: environment.buckets.of(integration.id, RATE),
            default_pause: PAUSE,
        };
        let head = Head {
            authorization: config.required("authorization")?.clone(),
            bank: code(config, "bankCode")?,
            provider: code(config, "providerCode")?,
            group: config.required("groupId")?.clone(),
        };
        let customer = match config.required("customerType")?.reveal() {
            "individual" => Customer::Individual,
            "corporate" => Customer::Corporate,
            _ => return Err(IntegrationConfig::wrong("customerType", "individual or corporate")),
        };
        let consent = config.required("consentId")?.reveal().to_owned();
        let clock = Arc::clone(&environment.clock);
        let first = config.optional("authorizationCode").cloned();
        let grant =
            tokens::OhvpsGrant::new(consent.clone(), first, head.clone(), Arc::clone(&clock));
        let client = Client::new(&parts, &environment.http)?;
        let tokens = Arc::clone(&ports.tokens);
        let session = Session::new(client, Box::new(grant), tokens, Arc::clone(&clock));
        Ok(Self { session, head, consent, customer, clock })
    }

    /// Reads a resource. A refusal is given with the standard's code for it.
    async fn get(
        &self,
        path: &[&str],
        query: &[(&'static str, String)],
    ) -> Result<Result<Response, Refusal>, ConnectorError> {
        let path: Vec<&str> = ACCOUNTS.iter().chain(path).copied().collect();
        let response = self
            .session
            .send(|token| {
                let request = query
                    .iter()
                    .fold(Request::get(path.iter().copied()), |request, (name, value)| {
                        request.query(name, value.clone())
                    });
                self.head.on(request).header("x-access-token", token.clone())
            })
            .await?;
        if response.is_success() {
            return Ok(Ok(response));
        }
        let refusal = Refusal::of(&response);
        refusal.ends_consent()?;
        Ok(Err(refusal))
    }
}

/// What the standard's error object says.
#[derive(Debug)]
struct Refusal {
    status: u16,
    code: String,
}

impl Refusal {
    fn of(response: &Response) -> Self {
        let body = response.refusal();
        let code = values::text(&body, "errorCode").unwrap_or("no errorCode");
        Self { status: response.status, code: code.chars().take(100).collect() }
    }

    /// The end of the consent is not the call's but the integration's.
    fn ends_consent(&self) -> Result<(), ConnectorError> {
        let ended = ["ConsentRevoked", "ConsentMismatch", "ConsentExpired"];
        if ended.iter().any(|word| self.code.ends_with(word)) {
            return Err(ConnectorError::ConsentExpired { detail: self.code.clone() });
        }
        Ok(())
    }

    fn into_error(self, what: &str) -> ConnectorError {
        match self.status {
            401 => ConnectorError::Credentials { detail: format!("{what}: {}", self.code) },
            403 => ConnectorError::Denied { detail: format!("{what}: {}", self.code) },
            status => ConnectorError::protocol(format!("{what} answered {status}: {}", self.code)),
        }
    }
}

fn code(config: &IntegrationConfig, name: &str) -> Result<Secret, ConnectorError> {
    let code = config.required(name)?;
    let is_code = code.reveal().len() == 4 && code.reveal().bytes().all(|b| b.is_ascii_digit());
    if is_code { Ok(code.clone()) } else { Err(IntegrationConfig::wrong(name, "four digits")) }
}

/// The list in an answer, which the standard gives bare.
fn list(answer: Value) -> Result<Vec<Value>, ConnectorError> {
    match answer {
        Value::Array(entries) => Ok(entries),
        _ => Err(ConnectorError::protocol("the answer is no list")),
    }
}

#[async_trait]
impl Connector for Ohvps {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::Ohvps
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { pull_bank_transactions: true, ..Capabilities::default() }
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        let ends = self.check_consent().await?;
        let accounts = self.accounts(&mut Vec::new()).await?;
        let ends = values::day_in_turkey(ends).format("%d.%m.%Y");
        Ok(ConnectionReport {
            message: format!(
                "Bankaya bağlanıldı: {} hesap var, izin {ends} tarihine kadar.",
                accounts.len()
            ),
        })
    }
}

#[async_trait]
impl BankConnector for Ohvps {
    async fn pull_transactions(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        self.pull(request).await
    }
}
