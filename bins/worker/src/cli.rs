//! The command line.

mod risk;
mod sync;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use doc_pipeline::input::KindHint;
use domain::TaxNumber;

pub(crate) use self::risk::{
    CheckArgs, CloseArgs, ExplainArgs, ExplainRuleArgs, MuteArgs, OfficeArgs, RecalcArgs, RiskArgs,
    RiskCommand, RulesArgs, RulesCommand, TestArgs,
};
pub(crate) use self::sync::{
    ConnectionArgs, IntegrationsArgs, IntegrationsCommand, JobType, Selection, SyncArgs,
    SyncCommand, SyncListArgs, SyncLogsArgs, TriggerArgs, UnmatchedArgs,
};
use crate::config::{Flags, LocalFlags};

const EXAMPLES: &str = "\
Examples:
  worker                                    run until stopped, settings from the environment and .env
  worker run --once                         process what is due, then exit
  worker process fatura.xml ekstre.pdf      read files here, without a database
  worker process *.xml --json | jq '.[].fields.totalAmount'
  worker jobs list --status failed          what failed and why
  worker jobs retry c9x1                    try a failed document again
  worker risk recalc --wait                 score all companies now
  worker risk explain c9x1                  why a score is what it is
  worker sync trigger c9x1                  sync an integration now
  worker integrations unmatched             what could not be brought into the books, and why
  worker doctor                             what is wrong on this machine and how to mend it
  worker storage check                      whether the storage takes, gives, lists and deletes

Exit codes: 0 all well, 1 something failed (or is broken), 2 wrong arguments or settings.";

/// Reads the documents that accounting offices upload, scores their risk and reports it.
#[derive(Debug, Parser)]
#[command(name = "worker", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What to do; `run` when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the job loops until SIGTERM or SIGINT.
    Run(RunArgs),
    /// Read files of this machine and show what is in them; needs no database.
    Process(ProcessArgs),
    /// Look at jobs, retry or cancel them.
    Jobs(JobsArgs),
    /// Score companies, explain scores, close and silence alerts.
    Risk(RiskArgs),
    /// List, check, try and explain risk rules.
    Rules(RulesArgs),
    /// Ask for synchronisations and look at what they did.
    Sync(SyncArgs),
    /// Look at integrations: test them, see what they could not bring, seal their credentials.
    Integrations(IntegrationsArgs),
    /// Queues, workers and schedules at a glance.
    Status(ReportArgs),
    /// Check database, schema, storage and OCR, and say how to mend what is wrong.
    Doctor(ReportArgs),
    /// Check the storage, or copy an office's documents to another one.
    Storage(StorageArgs),
    /// One JSON report for a container's health check: exit code 0 when healthy, 1 when not.
    Health(HealthArgs),
}

impl Default for Command {
    fn default() -> Self {
        Self::Run(RunArgs::default())
    }
}

/// Arguments of `run`.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
The first SIGTERM or SIGINT stops claiming and lets running work finish within WORKER_GRACE_MS; what
is left is given back untouched. A second signal gives everything back at once.

