//! Memory of large objects: what moves is held in pieces, never whole. The work is done by a process of
//! its own, so that neither the servers nor other tests are counted.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a test panics; the child reports")]

use std::{
    io::Write as _,
    process::{Command, ExitCode},
};

use dev_storage::{
    AZURITE_ACCOUNT, AZURITE_ACCOUNT_KEY, Azurite, GcsServer, S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY, S3Server,
};
use domain::TenantId;
use futures::future::join_all;
use libtest_mimic::{Arguments, Trial};
use storage::{
    Body, Config, PutOptions, Spooler, TenantScope,
    config::{Secret, Variables},
};

const MB: u64 = 1 << 20;
const LARGE: u64 = 100 * MB;
/// Of each of sixteen written at once: a disk takes them in seconds, and what is held would show.
const WRITTEN: u64 = 24 * MB;
/// What one large object, and sixteen at once, may take above idle.
const ONE_MAY_TAKE: u64 = 32 * MB;
const SIXTEEN_MAY_TAKE: u64 = 128 * MB;

const CHILD: &str = "--in-a-process-of-its-own";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == CHILD) {
        block_on(child(&variables(&arguments[at + 1..])));
        return ExitCode::SUCCESS;
    }
    #[expect(clippy::disallowed_methods, reason = "the switch of this test alone")]
    let may_skip = std::env::var_os("STORAGE_TESTS_ALLOW_SKIP").is_some_and(|value| value == "1");
    let no_azurite = may_skip && !dev_storage::is_azurite_installed();
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
        .with_ignored_flag(!cfg!(target_os = "linux"))
    };
    let tests = vec![
        test("local", || block_on(local())),
        test("s3", || block_on(s3())),
        test("gcs", || block_on(gcs())),
        test("azure", || block_on(azure()))
            .with_ignored_flag(no_azurite || !cfg!(target_os = "linux")),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

async fn local() {
    let folder = tempfile::tempdir().expect("a folder");
    measure(&["local", folder.path().to_str().expect("text")]).await;
}

async fn s3() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = S3Server::start(folder.path(), "uploads").await.expect("serves");
    measure(&["s3", &server.url()]).await;
}

async fn gcs() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = GcsServer::start(folder.path(), "uploads").await.expect("serves");
    let (json, grpc) = (server.json_address(), server.grpc_address());
    measure(&["gcs", &format!("http://{json}"), &format!("http://{grpc}")]).await;
}

async fn azure() {
    let server = Azurite::start().unwrap_or_else(|error| panic!("{error}"));
    let arguments = ["azure", &server.url()];
    let Ok(Config::Azure(config)) = variables(&arguments).check() else { panic!("not azure") };
    storage::testing::create_azure_container(&config).await.expect("a container");
    measure(&arguments).await;
}

fn variables<T: AsRef<str>>(arguments: &[T]) -> Variables {
    let argument = |at: usize| arguments.get(at).map(|argument| argument.as_ref().to_owned());
    let (id, key) = match arguments[0].as_ref() {
        "s3" => (Some(S3_ACCESS_KEY_ID), Some(S3_SECRET_ACCESS_KEY)),
        "azure" => (Some(AZURITE_ACCOUNT), Some(AZURITE_ACCOUNT_KEY)),
        _ => (None, None),
    };
    let is_local = arguments[0].as_ref() == "local";
    Variables {
        kind: argument(0),
        bucket: (!is_local).then(|| "uploads".to_owned()),
        base_path: argument(1).filter(|_| is_local),
        endpoint: argument(1).filter(|_| !is_local),
        grpc_endpoint: argument(2),
        access_key_id: id.map(str::to_owned),
        secret_access_key: key.map(Secret::new),
        anonymous: arguments[0].as_ref() == "gcs",
        ..Variables::default()
    }
}

/// Runs the work in a process of its own, and looks at what it says.
async fn measure(arguments: &[&str]) {
    let program = std::env::current_exe().expect("this test's program");
    let mut command = Command::new(program);
    command.arg(CHILD).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("ran");
    let output = output.expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let took: Vec<u64> = text.split_whitespace().map(|n| n.parse().expect("a number")).collect();
    let [one, sixteen] = took[..] else { panic!("not two numbers: {text}") };
    assert!(one <= ONE_MAY_TAKE, "one of 100 MB took {} kB above idle", one / 1024);
    assert!(sixteen <= SIXTEEN_MAY_TAKE, "sixteen took {} kB above idle", sixteen / 1024);
}

async fn child(variables: &Variables) {
    let config = variables.check().expect("valid settings");
    let store = storage::open(&config).await.expect("opens");
    let folder = tempfile::tempdir().expect("a folder");
    let spooler = Spooler::new(folder.path());
    let scope = TenantScope::new(&TenantId::new("office-memory")).expect("a tenant");
    let key = |name: String| scope.key(&name).expect("a key");
    let spool = |size: u64| spooler.spool_from(&mut Pattern::of(size), size).expect("spooled");

    // Connections and what else is made once belong to an idle process.
    let small = key("small".to_owned());
    store.put(&small, Body::File(spool(1)), PutOptions::default()).await.expect("put");
    store.get(&small, 1).await.expect("read");

    let idle = memory("VmRSS");
    let large = key("large".to_owned());
    let body = spool(LARGE);
    let sha256 = body.stored().sha256;
    store.put(&large, Body::File(body), PutOptions::default()).await.expect("put");
    let read = store.get_to_file(&large, LARGE, &spooler).await.expect("read");
    assert_eq!(read.stored().sha256, sha256);
    let one = memory("VmHWM").saturating_sub(idle);

    let names: Vec<_> = (0..16).map(|number| key(format!("many/{number}"))).collect();
    let written = join_all(names.iter().map(|name| {
        let body = spool(WRITTEN);
        store.put(name, Body::File(body), PutOptions::default())
    }));
    for stored in written.await {
        stored.expect("put");
    }
    let read = join_all((0..names.len()).map(async |_| {
        let reader = store.open_hashed(&large, LARGE).await.expect("opens");
        reader.finish().await.expect("read").sha256
    }));
    for read in read.await {
        assert_eq!(read, sha256);
    }
    let sixteen = memory("VmHWM").saturating_sub(idle);
    println!("{one} {sixteen}");
    std::io::stdout().flush().expect("told");
}

/// Bytes of a line of `/proc/self/status`.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(name)).expect("the line");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).expect("a number") * 1024
}

/// Bytes that need next to no memory.
struct Pattern {
    left: u64,
    block: Vec<u8>,
}

impl Pattern {
    fn of(size: u64) -> Self {
        let block = (0..64 * 1024_u32).map(|n| (n % 251) as u8).collect();
        Self { left: size, block }
    }
}

impl std::io::Read for Pattern {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let length = left.min(buffer.len()).min(self.block.len());
        buffer[..length].copy_from_slice(&self.block[..length]);
        self.left -= length as u64;
        Ok(length)
    }
}
