//! `cargo xtask test`: what the tests need, then all tests.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::system_packages::{self, Need};
use crate::{azurite, report, run, workspace};

/// How to run the tests.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Install nothing; tests that miss a program say so.
    #[arg(long)]
    no_install: bool,
    /// Install what the tests need, and run none.
    #[arg(long, conflicts_with = "no_install")]
    only_install: bool,
    /// Passed on to the test runner, e.g. `cargo xtask test -- -p domain`.
    #[arg(last = true, value_name = "ARGS")]
    runner: Vec<String>,
}

/// Installs, runs every test of the workspace, and names the groups that could not run.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let needs = [Need::PostgreSql, Need::Tesseract, Need::Node];
    let missing = if options.no_install {
        needs.into_iter().filter(|need| !need.is_met()).collect()
    } else {
        system_packages::provide(&needs)
    };
    if !options.no_install {
        azurite::provide();
    }
    if options.only_install {
        let complete = missing.is_empty() && azurite::is_installed();
        return Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }

    let with_nextest = run::succeeds(workspace::cargo().args(["nextest", "--version"]));
    let chosen: &[String] = &options.runner;
    let outcome = if with_nextest { nextest(chosen) } else { cargo_test(chosen) };

    for line in skipped_groups(&missing) {
        report::loudly(&line);
    }
    // Last, so that it stays in sight.
    if let Some(line) = azurite::skipped() {
        report::loudly(&line);
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Nextest runs no documentation tests, so those go first; the summary of the rest stays in sight.
fn nextest(chosen: &[String]) -> Result<()> {
    if chosen.is_empty() {
        let documentation = ["test", "--workspace", "--doc", "--quiet", "--locked"];
        run::visibly(workspace::cargo().args(documentation))?;
    }
    let mut tests = workspace::cargo();
    tests.args(["nextest", "run", "--no-fail-fast", "--locked"]);
    if !names_packages(chosen) {
        tests.arg("--workspace");
    }
    run::visibly(tests.args(chosen))
}

fn cargo_test(chosen: &[String]) -> Result<()> {
    let mut tests = workspace::cargo();
    tests.args(["test", "--no-fail-fast", "--locked"]);
    if !names_packages(chosen) {
        tests.arg("--workspace");
    }
    run::visibly(tests.args(chosen))
}

fn names_packages(chosen: &[String]) -> bool {
    chosen.iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
}

/// What the tests of this run could not do, one line for each group.
fn skipped_groups(missing: &[Need]) -> Vec<String> {
    let mut lines = Vec::new();
    if missing.contains(&Need::PostgreSql) {
        lines.push(
            "PostgreSQL is missing: every test with a database has failed or was skipped."
                .to_owned(),
        );
    }
    if missing.contains(&Need::Tesseract) {
        lines.push(
            "SKIPPED: tests that recognise text, as Tesseract (tur, eng) is missing.".to_owned(),
        );
    }
    if missing.contains(&Need::Node) && !azurite::is_installed() {
        lines.push(
            "Node.js with npm is missing: every test on Azurite has failed or was skipped."
                .to_owned(),
        );
    }
    if std::env::var_os("FIXTURES_DIR").is_none() {
        lines.push(
            "SKIPPED: tests on collected documents of others, as FIXTURES_DIR is not set (optional)."
                .to_owned(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Need, names_packages, skipped_groups};

    #[test]
    fn a_missing_program_is_named() {
        let lines = skipped_groups(&[Need::Tesseract]).join("\n");
        assert!(lines.contains("Tesseract"), "{lines}");
    }

    #[test]
    fn a_chosen_package_replaces_the_workspace() {
        assert!(names_packages(&["-p".to_owned(), "domain".to_owned()]));
        assert!(!names_packages(&["claim".to_owned()]));
    }
}
