//! Connections: the URL, TLS, the pool and the settings of every session.

mod cancellable;
mod options;
mod pool;
mod tls;
mod url;

pub use options::Config;
pub use pool::{Connection, Database, Pooled};
pub use url::{DatabaseUrl, TlsMode, UrlError};
