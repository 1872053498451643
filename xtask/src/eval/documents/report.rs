//! Tables for people, one JSON object for pipes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use comfy_table::{Table, presets};
use serde::Serialize;

use super::child::Reading;
use super::compare::{Comparison, Count};
use super::shares::{Capture, Shares};

/// All documents of an evaluation.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    /// By kind and type of file.
    kinds: BTreeMap<String, Kind>,
    /// What the project is held to, by how the documents came about.
    aims: BTreeMap<Capture, Aims>,
    /// Documents that could not be read, with the reason.
    unread: BTreeMap<String, String>,
    /// Differences by document.
    remarks: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Aims {
    documents: u32,
    #[serde(flatten)]
    shares: Shares,
    /// Wrong, and presented as verified.
    wrong_verified: u32,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    documents: u32,
    fields: BTreeMap<String, Count>,
    total: Count,
    /// Microseconds of all documents together.
    wall_us: u64,
    stages: BTreeMap<String, Times>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Times {
    wall_us: u64,
    cpu_us: u64,
}

impl Report {
    /// Adds one document.
    pub(super) fn add(&mut self, name: String, reading: &Reading, comparison: Comparison) {
        let media = match &reading.outcome {
            Ok(extraction) => extraction.media.name(),
            Err(_) => "not read",
        };
        let kind = self.kinds.entry(format!("{}, {media}", comparison.kind)).or_default();
        kind.documents += 1;
        kind.wall_us += u64::try_from(reading.wall.as_micros()).unwrap_or(u64::MAX);
        for stage in &reading.stages {
            let times = kind.stages.entry(stage.name.clone()).or_default();
            times.wall_us += stage.wall_us;
            times.cpu_us += stage.cpu_us;
        }
        let engine = reading.outcome.as_ref().ok().map(|read| read.text.engine.as_str());
        let aims = self.aims.entry(Capture::of(engine, &name)).or_default();
        aims.documents += 1;
        aims.shares.add(comparison.shares);
        for (field, count) in comparison.counts {
            aims.wrong_verified += count.wrong_verified;
            kind.total.add(count);
            kind.fields.entry(field).or_default().add(count);
        }
        if let Err(error) = &reading.outcome {
            self.unread.insert(name.clone(), error.to_string());
        }
        if !comparison.remarks.is_empty() {
            self.remarks.insert(name, comparison.remarks);
        }
    }

    /// Prints everything.
    pub(super) fn print(&self, json: bool, remarks: bool) -> Result<()> {
        if json {
            anstream::println!("{}", serde_json::to_string(self)?);
            return Ok(());
        }
        for (name, kind) in &self.kinds {
            anstream::println!("\n{name}: {} documents", kind.documents);
            let mut table = Table::new();
            table.load_style(presets::UTF8_FULL_CONDENSED);
            table.set_header(["field", "exact", "wrong", "missing", "wrong, not marked"]);
            for (field, count) in &kind.fields {
                table.add_row(row(field, *count));
            }
            table.add_row(row("all", kind.total));
            anstream::println!("{table}");
            let documents = u64::from(kind.documents.max(1));
            let mut times = format!("a document: {}", millis(kind.wall_us / documents));
            for (stage, own) in &kind.stages {
                let _ = write!(
                    times,
                    "; {stage} {}, CPU {}",
                    millis(own.wall_us / documents),
                    millis(own.cpu_us / documents)
                );
            }
            anstream::println!("{times}");
        }
        for (name, error) in &self.unread {
            anstream::println!("not read: {name}: {error}");
        }
        if remarks {
            for (name, lines) in &self.remarks {
                for line in lines {
                    anstream::println!("{name}: {line}");
                }
            }
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_header([
            "came as",
            "documents",
            "numbers exact",
            "label with value",
            "rows complete",
            "wrong, not marked",
        ]);
        for (capture, aims) in &self.aims {
            let Shares { numbers, labels, rows } = aims.shares;
            table.add_row([
                capture.name().to_owned(),
                aims.documents.to_string(),
                numbers.shown(),
                labels.shown(),
                rows.shown(),
                aims.wrong_verified.to_string(),
            ]);
        }
        anstream::println!("\n{table}");
        let all = self.kinds.values().fold(Count::default(), |mut all, kind| {
            all.add(kind.total);
            all
        });
        anstream::println!(
            "\nexact {}, wrong {}, missing {}, wrong and not marked {}",
            all.exact,
            all.wrong,
            all.missing,
            all.wrong_verified
        );
        Ok(())
    }
}

fn row(name: &str, count: Count) -> [String; 5] {
    [
        name.to_owned(),
        count.exact.to_string(),
        count.wrong.to_string(),
        count.missing.to_string(),
        count.wrong_verified.to_string(),
    ]
}

/// Milliseconds with three decimals, of microseconds.
fn millis(micros: u64) -> String {
    format!("{}.{:03} ms", micros / 1000, micros % 1000)
}
