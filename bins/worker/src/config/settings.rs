//! Every setting of the worker.
//!
//! Names and defaults that the platform has are the platform's. What the platform sets for its other
//! parts (`JWT_SECRET`, `REDIS_URL`, `CORS_ORIGIN`, mail and embedding settings) is not named here and
//! so is ignored.

use super::setting::{Kind, Setting};

const DATABASE: &str = "Database";
const LOGS: &str = "Logs";
const STORAGE: &str = "Storage";
const RUNNING: &str = "Running";
const SCHEDULES: &str = "Intervals";
const DOCUMENTS: &str = "Limits of one document";
const OCR: &str = "OCR";
const RISK: &str = "Risk";
const INTEGRATIONS: &str = "Integrations";

/// A day; the longest interval is 31 of them.
const DAY_MS: u64 = 86_400_000;

macro_rules! settings {
    ($($name:ident: $topic:expr, $kind:expr, $default:expr, $help:expr;)*) => {
        $(
            #[doc = $help]
            pub(crate) const $name: Setting = Setting {
                name: stringify!($name),
                topic: $topic,
                default: $default,
                kind: $kind,
                help: $help,
            };
        )*
        /// All of them, in the order of the help.
        pub(crate) const ALL: &[Setting] = &[$($name),*];
    };
}

const fn number(min: u64, max: u64) -> Kind {
    Kind::Number { min, max }
}

