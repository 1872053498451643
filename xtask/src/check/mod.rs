//! `cargo xtask check`: what a change must pass besides the tests.

mod boundaries;
mod docs;
mod licences;
mod manifests;
mod modules;

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::report::{self, Verdict};
use crate::{run, workspace};

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what compiles the workspace (lints and docs).
    #[arg(long)]
    without_build: bool,
    /// Only the steps of these names, e.g. `--only boundaries,modules`.
    #[arg(long, value_delimiter = ',', value_name = "STEP")]
    only: Vec<String>,
    /// Throw mutated files at every reader as well, for some seconds each.
    #[arg(long)]
    fuzz: bool,
}

/// What is wrong, one entry each, or that the step could not be taken.
enum Outcome {
    Passed,
    Failed(Vec<String>),
    Skipped(String),
}

struct Step {
    name: &'static str,
    what: &'static str,
    compiles: bool,
    take: fn() -> Outcome,
}

const STEPS: [Step; 9] = [
    Step { name: "fmt", what: "formatting", compiles: false, take: format },
    Step {
        name: "manifests",
        what: "lints and versions from the workspace",
        compiles: false,
        take: || settled(manifests::check()),
    },
    Step {
        name: "boundaries",
        what: "who may know whom",
        compiles: false,
        take: || settled(boundaries::check()),
    },
    Step {
        name: "modules",
        what: "module sizes",
        compiles: false,
        take: || settled(modules::check()),
    },
    Step {
        name: "links",
        what: "links in the documents",
        compiles: false,
        take: || settled(docs::check()),
    },
    Step { name: "licences", what: "cargo deny", compiles: false, take: licences::check },
    Step { name: "clippy", what: "lints, warnings as errors", compiles: true, take: clippy },
    Step {
        name: "rustdoc",
        what: "documentation, warnings as errors",
        compiles: true,
        take: rustdoc,
    },
    Step { name: FUZZ, what: "mutated files for every reader", compiles: true, take: fuzz },
];

/// The step that runs only when it is asked for: it takes time and proves nothing by ending well.
const FUZZ: &str = "fuzz";

/// Takes every chosen step, shows each, and ends with a table; fails when one failed.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    for name in &options.only {
        if !STEPS.iter().any(|step| step.name == name) {
            let known: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            anyhow::bail!("no step is called `{name}`; there are {}", known.join(", "));
        }
    }
    let chosen = STEPS.iter().filter(|step| {
        (options.only.is_empty() || options.only.iter().any(|name| name == step.name))
            && !(options.without_build && step.compiles)
            && (step.name != FUZZ || options.fuzz || !options.only.is_empty())
    });

    let mut rows = Vec::new();
    let mut failed = false;
    for step in chosen {
        anstream::eprintln!("check {}: {}", step.name, step.what);
        let began = Instant::now();
        let outcome = (step.take)();
        let (verdict, note) = match outcome {
            Outcome::Passed => (Verdict::Passed, String::new()),
            Outcome::Skipped(why) => {
                report::loudly(&format!("SKIPPED {}: {why}", step.name));
                (Verdict::Skipped, why)
            }
            Outcome::Failed(problems) => {
                failed = true;
                for problem in &problems {
                    anstream::eprintln!("  {problem}");
                }
                (Verdict::Failed, report::count(problems.len(), "problem"))
            }
        };
        rows.push((step.name.to_owned(), verdict, began.elapsed(), note));
    }
    report::steps(&rows);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A step that could not be taken has failed.
fn settled(outcome: Result<Outcome>) -> Outcome {
    outcome.unwrap_or_else(|error| Outcome::Failed(vec![format!("{error:#}")]))
}

/// Problems found, as an outcome.
fn from_problems(problems: Vec<String>) -> Outcome {
    if problems.is_empty() { Outcome::Passed } else { Outcome::Failed(problems) }
}

fn format() -> Outcome {
    must_pass(workspace::cargo().args(["fmt", "--all", "--check", "--", "-l"]))
}

fn clippy() -> Outcome {
    let mut cargo = workspace::cargo();
    must_pass(cargo.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))
}

fn rustdoc() -> Outcome {
    let mut cargo = workspace::cargo();
    cargo.args(["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"]);
    must_pass(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

fn fuzz() -> Outcome {
    let mut cargo = workspace::cargo();
    must_pass(cargo.args([
        "run",
        "--package",
        "doc-pipeline",
        "--example",
        "fuzz",
        "--locked",
        "--",
        "--seconds",
        "5",
    ]))
}

fn must_pass(command: &mut Command) -> Outcome {
    match run::visibly(command) {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(vec![format!("{error:#}")]),
    }
}
