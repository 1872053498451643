use std::fmt;
use std::sync::Arc;

use deadpool::Runtime;
use deadpool::managed::{PoolError as DeadpoolError, TimeoutType};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures::FutureExt;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::warn;

use super::url::chain;
use super::{Config, DatabaseUrl, TlsMode, tls};
use crate::Error;

/// One connection.
pub type Connection = AsyncPgConnection;

/// A connection of the pool, given back when it is dropped.
pub type Pooled = Object<AsyncPgConnection>;

/// The database: a pool, and a way to connections outside it. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool<AsyncPgConnection>,
    direct: Arc<Target>,
    config: Arc<Config>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Database {
    /// Makes the pool and one connection, so that a wrong address or password shows at once.
    pub async fn connect(config: Config) -> Result<Self, Error> {
        let database = Self::lazy(config)?;
        drop(database.get().await?);
        Ok(database)
    }

    /// Makes the pool without connecting.
    pub fn lazy(config: Config) -> Result<Self, Error> {
        let target = Arc::new(Target::new(&config, &config.url)?);
        let direct = match &config.direct_url {
            Some(url) => Arc::new(Target::new(&config, url)?),
            None => target.clone(),
        };
        let mut manager = ManagerConfig::default();
        // A closed client counts as broken without asking the server, which saves a round trip.
        manager.recycling_method = RecyclingMethod::Fast;
        manager.custom_setup = Box::new(move |_| {
            let target = target.clone();
            async move { target.open().await }.boxed()
        });
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config("", manager))
            .max_size(config.url.connection_limit().unwrap_or(config.pool_size).max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(config.wait_timeout))
            .create_timeout(Some(config.connect_timeout))
            .recycle_timeout(Some(config.connect_timeout))
            .build()
            .map_err(|error| Error::Unreachable { reason: error.to_string() })?;
        Ok(Self { pool, direct, config: Arc::new(config) })
    }

    /// A connection of the pool.
    pub async fn get(&self) -> Result<Pooled, Error> {
        self.pool.get().await.map_err(|error| match error {
            DeadpoolError::Timeout(TimeoutType::Wait) => {
                Error::Busy { waited: self.config.wait_timeout }
            }
            DeadpoolError::Backend(PoolError::ConnectionError(error)) => unreachable_for(&error),
            DeadpoolError::Backend(PoolError::QueryError(error)) => Error::Query(error),
            other => Error::Unreachable { reason: other.to_string() },
        })
    }

    /// A connection of its own, outside the pool and past any pooler: for listening, session locks
    /// and migrations.
    pub async fn direct(&self) -> Result<Connection, Error> {
        match tokio::time::timeout(self.config.connect_timeout, self.direct.open()).await {
            Ok(opened) => opened.map_err(|error| unreachable_for(&error)),
            Err(_) => Err(Error::Unreachable {
                reason: format!("no answer within {} ms", self.config.connect_timeout.as_millis()),
            }),
        }
    }

    /// How this was set up.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Connections of the pool that are open now, and the most that there may be.
    pub fn pool_usage(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.max_size)
    }

    /// Closes the pool: waiting and later calls of [`Database::get`] fail.
    pub fn close(&self) {
        self.pool.close();
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&self) -> Result<(), Error> {
        self.get().await?.batch_execute("SELECT 1").await?;
        Ok(())
    }
}

/// A place to connect to, with everything that a connection there needs.
struct Target {
    driver: tokio_postgres::Config,
    tls: Option<MakeRustlsConnect>,
}

impl Target {
    fn new(config: &Config, url: &DatabaseUrl) -> Result<Self, Error> {
        let mut driver = url.driver().clone();
        driver.connect_timeout(config.connect_timeout);
        if driver.get_application_name().is_none() {
            driver.application_name(&config.application_name);
        }
        if url.pgbouncer() {
            // Its sessions are shared, so the settings must be the role's.
            warn!("pgbouncer=true: time-outs and the search path must be set for the role");
        } else {
            driver.options(config.session_options(url));
        }
        if url.tls() == TlsMode::EncryptOnly {
            warn!("sslaccept=accept_invalid_certs: the server's certificate is not checked");
        }
        Ok(Self { driver, tls: tls::connector(url)? })
    }

    async fn open(&self) -> ConnectionResult<AsyncPgConnection> {
        // Both halves are handed over: without the second, there are neither notifications nor
        // early errors.
        let failed = |error: tokio_postgres::Error| ConnectionError::BadConnection(chain(&error));
        if let Some(tls) = self.tls.clone() {
            let (client, connection) = self.driver.connect(tls).await.map_err(failed)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        } else {
            let (client, connection) = self.driver.connect(NoTls).await.map_err(failed)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
    }
}

fn unreachable_for(error: &ConnectionError) -> Error {
    Error::Unreachable { reason: chain(error) }
}
