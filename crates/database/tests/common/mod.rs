//! Databases for the tests.
#![allow(dead_code, reason = "every test file uses a part of it")]

use database::{Config, Database, migrate};
use dev_postgres::TestDatabase;

/// A pool on the database of this URL.
pub(crate) async fn connect(url: &str) -> Database {
    let url = url.parse().expect("a database URL");
    Database::connect(Config::new(url)).await.expect("connects")
}

/// A database with all migrations.
pub(crate) async fn migrated() -> (TestDatabase, Database) {
    let test = TestDatabase::from_template("migrated", &migrate::digest(), async |url| {
        let database = connect(&url).await;
        let report = migrate::run(&database).await.map(drop);
        database.close();
        report
    })
    .await
    .expect("a database");
    let database = connect(&test.url()).await;
    (test, database)
}

/// A database with nothing in it.
pub(crate) async fn empty() -> (TestDatabase, Database) {
    let test = TestDatabase::empty().await.expect("a database");
    let database = connect(&test.url()).await;
    (test, database)
}
