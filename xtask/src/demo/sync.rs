//! An office whose invoices and bank movements come by themselves: from files that it drops, and from
//! a local server that behaves as Paraşüt documents it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use integrations::testing::{ParasutSource, Server};
use serde_json::{Value, json};

use super::offices::{COMPANY_OF_SYNCS, OFFICE_OF_SYNCS, OFFICES};
use crate::platform::{NewIntegration, Platform};
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
    let iban = "TR61 0006 4000 0001 1018 2047 15";
    let bank = "Türkiye İş Bankası";
    platform.add_bank_account(OFFICE_OF_SYNCS, COMPANY_OF_SYNCS, bank, iban).await?;
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

    let integration = |id, code, name, company, config| NewIntegration {
        id,
        tenant: OFFICE_OF_SYNCS,
        company,
        code,
        name,
        config,
    };
    let config = json!({ "folder": FOLDER, "settleSeconds": 0 });
    let files = integration(FILES, "FILE_DROP", "Dosya klasörü", None, config);
    platform.connect_integration(&files).await?;
    let mut config = ParasutSource::config(&server.base());
    if let Some(config) = config.as_object_mut() {
        config.insert("firstSyncDays".to_owned(), json!(3_650));
    }
    let books = integration(PARASUT, "PARASUT", "Paraşüt", Some(COMPANY_OF_SYNCS), config);
    platform.connect_integration(&books).await?;
    platform.sync_now(OFFICE_OF_SYNCS, FILES, "pull_invoices").await?;
    platform.sync_now(OFFICE_OF_SYNCS, PARASUT, "pull_invoices").await?;
    Ok(Sources { parasut, sales, _server: server })
}

/// Days later: the source has changed two invoices and has a new one, and a person has edited one of
/// the two. Everything is asked for again, and the statement for the first time.
pub(super) async fn live_on(platform: &Platform, sources: &Sources) -> Result<()> {
    // By the clock: Paraşüt's connector looks for changes of the last days.
    let changed = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    for id in sources.sales.iter().take(2) {
        sources.parasut.change("sales_invoices", *id, "issue_date", json!("2026-03-03"));
        sources.parasut.change("sales_invoices", *id, "updated_at", json!(changed));
    }
    sources.parasut.add_sale("2026-03-30", &changed, 640_000, "8451720691");
    let (old, new) = ("Örnek Alıcı Ltd. Şti.", "Özgün Çelik Sanayi A.Ş.");
    platform.edit_counterparty(OFFICE_OF_SYNCS, old, new).await?;
    platform.sync_now(OFFICE_OF_SYNCS, PARASUT, "pull_invoices").await?;
    platform.sync_now(OFFICE_OF_SYNCS, FILES, "pull_bank_transactions").await?;
    Ok(())
}

/// The sync log as the platform shows it, with the records that an entry names.
pub(super) async fn show(platform: &Platform) -> Result<()> {
    report::heading("Marmara Mali Müşavirlik: its integrations' sync log");
    let mut table = report::table(&["integration", "level", "what happened"]);
    for entry in platform.sync_log(OFFICE_OF_SYNCS).await? {
        let text = entry.message + &records(&entry.context);
        table.add_row([entry.integration, entry.level, text]);
    }
    anstream::println!("{table}");
    let books = platform.books(OFFICE_OF_SYNCS).await?;
    anstream::println!(
        "in the books: {} invoices, {} bank movements ({} balanced) on {}",
        books.invoices,
        books.entries,
        books.balanced,
        books.accounts
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
