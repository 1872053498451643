//! `cargo xtask migrate`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use database::connect::{Config, DatabaseUrl};
use database::{Database, migrate};

use crate::{database_url, report};

/// What to do with the migrations.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Options {
    /// Which were run, and when; changes nothing.
    #[arg(long)]
    status: bool,
    /// The SQL that would be run; changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Take back the newest N migrations (`all` for all of them).
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1", value_parser = count)]
    revert: Option<Count>,
}

/// How many migrations to take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Newest(usize),
    All,
}

fn count(text: &str) -> Result<Count, String> {
    match text {
        "all" => Ok(Count::All),
        number => number.parse().map(Count::Newest).map_err(|_| "a number, or `all`".to_owned()),
    }
}

/// Works on the database of `DATABASE_URL`; any number of these at once is harmless.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let url = database_url::of_the_developer()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let database = open(&url)?;
        if options.status {
            show_status(&migrate::status(&database).await?);
        } else if options.dry_run {
            show_sql(&migrate::dry_run(&database).await?);
        } else if let Some(count) = options.revert {
            let count = if let Count::Newest(number) = count { Some(number) } else { None };
            show_names("taken back", &migrate::revert(&database, count).await?);
        } else {
            let done = migrate::run(&database).await?;
            show_names("run", &done.applied);
            if !done.mended.is_empty() {
                show_names("run again, as something of theirs was lost", &done.mended);
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Runs what is missing.
pub(crate) async fn to_this_version(url: &str) -> Result<()> {
    migrate::run(&open(url)?).await?;
    Ok(())
}

/// The database behind a URL, connected when first used.
pub(crate) fn open(url: &str) -> Result<Database> {
    let url: DatabaseUrl = url.parse().context("the database's URL")?;
    Ok(Database::lazy(Config::new(url))?)
}

fn show_status(all: &[migrate::Status]) {
    let mut table = report::table(&["migration", "run at"]);
    for status in all {
        let run_at = status.run_at.map_or_else(|| "not yet".to_owned(), |at| at.to_rfc3339());
        table.add_row([status.migration.name.to_owned(), run_at]);
    }
    anstream::println!("{table}");
}

fn show_sql(missing: &[&migrate::Migration]) {
    if missing.is_empty() {
        anstream::println!("-- nothing to run");
    }
    for migration in missing {
        anstream::println!("-- {}\n{}", migration.name, migration.up);
    }
}

fn show_names(done: &str, names: &[&str]) {
    if names.is_empty() {
        anstream::println!("nothing {done}");
    }
    for name in names {
        anstream::println!("{done}: {name}");
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Count, Options, count};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn reverting_takes_a_number_or_all() {
        assert_eq!(count("2"), Ok(Count::Newest(2)));
        assert_eq!(count("all"), Ok(Count::All));
        assert!(count("some").is_err());
    }

    /// The commands that the guide tells its readers to type.
    #[test]
    fn the_guides_commands_do_what_it_says() {
        let guide = include_str!("../../docs/adopting.md");
        let lines: Vec<Line> = guide
            .lines()
            .filter_map(|line| line.strip_prefix("cargo xtask "))
            .map(|line| line.split('#').next().unwrap_or_default().split_whitespace())
            .map(|words| Line::try_parse_from(words).unwrap_or_else(|error| panic!("{error}")))
            .collect();
        let reverts: Vec<Count> = lines.iter().filter_map(|line| line.options.revert).collect();
        assert_eq!(reverts, [Count::All], "the way back takes everything back");
        assert!(lines.iter().any(|line| line.options.dry_run));
        assert!(lines.iter().any(|line| line.options.status));
    }
}
