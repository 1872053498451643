//! Every crate takes its lints and its dependencies' versions from the workspace.

use std::fs;

use anyhow::{Context, Result};

use super::{Outcome, from_problems};
use crate::workspace;

pub(super) fn check() -> Result<Outcome> {
    let metadata = workspace::metadata()?;
    let mut problems = Vec::new();
    for package in metadata.workspace_packages() {
        let manifest = package.manifest_path.as_std_path();
        let text = fs::read_to_string(manifest)
            .with_context(|| format!("cannot read {}", manifest.display()))?;
        problems.extend(
            problems_of(&text).into_iter().map(|problem| format!("{}: {problem}", package.name)),
        );
    }
    Ok(from_problems(problems))
}

fn problems_of(manifest: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut section = String::new();
    let mut inherits_lints = false;
    for line in manifest.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            if section.contains("dependencies.") {
                problems.push(format!("write `[{section}]` on one line, from the workspace table"));
            }
            continue;
        }
        if section == "lints" && line == "workspace = true" {
            inherits_lints = true;
        }
        let names_dependency = section.ends_with("dependencies");
        // A crate names itself to switch its own test helpers on in its tests.
        let from_workspace = line.contains("workspace = true") || line.contains("path = \".\"");
        if names_dependency && line.contains('=') && !from_workspace {
            problems.push(format!("`{line}` does not come from [workspace.dependencies]"));
        }
    }
    if !inherits_lints {
        problems.push("has no `[lints] workspace = true`".to_owned());
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::problems_of;

    #[test]
    fn a_manifest_that_inherits_everything_passes() {
        let manifest = "[lints]\nworkspace = true\n[dependencies]\na.workspace = true\n\
                        b = { workspace = true, features = [\"c\"] }\n";
        assert_eq!(problems_of(manifest), Vec::<String>::new());
    }

    #[test]
    fn own_versions_and_missing_lints_are_named() {
        let problems =
            problems_of("[dev-dependencies]\na = \"1\"\n[dependencies.b]\nversion = \"2\"\n");
        assert_eq!(problems.len(), 3, "{problems:?}");
    }
}
