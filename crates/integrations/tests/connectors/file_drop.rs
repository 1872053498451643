//! File drops against real files.

use std::{
    fmt::Write,
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use integrations::{
    ConnectorError, ObjectResult, PullRequest, SkipReason,
    page::{ObjectOutcome, Warning},
};
use serde_json::{Value, json};
use storage::{
    Body, ListPage, ObjectKey, ObjectMeta, ObjectReader, ObjectStore, PageToken, Prefix,
    PutOptions, StorageError, Stored,
};

use crate::support::{Bench, Books, TENANT, day, ettn, invoice_xml};

const SINCE: &str = "2026-01-01";

fn config() -> Value {
    json!({"folder": "aktarim/efatura", "settleSeconds": 60})
}

/// A bench whose clock runs an hour ahead: every file has been quiet for long.
fn later() -> Bench {
    let bench = now();
    bench.clock.advance(chrono::TimeDelta::hours(1));
    bench
}

/// A bench whose clock shows the file system's time.
fn now() -> Bench {
    let file = tempfile::NamedTempFile::new().unwrap();
    let written = file.as_file().metadata().unwrap().modified().unwrap();
    Bench::new(&chrono::DateTime::<chrono::Utc>::from(written).to_rfc3339())
}

#[tokio::test]
async fn files_are_taken_once_page_by_page() {
    let bench = later();
    for number in 0..30 {
        let xml = invoice_xml(&ettn(number), number);
        bench.drop_file(&format!("aktarim/efatura/2026/{number:02}.xml"), &xml);
    }
    bench.drop_file("aktarim/baska/99.xml", &invoice_xml(&ettn(99), 99));
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!((books.records.len(), books.pages), (30, 3));
    let one = &books.records[&ettn(3)];
    assert_eq!(
        (one.direction, one.lines.len()),
        (None, 3),
        "whose it is, the office's companies say"
    );
    assert_eq!(one.supplier.tax_number.as_deref().map(str::len), Some(10));
    books.records.clear();
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!(books.written, 0, "a version is read once");
    bench.drop_file("aktarim/efatura/2026/30.xml", &invoice_xml(&ettn(30), 30));
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!(books.written, 1);
}

#[tokio::test]
async fn the_same_content_under_another_name_gives_nothing() {
    let bench = later();
    let xml = invoice_xml(&ettn(1), 1);
    bench.drop_file("aktarim/efatura/a.xml", &xml);
    bench.drop_file("aktarim/efatura/b.xml", &xml);
    let connector = bench.accounting("ETA", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    bench.drop_file("aktarim/efatura/c.xml", &xml);
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!(books.records.len(), 1);
    let result = |key: &str| bench.ledger.outcome(key).map(|one: ObjectOutcome| one.result);
    assert_eq!(result("a.xml"), Some(ObjectResult::Taken { records: 1 }));
    assert_eq!(result("b.xml"), Some(ObjectResult::SameContent));
    assert_eq!(result("c.xml"), Some(ObjectResult::SameContent));
}

#[tokio::test]
async fn a_file_that_is_still_written_waits() {
    let bench = now();
    bench.drop_file("aktarim/efatura/a.xml", &invoice_xml(&ettn(1), 1));
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!(books.records.len(), 0);
    assert!(books.came_back, "the next sync is asked for early");
    bench.clock.advance(chrono::TimeDelta::seconds(120));
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!(books.records.len(), 1);
}

#[tokio::test]
async fn a_changed_file_is_read_again() {
    let bench = later();
    bench.drop_file("aktarim/efatura/a.xml", &invoice_xml(&ettn(1), 1));
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    let changed = String::from_utf8(invoice_xml(&ettn(1), 1)).unwrap() + "<!-- yeni -->";
    bench.drop_file("aktarim/efatura/a.xml", changed.as_bytes());
    books.pages = 0;
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!((books.records.len(), books.written), (1, 0), "read, and the same invoice");
    let taken = bench.ledger.outcome("a.xml").unwrap();
    assert_eq!(taken.version.size, changed.len() as u64);
}

#[tokio::test]
async fn what_is_no_record_is_refused_by_its_key_and_said_once() {
    let bench = later();
    bench.drop_file("aktarim/efatura/bozuk.xml", b"<Invoice");
    bench.drop_file("aktarim/efatura/fatura.pdf", b"%PDF-1.7 ...");
    bench.drop_file("aktarim/efatura/bos.xml", b"");
    bench.drop_file("aktarim/efatura/iyi.xml", &invoice_xml(&ettn(1), 1));
    bench.drop_file(
        "aktarim/efatura/dtd.xml",
        b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><Invoice>&b;</Invoice>",
    );
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!(books.records.len(), 1);
    let mut skipped: Vec<_> =
        books.skipped.iter().map(|one| (one.external_id.as_deref().unwrap(), one.reason)).collect();
    skipped.sort_unstable_by_key(|(key, _)| *key);
    assert_eq!(
        skipped,
        [
            ("bos.xml", SkipReason::UnreadableFile),
            ("bozuk.xml", SkipReason::UnreadableFile),
            ("dtd.xml", SkipReason::UnreadableFile),
            ("fatura.pdf", SkipReason::UnsupportedKind),
        ]
    );
}

/// A statement file of invented data.
fn statement(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(folder.join("../doc-pipeline/tests/fixtures/statements").join(name)).unwrap()
}

#[tokio::test]
async fn statements_of_every_text_format_become_movements_once() {
    let bench = later();
    bench.drop_file("banka/camt.xml", &statement("camt/camt053-001-08-try.xml"));
    bench.drop_file("banka/mt940.sta", &statement("mt940/try-funds-code-cp1254.sta"));
    bench.drop_file("banka/genel.csv", &statement("tr-banks/generic-borc-alacak-iso8859-9.csv"));
    bench.drop_file("banka/fatura.xml", &invoice_xml(&ettn(1), 1));
    let config = json!({
        "folder": "banka", "iban": "TR33 0006 1005 1978 6457 8413 26", "currency": "TRY",
    });
    let bank = bench.bank("IS_BANKASI", &config);
    let mut books = Books::empty(&bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert!(books.skipped.is_empty(), "{:?}", books.skipped);
    for key in ["camt.xml", "mt940.sta", "genel.csv"] {
        let result = bench.ledger.outcome(key).unwrap().result;
        assert!(
            matches!(result, ObjectResult::Taken { records } if records > 0),
            "{key}: {result:?}"
        );
    }
    assert_eq!(bench.ledger.outcome("fatura.xml").unwrap().result, ObjectResult::OtherStream);
    let before = books.records.len();
    // The same statement in another encoding, as another file: no movement is new.
    bench.drop_file("banka/mt940-utf8.sta", &statement("mt940/try-funds-code-utf8.sta"));
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.records.len(), before, "{:?}", books.records.keys());
}

#[tokio::test]
async fn twenty_five_thousand_movements_of_one_file_are_all_there() {
    let bench = later();
    let mut text = "IBAN;TR330006100519786457841326\nTarih;Açıklama;Tutar;Bakiye\n".to_owned();
    for number in 1..=25_000 {
        let day = (number - 1) * 28 / 25_000 + 1;
        writeln!(text, "{day:02}.02.2026;Havale {number};1,00;{number},00").unwrap();
    }
    bench.drop_file("banka/subat.csv", text.as_bytes());
    let bank = bench.bank("FILE_DROP", &json!({"folder": "banka", "currency": "TRY"}));
    let mut books = Books::empty(&bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!((books.records.len(), books.skipped.len()), (25_000, 0), "{:?}", books.skipped);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.written, 0);
}

#[tokio::test]
async fn a_statement_that_does_not_add_up_waits_for_a_person() {
    let bench = later();
    bench.drop_file("banka/bozuk.sta", &statement("mt940/try-balance-broken.sta"));
    let bank = bench.bank("GARANTI_BBVA", &json!({"folder": "banka"}));
    let mut books = Books::empty(&bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!(books.records.len(), 0);
    assert_eq!(books.skipped[0].reason, SkipReason::BrokenBalance, "{:?}", books.skipped);
}

/// A store that does not give one of its objects.
#[derive(Debug)]
struct Guarded {
    inner: Arc<dyn ObjectStore>,
    denied: Mutex<Option<&'static str>>,
}

#[async_trait]
impl ObjectStore for Guarded {
    async fn open(&self, key: &ObjectKey, max_bytes: u64) -> Result<ObjectReader, StorageError> {
        if self.denied.lock().unwrap().is_some_and(|denied| key.as_str().ends_with(denied)) {
            return Err(StorageError::Denied { what: key.to_string(), reason: String::new() });
        }
        self.inner.open(key, max_bytes).await
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        self.inner.put(key, body, options).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectMeta, StorageError> {
        self.inner.head(key).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        self.inner.delete(key).await
    }

    async fn list(
        &self,
        prefix: &Prefix,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<ListPage, StorageError> {
        self.inner.list(prefix, after, limit).await
    }

    async fn check(&self) -> Result<(), StorageError> {
        self.inner.check().await
    }
}

#[tokio::test]
async fn a_file_that_may_not_be_read_holds_up_no_other_and_is_read_once_it_may() {
    let mut bench = later();
    let inner = Arc::clone(&bench.environment.objects);
    let store = Arc::new(Guarded { inner, denied: Mutex::new(Some("b.xml")) });
    bench.environment.objects = Arc::clone(&store) as _;
    for (number, name) in ["a", "b", "c"].into_iter().enumerate() {
        let number = u32::try_from(number).unwrap();
        let key = format!("aktarim/efatura/{name}.xml");
        bench.drop_file(&key, &invoice_xml(&ettn(number), number));
    }
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!((books.records.len(), books.skipped.len()), (2, 1));
    assert_eq!(books.skipped[0].external_id.as_deref(), Some("b.xml"));
    *store.denied.lock().unwrap() = None;
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!((books.records.len(), books.written), (3, 1));
}

#[tokio::test]
async fn a_statement_that_lacks_its_account_is_read_when_the_settings_name_it() {
    let bench = later();
    let text =
        "Tarih;Açıklama;Tutar;Bakiye\n02.02.2026;Havale;1,00;1,00\n03.02.2026;EFT;2,00;3,00\n";
    bench.drop_file("banka/subat.csv", text.as_bytes());
    let bank = bench.bank("FILE_DROP", &json!({"folder": "banka", "currency": "TRY"}));
    let mut books = Books::empty(&bench);
    for _ in 0..2 {
        books.sync_bank(&*bank, SINCE, |_| {}).await;
    }
    assert_eq!((books.records.len(), books.skipped.len()), (0, 1), "{:?}", books.skipped);
    let config = json!({
        "folder": "banka", "currency": "TRY", "iban": "TR330006100519786457841326",
    });
    let bank = bench.bank("FILE_DROP", &config);
    for _ in 0..2 {
        books.sync_bank(&*bank, SINCE, |_| {}).await;
    }
    assert_eq!((books.records.len(), books.skipped.len()), (2, 1), "{:?}", books.skipped);
}

#[tokio::test]
async fn an_empty_or_missing_folder_is_told_until_it_holds_a_file() {
    let bench = later();
    let connected = bench.connect("FILE_DROP", &config()).unwrap();
    let report = connected.test_connection().await.unwrap();
    assert!(report.message.contains("dosya yok"), "{report:?}");
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    let empty = Warning::FolderEmpty { folder: "aktarim/efatura".to_owned() };
    assert_eq!(books.warnings, [empty]);
    bench.drop_file("aktarim/efatura/a.xml", &invoice_xml(&ettn(1), 1));
    books.sync(&*connector, 10, SINCE).await;
    std::fs::remove_file(bench.folder.path().join(TENANT).join("aktarim/efatura/a.xml")).unwrap();
    books.sync(&*connector, 10, SINCE).await;
    assert_eq!((books.records.len(), books.warnings.len()), (1, 1), "it has held one");
}

#[tokio::test]
async fn a_name_that_is_no_text_is_told() {
    let bench = later();
    bench.drop_file("aktarim/efatura/a.xml", &invoice_xml(&ettn(1), 1));
    // "şubat.xml" as a program that writes cp1254 names it.
    let name = std::ffi::OsStr::from_bytes(b"\xfeubat.xml");
    let path = bench.folder.path().join(TENANT).join("aktarim/efatura").join(name);
    std::fs::write(path, invoice_xml(&ettn(2), 2)).unwrap();
    let connector = bench.accounting("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync(&*connector, 10, SINCE).await;
    let told = Warning::NamesUnreadable { folder: "aktarim/efatura".to_owned() };
    assert_eq!((books.records.len(), books.warnings.as_slice()), (1, [told].as_slice()));
}

#[tokio::test]
async fn an_invoice_is_left_to_the_stream_of_invoices() {
    let bench = later();
    bench.drop_file("aktarim/efatura/a.xml", &invoice_xml(&ettn(1), 1));
    let bank = bench.bank("FILE_DROP", &config());
    let mut books = Books::empty(&bench);
    books.sync_bank(&*bank, SINCE, |_| {}).await;
    assert_eq!((books.records.len(), books.skipped.len()), (0, 0));
    assert_eq!(bench.ledger.outcome("a.xml").unwrap().result, ObjectResult::OtherStream);
}

#[tokio::test]
async fn a_folder_cannot_lead_out_of_the_offices_own() {
    let bench = later();
    for folder in ["../ckoffice0002", "a/../../b", "a//b", ".", "a\\b"] {
        let error = bench.connect("FILE_DROP", &json!({"folder": folder})).unwrap_err();
        assert!(matches!(error, ConnectorError::Config { .. }), "{folder}: {error}");
    }
    let other = bench.folder.path().join("ckoffice0002/aktarim");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("x.xml"), invoice_xml(&ettn(1), 1)).unwrap();
    std::fs::create_dir_all(bench.folder.path().join(TENANT)).unwrap();
    std::os::unix::fs::symlink(&other, bench.folder.path().join(TENANT).join("link")).unwrap();
    let connector = bench.accounting("FILE_DROP", &json!({"folder": "link"}));
    let request = PullRequest { cursor: None, since: day(SINCE), page_size: 10 };
    let pulled = connector.pull_invoices(request).await;
    assert!(pulled.is_err() || pulled.unwrap().records.is_empty(), "a link is not followed");
}

#[tokio::test]
async fn codes_served_by_files_say_what_to_do_instead_of_pretending() {
    let bench = later();
    for code in
        ["LOGO_ACCOUNTING", "ETA", "IS_BANKASI", "GARANTI_BBVA", "MIKRO_ACCOUNTING", "FILE_DROP"]
    {
        // The settings that the platform has asked for until now.
        let old = json!({"apiKey": "x", "apiSecret": "y", "clientId": "z", "vkn": "1"});
        let error = bench.connect(code, &old).unwrap_err();
        assert!(matches!(error, ConnectorError::Config { .. }), "{code}: {error}");
        assert!(error.in_turkish().contains("folder") && error.breaks_integration(), "{code}");
    }
    for code in ["QUICKBOOKS", "", "parasut"] {
        let error = bench.connect(code, &json!({})).unwrap_err();
        assert!(matches!(error, ConnectorError::Unsupported { .. }), "{code}: {error}");
        assert!(error.to_string().contains("FILE_DROP"), "{error}");
    }
}

#[tokio::test]
async fn the_test_of_a_connection_counts_the_files() {
    let bench = later();
    bench.drop_file("aktarim/efatura/a.xml", b"x");
    bench.drop_file("aktarim/efatura/b.xml", b"x");
    let connected = bench.connect("FILE_DROP", &config()).unwrap();
    let report = connected.test_connection().await.unwrap();
    assert!(report.message.contains("2 dosya"), "{report:?}");
    assert!(connected.capabilities().pull_invoices && !connected.capabilities().push_invoices);
    let push = connected.accounting().unwrap().push_invoices(&[]).await.unwrap_err();
    assert!(matches!(push, ConnectorError::Unsupported { .. }), "{push}");
}
