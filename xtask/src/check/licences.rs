//! Licences, banned packages, sources and advisories, by cargo-deny.

use super::{Outcome, must_pass};
use crate::{report, run, workspace};

pub(super) fn check() -> Outcome {
    if !run::succeeds(workspace::cargo().args(["deny", "--version"])) {
        return Outcome::Skipped(
            "cargo-deny is not installed: cargo install cargo-deny --locked".to_owned(),
        );
    }
    let rules =
        must_pass(workspace::cargo().args(["deny", "check", "bans", "licenses", "sources"]));
    if let Outcome::Failed(_) = rules {
        return rules;
    }
    // Advisories live in a repository of their own, which cannot be reached from everywhere.
    if !run::succeeds(workspace::cargo().args(["deny", "fetch", "db"])) {
        report::loudly("SKIPPED advisories: their database cannot be fetched from here");
        return Outcome::Passed;
    }
    must_pass(workspace::cargo().args(["deny", "check", "advisories"]))
}
