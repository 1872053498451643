//! What the connector tests share: an environment, and an importer in miniature that stores pages with
//! their cursor and goes on after failures as the job engine does.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use domain::TenantId;
use integrations::{
    AccountingConnector, BankConnector, BankTransactionRecord, Connected, ConnectorError, Cursor,
    Documents, Environment, Integration, IntegrationConfig, InvoiceRecord, KeyRing, Page, Ports,
    PullRequest, SkippedRecord, connect,
    http::{Buckets, HttpSettings},
    page::Warning,
    testing::{ManualClock, MemoryLedger, MemoryTokens, local_http},
};
use serde_json::Value;
use storage::LocalStore;

pub(crate) const TENANT: &str = "ckoffice0001";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A place where connectors work.
pub(crate) struct Bench {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tokens: Arc<MemoryTokens>,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) environment: Environment,
    pub(crate) folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new(now: &str) -> Self {
        Self::with(now, local_http())
    }

    pub(crate) fn with(now: &str, http: HttpSettings) -> Self {
        let clock = Arc::new(ManualClock::at(at(now)));
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment {
            clock: Arc::clone(&clock) as _,
            http,
            buckets: Buckets::default(),
            allow_mock: true,
            mock_calls: integrations::connectors::mock::MockCalls::default(),
            objects: Arc::new(LocalStore::open(folder.path()).unwrap()),
            documents: Documents {
                // XML and text are read in this process; nothing here needs the child.
                reader: doc_pipeline::isolation::Reader::new("/nowhere", [""; 0]),
                limits: doc_pipeline::Limits::default(),
            },
        };
        let (tokens, ledger) = (Arc::default(), Arc::default());
        Self { clock, tokens, ledger, environment, folder }
    }

    pub(crate) fn connect(&self, code: &str, config: &Value) -> Result<Connected, ConnectorError> {
        let config = IntegrationConfig::open("cint0001", config, &KeyRing::default())?;
        let tenant = TenantId::new(TENANT);
        let integration = Integration { id: "cint0001", tenant: &tenant, code, config: &config };
        let ports =
            Ports { tokens: Arc::clone(&self.tokens) as _, objects: Arc::clone(&self.ledger) as _ };
        connect(integration, &self.environment, &ports)
    }

    pub(crate) fn accounting(&self, code: &str, config: &Value) -> Arc<dyn AccountingConnector> {
        Arc::clone(self.connect(code, config).unwrap().accounting().unwrap())
    }

    pub(crate) fn bank(&self, code: &str, config: &Value) -> Arc<dyn BankConnector> {
        Arc::clone(self.connect(code, config).unwrap().bank().unwrap())
    }

    pub(crate) fn drop_file(&self, key: &str, content: &[u8]) {
        let path = self.folder.path().join(TENANT).join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// What an importer would have stored.
#[derive(Debug)]
pub(crate) struct Books<R> {
    pub(crate) records: BTreeMap<String, R>,
    pub(crate) skipped: Vec<SkippedRecord>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) pages: usize,
    pub(crate) failures: Vec<ConnectorError>,
    /// Records that were new or changed in the last sync.
    pub(crate) written: usize,
    pub(crate) came_back: bool,
    ledger: Arc<MemoryLedger>,
}

impl<R: Clone + PartialEq> Books<R> {
    pub(crate) fn empty(bench: &Bench) -> Self {
        Self {
            records: BTreeMap::new(),
            skipped: Vec::new(),
            warnings: Vec::new(),
            cursor: None,
            pages: 0,
            failures: Vec::new(),
            written: 0,
            came_back: false,
            ledger: Arc::clone(&bench.ledger),
        }
    }

    /// Stores a page with its cursor, which is read back from its stored form each time.
    fn keep(&mut self, page: Page<R>, id: impl Fn(&R) -> &str) -> bool {
        for record in page.records {
            if self.records.get(id(&record)) != Some(&record) {
                self.written += 1;
            }
            self.records.insert(id(&record).to_owned(), record);
        }
        self.skipped.extend(page.skipped);
        self.warnings.extend(page.warnings);
        self.ledger.keep(&page.objects);
        self.came_back |= page.come_back.is_some();
        self.pages += 1;
        let stored = serde_json::to_string(&page.next).unwrap();
        self.cursor = Some(serde_json::from_str(&stored).unwrap());
        page.done
    }

    fn failed(&mut self, error: ConnectorError) {
        assert!(error.is_retryable(), "{error}");
        assert!(self.failures.len() < 50, "it does not get on: {:?}", self.failures);
        self.failures.push(error);
    }
}

impl Books<InvoiceRecord> {
    /// Pulls until the source is done, going on after what may pass.
    pub(crate) async fn sync(
        &mut self,
        source: &dyn AccountingConnector,
        size: usize,
        since: &str,
    ) {
        self.written = 0;
        while !self.step(source, size, since).await {}
    }

    /// One page, or a failure that may pass.
    pub(crate) async fn step(
        &mut self,
        source: &dyn AccountingConnector,
        size: usize,
        since: &str,
    ) -> bool {
        let cursor = self.cursor.clone();
        let request = PullRequest { cursor: cursor.as_ref(), since: day(since), page_size: size };
        match source.pull_invoices(request).await {
            Ok(page) => self.keep(page, |record| &record.external_id),
            Err(error) => {
                self.failed(error);
                false
            }
        }
    }
}

impl Books<BankTransactionRecord> {
    /// Pulls until the source is done, going on after what may pass. `wait` is told of pauses.
    pub(crate) async fn sync_bank(
        &mut self,
        source: &dyn BankConnector,
        since: &str,
        wait: impl Fn(std::time::Duration),
    ) {
        self.written = 0;
        loop {
            let cursor = self.cursor.clone();
            let request =
                PullRequest { cursor: cursor.as_ref(), since: day(since), page_size: 100 };
            match source.pull_transactions(request).await {
                Ok(page) => {
                    if self.keep(page, |record| &record.external_id) {
                        return;
                    }
                }
                Err(error) => {
                    if let ConnectorError::RateLimited { retry_after } = &error {
                        wait(*retry_after);
                    }
                    self.failed(error);
                }
            }
        }
    }
}

/// A small e-Fatura with its own number and ETTN.
pub(crate) fn invoice_xml(ettn: &str, number: u32) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/demo");
    let text = std::fs::read_to_string(folder.join("cinar-satis-efatura.xml")).unwrap();
    text.replace("CNR2026000000184", &format!("CNR2026{number:09}"))
        .replace("6f1f9d0c-7a4e-4b62-9d35-20c4b1a70184", ettn)
        .into_bytes()
}

/// An ETTN of its own.
pub(crate) fn ettn(number: u32) -> String {
    format!("6f1f9d0c-7a4e-4b62-9d35-{number:012}")
}
