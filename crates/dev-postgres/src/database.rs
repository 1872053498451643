//! Databases made for one test each, and the templates that they are copied from.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{Client, NoTls};

use crate::{Error, Server};

/// One builder of a template at a time; any number that nobody else uses.
const TEMPLATE_LOCK: i64 = 0x0064_6576_5f70_6701;

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    server: &'static Server,
    name: String,
}

impl TestDatabase {
    /// An empty database on the shared server.
    pub async fn empty() -> Result<Self, Error> {
        Self::on(shared().await?, None).await
    }

    /// A copy of the template of this name and version, which `build` fills at the first call.
    ///
    /// `version` should be a digest of what `build` does, such as of all migrations. `build` gets
    /// the URL of an empty database and must have closed its connections when it returns.
    pub async fn from_template<E>(
        name: &str,
        version: &str,
        build: impl AsyncFnOnce(String) -> Result<(), E>,
    ) -> Result<Self, Error>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let server = shared().await?;
        let template = server.template(name, version, build).await?;
        Self::on(server, Some(&template)).await
    }

    async fn on(server: &'static Server, template: Option<&str>) -> Result<Self, Error> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        server.create_database(&name, template).await?;
        Ok(Self { server, name })
    }

    /// Its URL, user and password included.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that it lies on.
    pub fn server(&self) -> &'static Server {
        self.server
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A drop cannot wait on the caller's runtime, which may have one thread: it brings its own.
        let (url, name) = (self.server.admin_url().to_owned(), quoted(&self.name));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let client = connect(&url).await.map_err(std::io::Error::other)?;
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                client.batch_execute(&drop).await.map_err(std::io::Error::other)
            })
        });
        // A server that a crash test left stopped cannot drop it; the next start sweeps it away.
        let _ = dropped.join();
    }
}

impl Server {
    /// Makes a database, as a copy of `template` if one is given, and returns its URL.
    pub async fn create_database(
        &self,
        name: &str,
        template: Option<&str>,
    ) -> Result<String, Error> {
        let client = connect(self.admin_url()).await?;
        client
            .batch_execute(&create_statement(&client, name, template).await?)
            .await
            .map_err(Error::database("make a database"))?;
        Ok(self.url(name))
    }

    /// Whether a database of this name exists.
    pub async fn has_database(&self, name: &str) -> Result<bool, Error> {
        let client = connect(self.admin_url()).await?;
        let found = client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await
            .map_err(Error::database("list the databases"))?;
        Ok(found.is_some())
    }

    /// Drops a database and ends its connections; nothing happens when there is none.
    pub async fn drop_database(&self, name: &str) -> Result<(), Error> {
        drop_database(&connect(self.admin_url()).await?, name).await
    }

    /// The name of the template database of this name and version; see
    /// [`TestDatabase::from_template`].
    pub async fn template<E>(
        &self,
        name: &str,
        version: &str,
        build: impl AsyncFnOnce(String) -> Result<(), E>,
    ) -> Result<String, Error>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let prefix = format!("template_{name}_");
        let full = format!("{prefix}{}", version.get(..16).unwrap_or(version));
        let client = connect(self.admin_url()).await?;
        client
            .execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK])
            .await
            .map_err(Error::database("lock the templates"))?;
        let rows = client
            .query(
                "SELECT datname::text, datistemplate FROM pg_database \
                 WHERE starts_with(datname::text, $1)",
                &[&prefix],
            )
            .await
            .map_err(Error::database("list the templates"))?;
        for row in rows {
            let (found, finished): (String, bool) = (row.get(0), row.get(1));
            if found == full && finished {
                return Ok(full);
            }
            // Half-built ones go, and those of older versions when nobody else can be using them.
            if found == full || self.is_exclusive() {
                let unmark = format!("ALTER DATABASE {} IS_TEMPLATE false", quoted(&found));
                client
                    .batch_execute(&unmark)
                    .await
                    .map_err(Error::database("unmark a template"))?;
                drop_database(&client, &found).await?;
            }
        }
        let create = create_statement(&client, &full, None).await?;
        client.batch_execute(&create).await.map_err(Error::database("make a template"))?;
        build(self.url(&full)).await.map_err(|error| Error::Template(error.into()))?;
        let name = quoted(&full);
        // Nobody may be connected to a database that is copied.
        let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1";
        client
            .batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            .await
            .map_err(Error::database("close a template"))?;
        client.execute(end, &[&full]).await.map_err(Error::database("close a template"))?;
        client
            .batch_execute(&format!("ALTER DATABASE {name} IS_TEMPLATE true"))
            .await
            .map_err(Error::database("finish a template"))?;
        Ok(full)
    }

    /// Drops what killed test processes left behind.
    async fn sweep(&self) -> Result<(), Error> {
        let client = connect(self.admin_url()).await?;
        let rows = client
            .query("SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%'", &[])
            .await
            .map_err(Error::database("list the databases"))?;
        for row in rows {
            drop_database(&client, row.get(0)).await?;
        }
        Ok(())
    }
}

/// The shared server, swept once. Its start blocks the thread, which tests can afford.
async fn shared() -> Result<&'static Server, Error> {
    static SWEPT: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let server = Server::shared()?;
    if server.is_exclusive() {
        SWEPT.get_or_try_init(|| server.sweep()).await?;
    }
    Ok(server)
}

async fn drop_database(client: &Client, name: &str) -> Result<(), Error> {
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name)))
        .await
        .map_err(Error::database("drop a database"))
}

async fn create_statement(
    client: &Client,
    name: &str,
    template: Option<&str>,
) -> Result<String, Error> {
    let row = client
        .query_one("SELECT current_setting('server_version_num')::int", &[])
        .await
        .map_err(Error::database("say its version"))?;
    let version: i32 = row.get(0);
    let template = template.unwrap_or("template0");
    // Copying files beats writing every block to the log, which is the default since 15.
    let strategy = if version >= 150_000 { " STRATEGY FILE_COPY" } else { "" };
    Ok(format!("CREATE DATABASE {} TEMPLATE {}{strategy}", quoted(name), quoted(template)))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.map_err(Error::database("take a connection"))?;
    // Ends with the client; its errors reach the client's own calls.
    tokio::spawn(connection);
    Ok(client)
}
