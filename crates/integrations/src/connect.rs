//! From an integration's code and settings to its connector.

use std::sync::Arc;

use crate::{
    connector::{AccountingConnector, BankConnector, Capabilities, ConnectionReport, Connector},
    connectors::{
        file_drop::FileDrop,
        gocardless::Gocardless,
        mikro::Mikro,
        mock::{MockAccounting, MockBank},
        nilvera::Nilvera,
        ohvps::Ohvps,
        parasut::Parasut,
    },
    environment::{Environment, Integration, Ports},
    error::ConnectorError,
    registry::ConnectorCode,
};

/// The connector of an integration: for invoices, for bank movements, or both.
#[derive(Debug, Clone)]
pub struct Connected {
    connector: Arc<dyn Connector>,
    accounting: Option<Arc<dyn AccountingConnector>>,
    bank: Option<Arc<dyn BankConnector>>,
}

impl Connected {
    fn to_accounting(connector: impl AccountingConnector + 'static) -> Self {
        let connector = Arc::new(connector);
        Self { connector: Arc::clone(&connector) as _, accounting: Some(connector), bank: None }
    }

    fn to_bank(connector: impl BankConnector + 'static) -> Self {
        let connector = Arc::new(connector);
        Self { connector: Arc::clone(&connector) as _, accounting: None, bank: Some(connector) }
    }

    fn to_both(connector: impl AccountingConnector + BankConnector + 'static) -> Self {
        let connector = Arc::new(connector);
        let accounting = Some(Arc::clone(&connector) as _);
        Self { connector: Arc::clone(&connector) as _, accounting, bank: Some(connector) }
    }

    /// Which connector it is.
    pub fn code(&self) -> ConnectorCode {
        self.connector.code()
    }

    /// What it can do.
    pub fn capabilities(&self) -> Capabilities {
        self.connector.capabilities()
    }

    /// The source of invoices.
    ///
    /// # Errors
    /// [`ConnectorError::Unsupported`] where it has none.
    pub fn accounting(&self) -> Result<&Arc<dyn AccountingConnector>, ConnectorError> {
        self.accounting.as_ref().ok_or_else(|| ConnectorError::unsupported(self.code(), "invoices"))
    }

    /// The source of bank movements.
    ///
    /// # Errors
    /// [`ConnectorError::Unsupported`] where it has none.
    pub fn bank(&self) -> Result<&Arc<dyn BankConnector>, ConnectorError> {
        self.bank
            .as_ref()
            .ok_or_else(|| ConnectorError::unsupported(self.code(), "bank transactions"))
    }

    /// Asks the source for something that needs the credentials.
    ///
    /// # Errors
    /// Every [`ConnectorError`].
    pub async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        self.connector.test_connection().await
    }
}

/// Makes the connector of an integration. Nothing is sent yet.
///
/// # Errors
/// [`ConnectorError::Unsupported`] for a code that no connector of this build has, and
/// [`ConnectorError::Config`] for settings that it cannot use; both say what to do.
pub fn connect(
    integration: Integration<'_>,
    environment: &Environment,
    ports: &Ports,
) -> Result<Connected, ConnectorError> {
    let code: ConnectorCode = integration.code.parse().map_err(|_| unknown(integration.code))?;
    Ok(match code {
        ConnectorCode::MockAccounting => {
            Connected::to_accounting(MockAccounting::new(integration, environment)?)
        }
        ConnectorCode::MockBank => Connected::to_bank(MockBank::new(integration, environment)?),
        ConnectorCode::MikroAccounting if integration.config.optional("baseUrl").is_some() => {
            Connected::to_accounting(Mikro::new(integration, environment)?)
        }
        // By the files that they export; Mikro too, where no server of its own can be reached.
        ConnectorCode::MikroAccounting
        | ConnectorCode::LogoAccounting
        | ConnectorCode::Eta
        | ConnectorCode::IsBankasi
        | ConnectorCode::GarantiBbva
        | ConnectorCode::FileDrop => {
            Connected::to_both(FileDrop::new(code, integration, environment, ports)?)
        }
        ConnectorCode::Nilvera => Connected::to_accounting(Nilvera::new(integration, environment)?),
        ConnectorCode::Parasut => {
            Connected::to_both(Parasut::new(integration, environment, ports)?)
        }
        ConnectorCode::Ohvps => Connected::to_bank(Ohvps::new(integration, environment, ports)?),
        ConnectorCode::Gocardless => {
            Connected::to_bank(Gocardless::new(integration, environment, ports)?)
        }
    })
}

fn unknown(code: &str) -> ConnectorError {
    ConnectorError::Unsupported {
        code: code.to_owned(),
        what: "anything".to_owned(),
        advice:
            "no connector of this build has the code; choose another provider, or FILE_DROP for \
                 the files that it exports"
                .to_owned(),
        message: "Bu sağlayıcı için bağlayıcı yok; başka bir sağlayıcı seçin veya dosya klasörü \
                  (FILE_DROP) kullanın."
            .to_owned(),
    }
}
