//! Mikro: invoices out of the customer's own server, by its interface for reading.
//!
//! Built to what independent clients of the interface do; the vendor's documentation was not at hand
//! (`docs/connectors.md`). There is no call that lists invoices, so `SqlVeriOkuV2` reads them with the
//! constant statements of `statement.rs`. The server stands at the customer's: its address may be
//! private, and its certificate is trusted by the customer's authority or by its fingerprint, never
//! unseen.

mod envelope;
mod invoices;
mod statement;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    config::IntegrationConfig,
    connector::{AccountingConnector, Capabilities, ConnectionReport, Connector, PullRequest},
    environment::{Environment, Integration},
    error::ConnectorError,
    http::{Client, ClientParts, Rate, Reach, Trust},
    page::Page,
    port::Clock,
    record::InvoiceRecord,
    registry::ConnectorCode,
    secret::Secret,
    values,
};
use envelope::Login;
use statement::Statement;

/// The server is an office machine.
const RATE: Rate = Rate { calls: 5, per: Duration::from_secs(1) };
const PAUSE: Duration = Duration::from_secs(30);

/// A Mikro server at a customer's.
#[derive(Debug)]
pub struct Mikro {
    client: Client,
    login: Login,
    clock: Arc<dyn Clock>,
}

impl Mikro {
    /// From the settings `baseUrl` (scheme, host and port), `apiKey`, `companyId` (FirmaKodu),
    /// `username` (KullaniciKodu), `apiSecret` (its password), `year` (CalismaYili, this year by
    /// default), and `caCertificate` or `certificateSha256`.
    ///
    /// # Errors
    /// [`ConnectorError::Config`].
    pub fn new(
        integration: Integration<'_>,
        environment: &Environment,
    ) -> Result<Self, ConnectorError> {
        let config = integration.config;
        let trust = trust(config)?;
        let parts = ClientParts {
            base: config.required("baseUrl")?.reveal(),
            setting: "baseUrl",
            reach: Reach::OnPremises,
            trust: &trust,
            bucket: environment.buckets.of(integration.id, RATE),
            default_pause: PAUSE,
        };
        let login = Login {
            key: config.required("apiKey")?.clone(),
            company: config.required("companyId")?.clone(),
            user: config.required("username")?.clone(),
            password: config.required("apiSecret")?.clone(),
            year: config.parsed("year", "a year")?,
        };
        let client = Client::new(&parts, &environment.http)?;
        Ok(Self { client, login, clock: Arc::clone(&environment.clock) })
    }

    /// Runs a statement: its rows. The daily password is by the day in Turkey; where the server's day
    /// is another (it may count by UTC), the other one is tried once.
    async fn rows(&self, statement: &Statement) -> Result<Vec<Value>, ConnectorError> {
        let now = self.clock.now();
        let today = values::day_in_turkey(now);
        match self.ask(statement, today).await {
            Err(ConnectorError::Credentials { .. }) if now.date_naive() != today => {
                self.ask(statement, now.date_naive()).await
            }
            other => other,
        }
    }

    async fn ask(
        &self,
        statement: &Statement,
        day: chrono::NaiveDate,
    ) -> Result<Vec<Value>, ConnectorError> {
        let request = self.login.request(statement, day);
        let response = self.client.send(request).await?;
        envelope::rows(response.into_success("SqlVeriOkuV2")?.into_json())
    }
}

fn trust(config: &IntegrationConfig) -> Result<Trust, ConnectorError> {
    if let Some(fingerprint) = config.optional("certificateSha256") {
        return Trust::fingerprint(fingerprint.reveal()).ok_or_else(|| {
            IntegrationConfig::wrong("certificateSha256", "a SHA-256 of 64 hex digits")
        });
    }
    Ok(match config.optional("caCertificate").map(Secret::reveal) {
        Some(pem) => Trust::Authority(pem.to_owned()),
        None => Trust::System,
    })
}

#[async_trait]
impl Connector for Mikro {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::MikroAccounting
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { pull_invoices: true, ..Capabilities::default() }
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        let rows = self.rows(&Statement::count_invoices()).await?;
        let count = rows.first().and_then(|row| values::text_or_number(row, "invoice_count"));
        let count = count.ok_or_else(|| ConnectorError::protocol("SqlVeriOkuV2 gives no count"))?;
        Ok(ConnectionReport {
            message: format!("Mikro'ya bağlanıldı: {count} fatura kaydı var.")
        })
    }
}

#[async_trait]
impl AccountingConnector for Mikro {
    async fn pull_invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        self.pull(request).await
    }
}
