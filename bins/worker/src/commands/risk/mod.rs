//! `worker risk`: score companies now, explain scores, close and silence alerts.

mod explain;
mod recalc;

use std::process::ExitCode;

use database::risk;

use crate::{
    cli::{CloseArgs, MuteArgs, RiskArgs, RiskCommand},
    output::{self, cell},
};

/// Runs one of the sub-commands.
pub(crate) fn run(args: &RiskArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        RiskCommand::Recalc(args) => recalc::run(args),
        RiskCommand::Explain(args) => explain::run(args),
        RiskCommand::Close(args) => close(args),
        RiskCommand::Mute(args) => mute(args),
    }
}

fn close(args: &CloseArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let closed = super::block_on(async {
        let database = super::database(&settings.database)?;
        let (reason, until) = (args.reason.as_str(), args.mute_until);
        Ok(risk::close_alert(&database, &args.alert, reason, until).await?)
    })?;
    Ok(done(closed, &args.alert, "closed", "no open alert has this id"))
}

fn mute(args: &MuteArgs) -> anyhow::Result<ExitCode> {
    let settings = super::settings(&args.settings)?;
    let MuteArgs { company, kind, family, until, reason, .. } = args;
    let muted = super::block_on(async {
        let database = super::database(&settings.database)?;
        Ok(risk::mute(&database, company, kind, family, *until, reason).await?)
    })?;
    Ok(done(muted, company, "silent", "no company has this id"))
}

fn done(changed: bool, id: &str, what: &str, why_not: &str) -> ExitCode {
    if changed {
        output::complain(&format!("{}: {what}", cell(id)));
        ExitCode::SUCCESS
    } else {
        output::complain(&format!("{}: {why_not}", cell(id)));
        ExitCode::FAILURE
    }
}
