//! The starter against the installed PostgreSQL.
#![allow(clippy::expect_used, reason = "a test that cannot go on ends here")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};

use dev_postgres::{Options, Server, StopMode, TestDatabase};
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

async fn count(url: &str, sql: &str) -> i64 {
    connect(url).await.query_one(sql, &[]).await.expect("counts").get(0)
}

#[tokio::test]
async fn each_test_gets_a_database_of_its_own_that_goes_with_it() {
    let first = TestDatabase::empty().await.expect("a database");
    let second = TestDatabase::empty().await.expect("a database");
    connect(&first.url()).await.batch_execute("CREATE TABLE only_here ()").await.expect("creates");
    let tables = "SELECT count(*) FROM pg_class WHERE relname = 'only_here'";
    assert_eq!(count(&first.url(), tables).await, 1);
    assert_eq!(count(&second.url(), tables).await, 0);

    let (server, name) = (first.server(), first.name().to_owned());
    drop(first);
    assert!(!server.has_database(&name).await.expect("looks"));
}

#[tokio::test]
async fn a_template_is_built_once_for_each_version() {
    static BUILT: AtomicU32 = AtomicU32::new(0);
    // Slots are kept between runs, so the version must be new each time.
    let version = format!("{:016x}", std::process::id());
    let make = || {
        TestDatabase::from_template("once", &version, async |url| {
            BUILT.fetch_add(1, Ordering::Relaxed);
            let client = connect(&url).await;
            client.batch_execute("CREATE TABLE seeded AS SELECT 1 AS n").await
        })
    };
    let server = Server::shared().expect("a server");
    server.drop_database(&format!("template_once_{version}")).await.ok();
    let (one, two, three) = tokio::join!(make(), make(), make());
    for database in [one, two, three] {
        let database = database.expect("a database");
        assert_eq!(count(&database.url(), "SELECT count(*) FROM seeded").await, 1);
    }
    assert_eq!(BUILT.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_failed_build_leaves_no_template() {
    // An earlier run in this slot may have left a mended one of its own.
    let version = format!("run_{}", std::process::id());
    let broken = TestDatabase::from_template("broken", &version, async |_| Err("on purpose")).await;
    assert!(matches!(broken, Err(dev_postgres::Error::Template(_))));
    let mended =
        TestDatabase::from_template("broken", &version, async |_| Ok::<(), Infallible>(()));
    assert!(mended.await.is_ok());
}

#[tokio::test]
async fn a_durable_server_keeps_its_data_over_every_kind_of_stop() {
    let folder = std::env::temp_dir().join(format!("dev-postgres-test-{}", std::process::id()));
    let options = Options { durable: true, folder: Some(folder.clone()), ..Options::default() };
    let server = Server::start(&options).expect("starts");
    let url = server.create_database("kept", None).await.expect("a database");
    connect(&url).await.batch_execute("CREATE TABLE rows (n int)").await.expect("creates");
    for (number, mode) in [StopMode::Fast, StopMode::Immediate, StopMode::Kill].iter().enumerate() {
        connect(&url).await.batch_execute("INSERT INTO rows VALUES (1)").await.expect("inserts");
        server.restart(*mode).expect("restarts on the same port");
        let expected = i64::try_from(number).expect("small") + 1;
        assert_eq!(count(&url, "SELECT count(*) FROM rows").await, expected, "{mode:?}");
    }
    let twice = Server::start(&options);
    assert!(matches!(twice, Err(dev_postgres::Error::InUse { .. })), "{twice:?}");

    let path = server.folder().expect("private").to_owned();
    drop(server);
    assert!(!path.join("data/postmaster.pid").exists(), "the server ended with its value");
    let again = Server::start(&options).expect("starts again");
    assert_eq!(count(&again.url("kept"), "SELECT count(*) FROM rows").await, 3);
    drop(again);
    std::fs::remove_dir_all(folder).expect("cleans up");
}

#[tokio::test]
async fn strangers_do_not_get_in() {
    let server = Server::start(&Options::default()).expect("starts");
    let url = server.admin_url().replace("postgres:", "postgres:wrong");
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
}
