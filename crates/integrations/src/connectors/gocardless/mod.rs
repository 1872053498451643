//! GoCardless Bank Account Data: the booked movements of the accounts of a requisition.
//!
//! Built to its clients' use of `/api/v2` (no Turkish bank is known to be served). Few calls per
//! account and day are allowed: the cursor keeps a day per account, and each sync asks once per
//! account, from two days before what was seen last.

mod tokens;
mod walk;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    connector::{BankConnector, Capabilities, ConnectionReport, Connector, PullRequest},
    environment::{Environment, Integration, Ports},
    error::ConnectorError,
    http::{Client, ClientParts, Rate, Reach, Request, Trust},
    page::Page,
    port::Clock,
    record::BankTransactionRecord,
    registry::ConnectorCode,
    secret::Secret,
    session::Session,
    values,
};

const BASE: &str = "https://bankaccountdata.gocardless.com/api/v2";
const RATE: Rate = Rate { calls: 10, per: Duration::from_secs(10) };
/// A used-up quota is a day's.
const PAUSE: Duration = Duration::from_hours(1);

/// An answer about one resource.
#[derive(Debug)]
enum Answered {
    Given(Value),
    /// This resource is not given; others may be.
    Refused {
        status: u16,
        error: ConnectorError,
    },
}

/// A requisition's accounts.
#[derive(Debug)]
pub struct Gocardless {
    session: Session,
    requisition: String,
    clock: Arc<dyn Clock>,
}

impl Gocardless {
    /// From the settings `secretId`, `secretKey`, `requisitionId`; `baseUrl` is the vendor's by default.
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
            base: config.optional("baseUrl").map_or(BASE, Secret::reveal),
            setting: "baseUrl",
            reach: Reach::Internet,
            trust: &Trust::System,
            bucket: environment.buckets.of(integration.id, RATE),
            default_pause: PAUSE,
        };
        let clock = Arc::clone(&environment.clock);
        let grant = tokens::GocardlessGrant::new(config, Arc::clone(&clock))?;
        let client = Client::new(&parts, &environment.http)?;
        Ok(Self {
            session: Session::new(
                client,
                Box::new(grant),
                Arc::clone(&ports.tokens),
                Arc::clone(&clock),
            ),
            requisition: config.required("requisitionId")?.reveal().to_owned(),
            clock,
        })
    }

    /// A resource; a 401 or 403 that names the agreement is its end.
    async fn get(
        &self,
        path: &[&str],
        query: &[(&'static str, String)],
    ) -> Result<Answered, ConnectorError> {
        // Addresses of this interface end with a slash.
        let path: Vec<String> =
            path.iter().map(|part| (*part).to_owned()).chain([String::new()]).collect();
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
        match response.status {
            status @ (400 | 401 | 403 | 404 | 409) => {
                let refusal = response.refusal();
                let summary = values::text(&refusal, "summary").unwrap_or_default().to_owned();
                let words = summary.to_lowercase();
                if words.contains("expired") || words.contains("suspended") {
                    return Err(ConnectorError::ConsentExpired { detail: summary });
                }
                match response.into_success("the account") {
                    // The token is refused, also after a new one was asked for.
                    Err(error) if status == 401 => Err(error),
                    Err(error) => Ok(Answered::Refused { status, error }),
                    Ok(response) => Ok(Answered::Given(response.into_json())),
                }
            }
            _ => Ok(Answered::Given(response.into_success("the account")?.into_json())),
        }
    }

    /// The accounts of the requisition, in its order.
    async fn accounts(&self) -> Result<Vec<String>, ConnectorError> {
        let requisition = match self.get(&["requisitions", &self.requisition], &[]).await? {
            Answered::Given(requisition) => requisition,
            Answered::Refused { status: 404, .. } => {
                return Err(ConnectorError::config(
                    "there is no requisition with this requisitionId",
                    "\"requisitionId\" bulunamadı; banka bağlantısını yeniden kurun.",
                ));
            }
            Answered::Refused { error, .. } => return Err(error),
        };
        // LN: linked. EX, SU, RJ: expired, suspended, rejected.
        match values::text(&requisition, "status") {
            Some("EX" | "SU" | "RJ") => {
                return Err(ConnectorError::ConsentExpired {
                    detail: "the requisition has ended".to_owned(),
                });
            }
            Some("LN") => {}
            _ => {
                return Err(ConnectorError::config(
                    "the requisition is not linked yet: the account holder has to finish it",
                    "Banka bağlantısı tamamlanmamış; hesap sahibinin onayını tamamlayın.",
                ));
            }
        }
        let accounts = requisition.get("accounts").and_then(Value::as_array);
        let accounts =
            accounts.ok_or_else(|| ConnectorError::protocol("the requisition has no accounts"))?;
        if accounts.is_empty() {
            return Err(ConnectorError::config(
                "the requisition gives no account",
                "Banka bağlantısında hesap yok; bağlantıyı en az bir hesap seçerek yeniden kurun.",
            ));
        }
        Ok(accounts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

#[async_trait]
impl Connector for Gocardless {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::Gocardless
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { pull_bank_transactions: true, ..Capabilities::default() }
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        let accounts = self.accounts().await?;
        Ok(ConnectionReport {
            message: format!("Bağlantı kuruldu: {} hesap var.", accounts.len())
        })
    }
}

#[async_trait]
impl BankConnector for Gocardless {
    async fn pull_transactions(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        self.pull(request).await
    }
}
