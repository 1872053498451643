use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::connect::UrlError;

/// Why a database operation did not happen, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database URL is wrong: an operator must correct it.
    #[error("the database URL cannot be used")]
    Url(#[from] UrlError),
    /// Certificates for TLS cannot be read or used: an operator must correct them.
    #[error("TLS cannot be set up: {reason}")]
    Tls {
        /// What is wrong with which file.
        reason: String,
    },
    /// No connection could be made; it may work again later.
    #[error("the database cannot be reached: {reason}")]
    Unreachable {
        /// The driver's reason, without the password.
        reason: String,
    },
    /// The server does not let this user in, or has no such database: an operator must correct it.
    #[error("the database refuses the connection: {reason}")]
    Refused {
        /// The server's reason, without the password.
        reason: String,
    },
    /// Every connection of the pool stayed busy.
    #[error("no database connection became free within {} ms", waited.as_millis())]
    Busy {
        /// How long was waited.
        waited: Duration,
    },
    /// A statement failed.
    #[error("a database statement failed")]
    Query(#[from] DieselError),
    /// The stored value is not one that this program knows.
    #[error("{what} holds a value that cannot be read: {value}")]
    Unreadable {
        /// Table and column.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// Migrations could not be run.
    #[error(transparent)]
    Migrate(#[from] crate::migrate::MigrateError),
}

impl Error {
    /// Whether the connection failed rather than what was sent over it: nothing is known of the call
    /// itself, and it was at most done in whole.
    pub fn is_connection_lost(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Query(DieselError::BrokenTransactionManager) => true,
            Self::Query(DieselError::DatabaseError(kind, what)) => match kind {
                DatabaseErrorKind::ClosedConnection => true,
                // The driver's errors without a code: only these two texts of its own are about the
                // connection, others are about what was to be sent or was received.
                DatabaseErrorKind::UnableToSendCommand => {
                    let text = what.message();
                    text.starts_with("connection closed")
                        || text.starts_with("error communicating with the server")
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the same call may work later without anybody changing anything.
    ///
    /// The driver hands on a code only for some errors, so a server error without one (deadlock,
    /// time-out, shutdown) counts as passing: attempts are bounded elsewhere.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Busy { .. }
            | Self::Query(DieselError::BrokenTransactionManager) => true,
            Self::Query(DieselError::DatabaseError(kind, _)) => matches!(
                kind,
                DatabaseErrorKind::SerializationFailure
                    | DatabaseErrorKind::ReadOnlyTransaction
                    | DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::Unknown
            ),
            Self::Query(_)
            | Self::Url(_)
            | Self::Tls { .. }
            | Self::Refused { .. }
            | Self::Unreadable { .. }
            | Self::Migrate(_) => false,
        }
    }
}
