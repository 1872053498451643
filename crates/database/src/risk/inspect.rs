//! What operators ask about risk, and how they steer alerts.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, Text, Timestamptz};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use futures::TryStreamExt;

use crate::{Database, Error};

/// How far the calculations of a day are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Progress {
    /// Waiting.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// Held by a worker.
    #[diesel(sql_type = BigInt)]
    pub running: i64,
    /// Done.
    #[diesel(sql_type = BigInt)]
    pub succeeded: i64,
    /// Given up for the day.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// Called off, or their company is not active any more.
    #[diesel(sql_type = BigInt)]
    pub cancelled: i64,
}

impl Progress {
    /// Not ended yet.
    pub fn open(&self) -> i64 {
        self.pending + self.running
    }

    /// Ended, one way or the other.
    pub fn ended(&self) -> i64 {
        self.succeeded + self.failed + self.cancelled
    }
}

/// How far the calculations of a day are, of all offices, one office or one company.
///
/// # Errors
/// The database could not be asked.
pub async fn progress(
    database: &Database,
    day: NaiveDate,
    tenant: Option<&str>,
    company: Option<&str>,
) -> Result<Progress, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("progress.sql"))
        .bind::<Date, _>(day)
        .bind::<Nullable<Text>, _>(tenant)
        .bind::<Nullable<Text>, _>(company)
        .get_result(&mut connection)
        .await?)
}

/// A calculation that was given up.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct FailedRow {
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// The company; none for what lies between companies.
    #[diesel(sql_type = Nullable<Text>)]
    pub client_company_id: Option<String>,
    /// Why, for the operator.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
}

/// Calculations of a day that were given up, at most 50.
///
/// # Errors
/// The database could not be asked.
pub async fn failed(
    database: &Database,
    day: NaiveDate,
    tenant: Option<&str>,
    company: Option<&str>,
) -> Result<Vec<FailedRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("failed.sql"))
        .bind::<Date, _>(day)
        .bind::<Nullable<Text>, _>(tenant)
        .bind::<Nullable<Text>, _>(company)
        .load(&mut connection)
        .await?)
}

/// A stored score with everything that it was made with.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct EvaluationRow {
    /// The office.
    #[diesel(sql_type = Text)]
    pub tenant_id: String,
    /// `company` or `document`.
    #[diesel(sql_type = Text)]
    pub entity_type: String,
    /// Its id.
    #[diesel(sql_type = Text)]
    pub entity_id: String,
    /// For which day.
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// The version of the office's rules.
    #[diesel(sql_type = Integer)]
    pub rule_set_version: i32,
    /// The digest of the facts.
    #[diesel(sql_type = Binary)]
    pub input_digest: Vec<u8>,
    /// The facts.
    #[diesel(sql_type = Text)]
    pub facts: String,
    /// The result.
    #[diesel(sql_type = Text)]
    pub result: String,
    /// The severity, a company's with hysteresis.
    #[diesel(sql_type = Text)]
    pub level: String,
    /// Since when.
    #[diesel(sql_type = Date)]
    pub level_since: NaiveDate,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub evaluated_at: DateTime<Utc>,
    /// A company's entries that are unusual as a whole, as JSON.
    #[diesel(sql_type = Nullable<Text>)]
    pub unusual_entries: Option<String>,
    /// The rules of that version.
    #[diesel(sql_type = Nullable<Text>)]
    pub rules: Option<String>,
    /// Name of the company or the document's file.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
}

/// The newest score of a company or document.
///
/// # Errors
/// The database could not be asked.
pub async fn latest_evaluation(
    database: &Database,
    id: &str,
) -> Result<Option<EvaluationRow>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("latest_evaluation.sql"))
        .bind::<Text, _>(id)
        .get_result(&mut connection)
        .await
        .optional()?)
}

/// A finding of a company as people see it.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct CompanyFinding {
    /// Its kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// How serious.
    #[diesel(sql_type = Text)]
    pub severity: String,
    /// What became of it.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// In Turkish.
    #[diesel(sql_type = Text)]
    pub message: String,
    /// First seen.
    #[diesel(sql_type = Date)]
    pub first_day: NaiveDate,
    /// Last seen.
    #[diesel(sql_type = Date)]
    pub last_day: NaiveDate,
    /// How often.
    #[diesel(sql_type = Integer)]
    pub occurrences: i32,
    /// The alert that speaks of it.
    #[diesel(sql_type = Nullable<Text>)]
    pub alert_id: Option<String>,
    /// That alert's status.
    #[diesel(sql_type = Nullable<Text>)]
    pub alert_status: Option<String>,
    /// Only for people who may know of it.
    #[diesel(sql_type = Bool)]
    pub narrow: bool,
    /// What it can be muted by.
    #[diesel(sql_type = Text)]
    pub family: String,
}

