//! `DATABASE_URL` as the platform writes it, which is more than the driver understands.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

/// What is wrong with a database URL. Never holds the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL at all.
    #[error("not a URL of the form postgresql://user:password@host:5432/database")]
    Form,
    /// A URL of something else.
    #[error("the scheme must be postgresql or postgres, not {0}")]
    Scheme(String),
    /// A parameter has a value that is not one of its values.
    #[error("{key}={value} is not understood; expected {expected}")]
    Value {
        /// The parameter.
        key: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A parameter that neither this program nor the driver knows.
    #[error("the parameter {0} is not known")]
    Parameter(String),
    /// What follows the `?` is wrong and may be a part of the password.
    #[error(
        "what follows the first ? is not understood; in a password, write ? as %3F, # as %23 and @ \
         as %40"
    )]
    Query,
    /// A parameter that this program cannot honour.
    #[error("the parameter {key} is not supported: {instead}")]
    Unsupported {
        /// The parameter.
        key: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// The driver refused what is left.
    #[error("the driver does not accept the URL: {0}")]
    Driver(String),
}

/// How much a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// No TLS.
    Disable,
    /// TLS if the server has it, without looking at its certificate; protects from nobody who can
    /// change the traffic.
    Prefer,
    /// TLS without looking at the certificate: only by the explicit
    /// `sslaccept=accept_invalid_certs`.
    EncryptOnly,
    /// TLS, and the certificate comes from a trusted authority, for whatever host.
    VerifyCa,
    /// TLS, and the certificate is a trusted one for this host. Also what `require` means here.
    VerifyFull,
}

/// A parsed database URL. Its debug form leaves the password out.
#[derive(Clone)]
pub struct DatabaseUrl {
    driver: tokio_postgres::Config,
    tls: TlsMode,
    root_certificate: Option<PathBuf>,
    schema: Option<String>,
    connection_limit: Option<usize>,
    pgbouncer: bool,
    /// The names of the driver's own parameters.
    given: Vec<&'static str>,
}

/// Parameters of the platform's client that mean nothing to this one.
const IGNORED: &[&str] = &[
    "pool_timeout",
    "socket_timeout",
    "statement_cache_size",
    "max_connection_lifetime",
    "max_idle_connection_lifetime",
    "single_use_connections",
];

/// Parameters that the driver reads itself.
const DRIVER: &[&str] = &[
    "application_name",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "host",
    "port",
    "user",
    "password",
    "dbname",
];

impl DatabaseUrl {
    /// Where to connect, for the driver.
    pub(super) fn driver(&self) -> &tokio_postgres::Config {
        &self.driver
    }

    /// How the connection is protected.
    pub fn tls(&self) -> TlsMode {
        self.tls
    }

    /// The file with the authorities to trust; `None` means the system's.
    pub fn root_certificate(&self) -> Option<&Path> {
        self.root_certificate.as_deref()
    }

    /// The schema of the platform's tables, when it is named.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The pool size that the URL asks for.
    pub fn connection_limit(&self) -> Option<usize> {
        self.connection_limit
    }

    /// Whether the certificates that the URL names can be read, before anything is connected.
    ///
    /// # Errors
    /// [`crate::Error::Tls`] with what is wrong with which file.
    pub fn check_certificates(&self) -> Result<(), crate::Error> {
        super::tls::connector(self).map(drop)
    }

    /// Whether a transaction pooler stands between, which takes no session settings.
    pub fn pgbouncer(&self) -> bool {
        self.pgbouncer
    }

    /// Whether the URL has this parameter of the driver.
    pub(super) fn sets(&self, parameter: &str) -> bool {
        self.given.contains(&parameter)
    }

