//! Who may know whom: the edges between our crates, and what must not be reached through others.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata};

use super::{Outcome, from_problems};
use crate::{run, workspace};

/// One of our crates, those it may use, and packages that it must not even reach.
struct Rule {
    krate: &'static str,
    may_use: &'static [&'static str],
    must_not_reach: &'static [&'static str],
}

/// What a function of its arguments has no use for: a runtime, a database, a network.
const PURE: &[&str] = &[
    "tokio",
    "diesel",
    "diesel-async",
    "tokio-postgres",
    "hyper",
    "reqwest",
    "ureq",
    "rustls",
    "socket2",
];
const NO_DATABASE: &[&str] = &["diesel", "diesel-async", "tokio-postgres", "postgres-protocol"];
const NO_HTTP: &[&str] = &["hyper", "reqwest", "ureq"];

const RULES: &[Rule] = &[
    Rule { krate: "domain", may_use: &[], must_not_reach: PURE },
    Rule { krate: "anomaly", may_use: &["domain"], must_not_reach: PURE },
    Rule { krate: "risk-engine", may_use: &["domain"], must_not_reach: PURE },
    Rule { krate: "doc-pipeline", may_use: &["domain"], must_not_reach: PURE },
    Rule { krate: "jobs-core", may_use: &[], must_not_reach: NO_DATABASE },
    Rule { krate: "storage", may_use: &["domain"], must_not_reach: NO_DATABASE },
    Rule {
        krate: "database",
        may_use: &["domain", "jobs-core", "risk-engine"],
        must_not_reach: NO_HTTP,
    },
    Rule {
        krate: "integrations",
        may_use: &["doc-pipeline", "domain", "storage"],
        must_not_reach: NO_DATABASE,
    },
    Rule { krate: "dev-storage", may_use: &[], must_not_reach: NO_DATABASE },
    Rule { krate: "dev-postgres", may_use: &[], must_not_reach: &["diesel", "diesel-async"] },
    Rule {
        krate: "worker",
        may_use: &[
            "anomaly",
            "database",
            "doc-pipeline",
            "domain",
            "integrations",
            "jobs-core",
            "risk-engine",
            "storage",
        ],
        must_not_reach: &["dev-postgres", "dev-storage"],
    },
    Rule {
        krate: "xtask",
        may_use: &[
            "anomaly",
            "database",
            "dev-postgres",
            "dev-storage",
            "doc-pipeline",
            "domain",
            "integrations",
            "jobs-core",
            "storage",
        ],
        must_not_reach: &[],
    },
];

/// C libraries that a build on a bare machine would need, and the TLS stacks that we do not use.
const NOWHERE: &[&str] = &[
    "pq-sys",
    "openssl",
    "openssl-sys",
    "native-tls",
    "aws-lc-sys",
    "aws-lc-rs",
    "libsqlite3-sys",
    "mysqlclient-sys",
];

pub(super) fn check() -> Result<Outcome> {
    let metadata = workspace::metadata()?;
    let mut problems = Vec::new();
    let ours: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    for name in &ours {
        let Some(rule) = RULES.iter().find(|rule| rule.krate == name) else {
            problems.push(format!("{name}: has no rule in xtask/src/check/boundaries.rs"));
            continue;
        };
        problems.extend(forbidden_edges(&metadata, rule, &ours));
        let reached = reached_from(name)?;
        for banned in
            rule.must_not_reach.iter().chain(NOWHERE).filter(|banned| reached.contains(**banned))
        {
            problems.push(format!(
                "{name}: reaches `{banned}`: cargo tree -p {name} -e normal,build -i {banned}"
            ));
        }
    }
    Ok(from_problems(problems))
}

fn forbidden_edges(metadata: &Metadata, rule: &Rule, ours: &BTreeSet<String>) -> Vec<String> {
    let Some(package) =
        metadata.workspace_packages().into_iter().find(|package| package.name == rule.krate)
    else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for dependency in
        package.dependencies.iter().filter(|dependency| ours.contains(&dependency.name))
    {
        let other = dependency.name.as_str();
        let is_for_tests = dependency.kind == DependencyKind::Development;
        let is_pure = std::ptr::eq(rule.must_not_reach, PURE);
        let is_allowed = rule.may_use.contains(&other)
            || (is_for_tests
                && (other == rule.krate
                    || (["dev-postgres", "dev-storage"].contains(&other) && !is_pure)))
            // What the importers decide is tested on what the database looks up and writes.
            || (is_for_tests && rule.krate == "database" && other == "integrations");
        if !is_allowed {
            problems.push(format!("{}: must not use `{other}`", rule.krate));
        }
    }
    problems
}

/// Every package that ends up in a build of this crate alone with all its features, on any platform.
///
/// Cargo's metadata would give the features of all crates together: with it, an optional dependency
/// that one crate switches on seems to be everybody's.
fn reached_from(name: &str) -> Result<BTreeSet<String>> {
    let mut tree = workspace::cargo();
    tree.args([
        "tree",
        "--locked",
        "--package",
        name,
        "--edges",
        "normal,build",
        "--target",
        "all",
        "--all-features",
    ]);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let lines =
        run::output_of(&mut tree).with_context(|| format!("cargo tree failed for {name}"))?;
    let names = lines.lines().filter_map(|line| line.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{PURE, RULES, Rule, forbidden_edges, reached_from};
    use crate::workspace;

    #[test]
    fn the_rules_have_no_circle() {
        fn uses(from: &str, wanted: &str) -> bool {
            RULES.iter().find(|rule| rule.krate == from).is_some_and(|rule| {
                rule.may_use.iter().any(|next| *next == wanted || uses(next, wanted))
            })
        }
        for rule in RULES {
            assert!(!uses(rule.krate, rule.krate), "{} may reach itself", rule.krate);
        }
    }

    #[test]
    fn an_edge_that_no_rule_allows_is_named() {
        let metadata = workspace::metadata().unwrap();
        let ours: BTreeSet<String> =
            metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
        let nothing_allowed = Rule { krate: "worker", may_use: &[], must_not_reach: PURE };
        let problems = forbidden_edges(&metadata, &nothing_allowed, &ours);
        assert!(problems.iter().any(|problem| problem.contains("`database`")), "{problems:?}");
    }

    #[test]
    fn packages_are_found_through_others() {
        let reached = reached_from("worker").unwrap();
        assert!(reached.contains("tokio-postgres"), "{reached:?}");
        assert!(!reached_from("domain").unwrap().contains("tokio"));
    }
}
