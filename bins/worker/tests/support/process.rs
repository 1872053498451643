//! Real worker processes.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// How long a line may take to appear.
const PATIENCE: Duration = Duration::from_mins(2);

/// The worker's binary, in an environment of its own and a folder without `.env`.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_worker"));
    command.env_clear().current_dir(std::env::temp_dir()).stdin(Stdio::null());
    for name in ["PATH", "TMPDIR"] {
        #[expect(
            clippy::disallowed_methods,
            reason = "the child needs the programs of this machine"
        )]
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

type Lines = Arc<(Mutex<String>, Condvar)>;

/// A running worker; killed when dropped.
pub(crate) struct Worker {
    child: Child,
    stdout: Lines,
    stderr: Lines,
    readers: Vec<JoinHandle<()>>,
}

/// A worker that ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Worker {
    /// Starts it and reads what it writes.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (Lines::default(), Lines::default());
        let readers = vec![
            gather(child.stdout.take().unwrap(), &stdout),
            gather(child.stderr.take().unwrap(), &stderr),
        ];
        Self { child, stdout, stderr, readers }
    }

    /// Waits until standard output holds a text.
    pub(crate) fn until(&self, text: &str) {
        await_text(&self.stdout, &[text]);
    }

    /// Waits until standard error holds one of some texts.
    pub(crate) fn until_error(&self, texts: &[&str]) {
        await_text(&self.stderr, texts);
    }

    /// How often a text stands in what it wrote so far.
    pub(crate) fn written(&self, text: &str) -> usize {
        [&self.stdout, &self.stderr].iter().map(|lines| text_of(lines).matches(text).count()).sum()
    }

    /// Peak of its resident memory in bytes; none once it has ended.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    }

    /// Lets it open no more files than `limit`, those that are open already included; returns what held
    /// before.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit_open_files(&self, limit: Option<u64>) -> Option<u64> {
        use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
        let limit = Rlimit { current: limit, maximum: getrlimit(Resource::Nofile).maximum };
        prlimit(Some(Pid::from_child(&self.child)), Resource::Nofile, limit).unwrap().current
    }

    /// Other systems limit only the process that asks.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn limit_open_files(&self, _: Option<u64>) -> Option<u64> {
        unimplemented!("on Linux only")
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Finished {
        let code = self.child.wait().unwrap().code();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        Finished { code, stdout: text_of(&self.stdout), stderr: text_of(&self.stderr) }
    }
}

fn gather(from: impl Read + Send + 'static, to: &Lines) -> JoinHandle<()> {
    let to = Arc::clone(to);
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { break };
            let mut text = to.0.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
            to.1.notify_all();
        }
    })
}

fn await_text(lines: &Lines, texts: &[&str]) {
    let seen = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (seen, timeout) = lines
        .1
        .wait_timeout_while(seen, PATIENCE, |seen| !texts.iter().any(|text| seen.contains(text)))
        .unwrap_or_else(PoisonError::into_inner);
    assert!(!timeout.timed_out(), "none of {texts:?} appeared in:\n{seen}");
}

fn text_of(lines: &Lines) -> String {
    lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
