//! An office with a company, documents and their jobs, for the tests.
#![allow(dead_code, clippy::expect_used, reason = "every test file uses a part of it")]

use std::sync::Arc;

use database::Database;
use database::documents::{FeatureResult, ParsedResult, Results, ScoredWith, TextResult};
use dev_postgres::TestDatabase;
use jobs_core::LeaseRef;
use risk_engine::{
    DocumentFacts, Kind, RuleSet, SeverityThresholds, platform_rules, score_document,
};
use serde_json::json;
use tokio_postgres::{Client, NoTls, Row};

use crate::common;

/// Everything that a completion writes.
pub(crate) const RESULT_TABLES: &[&str] = &[
    "document_ocr_results",
    "document_parsed_data",
    "document_risk_features",
    "document_risk_scores",
    "risk_score_history",
    "risk_alerts",
    "notifications",
    "worker.document_fingerprints",
    "worker.risk_evaluations",
    "worker.usage_events",
];

/// An office on a database of its own.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) tenant: String,
    pub(crate) database: Database,
    client: Arc<Client>,
    _test: Arc<TestDatabase>,
}

impl Office {
    /// Office `t1` on a migrated database.
    pub(crate) async fn open() -> Self {
        let (test, database) = common::migrated().await;
        let (client, connection) =
            tokio_postgres::connect(&test.url(), NoTls).await.expect("connects");
        tokio::spawn(connection);
        let office = Self {
            tenant: "t1".to_owned(),
            database,
            client: Arc::new(client),
            _test: Arc::new(test),
        };
        office.found().await;
        office
    }

    /// Another office on the same database.
    pub(crate) async fn neighbour(&self, tenant: &str) -> Self {
        let neighbour = Self { tenant: tenant.to_owned(), ..self.clone() };
        neighbour.found().await;
        neighbour
    }

    /// Writes the office, its user and its company.
    async fn found(&self) {
        let t = &self.tenant;
        self.execute(&format!(
            "INSERT INTO tenants (id, name, slug, updated_at) VALUES ('{t}', 'Büro', '{t}', now());
             INSERT INTO users (id, email, hashed_password, full_name, updated_at)
             VALUES ('{t}-user', '{t}@example.com', 'x', 'Ayşe', now());
             INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
             VALUES ('{t}-company', '{t}', 'Ege Tekstil', 'Limited', '1234567801', now());"
        ))
        .await;
    }

    /// Writes a document whose job is in progress, and gives the lease.
    pub(crate) async fn document(&self, id: &str, file_name: &str) -> LeaseRef {
        let t = &self.tenant;
        self.execute(&format!(
            "INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name,
                storage_path, mime_type, file_size_bytes, upload_user_id, status,
                processing_error_message, updated_at)
             VALUES ('{id}', '{t}', '{t}-company', 'INVOICE', '{file_name}', 'p', 'm', 1,
                '{t}-user', 'PROCESSING', 'an earlier failure', now());
             INSERT INTO document_processing_jobs (id, tenant_id, document_id, status,
                attempts_count, lease_token, lease_owner, lease_expires_at, last_error_message,
                updated_at)
             VALUES ('job-{id}', '{t}', '{id}', 'IN_PROGRESS', 1, 7, 'me',
                now() + interval '1 hour', 'an earlier failure', now());"
        ))
        .await;
        LeaseRef { id: format!("job-{id}"), tenant: t.clone(), token: 7 }
    }

    /// Puts the job of a document in progress again, and gives the new lease.
    pub(crate) async fn again(&self, document: &str) -> LeaseRef {
        let row = self
            .client
            .query_one(
                "UPDATE document_processing_jobs
                 SET status = 'IN_PROGRESS', lease_token = lease_token + 1
                 WHERE document_id = $1 RETURNING id, lease_token",
                &[&document],
            )
            .await
            .expect("updated");
        LeaseRef { id: row.get(0), tenant: self.tenant.clone(), token: row.get(1) }
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.client.batch_execute(sql).await.expect(sql);
    }

    /// What the database says to a statement that it must refuse.
    pub(crate) async fn refused(&self, sql: &str) -> String {
        let error = self.client.batch_execute(sql).await.expect_err(sql);
        error.as_db_error().map(|error| error.message().to_owned()).unwrap_or_default()
    }

    pub(crate) async fn row(&self, sql: &str) -> Row {
        self.client.query_one(sql, &[]).await.expect(sql)
    }

    pub(crate) async fn rows(&self, sql: &str) -> Vec<Row> {
        self.client.query(sql, &[]).await.expect(sql)
    }

    /// Rows of a table, with an optional `WHERE` after its name.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.row(&format!("SELECT count(*) FROM {table}")).await.get(0)
    }

    /// The plan that PostgreSQL keeps for the duplicate look-up, whatever the values.
    pub(crate) async fn plan_of_look_up(&self) -> String {
        let sql = include_str!("../../src/documents/look_up.sql");
        self.execute(&format!(
            "SET plan_cache_mode = force_generic_plan;
             PREPARE look_up (text, text, bytea, text, text, text) AS {sql}"
        ))
        .await;
        let plan = self
            .rows("EXPLAIN EXECUTE look_up ('t1', 'old1', sha256('1'), 'ettn1', 'i1', 'n1')")
            .await;
        plan.iter().map(|line| line.get::<_, String>(0) + "\n").collect()
    }
}

/// Results with one triggered rule of this weight, or with none.
pub(crate) fn results(weight: i64) -> Results {
    let mut rule = platform_rules()
        .into_iter()
        .find(|rule| rule.code == "INV_TOTAL_MISMATCH")
        .expect("a rule of the platform");
    rule.weight = weight.into();
    rule.active = weight > 0;
    let facts = DocumentFacts {
        kind: Kind::Invoice,
        features: ["amountMismatch".to_owned()].into(),
        has_fields: true,
        ..DocumentFacts::default()
    };
    let rules = RuleSet::load(&[rule], SeverityThresholds::default()).rules;
    let fields: serde_json::Value =
        serde_json::from_str(r#"{"totalAmount": 1200.00}"#).expect("JSON");
    Results {
        text: TextResult {
            raw: "FATURA\nToplam 1.200,00".to_owned(),
            engine: "pdf-text".to_owned(),
            confidence: "0.98765".parse().ok(),
        },
        parsed: ParsedResult {
            document_type: "invoice".to_owned(),
            fields,
            parser_version: "3.0".to_owned(),
        },
        features: FeatureResult {
            features: json!({"amountMismatch": true}),
            flags: json!([{"code": "AMOUNT_MISMATCH", "severity": "medium"}]),
            score: Some(15.into()),
        },
        risk: score_document(&rules, &facts),
        evaluation: ScoredWith {
            day: "2026-03-02".parse().expect("a day"),
            rule_set_version: 1,
            facts: serde_json::to_string(&facts).expect("plain data"),
        },
    }
}
