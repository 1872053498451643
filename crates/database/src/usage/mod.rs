//! Metering: events of completed documents become the platform's counters.

use diesel::sql_types::{Array, BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use crate::sql::cached;
use crate::{Database, Error, ids};

/// Events that one statement takes.
const BATCH: i64 = 2_000;

#[derive(QueryableByName)]
struct Folded {
    #[diesel(sql_type = BigInt)]
    events: i64,
}

/// Adds all events that are there to `tenant_usages` and returns how many. Safe to run anywhere at
/// any time, also twice at once; a run that is cut short leaves the rest for the next.
///
/// # Errors
/// The database could not be asked; what was counted stays counted.
pub async fn fold(database: &Database) -> Result<u64, Error> {
    let mut connection = database.get().await?;
    let mut total = 0;
    loop {
        let new_ids: Vec<String> = (0..BATCH).map(|_| ids::new_id()).collect();
        let folded: Folded = cached(
            sql_query(include_str!("fold.sql"))
                .bind::<BigInt, _>(BATCH)
                .bind::<Array<Text>, _>(new_ids),
        )
        .get_result(&mut connection)
        .await?;
        total += u64::try_from(folded.events).unwrap_or_default();
        if folded.events < BATCH {
            return Ok(total);
        }
    }
}
