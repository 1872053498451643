//! A company: its books read, examined and scored, and everything that follows written in the
//! statement that completes the job. A job without a company looks at what lies between the companies
//! of the office.

use std::{collections::BTreeSet, sync::Arc};

use anomaly::{Kurus, Parameters, Report, ring};
use async_trait::async_trait;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use database::{
    Database,
    risk::{self, Completion, Context, Evaluation, Found, Ledger, RiskJob},
};
use domain::{ClientCompanyId, TenantId};
use jobs_core::{Claimed, Failure, Handler, JobContext, Outcome};
use risk_engine::{alerts::Policy, next_level, score_company};
use tokio::task;
use tracing::{Instrument as _, Span, debug, info, info_span};

use super::{Charts, Rules};
use crate::{
    failure,
    risk::{
        alerting::{self, Subject},
        books::{Books, Chart, day_of, direction},
        facts, unusual,
    },
    scoring,
};

/// Entries dated this far ahead are still read, so that future dates are seen.
const AHEAD: Days = Days::new(400);

/// What every company needs.
#[derive(Debug)]
pub(crate) struct RiskHandler {
    pub(crate) database: Database,
    pub(crate) rules: Arc<Rules>,
    pub(crate) charts: Charts,
    pub(crate) parameters: Arc<Parameters>,
    pub(crate) policy: Policy,
}

#[async_trait]
impl Handler<RiskJob> for RiskHandler {
    async fn run(&self, job: &Claimed<RiskJob>, _context: &JobContext) -> Outcome {
        let company = job.payload.client_company_id.as_deref();
        let span = info_span!("risk", company_id = company);
        async {
            let day = scoring::today();
            let done = match company {
                Some(company) => self.company(job, company, day).await,
                None => self.between(job, day).await,
            };
            done.unwrap_or_else(|failure| {
                failure::say(&failure, job.is_last_attempt(), "Risk calculation failed");
                failure.into()
            })
        }
        .instrument(span)
        .await
    }
}

impl RiskHandler {
    async fn company(
        &self,
        job: &Claimed<RiskJob>,
        company: &str,
        day: NaiveDate,
    ) -> Result<Outcome, Failure> {
        let job_of = &job.payload;
        if job_of.is_active != Some(true) {
            info!("The company is not active any more; its risk is not calculated");
            return Ok(Outcome::Cancelled);
        }
        let name = job_of.company_name.clone().unwrap_or_default();
        let tenant = TenantId::new(&job.tenant);
        let counted = self.rules.of(&tenant).await.map_err(database_failed)?;
        let Read { report, counts, chart } =
            self.read(&job.tenant, company, job_of.tax_number.as_deref(), day).await?;

        let id = ClientCompanyId::new(company);
        let subjects = alerting::of_findings(&report.findings, &chart, |_| name.clone());
        let context = self.context(&job.tenant, &[company], day, &subjects, Some(&id)).await?;
        let facts = facts::company_facts(day, counts, &context, &report);
        let risk = score_company(&counted.rules, &facts);
        let (thresholds, hysteresis) = (counted.rules.thresholds(), counted.rules.hysteresis());
        let level = next_level(context.level.as_ref(), risk.score, thresholds, hysteresis, day);
        let mut subjects = subjects;
        subjects.extend(alerting::of_score(&id, &name, &level, &risk));
        // Its memory is asked for with the findings', before it is known whether there is one.
        let decided = alerting::decide(subjects, &context, self.policy, day, |_| name.clone());
        let evaluation = Evaluation {
            score: risk.score,
            triggered: risk.triggered_codes().map(str::to_owned).collect(),
            level,
            rule_set_version: counted.version,
            facts: serde_json::to_string(&facts).map_err(|error| unexpected(&error))?,
            result: serde_json::to_string(&risk).map_err(|error| unexpected(&error))?,
            unusual_entries: unusual::list(&report),
        };
        let (score, findings) = (risk.score, decided.findings.len());
        let alerts = decided.new_alerts.len();
        let completion = Completion { evaluation: Some(evaluation), ..decided };
        let outcome = self.complete(job, day, completion).await?;
        debug!(%score, findings, alerts, "Risk of the company was calculated");
        Ok(outcome)
    }

