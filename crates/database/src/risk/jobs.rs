//! The jobs of the daily calculation.

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde::Deserialize;

use crate::jobs::{Columns, PgJobStore, StatusWords, TableDescription};
use crate::{Database, Error};

/// What is known of a subject when its job is claimed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RiskJob {
    /// The company; none for what lies between the companies of the office.
    pub client_company_id: Option<String>,
    /// The company's name.
    pub company_name: Option<String>,
    /// The company's tax number, as stored.
    pub tax_number: Option<String>,
    /// Whether the company is active now.
    pub is_active: Option<bool>,
}

/// `worker.risk_jobs`: one row for each subject, made pending again each day.
pub const RISK_CALCULATION: TableDescription = TableDescription {
    queue: "risk_calculation",
    table: "worker.risk_jobs",
    words: StatusWords {
        pending: "pending",
        in_progress: "in_progress",
        succeeded: "succeeded",
        failed: "failed",
        cancelled: "cancelled",
    },
    columns: Columns {
        attempts: "attempts",
        started_at: "started_at",
        finished_at: Some("finished_at"),
        technical: "last_error",
        user_message: Some("user_message"),
    },
    subject: None,
    payload: &[
        ("clientCompanyId", "j.client_company_id"),
        (
            "companyName",
            "(SELECT c.name FROM client_companies c \
             WHERE c.id = j.client_company_id AND c.tenant_id = j.tenant_id)",
        ),
        (
            "taxNumber",
            "(SELECT c.tax_number FROM client_companies c \
             WHERE c.id = j.client_company_id AND c.tenant_id = j.tenant_id)",
        ),
        (
            "isActive",
            "(SELECT c.is_active FROM client_companies c \
             WHERE c.id = j.client_company_id AND c.tenant_id = j.tenant_id)",
        ),
    ],
    exhausted: "Firmanın risk hesabı birkaç kez yarıda kaldığı için durduruldu; yarın yeniden denenecek.",
    cancelled: "Firmanın risk hesabı iptal edildi.",
};

impl PgJobStore<RiskJob> {
    /// The queue of companies to be scored.
    pub fn risk(database: Database) -> Self {
        Self::new(database, RISK_CALCULATION)
    }
}

/// Forgets what scores before a day were made of, and returns of how many.
///
/// # Errors
/// The database could not be asked; nothing is forgotten then.
pub async fn forget_before(database: &Database, day: NaiveDate) -> Result<usize, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("forget.sql")).bind::<Date, _>(day).execute(&mut connection).await?)
}

/// What a fan-out did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct FannedOut {
    /// Active companies of active offices, and those offices.
    #[diesel(sql_type = BigInt)]
    pub subjects: i64,
    /// Of them, those whose job waits now because of this call.
    #[diesel(sql_type = BigInt)]
    pub made: i64,
}

/// Makes the day's jobs, one for each active company of the active offices and one for each office;
/// any number of calls on one day make each once. `again` also repeats those that were done that day.
/// `tenant` and `company` ask for one office or company only.
///
/// # Errors
/// The database could not be asked; nothing is made then.
pub async fn fan_out(
    database: &Database,
    day: NaiveDate,
    tenant: Option<&str>,
    company: Option<&str>,
    again: bool,
) -> Result<FannedOut, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("fan_out.sql"))
        .bind::<Date, _>(day)
        .bind::<Nullable<Text>, _>(tenant)
        .bind::<Nullable<Text>, _>(company)
        .bind::<Bool, _>(again)
        .get_result(&mut connection)
        .await?)
}
