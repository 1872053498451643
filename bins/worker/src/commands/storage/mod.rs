//! `worker storage`: is it right, and how documents come from one to another.

mod check;
mod copy;

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;

use crate::{
    cli::{StorageArgs, StorageCommand},
    config::{EnvFile, Flags, Source, StorageSettings},
};

/// Does what was asked.
pub(crate) fn run(args: &StorageArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        StorageCommand::Check(args) => check::run(args),
        StorageCommand::Copy(args) => copy::run(args),
    }
}

/// The settings in a file of lines `NAME=value`, or with `env` those of this start. Files, not
/// arguments: other users of the machine see arguments.
fn settings(named: &Path) -> anyhow::Result<StorageSettings> {
    let source = if named.as_os_str() == "env" {
        super::source(&Flags::default())
    } else {
        let shown = named.display();
        let lines = dotenvy::from_path_iter(named)
            .map_err(|_| anyhow::anyhow!("{shown} cannot be read"))?;
        let values = lines.collect::<Result<_, _>>().map_err(|_| {
            // The error would quote the line, which may be a key.
            anyhow::anyhow!("{shown}: a line is not NAME=value; quote values with blanks or #")
        })?;
        let file = EnvFile { values, ..EnvFile::default() };
        Source::new(&Flags::default(), |_| None, &file)
    };
    StorageSettings::load(&source).with_context(|| format!("the settings of {}", named.display()))
}
