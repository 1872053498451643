//! What is known of companies besides their books.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Array, Date, Jsonb, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::{ClientCompanyId, Severity};
use risk_engine::alerts::{Known, KnownAlert, Muting};
use risk_engine::{Level, ScoredDocuments};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sql::cached;
use crate::{Database, Error};

/// Something found now, whose memory is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// The company.
    pub company: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// What makes it the same finding as before; empty for all of the kind.
    pub fingerprint: &'a str,
}

/// What is known of a finding from before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFinding {
    company: String,
    kind: String,
    fingerprint: String,
    evidence: String,
    severity: Severity,
    state: String,
    alert: Option<String>,
    open: Option<bool>,
}

/// A ring that the company belongs to, found between the companies of the office.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RingFinding {
    /// `RING`.
    pub kind: String,
    /// How serious.
    pub severity: Severity,
    /// As it was stored with the finding.
    pub detail: String,
}

/// What is known besides the books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The first company's name.
    pub company_name: Option<String>,
    /// The first company's level after the last day scored before this one.
    pub level: Option<Level>,
    /// The companies' documents by the day of their score, within a year.
    pub documents: Vec<ScoredDocuments>,
    /// Families that are silent.
    pub mutings: Vec<Muting>,
    /// New alerts of each company that were raised on the day already.
    pub alerted_today: BTreeMap<ClientCompanyId, u32>,
    /// Rings of the first company, found within 31 days.
    pub rings: Vec<RingFinding>,
    known: BTreeMap<(String, String, String), KnownFinding>,
}

impl Context {
    /// What is known of a finding.
    pub fn known(&self, company: &str, kind: &str, fingerprint: &str) -> Option<Known> {
        let key = (company.to_owned(), kind.to_owned(), fingerprint.to_owned());
        let known = self.known.get(&key)?;
        let alert = known.alert.as_ref().map(|id| KnownAlert {
            id: id.clone(),
            is_open: known.open.unwrap_or(false),
            is_own: known.state != "listed",
        });
        Some(Known { evidence: known.evidence.clone(), severity: known.severity, alert })
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Jsonb>)]
    level: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    documents: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    mutings: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    alerted_today: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    rings: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    known: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    company_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMuting {
    company: String,
    kind: String,
    family: String,
    until: NaiveDate,
}

/// Asks everything that a calculation needs besides the books, in one statement. `companies` has one
/// company, or those of an office among which something was found.
///
/// # Errors
/// The database could not be asked, or holds what this program does not understand.
pub async fn context(
    database: &Database,
    tenant: &str,
    companies: &[&str],
    day: NaiveDate,
    found: &[Found<'_>],
) -> Result<Context, Error> {
    let kinds: Vec<&str> = found.iter().map(|one| one.kind).collect();
    let fingerprints: Vec<&str> = found.iter().map(|one| one.fingerprint).collect();
    let of_companies: Vec<&str> = found.iter().map(|one| one.company).collect();
    let mut connection = database.get().await?;
    let row: Row = cached(
        sql_query(include_str!("context.sql"))
            .bind::<Text, _>(tenant)
            .bind::<Array<Text>, _>(companies)
            .bind::<Date, _>(day)
            .bind::<Array<Text>, _>(of_companies)
            .bind::<Array<Text>, _>(kinds)
            .bind::<Array<Text>, _>(fingerprints),
    )
    .get_result(&mut connection)
    .await?;
    drop(connection);
    let mutings: Vec<StoredMuting> = parse("worker.risk_mutings", row.mutings)?;
    let alerted: BTreeMap<String, u32> = parse("worker.risk_findings", row.alerted_today)?;
    let known: Vec<KnownFinding> = parse("worker.risk_findings", row.known)?;
    Ok(Context {
        company_name: row.company_name,
        level: parse("worker.risk_evaluations", row.level)?,
        documents: parse("document_risk_scores", row.documents)?,
        mutings: mutings
            .into_iter()
            .map(|one| Muting {
                company: ClientCompanyId::new(one.company),
                kind: one.kind,
                family: one.family,
                until: one.until,
            })
            .collect(),
        alerted_today: alerted
            .into_iter()
            .map(|(company, count)| (ClientCompanyId::new(company), count))
            .collect(),
        rings: parse("worker.risk_findings", row.rings)?,
        known: known
            .into_iter()
            .map(|one| ((one.company.clone(), one.kind.clone(), one.fingerprint.clone()), one))
            .collect(),
    })
}

fn parse<T: DeserializeOwned + Default>(
    what: &'static str,
    value: Option<Value>,
) -> Result<T, Error> {
    let Some(value) = value else { return Ok(T::default()) };
    serde_json::from_value(value)
        .map_err(|error| Error::Unreadable { what, value: error.to_string() })
}
