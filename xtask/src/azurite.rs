//! The emulator of Azure Storage for the storage tests: installed by npm from its lock file into
//! `.dev/azurite`, where the tests look for it.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{report, run, system_packages::Need, workspace};

const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// What the tests' switch is called that leaves out what needs the emulator.
const ALLOW_SKIP: &str = "STORAGE_TESTS_ALLOW_SKIP";

fn pinned() -> PathBuf {
    workspace::root().join("crates/dev-storage/azurite")
}

fn installed() -> PathBuf {
    workspace::root().join(".dev/azurite")
}

/// Whether what is installed is what the lock file says.
pub(crate) fn is_installed() -> bool {
    let program = installed().join("node_modules/azurite/dist/src/blob/main.js");
    let same = |name| {
        let (wanted, found) =
            (std::fs::read(pinned().join(name)), std::fs::read(installed().join(name)));
        matches!((wanted, found), (Ok(wanted), Ok(found)) if wanted == found)
    };
    program.is_file() && FILES.into_iter().all(same)
}

/// Installs it where that is needed and possible; the tests say what is wrong where it was not.
pub(crate) fn provide() {
    if is_installed() || !Need::Node.is_met() {
        return;
    }
    if let Err(error) = install() {
        report::loudly(&format!("Azurite could not be installed: {error:#}"));
    }
}

fn install() -> Result<()> {
    let folder = installed();
    std::fs::create_dir_all(&folder)?;
    let lock = folder.join(FILES[1]);
    // Only a finished installation has its lock file beside it.
    let _ = std::fs::remove_file(&lock);
    let staging = folder.join("staging");
    std::fs::create_dir_all(&staging)?;
    for name in FILES {
        std::fs::copy(pinned().join(name), staging.join(name)).context(name)?;
    }
    run::visibly(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&staging),
    )?;
    let modules = folder.join("node_modules");
    let _ = std::fs::remove_dir_all(&modules);
    std::fs::rename(staging.join("node_modules"), modules)?;
    for name in FILES {
        std::fs::rename(staging.join(name), folder.join(name))?;
    }
    let _ = std::fs::remove_dir(staging);
    Ok(())
}

/// How many tests of this workspace were left out for want of it: those that their programs show as
/// ignored.
pub(crate) fn skipped() -> Option<String> {
    let may_skip = std::env::var_os(ALLOW_SKIP).is_some_and(|value| value == "1");
    if is_installed() || !may_skip {
        return None;
    }
    let mut list = workspace::cargo();
    list.args(["test", "--workspace", "--locked", "--quiet"]);
    list.args([
        "--test",
        "azure",
        "--test",
        "credentials",
        "--test",
        "memory",
        "--test",
        "storage",
    ]);
    list.args(["--", "--list", "--ignored", "--format", "terse"]);
    Some(said(run::output_of(&mut list).as_deref()))
}

/// The line about them, from the list that the test programs give.
fn said(list: Option<&str>) -> String {
    let count = list.map(|text| text.lines().filter(|line| line.ends_with(": test")).count());
    let count = count.map_or_else(|| "some".to_owned(), |count| count.to_string());
    format!("SKIPPED: {count} storage tests, as Azurite is missing and {ALLOW_SKIP}=1.")
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_was_left_out_is_counted() {
        let list = "the_common_suite: test\nfaults_are_borne: test\n\nazure: test\n";
        assert!(said(Some(list)).contains("SKIPPED: 3 storage tests"));
        assert!(said(None).contains("some"));
    }
}
