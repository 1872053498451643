//! `worker integrations`: test them, see what they could not bring, seal their credentials.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use database::{
    Database,
    integrations::{
        operations::{self, IntegrationRow},
        ports,
    },
};
use domain::TenantId;
use integrations::{
    Integration, IntegrationConfig, KeyRing,
    catalogue::{PROVIDERS, provider},
    seal_settings,
    secret::Scope,
};
use serde_json::{Value, json};

use super::sync::{filter, settings, time};
use crate::{
    cli::{ConnectionArgs, IntegrationsArgs, IntegrationsCommand, Selection, UnmatchedArgs},
    handlers::sync::{Stream, TOKENS, connect, environment},
    output::{self, BAD, GOOD, Table, cell, styled},
    telemetry::chain,
};

/// Words in the names of settings that are credentials, for providers whose schema does not say.
const SECRET_WORDS: [&str; 6] = ["key", "secret", "password", "token", "parola", "sifre"];

/// Runs one of the sub-commands.
pub(crate) fn run(args: &IntegrationsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        IntegrationsCommand::List(args) => list(args),
        IntegrationsCommand::Test(args) => test(args),
        IntegrationsCommand::Unmatched(args) => unmatched(args),
        IntegrationsCommand::Duplicates(args) => duplicates(args),
        IntegrationsCommand::Seal(args) => seal(args),
        IntegrationsCommand::Providers(args) => providers(args.json),
    }
}

/// The rows that `integration_providers` needs; the platform writes them.
fn providers(as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        let rows = PROVIDERS.iter().map(|one| {
            json!({
                "type": one.kind,
                "code": one.code.as_str(),
                "name": one.name,
                "description": one.description,
                "configSchema": one.config_schema(),
            })
        });
        output::print_json(&rows.collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["provider", "type", "name", "settings"]);
    for one in PROVIDERS {
        let names = one.settings.iter().map(|setting| {
            let mark = if setting.required { "" } else { "?" };
            format!("{}{mark}", setting.name)
        });
        let names = names.collect::<Vec<_>>().join(" ");
        table.row([cell(one.code.as_str()), cell(one.kind), cell(one.name), cell(&names)]);
    }
    output::print(&table.render())?;
    Ok(ExitCode::SUCCESS)
}

