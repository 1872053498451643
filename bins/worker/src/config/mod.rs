//! What the worker is told: flags, environment and `.env`, checked once and passed on by value.
//!
//! Invariants: every wrong value is reported at once, by name; an empty text counts as not set; no
//! value that may hold a secret is ever printed.

mod integrations;
mod problems;
mod secret;
pub(crate) mod setting;
pub(crate) mod settings;
mod source;

use std::{num::NonZeroUsize, thread, time::Duration};

use doc_pipeline::{input::OcrEngine, limits::Limits};
use rust_decimal::Decimal;
use storage::{LocalStore, Variables};

use self::settings as s;
pub(crate) use self::{
    integrations::{IntegrationSettings, is_suspense_account},
    problems::{Problems, Reader},
    secret::Secret,
    source::{EnvFile, Flags, LocalFlags, Source, env_file},
};
use crate::telemetry;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// `[time] [LEVEL] Message {…}`
    Text,
    /// One JSON object a line.
    Json,
}

/// Which log lines are written and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogSettings {
    /// The least serious level.
    pub(crate) level: tracing::Level,
    /// How lines look.
    pub(crate) format: LogFormat,
}

/// The database.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseSettings {
    /// For the pool.
    pub(crate) url: Secret,
    /// For notifications, locks and migrations.
    pub(crate) direct_url: Secret,
    /// Connections of the pool.
    pub(crate) pool_size: usize,
}

/// Where objects are.
#[derive(Debug, Clone)]
pub(crate) struct StorageSettings {
    /// The backend.
    pub(crate) backend: storage::Config,
}

/// How a document is read.
#[derive(Debug, Clone)]
pub(crate) struct ReadingSettings {
    /// What one document may cost.
    pub(crate) limits: Limits,
    /// The OCR engine.
    pub(crate) ocr: OcrEngine,
    /// Child processes at a time.
    pub(crate) reader_processes: usize,
}

/// Above which score a severity begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeveritySettings {
    pub(crate) medium: Decimal,
    pub(crate) high: Decimal,
    pub(crate) critical: Decimal,
}

/// How the document queue runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueSettings {
    pub(crate) concurrency: usize,
    pub(crate) buffer: usize,
    pub(crate) poll_interval: Duration,
    pub(crate) lease: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) grace: Duration,
    pub(crate) retry_base: Duration,
    pub(crate) retry_cap: Duration,
    pub(crate) reap_interval: Duration,
}

/// How companies are scored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RiskSettings {
    pub(crate) concurrency: usize,
    pub(crate) window_months: u32,
    pub(crate) alerts_per_day: u32,
}

/// Periods of the schedules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntervalSettings {
    pub(crate) risk_calculation: Duration,
    pub(crate) integration_sync: Duration,
    pub(crate) sync_scheduler: Duration,
    pub(crate) usage_fold: Duration,
}

/// Everything that `worker run` needs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) environment: &'static str,
    pub(crate) logs: LogSettings,
    pub(crate) database: DatabaseSettings,
    pub(crate) storage: StorageSettings,
    pub(crate) reading: ReadingSettings,
    pub(crate) severity: SeveritySettings,
    pub(crate) queue: QueueSettings,
    pub(crate) intervals: IntervalSettings,
    pub(crate) integrations: IntegrationSettings,
    pub(crate) rules_cache: Duration,
    pub(crate) risk: RiskSettings,
    /// Names that were set to an empty text.
    pub(crate) empty: Vec<&'static str>,
}

impl Settings {
    /// Checks everything.
    pub(crate) fn load(source: &Source) -> Result<Self, Problems> {
        let mut reader = Reader::new(source);
        let settings = Self::read(&mut reader);
        reader.finish(settings)
    }

    /// As [`Self::load`], and the folder of the objects must be there.
    pub(crate) fn load_for_service(source: &Source) -> Result<Self, Problems> {
        let mut reader = Reader::new(source);
        let settings = Self::read(&mut reader);
        // What is wrong with another backend leaves a folder in its place, which nobody means.
        if reader.text(&s::STORAGE_TYPE) == Some("local")
            && let storage::Config::Local { base_path } = &settings.storage.backend
            && let Err(error) = LocalStore::open(base_path)
        {
            reader.problem(error.to_string());
        }
        reader.finish(settings)
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            environment: reader.word(&s::NODE_ENV),
            logs: logs(reader),
            database: database(reader),
            storage: storage_settings(reader),
            reading: reading(reader),
            severity: severity(reader),
            queue: queue(reader),
            intervals: intervals(reader),
            integrations: IntegrationSettings::read(reader),
            rules_cache: reader.millis(&s::RISK_RULES_CACHE_MS),
            risk: risk(reader),
            empty: reader.source().empty.clone(),
        }
    }
}

/// The part that `worker process` needs: no database, no storage.
#[derive(Debug, Clone)]
pub(crate) struct LocalSettings {
    pub(crate) logs: LogSettings,
    pub(crate) reading: ReadingSettings,
    pub(crate) severity: SeveritySettings,
}

