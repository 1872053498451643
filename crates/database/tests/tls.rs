//! Connections to a server with TLS, and what each mode asks of its certificate.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use database::jobs::{CHANNEL, Listener};
use database::{Config, Database, Error};
use dev_postgres::{Options, Server, StopMode};
use diesel::sql_types::Bool;
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs_core::{Shutdown, Wakeups};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

/// Somebody who issues certificates, and the file by which others trust him.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let file = folder.join(format!("{name}.pem"));
        fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), file }
    }

    /// `mode` with this authority as the only one to trust.
    fn trusted(&self, mode: &str) -> String {
        format!("sslmode={mode}&sslrootcert={}", self.file.display())
    }
}

/// A server of this test alone, its files removed at the end.
struct Secured {
    server: Server,
    folder: PathBuf,
}

impl Secured {
    fn start() -> Self {
        let name = format!("tls-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let options = Options { folder: Some(folder), ..Options::default() };
        let server = Server::start(&options).unwrap();
        let folder = server.folder().expect("a private server").to_owned();
        Self { server, folder }
    }

    /// Gives the server a certificate for `host`, and starts it again.
    fn certify(&self, authority: &Authority, host: &str, expired: bool) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        if expired {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority.issuer).unwrap();
        self.write("server.crt", &certificate.pem());
        self.write("server.key", &key.serialize_pem());
        self.server.restart(StopMode::Fast).unwrap();
    }

    /// A file in the data folder, the server's own and nobody else's to read.
    fn write(&self, name: &str, text: &str) {
        let data = self.folder.join("data");
        let owner = fs::metadata(&data).unwrap();
        let file = data.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    async fn connect(&self, query: &str) -> Result<Database, Error> {
        let url = format!("{}?{query}", self.server.url("postgres"));
        Database::connect(Config::new(url.parse().unwrap())).await
    }

    /// Whether the connection that the URL asks for comes about, and is encrypted.
    async fn encrypted(&self, query: &str) -> bool {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Bool)]
            ssl: bool,
        }
        let database = self.connect(query).await.unwrap_or_else(|error| panic!("{query}: {error}"));
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let mut connection = database.get().await.unwrap();
        let row: Row = sql_query(sql).get_result(&mut connection).await.unwrap();
        row.ssl
    }

    async fn refusal(&self, query: &str) -> String {
        let Err(error) = self.connect(query).await else { panic!("{query}: accepted") };
        error.to_string()
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let _ = self.server.stop(StopMode::Immediate);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn each_mode_asks_what_its_name_says() {
    let secured = Secured::start();
    let ours = Authority::new(&secured.folder, "ours");
    let theirs = Authority::new(&secured.folder, "theirs");

    // Passwords over TLS by SCRAM, so that the channel can be bound; as they are without TLS.
    secured.write(
        "pg_hba.conf",
        "hostssl all all 127.0.0.1/32 scram-sha-256\nhostnossl all all 127.0.0.1/32 password\n",
    );
    let plain = secured.connect("sslmode=disable").await.unwrap();
    plain.get().await.unwrap().batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
    plain.close();

    secured.certify(&ours, "127.0.0.1", false);
    for mode in ["verify-full", "require", "verify-ca"] {
        assert!(secured.encrypted(&ours.trusted(mode)).await, "{mode}");
        let why = secured.refusal(&theirs.trusted(mode)).await;
        assert!(why.contains("UnknownIssuer"), "{mode}: {why}");
        // The system's authorities did not issue it either.
        let why = secured.refusal(&format!("sslmode={mode}")).await;
        assert!(why.contains("UnknownIssuer") || why.contains("no trusted"), "{mode}: {why}");
    }
    assert!(secured.encrypted("sslmode=prefer").await);
    assert!(secured.encrypted("").await);
    assert!(secured.encrypted("sslmode=require&sslaccept=accept_invalid_certs").await);
    assert!(!secured.encrypted("sslmode=disable").await);

    // Binding the password's proof to the channel needs the channel.
    let bound = "channel_binding=require";
    assert!(secured.encrypted(&format!("{}&{bound}", ours.trusted("verify-full"))).await);
    let why = secured.refusal(&format!("sslmode=disable&{bound}")).await;
    assert!(why.contains("channel binding"), "{why}");

    notifications_come_through(&secured, &ours.trusted("verify-full")).await;

    secured.certify(&ours, "db.example.com", false);
    for mode in ["verify-full", "require"] {
        let why = secured.refusal(&ours.trusted(mode)).await;
        assert!(why.contains("not valid for name"), "{mode}: {why}");
    }
    assert!(secured.encrypted(&ours.trusted("verify-ca")).await, "for whatever host");

    secured.certify(&ours, "127.0.0.1", true);
    for mode in ["verify-full", "require", "verify-ca"] {
        let why = secured.refusal(&ours.trusted(mode)).await;
        assert!(why.contains("expired"), "{mode}: {why}");
    }
}

async fn notifications_come_through(secured: &Secured, query: &str) {
    let database = secured.connect(query).await.unwrap();
    let wakeups = Wakeups::new();
    let mut wakeup = wakeups.subscribe("document_processing");
    let (handle, shutdown) = Shutdown::new();
    let listener = Listener::new(database.clone(), wakeups);
    let listening = tokio::spawn(async move { listener.run_until(shutdown).await });
    timeout(DEADLINE, wakeup.woken()).await.expect("woken when listening begins");
    let notify = format!("SELECT pg_notify('{CHANNEL}', 'document_processing')");
    database.get().await.unwrap().batch_execute(&notify).await.unwrap();
    timeout(DEADLINE, wakeup.woken()).await.expect("woken by the notification");
    handle.stop();
    timeout(DEADLINE, listening).await.expect("the listener stops").unwrap();
}

#[test]
fn a_file_of_authorities_that_cannot_be_used_is_named() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tls-files");
    fs::create_dir_all(&folder).unwrap();
    let missing = folder.join("missing.pem");
    let empty = folder.join("empty.pem");
    fs::write(&empty, "nothing to see here\n").unwrap();
    let broken = folder.join("broken.pem");
    fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for file in [missing, empty, broken] {
        let url = format!("postgres://h/d?sslmode=verify-full&sslrootcert={}", file.display());
        let error =
            Database::lazy(Config::new(url.parse().unwrap())).map(drop).expect_err("unusable");
        assert!(matches!(error, Error::Tls { .. }) && !error.is_retryable(), "{error:?}");
        assert!(error.to_string().contains(&file.display().to_string()), "{error}");
    }
}
