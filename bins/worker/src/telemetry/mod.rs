//! Log lines: what operators of the platform know, with the fields of the surrounding spans.

mod layer;
mod line;
mod panics;
mod queue;

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

pub(crate) use self::{
    layer::chain,
    queue::{DOCUMENTS, RISK, SYNCS},
};
use crate::config::LogSettings;
use layer::{LogLayer, Streams};

/// Our own crates; other libraries speak only from `warn`.
const OWN: [&str; 8] = [
    "worker",
    "anomaly",
    "database",
    "doc_pipeline",
    "integrations",
    "jobs_core",
    "risk_engine",
    "storage",
];

/// Where info and debug lines go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// The service: info and debug on standard output, warn and error on standard error.
    Service,
    /// A command whose standard output is its result: every line on standard error.
    Command,
}

/// Installs the subscriber for the whole process.
pub(crate) fn install(settings: LogSettings, target: Target) {
    let level = LevelFilter::from_level(settings.level);
    let others = level.min(LevelFilter::WARN);
    let filter = OWN
        .iter()
        .fold(Targets::new().with_default(others), |targets, own| targets.with_target(*own, level));
    let streams = match target {
        Target::Service => Streams::Split,
        Target::Command => Streams::Stderr,
    };
    let layer = LogLayer::new(settings.format, streams);
    // Only tests install a second one; the first stays.
    panics::install();
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
}
