//! What connectors need kept for one integration: tokens and the objects of a file drop.

use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::sql::cached;
use crate::{Database, Error};

/// Sealed tokens and how often they were replaced.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct SealedTokens {
    /// As they were sealed.
    #[diesel(sql_type = Text)]
    pub sealed: String,
    /// Raised with each replacement.
    #[diesel(sql_type = BigInt)]
    pub generation: i64,
}

/// An object of a file drop that was settled.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct ObjectRow {
    /// Its key below the drop's folder.
    #[diesel(sql_type = Text)]
    pub object_key: String,
    /// Which version was read.
    #[diesel(sql_type = Jsonb)]
    pub version: Value,
    /// SHA-256 of its content in hex.
    #[diesel(sql_type = Nullable<Text>)]
    pub sha256: Option<String>,
    /// How it ended.
    #[diesel(sql_type = Jsonb)]
    pub result: Value,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The tokens of an integration.
///
/// # Errors
/// When the database does not answer.
pub async fn load_tokens(
    database: &Database,
    tenant: &str,
    integration_id: &str,
) -> Result<Option<SealedTokens>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("ports/load_tokens.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(integration_id)
        .get_result(&mut connection)
        .await
        .optional()?)
}

/// Asks for the right to replace the tokens that were seen with this generation. None when they were
/// replaced meanwhile, or somebody else has the right; else the name of the right.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_refresh(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    seen: Option<i64>,
) -> Result<Option<i64>, Error> {
    let mut connection = database.get().await?;
    let row: Option<Count> = sql_query(include_str!("ports/begin_refresh.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(integration_id)
        .bind::<Nullable<BigInt>, _>(seen)
        .get_result(&mut connection)
        .await
        .optional()?;
    Ok(row.map(|row| row.count))
}

/// Stores new tokens and ends the right with this name. Returns their generation; none when somebody
/// else has the right by now, or the integration is gone.
///
/// # Errors
/// When the database does not answer.
pub async fn finish_refresh(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    claim: Option<i64>,
    sealed: &str,
) -> Result<Option<i64>, Error> {
    let mut connection = database.get().await?;
    let row: Option<Count> = sql_query(include_str!("ports/finish_refresh.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(integration_id)
        .bind::<Nullable<BigInt>, _>(claim)
        .bind::<Text, _>(sealed)
        .get_result(&mut connection)
        .await
        .optional()?;
    Ok(row.map(|row| row.count))
}

/// Puts the same tokens, sealed with another key, in the place of `sealed`. `false` when they were
/// replaced meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn reseal_tokens(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    sealed: &str,
    anew: &str,
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let changed = sql_query(include_str!("ports/reseal_tokens.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(integration_id)
        .bind::<Text, _>(sealed)
        .bind::<Text, _>(anew)
        .execute(&mut connection)
        .await?;
    Ok(changed > 0)
}

/// Ends the right with this name without new tokens.
///
/// # Errors
/// When the database does not answer.
pub async fn abandon_refresh(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    claim: Option<i64>,
) -> Result<(), Error> {
    let mut connection = database.get().await?;
    sql_query(include_str!("ports/abandon_refresh.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(integration_id)
        .bind::<Nullable<BigInt>, _>(claim)
        .execute(&mut connection)
        .await?;
    Ok(())
}

/// Those of these objects that were settled.
///
/// # Errors
/// When the database does not answer.
pub async fn known_objects(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    stream: &str,
    keys: &[String],
) -> Result<Vec<ObjectRow>, Error> {
    let mut connection = database.get().await?;
    Ok(cached(
        sql_query(include_str!("ports/known_objects.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(integration_id)
            .bind::<Text, _>(stream)
            .bind::<Array<Text>, _>(keys),
    )
    .load(&mut connection)
    .await?)
}

/// A key under which this content was taken.
///
/// # Errors
/// When the database does not answer.
pub async fn taken_content(
    database: &Database,
    tenant: &str,
    integration_id: &str,
    stream: &str,
    sha256: &str,
) -> Result<Option<String>, Error> {
    let mut connection = database.get().await?;
    let row: Option<ObjectRow> = cached(
        sql_query(include_str!("ports/taken_content.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Text, _>(integration_id)
            .bind::<Text, _>(stream)
            .bind::<Text, _>(sha256),
    )
    .get_result(&mut connection)
    .await
    .optional()?;
    Ok(row.map(|row| row.object_key))
}
