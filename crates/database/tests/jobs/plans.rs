//! How the server runs the claim.

use database::jobs::{DOCUMENT_PROCESSING, Statements};
use diesel::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use crate::surroundings::Surroundings;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

/// Jobs of three tenants: most finished, some pending, many of them in the future. Without the
/// checks of foreign keys, which would take most of the time.
const ROWS: &str = "
SET LOCAL session_replication_role = replica;
INSERT INTO tenants (id, name, slug, updated_at)
    SELECT 't' || n, 'x', 't' || n, now() FROM generate_series(0, 2) n;
INSERT INTO client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
    SELECT 'c' || n, 't' || n, 'x', 'Limited', '1', now() FROM generate_series(0, 2) n;
INSERT INTO documents (id, tenant_id, client_company_id, type, original_file_name, storage_path,
        mime_type, file_size_bytes, upload_user_id, updated_at)
    SELECT 'd' || n, 't' || n % 3, 'c' || n % 3, 'INVOICE', 'x', 'x', 'x', 1, 'user', now()
    FROM generate_series(1, 20000) n;
INSERT INTO document_processing_jobs (id, tenant_id, document_id, status, run_at, updated_at)
    SELECT 'j' || n, 't' || n % 3, 'd' || n,
        CASE WHEN n % 4 = 0 THEN 'PENDING' ELSE 'SUCCESS' END,
        now() + CASE WHEN n % 8 = 0 THEN interval '1 hour' ELSE interval '-1 hour' END, now()
    FROM generate_series(1, 20000) n;";

async fn plan(office: &Surroundings<database::jobs::DocumentJob>) -> String {
    let mut connection = office.connection().await;
    let sql = Statements::new(&DOCUMENT_PROCESSING).claim;
    // As the server plans it for a prepared statement that is used again and again.
    for statement in [
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        format!("PREPARE claim (int, text, bigint, text, int) AS {sql}"),
    ] {
        sql_query(statement).execute(&mut connection).await.unwrap();
    }
    let lines: Vec<Line> = sql_query("EXPLAIN (COSTS OFF) EXECUTE claim (8, 'w', 30000, 't0', 16)")
        .load(&mut connection)
        .await
        .unwrap();
    lines.into_iter().map(|line| line.line + "\n").collect()
}

fn reads_no_whole_table(plan: &str) {
    // The other tables hold so few rows here that reading them whole is right.
    for table in ["document_processing_jobs", "documents"] {
        let scan = format!("Seq Scan on {table}");
        assert!(!plan.lines().any(|line| line.contains(&scan)), "{plan}");
    }
    assert!(plan.contains("worker_document_jobs_due_idx"), "{plan}");
}

#[tokio::test]
async fn the_claim_probes_indexes_only() {
    let office = Surroundings::documents().await;
    office.sql(ROWS).await;
    office.sql("ANALYZE").await;
    reads_no_whole_table(&plan(&office).await);
}
