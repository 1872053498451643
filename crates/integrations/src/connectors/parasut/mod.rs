//! Paraşüt v4: sales invoices, purchase bills and the movements of accounts, and pushing them.
//!
//! Built to the vendor's OpenAPI: JSON:API below `/v4/{company}`, OAuth 2 at `/oauth/token` with
//! rotating refresh tokens, ten calls in ten seconds. Its lists have neither a filter nor an order by
//! time of change; `invoices.rs` says what stands in for it.

mod accounts;
mod invoices;
mod json_api;
mod push;
mod tokens;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    config::IntegrationConfig,
    connector::{
        AccountingConnector, BankConnector, Capabilities, ConnectionReport, Connector, PullRequest,
    },
    environment::{Environment, Integration, Ports},
    error::ConnectorError,
    http::{Client, ClientParts, Rate, Reach, Request, Trust},
    page::Page,
    port::Clock,
    push::{OutgoingInvoice, OutgoingTransaction, PushOutcome},
    record::{BankTransactionRecord, InvoiceRecord},
    registry::ConnectorCode,
    secret::Secret,
    session::Session,
};
use json_api::Document;

const BASE: &str = "https://api.parasut.com";
const RATE: Rate = Rate { calls: 10, per: Duration::from_secs(10) };
/// No `Retry-After` is documented: the window of the limit.
const PAUSE: Duration = Duration::from_secs(10);
/// The largest page: the vendor documents 15 by default, its clients know 25 as the limit.
const LARGEST_PAGE: usize = 25;

/// A firm at Paraşüt.
#[derive(Debug)]
pub struct Parasut {
    session: Session,
    company: String,
    clock: Arc<dyn Clock>,
}

impl Parasut {
    /// From the settings `companyId`, `clientId`, `clientSecret`, and `username` with `password` or
    /// `authorizationCode`; `baseUrl` is the vendor's by default.
    ///
    /// # Errors
    /// [`ConnectorError::Config`].
    pub fn new(
        integration: Integration<'_>,
        environment: &Environment,
        ports: &Ports,
    ) -> Result<Self, ConnectorError> {
        let config = integration.config;
        let company = config.required("companyId")?.reveal();
        if !company.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IntegrationConfig::wrong("companyId", "the firm's number at Paraşüt"));
        }
        let parts = ClientParts {
            base: config.optional("baseUrl").map_or(BASE, Secret::reveal),
            setting: "baseUrl",
            reach: Reach::Internet,
            trust: &Trust::System,
            bucket: environment.buckets.of(integration.id, RATE),
            default_pause: PAUSE,
        };
        let grant = tokens::ParasutGrant::new(config, Arc::clone(&environment.clock))?;
        let client = Client::new(&parts, &environment.http)?;
        let (tokens, clock) = (Arc::clone(&ports.tokens), Arc::clone(&environment.clock));
        Ok(Self {
            session: Session::new(client, Box::new(grant), tokens, Arc::clone(&clock)),
            company: company.to_owned(),
            clock,
        })
    }

    fn path(&self, rest: &[&str]) -> Vec<String> {
        let start = ["v4", &self.company];
        start.iter().chain(rest).map(|part| (*part).to_owned()).collect()
    }

    /// A list or a record.
    async fn get(
        &self,
        rest: &[&str],
        query: &[(&'static str, String)],
    ) -> Result<Document, ConnectorError> {
        let path = self.path(rest);
        let response = self
            .session
            .send(|token| {
                query
                    .iter()
                    .fold(Request::get(path.clone()), |request, (name, value)| {
                        request.query(name, value.clone())
                    })
                    .bearer(token)
            })
            .await?;
        let response = response.into_success(rest.first().copied().unwrap_or_default())?;
        Document::of(response.into_json())
    }

    /// Creates a record: the answer's document, or the source's words for its refusal.
    async fn create(
        &self,
        rest: &[&str],
        body: &Value,
    ) -> Result<Result<Document, String>, ConnectorError> {
        let path = self.path(rest);
        let response = self
            .session
            .send(|token| Request::post(path.clone(), body.clone()).bearer(token))
            .await?;
        match response.status {
            400 | 404 | 422 => Ok(Err(json_api::refusal(&response.refusal()))),
            _ => {
                let response = response.into_success(rest.first().copied().unwrap_or_default())?;
                Document::of(response.into_json()).map(Ok)
            }
        }
    }

    async fn test(&self) -> Result<ConnectionReport, ConnectorError> {
        let first = [("page[number]", "1".to_owned()), ("page[size]", "1".to_owned())];
        let document = self.get(&["sales_invoices"], &first).await?;
        let total = document.total_count()?;
        Ok(ConnectionReport {
            message: format!("Paraşüt'e bağlanıldı: firmada {total} satış faturası var."),
        })
    }
}

const CAPABILITIES: Capabilities = Capabilities {
    pull_invoices: true,
    pull_bank_transactions: true,
    push_invoices: true,
    push_bank_transactions: true,
};

#[async_trait]
impl Connector for Parasut {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::Parasut
    }

    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        self.test().await
    }
}

#[async_trait]
impl AccountingConnector for Parasut {
    async fn pull_invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        self.invoices(request).await
    }

    async fn push_invoices(
        &self,
        invoices: &[OutgoingInvoice],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        self.create_invoices(invoices).await
    }
}

#[async_trait]
impl BankConnector for Parasut {
    async fn pull_transactions(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        self.account_movements(request).await
    }

    async fn push_transactions(
        &self,
        transactions: &[OutgoingTransaction],
    ) -> Result<Vec<PushOutcome>, ConnectorError> {
        self.create_transactions(transactions).await
    }
}
