//! `cargo xtask check`: what a change must pass besides the tests.

mod boundaries;
mod docs;
mod licences;
mod manifests;
mod modules;

use std::fs;
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
    /// Throw the seeds and mutations of them at every reader as well, for some seconds each; guided by
    /// coverage too where cargo-fuzz is installed.
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

const STEPS: [Step; 10] = [
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
    Step {
        name: FUZZ,
        what: "seeds and their mutations for every reader",
        compiles: true,
        take: fuzz,
    },
    Step {
        name: COVERAGE,
        what: "fuzzing guided by coverage for every reader",
        compiles: true,
        take: fuzz_by_coverage,
    },
];

/// The steps that run only when they are asked for: they take time and prove nothing by ending well.
const FUZZ: &str = "fuzz";
const COVERAGE: &str = "fuzz-coverage";

/// Seconds for each reader.
const FUZZ_SECONDS: &str = "5";

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
            && (!matches!(step.name, FUZZ | COVERAGE) || options.fuzz || !options.only.is_empty())
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
        FUZZ_SECONDS,
    ]))
}

/// The same targets in libFuzzer, from the same seeds; what it finds beyond them is kept in
/// `fuzz/corpus`, which is no part of the project.
fn fuzz_by_coverage() -> Outcome {
    if !run::succeeds(workspace::cargo().args(["fuzz", "--version"])) {
        let how = "cargo-fuzz is not installed: `cargo install cargo-fuzz --locked`";
        return Outcome::Skipped(how.to_owned());
    }
    let folder = workspace::root().join("fuzz");
    let mut targets = match fs::read_dir(folder.join("seeds")) {
        Ok(entries) => entries.flatten().map(|entry| entry.file_name()).collect::<Vec<_>>(),
        Err(error) => return Outcome::Failed(vec![format!("fuzz/seeds: {error}")]),
    };
    targets.sort();
    let mut problems = Vec::new();
    for target in targets {
        let target = target.to_string_lossy();
        let corpus = folder.join("corpus").join(&*target);
        if let Err(error) = fs::create_dir_all(&corpus) {
            problems.push(format!("{}: {error}", corpus.display()));
            continue;
        }
        let mut cargo = workspace::cargo();
        // Sanitizers need a nightly compiler and look for what safe code cannot have.
        cargo.args(["fuzz", "run", "-s", "none", &target]);
        cargo.arg(corpus).arg(folder.join("seeds").join(&*target));
        cargo.args(["--", &format!("-max_total_time={FUZZ_SECONDS}")]);
        if let Err(error) = run::visibly(&mut cargo) {
            problems.push(format!("{target}: {error:#}"));
        }
    }
    from_problems(problems)
}

fn must_pass(command: &mut Command) -> Outcome {
    match run::visibly(command) {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(vec![format!("{error:#}")]),
    }
}
