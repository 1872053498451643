//! The worker of AI Muhasebi: takes jobs from the platform's database and does them.
//!
//! Nothing is computed here: a handler loads, calls a pure engine, and saves in the transaction that
//! completes the job.

mod cli;
mod commands;
mod config;
mod failure;
mod handlers;
mod output;
mod reading;
mod risk;
mod scoring;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    cli::{Cli, Command},
    config::Problems,
};

/// The hidden first argument of the child process that opens a document.
const READ_DOCUMENT: &str = "__read-document";

fn main() -> ExitCode {
    // The child limits itself before it reads anything: no settings, no threads, no files before it.
    if std::env::args_os().nth(1).is_some_and(|first| first == READ_DOCUMENT) {
        return doc_pipeline::isolation::serve_child();
    }
    let command = Cli::parse().command.unwrap_or_default();
    match run(command) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("worker: {}", telemetry::chain(error.as_ref())));
            if error.chain().any(<dyn std::error::Error + 'static>::is::<database::Error>) {
                output::complain("`worker doctor` shows what is wrong there and how to mend it");
            }
            ExitCode::from(if error.is::<Problems>() { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => commands::run::run(&args),
        Command::Process(args) => commands::process::run(&args),
        Command::Jobs(args) => commands::jobs::run(&args),
        Command::Risk(args) => commands::risk::run(&args),
        Command::Rules(args) => commands::rules::run(&args),
        Command::Sync(args) => commands::sync::run(&args),
        Command::Integrations(args) => commands::integrations::run(&args),
        Command::Status(args) => commands::status::run(&args),
        Command::Doctor(args) => commands::doctor::run(&args),
        Command::Storage(args) => commands::storage::run(&args),
        Command::Health(args) => commands::health::run(&args),
    }
}
