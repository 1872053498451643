//! Links between the project's documents lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Outcome, from_problems};
use crate::workspace;

pub(super) fn check() -> Result<Outcome> {
    let root = workspace::root();
    let mut files = vec![root.join("README.md")];
    markdown_files(&root.join("docs"), &mut files)?;
    let mut problems = Vec::new();
    for file in files {
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let folder = file.parent().unwrap_or(&root);
        for target in relative_links(&text) {
            if !folder.join(&target).exists() {
                let name = file.strip_prefix(&root).unwrap_or(&file).display();
                problems.push(format!("{name}: `{target}` does not exist"));
            }
        }
    }
    Ok(from_problems(problems))
}

/// Targets of `[text](target)` inside the repository, without their anchors.
fn relative_links(text: &str) -> Vec<String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default().to_owned())
        .filter(|target| {
            !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")
        })
        .collect()
}

fn markdown_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            markdown_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::relative_links;

    #[test]
    fn only_links_into_the_repository_count() {
        let text = "[a](docs/a.md#part) [b](https://example.org) [c](#here) `x`(y)";
        assert_eq!(relative_links(text), ["docs/a.md"]);
    }
}
