//! Compares what the worker uses with what the database has.
//!
//! The platform's tables change without us: its schema tool drops what its model does not name, and
//! its migrations and its model disagree. Better one list at the start than an error a job.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use crate::connect::Connection;
use crate::{Database, Error};

/// `table.column: type[ null]`, one a line.
const COLUMNS: &str = include_str!("schema/columns.txt");

/// The platform's job tables, with the columns that migrations add to each and their triggers: one that
/// wakes the workers, one that answers a second request for a sync.
const JOBS: &[(&str, &[&str], &[&str])] = &[
    (
        "document_processing_jobs",
        &["priority", "run_at", "max_attempts", "lease_token", "lease_owner", "lease_expires_at"],
        &["worker_document_jobs_inserted"],
    ),
    (
        "integration_sync_jobs",
        &[
            "attempts",
            "priority",
            "run_at",
            "max_attempts",
            "lease_token",
            "lease_owner",
            "lease_expires_at",
            "technical_error",
            "is_surplus",
        ],
        &["worker_sync_jobs_inserted", "worker_sync_jobs_joined"],
    ),
];

/// Indexes that the claims need, and unique keys that the upserts need.
const INDEXES: &[(&str, Need)] = &[
    ("worker_document_jobs_due_idx", Need::Ours("document_processing_jobs")),
    ("worker_document_jobs_running_idx", Need::Ours("document_processing_jobs")),
    ("worker_invoices_external_idx", Need::Ours("invoices")),
    ("worker_invoices_window_idx", Need::Ours("invoices")),
    ("worker_sync_jobs_due_idx", Need::Ours("integration_sync_jobs")),
    ("worker_sync_jobs_open_idx", Need::Ours("integration_sync_jobs")),
    ("worker_sync_jobs_recent_idx", Need::Ours("integration_sync_jobs")),
    ("worker_sync_jobs_running_idx", Need::Ours("integration_sync_jobs")),
    ("worker_transactions_window_idx", Need::Ours("transactions")),
    ("client_companies", Need::Unique("tenant_id, tax_number")),
    ("document_ocr_results", Need::Unique("document_id")),
    ("document_parsed_data", Need::Unique("document_id")),
    ("document_risk_features", Need::Unique("document_id")),
    ("document_risk_scores", Need::Unique("document_id")),
    ("ledger_accounts", Need::Unique("tenant_id, code")),
    ("tenant_usages", Need::Unique("tenant_id, metric, period_start")),
];

/// What an entry of [`INDEXES`] names.
#[derive(Clone, Copy)]
enum Need {
    /// An index of the migrations, on this table of the platform.
    Ours(&'static str),
    /// A table of the platform, with a unique key on these columns.
    Unique(&'static str),
}

/// One thing in which the database differs from what the worker needs. Its text names the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// None of the tables is there: the database is empty, or it is another one.
    NothingThere,
    /// A table is not there.
    MissingTable {
        /// The table, with its schema when it is not the platform's.
        table: String,
    },
    /// A column is not there.
    MissingColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Its type.
        type_name: String,
    },
    /// A column is there under the name that an old migration of the platform gave it.
    OldName {
        /// The table.
        table: String,
        /// The name that the worker and the platform's code use.
        column: String,
        /// The name in the database.
        found: String,
    },
    /// A column has another type.
    OtherType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What the worker reads and writes.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A column that is read as never null may be null, or the other way round.
    OtherNullability {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Whether the database allows null.
        nullable: bool,
    },
    /// A column that the worker does not know must have a value, so that its inserts fail.
    UnknownRequired {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// An index of the migrations is missing, or its build was cut off.
    MissingIndex {
        /// The index.
        index: String,
    },
    /// A unique key of the platform that the worker's upserts rest on is missing.
    MissingUniqueKey {
        /// The table.
        table: String,
        /// Its columns, separated by commas.
        columns: String,
    },
    /// A trigger of the migrations is missing or switched off.
    MissingTrigger {
        /// The job table.
        table: String,
        /// The trigger.
        trigger: String,
    },
}

impl Difference {
    /// Whether running the migrations brings it in order.
    pub fn is_mended_by_migrating(&self) -> bool {
        match self {
            Self::NothingThere | Self::MissingIndex { .. } | Self::MissingTrigger { .. } => true,
            Self::MissingTable { table } => table.starts_with("worker."),
            Self::MissingColumn { table, column, .. } => JOBS
                .iter()
                .any(|(jobs, added, _)| jobs == table && added.contains(&column.as_str())),
            _ => false,
        }
    }

