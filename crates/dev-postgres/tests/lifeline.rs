//! The server ends with the process that started it, also when that is killed.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dev_postgres::{Options, Server};

const ROLE: &str = "LIFELINE_TEST_CHILD";

#[test]
#[expect(clippy::print_stdout, reason = "the child's part tells its parent the port")]
fn a_killed_process_takes_its_server_with_it() {
    if std::env::vars_os().any(|(name, _)| name == ROLE) {
        let server = Server::start(&Options::default()).expect("starts");
        println!("\nurl {}", server.admin_url());
        // Ends only by its parent's SIGKILL.
        loop {
            std::thread::park();
        }
    }
    let mut child = Command::new(std::env::current_exe().expect("a path"))
        .args(["--nocapture", "a_killed_process_takes_its_server_with_it"])
        .env(ROLE, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs itself");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let url = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("url ").map(str::to_owned))
        .expect("the child starts a server");
    let address =
        url.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    assert!(TcpStream::connect(address).is_ok(), "the server runs while its process does");

    child.kill().expect("kills");
    child.wait().expect("ends");
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "the server outlived its process");
        std::thread::yield_now();
    }
}
