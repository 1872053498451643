//! The parent's side: starts the child, hands it the document, and ends it on every way out.

use std::{
    ffi::OsString,
    io::Read,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::{
    Cancel, clean_environment,
    frame::{self, Answer, FrameError},
};
use crate::{
    error::{Limit, ReadError},
    extraction::Extraction,
    input::Context,
    media::Media,
    read::read_in_process,
};

/// What is kept of the child's complaints.
const COMPLAINT_BYTES: u64 = 8 << 10;

/// Starts a child for each document that must not be opened in this process. May be used from many
/// threads at once.
#[derive(Debug, Clone)]
pub struct Reader {
    program: PathBuf,
    arguments: Vec<OsString>,
}

/// What the waiting thread is woken by.
#[derive(Debug)]
pub(super) enum Event {
    Answered(Result<Vec<u8>, FrameError>),
    Cancelled,
}

impl Reader {
    /// Children are started as `program arguments…` and have to call [`super::serve_child`].
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments }
    }

    /// Children are this very program, even after its file was replaced by a newer one.
    ///
    /// # Errors
    /// When the program's file cannot be found.
    pub fn of_this_program(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> std::io::Result<Self> {
        let running = PathBuf::from("/proc/self/exe");
        let program = if running.exists() { running } else { std::env::current_exe()? };
        Ok(Self::new(program, arguments))
    }

    /// Reads a document: XML and text here, PDF, images, workbooks and archives in a child. Blocks until it
    /// is read, a limit is reached, or `cancel` is called, which gives
    /// [`ReadError::ProcessFailed`].
    ///
    /// # Errors
    /// Every [`ReadError`].
    pub fn read(
        &self,
        bytes: &[u8],
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Extraction, ReadError> {
        if bytes.len() as u64 > context.limits.input_bytes {
            return Err(ReadError::LimitExceeded(Limit::InputBytes));
        }
        if cancel.is_cancelled() {
            return Err(cancelled());
        }
        if Media::sniff(bytes).needs_child() {
            self.read_in_child(bytes, context, cancel)
        } else {
            read_in_process(bytes, context)
        }
    }

    fn read_in_child(
        &self,
        bytes: &[u8],
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Extraction, ReadError> {
        let failed = |error: &dyn std::fmt::Display| ReadError::ProcessFailed(error.to_string());
        let question = serde_json::to_vec(context).map_err(|error| failed(&error))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the child process is what this module is for"
        )]
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        clean_environment(&mut command);
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| failed(&error))?;
        let mut group = Group { child, ended: false };
        let ended = || ReadError::ProcessFailed("its pipes are closed".to_owned());
        let mut input = group.child.stdin.take().ok_or_else(ended)?;
        let output = group.child.stdout.take().ok_or_else(ended)?;
        let complaints = group.child.stderr.take().ok_or_else(ended)?;
        let pid = Pid::from_child(&group.child);
        let wall = Duration::from_secs(context.limits.wall_seconds);
        let most = context.limits.output_bytes;

        std::thread::scope(move |scope| {
            // Moved into the scope: whatever happens here, the group is dead before the threads are
            // waited for, so none of them waits on a pipe for ever.
            let mut group = group;
            scope.spawn(move || {
                // A child that ends early breaks the pipe; its end says why.
                let sent = frame::write(&mut input, &question);
                sent.and_then(|()| frame::write(&mut input, bytes)).ok();
            });
            let complaints = scope.spawn(move || kept(complaints));
            let (sender, receiver) = mpsc::channel();
            let _listening = cancel.tell(sender.clone());
            scope.spawn(move || sender.send(Event::Answered(answer(output, most, pid))).ok());

            let event = receiver.recv_timeout(wall);
            let status = group.end();
            let complaints = complaints.join().unwrap_or_default();
            match event {
                Ok(Event::Answered(Ok(json))) => {
                    let answer: Result<Answer, _> = serde_json::from_slice(&json);
                    answer.unwrap_or_else(|error| Err(failed(&error)))
                }
                Ok(Event::Answered(Err(FrameError::TooLong))) => {
                    Err(ReadError::LimitExceeded(Limit::Output))
                }
                Ok(Event::Answered(Err(FrameError::Ended))) => {
                    let status = status.map_err(|error| failed(&error))?;
                    Err(cause(status, &complaints))
                }
                Ok(Event::Answered(Err(FrameError::Io(error)))) => Err(failed(&error)),
                Ok(Event::Cancelled) => Err(cancelled()),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    Err(ReadError::LimitExceeded(Limit::Wall))
                }
            }
        })
    }
}

fn cancelled() -> ReadError {
    ReadError::ProcessFailed("cancelled".to_owned())
}

/// Reads the answer. When the child ended instead, waits for its end without collecting it, so that
/// its own signal is seen and not the one that clears up after it.
fn answer(mut output: ChildStdout, most: u64, pid: Pid) -> Result<Vec<u8>, FrameError> {
    let answer = frame::read(&mut output, most);
    if matches!(answer, Err(FrameError::Ended)) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), options), Err(rustix::io::Errno::INTR)) {}
    }
    answer
}

/// The first kilobytes; the rest is taken and forgotten, so that the child never waits.
fn kept(mut from: impl Read) -> String {
    let mut first = Vec::new();
    let read = from.by_ref().take(COMPLAINT_BYTES).read_to_end(&mut first);
    if read.is_ok() {
        std::io::copy(&mut from, &mut std::io::sink()).ok();
    }
    String::from_utf8_lossy(&first).into_owned()
}

/// What the end of a child without an answer means for the document.
fn cause(status: ExitStatus, complaints: &str) -> ReadError {
    let out_of_memory = complaints.contains("memory allocation of");
    let signal = status.signal().and_then(Signal::from_named_raw);
    match signal {
        Some(Signal::XCPU) => ReadError::LimitExceeded(Limit::Cpu),
        Some(Signal::XFSZ) => ReadError::LimitExceeded(Limit::Output),
        Some(Signal::ABORT) if out_of_memory => ReadError::LimitExceeded(Limit::Memory),
        // Overflowing the stack ends in an abort; a crash would come back with the same bytes.
        Some(Signal::ABORT | Signal::SEGV | Signal::BUS | Signal::ILL | Signal::FPE) => {
            ReadError::Corrupt("reading it crashes the reader".to_owned())
        }
        _ => {
            let last = complaints.lines().rfind(|line| !line.trim().is_empty());
            ReadError::ProcessFailed(format!("{status}: {}", last.unwrap_or_default().trim()))
        }
    }
}

/// A child and all that it started; ended on every way out.
struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    /// Kills the whole group, then collects the child. In this order and once only: a collected
    /// child's number may be given to another group.
    fn end(&mut self) -> std::io::Result<ExitStatus> {
        if !std::mem::replace(&mut self.ended, true) {
            kill_process_group(Pid::from_child(&self.child), Signal::KILL).ok();
        }
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "a reading process could not be collected");
        }
    }
}