Every setting is also a flag: see `worker run --help`.")]
pub(crate) struct RunArgs {
    /// Process everything that is due, then exit: with 1 when it was stopped before, or could not
    /// write an end.
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `process`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  worker process fatura.xml
  worker process scan.jpg --hint invoice --client-tax-number 1234567890
  worker process belgeler/*.pdf --json > sonuc.json

With --json, standard output is one array with an object for each file, in the order given:
  file, documentType, fields, findings, flags, features, riskScore, ruleScore, error
Keys are always there, null where nothing is known; error is {code, message, detail}.")]
pub(crate) struct ProcessArgs {
    /// Files to read: e-Fatura XML (also zipped), PDF, images.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What the files are, when they leave it open.
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) hint: Option<Hint>,
    /// VKN or TCKN of the office's client, to tell who the counterparty is.
    #[arg(long, value_name = "VKN|TCKN")]
    pub(crate) client_tax_number: Option<TaxNumber>,
    #[command(flatten)]
    pub(crate) settings: LocalFlags,
}

/// What a user may say a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Hint {
    /// Fatura
    Invoice,
    /// Banka ekstresi
    #[value(alias = "BANK_STATEMENT")]
    BankStatement,
    /// Fiş
    Receipt,
    /// Sözleşme
    Contract,
}

impl From<Hint> for KindHint {
    fn from(hint: Hint) -> Self {
        match hint {
            Hint::Invoice => Self::Invoice,
            Hint::BankStatement => Self::BankStatement,
            Hint::Receipt => Self::Receipt,
            Hint::Contract => Self::Contract,
        }
    }
}

/// Arguments of `jobs`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct JobsArgs {
    /// What to do with jobs.
    #[command(subcommand)]
    pub(crate) command: JobsCommand,
}

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// List document jobs, newest first.
    List(ListArgs),
    /// Show one job with its document.
    Show(JobArgs),
    /// Put failed or cancelled jobs back in the queue with all their attempts.
    Retry(RetryArgs),
    /// Take waiting or running jobs out of the queue; a worker that holds one writes nothing.
    Cancel(ChangeArgs),
}

/// Arguments of `jobs list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only jobs in this state.
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) status: Option<Status>,
    /// Only jobs of this office.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    /// Only the job of this document.
    #[arg(long, value_name = "ID")]
    pub(crate) document: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Job states by the platform's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Status {
    /// Waiting.
    Pending,
    /// A worker holds it.
    #[value(alias = "IN_PROGRESS")]
    InProgress,
    /// Done.
    Success,
    /// Given up.
    Failed,
    /// Taken out by an operator.
    Cancelled,
}

/// Arguments of `jobs show`.
#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// Id of the job or of its document.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `jobs retry`.
#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    /// Also jobs that succeeded: read their documents again and write the results anew.
    #[arg(long)]
    pub(crate) again: bool,
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
}

/// Arguments of `jobs cancel`, and of `jobs retry` among others.
#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    /// Ids of jobs or of their documents.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `status` and `doctor`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `storage`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct StorageArgs {
    /// What to do with storage.
    #[command(subcommand)]
    pub(crate) command: StorageCommand,
}

/// What to do with storage.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Write, read, list and delete a small object, and say what is wrong.
    Check(ReportArgs),
    /// Copy an office's documents from one storage to another.
    Copy(CopyArgs),
}

/// Arguments of `storage copy`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  worker storage copy --from env --to s3.env --tenant ckoffice0001

A file has the lines STORAGE_TYPE=…, STORAGE_BUCKET_NAME=… and so on, as the environment would; keys
stay out of the process list. Every object is read back where it arrived and compared by SHA-256. A run
that was cut is finished by the same command. Nothing is deleted.")]
pub(crate) struct CopyArgs {
    /// Where the documents are: a file of STORAGE_ settings, or `env` for this worker's own.
    #[arg(long, value_name = "FILE|env")]
    pub(crate) from: PathBuf,
    /// Where they shall be, in the same way.
    #[arg(long, value_name = "FILE|env")]
    pub(crate) to: PathBuf,
    /// The office's id.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: String,
    /// Replace objects that differ where they arrive.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Objects at a time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) parallel: u8,
    /// Largest object that is copied, in bytes.
    #[arg(long, default_value_t = 1 << 30, value_name = "BYTES")]
    pub(crate) max_bytes: u64,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `health`.
#[derive(Debug, Args)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    pub(crate) settings: Flags,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::{Cli, Command};

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_is_what_was_reviewed() {
        let mut cli = Cli::command().term_width(100);
        cli.build();
        insta::assert_snapshot!("worker", cli.render_long_help());
        for name in [
            "run",
            "process",
            "jobs",
            "risk",
            "rules",
            "sync",
            "integrations",
            "status",
            "doctor",
            "storage",
            "health",
        ] {
            let command = cli.find_subcommand_mut(name).unwrap();
            let mut command = std::mem::take(command).term_width(100);
            insta::assert_snapshot!(name, command.render_help());
        }
    }

    #[test]
    fn the_settings_reference_is_what_was_reviewed() {
        let mut cli = Cli::command();
        cli.build();
        for name in ["run", "process"] {
            let command = cli.find_subcommand_mut(name).unwrap();
            let mut command = std::mem::take(command).term_width(100);
            insta::assert_snapshot!(format!("{name}-long"), command.render_long_help());
        }
    }

    #[test]
    fn without_a_command_the_worker_runs() {
        let cli = Cli::try_parse_from(["worker"]).unwrap();
        assert!(matches!(cli.command.unwrap_or_default(), Command::Run(run) if !run.once));
    }

    #[test]
    fn settings_are_flags() {
        let cli =
            Cli::try_parse_from(["worker", "run", "--once", "--worker-concurrency", "3"]).unwrap();
        let Some(Command::Run(run)) = cli.command else { panic!("not run: {cli:?}") };
        assert_eq!(run.settings.0.get("WORKER_CONCURRENCY").map(String::as_str), Some("3"));
    }
}
