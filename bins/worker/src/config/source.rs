//! Where values come from: flags, then the environment, then the nearest `.env` file.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Command, FromArgMatches};

use super::{setting::Setting, settings};

/// Values given as flags, by the name of their environment variable.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags(pub(crate) BTreeMap<&'static str, String>);

/// Every setting is a flag of the commands that read settings. They are not clap's own typed
/// arguments because clap stops at the first wrong value; an operator wants all of them at once.
impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        with_flags(command, settings::ALL)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.take(settings::ALL, matches);
        Ok(())
    }
}

impl Flags {
    fn take(&mut self, settings: &[Setting], matches: &ArgMatches) {
        for setting in settings {
            if let Some(value) = matches.get_one::<String>(setting.name) {
                self.0.insert(setting.name, value.clone());
            }
        }
    }
}

/// The flags of a command that reads files of this machine: no database, no queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct LocalFlags(pub(crate) Flags);

impl clap::Args for LocalFlags {
    fn augment_args(command: Command) -> Command {
        with_flags(command, settings::LOCAL)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LocalFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.take(settings::LOCAL, matches);
        Ok(())
    }
}

fn with_flags(command: Command, settings: &[Setting]) -> Command {
    settings.iter().fold(command, |command, setting| {
        command.arg(
            Arg::new(setting.name)
                .long(setting.flag())
                .value_name("VALUE")
                .help_heading(setting.topic)
                .help(setting.long_help())
                .hide_short_help(true)
                .allow_hyphen_values(true)
                .num_args(1),
        )
    })
}

/// The values of one start of the program.
#[derive(Debug, Default)]
pub(crate) struct Source {
    values: BTreeMap<&'static str, String>,
    /// Names that were set to an empty text, which counts as not set.
    pub(crate) empty: Vec<&'static str>,
    /// What is wrong with where values come from, a sentence each.
    pub(crate) problems: Vec<String>,
}

impl Source {
    /// Looks every setting up in `flags`, then `environment`, then `file`.
    pub(crate) fn new(
        flags: &Flags,
        environment: impl Fn(&str) -> Option<std::ffi::OsString>,
        file: &EnvFile,
    ) -> Self {
        let mut source = Self { problems: file.problems.clone(), ..Self::default() };
        for name in settings::ALL.iter().map(|setting| setting.name) {
            let value = match (flags.0.get(name), environment(name)) {
                (Some(flag), _) => Some(flag.clone()),
                (None, Some(value)) => {
                    let value = value.into_string().ok();
                    if value.is_none() {
                        source.problems.push(format!("{name} is not UTF-8 text"));
                    }
                    value
                }
                (None, None) => file.values.get(name).cloned(),
            };
            match value.as_deref().map(str::trim) {
                None => {}
                Some("") => source.empty.push(name),
                Some(value) => {
                    source.values.insert(name, value.to_owned());
                }
            }
        }
        source
    }

    /// The value of a setting, if it was given.
    pub(crate) fn get(&self, setting: &Setting) -> Option<&str> {
        self.values.get(setting.name).map(String::as_str)
    }
}

/// Reads the `.env` file of the working directory or the nearest folder above it; none is fine.
///
/// The values go into a map, not into the process's environment: child processes get what the
/// operator set, and nothing else.
pub(crate) fn env_file() -> EnvFile {
    let mut file = EnvFile::default();
    match dotenvy::dotenv_iter() {
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Ok((name, value)) => _ = file.values.insert(name, value),
                    Err(error) => file.problems.push(describe(&error)),
                }
            }
        }
        Err(error) if error.not_found() => {}
        Err(error) => file.problems.push(describe(&error)),
    }
    file
}

/// What the `.env` file says.
#[derive(Debug, Default)]
pub(crate) struct EnvFile {
    pub(crate) values: BTreeMap<String, String>,
    /// What of it cannot be used, a sentence each.
    pub(crate) problems: Vec<String>,
}

/// Names the place of a mistake; never the line itself, which may hold a password.
fn describe(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, at) => {
            format!(
                ".env: a line is not NAME=value (character {at}); quote values with blanks or #"
            )
        }
        dotenvy::Error::Io(error) => format!(".env cannot be read: {error}"),
        _ => ".env cannot be read".to_owned(),
    }
}
