//! Files in a folder or below a bucket's prefix: what an office's programs and banks export, of every
//! kind that the document pipeline reads as an invoice or a statement.
//!
//! An object is taken when it has been quiet for a while, and once per version; what became of it is
//! kept with the page's records ([`crate::port::ObjectLedger`]). Nothing is moved or deleted.

mod take;
mod walk;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use storage::{ObjectStore, Prefix, StorageError, TenantScope};
use tokio::sync::Mutex;

use crate::{
    config::IntegrationConfig,
    connector::{
        AccountingConnector, BankConnector, Capabilities, ConnectionReport, Connector, PullRequest,
    },
    documents::{self, StatementDefaults},
    environment::{Documents, Environment, Integration, Ports},
    error::ConnectorError,
    page::Page,
    port::{Clock, ObjectLedger},
    record::{BankTransactionRecord, InvoiceRecord},
    registry::ConnectorCode,
};
use take::{Content, Wanted};
use walk::Listing;

/// How long an object must have been quiet before it is read.
const SETTLE: Duration = Duration::from_mins(1);
/// Objects listed for the test of a connection.
const TEST_OBJECTS: usize = 1000;

/// A file drop of one integration.
#[derive(Debug)]
pub struct FileDrop {
    code: ConnectorCode,
    store: Arc<dyn ObjectStore>,
    prefix: Prefix,
    folder: String,
    settle: Duration,
    defaults: StatementDefaults,
    /// Mark of the settings that statements are read with.
    settings: String,
    documents: Documents,
    ledger: Arc<dyn ObjectLedger>,
    listing: Mutex<Option<Listing>>,
    clock: Arc<dyn Clock>,
}

impl FileDrop {
    /// From the settings `folder` (below the office's own part of the store), `settleSeconds`, and for
    /// statements that do not say: `iban` or `accountNumber`, and `currency`.
    ///
    /// # Errors
    /// [`ConnectorError::Config`] for a folder that is none.
    pub fn new(
        code: ConnectorCode,
        integration: Integration<'_>,
        environment: &Environment,
        ports: &Ports,
    ) -> Result<Self, ConnectorError> {
        let config = integration.config;
        let folder = config.required("folder").map_err(|_| no_folder(code))?;
        let scope = TenantScope::new(integration.tenant)
            .map_err(|_| ConnectorError::protocol("the tenant's id is no part of a key"))?;
        let prefix = scope
            .below(folder.reveal().trim_matches('/'))
            .map_err(|_| IntegrationConfig::wrong("folder", "a relative path of plain names"))?;
        let settle = config.parsed("settleSeconds", "a number of seconds")?;
        let account = config.optional("iban").or_else(|| config.optional("accountNumber"));
        let defaults = StatementDefaults {
            account: account.map(|account| account.reveal().replace(' ', "")),
            currency: config.parsed("currency", "a currency's three letters")?,
        };
        Ok(Self {
            code,
            store: Arc::clone(&environment.objects),
            prefix,
            folder: folder.reveal().trim_matches('/').to_owned(),
            settle: settle.map_or(SETTLE, Duration::from_secs),
            settings: mark_of(&defaults),
            defaults,
            documents: environment.documents.clone(),
            ledger: Arc::clone(&ports.objects),
            listing: Mutex::new(None),
            clock: Arc::clone(&environment.clock),
        })
    }

    async fn test(&self) -> Result<ConnectionReport, ConnectorError> {
        let page = self.store.list(&self.prefix, None, TEST_OBJECTS).await.map_err(of_storage)?;
        let more = if page.next.is_some() { " veya daha fazla" } else { "" };
        let message = if page.objects.is_empty() && page.next.is_none() {
            format!(
                "Depoya erişildi, ama \"{}\" klasöründe dosya yok; klasörün adını ve dosyaların oraya \
                 bırakıldığını kontrol edin.",
                self.folder
            )
        } else {
            format!("Klasöre erişildi: {}{more} dosya var.", page.objects.len())
        };
        Ok(ConnectionReport { message })
    }
}

/// Tells settings from others: a file that was refused under these is worth reading under others.
fn mark_of(defaults: &StatementDefaults) -> String {
    let account = defaults.account.as_deref().unwrap_or_default();
    let currency = defaults.currency.map(|currency| currency.to_string()).unwrap_or_default();
    let digest = Sha256::digest(format!("{account}|{currency}"));
    hex::encode(digest.get(..8).unwrap_or_default())
}

const CAPABILITIES: Capabilities = Capabilities {
    pull_invoices: true,
    pull_bank_transactions: true,
    push_invoices: false,
    push_bank_transactions: false,
};

#[async_trait]
impl Connector for FileDrop {
    fn code(&self) -> ConnectorCode {
        self.code
    }

    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        self.test().await
    }
}

#[async_trait]
impl AccountingConnector for FileDrop {
    async fn pull_invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        self.pull(request, Wanted::Invoices, |content, sha256| match content {
            Content::Invoice(fields) => {
                documents::invoice(fields, None, sha256).map(|one| vec![one])
            }
            Content::Statement(..) => Ok(Vec::new()),
        })
        .await
    }
}

#[async_trait]
impl BankConnector for FileDrop {
    async fn pull_transactions(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<BankTransactionRecord>, ConnectorError> {
        self.pull(request, Wanted::Statements, |content, _| match content {
            Content::Statement(fields, findings) => {
                documents::transactions(fields, findings, &self.defaults)
            }
            Content::Invoice(_) => Ok(Vec::new()),
        })
        .await
    }
}

/// A code that is served by files, without a folder: says so instead of pretending (the codes of banks
/// and packages whose own interface is not public).
fn no_folder(code: ConnectorCode) -> ConnectorError {
    ConnectorError::config(
        format!(
            "{code} is served by the files that it exports: set folder to where they are put \
             (docs/connectors.md)"
        ),
        "Bu sağlayıcının herkese açık bir arayüzü yok; dışa aktardığı dosyaların konulacağı klasörü \
         \"folder\" alanına girin.",
    )
}

fn of_storage(error: StorageError) -> ConnectorError {
    if error.is_retryable() {
        return ConnectorError::transient(error.to_string());
    }
    match error {
        StorageError::NotFound { .. } | StorageError::Denied { .. } => ConnectorError::config(
            error.to_string(),
            "Dosya klasörüne erişilemiyor; \"folder\" alanını ve yetkileri kontrol edin.",
        ),
        other => ConnectorError::protocol(other.to_string()),
    }
}
