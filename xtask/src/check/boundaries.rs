//! Who may know whom: the edges between our crates, and what must not be reached through others.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, PackageId};

use super::{Outcome, from_problems};
use crate::workspace;

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
    Rule { krate: "risk-engine", may_use: &["domain"], must_not_reach: PURE },
    Rule { krate: "doc-pipeline", may_use: &["domain"], must_not_reach: PURE },
    Rule { krate: "jobs-core", may_use: &[], must_not_reach: NO_DATABASE },
    Rule { krate: "storage", may_use: &["domain"], must_not_reach: NO_DATABASE },
    Rule {
        krate: "database",
        may_use: &["domain", "jobs-core", "risk-engine"],
        must_not_reach: NO_HTTP,
    },
    Rule { krate: "dev-postgres", may_use: &[], must_not_reach: &["diesel", "diesel-async"] },
    Rule {
        krate: "worker",
        may_use: &["database", "doc-pipeline", "domain", "jobs-core", "risk-engine", "storage"],
        must_not_reach: &["dev-postgres"],
    },
    Rule {
        krate: "xtask",
        may_use: &["database", "dev-postgres", "domain", "jobs-core", "storage"],
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
    let graph = Graph::of(&metadata)?;
    let mut problems = Vec::new();

    let ours: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    for name in &ours {
        let Some(rule) = RULES.iter().find(|rule| rule.krate == name) else {
            problems.push(format!("{name}: has no rule in xtask/src/check/boundaries.rs"));
            continue;
        };
        problems.extend(forbidden_edges(&metadata, rule, &ours));
        let reached = graph.reached_from(name);
        for banned in rule.must_not_reach {
            if let Some(way) = reached.get(*banned) {
                problems.push(format!("{name}: reaches `{banned}` by {way}"));
            }
        }
    }
    for banned in NOWHERE {
        if let Some(way) = ours.iter().find_map(|name| graph.reached_from(name).remove(*banned)) {
            problems.push(format!("`{banned}` is in the tree by {way}"));
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
            || (is_for_tests && (other == rule.krate || (other == "dev-postgres" && !is_pure)));
        if !is_allowed {
            problems.push(format!("{}: must not use `{other}`", rule.krate));
        }
    }
    problems
}

/// Normal and build dependencies, resolved.
struct Graph {
    names: BTreeMap<PackageId, String>,
    edges: BTreeMap<PackageId, Vec<PackageId>>,
}

impl Graph {
    fn of(metadata: &Metadata) -> Result<Self> {
        let resolve = metadata.resolve.as_ref().context("cargo metadata resolved nothing")?;
        let names = metadata
            .packages
            .iter()
            .map(|package| (package.id.clone(), package.name.to_string()))
            .collect();
        let edges = resolve
            .nodes
            .iter()
            .map(|node| {
                let used = node.deps.iter().filter(|dependency| {
                    dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
                });
                (node.id.clone(), used.map(|dependency| dependency.pkg.clone()).collect())
            })
            .collect();
        Ok(Self { names, edges })
    }

    /// Every package that `name` reaches, with the way there.
    fn reached_from(&self, name: &str) -> BTreeMap<String, String> {
        let mut ways = BTreeMap::new();
        let mut waiting: Vec<(PackageId, String)> = self
            .names
            .iter()
            .filter(|(_, candidate)| *candidate == name)
            .map(|(id, _)| (id.clone(), name.to_owned()))
            .collect();
        let mut seen = BTreeSet::new();
        while let Some((id, way)) = waiting.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            for next in self.edges.get(&id).into_iter().flatten() {
                let Some(next_name) = self.names.get(next) else { continue };
                let next_way = format!("{way} → {next_name}");
                ways.entry(next_name.clone()).or_insert_with(|| next_way.clone());
                waiting.push((next.clone(), next_way));
            }
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Graph, PURE, RULES, Rule, forbidden_edges};
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
        let graph = Graph::of(&workspace::metadata().unwrap()).unwrap();
        let reached = graph.reached_from("worker");
        assert!(
            reached.get("tokio-postgres").is_some_and(|way| way.contains("database")),
            "{reached:?}"
        );
        assert!(!graph.reached_from("domain").contains_key("tokio"));
    }
}
