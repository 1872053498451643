//! Databases with offices and jobs.

use std::time::Duration;

use async_trait::async_trait;
use database::jobs::{DOCUMENT_PROCESSING, DocumentJob, PgJobStore, TableDescription};
use database::{Database, Pooled};
use dev_postgres::TestDatabase;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs_core::NewJob;
use jobs_core::testing::{Harness, Look};
use serde::de::DeserializeOwned;

use crate::common;

/// A migrated database with two stores over one job table, as two processes would have.
pub(crate) struct Surroundings<P> {
    test: TestDatabase,
    pub(crate) database: Database,
    store: PgJobStore<P>,
    other: PgJobStore<P>,
    table: TableDescription,
}

impl Surroundings<DocumentJob> {
    pub(crate) async fn documents() -> Self {
        Self::new(&DOCUMENT_PROCESSING, "").await
    }
}

impl<P> Surroundings<P> {
    pub(crate) async fn new(table: &TableDescription, prepare: &str) -> Self {
        let (test, database) = common::migrated().await;
        let mut connection = database.get().await.unwrap();
        connection
            .batch_execute(
                "INSERT INTO users (id, email, hashed_password, full_name, updated_at)
                 VALUES ('user', 'a@example.com', 'x', 'Ayşe', now())",
            )
            .await
            .unwrap();
        connection.batch_execute(prepare).await.unwrap();
        drop(connection);
        Self {
            test,
            store: PgJobStore::new(database.clone(), *table),
            other: PgJobStore::new(database.clone(), *table),
            database,
            table: *table,
        }
    }

    /// Where the database is.
    pub(crate) fn url(&self) -> String {
        self.test.url()
    }

    pub(crate) async fn connection(&self) -> Pooled {
        self.database.get().await.unwrap()
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.connection().await.batch_execute(sql).await.unwrap();
    }

    pub(crate) async fn text(&self, sql: &str) -> Option<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Text>)]
            value: Option<String>,
        }
        let sql = format!("SELECT ({sql})::text AS value");
        let row: Row = sql_query(sql).get_result(&mut self.connection().await).await.unwrap();
        row.value
    }

    pub(crate) async fn tenant(&self, id: &str) {
        self.sql(&format!(
            "INSERT INTO tenants (id, name, slug, updated_at) VALUES ('{id}', '{id}', '{id}', now())
                 ON CONFLICT DO NOTHING;
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                 VALUES ('company-{id}', '{id}', 'Deneme', 'Limited', '1234567890', now())
                 ON CONFLICT DO NOTHING"
        ))
        .await;
    }

    async fn add_job(&self, job: &NewJob) {
        self.tenant(&job.tenant).await;
        let NewJob { id, tenant, priority, max_attempts, .. } = job;
        let due = i64::try_from(job.due_in.as_millis()).unwrap()
            - i64::try_from(job.age.as_millis()).unwrap();
        let table = self.table.table;
        let pending = self.table.words.pending;
        let common = format!(
            "'{id}', '{tenant}', '{pending}', {priority}, \
             now() + {due} * interval '1 millisecond', {max_attempts}, now()"
        );
        let columns = "id, tenant_id, status, priority, run_at, max_attempts, updated_at";
        if self.table.subject.is_some() {
            self.sql(&format!(
                "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                     storage_path, mime_type, file_size_bytes, upload_user_id, updated_at)
                 VALUES ('document-{id}', '{tenant}', 'company-{tenant}', 'INVOICE', 'fatura.xml',
                     'documents/1/fatura.xml', 'application/xml', 1234, 'user', now());
                 INSERT INTO {table} ({columns}, document_id) VALUES ({common}, 'document-{id}')"
            ))
            .await;
        } else {
            // An integration has one open job, so each has its own.
            self.sql(&format!(
                "INSERT INTO integration_providers (id, type, code, name, updated_at)
                     VALUES ('provider', 'accounting', 'MOCK_ACCOUNTING', 'Deneme', now())
                     ON CONFLICT DO NOTHING;
                 INSERT INTO tenant_integrations
                     (id, tenant_id, provider_id, status, display_name, updated_at)
                     VALUES ('integration-{id}', '{tenant}', 'provider', 'connected', '{id}', now());
                 INSERT INTO {table} ({columns}, job_type, tenant_integration_id)
                     VALUES ({common}, 'pull_invoices', 'integration-{id}')"
            ))
            .await;
        }
    }
}

