//! Programs of the operating system that tests and demo use: found, installed where the user may,
//! otherwise named with the exact command.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::{report, run};

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
        self.is_met_on(&Machine::this())
    }

    fn is_met_on(self, machine: &Machine) -> bool {
        match self {
            Self::PostgreSql => dev_postgres::is_available(),
            Self::Node => ["node", "npm"].into_iter().all(|name| machine.has(name)),
            Self::Tesseract => {
                let listed = run::output_of(machine.command("tesseract").arg("--list-langs"));
                listed.is_some_and(|text| {
                    ["tur", "eng"]
                        .iter()
                        .all(|wanted| text.lines().any(|line| line.trim() == *wanted))
                })
            }
        }
    }
}

/// Where programs are found.
struct Machine {
    search_path: OsString,
}

impl Machine {
    fn this() -> Self {
        Self { search_path: std::env::var_os("PATH").unwrap_or_default() }
    }

    fn has(&self, program: &str) -> bool {
        std::env::split_paths(&self.search_path).any(|folder| folder.join(program).is_file())
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.search_path);
        command
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
    fn of(machine: &Machine) -> Option<Self> {
        [(Self::Apt, "apt-get"), (Self::Dnf, "dnf"), (Self::Brew, "brew")]
            .into_iter()
            .find(|(_, program)| machine.has(program))
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
    fn of_this_user(machine: &Machine, manager: Manager) -> Self {
        let id = run::output_of(machine.command("id").arg("-u"));
        let is_root = id.is_some_and(|id| id.trim() == "0");
        if manager == Manager::Brew {
            // Homebrew belongs to the user and refuses to run as root.
            if is_root { Self::None } else { Self::Own }
        } else if is_root {
            Self::Own
        } else if run::succeeds(machine.command("sudo").args(["-n", "true"])) {
            Self::Sudo
        } else {
            Self::None
        }
    }
}

/// Installs what is missing where the user may; returns what is missing after that.
pub(crate) fn provide(needs: &[Need]) -> Vec<Need> {
    provide_on(&Machine::this(), needs)
}

fn provide_on(machine: &Machine, needs: &[Need]) -> Vec<Need> {
    let missing = still_missing(machine, needs);
    if missing.is_empty() {
        return missing;
    }
    let names: Vec<_> = missing.iter().map(|need| need.name()).collect();
    anstream::eprintln!("not installed: {}", names.join(", "));
    let Some(manager) = Manager::of(machine) else {
        report::loudly(
            "No package manager known here (apt-get, dnf, brew): install them your way.",
        );
        return missing;
    };
    let commands = manager.commands(&missing);
    let right = Right::of_this_user(machine, manager);
    if right == Right::None {
        report::loudly("They cannot be installed with this user's rights. The commands:");
        for line in to_type(manager, &commands) {
            anstream::eprintln!("  {line}");
        }
        return missing;
    }
    if let Err(error) = install(machine, &commands, right) {
        report::loudly(&format!("installing failed: {error:#}"));
        anstream::eprintln!("Try it yourself:");
        for line in to_type(manager, &commands) {
            anstream::eprintln!("  {line}");
        }
    }
    still_missing(machine, needs)
}

fn still_missing(machine: &Machine, needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met_on(machine)).collect()
}

/// The commands as the user would type them.
fn to_type(manager: Manager, commands: &[Vec<&'static str>]) -> Vec<String> {
    let prefix = if manager == Manager::Brew { "" } else { "sudo " };
    commands.iter().map(|words| format!("{prefix}{}", words.join(" "))).collect()
}

fn install(machine: &Machine, commands: &[Vec<&'static str>], right: Right) -> Result<()> {
    for words in commands {
        let mut words = words.iter();
        let Some(program) = words.next() else { continue };
        let mut command = if right == Right::Sudo {
            let mut sudo = machine.command("sudo");
            sudo.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", program]);
            sudo
        } else {
            let mut own = machine.command(program);
            own.env("DEBIAN_FRONTEND", "noninteractive");
            own
        };
        run::visibly(command.args(words).stdin(Stdio::null()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use tempfile::TempDir;

    use super::{Machine, Manager, Need, provide_on, to_type};

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

    #[test]
    fn commands_are_shown_as_they_are_typed() {
        let shown = |manager: Manager| to_type(manager, &manager.commands(&[Need::Tesseract]));
        assert_eq!(
            shown(Manager::Apt),
            [
                "sudo apt-get update",
                "sudo apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-tur \
                 tesseract-ocr-eng"
            ]
        );
        assert_eq!(shown(Manager::Brew), ["brew install tesseract tesseract-lang"]);
    }

    /// A machine that has nothing but what a test puts there.
    struct Bare {
        folder: TempDir,
    }

    impl Bare {
        fn new(user: u32) -> Self {
            let bare = Self { folder: tempfile::tempdir().unwrap() };
            bare.put("id", &format!("echo {user}"));
            symlink("/usr/bin/env", bare.folder.path().join("env")).unwrap();
            bare
        }

        fn put(&self, program: &str, script: &str) {
            let path = self.folder.path().join(program);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }

        /// A package manager that writes down what it is told, and whose installing works.
        fn with_apt(self) -> Self {
            let folder = self.folder.path().display().to_string();
            self.put("installed", "printf 'List of languages (2):\\neng\\ntur\\n'");
            self.put(
                "apt-get",
                &format!(
                    "echo \"$DEBIAN_FRONTEND: $*\" >> {folder}/log\n\
                     [ \"$1\" = update ] || /bin/cp {folder}/installed {folder}/tesseract"
                ),
            );
            self
        }

        fn provide(&self) -> Vec<Need> {
            let machine = Machine { search_path: self.folder.path().into() };
            provide_on(&machine, &[Need::Tesseract])
        }

        fn log(&self) -> String {
            fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
        }
    }

    const INSTALLED: &str = "noninteractive: update
noninteractive: install -y --no-install-recommends tesseract-ocr tesseract-ocr-tur tesseract-ocr-eng
";

    #[test]
    fn root_installs_what_is_missing_once() {
        let bare = Bare::new(0).with_apt();
        assert_eq!(bare.provide(), []);
        assert_eq!(bare.log(), INSTALLED);
        assert_eq!(bare.provide(), []);
        assert_eq!(bare.log(), INSTALLED, "what is there is not installed again");
    }

    #[test]
    fn a_user_who_may_installs_through_sudo_without_being_asked() {
        let bare = Bare::new(1_000).with_apt();
        bare.put("sudo", "[ \"$1\" = -n ] || exit 1; shift; [ \"$1\" = true ] || exec \"$@\"");
        assert_eq!(bare.provide(), []);
        assert_eq!(bare.log(), INSTALLED);
    }

    #[test]
    fn a_user_who_may_not_changes_nothing() {
        let bare = Bare::new(1_000).with_apt();
        assert_eq!(bare.provide(), [Need::Tesseract]);
        bare.put("sudo", "exit 1");
        assert_eq!(bare.provide(), [Need::Tesseract]);
        assert_eq!(bare.log(), "");
    }

    #[test]
    fn a_failed_installation_and_a_missing_language_are_told() {
        let bare = Bare::new(0).with_apt();
        bare.put("apt-get", "exit 100");
        assert_eq!(bare.provide(), [Need::Tesseract]);
        bare.put("tesseract", "printf 'List of languages (1):\\neng\\n'");
        assert_eq!(bare.provide(), [Need::Tesseract]);
        assert_eq!(Bare::new(0).provide(), [Need::Tesseract], "no package manager");
    }
}
