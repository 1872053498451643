//! An office with integrations whose jobs are claimed.

use database::Database;
use database::integrations::import::{
    Advance, Counts, Imported, Source, import_entries, import_invoices,
};
use database::integrations::jobs;
use database::jobs::PgJobStore;
use dev_postgres::TestDatabase;
use domain::books::ImportNote;
use integrations::import::{BankImport, InvoiceImport, OwnCompany};
use integrations::{BankTransactionRecord, InvoiceRecord};
use jobs_core::{ClaimRequest, JobStore, LeaseRef};
use serde_json::json;
use std::time::Duration;
use tokio_postgres::{Client, NoTls};

/// The company that the office has.
pub(crate) const VKN: &str = "8451720691";
/// The account against which movements are booked.
pub(crate) const SUSPENSE: &str = "397.01";

pub(crate) struct Office {
    test: TestDatabase,
    pub(crate) database: Database,
    client: Client,
}

impl Office {
    pub(crate) async fn new() -> Self {
        let (test, database) = crate::common::migrated().await;
        let (client, connection) = tokio_postgres::connect(&test.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        let office = Self { test, database, client };
        office
            .sql(&format!(
                "INSERT INTO tenants (id, name, slug, updated_at) VALUES ('office', 'Ofis', 'ofis', now());
                 INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
                     VALUES ('company', 'office', 'Özgün Çelik', 'Anonim', '{VKN}', now());
                 INSERT INTO integration_providers (id, type, code, name, updated_at)
                     VALUES ('accounting', 'accounting', 'PARASUT', 'Paraşüt', now()),
                            ('bank', 'bank', 'IS_BANKASI', 'İş Bankası', now())"
            ))
            .await;
        office
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.client.batch_execute(sql).await.unwrap();
    }

    pub(crate) async fn text(&self, sql: &str) -> String {
        let row = self.client.query_one(&format!("SELECT ({sql})::text"), &[]).await.unwrap();
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// Where the database is.
    pub(crate) fn url(&self) -> String {
        self.test.url()
    }

    /// What a query of the platform's gives: of each row the columns that its pages show.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let shown =
            ["id", "job_type", "last_sync_at", "last_sync_status", "level", "message", "status"];
        let result = self.client.simple_query(sql).await.unwrap();
        let mut rows = Vec::new();
        for message in result {
            let tokio_postgres::SimpleQueryMessage::Row(row) = message else { continue };
            let has = |name: &str| row.columns().iter().any(|column| column.name() == name);
            // An entry of the log is known by what it says.
            let columns =
                shown.iter().filter(|name| has(name) && !(**name == "id" && has("message")));
            rows.push(columns.map(|name| row.get(*name).unwrap_or_default().to_owned()).collect());
        }
        rows
    }

    /// An integration with a job under way.
    pub(crate) async fn integration(&self, id: &str, provider: &str) -> LeaseRef {
        self.sql(&format!(
            "INSERT INTO tenant_integrations
                 (id, tenant_id, provider_id, status, display_name, updated_at)
             VALUES ('{id}', 'office', '{provider}', 'connected', '{id}', now())
             ON CONFLICT DO NOTHING"
        ))
        .await;
        self.job(id).await
    }

    /// A new job of an integration, claimed and begun.
    pub(crate) async fn job(&self, integration: &str) -> LeaseRef {
        let made = jobs::trigger(&self.database, integration, None).await.unwrap().unwrap();
        assert!(made.is_new);
        let lease = self.claim().await.expect("a job");
        assert_eq!(lease.id, made.job_id);
        jobs::begin(&self.database, &lease, "başladı").await.unwrap().expect("held");
        lease
    }

    pub(crate) async fn claim(&self) -> Option<LeaseRef> {
        let store = PgJobStore::syncs(self.database.clone());
        let request = ClaimRequest { limit: 1, owner: "test", lease: Duration::from_mins(1) };
        store.claim(request).await.unwrap().first().map(jobs_core::Claimed::lease)
    }

    pub(crate) async fn invoices(
        &self,
        lease: &LeaseRef,
        integration: &str,
        own: Option<OwnCompany>,
        records: &[InvoiceRecord],
    ) -> (Counts, Vec<ImportNote>) {
        let source = Source { lease, integration_id: integration, stream: "invoices" };
        let mut import = InvoiceImport::new(records.to_vec(), own, database::new_id);
        let advance = Advance { position: Some(json!({"page": 1})), ..Advance::default() };
        match import_invoices(&self.database, &source, &mut import, &advance).await.unwrap() {
            Imported::Written(counts, notes) => (counts, notes),
            Imported::LostLease => panic!("the lease was lost"),
        }
    }

    /// Records that were set aside, as the next sync tries them again.
    pub(crate) async fn entries_again(
        &self,
        lease: &LeaseRef,
        integration: &str,
        records: &[BankTransactionRecord],
    ) -> (Counts, Vec<ImportNote>) {
        let source = Source { lease, integration_id: integration, stream: "bank_transactions" };
        let mut import = BankImport::new(records.to_vec(), None, SUSPENSE, database::new_id);
        import.retry_set_aside(true);
        let advance = Advance { retried: true, ..Advance::default() };
        match import_entries(&self.database, &source, &mut import, SUSPENSE, &advance)
            .await
            .unwrap()
        {
            Imported::Written(counts, notes) => (counts, notes),
            Imported::LostLease => panic!("the lease was lost"),
        }
    }

    pub(crate) async fn entries(
        &self,
        lease: &LeaseRef,
        integration: &str,
        own: Option<OwnCompany>,
        records: &[BankTransactionRecord],
    ) -> (Counts, Vec<ImportNote>) {
        let source = Source { lease, integration_id: integration, stream: "bank_transactions" };
        let mut import = BankImport::new(records.to_vec(), own, SUSPENSE, database::new_id);
        let advance = Advance { position: Some(json!({"page": 1})), ..Advance::default() };
        match import_entries(&self.database, &source, &mut import, SUSPENSE, &advance)
            .await
            .unwrap()
        {
            Imported::Written(counts, notes) => (counts, notes),
            Imported::LostLease => panic!("the lease was lost"),
        }
    }
}

pub(crate) fn own() -> OwnCompany {
    OwnCompany { id: "company".to_owned(), tax_number: VKN.to_owned() }
}

pub(crate) fn counts(
    created: i64,
    updated: i64,
    unchanged: i64,
    skipped: i64,
    kept: i64,
) -> Counts {
    Counts { created, updated, unchanged, skipped, kept }
}
