//! An office whose invoices and bank movements come by themselves: from files that it drops, and from
//! a local server that behaves as Paraşüt documents it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use integrations::testing::{ParasutSource, Server};
use serde_json::{Value, json};

use super::offices::{COMPANY_OF_SYNCS, OFFICE_OF_SYNCS, OFFICES};
use crate::platform::Platform;
use crate::report;

/// Folder of the file drop, below the office's own part of the store.
const FOLDER: &str = "gelen";
/// Seals the tokens of the demo; nothing but its database is sealed with it.
const KEY: &str = "demo:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const FILES: &str = "demo_integration_files";
const PARASUT: &str = "demo_integration_parasut";

/// A statement of Çınar's account, as banks export it (MT940).
const STATEMENT: &str = "\
:20:EKSTRE260402
:25:TR610006400000011018204715
:28C:00064/00001
:60F:C260331TRY131332,37
:61:2604010401CY25000,00NTRFNONREF//F0001
:86:GELEN FAST - ÖZGÜN ÇELİK SANAYİ A.Ş.
:61:2604010401DY18750,50NTRFNONREF//F0002
:86:GİDEN EFT - KİRA NİSAN
:61:2604020402DY12,60NCHGNONREF//F0003
:86:HESAP İŞLETİM ÜCRETİ
:62F:C260402TRY137569,27
-
";

/// What the worker is told beside its places.
pub(super) const SETTINGS: [(&str, &str); 2] =
    [("INTEGRATIONS_ALLOW_LOOPBACK", "true"), ("INTEGRATIONS_KEYS", KEY)];

/// The office's sources.
pub(super) struct Sources {
    parasut: Arc<ParasutSource>,
    sales: Vec<u64>,
    _server: Server,
}

/// Drops files, opens books at Paraşüt, connects both and asks for a sync of each.
pub(super) async fn connect(platform: &Platform, storage: &Path) -> Result<Sources> {
    let drop = storage.join(OFFICE_OF_SYNCS).join(FOLDER);
    fs::create_dir_all(&drop).with_context(|| format!("cannot make {}", drop.display()))?;
    // Two invoices of a client, one of nobody the office knows, and a client's statement.
    fs::write(drop.join("cinar-hesap-nisan.sta"), STATEMENT)?;
    for name in ["cinar-satis-efatura.xml", "cinar-tevkifatli-nakliye.xml", "lale-efatura.zip"] {
        let fixture = OFFICES.iter().flat_map(|(_, files)| *files).find(|f| f.file_name == name);
        let fixture = fixture.with_context(|| format!("{name} is no document of the demo"))?;
        fs::write(drop.join(name), fixture.bytes)?;
    }
    platform
        .client()
        .execute(
            "insert into client_company_bank_accounts
                 (id, tenant_id, client_company_id, bank_name, iban, updated_at)
             values ('demo_account_cinar', $1, $2, 'Türkiye İş Bankası',
                 'TR61 0006 4000 0001 1018 2047 15', now())",
            &[&OFFICE_OF_SYNCS, &COMPANY_OF_SYNCS],
        )
        .await?;
    let parasut = Arc::new(ParasutSource::default());
    let mut sales = Vec::new();
    for (day, kurus) in [
        ("2026-03-02", 1_250_000),
        ("2026-03-05", 480_050),
        ("2026-03-09", 96_000),
        ("2026-03-16", 2_310_025),
        ("2026-03-23", 75_500),
    ] {
        sales.push(parasut.add_sale(day, &format!("{day}T09:00:00Z"), kurus, "8451720691"));
    }
    let server = Server::start(Arc::clone(&parasut)).context("no local server for Paraşüt")?;

    let files = json!({ "folder": FOLDER, "settleSeconds": 0 });
    add(platform, FILES, "FILE_DROP", "Dosya klasörü", None, files).await?;
    let mut config = ParasutSource::config(&server.base());
    if let Some(config) = config.as_object_mut() {
        config.insert("firstSyncDays".to_owned(), json!(3_650));
    }
    add(platform, PARASUT, "PARASUT", "Paraşüt", Some(COMPANY_OF_SYNCS), config).await?;
    sync_now(platform, FILES, "pull_invoices").await?;
    sync_now(platform, PARASUT, "pull_invoices").await?;
    Ok(Sources { parasut, sales, _server: server })
}

