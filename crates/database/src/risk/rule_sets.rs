//! Versions of what counts for an office. A version is written once and never changed.

use diesel::sql_types::{Binary, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};

use crate::sql::cached;
use crate::{Database, Error};

/// A version of an office's rules.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct StoredRuleSet {
    /// Its number within the office, from 1.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// As [`risk_engine::RuleSet::to_text`] gave it.
    #[diesel(sql_type = Text)]
    pub content: String,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Nullable<Integer>)]
    version: Option<i32>,
}

/// Writers that may come between two looks before this is an error.
const PATIENCE: usize = 20;

/// The version of this content for the office: the one that has it, or a new one.
///
/// # Errors
/// The database could not be asked.
pub async fn ensure(database: &Database, tenant: &str, content: &str) -> Result<i32, Error> {
    let digest = Sha256::digest(content);
    let mut connection = database.get().await?;
    for _ in 0..PATIENCE {
        // Two that make a version at once collide on its number or its digest; the loser makes none
        // and looks again.
        let row: Version = cached(
            sql_query(include_str!("ensure_rule_set.sql"))
                .bind::<Text, _>(tenant)
                .bind::<Binary, _>(digest.as_slice())
                .bind::<Text, _>(content),
        )
        .get_result(&mut connection)
        .await?;
        if let Some(version) = row.version {
            return Ok(version);
        }
    }
    Err(Error::Busy { waited: std::time::Duration::ZERO })
}

/// A version of an office's rules; the newest when no number is given.
///
/// # Errors
/// The database could not be asked.
pub async fn load(
    database: &Database,
    tenant: &str,
    version: Option<i32>,
) -> Result<Option<StoredRuleSet>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("load_rule_set.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Nullable<Integer>, _>(version)
        .get_result(&mut connection)
        .await
        .optional()?)
}
