//! Nilvera: the e-Fatura and e-Arşiv of an office's customer, listed and then read as UBL.
//!
//! Built to the vendor's OpenAPI (`/einvoice/Purchase`, `/einvoice/Sale`, `/earchive/Invoices`, and
//! `…/{UUID}/xml`). The lists are walked by the time of creation, ascending, so what is new is always
//! ahead; `range.rs` says how a page follows another, and what happens where the order is not kept.

mod range;
mod walk;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use doc_pipeline::{Context, Fields, ReadError, isolation::Cancel};
use serde_json::Value;

use crate::{
    connector::{AccountingConnector, Capabilities, ConnectionReport, Connector, PullRequest},
    documents,
    environment::{Documents, Environment, Integration},
    error::ConnectorError,
    http::{Client, ClientParts, Rate, Reach, Request, Trust},
    page::{Page, SkipReason, SkippedRecord},
    port::Clock,
    record::{Direction, InvoiceRecord, InvoiceStatus},
    registry::ConnectorCode,
    secret::Secret,
    values,
};

const BASE: &str = "https://api.nilvera.com";
/// No limit is documented; this is what a careful neighbour does.
const RATE: Rate = Rate { calls: 10, per: Duration::from_secs(1) };
const PAUSE: Duration = Duration::from_secs(30);
/// How often a cut XML is asked for again before its invoice is skipped.
const XML_ATTEMPTS: u32 = 3;

/// One of the three lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum List {
    Purchases,
    Sales,
    Archive,
}

impl List {
    const ALL: [Self; 3] = [Self::Purchases, Self::Sales, Self::Archive];

    const fn path(self) -> [&'static str; 2] {
        match self {
            Self::Purchases => ["einvoice", "Purchase"],
            Self::Sales => ["einvoice", "Sale"],
            Self::Archive => ["earchive", "Invoices"],
        }
    }

    const fn switch(self) -> &'static str {
        match self {
            Self::Purchases => "pullPurchases",
            Self::Sales => "pullSales",
            Self::Archive => "pullArchive",
        }
    }

    const fn direction(self) -> Direction {
        match self {
            Self::Purchases => Direction::Purchase,
            Self::Sales | Self::Archive => Direction::Sales,
        }
    }
}

/// A Nilvera account.
#[derive(Debug)]
pub struct Nilvera {
    client: Client,
    key: Secret,
    lists: Vec<List>,
    documents: Documents,
    clock: Arc<dyn Clock>,
    /// The failure that ended a page early.
    failure: Mutex<Option<ConnectorError>>,
}

impl Nilvera {
    /// From the settings `apiKey`, `baseUrl` (the vendor's by default) and the switches
    /// `pullPurchases`, `pullSales`, `pullArchive` (on by default).
    ///
    /// # Errors
    /// [`ConnectorError::Config`].
    pub fn new(
        integration: Integration<'_>,
        environment: &Environment,
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
        let mut lists = Vec::new();
        for list in List::ALL {
            if config.switch(list.switch())?.unwrap_or(true) {
                lists.push(list);
            }
        }
        if lists.is_empty() {
            return Err(ConnectorError::config(
                "pullPurchases, pullSales and pullArchive are all off: there is nothing to pull",
                "Alış, satış ve e-Arşiv listelerinin hepsi kapalı; en az birini açın.",
            ));
        }
        Ok(Self {
            client: Client::new(&parts, &environment.http)?,
            key: config.required("apiKey")?.clone(),
            lists,
            documents: environment.documents.clone(),
            clock: Arc::clone(&environment.clock),
            failure: Mutex::new(None),
        })
    }

    fn hold(&self, error: ConnectorError) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn held(&self) -> Option<ConnectorError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn json(&self, request: Request, what: &str) -> Result<Value, ConnectorError> {
        let response = self.client.send(request.bearer(&self.key)).await?;
        Ok(response.into_success(what)?.into_json())
    }