/// Days later: the source has changed two invoices and has a new one, and a person has edited one of
/// the two. Everything is asked for again, and the statement for the first time.
pub(super) async fn live_on(platform: &Platform, sources: &Sources) -> Result<()> {
    let changed = "2026-04-01T09:00:00Z";
    for id in sources.sales.iter().take(2) {
        for (attribute, value) in
            [("description", json!("Düzeltildi")), ("issue_date", json!("2026-03-03"))]
        {
            sources.parasut.change("sales_invoices", *id, attribute, value);
        }
        sources.parasut.change("sales_invoices", *id, "updated_at", json!(changed));
    }
    sources.parasut.add_sale("2026-03-30", changed, 640_000, "8451720691");
    platform
        .client()
        .execute(
            "update invoices set counterparty_name = 'Özgün Çelik (elle)', updated_at = now()
             where id = (
                 select i.id from invoices i
                 join worker.sync_records r on r.row_id = i.id and r.integration_id = $1
                 order by i.issue_date, i.id limit 1)",
            &[&PARASUT],
        )
        .await?;
    sync_now(platform, PARASUT, "pull_invoices").await?;
    sync_now(platform, FILES, "pull_bank_transactions").await?;
    Ok(())
}

async fn add(
    platform: &Platform,
    id: &str,
    code: &str,
    name: &str,
    company: Option<&str>,
    config: Value,
) -> Result<()> {
    let client = platform.client();
    client
        .execute(
            "insert into integration_providers (id, type, code, name, updated_at)
             values ($1, 'accounting', $1, $2, now()) on conflict (code) do nothing",
            &[&code, &name],
        )
        .await?;
    client
        .execute(
            "insert into tenant_integrations (id, tenant_id, client_company_id, provider_id, status,
                 display_name, config, updated_at)
             select $1, $2, $3, id, 'connected', $4, $5::text::jsonb, now()
             from integration_providers where code = $6",
            &[&id, &OFFICE_OF_SYNCS, &company, &name, &config.to_string(), &code],
        )
        .await?;
    Ok(())
}

/// What the platform's "sync now" inserts.
async fn sync_now(platform: &Platform, integration: &str, job_type: &str) -> Result<()> {
    platform
        .client()
        .execute(
            "insert into integration_sync_jobs
                 (id, tenant_id, tenant_integration_id, job_type, status, updated_at)
             values ($1, $2, $3, $4, 'pending', now())",
            &[&cuid::cuid1(), &OFFICE_OF_SYNCS, &integration, &job_type],
        )
        .await?;
    Ok(())
}

/// The sync log as the platform shows it, with the records that an entry names.
pub(super) async fn show(platform: &Platform) -> Result<()> {
    let rows = platform
        .client()
        .query(
            "select i.display_name, l.level, l.message, l.context::text
             from integration_sync_logs l
             join tenant_integrations i on i.id = l.tenant_integration_id
             where l.tenant_id = $1
             order by l.created_at, l.id",
            &[&OFFICE_OF_SYNCS],
        )
        .await?;
    report::heading("Integrations of Marmara Mali Müşavirlik: the sync log");
    let mut table = report::table(&["integration", "level", "what happened"]);
    for row in rows {
        let (name, level, message): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let context: Option<String> = row.try_get(3)?;
        let context: Value =
            context.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        table.add_row([name, level, message + &records(&context)]);
    }
    anstream::println!("{table}");
    let row = platform
        .client()
        .query_one(
            "select (select count(*) from invoices where tenant_id = $1 and source = 'integration'),
                 (select count(*) from transactions where tenant_id = $1 and source = 'integration'),
                 (select count(*) from (
                     select transaction_id from transaction_lines where tenant_id = $1
                     group by transaction_id having sum(debit_amount) = sum(credit_amount)) balanced),
                 (select string_agg(code || ' ' || name, ', ' order by code) from ledger_accounts
                  where tenant_id = $1)",
            &[&OFFICE_OF_SYNCS],
        )
        .await?;
    let (invoices, entries, balanced): (i64, i64, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let accounts: Option<String> = row.try_get(3)?;
    anstream::println!(
        "in the books: {invoices} invoices, {entries} bank movements ({balanced} balanced) on {}",
        accounts.unwrap_or_default()
    );
    Ok(())
}

fn records(context: &Value) -> String {
    let records = context.get("records").and_then(Value::as_array);
    let records = records.map(Vec::as_slice).unwrap_or_default();
    let [_, _, ..] = records else { return String::new() };
    let word = |record: &Value, key: &str| {
        record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let lines: Vec<_> = records
        .iter()
        .map(|record| format!("\n{}: {}", word(record, "externalId"), word(record, "message")))
        .collect();
    lines.concat()
}
