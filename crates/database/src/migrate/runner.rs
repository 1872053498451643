//! Runs migrations on one connection, under one lock.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Bool};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use tracing::info;

use super::{MigrateError, Migration, Status, bookkeeping};
use crate::connect::Connection;
use crate::{Database, Error};

/// Any number that nothing else in the platform's databases uses.
const LOCK: i64 = 0x6d75_6861_7365_6269;

const LOCK_POLL: Duration = Duration::from_millis(100);

/// Building an index on a large table takes its time.
const LOCK_PATIENCE: Duration = Duration::from_mins(30);

/// How often a migration tries to get its table locks, and how long each time. While it waits,
/// every statement on the table waits behind it, so each wait is short.
const BLOCKED_TRIES: u32 = 20;
const BLOCKED_PAUSE: Duration = Duration::from_millis(500);

/// A killed concurrent build leaves an index that is never used and that `IF NOT EXISTS` takes for
/// a good one.
const INVALID_INDEXES: &str = "\
SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %s', indexrelid::regclass) AS statement
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE NOT indisvalid AND starts_with(relname::text, 'worker_')";

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = diesel::sql_types::Text)]
    statement: String,
}

pub(super) struct Runner {
    connection: Connection,
}

impl Runner {
    /// Waits until no other process is migrating.
    pub(super) async fn lock(database: &Database) -> Result<Self, Error> {
        let mut connection = database.direct().await?;
        connection.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0").await?;
        let deadline = tokio::time::Instant::now() + LOCK_PATIENCE;
        // Tried again and again, because a session that waits in a statement has a snapshot, and a
        // concurrent index build waits for all snapshots: the two would wait for each other.
        loop {
            let row: Locked = sql_query("SELECT pg_try_advisory_lock($1) AS locked")
                .bind::<BigInt, _>(LOCK)
                .get_result(&mut connection)
                .await?;
            if row.locked {
                break;
            }
            if tokio::time::Instant::now() > deadline {
                return Err(MigrateError::Locked.into());
            }
            tokio::time::sleep(LOCK_POLL).await;
        }
        Ok(Self { connection })
    }

    pub(super) async fn unlock(mut self) -> Result<(), Error> {
        sql_query("SELECT pg_advisory_unlock($1)")
            .bind::<BigInt, _>(LOCK)
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    pub(super) async fn status(&mut self) -> Result<Vec<Status>, Error> {
        bookkeeping::status(&mut self.connection).await
    }

    pub(super) async fn clean(&mut self) -> Result<(), Error> {
        bookkeeping::clean(&mut self.connection).await
    }

    pub(super) async fn apply(&mut self, migration: &'static Migration) -> Result<(), Error> {
        info!(migration = migration.name, "Applying migration");
        bookkeeping::create(&mut self.connection).await?;
        self.execute(migration, migration.up, Book::Record).await
    }

    pub(super) async fn repeat(&mut self, migration: &'static Migration) -> Result<(), Error> {
        info!(migration = migration.name, "Repeating migration");
        self.execute(migration, migration.up, Book::Leave).await
    }

    pub(super) async fn revert(&mut self, migration: &'static Migration) -> Result<(), Error> {
        info!(migration = migration.name, "Reverting migration");
        self.execute(migration, migration.down, Book::Forget).await
    }

    async fn execute(
        &mut self,
        migration: &'static Migration,
        sql: &str,
        book: Book,
    ) -> Result<(), Error> {
        let name = migration.name;
        let failed = |source| MigrateError::Failed { migration: name, source };
        if !migration.in_transaction {
            let invalid: Vec<Statement> =
                sql_query(INVALID_INDEXES).load(&mut self.connection).await?;
            let invalid = invalid.iter().map(|row| row.statement.as_str());
            for statement in invalid.chain(Migration::statements(sql)) {
                self.connection.batch_execute(statement).await.map_err(failed)?;
            }
            book.keep(&mut self.connection, migration.version()).await.map_err(failed)?;
            return Ok(());
        }
        for _ in 0..BLOCKED_TRIES {
            let result = self
                .connection
                .transaction(async |connection| {
                    connection.batch_execute("SET LOCAL lock_timeout = '2s'").await?;
                    connection.batch_execute(&telling_of_locks(sql)).await?;
                    book.keep(connection, migration.version()).await
                })
                .await;
            match result {
                Ok(()) => return Ok(()),
                Err(error) if is_lock_timeout(&error) => tokio::time::sleep(BLOCKED_PAUSE).await,
                Err(error) => return Err(failed(error).into()),
            }
        }
        Err(MigrateError::Blocked { migration: name }.into())
    }
}

/// What happens to the note that a migration was run.
#[derive(Clone, Copy)]
enum Book {
    Record,
    Leave,
    Forget,
}

impl Book {
    async fn keep(self, connection: &mut Connection, version: &str) -> Result<(), DieselError> {
        match self {
            Self::Record => bookkeeping::record(connection, version).await,
            Self::Leave => Ok(()),
            Self::Forget => bookkeeping::forget(connection, version).await,
        }
    }
}

/// The driver hands on the code of a lock that was not got as `Unknown`, and its message is in the
/// server's language: so it is raised anew with a code that is handed on.
fn telling_of_locks(sql: &str) -> String {
    format!(
        "DO $telling_of_locks$ BEGIN
EXECUTE $the_migration${sql}$the_migration$;
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'serialization_failure', MESSAGE = SQLERRM;
END $telling_of_locks$"
    )
}

fn is_lock_timeout(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _))
}