    /// The UBL of one invoice as a record, or why it is skipped.
    async fn invoice(
        &self,
        list: List,
        uuid: &str,
        entry: &Value,
    ) -> Result<Result<InvoiceRecord, SkippedRecord>, ConnectorError> {
        let skipped =
            |reason, detail: &str| Ok(Err(SkippedRecord::new(Some(uuid), reason, detail)));
        let [area, kind] = list.path();
        let mut attempt = 1;
        let xml = loop {
            let request = Request::get([area, kind, uuid, "xml"]).raw().bearer(&self.key);
            let response = self.client.send(request).await?;
            if response.status == 404 {
                return skipped(SkipReason::UnreadableFile, "the portal does not give its XML");
            }
            match xml_of(response.into_success("the XML of an invoice")?.body) {
                Some(xml) => break xml,
                None if attempt < XML_ATTEMPTS => attempt += 1,
                None => return skipped(SkipReason::UnreadableFile, "its XML comes cut"),
            }
        };
        let context = Context { limits: self.documents.limits.clone(), ..Context::default() };
        let reader = self.documents.reader.clone();
        let reading =
            tokio::task::spawn_blocking(move || reader.read(&xml, &context, &Cancel::new()));
        let read = reading.await.map_err(|_| ConnectorError::transient("reading was ended"))?;
        let fields = match read {
            Ok(extraction) => match extraction.fields {
                Fields::Invoice(fields) => fields,
                _ => return skipped(SkipReason::UnsupportedKind, "no invoice"),
            },
            Err(error @ ReadError::ProcessFailed(_)) => {
                return Err(ConnectorError::transient(error.to_string()));
            }
            Err(error) => return skipped(SkipReason::UnreadableFile, &error.to_string()),
        };
        let mut record = match documents::invoice(&fields, Some(list.direction()), uuid) {
            Ok(record) => record,
            Err(error) => return Ok(Err(error.of(Some(uuid.to_owned())))),
        };
        // The portal's id, also where the document itself names another.
        uuid.clone_into(&mut record.external_id);
        record.status = status(list, entry);
        record.changed_at = values::instant(entry, "CreatedDate");
        Ok(Ok(record))
    }
}

/// As the OpenAPI has it, the XML is a JSON string; some answers are the XML itself. Nothing where the
/// string has no end.
fn xml_of(body: Vec<u8>) -> Option<Vec<u8>> {
    match serde_json::from_slice::<String>(&body) {
        Ok(text) => Some(text.into_bytes()),
        Err(_) if body.trim_ascii_start().first() == Some(&b'"') => None,
        Err(_) => Some(body),
    }
}

/// How far an invoice is, by the list's `StatusCode` and the answer of the other side.
fn status(list: List, entry: &Value) -> InvoiceStatus {
    let word = |field| values::text(entry, field).unwrap_or_default().to_ascii_lowercase();
    let refused = word("AnswerCode").contains("reject");
    match word("StatusCode").as_str() {
        _ if refused => InvoiceStatus::Cancelled,
        "error" => InvoiceStatus::Cancelled,
        "waiting" | "unknown" if list != List::Purchases => InvoiceStatus::Draft,
        _ => InvoiceStatus::Issued,
    }
}

#[async_trait]
impl Connector for Nilvera {
    fn code(&self) -> ConnectorCode {
        ConnectorCode::Nilvera
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { pull_invoices: true, ..Capabilities::default() }
    }

    async fn test_connection(&self) -> Result<ConnectionReport, ConnectorError> {
        let list = self.lists.first().copied().unwrap_or(List::Purchases);
        let request = Request::get(list.path()).query("Page", "1").query("PageSize", "1");
        let answer = self.json(request, "the list of invoices").await?;
        let total = values::text_or_number(&answer, "TotalCount")
            .ok_or_else(|| ConnectorError::protocol("the list of invoices has no TotalCount"))?;
        Ok(ConnectionReport {
            message: format!("Nilvera'ya bağlanıldı: listede {total} fatura var."),
        })
    }
}

#[async_trait]
impl AccountingConnector for Nilvera {
    async fn pull_invoices(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        self.pull(request).await
    }
}
