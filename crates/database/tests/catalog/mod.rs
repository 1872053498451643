//! Reads a schema back from PostgreSQL's catalog, one fact a line, in the form of
//! `host_schema.txt`.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::BTreeSet;

use tokio_postgres::{Client, NoTls};

const FACTS: &str = "\
SELECT format('column %s.%s %s %s%s', relname, attname, format_type(atttypid, atttypmod),
              CASE WHEN attnotnull THEN 'not null' ELSE 'null' END,
              ' default ' || replace(
                  regexp_replace(pg_get_expr(adbin, adrelid), '::(character varying|jsonb)$', ''),
                  'CURRENT_TIMESTAMP', 'now()'))
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT format('index %s%s %s (%s)%s', index_class.relname,
              CASE WHEN indisunique THEN ' unique' ELSE '' END, table_class.relname,
              (SELECT string_agg(attname, ', ' ORDER BY position)
               FROM unnest(indkey::int2[]) WITH ORDINALITY AS key (number, position)
               JOIN pg_attribute ON attrelid = indrelid AND attnum = number),
              ' where ' || pg_get_expr(indpred, indrelid))
FROM pg_index
JOIN pg_class index_class ON index_class.oid = indexrelid
JOIN pg_class table_class ON table_class.oid = indrelid
WHERE table_class.relnamespace = to_regnamespace($1)
UNION ALL
SELECT format('key %s %s.%s -> %s.%s on update %s on delete %s', conname, child.relname,
              child_column.attname, parent.relname, parent_column.attname,
              actions ->> confupdtype::text, actions ->> confdeltype::text)
FROM pg_constraint
JOIN pg_class child ON child.oid = conrelid
JOIN pg_class parent ON parent.oid = confrelid
JOIN pg_attribute child_column ON child_column.attrelid = conrelid AND child_column.attnum = conkey[1]
JOIN pg_attribute parent_column
  ON parent_column.attrelid = confrelid AND parent_column.attnum = confkey[1]
CROSS JOIN jsonb_build_object('c', 'cascade', 'n', 'set null', 'r', 'restrict', 'a', 'no action')
    AS actions
WHERE contype = 'f' AND child.relnamespace = to_regnamespace($1)
UNION ALL
SELECT format('trigger %s %s for each %s', tgname, relname,
    CASE tgtype & 1 WHEN 0 THEN 'statement' ELSE 'row' END)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = to_regnamespace($1)
UNION ALL
SELECT format('options %s %s', relname, array_to_string(reloptions, ' '))
FROM pg_class WHERE reloptions IS NOT NULL AND relnamespace = to_regnamespace($1)
UNION ALL
SELECT format('function %s', proname) FROM pg_proc WHERE pronamespace = to_regnamespace($1)";

/// A plain connection, past everything under test.
pub(crate) async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

/// Every fact of a schema; none when it does not exist.
pub(crate) async fn describe(url: &str, schema: &str) -> BTreeSet<String> {
    let rows = client(url).await.query(FACTS, &[&schema]).await.expect("reads the catalog");
    rows.iter().map(|row| row.get(0)).collect()
}
