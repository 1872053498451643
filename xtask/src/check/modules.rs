//! Modules stay small enough to be read at once.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Outcome, from_problems};
use crate::workspace;

/// Lines of a module, its unit tests left out.
const CEILING: usize = 400;
const MAIN_CEILING: usize = 80;

/// Modules that may be longer, each with its ceiling and the reason.
const EXCEPTIONS: &[(&str, usize, &str)] = &[
    (
        "crates/database/src/integrations/jobs.rs",
        440,
        "to be parted: a job's begin, its end, its idle time",
    ),
    (
        "crates/doc-pipeline/src/parse/invoice/parties.rs",
        440,
        "to be parted: parties by label, by place",
    ),
    (
        "crates/doc-pipeline/src/parse/invoice/totals.rs",
        440,
        "to be parted: labels of totals, what ties them",
    ),
    ("crates/doc-pipeline/src/parse/invoice/head.rs", 440, "to be parted: numbers, dates"),
    ("crates/doc-pipeline/src/parse/receipt.rs", 440, "to be parted: head, KDV by rate, payment"),
    (
        "crates/integrations/src/testing/parasut.rs",
        440,
        "to be parted: what it has, how it answers",
    ),
    ("crates/anomaly/src/ledger.rs", 440, "one ledger, from its entries to its accounts"),
    ("crates/database/src/schema/host.rs", 450, "one list of the platform's tables"),
    ("crates/database/src/schema_check.rs", 440, "one comparison of two catalogues"),
    ("crates/jobs-core/src/memory/jobs.rs", 420, "one store, method by method as the trait has it"),
];

pub(super) fn check() -> Result<Outcome> {
    let root = workspace::root();
    let mut files = Vec::new();
    for folder in ["crates", "bins", "xtask"] {
        rust_files(&root.join(folder), &mut files)?;
    }
    let mut problems = Vec::new();
    for (path, ..) in EXCEPTIONS {
        if !root.join(path).is_file() {
            problems.push(format!("{path}: is an exception, but does not exist"));
        }
    }
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
        let lines = lines_without_tests(&text);
        let ceiling = ceiling_of(&name);
        if lines > ceiling {
            problems.push(format!("{name}: {lines} lines, the ceiling is {ceiling}"));
        }
    }
    Ok(from_problems(problems))
}

fn ceiling_of(name: &str) -> usize {
    if let Some((_, ceiling, _)) = EXCEPTIONS.iter().find(|(path, ..)| *path == name) {
        return *ceiling;
    }
    if name.ends_with("src/main.rs") { MAIN_CEILING } else { CEILING }
}

/// Lines up to the unit tests, which stand at the end of a module.
fn lines_without_tests(text: &str) -> usize {
    text.lines().take_while(|line| *line != "#[cfg(test)]" && *line != "mod tests {").count()
}

/// Sources of a crate; integration tests, benches and build folders do not count.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "tests" | "benches" | "target") {
                rust_files(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs"
        {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CEILING, MAIN_CEILING, ceiling_of, lines_without_tests};

    #[test]
    fn unit_tests_do_not_count() {
        assert_eq!(lines_without_tests("one\ntwo\n#[cfg(test)]\nmod tests {\n}\n"), 2);
    }

    #[test]
    fn a_main_is_shorter_than_a_module() {
        assert_eq!(ceiling_of("bins/worker/src/main.rs"), MAIN_CEILING);
        assert_eq!(ceiling_of("crates/domain/src/money.rs"), CEILING);
    }
}
