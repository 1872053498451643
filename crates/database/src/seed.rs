//! What a new platform database is seeded with.

use diesel::sql_query;
use diesel::sql_types::{Array, Jsonb, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::sql::cached;
use crate::{Database, Error, ids, risk_rules};

/// Adds the platform's risk rules that are missing and returns how many. Rules that are there, also
/// changed ones, stay as they are; any number of seeds may run at once.
///
/// # Errors
/// The database could not be asked.
pub async fn seed_platform_rules(database: &Database) -> Result<u64, Error> {
    risk_rules::add_missing(database, risk_engine::platform_rules()).await
}

/// A row of `integration_providers`.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProvider {
    /// The word of its type: `accounting` or `bank`.
    pub kind: String,
    /// What its connector is found by.
    pub code: String,
    /// Its name.
    pub name: String,
    /// A Turkish sentence about what it brings.
    pub description: String,
    /// Its settings, as the platform's form reads them.
    pub config_schema: Value,
}

/// Adds the providers whose codes are missing and returns how many. Those that are there stay as they
/// are, with the settings that the platform asks for.
///
/// # Errors
/// The database could not be asked.
pub async fn seed_providers(database: &Database, providers: &[NewProvider]) -> Result<u64, Error> {
    let text = |value: fn(&NewProvider) -> &str| providers.iter().map(value).collect::<Vec<_>>();
    let added = cached(
        sql_query(include_str!("seed/providers.sql"))
            .bind::<Array<Text>, _>(providers.iter().map(|_| ids::new_id()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(text(|one| &one.kind))
            .bind::<Array<Text>, _>(text(|one| &one.code))
            .bind::<Array<Text>, _>(text(|one| &one.name))
            .bind::<Array<Text>, _>(text(|one| &one.description))
            .bind::<Array<Jsonb>, _>(
                providers.iter().map(|one| &one.config_schema).collect::<Vec<_>>(),
            ),
    )
    .execute(&mut database.get().await?)
    .await?;
    Ok(u64::try_from(added).unwrap_or(u64::MAX))
}