settings! {
    DATABASE_URL: DATABASE, Kind::Secret, None,
        "PostgreSQL of the platform, as the platform writes it; may be a pooler that keeps prepared statements";
    DIRECT_DATABASE_URL: DATABASE, Kind::Secret, None,
        "The same database without a pooler, for notifications, locks and migrations; DATABASE_URL when not set";
    DATABASE_POOL_SIZE: DATABASE, number(1, 50), None,
        "Connections to the database; half of WORKER_CONCURRENCY and of RISK_CONCURRENCY plus 2 when not set";
    LOG_LEVEL: LOGS, Kind::Word(&["debug", "info", "warn", "error"]), Some("info"),
        "The least serious lines that are written";
    LOG_FORMAT: LOGS, Kind::Word(&["text", "json"]), Some("text"),
        "Lines for people, or one JSON object a line";
    NODE_ENV: LOGS, Kind::Word(&["development", "staging", "production", "test"]), Some("development"),
        "Name of the environment, written at the start";
    STORAGE_TYPE: STORAGE, Kind::Text, Some("local"),
        "Where objects are: local, or s3, gcs or azure in a build that has them";
    STORAGE_BASE_PATH: STORAGE, Kind::Text, Some("./storage"),
        "Folder of the objects for local storage; the others ignore it";
    STORAGE_BUCKET_NAME: STORAGE, Kind::Text, None,
        "Bucket of s3 and gcs, container of azure";
    STORAGE_REGION: STORAGE, Kind::Text, Some("eu-central-1"),
        "Region of s3, part of each signature";
    STORAGE_ENDPOINT: STORAGE, Kind::Text, None,
        "Another server than the provider's own, as `https://minio.example.com`; s3 then addresses by path";
    STORAGE_GRPC_ENDPOINT: STORAGE, Kind::Text, None,
        "For gcs with STORAGE_ENDPOINT: the server of its second protocol, which lists and deletes";
    STORAGE_ACCESS_KEY_ID: STORAGE, Kind::Text, None,
        "Key id of s3, name of the storage account of azure";
    STORAGE_SECRET_ACCESS_KEY: STORAGE, Kind::Secret, None,
        "Secret key of s3, account key of azure";
    STORAGE_CONNECTION_STRING: STORAGE, Kind::Secret, None,
        "For azure: address, account and key or SAS in one, as its portal gives it";
    STORAGE_SAS_TOKEN: STORAGE, Kind::Secret, None,
        "For azure: a shared access signature instead of the account key";
    STORAGE_CREDENTIALS_FILE: STORAGE, Kind::Text, None,
        "For gcs: key file of a service account; application-default credentials when not set";
    STORAGE_CA_FILE: STORAGE, Kind::Text, None,
        "Certificates (PEM) that s3 and azure trust besides the system's";
    STORAGE_ALLOW_HTTP: STORAGE, Kind::Word(&["false", "true"]), Some("false"),
        "Whether keys and documents may go to another machine in the clear";
    STORAGE_ANONYMOUS: STORAGE, Kind::Word(&["false", "true"]), Some("false"),
        "For gcs on this machine's loopback address: an emulator that wants no credentials";
    STORAGE_MAX_FILE_SIZE: STORAGE, number(1, 1 << 30), Some("20971520"),
        "Largest file that is read, in bytes";
    WORKER_CONCURRENCY: RUNNING, number(1, 100), None,
        "Documents at a time; twice the number of cores, at least 8, when not set";
    WORKER_READER_PROCESSES: RUNNING, number(1, 100), None,
        "Child processes at a time that open PDF and images; the number of cores when not set";
    WORKER_BUFFER: RUNNING, number(0, 1_000), Some("2"),
        "Jobs claimed ahead of a free place; when the worker is killed, each of them has lost an attempt";
    WORKER_LEASE_MS: RUNNING, number(500, 3_600_000), Some("60000"),
        "How long a silent worker keeps its jobs; a living one extends the lease three times within it";
    WORKER_ATTEMPT_TIMEOUT_MS: RUNNING, number(1_000, 7_200_000), Some("1800000"),
        "How long one attempt at a document may take, with its wait for a child process";
    WORKER_GRACE_MS: RUNNING, number(0, 600_000), Some("25000"),
        "How long running work may go on after SIGTERM or SIGINT before it is given back";
    WORKER_RETRY_BASE_MS: RUNNING, number(10, 3_600_000), Some("10000"),
        "Pause after the first failed attempt; it doubles with each";
    WORKER_RETRY_CAP_MS: RUNNING, number(10, DAY_MS), Some("600000"),
        "Longest pause between attempts";
    WORKER_REAP_INTERVAL_MS: RUNNING, number(100, 3_600_000), Some("15000"),
        "How often the jobs of dead workers are taken back";
    DOCUMENT_POLL_INTERVAL_MS: SCHEDULES, number(50, DAY_MS), Some("5000"),
        "How often documents are looked for when no notification came";
    RISK_CALCULATION_INTERVAL_MS: SCHEDULES, number(60_000, 31 * DAY_MS), Some("86400000"),
        "How often the companies that are due are looked for; each is scored once a day";
    INTEGRATION_SYNC_INTERVAL_MS: SCHEDULES, number(1_000, 31 * DAY_MS), Some("300000"),
        "How often sync jobs are looked for";
    SYNC_SCHEDULER_INTERVAL_MS: SCHEDULES, number(1_000, 31 * DAY_MS), Some("600000"),
        "How often due synchronisations are scheduled";
    USAGE_FOLD_INTERVAL_MS: SCHEDULES, number(100, DAY_MS), Some("60000"),
        "How often usage events are added up for the platform's metering";
    DOCUMENT_MAX_PAGES: DOCUMENTS, number(1, 10_000), Some("500"),
        "Pages read";
    DOCUMENT_MAX_PIXELS: DOCUMENTS, number(10_000, 1_000_000_000), Some("100000000"),
        "Pixels of one image or rendered page";
    DOCUMENT_MAX_GLYPHS: DOCUMENTS, number(1_000, 100_000_000), Some("2000000"),
        "Glyphs of the whole document";
    DOCUMENT_MEMORY_BYTES: DOCUMENTS, number(128 << 20, 64 << 30), Some("1610612736"),
        "Address space of the child process that opens it";
    DOCUMENT_CPU_SECONDS: DOCUMENTS, number(1, 3_600), Some("60"),
        "CPU time of the child process, without OCR";
    DOCUMENT_WALL_SECONDS: DOCUMENTS, number(1, 7_200), Some("300"),
        "Time for the whole reading";
    DOCUMENT_OUTPUT_BYTES: DOCUMENTS, number(65_536, 1 << 30), Some("33554432"),
        "Size of what the child process may answer";
    DOCUMENT_MAX_XML_BYTES: DOCUMENTS, number(1_024, 1 << 30), Some("20971520"),
        "Size of one XML document";
    DOCUMENT_MAX_ARCHIVE_BYTES: DOCUMENTS, number(1_024, 1 << 30), Some("52428800"),
        "Unpacked size of an archive, all entries together";
    DOCUMENT_MAX_ARCHIVE_ENTRIES: DOCUMENTS, number(1, 100_000), Some("100"),
        "Entries of an archive";
    OCR_PROVIDER: OCR, Kind::Text, Some("tesseract"),
        "The OCR engine; this build has tesseract";
    TESSERACT_PROGRAM: OCR, Kind::Text, Some("tesseract"),
        "Name or path of the Tesseract program";
    TESSERACT_LANGUAGE: OCR, Kind::Text, Some("tur+eng"),
        "Languages, joined by +; of several, the first alone reads the words in a second run";
    TESSERACT_DATA_PATH: OCR, Kind::Text, None,
        "Folder of the language files; Tesseract's own when not set";
    OCR_PAGE_CPU_SECONDS: OCR, number(1, 3_600), Some("30"),
        "CPU time for one page";
    OCR_PAGE_WALL_SECONDS: OCR, number(1, 3_600), Some("60"),
        "Time for one page";
    RISK_SEVERITY_MEDIUM_ABOVE: RISK, Kind::Decimal { min: 0, max: 100 }, Some("30"),
        "Scores above this are medium";
    RISK_SEVERITY_HIGH_ABOVE: RISK, Kind::Decimal { min: 0, max: 100 }, Some("65"),
        "Scores above this are high and raise an alert";
    RISK_SEVERITY_CRITICAL_ABOVE: RISK, Kind::Decimal { min: 0, max: 100 }, Some("90"),
        "Scores above this are critical";
    RISK_RULES_CACHE_MS: RISK, number(0, 3_600_000), Some("30000"),
        "How long an office's risk rules and accounts are remembered";
    RISK_CONCURRENCY: RISK, number(1, 100), None,
        "Companies at a time; the number of cores, at least 2, when not set";
    RISK_WINDOW_MONTHS: RISK, number(3, 60), Some("24"),
        "Whole months of books before the current one that are read";
    RISK_ALERTS_PER_DAY: RISK, number(0, 1_000), Some("5"),
        "New alerts of a company and day; the day's others are listed in one more";
    INTEGRATIONS_KEYS: INTEGRATIONS, Kind::Secret, None,
        "Keys that seal credentials and tokens, as id:base64 of 32 bytes, separated by commas; the first seals, all open";
    INTEGRATIONS_ALLOW_MOCK: INTEGRATIONS, Kind::Word(&["true", "false"]), Some("false"),
        "Whether MOCK_ACCOUNTING and MOCK_BANK may write their made-up records into the books";
    INTEGRATIONS_ALLOW_LOOPBACK: INTEGRATIONS, Kind::Word(&["true", "false"]), Some("false"),
        "Whether a source on this machine may be called, also without TLS: for a gateway on the same host and for tests";
    INTEGRATIONS_KEEP_RATES: INTEGRATIONS, Kind::Word(&["true", "false"]), Some("true"),
        "Whether calls keep to the rates that the sources allow; false only for a server of one's own, as in tests";
    SYNC_CONCURRENCY: INTEGRATIONS, number(1, 100), Some("4"),
        "Integrations synced at a time";
    SYNC_EVERY_MS: INTEGRATIONS, number(60_000, 31 * DAY_MS), Some("86400000"),
        "How old an integration's last sync may be before the scheduler makes a job";
    SYNC_FIRST_DAYS: INTEGRATIONS, number(1, 3_660), Some("365"),
        "Days that the first sync goes back; an integration's firstSyncDays comes before it";
    SYNC_SUSPENSE_ACCOUNT: INTEGRATIONS, Kind::Text, Some("397.01"),
        "Code of the account against which bank movements are booked; an integration's suspenseAccountCode comes before it";
    SYNC_TURN_MS: INTEGRATIONS, number(1_000, 3_600_000), Some("300000"),
        "How long a sync works before it makes room for others and goes on at its next turn";
}

/// Those that `worker process` reads.
pub(crate) const LOCAL: &[Setting] = &[
    LOG_LEVEL,
    LOG_FORMAT,
    STORAGE_MAX_FILE_SIZE,
    WORKER_READER_PROCESSES,
    DOCUMENT_MAX_PAGES,
    DOCUMENT_MAX_PIXELS,
    DOCUMENT_MAX_GLYPHS,
    DOCUMENT_MEMORY_BYTES,
    DOCUMENT_CPU_SECONDS,
    DOCUMENT_WALL_SECONDS,
    DOCUMENT_OUTPUT_BYTES,
    DOCUMENT_MAX_XML_BYTES,
    DOCUMENT_MAX_ARCHIVE_BYTES,
    DOCUMENT_MAX_ARCHIVE_ENTRIES,
    OCR_PROVIDER,
    TESSERACT_PROGRAM,
    TESSERACT_LANGUAGE,
    TESSERACT_DATA_PATH,
    OCR_PAGE_CPU_SECONDS,
    OCR_PAGE_WALL_SECONDS,
    RISK_SEVERITY_MEDIUM_ABOVE,
    RISK_SEVERITY_HIGH_ABOVE,
    RISK_SEVERITY_CRITICAL_ABOVE,
];
