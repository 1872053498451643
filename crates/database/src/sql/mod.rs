//! Raw SQL whose prepared statement is kept.
//!
//! Diesel prepares every `sql_query` anew, which costs a round trip each time, because its text
//! might be another one every time. The texts of this crate are constants.

mod in_place;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

pub(crate) use in_place::each_row;

/// A raw query, binds included, that is prepared once for each connection. See [`cached`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a query does nothing until it is run"]
pub struct Cached<Q>(Q);

/// Keeps the prepared statement of `query`, a `sql_query` with all its binds.
///
/// Its text must be a constant: the cache is never emptied, so texts that vary fill the memory of
/// the worker and of the server.
pub fn cached<Q>(query: Q) -> Cached<Q> {
    Cached(query)
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Cached<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

// Without an id of its own, a statement is found by its text and the types of its binds.
impl<Q> QueryId for Cached<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}
