//! Arguments of `risk` and `rules`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use crate::config::Flags;

/// Arguments of `risk`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct RiskArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: RiskCommand,
}

/// What to do about risk.
#[derive(Debug, Subcommand)]
pub(crate) enum RiskCommand {
    /// Score companies now, whether or not they were scored today.
    Recalc(RecalcArgs),
    /// Show why the score of a company or document is what it is.
    Explain(ExplainArgs),
    /// Close an alert with a reason: it stays silent until its evidence changes.
    Close(CloseArgs),
    /// Silence a kind of finding of a company until a day.
    Mute(MuteArgs),
}

/// Arguments of `risk recalc`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --wait the jobs are left to the running workers. With --wait this process works on them, too,
shows how far they are and ends with 1 when a calculation was given up.")]
pub(crate) struct RecalcArgs {
    /// Only companies of this office.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    /// Only this company.
    #[arg(long, value_name = "ID")]
    pub(crate) company: Option<String>,
    /// Stay until all are done.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `risk explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of the company or document.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Why an alert is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CloseReason {
    /// Nothing is wrong.
    FalseAlarm,
    /// It is known and stays so.
    Accepted,
    /// It was put right.
    Fixed,
}

impl CloseReason {
    /// The stored word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FalseAlarm => "false_alarm",
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
        }
    }
}

/// Arguments of `risk close`.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    /// Id of the alert.
    #[arg(value_name = "ALERT")]
    pub(crate) alert: String,
    /// Why.
    #[arg(long, value_enum)]
    pub(crate) reason: CloseReason,
    /// Also silence what is like it (same kind, same account or counterparty) until this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) mute_until: Option<NaiveDate>,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `risk mute`.
#[derive(Debug, Args)]
pub(crate) struct MuteArgs {
    /// Id of the company.
    #[arg(value_name = "COMPANY")]
    pub(crate) company: String,
    /// The kind, as `risk explain` shows it.
    #[arg(long)]
    pub(crate) kind: String,
    /// Only findings about this account or counterparty.
    #[arg(long, default_value = "")]
    pub(crate) family: String,
    /// The last day of silence.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: NaiveDate,
    /// Why.
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct RulesArgs {
    /// What to do with rules.
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the rules that count for an office, and how often they were triggered.
    List(OfficeArgs),
    /// Check an office's rules, or those of a file before they are saved.
    Check(CheckArgs),
    /// Score an office's history with changed rules: which alerts would be gained and lost.
    Test(TestArgs),
    /// Show what a rule asks, or what expressions may ask for.
    Explain(ExplainRuleArgs),
}

/// Arguments of `rules list`.
#[derive(Debug, Args)]
pub(crate) struct OfficeArgs {
    /// The office.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: String,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `rules check`.
#[derive(Debug, Args)]
#[command(after_help = "\
A file holds one rule or a list of rules:
  {\"scope\": \"company\", \"code\": \"OFFICE_MANY_HIGH\", \"description\": \"…\", \"weight\": 20,
   \"defaultSeverity\": \"high\", \"config\": {\"expression\": \"highRiskDocuments30 > 2\"}}
Keys of config that every rule has: shadow (true: recorded, gives no points), group (of rules of one
group only the heaviest counts). An expression is CEL without functions; `worker rules explain` lists
what it may ask for.")]
pub(crate) struct CheckArgs {
    /// The office whose stored rules are checked.
    #[arg(long, value_name = "ID", required_unless_present = "file")]
    pub(crate) tenant: Option<String>,
    /// A file of rules; needs no database.
    #[arg(long, value_name = "FILE", conflicts_with = "tenant")]
    pub(crate) file: Option<PathBuf>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `rules test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// The office whose history is scored again.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: String,
    /// The changed or new rules, as `rules check` takes them.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// First day; 90 days before today when not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<NaiveDate>,
    /// Last day; today when not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) to: Option<NaiveDate>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// Arguments of `rules explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainRuleArgs {
    /// Code of the rule; the variables of expressions when none is given.
    #[arg(value_name = "CODE", requires = "tenant")]
    pub(crate) code: Option<String>,
    /// The office.
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) settings: Flags,
}
