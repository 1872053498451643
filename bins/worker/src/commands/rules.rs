//! `worker rules`: list, check, try and explain risk rules.

mod backtest;
mod file;

use std::{collections::BTreeMap, fmt::Write as _, process::ExitCode};

use anyhow::Context as _;
use chrono::Days;
use database::{
    Database,
    risk::{self, Verdicts},
    risk_rules,
};
use domain::TenantId;
use risk_engine::{
    Loaded, Rule, RuleError, RuleRow, RuleSet, Scope, SeverityThresholds, rule_title, variables,
};
use serde_json::{Value, json};

use crate::{
    cli::{CheckArgs, ExplainRuleArgs, OfficeArgs, RulesArgs, RulesCommand, TestArgs},
    config::Settings,
    output::{self, BAD, GOOD, HEADING, Table, cell, styled},
    scoring,
};

/// Days of history that figures of rules are counted in.
const FIGURE_DAYS: Days = Days::new(30);

/// Runs one of the sub-commands.
pub(crate) fn run(args: &RulesArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        RulesCommand::List(args) => list(args),
        RulesCommand::Check(args) => check(args),
        RulesCommand::Test(args) => test(args),
        RulesCommand::Explain(args) => explain(args),
    }
}

async fn load(
    database: &Database,
    settings: &Settings,
    tenant: &str,
) -> anyhow::Result<(Vec<RuleRow>, Loaded)> {
    let thresholds = scoring::thresholds(&settings.severity)?;
    let rows = risk_rules::of_tenant(database, &TenantId::new(tenant)).await?;
    let loaded = RuleSet::load(&rows, thresholds);
    Ok((rows, loaded))
}

fn list(args: &OfficeArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let (rows, loaded, figures, verdicts) = super::block_on(async {
        let database = super::database(&settings.database)?;
        let (rows, loaded) = load(&database, &settings, &args.tenant).await?;
        let since = scoring::today().checked_sub_days(FIGURE_DAYS).unwrap_or_default();
        let figures = risk::rule_figures(&database, &args.tenant, since).await?;
        let verdicts = risk::verdicts(&database, &args.tenant).await?;
        Ok((rows, loaded, figures, verdicts))
    })?;
    let hits = |rule: &Rule| {
        let found = figures.iter().find(|one| one.code == rule.code && one.shadow == rule.shadow);
        found.map_or(0, |one| one.hits)
    };
    let is_own = |rule: &Rule| {
        let own = |row: &&RuleRow| row.code == rule.code && row.scope == rule.scope.as_str();
        rows.iter().filter(own).any(|row| row.tenant.is_some())
    };
    let verdict = |code: &str| verdicts.iter().find(|one| one.code == code);
    let is_rule = |code: &str| loaded.rules.rules().iter().any(|rule| rule.code == code);
    let kinds = || verdicts.iter().filter(|one| !is_rule(&one.code));
    if args.json {
        let judged = |one: &Verdicts| json!({ "closed": one.closed, "right": one.right });
        let rules: Vec<Value> = loaded
            .rules
            .rules()
            .iter()
            .map(|rule| {
                let mut value = json!(rule);
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("own".to_owned(), json!(is_own(rule)));
                    fields.insert("hits".to_owned(), json!(hits(rule)));
                    fields.insert("verdicts".to_owned(), json!(verdict(&rule.code).map(judged)));
                }
                value
            })
            .collect();
        let kinds: BTreeMap<&str, Value> =
            kinds().map(|one| (one.code.as_str(), judged(one))).collect();
        let poor: Vec<&str> =
            verdicts.iter().filter(|one| one.is_poor()).map(|one| one.code.as_str()).collect();
        output::print_json(&json!({
            "rules": rules, "kinds": kinds, "poor": poor, "errors": errors_json(&loaded.errors),
        }))?;
        return Ok(exit_code(&loaded.errors));
    }
    let judged = |one: &Verdicts| format!("{} of {}", one.right, one.closed);
    let mut table =
        Table::new(["scope", "code", "points", "severity", "of", "mode", "hits", "right"]);
    for rule in loaded.rules.rules() {
        table.row([
            rule.scope.as_str().to_owned(),
            cell(&rule.code),
            rule.weight.to_string(),
            rule.severity.to_string(),
            if is_own(rule) { "office" } else { "platform" }.to_owned(),
            if rule.shadow { "shadow" } else { "counts" }.to_owned(),
            hits(rule).to_string(),
            verdict(&rule.code).map(judged).unwrap_or_default(),
        ]);
    }
    output::print(&table.render())?;
    for one in kinds() {
        output::print(&format!("{}: {} closed alerts were right\n", cell(&one.code), judged(one)))?;
    }
    for one in verdicts.iter().filter(|one| one.is_poor()) {
        let code = cell(&one.code);
        let advice = if is_rule(&one.code) {
            format!("{code}: hardly any alert was right; try it with \"shadow\": true")
        } else {
            format!("{code}: hardly any alert was right; `worker risk mute` silences it")
        };
        output::complain(&styled(BAD, &advice));
    }
    complain(&loaded.errors);
    Ok(exit_code(&loaded.errors))
}

fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let loaded = match (&args.file, &args.tenant) {
        (Some(path), _) => RuleSet::load(&file::read(path, None)?, SeverityThresholds::default()),
        (None, tenant) => {
            let settings = super::settings(&args.settings)?;
            let tenant = tenant.as_deref().context("an office or a file must be given")?;
            super::block_on(async {
                let database = super::database(&settings.database)?;
                Ok(load(&database, &settings, tenant).await?.1)
            })?
        }
    };
    let sound = loaded.rules.rules().len();
    if args.json {
        output::print_json(&json!({ "sound": sound, "errors": errors_json(&loaded.errors) }))?;
    } else {
        output::print(&styled(GOOD, &format!("{sound} rules are sound\n")))?;
        complain(&loaded.errors);
    }
    Ok(exit_code(&loaded.errors))
}

fn test(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let changed = file::read(&args.file, Some(&args.tenant))?;
    let to = args.to.unwrap_or_else(scoring::today);
    let from = args.from.or_else(|| to.checked_sub_days(Days::new(90))).unwrap_or(to);
    let (difference, errors) = super::block_on(async {
        let database = super::database(&settings.database)?;
        let (rows, before) = load(&database, &settings, &args.tenant).await?;
        // A changed rule takes the place of the office's row of its scope and code.
        let replaced = |row: &RuleRow| {
            row.tenant.is_some()
                && changed.iter().any(|new| new.code == row.code && new.scope == row.scope)
        };
        let rows: Vec<RuleRow> =
            rows.into_iter().filter(|row| !replaced(row)).chain(changed.clone()).collect();
        let after = RuleSet::load(&rows, scoring::thresholds(&settings.severity)?);
        let mut backtest = backtest::Backtest::new(&before.rules, &after.rules);
        let mut unreadable = 0_u64;
        risk::evaluations(&database, &args.tenant, from, to, |past| {
            if backtest.take(&past).is_err() {
                unreadable += 1;
            }
        })
        .await?;
        let codes: Vec<&str> = changed.iter().map(|row| row.code.as_str()).collect();
        let errors: Vec<RuleError> =
            after.errors.into_iter().filter(|one| codes.contains(&one.code.as_str())).collect();
        Ok((backtest.finish(unreadable), errors))
    })?;
    if args.json {
        output::print_json(&json!({
            "from": from, "to": to, "difference": difference, "errors": errors_json(&errors),
        }))?;
    } else {
        output::print(&difference.as_text(from, to))?;
        complain(&errors);
    }
    Ok(exit_code(&errors))
}

fn explain(args: &ExplainRuleArgs) -> anyhow::Result<ExitCode> {
    let (Some(code), Some(tenant)) = (&args.code, &args.tenant) else {
        output::print(&variables_text())?;
        return Ok(ExitCode::SUCCESS);
    };
    let settings = super::settings(&args.settings)?;
    let (rows, loaded) = super::block_on(async {
        let database = super::database(&settings.database)?;
        load(&database, &settings, tenant).await
    })?;
    let mut text = String::new();
    for row in rows.iter().filter(|row| row.code == *code) {
        let of = if row.tenant.is_some() { "office" } else { "platform" };
        let state = if row.active { "on" } else { "off" };
        let _ = writeln!(
            text,
            "{} rule {} of the {of}, {state}: {} points, {}\n  {}\n  settings {}",
            row.scope,
            cell(&row.code),
            row.weight,
            row.default_severity,
            cell(&row.description),
            row.config
        );
    }
    if text.is_empty() {
        output::complain(&format!(
            "no rule of the office or the platform is called {}",
            cell(code)
        ));
        return Ok(ExitCode::FAILURE);
    }
    for rule in loaded.rules.rules().iter().filter(|rule| rule.code == *code) {
        let _ = writeln!(text, "{}", styled(HEADING, "what counts, every setting filled in"));
        if let Some(title) = rule_title(code) {
            let _ = writeln!(text, "  {title}");
        }
        let _ = writeln!(text, "  {}", json!(rule));
    }
    output::print(&text)?;
    let errors: Vec<RuleError> =
        loaded.errors.into_iter().filter(|error| error.code == *code).collect();
    complain(&errors);
    Ok(exit_code(&errors))
}

fn variables_text() -> String {
    let mut text = String::from(
        "An expression is written in CEL: && || ! == != < <= > >= + - * / in ?: and brackets,\n\
         texts in quotes, lists in [ ]. There are no functions.\n",
    );
    for scope in [Scope::Document, Scope::Company] {
        let heading = format!("variables of {} rules", scope.as_str());
        let _ = writeln!(text, "{}", styled(HEADING, &heading));
        for variable in variables(scope) {
            let _ = writeln!(
                text,
                "  {:<22} {}: {}",
                variable.name, variable.value_type, variable.meaning
            );
        }
    }
    text
}

fn errors_json(errors: &[RuleError]) -> Vec<Value> {
    errors
        .iter()
        .map(|error| {
            json!({
                "id": error.id, "code": error.code, "key": error.key,
                "problem": error.problem.to_string(),
            })
        })
        .collect()
}

fn complain(errors: &[RuleError]) {
    for error in errors {
        output::complain(&styled(BAD, &cell(&error.to_string())));
    }
}

fn exit_code(errors: &[RuleError]) -> ExitCode {
    if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
