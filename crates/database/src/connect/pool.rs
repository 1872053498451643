use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{PoolError as DeadpoolError, TimeoutType};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures::FutureExt;
use tokio_postgres::{NoTls, error::SqlState};
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
        let connect_timeout = target.connect_timeout;
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
            .create_timeout(Some(connect_timeout))
            .recycle_timeout(Some(connect_timeout))
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
        match tokio::time::timeout(self.direct.connect_timeout, self.direct.open()).await {
            Ok(opened) => opened.map_err(|error| unreachable_for(&error)),
            Err(_) => Err(Error::Unreachable {
                reason: format!("no answer within {} ms", self.direct.connect_timeout.as_millis()),
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

/// How long sent data may stay without an answer of the network. A server that vanished, or a
/// firewall that forgot the connection, is otherwise noticed after a quarter of an hour.
const UNANSWERED: Duration = Duration::from_secs(30);

/// A connection that only listens sends nothing, so it must ask whether the other side is there.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVES_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVES_RETRIES: u32 = 3;

/// A place to connect to, with everything that a connection there needs.
struct Target {
    driver: tokio_postgres::Config,
    connect_timeout: Duration,
    tls: Option<MakeRustlsConnect>,
    /// What a new session is told first; none where sessions are shared.
    session: Option<String>,
}

impl Target {
    fn new(config: &Config, url: &DatabaseUrl) -> Result<Self, Error> {
        let mut driver = url.driver().clone();
        // What the URL says goes first.
        let connect_timeout =
            driver.get_connect_timeout().copied().unwrap_or(config.connect_timeout);
        driver.connect_timeout(connect_timeout);
        if !url.sets("tcp_user_timeout") {
            driver.tcp_user_timeout(UNANSWERED);
        }
        if !url.sets("keepalives_idle") {
            driver.keepalives_idle(KEEPALIVES_IDLE);
        }
        if !url.sets("keepalives_interval") {
            driver.keepalives_interval(KEEPALIVES_INTERVAL);
        }
        if !url.sets("keepalives_retries") {
            driver.keepalives_retries(KEEPALIVES_RETRIES);
        }
        if driver.get_application_name().is_none() {
            driver.application_name(&config.application_name);
        }
        let session = if url.pgbouncer() {
            // Its sessions are shared, so the settings must be the role's.
            warn!("pgbouncer=true: time-outs and the search path must be set for the role");
            None
        } else {
            // A pooler that was not prepared for this worker refuses the options. One that was told
            // to ignore them drops them without a word, so the settings are sent once more.
            driver.options(config.session_options(url));
            Some(config.session_statements(url))
        };
        if url.tls() == TlsMode::EncryptOnly {
            warn!("sslaccept=accept_invalid_certs: the server's certificate is not checked");
        }
        Ok(Self { driver, connect_timeout, tls: tls::connector(url)?, session })
    }

    async fn open(&self) -> ConnectionResult<AsyncPgConnection> {
        // Both halves are handed over: without the second, there are neither notifications nor
        // early errors.
        let failed = |error: tokio_postgres::Error| {
            let reason = advised(chain(&error));
            // Class 28 is a refused login, 3D000 a database that does not exist: waiting mends neither.
            if error.code().is_some_and(|state| {
                state.code().starts_with("28") || *state == SqlState::INVALID_CATALOG_NAME
            }) {
                ConnectionError::InvalidConnectionUrl(reason)
            } else {
                ConnectionError::BadConnection(reason)
            }
        };
        let mut opened = if let Some(tls) = self.tls.clone() {
            let (client, connection) = self.driver.connect(tls).await.map_err(failed)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await?
        } else {
            let (client, connection) = self.driver.connect(NoTls).await.map_err(failed)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await?
        };
        if let Some(session) = &self.session {
            opened
                .batch_execute(session)
                .await
                .map_err(|error| ConnectionError::BadConnection(chain(&error)))?;
        }
        Ok(opened)
    }
}

/// Says what to do where the driver's reason alone does not help.
fn advised(reason: String) -> String {
    if reason.contains("unsupported startup parameter") {
        return reason
            + "; the pooler in between must let start-up options pass: add `options` to its \
               ignore_startup_parameters, or name the server itself";
    }
    reason
}

fn unreachable_for(error: &ConnectionError) -> Error {
    match error {
        ConnectionError::InvalidConnectionUrl(reason) => Error::Refused { reason: reason.clone() },
        error => Error::Unreachable { reason: chain(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(query: &str) -> Target {
        let url = format!("postgres://u@h/d?{query}").parse().expect("a URL");
        let config = Config::new(url);
        Target::new(&config, &config.url).expect("a target")
    }

    #[test]
    fn a_server_that_vanished_is_noticed_within_a_minute() {
        let target = target("");
        let driver = &target.driver;
        assert_eq!(driver.get_tcp_user_timeout(), Some(&Duration::from_secs(30)));
        assert!(driver.get_keepalives());
        let interval = driver.get_keepalives_interval().expect("an interval");
        let retries = driver.get_keepalives_retries().expect("a number of tries");
        assert!(driver.get_keepalives_idle() + interval * retries <= Duration::from_mins(1));
        assert_eq!(target.connect_timeout, Duration::from_secs(10));
    }

    #[test]
    fn what_the_url_says_of_the_network_goes_first() {
        let target = target(
            "tcp_user_timeout=5&keepalives=0&keepalives_idle=7&keepalives_interval=8\
             &keepalives_retries=9&connect_timeout=21",
        );
        let driver = &target.driver;
        assert_eq!(driver.get_tcp_user_timeout(), Some(&Duration::from_secs(5)));
        assert!(!driver.get_keepalives());
        assert_eq!(driver.get_keepalives_idle(), Duration::from_secs(7));
        assert_eq!(driver.get_keepalives_interval(), Some(Duration::from_secs(8)));
        assert_eq!(driver.get_keepalives_retries(), Some(9));
        assert_eq!(driver.get_connect_timeout(), Some(&Duration::from_secs(21)));
        assert_eq!(target.connect_timeout, Duration::from_secs(21));
    }
}