    /// Whether the worker cannot run with it. Without an index it is slower, without a trigger it
    /// finds new jobs by its poll, and a second request for a sync is refused.
    pub fn is_fatal(&self) -> bool {
        match self {
            // Rests on it: without it, two schedulers could make two jobs of one integration.
            Self::MissingIndex { index } => index == "worker_sync_jobs_open_idx",
            Self::MissingTrigger { .. } => false,
            _ => true,
        }
    }

    /// What brings it in order, for an operator.
    pub fn mend(&self) -> String {
        if *self == Self::NothingThere {
            return "for a new database run the migrations (cargo xtask migrate), which make all tables; \
                    if it is not to be a new one, DATABASE_URL or its parameter schema names the wrong \
                    place"
                .to_owned();
        }
        if self.is_mended_by_migrating() {
            return "run the migrations (cargo xtask migrate); docs/adopting.md says what may drop it"
                .to_owned();
        }
        match self {
            Self::MissingTable { .. } | Self::MissingColumn { .. } => {
                "update the platform's database to its current model".to_owned()
            }
            Self::OldName { table, column, found } => {
                format!("ALTER TABLE {table} RENAME COLUMN {found} TO \"{column}\"")
            }
            Self::OtherType { table, column, expected, .. } => format!(
                "check what the column holds, then ALTER TABLE {table} ALTER COLUMN \"{column}\" \
                 TYPE {expected}"
            ),
            Self::OtherNullability { table, column, nullable } => {
                let change = if *nullable { "SET" } else { "DROP" };
                format!("ALTER TABLE {table} ALTER COLUMN \"{column}\" {change} NOT NULL")
            }
            Self::UnknownRequired { table, column } => format!(
                "use a worker that knows the column, or give it a default: ALTER TABLE {table} \
                 ALTER COLUMN \"{column}\" SET DEFAULT …"
            ),
            Self::MissingUniqueKey { table, columns } => {
                format!("remove the duplicates, then CREATE UNIQUE INDEX ON {table} ({columns})")
            }
            Self::NothingThere | Self::MissingIndex { .. } | Self::MissingTrigger { .. } => {
                String::new()
            }
        }
    }

    /// What is different, without the mend.
    pub fn what(&self) -> String {
        match self {
            Self::NothingThere => "the database has none of the tables".to_owned(),
            Self::MissingTable { table } => format!("table {table} is missing"),
            Self::MissingColumn { table, column, type_name } => {
                format!("column {table}.{column} ({type_name}) is missing")
            }
            Self::OldName { table, column, found } => {
                format!("column {table}.{column} is there under its old name {found}")
            }
            Self::OtherType { table, column, expected, found } => {
                format!("column {table}.{column} is {found}, not {expected}")
            }
            Self::OtherNullability { table, column, nullable: true } => {
                format!("column {table}.{column} may be null")
            }
            Self::OtherNullability { table, column, nullable: false } => {
                format!("column {table}.{column} may not be null")
            }
            Self::UnknownRequired { table, column } => {
                format!("column {table}.{column} is not known here and must have a value")
            }
            Self::MissingIndex { index } => {
                format!("index {index} is missing or was not finished")
            }
            Self::MissingUniqueKey { table, columns } => {
                format!("table {table} has no unique key on ({columns})")
            }
            Self::MissingTrigger { table, trigger } => {
                format!("trigger {trigger} on {table} is missing or switched off")
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; mend: {}", self.what(), self.mend())
    }
}

/// Every difference, in the order of the tables; the worker can run when none is fatal.
pub async fn check(database: &Database) -> Result<Vec<Difference>, Error> {
    differences(&mut *database.get().await?).await
}

#[derive(Debug)]
struct Expected<'a> {
    table: &'a str,
    column: &'a str,
    type_name: &'a str,
    nullable: bool,
}

fn expected() -> impl Iterator<Item = Expected<'static>> {
    COLUMNS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (name, rest) = line.split_once(": ")?;
        let (table, column) = name.rsplit_once('.')?;
        let nullable = rest.ends_with(" null");
        Some(Expected { table, column, type_name: rest.trim_end_matches(" null"), nullable })
    })
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Bool)]
    has_default: bool,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

const FIND_COLUMNS: &str = "\
SELECT CASE nspname WHEN 'worker' THEN 'worker.' ELSE '' END || relname AS table_name,
       attname::text AS column_name,
       format_type(atttypid, NULL) AS type_name,
       NOT attnotnull AS nullable,
       (atthasdef OR attidentity <> '') AS has_default
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname IN (current_schema(), 'worker') AND relkind IN ('r', 'p')
  AND attnum > 0 AND NOT attisdropped";

/// Ours by name, the platform's unique keys as `table (columns)`.
const FIND_INDEXES: &str = "\
SELECT index_class.relname::text AS name
FROM pg_index
JOIN pg_class index_class ON index_class.oid = indexrelid
WHERE indisvalid AND index_class.relnamespace = current_schema()::regnamespace
  AND starts_with(index_class.relname::text, 'worker_')
