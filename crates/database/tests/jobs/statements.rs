//! The text of every statement, for both shapes of table.

use database::jobs::{DOCUMENT_PROCESSING, INTEGRATION_SYNC, Statements, TableDescription};

fn text(table: &TableDescription) -> String {
    let Statements {
        claim,
        extend,
        succeeded,
        complete,
        fail,
        snooze,
        cancel,
        release,
        reap,
        call_off,
        requeue,
        repeat,
    } = Statements::new(table);
    [
        ("claim", claim),
        ("extend", extend),
        ("succeeded", succeeded),
        ("complete", complete),
        ("fail", fail),
        ("snooze", snooze),
        ("cancel", cancel),
        ("release", release),
        ("reap", reap),
        ("call_off", call_off),
        ("requeue", requeue),
        ("repeat", repeat),
    ]
    .into_iter()
    .map(|(name, sql)| format!("-- {name}\n{sql};\n"))
    .collect::<Vec<_>>()
    .join("\n")
}

#[test]
fn of_the_document_queue() {
    insta::assert_snapshot!(text(&DOCUMENT_PROCESSING));
}

#[test]
fn of_a_table_without_subject() {
    insta::assert_snapshot!(text(&INTEGRATION_SYNC));
}
