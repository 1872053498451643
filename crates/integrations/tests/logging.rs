//! What the connectors log: every call, and no secret and no content of any.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use domain::TenantId;
use integrations::{
    Documents, Environment, Integration, IntegrationConfig, KeyRing, Ports, PullRequest, connect,
    http::Buckets,
    testing::{
        Answer, Fault, ManualClock, MemoryLedger, MemoryTokens, ParasutSource, Server, local_http,
    },
};
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn calls_are_logged_without_secrets_parameters_or_bodies() {
    let kept = Kept::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(kept.clone())
        .init();
    let source = Arc::new(ParasutSource::default());
    for _ in 0..3 {
        source.add_sale("2026-03-01", "2026-03-01T10:00:00Z", 4_242, "4540536920");
    }
    let server = Server::start(Arc::clone(&source)).unwrap();
    let refusal = Answer::text(500, "body-secret: Örnek Alıcı");
    server.fail_after(1, Fault::Instead(refusal));
    let folder = tempfile::tempdir().unwrap();
    let now = chrono::DateTime::parse_from_rfc3339("2026-03-10T09:00:00+03:00").unwrap();
    let environment = Environment {
        clock: Arc::new(ManualClock::at(now.to_utc())),
        http: local_http(),
        buckets: Buckets::default(),
        allow_mock: false,
        mock_calls: integrations::connectors::mock::MockCalls::default(),
        objects: Arc::new(storage::LocalStore::open(folder.path()).unwrap()),
        documents: Documents {
            reader: doc_pipeline::isolation::Reader::new("/nowhere", [""; 0]),
            limits: doc_pipeline::Limits::default(),
        },
    };
    let config = ParasutSource::config(&server.base());
    let config = IntegrationConfig::open("cint0001", &config, &KeyRing::default()).unwrap();
    let tenant = TenantId::new("ckoffice0001");
    let integration =
        Integration { id: "cint0001", tenant: &tenant, code: "PARASUT", config: &config };
    let ports = Ports {
        tokens: Arc::new(MemoryTokens::default()),
        objects: Arc::new(MemoryLedger::default()),
    };
    let connected = connect(integration, &environment, &ports).unwrap();
    let request = PullRequest { cursor: None, since: "2026-01-01".parse().unwrap(), page_size: 25 };
    let page = connected.accounting().unwrap().pull_invoices(request).await.unwrap();
    assert_eq!(page.records.len(), 3);
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    for wanted in ["POST /oauth/token", "GET /v4/115/sales_invoices", "status=200", "500"] {
        assert!(log.contains(wanted), "{wanted}: {log}");
    }
    for unwanted in ["-secret", "Örnek", "4540536920", "42.42", "page%5B", "ayse@"] {
        assert!(!log.contains(unwanted), "{unwanted}: {log}");
    }
}