UNION ALL
SELECT table_class.relname || ' (' || (
           SELECT string_agg(attname, ', ' ORDER BY position)
           FROM unnest(indkey::int2[]) WITH ORDINALITY AS key (number, position)
           JOIN pg_attribute ON attrelid = indrelid AND attnum = number
       ) || ')'
FROM pg_index
JOIN pg_class table_class ON table_class.oid = indrelid
WHERE indisvalid AND indisunique AND indpred IS NULL AND indexprs IS NULL
  AND table_class.relnamespace = current_schema()::regnamespace";

const FIND_TRIGGERS: &str = "\
SELECT tgname::text AS name
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = current_schema()::regnamespace AND tgenabled IN ('O', 'A')
  AND starts_with(tgname::text, 'worker_')";

/// As [`check`], on this connection.
pub async fn differences(connection: &mut Connection) -> Result<Vec<Difference>, Error> {
    let found: Vec<Found> = sql_query(FIND_COLUMNS).load(connection).await?;
    let indexes: Vec<Name> = sql_query(FIND_INDEXES).load(connection).await?;
    let triggers: Vec<Name> = sql_query(FIND_TRIGGERS).load(connection).await?;
    let mut tables: BTreeMap<&str, BTreeMap<&str, &Found>> = BTreeMap::new();
    for row in &found {
        tables.entry(&row.table_name).or_default().insert(&row.column_name, row);
    }
    if !expected().any(|column| tables.contains_key(column.table)) {
        return Ok(vec![Difference::NothingThere]);
    }
    let mut differences = Vec::new();
    let mut missing_tables = BTreeSet::new();
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for column in expected() {
        known.entry(column.table).or_default().insert(column.column);
        match tables.get(column.table) {
            Some(columns) => differences.extend(compare(&column, columns)),
            None if missing_tables.insert(column.table) => {
                differences.push(Difference::MissingTable { table: column.table.to_owned() });
            }
            None => {}
        }
    }
    // Only where all columns are listed does the worker insert.
    let read_only = ["tenants", "user_tenant_memberships"];
    for (table, columns) in known.iter().filter(|(table, _)| !read_only.contains(table)) {
        let there = tables.get(table).into_iter().flatten();
        differences.extend(
            there
                .filter(|(name, row)| {
                    !columns.contains(*name)
                        && !row.nullable
                        && !row.has_default
                        && *name != &"triggered_rule_codes"
                })
                .map(|(name, _)| Difference::UnknownRequired {
                    table: (*table).to_owned(),
                    column: (*name).to_owned(),
                }),
        );
    }
    let has = |wanted: &str| indexes.iter().any(|row| row.name == wanted);
    for (name, need) in INDEXES {
        match need {
            Need::Ours(table) if tables.contains_key(table) && !has(name) => {
                differences.push(Difference::MissingIndex { index: (*name).to_owned() });
            }
            Need::Unique(columns)
                if tables.contains_key(name) && !has(&format!("{name} ({columns})")) =>
            {
                differences.push(Difference::MissingUniqueKey {
                    table: (*name).to_owned(),
                    columns: (*columns).to_owned(),
                });
            }
            Need::Ours(_) | Need::Unique(_) => {}
        }
    }
    for (table, _, needed) in JOBS.iter().filter(|(table, ..)| tables.contains_key(table)) {
        for trigger in needed.iter().filter(|name| !triggers.iter().any(|row| row.name == **name)) {
            let (table, trigger) = ((*table).to_owned(), (*trigger).to_owned());
            differences.push(Difference::MissingTrigger { table, trigger });
        }
    }
    Ok(differences)
}

fn compare(column: &Expected<'_>, columns: &BTreeMap<&str, &Found>) -> Option<Difference> {
    let (table, name) = (column.table.to_owned(), column.column.to_owned());
    let Some(found) = columns.get(column.column) else {
        if name == "triggeredRuleCodes" && columns.contains_key("triggered_rule_codes") {
            let found = "triggered_rule_codes".to_owned();
            return Some(Difference::OldName { table, column: name, found });
        }
        let type_name = column.type_name.to_owned();
        return Some(Difference::MissingColumn { table, column: name, type_name });
    };
    // Text with and without a limit is read and written alike.
    let alike =
        |one: &str| if one == "character varying" { "text".to_owned() } else { one.to_owned() };
    if alike(&found.type_name) != alike(column.type_name) {
        return Some(Difference::OtherType {
            table,
            column: name,
            expected: column.type_name.to_owned(),
            found: found.type_name.clone(),
        });
    }
    (found.nullable != column.nullable).then_some(Difference::OtherNullability {
        table,
        column: name,
        nullable: found.nullable,
    })
}
