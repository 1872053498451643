//! Rows of columns.

use std::io::IsTerminal as _;

use comfy_table::{ContentArrangement, presets::UTF8_FULL_CONDENSED};

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table {
    headers: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(headers: impl Into<Vec<&'static str>>) -> Self {
        Self { headers: headers.into(), rows: Vec::new() }
    }

    /// Adds a row; it has as many cells as there are headers.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }

    /// Whether there is no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lines with borders for a terminal; tab-separated lines, without headers, for a pipe.
    pub(crate) fn render(&self) -> String {
        if std::io::stdout().is_terminal() { self.bordered() } else { self.plain() }
    }

    fn bordered(&self) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(self.headers.clone())
            .add_rows(&self.rows);
        format!("{table}\n")
    }

    fn plain(&self) -> String {
        self.rows.iter().map(|row| row.join("\t") + "\n").collect()
    }
}

/// A cell of text that others wrote: one line, no control characters that could steer a terminal.
pub(crate) fn cell(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Table, cell};

    #[test]
    fn a_pipe_gets_plain_lines() {
        let mut table = Table::new(["id", "status"]);
        table.row(["c1".to_owned(), "PENDING".to_owned()]);
        assert_eq!(table.plain(), "c1\tPENDING\n");
        assert!(table.bordered().contains("status"));
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(cell("a\u{1b}[31mb\tc\nd"), "a [31mb c d");
    }
}
