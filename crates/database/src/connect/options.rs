use std::time::Duration;

use super::DatabaseUrl;

/// How to connect, and what every session is limited to.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the pool connects to; may be a pooler that tracks prepared statements.
    pub url: DatabaseUrl,
    /// Where listening, session locks and migrations connect to, when that is another place.
    pub direct_url: Option<DatabaseUrl>,
    /// Connections in the pool. `connection_limit` of the URL goes first.
    pub pool_size: usize,
    /// How long a new connection may take. `connect_timeout` of the URL goes first.
    pub connect_timeout: Duration,
    /// How long to wait for a free connection of the pool.
    pub wait_timeout: Duration,
    /// The server ends a statement that takes longer.
    pub statement_timeout: Duration,
    /// The server ends a statement that waits longer for a lock.
    pub lock_timeout: Duration,
    /// The server ends a session that leaves a transaction open for longer.
    pub idle_in_transaction_timeout: Duration,
    /// How often the server looks, in a running statement, whether its client still lives: a
    /// worker that was killed otherwise keeps its row locks until the statement ends.
    pub client_check_interval: Duration,
    /// The name that operators see in `pg_stat_activity`.
    pub application_name: String,
}

impl Config {
    /// The defaults for a URL.
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            direct_url: None,
            pool_size: 10,
            connect_timeout: Duration::from_secs(10),
            wait_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_mins(1),
            lock_timeout: Duration::from_secs(15),
            idle_in_transaction_timeout: Duration::from_mins(1),
            client_check_interval: Duration::from_secs(1),
            application_name: "muhasebi-worker".to_owned(),
        }
    }

    /// The settings of a session, in the form of a start-up option.
    pub(super) fn session_options(&self, url: &DatabaseUrl) -> String {
        let options: Vec<_> = self
            .session_settings(url)
            .into_iter()
            .map(|(name, value)| format!("-c {name}={value}"))
            .collect();
        options.join(" ")
    }

    /// The same settings as statements, for a session whose start-up options a pooler has dropped.
    pub(super) fn session_statements(&self, url: &DatabaseUrl) -> String {
        let statements: Vec<_> = self
            .session_settings(url)
            .into_iter()
            .map(|(name, value)| format!("SET {name} TO '{value}'"))
            .collect();
        statements.join("; ")
    }

    /// Names and values; times are in milliseconds, and the name of a schema is checked in the URL.
    fn session_settings(&self, url: &DatabaseUrl) -> Vec<(&'static str, String)> {
        let times = [
            ("statement_timeout", self.statement_timeout),
            ("lock_timeout", self.lock_timeout),
            ("idle_in_transaction_session_timeout", self.idle_in_transaction_timeout),
            ("client_connection_check_interval", self.client_check_interval),
        ];
        times
            .into_iter()
            .map(|(name, value)| (name, value.as_millis().to_string()))
            // Every statement of the worker ends after a few rows of what the planner fears: compiling
            // one took up to 350 ms beside a million pending jobs, running it less than one.
            .chain([("jit", "off".to_owned())])
            .chain(url.schema().map(|schema| ("search_path", schema.to_owned())))
            .collect()
    }
}