    /// Host, port and database, for messages.
    pub fn place(&self) -> String {
        let host = match self.driver.get_hosts().first() {
            Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
            #[cfg(unix)]
            Some(tokio_postgres::config::Host::Unix(path)) => path.display().to_string(),
            None => "localhost".to_owned(),
        };
        let port = self.driver.get_ports().first().copied().unwrap_or(5432);
        format!("{host}:{port}/{}", self.driver.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl")
            .field("place", &self.place())
            .field("user", &self.driver.get_user())
            .field("tls", &self.tls)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let parsed = Url::parse(text.trim()).map_err(|_| UrlError::Form)?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(UrlError::Scheme(parsed.scheme().to_owned()));
        }
        // With an unescaped `?` in the password its rest looks like parameters, and is shown to
        // nobody.
        let in_password = parsed.query().is_some_and(|query| query.contains('@'));
        Self::from_parsed(&parsed)
            .map_err(|error| if in_password { UrlError::Query } else { error })
    }
}

impl DatabaseUrl {
    fn from_parsed(parsed: &Url) -> Result<Self, UrlError> {
        let mut left = parsed.clone();
        left.set_query(None);
        let (mut for_driver, mut given): (Vec<String>, Vec<&'static str>) = Default::default();
        let mut mode: Option<TlsMode> = None;
        let mut accept_any = false;
        let (mut root_certificate, mut schema, mut connection_limit) = (None, None, None);
        let mut pgbouncer = false;
        for pair in parsed.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let raw_value = pair.split_once('=').map_or("", |(_, value)| value);
            let (key, value) = url::form_urlencoded::parse(pair.as_bytes())
                .next()
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .unwrap_or_default();
            match key.as_str() {
                "sslmode" => mode = Some(tls_mode(value)?),
                "sslaccept" => accept_any = accepts_any(value)?,
                "sslrootcert" | "sslcert" if value == "system" => root_certificate = None,
                // The platform's client calls the file with the authority `sslcert`.
                "sslrootcert" | "sslcert" => root_certificate = Some(PathBuf::from(value)),
                "sslidentity" | "sslkey" | "sslpassword" => {
                    return Err(UrlError::Unsupported {
                        key,
                        instead: "client certificates cannot be used; give the role a password",
                    });
                }
                "options" => {
                    return Err(UrlError::Unsupported {
                        key,
                        instead: "set it for the role, with ALTER ROLE … SET",
                    });
                }
                "schema" => schema = Some(schema_name(value)?),
                "connection_limit" => connection_limit = Some(limit(value)?),
                "pgbouncer" => pgbouncer = flag(value)?,
                known if IGNORED.contains(&known) => {}
                other => match DRIVER.iter().find(|known| **known == other) {
                    Some(known) => {
                        for_driver.push(format!("{known}={raw_value}"));
                        given.push(known);
                    }
                    None if is_a_name(other) => return Err(UrlError::Parameter(key)),
                    None => return Err(UrlError::Query),
                },
            }
        }
        if !for_driver.is_empty() {
            left.set_query(Some(&for_driver.join("&")));
        }
        let tls = match (mode.unwrap_or(TlsMode::Prefer), accept_any) {
            (TlsMode::VerifyFull | TlsMode::VerifyCa, true) => TlsMode::EncryptOnly,
            (mode, _) => mode,
        };
        let mut driver = tokio_postgres::Config::from_str(left.as_str())
            .map_err(|error| UrlError::Driver(chain(&error)))?;
        driver.ssl_mode(match tls {
            TlsMode::Disable => tokio_postgres::config::SslMode::Disable,
            TlsMode::Prefer => tokio_postgres::config::SslMode::Prefer,
            TlsMode::EncryptOnly | TlsMode::VerifyCa | TlsMode::VerifyFull => {
                tokio_postgres::config::SslMode::Require
            }
        });
        Ok(Self { driver, tls, root_certificate, schema, connection_limit, pgbouncer, given })
    }
}

/// Whether a parameter could be called so.
fn is_a_name(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn tls_mode(value: String) -> Result<TlsMode, UrlError> {
    match value.as_str() {
        "disable" => Ok(TlsMode::Disable),
        "allow" | "prefer" => Ok(TlsMode::Prefer),
        // The C library's `require` trusts any certificate, which protects from little: here that
        // must be asked for by `sslaccept`.
        "require" | "verify-full" => Ok(TlsMode::VerifyFull),
        "verify-ca" => Ok(TlsMode::VerifyCa),
        _ => Err(UrlError::Value {
            key: "sslmode",
            value,
            expected: "disable, prefer, require, verify-ca or verify-full",
        }),
    }
}

fn accepts_any(value: String) -> Result<bool, UrlError> {
    match value.as_str() {
        "strict" => Ok(false),
        "accept_invalid_certs" => Ok(true),
        _ => Err(UrlError::Value {
            key: "sslaccept",
            value,
            expected: "strict or accept_invalid_certs",
        }),
    }
}

/// The name goes into a start-up option, so it must be a plain one.
fn schema_name(value: String) -> Result<String, UrlError> {
    let plain = value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !value.is_empty() && !value.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(value);
    }
    let expected = "a name of lower case letters, digits and underscores";
    Err(UrlError::Value { key: "schema", value, expected })
}

