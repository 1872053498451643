//! Diesel's table of the migrations that were run, in schema `worker`.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::{ALL, MigrateError, Status};
use crate::Error;
use crate::connect::Connection;

const CREATE: &str = "\
CREATE SCHEMA IF NOT EXISTS worker;
CREATE TABLE IF NOT EXISTS worker.__diesel_schema_migrations (
    version varchar(50) PRIMARY KEY,
    run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

/// Only when nothing else is left in the schema.
const CLEAN: &str = "\
DO $$ BEGIN
    IF to_regclass('worker.__diesel_schema_migrations') IS NULL THEN RETURN; END IF;
    IF EXISTS (SELECT 1 FROM worker.__diesel_schema_migrations) THEN RETURN; END IF;
    DROP TABLE worker.__diesel_schema_migrations;
    IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'worker'::regnamespace)
       AND NOT EXISTS (SELECT 1 FROM pg_proc WHERE pronamespace = 'worker'::regnamespace) THEN
        DROP SCHEMA worker;
    END IF;
END $$";

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct Run {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Timestamptz)]
    run_at: DateTime<Utc>,
}

pub(super) async fn create(connection: &mut Connection) -> Result<(), Error> {
    // Only when it is missing: a role that may not create schemas can still run with one made
    // for it.
    if !exists(connection).await? {
        connection.batch_execute(CREATE).await?;
    }
    Ok(())
}

pub(super) async fn clean(connection: &mut Connection) -> Result<(), Error> {
    Ok(connection.batch_execute(CLEAN).await?)
}

async fn exists(connection: &mut Connection) -> Result<bool, Error> {
    let exists: Exists =
        sql_query("SELECT to_regclass('worker.__diesel_schema_migrations') IS NOT NULL AS found")
            .get_result(connection)
            .await?;
    Ok(exists.found)
}

pub(super) async fn status(connection: &mut Connection) -> Result<Vec<Status>, Error> {
    let mut runs: Vec<Run> = Vec::new();
    if exists(connection).await? {
        runs = sql_query(
            "SELECT version::text, run_on AT TIME ZONE 'UTC' AS run_at \
             FROM worker.__diesel_schema_migrations ORDER BY version",
        )
        .load(connection)
        .await?;
    }
    let unknown: Vec<String> = runs
        .iter()
        .filter(|run| !ALL.iter().any(|migration| migration.version() == run.version))
        .map(|run| run.version.clone())
        .collect();
    if !unknown.is_empty() {
        return Err(MigrateError::Newer { versions: unknown }.into());
    }
    Ok(ALL
        .iter()
        .map(|migration| Status {
            migration,
            run_at: runs
                .iter()
                .find(|run| run.version == migration.version())
                .map(|run| run.run_at),
        })
        .collect())
}

pub(super) async fn record(
    connection: &mut Connection,
    version: &str,
) -> Result<(), diesel::result::Error> {
    sql_query("INSERT INTO worker.__diesel_schema_migrations (version) VALUES ($1)")
        .bind::<Text, _>(version)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn forget(
    connection: &mut Connection,
    version: &str,
) -> Result<(), diesel::result::Error> {
    sql_query("DELETE FROM worker.__diesel_schema_migrations WHERE version = $1")
        .bind::<Text, _>(version)
        .execute(connection)
        .await?;
    Ok(())
}
