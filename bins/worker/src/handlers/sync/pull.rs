//! Pages from the source into the books.

use std::collections::BTreeMap;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use database::integrations::{
    import::{
        Advance, Counts, Imported, NotUnderstood, SettledObject, Source, import_entries,
        import_invoices,
    },
    jobs,
};
use integrations::{
    BankTransactionRecord, ConnectorError, Cursor, IntegrationConfig, InvoiceRecord, Page,
    PullRequest,
    import::{BankImport, InvoiceImport, Reason},
};
use jobs_core::LeaseRef;
use serde::de::DeserializeOwned;
use serde_json::json;
use tracing::debug;

use super::{Run, Stream, failing::Stop};
use crate::config::is_suspense_account;

/// Records of one transaction at most: a file may hold more, and its last part brings the cursor.
const RECORDS: usize = 5_000;
/// Records set aside that are tried again at once.
const ASIDE: usize = 1_000;

/// A reason of a record set aside that somebody may have cleared away.
const MAY_PASS: &[Reason] = &[
    Reason::CompanyUnknown,
    Reason::SideUnknown,
    Reason::AccountUnknown,
    Reason::AccountAmbiguous,
    Reason::AccountServed,
    Reason::AccountCurrency,
];

impl Run<'_> {
    pub(super) async fn pull(&self) -> Result<(), Stop> {
        match self.stream {
            Stream::BankTransactions => self.pull_as::<BankTransactionRecord>().await,
            _ => self.pull_as::<InvoiceRecord>().await,
        }
    }

    async fn pull_as<R: Record>(&self) -> Result<(), Stop> {
        let lease = self.job.lease();
        R::check(self).map_err(Stop::Setup)?;
        self.try_set_aside::<R>(&lease).await?;
        let (tenant, id) = (&self.job.tenant, &self.job.payload.integration_id);
        let database = &self.handler.database;
        let stored = jobs::cursor(database, tenant, id, self.stream.as_str()).await?;
        // A cursor that no connector of this build can read begins the pull anew.
        let mut cursor: Option<Cursor> =
            stored.and_then(|position| serde_json::from_value(position).ok());
        let since = self.first_day()?;
        let (mut pages, began) = (0, Instant::now());
        loop {
            let request = PullRequest {
                cursor: cursor.as_ref(),
                since,
                page_size: self.handler.settings.page_size,
            };
            let page = R::pull(self, request).await.map_err(|error| Stop::Source(error, pages))?;
            let stands = page.records.is_empty()
                && page.skipped.is_empty()
                && page.objects.is_empty()
                && cursor.as_ref() == Some(&page.next);
            if stands && !page.done {
                let error =
                    ConnectorError::protocol("the source gives an empty page again and again");
                return Err(Stop::Source(error, pages));
            }
            let (done, next) = (page.done, page.next.clone());
            self.store::<R>(&lease, page).await?;
            pages += 1;
            if done {
                return Ok(());
            }
            cursor = Some(next);
            if began.elapsed() > self.handler.settings.turn {
                return Err(Stop::TurnIsOver);
            }
        }
    }

    fn first_day(&self) -> Result<NaiveDate, Stop> {
        let days = self.config.parsed("firstSyncDays", "a number of days").map_err(Stop::Setup)?;
        let days = Days::new(days.unwrap_or(self.handler.settings.first_days));
        let today = self.handler.environment.clock.today();
        Ok(today.checked_sub_days(days).unwrap_or(today))
    }

    /// Records that waited for a company or an account go in when it is there now.
    async fn try_set_aside<R: Record>(&self, lease: &LeaseRef) -> Result<(), Stop> {
        let reasons: Vec<&str> = MAY_PASS.iter().map(|reason| reason.as_str()).collect();
        let (tenant, id) = (&self.job.tenant, &self.job.payload.integration_id);
        let limit = i64::try_from(ASIDE).unwrap_or(i64::MAX);
        let mut after = String::new();
        loop {
            let rows = jobs::set_aside(
                &self.handler.database,
                tenant,
                id,
                self.stream.as_str(),
                &reasons,
                &after,
                limit,
            )
            .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            let more = rows.len() >= ASIDE;
            // A record of an older build that cannot be read comes again from its source.
            let records: Vec<R> = rows
                .into_iter()
                .filter_map(|row| serde_json::from_value(row.record).ok())
                .collect();
            let advance = Advance { retried: true, ..Advance::default() };
            self.import(lease, records, &advance).await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn store<R: Record>(&self, lease: &LeaseRef, page: Page<R>) -> Result<(), Stop> {
        let Page { mut records, skipped, objects, warnings, next, done, come_back } = page;
        let position = serde_json::to_value(&next).map_err(|_| {
            Stop::refused("a cursor that is no JSON", "Eşitleme konumu saklanamadı.")
        })?;
        let not_understood = skipped
            .into_iter()
            .map(|one| NotUnderstood {
                external_id: one.external_id,
                reason: one.reason.as_str().to_owned(),
                message: one.reason.in_turkish().to_owned(),
                detail: one.detail,
            })
            .collect();
        // The last word on a key counts.
        let objects: BTreeMap<String, SettledObject> = objects
            .into_iter()
            .map(|object| {
                let settled = SettledObject {
                    key: object.key.clone(),
                    version: json!(object.version),
                    sha256: object.sha256,
                    result: json!(object.result),
                };
                (object.key, settled)
            })
            .collect();
        let advance = Advance {
            position: Some(position),
            done,
            come_back: come_back.map(|again| again.after),
            objects: objects.into_values().collect(),
            not_understood,
            warnings: warnings.iter().map(integrations::Warning::in_turkish).collect(),
            retried: false,
        };
        while records.len() > RECORDS {
            let rest = records.split_off(RECORDS);
            self.import(lease, records, &Advance::default()).await?;
            records = rest;
        }
        self.import(lease, records, &advance).await
    }

    async fn import<R: Record>(
        &self,
        lease: &LeaseRef,
        records: Vec<R>,
        advance: &Advance,
    ) -> Result<(), Stop> {
        let source = Source {
            lease,
            integration_id: &self.job.payload.integration_id,
            stream: self.stream.as_str(),
        };
        match R::import(self, &source, records, advance).await? {
            Imported::Written(counts, _) => {
                let Counts { created, updated, unchanged, skipped, kept } = counts;
                debug!(created, updated, unchanged, skipped, kept, "A page is stored");
                Ok(())
            }
            Imported::LostLease => Err(Stop::LostLease),
        }
    }

    /// Code of the account against which movements are booked: the integration's own, or everybody's.
    fn suspense_account(&self) -> Result<&str, ConnectorError> {
        let name = "suspenseAccountCode";
        let Some(code) = self.config.optional(name) else {
            return Ok(&self.handler.settings.suspense_account);
        };
        let code = code.reveal();
        if is_suspense_account(code) {
            return Ok(code);
        }
        let what = "an account code of digits and dots outside 102, as 397.01";
        Err(IntegrationConfig::wrong(name, what))
    }
}

/// What can be pulled.
#[async_trait::async_trait]
trait Record: DeserializeOwned + Send + Sync + 'static {
    /// Looks at the settings that the import needs, before anything is read.
    fn check(_run: &Run<'_>) -> Result<(), ConnectorError> {
        Ok(())
    }

    async fn pull(run: &Run<'_>, request: PullRequest<'_>) -> Result<Page<Self>, ConnectorError>;

    async fn import(
        run: &Run<'_>,
        source: &Source<'_>,
        records: Vec<Self>,
        advance: &Advance,
    ) -> Result<Imported, Stop>;
}

