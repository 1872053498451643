//! A measured figure, and how figures are shown.

use anyhow::Result;
use serde::Serialize;

use crate::report;

/// One number.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    note: String,
}

impl Figure {
    pub(super) fn new(
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        note: impl Into<String>,
    ) -> Self {
        let figure = Self { what: what.into(), value, unit, note: note.into() };
        anstream::eprintln!("{}: {} {}", figure.what, figure.rounded(), figure.unit);
        figure
    }

    fn rounded(&self) -> String {
        if self.value >= 100.0 {
            format!("{:.0}", self.value)
        } else {
            format!("{:.2}", self.value)
        }
    }
}

/// What a run measured, where, and by which command.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) command: String,
    pub(super) machine: String,
    pub(super) figures: Vec<Figure>,
}

impl Report {
    pub(super) fn print(&self, as_json: bool) -> Result<()> {
        if as_json {
            anstream::println!("{}", serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        let mut table = report::table(&["measured", "value", "unit", ""]);
        for figure in &self.figures {
            table.add_row([figure.what.as_str(), &figure.rounded(), figure.unit, &figure.note]);
        }
        anstream::println!("\n{table}\ncommand: {}\nmachine: {}", self.command, self.machine);
        Ok(())
    }
}

/// The value below which this share of the sorted values lies.
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a few thousand values"
    )]
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_of_a_hundred_values() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        assert!((percentile(&values, 0.5) - 50.0).abs() < f64::EPSILON);
        assert!((percentile(&values, 0.99) - 99.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 0.5).abs() < f64::EPSILON);
    }
}