fn list(selection: &Selection) -> anyhow::Result<ExitCode> {
    let settings = settings(&selection.settings)?;
    let rows = super::block_on(async {
        let database = super::database(&settings.database)?;
        let (tenant, id) = (selection.tenant.as_deref(), selection.integration.as_deref());
        Ok(operations::list_integrations(&database, tenant, id).await?)
    })?;
    let rows: Vec<&IntegrationRow> = rows.iter().take(selection.limit.into()).collect();
    if selection.json {
        output::print_json(&rows.iter().map(|row| as_json(row)).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new([
        "integration",
        "office",
        "name",
        "provider",
        "status",
        "last sync",
        "ended",
        "records",
        "not taken",
    ]);
    for row in rows {
        table.row([
            cell(&row.id),
            cell(&row.tenant_id),
            cell(&row.display_name),
            cell(&row.provider),
            cell(&row.status),
            row.last_sync_at.map_or_else(|| "-".to_owned(), time),
            cell(row.last_sync_status.as_deref().unwrap_or("-")),
            row.records.to_string(),
            row.set_aside.to_string(),
        ]);
    }
    if table.is_empty() {
        output::complain("no integrations");
    } else {
        output::print(&table.render())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Settings hold credentials and are not shown.
fn as_json(row: &IntegrationRow) -> Value {
    json!({
        "id": row.id,
        "tenantId": row.tenant_id,
        "displayName": row.display_name,
        "provider": row.provider,
        "type": row.kind,
        "providerActive": row.provider_active,
        "clientCompanyId": row.client_company_id,
        "status": row.status,
        "lastSyncAt": row.last_sync_at.map(time),
        "lastSyncStatus": row.last_sync_status,
        "records": row.records,
        "setAside": row.set_aside,
    })
}

fn test(args: &ConnectionArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(&args.settings)?;
    let tested = super::block_on(async {
        let database = super::database(&settings.database)?;
        let rows = operations::list_integrations(&database, None, Some(&args.integration)).await?;
        let Some(row) = rows.into_iter().next() else {
            bail!("no integration has the id {}", cell(&args.integration));
        };
        let objects = storage::open(&settings.storage.backend)
            .await
            .context("the storage cannot be opened")?;
        let environment = environment(&settings, objects)?;
        let keys = &settings.integrations.keys;
        let tenant = TenantId::new(&row.tenant_id);
        let stream = if row.kind == "bank" { Stream::BankTransactions } else { Stream::Invoices };
        let tested = async {
            let config = IntegrationConfig::open(&row.id, &row.config, keys)?;
            let integration =
                Integration { id: &row.id, tenant: &tenant, code: &row.provider, config: &config };
            let connected = connect(integration, stream, &database, &environment, keys)?;
            connected.test_connection().await
        };
        Ok(tested.await)
    })?;
    let (ok, message, detail) = match tested {
        Ok(report) => (true, report.message, None),
        Err(error) => (false, error.in_turkish(), Some(error.to_string())),
    };
    if args.json {
        output::print_json(&json!({ "ok": ok, "message": message, "detail": detail }))?;
    } else {
        let word = if ok { styled(GOOD, "ok") } else { styled(BAD, "failed") };
        output::print(&format!("{word}: {}\n", cell(&message)))?;
        if let Some(detail) = detail {
            output::complain(&cell(&detail));
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn unmatched(args: &UnmatchedArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(&args.selection.settings)?;
    let filter = filter(&args.selection, args.reason.clone(), None);
    let rows = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(operations::list_unmatched(&database, &filter).await?)
    })?;
    if args.selection.json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({
                    "tenantId": row.tenant_id,
                    "integrationId": row.integration_id,
                    "stream": row.stream,
                    "externalId": row.external_id,
                    "reason": row.reason,
                    "message": row.message,
                    "record": row.record,
                    "since": time(row.set_aside_at),
                })
            })
            .collect();
        output::print_json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["office", "integration", "record", "reason", "what to do", "since"]);
    for row in &rows {
        table.row([
            cell(&row.tenant_id),
            cell(&row.integration_id),
            cell(&row.external_id),
            cell(&row.reason),
            cell(&row.message),
            time(row.set_aside_at),
        ]);
    }
    if table.is_empty() {
        output::complain("every record is in the books");
    } else {
        output::print(&table.render())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn duplicates(selection: &Selection) -> anyhow::Result<ExitCode> {
    let settings = settings(&selection.settings)?;
    let rows = super::block_on(async {
        let database = super::database(&settings.database)?;
        let limit = selection.limit.into();
        Ok(operations::list_duplicates(&database, selection.tenant.as_deref(), limit).await?)
    })?;
    if selection.json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({
                    "stream": row.stream,
                    "tenantId": row.tenant_id,
                    "externalId": row.external_id,
                    "ids": row.ids.split(' ').collect::<Vec<_>>(),
                })
            })
            .collect();
        output::print_json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["office", "what", "number", "rows", "ids, the oldest first"]);
    for row in &rows {
        table.row([
            cell(&row.tenant_id),
            cell(&row.stream),
            cell(&row.external_id),
            row.rows.to_string(),
            cell(&row.ids),
        ]);
    }
    if table.is_empty() {
        output::complain("no row is there twice");
    } else {
        output::print(&table.render())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Exit code 0 when everything that could be sealed is.
fn seal(selection: &Selection) -> anyhow::Result<ExitCode> {
    let settings = settings(&selection.settings)?;
    let keys = &settings.integrations.keys;
    if !keys.can_seal() {
        bail!(
            "there is no key to seal with: set INTEGRATIONS_KEYS to <id>:<key>; a key is made by \
             openssl rand -base64 32"
        );
    }
    let (sealed, unchanged, failed) = super::block_on(async {
        let database = super::database(&settings.database)?;
        let (tenant, id) = (selection.tenant.as_deref(), selection.integration.as_deref());
        let (mut sealed, mut unchanged, mut failed) = (Vec::new(), 0_usize, Vec::new());
        for row in operations::list_integrations(&database, tenant, id).await? {
            let names = secret_names(&row);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let changed = match seal_settings(&row.id, &row.config, &names, keys) {
                Ok(None) => Ok(Some(false)),
                Ok(Some(config)) => {
                    let stands = operations::replace_config(&database, &row, &config).await?;
                    Ok(stands.then_some(true))
                }
                Err(error) => Err(chain(&error)),
            };
            let tokens = seal_tokens(&database, &row, keys).await?;
            match (changed, tokens) {
                (Ok(Some(false)), Ok(Some(false))) => unchanged += 1,
                (Ok(Some(_)), Ok(Some(_))) => sealed.push(row.id),
                (Err(error), _) => failed.push((row.id, error)),
                (_, Err(error)) => failed.push((row.id, format!("its tokens: {error}"))),
                _ => failed.push((row.id, "changed meanwhile; run the command again".to_owned())),
            }
        }
        Ok((sealed, unchanged, failed))
    })?;
    if selection.json {
        let failed: Vec<Value> =
            failed.iter().map(|(id, error)| json!({ "id": id, "error": error })).collect();
        output::print_json(&json!({ "sealed": sealed, "unchanged": unchanged, "failed": failed }))?;
    } else {
        for id in &sealed {
            output::print(&format!("{}: {}\n", cell(id), styled(GOOD, "sealed")))?;
        }
        output::print(&format!("{} sealed, {unchanged} needed nothing\n", sealed.len()))?;
        for (id, error) in &failed {
            output::complain(&styled(BAD, &format!("{}: {}", cell(id), cell(error))));
        }
    }
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Seals the stored tokens of an integration anew where another key than the first sealed them. Whether
/// that was so; none when a worker replaced them meanwhile. The inner error is told and not fatal.
async fn seal_tokens(
    database: &Database,
    row: &IntegrationRow,
    keys: &KeyRing,
) -> anyhow::Result<Result<Option<bool>, String>> {
    let Some(stored) = ports::load_tokens(database, &row.tenant_id, &row.id).await? else {
        return Ok(Ok(Some(false)));
    };
    if keys.is_sealed_with_first(&stored.sealed) {
        return Ok(Ok(Some(false)));
    }
    let scope = Scope { integration: &row.id, name: TOKENS };
    let anew = keys.open(scope, &stored.sealed).and_then(|plain| keys.seal(scope, &plain));
    let anew = match anew {
        Ok(anew) => anew,
        Err(error) => return Ok(Err(chain(&error))),
    };
    let stands =
        ports::reseal_tokens(database, &row.tenant_id, &row.id, &stored.sealed, &anew).await?;
    Ok(Ok(stands.then_some(true)))
}

/// Settings that the provider's schema or the connectors' catalogue calls secret, and those whose names
/// say that they are.
fn secret_names(row: &IntegrationRow) -> Vec<String> {
    let known = provider(&row.provider);
    let said = |name: &str| {
        let schema = row.config_schema.as_ref();
        let of_schema = schema.and_then(|schema| schema.get(name)?.get("secret")?.as_bool());
        of_schema.or_else(|| known?.is_secret(name))
    };
    let Some(config) = row.config.as_object() else { return Vec::new() };
    config
        .keys()
        .filter(|name| {
            let lower = name.to_lowercase();
            said(name).unwrap_or_else(|| SECRET_WORDS.iter().any(|word| lower.contains(word)))
        })
        .cloned()
        .collect()
}
