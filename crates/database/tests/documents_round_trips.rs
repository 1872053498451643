//! How often a completion goes to the database. Alone in its file: the counter is the process's.
#![allow(clippy::expect_used, reason = "a test panics")]

mod common;
mod office;

use std::sync::Mutex;

use database::documents::{Fingerprint, complete_document};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use domain::DocumentId;
use office::{Office, results};

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Count;

impl Instrumentation for Count {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let statement = match event {
            InstrumentationEvent::StartQuery { query, .. } => query.to_string(),
            InstrumentationEvent::CacheQuery { .. } => "PREPARE".to_owned(),
            _ => return,
        };
        STATEMENTS.lock().expect("not poisoned").push(statement);
    }
}

#[tokio::test]
async fn a_completion_takes_five_round_trips_once_its_statements_are_prepared() {
    set_default_instrumentation(|| Some(Box::new(Count))).expect("set");
    let office = Office::open().await;
    let mut pooled = Vec::new();
    // One connection for all, so that what the first prepares the others use.
    for _ in 1..office.database.pool_usage().1 {
        pooled.push(office.database.get().await.expect("a connection"));
    }
    for (n, kept) in [(1_u8, false), (2, true), (3, true)] {
        let id = format!("doc{n}");
        let lease = office.document(&id, "a.xml").await;
        let print = Fingerprint::new([n; 32], Some(&id), Some("1"), Some(&id));
        STATEMENTS.lock().expect("not poisoned").clear();
        complete_document(&office.database, &lease, &DocumentId::new(id), &print, |_| results(80))
            .await
            .expect("completes");
        let statements = STATEMENTS.lock().expect("not poisoned");
        let prepared = statements.iter().filter(|sql| *sql == "PREPARE").count();
        if kept {
            assert_eq!(prepared, 0, "{statements:#?}");
            assert_eq!(statements.len(), 5, "{statements:#?}");
        } else {
            assert_eq!(prepared, 3, "{statements:#?}");
        }
    }
}
