//! Development tasks. `cargo xtask --help` lists them.

mod azurite;
mod bench;
mod check;
mod database_url;
mod demo;
mod dev;
mod eval;
mod migrate;
mod platform;
mod private_database;
mod report;
mod run;
mod seed;
mod system_packages;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Show the worker on real documents: private database, two offices, their documents, the result.
    Demo(demo::Options),
    /// Install what the tests need, then run all tests.
    Test(test::Options),
    /// Keep a private database running and the worker with it, restarted when sources change.
    Dev(dev::Options),
    /// Bring the database of DATABASE_URL to this version, or show how far it is.
    Migrate(migrate::Options),
    /// Write the platform's risk rules into the database of DATABASE_URL.
    Seed(seed::Options),
    /// Measure, and print figures with the command and the machine they come from.
    Bench(bench::Options),
    /// Read or detect what has a known truth, and count what is right.
    Eval(eval::Options),
    /// Formatting, lints, docs, crate boundaries, licences: what a change must pass besides the tests.
    Check(check::Options),
    /// The bounded child process that reads a document for `eval`.
    #[command(hide = true)]
    ReadDocument(eval::documents::ChildOptions),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Dev(options) => dev::run(&options),
        Task::Migrate(options) => migrate::run(&options),
        Task::Seed(options) => seed::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Eval(options) => eval::run(&options),
        Task::Check(options) => check::run(&options),
        Task::ReadDocument(options) => Ok(eval::documents::serve(&options)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