impl LocalSettings {
    /// Checks what concerns reading and scoring.
    pub(crate) fn load(source: &Source) -> Result<Self, Problems> {
        let mut reader = Reader::new(source);
        let settings = Self {
            logs: logs(&mut reader),
            reading: reading(&mut reader),
            severity: severity(&mut reader),
        };
        reader.finish(settings)
    }
}

impl StorageSettings {
    /// Checks the settings of storage alone.
    pub(crate) fn load(source: &Source) -> Result<Self, Problems> {
        let mut reader = Reader::new(source);
        let settings = storage_settings(&mut reader);
        reader.finish(settings)
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn logs(reader: &mut Reader<'_>) -> LogSettings {
    LogSettings {
        level: match reader.word(&s::LOG_LEVEL) {
            "debug" => tracing::Level::DEBUG,
            "warn" => tracing::Level::WARN,
            "error" => tracing::Level::ERROR,
            _ => tracing::Level::INFO,
        },
        format: match reader.word(&s::LOG_FORMAT) {
            "json" => LogFormat::Json,
            _ => LogFormat::Text,
        },
    }
}

fn database(reader: &mut Reader<'_>) -> DatabaseSettings {
    let url = reader.required(
        &s::DATABASE_URL,
        "postgresql://user:password@host:5432/name, as the platform has it",
    );
    let direct_url = reader.text(&s::DIRECT_DATABASE_URL).unwrap_or(url);
    for (name, url) in [(s::DATABASE_URL.name, url), (s::DIRECT_DATABASE_URL.name, direct_url)] {
        if !url.is_empty()
            && let Err(error) = url
                .parse::<database::DatabaseUrl>()
                .map_err(database::Error::from)
                .and_then(|url| url.check_certificates())
        {
            reader.problem(format!("{name}: {}", telemetry::chain(&error)));
            // Without a URL of its own the direct one repeats the problem.
            break;
        }
    }
    let concurrency = concurrency(reader);
    let pool_size = reader
        .number_or_none(&s::DATABASE_POOL_SIZE)
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or_else(|| concurrency / 2 + 2 + risk_concurrency(reader).div_ceil(2));
    DatabaseSettings { url: Secret::new(url), direct_url: Secret::new(direct_url), pool_size }
}

fn storage_settings(reader: &mut Reader<'_>) -> StorageSettings {
    let text = |setting| reader.text(setting).map(str::to_owned);
    let secret = |setting| reader.text(setting).map(storage::config::Secret::new);
    let mut variables = Variables {
        // Not its default: a bucket without a choice is a forgotten choice.
        kind: reader.given(&s::STORAGE_TYPE).map(str::to_owned),
        base_path: text(&s::STORAGE_BASE_PATH),
        bucket: text(&s::STORAGE_BUCKET_NAME),
        region: text(&s::STORAGE_REGION),
        endpoint: text(&s::STORAGE_ENDPOINT),
        grpc_endpoint: text(&s::STORAGE_GRPC_ENDPOINT),
        access_key_id: text(&s::STORAGE_ACCESS_KEY_ID),
        secret_access_key: secret(&s::STORAGE_SECRET_ACCESS_KEY),
        connection_string: secret(&s::STORAGE_CONNECTION_STRING),
        sas_token: secret(&s::STORAGE_SAS_TOKEN),
        credentials_file: text(&s::STORAGE_CREDENTIALS_FILE),
        ca_file: text(&s::STORAGE_CA_FILE),
        ..Variables::default()
    };
    variables.allow_http = reader.word(&s::STORAGE_ALLOW_HTTP) == "true";
    variables.anonymous = reader.word(&s::STORAGE_ANONYMOUS) == "true";
    let backend = variables.check().unwrap_or_else(|problems| {
        for problem in problems {
            reader.problem(problem);
        }
        // Never opened: what is wrong with another backend refuses the whole.
        storage::Config::Local { base_path: variables.base_path.unwrap_or_default().into() }
    });
    StorageSettings { backend }
}

fn reading(reader: &mut Reader<'_>) -> ReadingSettings {
    match reader.text(&s::OCR_PROVIDER).unwrap_or_default() {
        "tesseract" => {}
        "stub" => reader.problem(
            "OCR_PROVIDER is \"stub\": invented text is never stored as a document's; use tesseract",
        ),
        other => reader.problem(format!(
            "OCR_PROVIDER is {other:?}: this OCR service is not supported; use tesseract"
        )),
    }
    let languages = reader.text(&s::TESSERACT_LANGUAGE).unwrap_or_default();
    let is_language = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-/".contains(c))
    };
    if !languages.split('+').all(is_language) {
        reader.problem(format!(
            "TESSERACT_LANGUAGE is {languages:?}; allowed: names of languages joined by +, as tur+eng"
        ));
    }
    ReadingSettings {
        limits: Limits {
            input_bytes: reader.number(&s::STORAGE_MAX_FILE_SIZE),
            pages: reader.number(&s::DOCUMENT_MAX_PAGES),
            pixels: reader.number(&s::DOCUMENT_MAX_PIXELS),
            glyphs: reader.number(&s::DOCUMENT_MAX_GLYPHS),
            memory_bytes: reader.number(&s::DOCUMENT_MEMORY_BYTES),
            cpu_seconds: reader.number(&s::DOCUMENT_CPU_SECONDS),
            wall_seconds: reader.number(&s::DOCUMENT_WALL_SECONDS),
            ocr_cpu_seconds: reader.number(&s::OCR_PAGE_CPU_SECONDS),
            ocr_wall_seconds: reader.number(&s::OCR_PAGE_WALL_SECONDS),
            output_bytes: reader.number(&s::DOCUMENT_OUTPUT_BYTES),
            xml_bytes: reader.number(&s::DOCUMENT_MAX_XML_BYTES),
            archive_bytes: reader.number(&s::DOCUMENT_MAX_ARCHIVE_BYTES),
            archive_entries: reader.number(&s::DOCUMENT_MAX_ARCHIVE_ENTRIES),
        },
        ocr: OcrEngine {
            program: reader.text(&s::TESSERACT_PROGRAM).unwrap_or_default().to_owned(),
            languages: languages.to_owned(),
            data_path: reader.text(&s::TESSERACT_DATA_PATH).map(str::to_owned),
        },
        reader_processes: reader
            .number_or_none(&s::WORKER_READER_PROCESSES)
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or_else(cores),
    }
}

fn severity(reader: &mut Reader<'_>) -> SeveritySettings {
    let severity = SeveritySettings {
        medium: reader.decimal(&s::RISK_SEVERITY_MEDIUM_ABOVE),
        high: reader.decimal(&s::RISK_SEVERITY_HIGH_ABOVE),
        critical: reader.decimal(&s::RISK_SEVERITY_CRITICAL_ABOVE),
    };
    if severity.medium > severity.high || severity.high > severity.critical {
        reader.problem(format!(
            "RISK_SEVERITY_MEDIUM_ABOVE ({}), RISK_SEVERITY_HIGH_ABOVE ({}) and \
             RISK_SEVERITY_CRITICAL_ABOVE ({}) must not fall",
            severity.medium, severity.high, severity.critical
        ));
    }
    severity
}

fn concurrency(reader: &mut Reader<'_>) -> usize {
    reader
        .number_or_none(&s::WORKER_CONCURRENCY)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or_else(|| (2 * cores()).clamp(8, 100))
}

fn queue(reader: &mut Reader<'_>) -> QueueSettings {
    // A wrong value was noted with the database's settings, which read it first.
    let concurrency = concurrency(&mut Reader::new(reader.source()));
    let lease = reader.millis(&s::WORKER_LEASE_MS);
    let retry_base = reader.millis(&s::WORKER_RETRY_BASE_MS);
    let retry_cap = reader.millis(&s::WORKER_RETRY_CAP_MS);
    if retry_base > retry_cap {
        reader.problem(format!(
            "WORKER_RETRY_BASE_MS ({}) must not be above WORKER_RETRY_CAP_MS ({})",
            retry_base.as_millis(),
            retry_cap.as_millis()
        ));
    }
    QueueSettings {
        concurrency,
        buffer: usize::try_from(reader.number::<u64>(&s::WORKER_BUFFER)).unwrap_or_default(),
        poll_interval: reader.millis(&s::DOCUMENT_POLL_INTERVAL_MS),
        lease,
        attempt_timeout: reader.millis(&s::WORKER_ATTEMPT_TIMEOUT_MS),
        grace: reader.millis(&s::WORKER_GRACE_MS),
        retry_base,
        retry_cap,
        reap_interval: reader.millis(&s::WORKER_REAP_INTERVAL_MS),
    }
}

fn risk_concurrency(reader: &mut Reader<'_>) -> usize {
    reader
        .number_or_none(&s::RISK_CONCURRENCY)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or_else(|| cores().max(2))
}

fn risk(reader: &mut Reader<'_>) -> RiskSettings {
    RiskSettings {
        // A wrong value was noted with the database's settings, which read it first.
        concurrency: risk_concurrency(&mut Reader::new(reader.source())),
        window_months: reader.number(&s::RISK_WINDOW_MONTHS),
        alerts_per_day: reader.number(&s::RISK_ALERTS_PER_DAY),
    }
}

fn intervals(reader: &mut Reader<'_>) -> IntervalSettings {
    IntervalSettings {
        risk_calculation: reader.millis(&s::RISK_CALCULATION_INTERVAL_MS),
        integration_sync: reader.millis(&s::INTEGRATION_SYNC_INTERVAL_MS),
        sync_scheduler: reader.millis(&s::SYNC_SCHEDULER_INTERVAL_MS),
        usage_fold: reader.millis(&s::USAGE_FOLD_INTERVAL_MS),
    }
}

#[cfg(test)]
mod tests;