fn limit(value: String) -> Result<usize, UrlError> {
    match value.parse() {
        Ok(limit @ 1..=1000) => Ok(limit),
        _ => Err(UrlError::Value { key: "connection_limit", value, expected: "1 to 1000" }),
    }
}

fn flag(value: String) -> Result<bool, UrlError> {
    match value.as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(UrlError::Value { key: "pgbouncer", value, expected: "true or false" }),
    }
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, UrlError> {
        text.parse()
    }

    #[test]
    fn the_platforms_url_is_understood() {
        let url = parse(
            "postgresql://office:p%40ss%2Fw@db.example.com:6432/books?schema=public\
             &connection_limit=7&pool_timeout=10&pgbouncer=true&sslmode=verify-full\
             &sslrootcert=/etc/ca.pem&connect_timeout=5&application_name=a%20b",
        )
        .expect("parses");
        assert_eq!(url.place(), "db.example.com:6432/books");
        assert_eq!(url.driver().get_password(), Some("p@ss/w".as_bytes()));
        assert_eq!(url.driver().get_application_name(), Some("a b"));
        assert_eq!(url.schema(), Some("public"));
        assert_eq!(url.connection_limit(), Some(7));
        assert_eq!(url.tls(), TlsMode::VerifyFull);
        assert_eq!(url.root_certificate(), Some(Path::new("/etc/ca.pem")));
        assert!(url.pgbouncer());
    }

    #[test]
    fn require_checks_the_certificate_unless_told_not_to() {
        let mode = |query: &str| parse(&format!("postgres://h/d?{query}")).map(|url| url.tls());
        assert_eq!(mode(""), Ok(TlsMode::Prefer));
        assert_eq!(mode("sslmode=disable"), Ok(TlsMode::Disable));
        assert_eq!(mode("sslmode=require"), Ok(TlsMode::VerifyFull));
        assert_eq!(mode("sslmode=verify-ca"), Ok(TlsMode::VerifyCa));
        assert_eq!(
            mode("sslmode=require&sslaccept=accept_invalid_certs"),
            Ok(TlsMode::EncryptOnly)
        );
        assert!(mode("sslmode=requires").is_err());
    }

    #[test]
    fn wrong_urls_are_named_and_no_password_is_shown() {
        let secret = "hunter2";
        let wrong = [
            "mysql://u:hunter2@h/d",
            "u:hunter2@h/d",
            "postgres://u:hunter2@h/d?schema=a%20b",
            "postgres://u:hunter2@h/d?connection_limit=0",
            "postgres://u:hunter2@h/d?unheard_of=1",
            "postgres://u:hunter2@h/d?options=-c%20x",
            "postgres://u:hunter2@h:notaport/d",
            "postgres://u:hunter2@h/d?connect_timeout=soon",
            // An unescaped `?` in the password.
            "postgres://u:123?hunter2@h/d",
            "postgres://u:123?hunter2=@h/d",
            "postgres://u:123?schema=hunter2@h/d",
            "postgres://u:123?sslmode=hunter2&x@h/d",
            "postgres://u:123?hunter2",
        ];
        for text in wrong {
            let error = parse(text).expect_err(text);
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
        assert_eq!(
            parse("postgres://h/d?unheard_of=1").map(drop),
            Err(UrlError::Parameter("unheard_of".to_owned()))
        );
        let right = parse("postgres://u:hunter2@h/d").expect("parses");
        assert!(!format!("{right:?}").contains(secret), "{right:?}");
    }
}
