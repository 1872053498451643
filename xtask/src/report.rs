//! Tables and lines for the people who read a task's output.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const BOLD: Style = Style::new().bold();

/// Columns of a table that goes into a pipe or a file.
const PIPE_WIDTH: u16 = 140;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
    Skipped,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
        }
    }
}

/// A line that must not be overlooked.
pub(crate) fn loudly(line: &str) {
    anstream::eprintln!("{YELLOW}{line}{YELLOW:#}");
}

/// A heading on standard output.
pub(crate) fn heading(line: &str) {
    anstream::println!("\n{BOLD}{line}{BOLD:#}");
}

/// `1 problem`, `2 problems`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// An empty table in the form that all tables here have.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.to_vec());
    if !std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        table.set_width(PIPE_WIDTH);
    }
    table
}

/// The closing table of a task made of steps, and one sentence.
pub(crate) fn steps(rows: &[(String, Verdict, Duration, String)]) {
    let mut table = table(&["step", "result", "seconds", ""]);
    for (name, verdict, took, note) in rows {
        table.add_row([name.as_str(), verdict.word(), &format!("{:.1}", took.as_secs_f64()), note]);
    }
    anstream::println!("\n{table}");
    let of = |wanted| rows.iter().filter(|(_, verdict, ..)| *verdict == wanted).count();
    let (failed, skipped) = (of(Verdict::Failed), of(Verdict::Skipped));
    let style = if failed > 0 { RED } else { GREEN };
    anstream::println!(
        "{style}{} passed, {failed} failed, {skipped} skipped{style:#}",
        of(Verdict::Passed)
    );
}
