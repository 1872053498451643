//! Running other programs, with failures that name what was run.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut line = file_name(&command.get_program().to_string_lossy());
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// Runs with the terminal's own input and output; an exit code other than 0 is an error.
pub(crate) fn visibly(command: &mut Command) -> Result<()> {
    let line = shown(command);
    anstream::eprintln!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Whether the command starts and ends with 0; its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// What the command wrote to its standard output, if it started and ended with 0.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn file_name(program: &str) -> String {
    program.rsplit('/').next().unwrap_or(program).to_owned()
}