/// What was found in a company's books within the 31 days before a day, the newest first.
///
/// # Errors
/// The database could not be asked.
pub async fn findings_of_company(
    database: &Database,
    tenant: &str,
    company: &str,
    day: NaiveDate,
) -> Result<Vec<CompanyFinding>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("findings_of_company.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Text, _>(company)
        .bind::<Date, _>(day)
        .load(&mut connection)
        .await?)
}

/// A stored score, for a backtest.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct PastEvaluation {
    /// `company` or `document`.
    #[diesel(sql_type = Text)]
    pub entity_type: String,
    /// Its id.
    #[diesel(sql_type = Text)]
    pub entity_id: String,
    /// For which day.
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// The facts.
    #[diesel(sql_type = Text)]
    pub facts: String,
    /// The result that was stored.
    #[diesel(sql_type = Text)]
    pub result: String,
}

/// Gives every stored score of an office from one day to another to `take`, by subject and day.
///
/// # Errors
/// The database could not be asked.
pub async fn evaluations(
    database: &Database,
    tenant: &str,
    from: NaiveDate,
    to: NaiveDate,
    mut take: impl FnMut(PastEvaluation) + Send,
) -> Result<(), Error> {
    let mut connection = database.get().await?;
    let rows = sql_query(include_str!("evaluations.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .load_stream::<PastEvaluation>(&mut connection)
        .await?;
    let mut rows = std::pin::pin!(rows);
    while let Some(row) = rows.try_next().await? {
        take(row);
    }
    Ok(())
}

/// How often a rule was triggered.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct RuleFigure {
    /// The rule.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// As a shadow rule.
    #[diesel(sql_type = Bool)]
    pub shadow: bool,
    /// Subjects on whose newest score it was triggered.
    #[diesel(sql_type = BigInt)]
    pub hits: i64,
}

/// How often the rules of an office were triggered since a day.
///
/// # Errors
/// The database could not be asked.
pub async fn rule_figures(
    database: &Database,
    tenant: &str,
    since: NaiveDate,
) -> Result<Vec<RuleFigure>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("rule_figures.sql"))
        .bind::<Text, _>(tenant)
        .bind::<Date, _>(since)
        .load(&mut connection)
        .await?)
}

/// What people said of the alerts of a rule or of a kind of finding when they closed them.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Verdicts {
    /// The rule or the kind.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Alerts closed with a reason.
    #[diesel(sql_type = BigInt)]
    pub closed: i64,
    /// Those that were no false alarm.
    #[diesel(sql_type = BigInt)]
    pub right: i64,
}

impl Verdicts {
    /// Closed alerts from which on they say something.
    const ENOUGH: i64 = 30;

    /// Whether so few were right (less than a fifth) that it had better be heard of no more.
    pub fn is_poor(&self) -> bool {
        self.closed >= Self::ENOUGH && self.right * 5 < self.closed
    }
}

/// What people of an office said of the alerts that they closed.
///
/// # Errors
/// The database could not be asked.
pub async fn verdicts(database: &Database, tenant: &str) -> Result<Vec<Verdicts>, Error> {
    let mut connection = database.get().await?;
    Ok(sql_query(include_str!("verdicts.sql"))
        .bind::<Text, _>(tenant)
        .load(&mut connection)
        .await?)
}

#[derive(QueryableByName)]
struct Closed {
    #[diesel(sql_type = BigInt)]
    closed: i64,
}

/// Closes an open alert with a reason; its findings stay silent until their evidence changes, and with
/// a day their families until then. `false` when no open alert has the id.
///
/// # Errors
/// The database could not be asked; nothing is changed then.
pub async fn close_alert(
    database: &Database,
    alert: &str,
    reason: &str,
    mute_until: Option<NaiveDate>,
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let closed: Closed = sql_query(include_str!("close_alert.sql"))
        .bind::<Text, _>(alert)
        .bind::<Text, _>(reason)
        .bind::<Nullable<Date>, _>(mute_until)
        .get_result(&mut connection)
        .await?;
    Ok(closed.closed > 0)
}

/// Mutes a family of findings of a company until a day, that day included; an empty family is all of
/// the kind. `false` when there is no such company.
///
/// # Errors
/// The database could not be asked; nothing is changed then.
pub async fn mute(
    database: &Database,
    company: &str,
    kind: &str,
    family: &str,
    until: NaiveDate,
    reason: &str,
) -> Result<bool, Error> {
    let mut connection = database.get().await?;
    let rows = sql_query(include_str!("mute.sql"))
        .bind::<Text, _>(company)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(family)
        .bind::<Date, _>(until)
        .bind::<Text, _>(reason)
        .execute(&mut connection)
        .await?;
    Ok(rows > 0)
}
