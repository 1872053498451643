//! The statement that completes a calculation.

use chrono::NaiveDate;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Date, Integer, Jsonb, Nullable, Numeric, Text,
};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::Severity;
use jobs_core::LeaseRef;
use risk_engine::Level;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::documents::{score_word, storable, stored_score};
use crate::sql::cached;
use crate::{Database, Error, ids};

/// A company's score of a day with what made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// 0..=100.
    pub score: Decimal,
    /// Codes of the triggered rules.
    pub triggered: Vec<String>,
    /// The severity that the company has, with hysteresis.
    pub level: Level,
    /// The rule set that it was made with.
    pub rule_set_version: i32,
    /// The facts that it was made from, as text.
    pub facts: String,
    /// The whole result, as text.
    pub result: String,
    /// Entries that are unusual as a whole, as JSON; none when there is nothing to rank.
    pub unusual_entries: Option<String>,
}

/// The digest of facts, by which a score names what it was made from.
pub fn input_digest(facts: &str) -> [u8; 32] {
    Sha256::digest(facts).into()
}

/// A finding with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// The company.
    pub company: String,
    /// The kind.
    pub kind: String,
    /// What makes it the same tomorrow.
    pub fingerprint: String,
    /// What changes with its evidence.
    pub evidence: String,
    /// What can be muted with it.
    pub family: String,
    /// How serious.
    pub severity: Severity,
    /// Only for people who may know of it.
    pub narrow: bool,
    /// What became of it: `alerted`, `listed`, `closed`, `muted` or `recorded`.
    pub state: &'static str,
    /// The new alert that speaks of it; none leaves the one that it has.
    pub alert: Option<String>,
    /// The finding as JSON.
    pub detail: String,
    /// The finding as a Turkish sentence.
    pub message: String,
}

/// An alert that was not there before, with the notification that goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAlert {
    /// `risk_alerts.id`.
    pub id: String,
    /// `notifications.id`.
    pub notification: String,
    /// The company.
    pub company: String,
    /// One of the platform's types.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// At most 255 characters.
    pub title: String,
    /// What was found, in Turkish.
    pub message: String,
    /// How serious.
    pub severity: Severity,
    /// Its notification goes to the office's owners only.
    pub narrow: bool,
    /// At most 255 characters.
    pub notification_title: String,
    /// One sentence.
    pub notification_message: String,
}

/// An open alert whose finding has become worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorseAlert {
    /// `risk_alerts.id`.
    pub id: String,
    /// How serious it is now.
    pub severity: Severity,
    /// At most 255 characters.
    pub title: String,
    /// What was found, in Turkish.
    pub message: String,
}

/// Everything that follows from one calculation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Completion {
    /// The company's score; none for what lies between companies.
    pub evaluation: Option<Evaluation>,
    /// What was found.
    pub findings: Vec<FindingRow>,
    /// Alerts to be raised.
    pub new_alerts: Vec<NewAlert>,
    /// Alerts to be made worse.
    pub worse_alerts: Vec<WorseAlert>,
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    fenced: i64,
}

/// Writes everything together with the end of the job, or nothing. `false` when the lease was lost.
///
/// # Errors
/// The database could not be asked, or refused; nothing is written then, unless the connection broke
/// while the statement was under way.
pub async fn complete(
    database: &Database,
    lease: &LeaseRef,
    day: NaiveDate,
    completion: Completion,
) -> Result<bool, Error> {
    let Completion { evaluation, findings, new_alerts, worse_alerts } = completion;
    let evaluation = evaluation.as_ref();
    let text = |of: fn(&FindingRow) -> String| -> Vec<String> {
        findings.iter().map(|row| storable::text(of(row))).collect()
    };
    let alerts: Vec<Option<&str>> = findings.iter().map(|row| row.alert.as_deref()).collect();
    let worse = |of: fn(&WorseAlert) -> String| -> Vec<String> {
        worse_alerts.iter().map(|alert| storable::text(of(alert))).collect()
    };
    let ids: Vec<String> = (0..2).map(|_| ids::new_id()).collect();
    let triggered: Option<Value> = evaluation.map(|one| json!(one.triggered));
    let mut connection = database.get().await?;
    let written: Written = cached(
        sql_query(include_str!("write_results.sql"))
            .bind::<Text, _>(&lease.id)
            .bind::<Text, _>(&lease.tenant)
            .bind::<BigInt, _>(lease.token)
            .bind::<Date, _>(day)
            .bind::<Array<Text>, _>(ids)
            .bind::<Nullable<Numeric>, _>(evaluation.map(|one| stored_score(one.score)))
            .bind::<Nullable<Text>, _>(evaluation.map(|one| score_word(one.level.severity)))
            .bind::<Nullable<Jsonb>, _>(triggered.map(storable::json))
            .bind::<Nullable<Integer>, _>(evaluation.map(|one| one.rule_set_version))
            .bind::<Nullable<Binary>, _>(evaluation.map(|one| input_digest(&one.facts).to_vec()))
            .bind::<Nullable<Text>, _>(evaluation.map(|one| &one.facts))
            .bind::<Nullable<Text>, _>(evaluation.map(|one| &one.result))
            .bind::<Nullable<Text>, _>(evaluation.map(|one| one.level.severity.as_str()))
            .bind::<Nullable<Date>, _>(evaluation.map(|one| one.level.since))
            .bind::<Nullable<Integer>, _>(
                evaluation.map(|one| i32::try_from(one.level.calm_days).unwrap_or(i32::MAX)),
            )
            .bind::<Array<Text>, _>(text(|row| row.company.clone()))
            .bind::<Array<Text>, _>(text(|row| row.kind.clone()))
            .bind::<Array<Text>, _>(text(|row| row.fingerprint.clone()))
            .bind::<Array<Text>, _>(text(|row| row.evidence.clone()))
            .bind::<Array<Text>, _>(text(|row| row.family.clone()))
            .bind::<Array<Text>, _>(text(|row| row.severity.as_str().to_owned()))
            .bind::<Array<Bool>, _>(findings.iter().map(|row| row.narrow).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(text(|row| row.state.to_owned()))
            .bind::<Array<Nullable<Text>>, _>(alerts)
            .bind::<Array<Text>, _>(text(|row| row.detail.clone()))
            .bind::<Array<Text>, _>(text(|row| row.message.clone()))
            .bind::<Array<Text>, _>(worse(|alert| alert.id.clone()))
            .bind::<Array<Text>, _>(worse(|alert| alert.severity.as_str().to_owned()))
            .bind::<Array<Text>, _>(worse(|alert| alert.title.clone()))
            .bind::<Array<Text>, _>(worse(|alert| alert.message.clone()))
            .bind::<Jsonb, _>(storable::json(json!(new_alerts)))
            .bind::<Nullable<Text>, _>(
                evaluation.and_then(|one| one.unusual_entries.clone()).map(storable::text),
            ),
    )
    .get_result(&mut connection)
    .await?;
    Ok(written.fenced > 0)
}