    async fn between(&self, job: &Claimed<RiskJob>, day: NaiveDate) -> Result<Outcome, Failure> {
        let (from, until) = window(day, self.parameters.window_months);
        let rows = risk::transfers(&self.database, &job.tenant, from, until)
            .await
            .map_err(database_failed)?;
        let mut transfers = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(booked_by) = direction(&row.kind) else { continue };
            let amount = Kurus::try_from(row.total_amount).map_err(|error| unexpected(&error))?;
            let (own, other) =
                (ClientCompanyId::new(row.company), ClientCompanyId::new(row.counterparty));
            let (seller, buyer) = match booked_by {
                anomaly::Direction::Sale => (own, other),
                anomaly::Direction::Purchase => (other, own),
            };
            let date = day_of(row.issue_date);
            transfers.push(ring::Transfer {
                date,
                seller,
                buyer,
                amount,
                booked_by,
                entry: row.id,
            });
        }
        let (days, parameters) = (self.parameters.report_days, self.parameters.ring.clone());
        let findings =
            off_thread(move || ring::find_rings(&transfers, day, days, &parameters)).await?;
        let companies: BTreeSet<String> =
            findings.iter().map(|finding| finding.company.as_str().to_owned()).collect();
        let names = risk::company_names(&self.database, &job.tenant, &companies)
            .await
            .map_err(database_failed)?;
        let name = |id: &ClientCompanyId| names.get(id.as_str()).cloned().unwrap_or_default();
        let subjects = alerting::of_findings(&findings, &Chart::new(), name);
        let companies: Vec<&str> = companies.iter().map(String::as_str).collect();
        let context = self.context(&job.tenant, &companies, day, &subjects, None).await?;
        let completion = alerting::decide(subjects, &context, self.policy, day, name);
        self.complete(job, day, completion).await
    }

    /// Reads and examines the books of a company.
    async fn read(
        &self,
        tenant: &str,
        company: &str,
        tax_number: Option<&str>,
        day: NaiveDate,
    ) -> Result<Read, Failure> {
        let (from, until) = window(day, self.parameters.window_months);
        let books = Ledger { tenant, company, from, until };
        let invoices = books.invoices(&self.database).await.map_err(database_failed)?;
        let counts = facts::count_invoices(&invoices, day);
        let mut chart = self.charts.of(tenant).await.map_err(database_failed)?;
        let mut is_fresh = false;
        let ledger = loop {
            let mut ledger = Books::new(company, tax_number, &chart);
            for invoice in &invoices {
                ledger.invoice(invoice).map_err(|error| failure::of_books(&error))?;
            }
            books.entries(&self.database, |row| ledger.take(row)).await.map_err(database_failed)?;
            if !ledger.unknown_account || is_fresh {
                break ledger.build().map_err(|error| failure::of_books(&error))?;
            }
            // An account that was added since the chart was read.
            drop(ledger);
            chart = self.charts.again(tenant).await.map_err(database_failed)?;
            is_fresh = true;
        };
        drop(invoices);
        let parameters = Arc::clone(&self.parameters);
        let report = off_thread(move || anomaly::examine(&ledger, day, &parameters)).await?;
        Ok(Read { report, counts, chart })
    }

    /// Asks what is known besides the books; `score_of` asks for the memory of that company's score,
    /// too.
    async fn context(
        &self,
        tenant: &str,
        companies: &[&str],
        day: NaiveDate,
        subjects: &[Subject],
        score_of: Option<&ClientCompanyId>,
    ) -> Result<Context, Failure> {
        let mut found: Vec<Found<'_>> = subjects
            .iter()
            .map(Subject::key)
            .map(|(company, kind, fingerprint)| Found { company, kind, fingerprint })
            .collect();
        if let Some(company) = score_of {
            let company = company.as_str();
            found.push(Found { company, kind: alerting::SCORE, fingerprint: "" });
        }
        risk::context(&self.database, tenant, companies, day, &found).await.map_err(database_failed)
    }

    async fn complete(
        &self,
        job: &Claimed<RiskJob>,
        day: NaiveDate,
        completion: Completion,
    ) -> Result<Outcome, Failure> {
        let written = risk::complete(&self.database, &job.lease(), day, completion)
            .await
            .map_err(database_failed)?;
        Ok(if written { Outcome::Completed } else { Outcome::LostLease })
    }
}

/// What a company's books say.
struct Read {
    report: Report,
    counts: facts::InvoiceCounts,
    chart: Arc<Chart>,
}

/// From the first day of the month `months` before the day's month until well after the day.
fn window(day: NaiveDate, months: u32) -> (DateTime<Utc>, DateTime<Utc>) {
    // A day of Turkey begins three hours before the one of UTC.
    let instant = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(3);
    let first = day.with_day(1).unwrap_or(day);
    let from = first.checked_sub_months(Months::new(months)).unwrap_or(first);
    (instant(from), instant(day.checked_add_days(AHEAD).unwrap_or(day)))
}

/// Calculations of some length do not hold up the connections of others.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let span = Span::current();
    match task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(done) => Ok(done),
        Err(ended) => match ended.try_into_panic() {
            // The engine counts it as a failed attempt.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(failure::of_risk("the worker is stopping".to_owned())),
        },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn database_failed(error: database::Error) -> Failure {
    failure::of_risk(crate::telemetry::chain(&error))
}

fn unexpected(error: &(dyn std::error::Error + 'static)) -> Failure {
    failure::of_risk(crate::telemetry::chain(error))
}
