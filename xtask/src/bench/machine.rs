//! What machine this is, as far as a reader of figures needs to know.

use std::fs;
use std::process::Command;

use crate::run;

/// One line: processor, cores, memory, system, PostgreSQL, and what else was running.
pub(super) fn describe() -> String {
    let cpu =
        line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = line_of("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .map_or_else(|| "unknown memory".to_owned(), |kib| format!("{} GiB", kib / 1024 / 1024));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let postgres = run::output_of(Command::new("postgres").arg("--version")).unwrap_or_default();
    let postgres = postgres.split_whitespace().nth(2).unwrap_or("of unknown version").to_owned();
    format!(
        "{cpu}, {cores} cores, {memory}, {} {}, PostgreSQL {postgres} on the same machine, load {load}",
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

fn line_of(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
