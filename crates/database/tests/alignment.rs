//! Diesel's picture of the tables and the list of the start-up check agree with the database.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod catalog;
mod common;

use std::collections::BTreeSet;

/// `table.column type[ null]` of every column in the picture.
fn picture(source: &str) -> BTreeSet<String> {
    let (mut table, mut name, mut facts) = (String::new(), None, BTreeSet::new());
    for line in source.lines().map(str::trim) {
        if let Some((head, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            head.clone_into(&mut table);
        } else if let Some(quoted) = line.strip_prefix("#[sql_name = \"") {
            name = quoted.split('"').next().map(str::to_owned);
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let column = name.take().unwrap_or_else(|| column.to_owned());
            let inner = kind.strip_prefix("Nullable<").map(|rest| rest.trim_end_matches('>'));
            let null = if inner.is_some() { " null" } else { "" };
            facts.insert(format!("{table}.{column} {}{null}", sql_type(inner.unwrap_or(kind))));
        }
    }
    facts
}

fn sql_type(diesel: &str) -> &str {
    match diesel {
        "Text" => "text",
        "Varchar" => "character varying",
        "Bool" => "boolean",
        "SmallInt" => "smallint",
        "Integer" => "integer",
        "BigInt" => "bigint",
        "Numeric" => "numeric",
        "Jsonb" => "jsonb",
        "Timestamptz" => "timestamp with time zone",
        "Binary" => "bytea",
        "Date" => "date",
        other => panic!("no type for {other}"),
    }
}

async fn database() -> BTreeSet<String> {
    let (test, _database) = common::migrated().await;
    let rows = catalog::client(&test.url())
        .await
        .query(
            "SELECT CASE nspname WHEN 'worker' THEN 'worker.' ELSE '' END || relname || '.' || attname
                    || ' ' || format_type(atttypid, NULL) || CASE WHEN attnotnull THEN '' ELSE ' null' END
             FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
             JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname IN ('public', 'worker') AND relkind = 'r' AND attnum > 0",
            &[],
        )
        .await
        .expect("reads the catalog");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn the_picture_is_true() {
    let mut facts = picture(include_str!("../src/schema/host.rs"));
    facts.extend(picture(include_str!("../src/schema/worker.rs")));
    assert!(facts.len() > 100, "the picture was not read: {}", facts.len());
    let database = database().await;
    let wrong: Vec<_> = facts.difference(&database).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");

    // The start-up check looks at just these columns.
    let checked: BTreeSet<String> = include_str!("../src/schema/columns.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.replacen(": ", " ", 1))
        .collect();
    assert_eq!(facts, checked);
}
