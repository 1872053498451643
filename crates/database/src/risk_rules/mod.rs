//! Rules of the risk engine as they stand in `risk_rules`.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Numeric, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::TenantId;
use risk_engine::RuleRow;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::sql::cached;
use crate::{Database, Error, ids};

/// Held while the platform's rules are added; any number that nobody else uses.
const SEED_LOCK: i64 = 0x6d75_6872_756c_6573;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    tenant_id: Option<String>,
    #[diesel(sql_type = Text)]
    scope: String,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Numeric)]
    weight: Decimal,
    #[diesel(sql_type = Bool)]
    is_active: bool,
    #[diesel(sql_type = Text)]
    default_severity: String,
    #[diesel(sql_type = Jsonb)]
    config: Value,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

/// The rules of an office and those of the platform, of all scopes, also those switched off; in no
/// order.
///
/// # Errors
/// The database could not be asked.
pub async fn of_tenant(database: &Database, tenant: &TenantId) -> Result<Vec<RuleRow>, Error> {
    let rows: Vec<Row> =
        cached(sql_query(include_str!("of_tenant.sql")).bind::<Text, _>(tenant.as_str()))
            .load(&mut database.get().await?)
            .await?;
    Ok(rows
        .into_iter()
        .map(|row| RuleRow {
            id: row.id,
            tenant: row.tenant_id.map(TenantId::new),
            scope: row.scope,
            code: row.code,
            description: row.description,
            weight: row.weight,
            active: row.is_active,
            default_severity: row.default_severity,
            config: row.config,
            updated_at: row.updated_at,
        })
        .collect())
}

/// Adds rules of the platform whose codes it does not have yet, and returns how many; what is there
/// stays as it is.
pub(crate) async fn add_missing(database: &Database, rules: Vec<RuleRow>) -> Result<u64, Error> {
    let new_ids: Vec<String> = rules.iter().map(|_| ids::new_id()).collect();
    let mut columns = (vec![], vec![], vec![], vec![], vec![], vec![]);
    for rule in rules {
        columns.0.push(rule.scope);
        columns.1.push(rule.code);
        columns.2.push(rule.description);
        columns.3.push(rule.weight);
        columns.4.push(rule.default_severity);
        columns.5.push(rule.config);
    }
    let mut pooled = database.get().await?;
    let connection: &mut AsyncPgConnection = &mut pooled;
    let added = connection
        .transaction(async |connection| {
            sql_query("SELECT pg_advisory_xact_lock($1)")
                .bind::<BigInt, _>(SEED_LOCK)
                .execute(connection)
                .await?;
            sql_query(include_str!("insert_missing.sql"))
                .bind::<Array<Text>, _>(new_ids)
                .bind::<Array<Text>, _>(columns.0)
                .bind::<Array<Text>, _>(columns.1)
                .bind::<Array<Text>, _>(columns.2)
                .bind::<Array<Numeric>, _>(columns.3)
                .bind::<Array<Text>, _>(columns.4)
                .bind::<Array<Jsonb>, _>(columns.5)
                .execute(connection)
                .await
        })
        .await?;
    Ok(added as u64)
}
