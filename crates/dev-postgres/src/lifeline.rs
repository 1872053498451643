//! A server that ends with this process.
//!
//! The server is the child of a small shell that reads from a pipe whose other end is held here.
//! When this process ends (return, panic, `exit`, SIGKILL), the pipe closes and the shell stops
//! the server. The shell has its own process group: Ctrl-C ends the program first.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;
use crate::binaries::Binaries;
use crate::user::{self, StandIn};

/// `$0` is the server, the rest its arguments; the word read names the signal, none means fast.
const SCRIPT: &str = r#""$0" "$@" >&2 &
echo $!
read -r signal
kill -"${signal:-INT}" $!
wait $!"#;

const POLL: Duration = Duration::from_millis(5);

/// How long a start may take; recovery after a crash is part of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
#[derive(Debug)]
pub(crate) struct Lifeline {
    shell: Child,
    pipe: Option<ChildStdin>,
}

pub(crate) struct Start<'a> {
    pub(crate) binaries: &'a Binaries,
    pub(crate) user: Option<StandIn>,
    pub(crate) data: &'a Path,
    pub(crate) log: &'a Path,
    pub(crate) port: u16,
    pub(crate) settings: &'a [String],
}

impl Lifeline {
    /// Starts the server and waits until it takes connections.
    pub(crate) fn start(start: &Start<'_>) -> Result<Self, Error> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(start.log)
            .map_err(Error::file("open", start.log))?;
        let log_begin = log.metadata().map_or(0, |metadata| metadata.len());
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(SCRIPT).arg(&start.binaries.postgres);
        command.arg("-D").arg(start.data).arg("-p").arg(start.port.to_string());
        for setting in start.settings {
            command.arg("-c").arg(setting);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).process_group(0);
        user::prepare(&mut command, start.user, start.data);
        let mut shell = command.spawn().map_err(Error::file("run", "/bin/sh"))?;
        let pipe = shell.stdin.take();
        let mut pid = String::new();
        if let Some(stdout) = shell.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut pid)
                .map_err(Error::file("read from", "/bin/sh"))?;
        }
        let mut lifeline = Self { shell, pipe };
        let failed = |lifeline: &mut Self| {
            lifeline.stop("KILL");
            Err(Error::Start { log: log_tail(start.log, log_begin) })
        };
        let Some(pid) = pid.trim().parse().ok().and_then(rustix::process::Pid::from_raw) else {
            return failed(&mut lifeline);
        };
        let deadline = Instant::now() + PATIENCE;
        while !is_ready(start.data, pid) {
            if ended(pid) || Instant::now() > deadline {
                return failed(&mut lifeline);
            }
            thread::sleep(POLL);
        }
        Ok(lifeline)
    }

    /// Sends the signal and waits until the server has ended.
    pub(crate) fn stop(&mut self, signal: &str) {
        if let Some(mut pipe) = self.pipe.take() {
            // A closed pipe means that the shell is gone already.
            let _ = writeln!(pipe, "{signal}");
        }
        let _ = self.shell.wait();
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.stop("INT");
    }
}

/// The pid file's first line is this server's, its eighth says that it takes connections.
fn is_ready(data: &Path, pid: rustix::process::Pid) -> bool {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else { return false };
    let mut lines = text.lines();
    lines.next() == Some(&pid.as_raw_nonzero().to_string())
        && lines.nth(6).is_some_and(|status| status.trim() == "ready")
}

/// Ended, or waiting for its shell to notice.
fn ended(pid: rustix::process::Pid) -> bool {
    if rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH) {
        return true;
    }
    let Ok(state) = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())) else {
        return false;
    };
    state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

/// What the server wrote since `begin`, at most its last 2,000 bytes.
fn log_tail(path: &Path, begin: u64) -> String {
    let mut bytes = Vec::new();
    if let Ok(mut file) = File::open(path) {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        let from = begin.max(length.saturating_sub(2_000));
        let _ = file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_end(&mut bytes));
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}
