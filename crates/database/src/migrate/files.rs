//! The migrations, embedded. A new one is a folder and a line here.

/// One migration, in Diesel's layout of files.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The folder's name, such as `0002_job_columns`.
    pub name: &'static str,
    /// The SQL that makes the change.
    pub up: &'static str,
    /// The SQL that takes it back.
    pub down: &'static str,
    /// Whether it runs in one transaction. If not, its statements run one by one and must each
    /// be harmless when repeated.
    pub in_transaction: bool,
    /// Whether its `up` may be repeated at any time, to bring back what the platform's schema tool
    /// dropped.
    pub repeatable: bool,
}

impl Migration {
    /// The number, which is what the database keeps.
    pub fn version(&self) -> &'static str {
        self.name.split('_').next().unwrap_or(self.name)
    }

    /// The statements of a migration without a transaction: each ends with a semicolon at the end
    /// of a line.
    pub(super) fn statements(sql: &str) -> impl Iterator<Item = &str> {
        sql.split_inclusive(";\n").map(str::trim).filter(|statement| {
            statement.lines().any(|line| !line.is_empty() && !line.starts_with("--"))
        })
    }
}

macro_rules! migration {
    ($name:literal, $in_transaction:literal, $repeatable:literal) => {
        Migration {
            name: $name,
            up: include_str!(concat!("../../../../migrations/", $name, "/up.sql")),
            down: include_str!(concat!("../../../../migrations/", $name, "/down.sql")),
            in_transaction: $in_transaction,
            repeatable: $repeatable,
        }
    };
}

/// All migrations, oldest first: name, whether in one transaction, whether repeatable.
pub const ALL: &[Migration] = &[
    migration!("0001_host_schema", true, false),
    migration!("0002_job_columns", true, true),
    migration!("0003_job_indexes", false, true),
    migration!("0004_worker_schema", true, true),
    migration!("0005_risk", true, true),
    migration!("0006_risk_indexes", false, true),
    migration!("0007_sync_jobs", true, true),
    migration!("0008_sync_indexes", false, true),
    migration!("0009_unusual_entries", true, true),
    migration!("0010_join_open_sync", true, true),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_folder_is_embedded_with_its_settings() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        let mut found: Vec<String> = fs::read_dir(&folder)
            .expect("reads")
            .map(|entry| entry.expect("reads").file_name().into_string().expect("plain"))
            .collect();
        found.sort();
        assert_eq!(found, ALL.iter().map(|migration| migration.name).collect::<Vec<_>>());
        for migration in ALL {
            let metadata = fs::read_to_string(folder.join(migration.name).join("metadata.toml"))
                .unwrap_or_default();
            let outside = metadata.contains("run_in_transaction = false");
            assert_eq!(migration.in_transaction, !outside, "{}", migration.name);
            if outside {
                assert!(!migration.up.contains("$$"), "{}: cannot be split", migration.name);
            }
        }
    }

    #[test]
    fn statements_end_at_the_end_of_a_line() {
        let sql = "-- one; not an end\nSELECT 1;\n\n-- two\nSELECT 2\n  AS n;\n-- nothing\n";
        let statements: Vec<&str> = Migration::statements(sql).collect();
        assert_eq!(statements, ["-- one; not an end\nSELECT 1;", "-- two\nSELECT 2\n  AS n;"]);
    }
}
