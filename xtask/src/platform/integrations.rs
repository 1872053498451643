//! Integrations as the backend connects and syncs them, and what its pages show of them.

use anyhow::Result;
use serde_json::Value;

use super::Platform;

/// An integration of an office.
#[derive(Debug)]
pub(crate) struct NewIntegration<'a> {
    pub(crate) id: &'a str,
    pub(crate) tenant: &'a str,
    /// The company that it belongs to; the whole office when not set.
    pub(crate) company: Option<&'a str>,
    /// The provider's code, which is also its id.
    pub(crate) code: &'a str,
    pub(crate) name: &'a str,
    pub(crate) config: Value,
}

/// An entry of the sync log.
#[derive(Debug)]
pub(crate) struct SyncEntry {
    pub(crate) integration: String,
    pub(crate) level: String,
    pub(crate) message: String,
    pub(crate) context: Value,
}

/// What synchronisation has brought into an office's books.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) invoices: i64,
    pub(crate) entries: i64,
    /// Entries whose debits are their credits.
    pub(crate) balanced: i64,
    pub(crate) accounts: String,
}

const PROVIDER: &str = "insert into integration_providers (id, type, code, name, updated_at) \
                        values ($1::text, 'accounting', $1::text, $2, now()) on conflict (code) do nothing";
const INTEGRATION: &str = "insert into tenant_integrations (id, tenant_id, client_company_id, \
                           provider_id, status, display_name, config, updated_at) \
                           select $1, $2, $3, id, 'connected', $4, $5::text::jsonb, now() \
                           from integration_providers where code = $6";
const SYNC_NOW: &str = "insert into integration_sync_jobs \
                        (id, tenant_id, tenant_integration_id, job_type, status, updated_at) \
                        values ($1, $2, $3, $4, 'pending', now())";
const BANK_ACCOUNT: &str = "insert into client_company_bank_accounts \
                            (id, tenant_id, client_company_id, bank_name, iban, updated_at) \
                            values ($1, $2, $3, $4, $5, now())";
const EDIT: &str = "update invoices set counterparty_name = $2, updated_at = now() where id = ( \
                    select id from invoices where tenant_id = $1 and counterparty_name = $3 \
                    order by issue_date, id limit 1)";
const LOG: &str = "select i.display_name, l.level, l.message, l.context::text \
                   from integration_sync_logs l \
                   join tenant_integrations i on i.id = l.tenant_integration_id \
                   where l.tenant_id = $1 order by l.created_at, l.id";
const BOOKS: &str = "select \
    (select count(*) from invoices where tenant_id = $1 and source = 'integration'), \
    (select count(*) from transactions where tenant_id = $1 and source = 'integration'), \
    (select count(*) from (select transaction_id from transaction_lines where tenant_id = $1 \
     group by transaction_id having sum(debit_amount) = sum(credit_amount)) balanced), \
    (select coalesce(string_agg(code || ' ' || name, ', ' order by code), '') \
     from ledger_accounts where tenant_id = $1)";

impl Platform {
    /// Connects an integration.
    pub(crate) async fn connect_integration(&self, new: &NewIntegration<'_>) -> Result<()> {
        let NewIntegration { id, tenant, company, code, name, config } = new;
        let client = self.client();
        client.execute(PROVIDER, &[code, name]).await?;
        let config = config.to_string();
        client.execute(INTEGRATION, &[id, tenant, company, name, &config, code]).await?;
        Ok(())
    }

    /// "Sync now".
    pub(crate) async fn sync_now(
        &self,
        tenant: &str,
        integration: &str,
        job_type: &str,
    ) -> Result<()> {
        let id = cuid::cuid1();
        self.client().execute(SYNC_NOW, &[&id, &tenant, &integration, &job_type]).await?;
        Ok(())
    }

    /// A company's account at a bank, the IBAN as people type it.
    pub(crate) async fn add_bank_account(
        &self,
        tenant: &str,
        company: &str,
        bank: &str,
        iban: &str,
    ) -> Result<()> {
        let id = cuid::cuid1();
        self.client().execute(BANK_ACCOUNT, &[&id, &tenant, &company, &bank, &iban]).await?;
        Ok(())
    }

    /// A person corrects the counterparty of the oldest invoice that has this one.
    pub(crate) async fn edit_counterparty(&self, tenant: &str, old: &str, new: &str) -> Result<()> {
        self.client().execute(EDIT, &[&tenant, &new, &old]).await?;
        Ok(())
    }

    /// The sync log of an office, oldest first.
    pub(crate) async fn sync_log(&self, tenant: &str) -> Result<Vec<SyncEntry>> {
        let rows = self.client().query(LOG, &[&tenant]).await?;
        rows.iter()
            .map(|row| {
                let context: Option<String> = row.try_get(3)?;
                let context = context.and_then(|text| serde_json::from_str(&text).ok());
                Ok(SyncEntry {
                    integration: row.try_get(0)?,
                    level: row.try_get(1)?,
                    message: row.try_get(2)?,
                    context: context.unwrap_or_default(),
                })
            })
            .collect()
    }

    /// What is in the books of an office by synchronisation.
    pub(crate) async fn books(&self, tenant: &str) -> Result<Books> {
        let row = self.client().query_one(BOOKS, &[&tenant]).await?;
        Ok(Books {
            invoices: row.try_get(0)?,
            entries: row.try_get(1)?,
            balanced: row.try_get(2)?,
            accounts: row.try_get(3)?,
        })
    }
}
