//! What the statements return.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

/// A claimed job, or none, with how far the walk came.
#[derive(Debug, QueryableByName)]
pub(super) struct ClaimedRow {
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) tenant_id: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub(super) attempt: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub(super) max_attempts: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) token: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) payload: Option<String>,
    #[diesel(sql_type = Text)]
    pub(super) reached: String,
    #[diesel(sql_type = Bool)]
    pub(super) around: bool,
    /// Jobs taken, those ended for want of a subject included.
    #[diesel(sql_type = BigInt)]
    pub(super) taken: i64,
}

/// A lease that was still held.
#[derive(Debug, PartialEq, Eq, Hash, QueryableByName)]
pub(super) struct HeldRow {
    #[diesel(sql_type = Text)]
    pub(super) id: String,
    #[diesel(sql_type = BigInt)]
    pub(super) token: i64,
}

#[derive(Debug, QueryableByName)]
pub(super) struct CountRow {
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
}

#[derive(Debug, QueryableByName)]
pub(super) struct ReapedRow {
    #[diesel(sql_type = BigInt)]
    pub(super) returned: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) failed: i64,
}

#[derive(Debug, QueryableByName)]
pub(super) struct IdRow {
    #[diesel(sql_type = Text)]
    pub(super) id: String,
}

#[derive(Debug, QueryableByName)]
pub(super) struct TokenRow {
    #[diesel(sql_type = BigInt)]
    pub(super) token: i64,
}