#[async_trait::async_trait]
impl Record for InvoiceRecord {
    async fn pull(run: &Run<'_>, request: PullRequest<'_>) -> Result<Page<Self>, ConnectorError> {
        run.connected.accounting()?.pull_invoices(request).await
    }

    async fn import(
        run: &Run<'_>,
        source: &Source<'_>,
        records: Vec<Self>,
        advance: &Advance,
    ) -> Result<Imported, Stop> {
        let mut import = InvoiceImport::new(records, run.own.clone(), database::new_id);
        import.retry_set_aside(advance.retried);
        Ok(import_invoices(&run.handler.database, source, &mut import, advance).await?)
    }
}

#[async_trait::async_trait]
impl Record for BankTransactionRecord {
    fn check(run: &Run<'_>) -> Result<(), ConnectorError> {
        run.suspense_account().map(|_| ())
    }

    async fn pull(run: &Run<'_>, request: PullRequest<'_>) -> Result<Page<Self>, ConnectorError> {
        run.connected.bank()?.pull_transactions(request).await
    }

    async fn import(
        run: &Run<'_>,
        source: &Source<'_>,
        records: Vec<Self>,
        advance: &Advance,
    ) -> Result<Imported, Stop> {
        let suspense = run.suspense_account().map_err(Stop::Setup)?;
        let mut import = BankImport::new(records, run.own.clone(), suspense, database::new_id);
        import.retry_set_aside(advance.retried);
        Ok(import_entries(&run.handler.database, source, &mut import, suspense, advance).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::MAY_PASS;

    #[test]
    fn what_is_tried_again_is_what_may_pass() {
        assert!(MAY_PASS.iter().all(|reason| reason.may_pass()));
    }
}
