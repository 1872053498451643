//! The pool and what its sessions are limited to.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

mod catalog;
mod common;
mod relay;

use std::time::Duration;

use database::sql::cached;
use database::{Config, Database, Error};
use diesel::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Integer, Text};
use diesel_async::RunQueryDsl;
use relay::{Options, Relay};

#[derive(Debug, QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(Debug, QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn setting(database: &Database, name: &str) -> String {
    let row: Value = sql_query("SELECT current_setting($1) AS value")
        .bind::<Text, _>(name)
        .get_result(&mut database.get().await.expect("connects"))
        .await
        .expect("reads");
    row.value
}

#[tokio::test]
async fn sessions_have_their_limits() {
    let (_test, database) = common::empty().await;
    for (name, value) in [
        ("statement_timeout", "1min"),
        ("lock_timeout", "15s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("client_connection_check_interval", "1s"),
        ("jit", "off"),
        ("application_name", "muhasebi-worker"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(setting(&database, name).await, value, "{name}");
    }
}

#[tokio::test]
async fn sessions_have_their_limits_also_behind_a_pooler_that_drops_options() {
    let (test, _database) = common::empty().await;
    let relay = Relay::start(&test.url(), Options::Drop).await;
    let database = common::connect(&format!("{}&schema=office", relay.url())).await;
    for (name, value) in [
        ("statement_timeout", "1min"),
        ("lock_timeout", "15s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("client_connection_check_interval", "1s"),
        ("jit", "off"),
        ("search_path", "office"),
    ] {
        assert_eq!(setting(&database, name).await, value, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_is_not_waited_for() {
    let (test, _database) = common::empty().await;
    let elsewhere = test.url().replacen(test.name(), "no_such_database", 1);
    let config = Config::new(elsewhere.parse().expect("a URL"));
    let error = Database::connect(config).await.map(drop).expect_err("refused");
    assert!(
        matches!(&error, Error::Refused { reason } if reason.contains("no_such_database")),
        "{error}"
    );
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_pooler_that_refuses_options_is_told_how_to_let_them_pass() {
    let (test, _database) = common::empty().await;
    let relay = Relay::start(&test.url(), Options::Refuse).await;
    let url = relay.url().parse().expect("a URL");
    let error = Database::connect(Config::new(url)).await.map(drop).expect_err("refused");
    assert!(error.to_string().contains("ignore_startup_parameters"), "{error}");
    // Where sessions are shared, no options are sent.
    drop(common::connect(&format!("{}&pgbouncer=true", relay.url())).await);
}

#[tokio::test]
async fn the_platforms_schema_parameter_and_limit_hold() {
    let (test, _database) = common::empty().await;
    catalog::client(&test.url())
        .await
        .batch_execute("CREATE SCHEMA office")
        .await
        .expect("creates");
    let url = format!("{}?schema=office&connection_limit=2&pgbouncer=false", test.url());
    let database = common::connect(&url).await;
    assert_eq!(setting(&database, "search_path").await, "office");
    assert_eq!(database.pool_usage().1, 2);
}

#[tokio::test]
async fn a_busy_pool_says_so_in_time() {
    let (test, _database) = common::empty().await;
    let mut config = Config::new(test.url().parse().expect("a URL"));
    config.pool_size = 1;
    config.wait_timeout = Duration::from_millis(10);
    let database = Database::connect(config).await.expect("connects");
    let held = database.get().await.expect("the only one");
    let error = database.get().await.map(drop).expect_err("none is free");
    assert!(matches!(error, Error::Busy { .. }) && error.is_retryable(), "{error:?}");
    drop(held);
    drop(database.get().await.expect("free again"));
}

#[tokio::test]
async fn wrong_passwords_and_dead_servers_are_told_without_the_secret() {
    let (test, _database) = common::empty().await;
    let wrong = test.url().replacen("postgres:", "postgres:zzsecret", 1);
    let error = Database::connect(Config::new(wrong.parse().expect("a URL"))).await;
    let error = error.map(drop).expect_err("refused");
    assert!(matches!(error, Error::Refused { .. }) && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("password authentication failed"), "{error}");
    assert!(!format!("{error} {error:?}").contains("zzsecret"));

    let nobody = "postgres://u:zzsecret@127.0.0.1:1/d".parse().expect("a URL");
    let error = Database::connect(Config::new(nobody)).await.map(drop).expect_err("nobody there");
    assert!(error.is_retryable() && error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn tls_that_was_asked_for_is_not_left_out() {
    let (test, _database) = common::empty().await;
    let url = format!("{}?sslmode=require", test.url());
    let error = Database::connect(Config::new(url.parse().expect("a URL"))).await;
    let error = error.map(drop).expect_err("the server has no TLS");
    assert!(error.to_string().contains("TLS"), "{error}");
}

#[tokio::test]
async fn a_cached_statement_is_prepared_once() {
    let (_test, database) = common::empty().await;
    let mut connection = database.get().await.expect("connects");
    let prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%marked%'";
    for round in 0..3 {
        let rows: Vec<Value> = cached(
            sql_query("SELECT name AS value FROM unnest($1) AS marked (name) LIMIT $2")
                .bind::<Array<Text>, _>(vec!["a"; round + 1])
                .bind::<Integer, _>(2),
        )
        .load(&mut connection)
        .await
        .expect("reads");
        assert_eq!(rows.len(), (round + 1).min(2));
        assert_eq!(rows[0].value, "a");
        let count: Count = sql_query(format!("{prepared} AND statement NOT LIKE '%pg_prepared%'"))
            .get_result(&mut connection)
            .await
            .expect("counts");
        assert_eq!(count.count, 1, "kept after round {round}, and not made again");
    }
    // The generic and custom plans together say how often that one statement was run.
    let runs: Count = sql_query(
        "SELECT generic_plans + custom_plans AS count FROM pg_prepared_statements
         WHERE statement LIKE '%marked%' AND statement NOT LIKE '%pg_prepared%'",
    )
    .get_result(&mut connection)
    .await
    .expect("counts");
    assert_eq!(runs.count, 3);
}
