//! Arguments of `sync` and `integrations`.

use clap::{Args, Subcommand, ValueEnum};

use super::Status;
use crate::config::Flags;

/// Arguments of `sync`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct SyncArgs {
    /// What to do with synchronisations.
    #[command(subcommand)]
    pub(crate) command: SyncCommand,
}

/// What to do with synchronisations.
#[derive(Debug, Subcommand)]
pub(crate) enum SyncCommand {
    /// Ask for a sync now; says so when one is waiting or running already.
    Trigger(TriggerArgs),
    /// List sync jobs with what they did, newest first.
    List(SyncListArgs),
    /// Show the sync log, newest first, with each record that was skipped and why.
    Logs(SyncLogsArgs),
}

/// Arguments of `sync trigger`.
#[derive(Debug, Args)]
pub(crate) struct TriggerArgs {
    /// Id of the integration.
    #[arg(value_name = "INTEGRATION")]
    pub(crate) integration: String,
    /// What to do; what the provider is for, when nothing is said.
    #[arg(long, value_enum, value_name = "TYPE")]
    pub(crate) job_type: Option<JobType>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Job types by the platform's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum JobType {
    /// Invoices into the books.
    #[value(alias = "pull_invoices")]
    PullInvoices,
    /// Bank movements into the books.
    #[value(alias = "pull_bank_transactions")]
    PullBankTransactions,
    /// Invoices to the provider, where that is switched on.
    #[value(alias = "push_invoices")]
    PushInvoices,
    /// Bank movements to the provider, where that is switched on.
    #[value(alias = "push_bank_transactions")]
    PushBankTransactions,
}

/// Arguments of `sync list`.
#[derive(Debug, Args)]
pub(crate) struct SyncListArgs {
    /// Only jobs in this state.
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) status: Option<Status>,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// Arguments of `sync logs`.
#[derive(Debug, Args)]
pub(crate) struct SyncLogsArgs {
    /// Only entries of this level.
    #[arg(long, value_parser = ["info", "warning", "error"])]
    pub(crate) level: Option<String>,
    /// Only entries of this job.
    #[arg(long, value_name = "ID")]
    pub(crate) job: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// Which rows about integrations are shown, and how.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Only those of this office.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    /// Only those of this integration.
    #[arg(long, value_name = "ID")]
    pub(crate) integration: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `integrations`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct IntegrationsArgs {
    /// What to do with integrations.
    #[command(subcommand)]
    pub(crate) command: IntegrationsCommand,
}

/// What to do with integrations.
#[derive(Debug, Subcommand)]
pub(crate) enum IntegrationsCommand {
    /// List integrations with their last sync and what they brought.
    List(Selection),
    /// Ask the source for something that needs the credentials.
    Test(ConnectionArgs),
    /// List records that are not in the books, and what to do about each.
    Unmatched(UnmatchedArgs),
    /// List imported rows that were there more than once before this worker came.
    Duplicates(Selection),
    /// Seal credentials that are stored in the clear or with an older key, with the first key of
    /// INTEGRATIONS_KEYS.
    Seal(Selection),
    /// List the providers with their settings (? marks those that may be absent), as the platform's
    /// table of providers needs them.
    Providers(ProvidersArgs),
}

/// Arguments of `integrations providers`.
#[derive(Debug, Args)]
pub(crate) struct ProvidersArgs {
    /// Write JSON, with the schema of the settings.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `integrations test`.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArgs {
    /// Id of the integration.
    #[arg(value_name = "INTEGRATION")]
    pub(crate) integration: String,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `integrations unmatched`.
#[derive(Debug, Args)]
pub(crate) struct UnmatchedArgs {
    /// Only records with this reason, such as company_unknown.
    #[arg(long)]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
}
