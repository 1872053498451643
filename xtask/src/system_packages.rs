//! Programs of the operating system that tests and demo use: found, installed where the user may,
//! otherwise named with the exact command.

use std::process::Command;

use anyhow::Result;

use crate::{report, run, workspace};

/// A program that is used when it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The server's own programs: `initdb` and `postgres`.
    PostgreSql,
    /// `tesseract` with the languages `tur` and `eng`.
    Tesseract,
    /// `node` and `npm`, for the emulator of Azure Storage.
    Node,
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL",
            Self::Tesseract => "Tesseract with Turkish",
            Self::Node => "Node.js with npm",
        }
    }

    /// Whether it is there, languages included.
    pub(crate) fn is_met(self) -> bool {
        match self {
            Self::PostgreSql => dev_postgres::is_available(),
            Self::Node => ["node", "npm"].into_iter().all(workspace::is_installed),
            Self::Tesseract => {
                let listed = run::output_of(Command::new("tesseract").arg("--list-langs"));
                listed.is_some_and(|text| {
                    ["tur", "eng"]
                        .iter()
                        .all(|wanted| text.lines().any(|line| line.trim() == *wanted))
                })
            }
        }
    }
}

/// The package managers that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manager {
    Apt,
    Dnf,
    Brew,
}

impl Manager {
    fn of_this_machine() -> Option<Self> {
        [(Self::Apt, "apt-get"), (Self::Dnf, "dnf"), (Self::Brew, "brew")]
            .into_iter()
            .find(|(_, program)| workspace::is_installed(program))
            .map(|(manager, _)| manager)
    }

    fn packages(self, need: Need) -> &'static [&'static str] {
        match (self, need) {
            (Self::Apt, Need::PostgreSql) => &["postgresql"],
            (Self::Dnf, Need::PostgreSql) => &["postgresql-server"],
            (Self::Brew, Need::PostgreSql) => &["postgresql@17"],
            (Self::Apt, Need::Tesseract) => {
                &["tesseract-ocr", "tesseract-ocr-tur", "tesseract-ocr-eng"]
            }
            (Self::Dnf, Need::Tesseract) => {
                &["tesseract", "tesseract-langpack-tur", "tesseract-langpack-eng"]
            }
            (Self::Brew, Need::Tesseract) => &["tesseract", "tesseract-lang"],
            (Self::Apt | Self::Dnf, Need::Node) => &["nodejs", "npm"],
            (Self::Brew, Need::Node) => &["node"],
        }
    }

    /// The commands in order; package lists first where the manager does not fetch them itself.
    fn commands(self, needs: &[Need]) -> Vec<Vec<&'static str>> {
        let packages = needs.iter().flat_map(|need| self.packages(*need).iter().copied());
        let (before, install): (Option<Vec<_>>, Vec<_>) = match self {
            Self::Apt => (
                Some(vec!["apt-get", "update"]),
                vec!["apt-get", "install", "-y", "--no-install-recommends"],
            ),
            Self::Dnf => (None, vec!["dnf", "install", "-y"]),
            Self::Brew => (None, vec!["brew", "install"]),
        };
        before.into_iter().chain([install.into_iter().chain(packages).collect()]).collect()
    }
}

/// How commands are run that change the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Own,
    Sudo,
    None,
}

impl Right {
    fn of_this_user(manager: Manager) -> Self {
        let is_root =
            run::output_of(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
        if manager == Manager::Brew {
            // Homebrew belongs to the user and refuses to run as root.
            if is_root { Self::None } else { Self::Own }
        } else if is_root {
            Self::Own
        } else if run::succeeds(Command::new("sudo").args(["-n", "true"])) {
            Self::Sudo
        } else {
            Self::None
        }
    }
}

/// Installs what is missing where the user may; returns what is missing after that.
pub(crate) fn provide(needs: &[Need]) -> Vec<Need> {
    let missing = still_missing(needs);
    if missing.is_empty() {
        return missing;
    }
    let names: Vec<_> = missing.iter().map(|need| need.name()).collect();
    anstream::eprintln!("not installed: {}", names.join(", "));
    let Some(manager) = Manager::of_this_machine() else {
        report::loudly(
            "No package manager known here (apt-get, dnf, brew): install them your way.",
        );
        return missing;
    };
    let commands = manager.commands(&missing);
    let right = Right::of_this_user(manager);
    if right == Right::None {
        report::loudly("They cannot be installed with this user's rights. The commands:");
        for command in &commands {
            let prefix = if manager == Manager::Brew { "" } else { "sudo " };
            anstream::eprintln!("  {prefix}{}", command.join(" "));
        }
        return missing;
    }
    if let Err(error) = install(&commands, right) {
        report::loudly(&format!("installing failed: {error:#}"));
    }
    still_missing(needs)
}

fn still_missing(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met()).collect()
}

fn install(commands: &[Vec<&'static str>], right: Right) -> Result<()> {
    for words in commands {
        let mut words = words.iter();
        let Some(program) = words.next() else { continue };
        let mut command = if right == Right::Sudo {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", program]);
            sudo
        } else {
            let mut own = Command::new(program);
            own.env("DEBIAN_FRONTEND", "noninteractive");
            own
        };
        run::visibly(command.args(words).stdin(std::process::Stdio::null()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Manager, Need};

    #[test]
    fn apt_fetches_its_lists_first_and_asks_nothing() {
        let commands = Manager::Apt.commands(&[Need::PostgreSql, Need::Tesseract]);
        assert_eq!(commands.len(), 2);
        assert_eq!(commands[0], ["apt-get", "update"]);
        assert!(commands[1].contains(&"-y"));
        for package in ["postgresql", "tesseract-ocr", "tesseract-ocr-tur"] {
            assert!(commands[1].contains(&package), "{package}");
        }
    }

    #[test]
    fn only_what_is_missing_is_installed() {
        for manager in [Manager::Apt, Manager::Dnf, Manager::Brew] {
            let commands = manager.commands(&[Need::Tesseract]);
            assert!(
                commands.iter().flatten().all(|word| !word.contains("postgres")),
                "{commands:?}"
            );
        }
    }
}