#[async_trait]
impl<P: DeserializeOwned + Send + Sync + 'static> Harness for Surroundings<P> {
    type Store = PgJobStore<P>;

    fn store(&self) -> &PgJobStore<P> {
        &self.store
    }

    fn other_store(&self) -> &PgJobStore<P> {
        &self.other
    }

    async fn add(&self, job: NewJob) {
        self.add_job(&job).await;
    }

    async fn suspend(&self, tenant: &str, suspended: bool) {
        let word = if suspended { "SUSPENDED" } else { "ACTIVE" };
        self.sql(&format!("UPDATE tenants SET status = '{word}' WHERE id = '{tenant}'")).await;
    }

    /// The server's clock cannot be moved, so everything that was written is moved back.
    async fn advance(&self, by: Duration) {
        let by = by.as_millis();
        let started = self.table.columns.started_at;
        let moved: Vec<String> = ["run_at", "lease_expires_at", "updated_at", started]
            .iter()
            .map(|column| format!("{column} = {column} - {by} * interval '1 millisecond'"))
            .collect();
        self.sql(&format!("UPDATE {} SET {}", self.table.table, moved.join(", "))).await;
    }

    async fn look(&self, id: &str) -> Look {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            status: String,
            #[diesel(sql_type = Integer)]
            attempts: i32,
            #[diesel(sql_type = Bool)]
            leased: bool,
            #[diesel(sql_type = BigInt)]
            token: i64,
            #[diesel(sql_type = Nullable<Text>)]
            user_message: Option<String>,
            #[diesel(sql_type = Nullable<Text>)]
            technical: Option<String>,
        }
        let columns = self.table.columns;
        let message = match (columns.user_message, self.table.subject) {
            (Some(column), _) => format!("j.{column}"),
            (None, Some(subject)) => format!(
                "(SELECT s.{} FROM {} s WHERE s.id = j.{})",
                subject.user_message, subject.table, subject.key
            ),
            (None, None) => "NULL".to_owned(),
        };
        let sql = format!(
            "SELECT status::text AS status, {}::int AS attempts,
                 lease_expires_at IS NOT NULL OR lease_owner IS NOT NULL AS leased,
                 lease_token AS token,
                 {message}::text AS user_message, {}::text AS technical
             FROM {} j WHERE id = '{id}'",
            columns.attempts, columns.technical, self.table.table
        );
        let row: Row = sql_query(sql).get_result(&mut self.connection().await).await.unwrap();
        Look {
            state: self.table.words.state(&row.status).expect("a word of the table"),
            attempts: u16::try_from(row.attempts).unwrap(),
            token: row.token,
            leased: row.leased,
            user_message: row.user_message,
            technical: row.technical,
        }
    }

    async fn abandon(&self, id: &str) {
        let (started, word) = (self.table.columns.started_at, self.table.words.in_progress);
        self.sql(&format!(
            "UPDATE {} SET status = '{word}', {started} = now(), updated_at = now()
             WHERE id = '{id}'",
            self.table.table
        ))
        .await;
    }

    async fn call_off(&self, id: &str) -> bool {
        self.store.call_off(&[id.to_owned()]).await.unwrap() == [id]
    }

    async fn requeue(&self, id: &str) -> bool {
        self.store.requeue(&[id.to_owned()]).await.unwrap() == [id]
    }

    async fn repeat(&self, id: &str) -> bool {
        self.store.repeat(&[id.to_owned()]).await.unwrap() == [id]
    }
}

/// A number that the database computes.
pub(crate) async fn number<P>(surroundings: &Surroundings<P>, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let sql = format!("SELECT ({sql})::bigint AS value");
    let row: Row = sql_query(sql).get_result(&mut surroundings.connection().await).await.unwrap();
    row.value
}
