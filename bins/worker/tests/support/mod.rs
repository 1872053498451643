//! A platform in small: a migrated database, a storage folder, an office, and real worker processes.
#![allow(dead_code, unused_imports, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod documents;
mod process;
mod syncs;

use std::{fs, path::Path, time::Duration};

use dev_postgres::{Server, TestDatabase};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls, Row, types::ToSql};

pub(crate) use documents::{demo, invoice_xml};
pub(crate) use process::{Finished, Worker, command};
pub(crate) use syncs::{ALL_DONE, LOCAL, SETTINGS};

/// How long a condition may take to come true before the test fails; nothing is measured by it.
const PATIENCE: Duration = Duration::from_mins(3);

/// Opens the database when asked, so that a restarted server is no obstacle.
enum Home {
    Shared(TestDatabase),
    Own { server: Box<Server>, url: String, _folder: TempDir },
}

/// One office with one client company, one user, and a folder of objects.
pub(crate) struct Platform {
    home: Home,
    storage: TempDir,
    /// The office.
    pub(crate) tenant: &'static str,
}

impl Platform {
    /// On the shared server.
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::from_template("worker", &version(), build).await.unwrap();
        Self::begin(Home::Shared(database)).await
    }

    /// On a server of its own, for a test that restarts it.
    pub(crate) async fn with_own_server() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            dev_postgres::Options { folder: Some(folder.path().join("pg")), ..Default::default() };
        let server = Box::new(Server::start(&options).unwrap());
        let url = server.create_database("crash", None).await.unwrap();
        build(url.clone()).await.unwrap();
        Self::begin(Home::Own { server, url, _folder: folder }).await
    }

    async fn begin(home: Home) -> Self {
        let platform = Self { home, storage: tempfile::tempdir().unwrap(), tenant: "office-1" };
        platform.add_tenant(platform.tenant).await;
        platform
    }

    /// Where the database is.
    pub(crate) fn url(&self) -> String {
        match &self.home {
            Home::Shared(database) => database.url(),
            Home::Own { url, .. } => url.clone(),
        }
    }

    /// The server, when it is this test's own.
    pub(crate) fn server(&self) -> &Server {
        match &self.home {
            Home::Shared(_) => panic!("the shared server is not this test's to restart"),
            Home::Own { server, .. } => server,
        }
    }

    /// The folder of the objects.
    pub(crate) fn storage(&self) -> &Path {
        self.storage.path()
    }

    /// Inserts an office as the platform's backend does.
    pub(crate) async fn add_tenant(&self, tenant: &str) {
        let client = self.connect().await;
        let sql = format!(
            "INSERT INTO tenants (id, name, slug, updated_at) VALUES ('{tenant}', 'Ofis', '{tenant}', now());
             INSERT INTO users (id, email, hashed_password, full_name, updated_at)
                 VALUES ('user-{tenant}', '{tenant}@ornek.test', 'x', 'Mali Müşavir', now());
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 VALUES ('company-{tenant}', '{tenant}', 'ÖZGÜN ÇELİK SANAYİ A.Ş.', 'Anonim', '8451720691', now());"
        );
        client.batch_execute(&sql).await.unwrap();
    }

    /// Stores a file and inserts document and job as the platform's backend does, without the columns
    /// that the worker added.
    pub(crate) async fn upload(&self, document: &str, file: &str, bytes: &[u8]) {
        self.upload_for(self.tenant, document, file, Some(bytes)).await;
    }

    /// As [`Self::upload`], for an office, and without an object when there are no bytes.
    pub(crate) async fn upload_for(
        &self,
        tenant: &str,
        document: &str,
        file: &str,
        bytes: Option<&[u8]>,
    ) {
        let path = format!("documents/doc_{document}/{file}");
        if let Some(bytes) = bytes {
            let target = self.storage().join(tenant).join(&path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
        let size = i64::try_from(bytes.unwrap_or_default().len()).unwrap();
        let mime = match file.rsplit_once('.').map(|(_, ending)| ending) {
            Some("xml") => "application/xml",
            Some("pdf") => "application/pdf",
            Some("jpg") => "image/jpeg",
            Some("zip") => "application/zip",
            _ => "application/octet-stream",
        };
        let (company, user, job) =
            (format!("company-{tenant}"), format!("user-{tenant}"), format!("job-{document}"));
        let client = self.connect().await;
        client
            .execute(
                "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                     storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
                 VALUES ($1, $2, $3, 'OTHER', $4, $5, $6, $7, $8, now())",
                &[&document, &tenant, &company, &file, &path, &mime, &size, &user],
            )
            .await
            .unwrap();
        client
            .execute(
                "INSERT INTO document_processing_jobs (id, tenant_id, document_id, updated_at)
                 VALUES ($1, $2, $3, now())",
                &[&job, &tenant, &document],
            )
            .await
            .unwrap();
    }

    /// Stores and inserts many invoices at once, each with a number of its own.
    pub(crate) async fn upload_invoices(&self, count: u32) {
        let folder = self.storage().join(self.tenant).join("documents/many");
        fs::create_dir_all(&folder).unwrap();
        for number in 1..=count {
            fs::write(folder.join(format!("{number}.xml")), invoice_xml(number)).unwrap();
        }
        let client = self.connect().await;
        let count = i32::try_from(count).unwrap();
        let tenant = self.tenant;
        let sql = format!(
            "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                 storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
             SELECT 'doc-' || n, '{tenant}', 'company-{tenant}', 'INVOICE', n || '.xml',
                 'documents/many/' || n || '.xml', 'application/xml', 5000, 'user-{tenant}', now()
             FROM generate_series(1, {count}) n;
             INSERT INTO document_processing_jobs (id, tenant_id, document_id, updated_at)
             SELECT 'job-' || n, '{tenant}', 'doc-' || n, now() FROM generate_series(1, {count}) n;"
        );
        client.batch_execute(&sql).await.unwrap();
    }

    /// A connection that ends with its client.
    pub(crate) async fn connect(&self) -> Client {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match tokio_postgres::connect(&self.url(), NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return client;
                }
                // A server that is being restarted refuses.
                Err(error) => assert!(tokio::time::Instant::now() < deadline, "{error}"),
            }
            tick().await;
        }
    }

    /// One row.
    pub(crate) async fn row(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Row {
        self.connect().await.query_one(sql, values).await.unwrap()
    }

    /// One number.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.row(sql, &[]).await.get(0)
    }

    /// Waits until a query that gives one boolean gives true.
    pub(crate) async fn until(&self, sql: &str) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let client = self.connect().await;
            // The server may be restarted between connecting and asking.
            if let Ok(row) = client.query_one(sql, &[]).await
                && row.get::<_, bool>(0)
            {
                return;
            }
            if tokio::time::Instant::now() >= deadline {
                let jobs = client
                    .query(
                        "SELECT status, count(*), min(last_error_message)
                         FROM document_processing_jobs GROUP BY 1",
                        &[],
                    )
                    .await;
                panic!("never true: {sql}; jobs: {jobs:?}");
            }
            drop(client);
            tick().await;
        }
    }

    /// Job status, document status and the sentence for people.
    pub(crate) async fn state(&self, document: &str) -> (String, String, Option<String>) {
        let row = self
            .row(
                "SELECT j.status, d.status, d.processing_error_message
                 FROM documents d JOIN document_processing_jobs j ON j.document_id = d.id
                 WHERE d.id = $1",
                &[&document],
            )
            .await;
        (row.get(0), row.get(1), row.get(2))
    }

    /// A worker of this platform with the given arguments and settings.
    pub(crate) fn worker(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Worker {
        let mut command = command();
        command
            .args(arguments)
            .env("DATABASE_URL", self.url())
            .env("STORAGE_BASE_PATH", self.storage())
            .env("WORKER_RETRY_BASE_MS", "20")
            .env("WORKER_RETRY_CAP_MS", "50")
            .envs(settings.iter().copied());
        Worker::start(command)
    }

    /// Runs a worker until everything due is done.
    pub(crate) fn drain(&self) -> Finished {
        let finished = self.worker(&["run", "--once"], &[]).wait();
        assert_eq!(finished.code, Some(0), "{finished:?}");
        finished
    }
}

/// Lets a moment pass between two looks at a condition.
pub(crate) async fn tick() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Waits until a condition holds.
pub(crate) async fn until(condition: impl Fn() -> bool, what: &str) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !condition() {
        assert!(tokio::time::Instant::now() < deadline, "never came: {what}");
        tick().await;
    }
}

/// Changes with what [`build`] makes.
fn version() -> String {
    database::migrate::digest()
}

async fn build(url: String) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let database = database::Database::connect(database::Config::new(url.parse()?)).await?;
    database::migrate::run(&database).await?;
    database::seed::seed_platform_rules(&database).await?;
    database.close();
    Ok(())
}
