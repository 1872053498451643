//! `worker process`: the pipeline on local files, without a database.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _},
    panic::{self, AssertUnwindSafe},
    path::Path,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use doc_pipeline::{
    Context, ReadError,
    assess::{self, AssessmentContext, Duplicates},
    isolation::Cancel,
    message,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use risk_engine::{RuleSet, platform_rules, score_document};
use serde::Serialize;

use super::shown;
use crate::{
    cli::ProcessArgs,
    config::LocalSettings,
    output, reading, scoring,
    telemetry::{self, Target},
};

/// What one file gave. Every key is always there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) file: String,
    pub(crate) document_type: Option<&'static str>,
    pub(crate) fields: Option<serde_json::Value>,
    pub(crate) findings: Option<serde_json::Value>,
    pub(crate) flags: Option<serde_json::Value>,
    pub(crate) features: Option<serde_json::Value>,
    /// Points of the flags, as `document_risk_features.risk_score`.
    pub(crate) risk_score: Option<serde_json::Value>,
    /// Score by the platform's own rules, as `document_risk_scores`, with what made it.
    pub(crate) rule_score: Option<risk_engine::RiskScore>,
    pub(crate) error: Option<FileError>,
}

/// Why a file gave nothing.
#[derive(Debug, Serialize)]
pub(crate) struct FileError {
    /// Stable word.
    pub(crate) code: String,
    /// A Turkish sentence.
    pub(crate) message: String,
    /// The technical reason.
    pub(crate) detail: String,
}

impl FileError {
    fn of_file(error: &io::Error) -> Self {
        let (code, message) = match error.kind() {
            io::ErrorKind::NotFound => ("file_not_found", "Dosya bulunamadı."),
            io::ErrorKind::PermissionDenied => ("file_denied", "Dosyayı okuma izni yok."),
            io::ErrorKind::IsADirectory => {
                ("is_a_directory", "Bu bir klasör; içindeki dosyaları tek tek verin.")
            }
            _ => ("file_unreadable", "Dosya okunamadı."),
        };
        Self { code: code.to_owned(), message: message.to_owned(), detail: error.to_string() }
    }

    fn of_panic() -> Self {
        Self {
            code: "internal_error".to_owned(),
            message: "Belge okunurken programda bir hata oluştu.".to_owned(),
            detail: "a defect of this program; standard error names the place".to_owned(),
        }
    }

    fn of_reading(error: &ReadError) -> Self {
        // The serialised form names the variant; that word is the code.
        let code = serde_json::to_value(error)
            .ok()
            .and_then(|value| value.get("error")?.as_str().map(str::to_owned))
            .unwrap_or_default();
        Self { code, message: message::for_error(error), detail: error.to_string() }
    }
}

/// Reads every file and prints what came out, in the order given.
pub(crate) fn run(args: &ProcessArgs) -> anyhow::Result<ExitCode> {
    let settings = LocalSettings::load(&super::source(&args.settings.0))?;
    telemetry::install(settings.logs, Target::Command);
    let thresholds = scoring::thresholds(&settings.severity)?;
    let rules = RuleSet::load(&platform_rules(), thresholds).rules;
    let context = Context {
        hint: args.hint.map(Into::into),
        client_tax_number: args.client_tax_number.clone(),
        ..reading::context(&settings.reading)
    };
    let reader = reading::reader()?;
    let read = |path: &Path| -> Report {
        let file = path.display().to_string();
        let read = || -> Result<Report, FileError> {
            let bytes =
                load(path, context.limits.input_bytes).map_err(|e| FileError::of_file(&e))?;
            let extraction = reader.read(&bytes, &context, &Cancel::new());
            let extraction = extraction.map_err(|error| FileError::of_reading(&error))?;
            Ok(Report::of(file.clone(), &extraction, &rules))
        };
        // A defect that one file meets must not cost the results of the others.
        panic::catch_unwind(AssertUnwindSafe(read))
            .unwrap_or_else(|_| Err(FileError::of_panic()))
            .unwrap_or_else(|error| Report::failed(file.clone(), error))
    };
    let reports = in_parallel(&args.files, settings.reading.reader_processes, read);
    if args.json {
        output::print_json(&reports)?;
    } else {
        for report in &reports {
            output::print(&shown::document(report))?;
        }
    }
    let failed = reports.iter().any(|report| report.error.is_some());
    Ok(ExitCode::from(u8::from(failed)))
}

impl Report {
    fn failed(file: String, error: FileError) -> Self {
        Self {
            file,
            document_type: None,
            fields: None,
            findings: None,
            flags: None,
            features: None,
            risk_score: None,
            rule_score: None,
            error: Some(error),
        }
    }

    fn of(file: String, extraction: &doc_pipeline::Extraction, rules: &RuleSet) -> Self {
        let context =
            AssessmentContext { today: scoring::today(), duplicates: Duplicates::default() };
        let assessment = assess::assess(extraction, &context);
        let rule_score = score_document(rules, &scoring::facts(extraction, &assessment));
        Self {
            file,
            document_type: Some(extraction.kind().as_str()),
            fields: Some(extraction.fields_json()),
            findings: serde_json::to_value(&extraction.findings).ok(),
            flags: serde_json::to_value(&assessment.flags).ok(),
            features: serde_json::to_value(&assessment.features).ok(),
            risk_score: Some(assessment.flag_score.into()),
            rule_score: Some(rule_score),
            error: None,
        }
    }
}

/// Reads one byte more than the limit at most: the pipeline then says that the file is too large.
fn load(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Runs `read` over all files, `threads` at a time, with progress on a terminal's standard error.
fn in_parallel<'a, T: Send>(
    files: &'a [impl AsRef<Path> + Sync],
    threads: usize,
    read: impl Fn(&'a Path) -> T + Sync,
) -> Vec<T> {
    let progress = progress(files.len());
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(files.len()));
    thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(file) = files.get(at)
                {
                    let result = read(file.as_ref());
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                    progress.inc(1);
                }
            });
        }
    });
    progress.finish_and_clear();
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

fn progress(files: usize) -> ProgressBar {
    let target = if files > 1 && io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{pos}/{len} files {wide_bar}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(files as u64), target).with_style(style)
}
