//! What a new platform database is seeded with.

use crate::{Database, Error, risk_rules};

/// Adds the platform's risk rules that are missing and returns how many. Rules that are there, also
/// changed ones, stay as they are; any number of seeds may run at once.
///
/// # Errors
/// The database could not be asked.
pub async fn seed_platform_rules(database: &Database) -> Result<u64, Error> {
    risk_rules::add_missing(database, risk_engine::platform_rules()).await
}
