//! One run of the engine: a page in on its standard input, a table of words out, within limits.

use std::{
    io::{Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

use image::GrayImage;
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::{
    error::{Limit, ReadError},
    input::OcrEngine,
    isolation,
    limits::Limits,
};

/// Size of the table of words of one page.
const TABLE_BYTES: u64 = 4 << 20;
/// What is kept of the engine's complaints.
const COMPLAINT_BYTES: u64 = 8 << 10;

/// The engine with an environment of its own. One thread each: several spin against each other and
/// take a hundred times the CPU on a busy machine.
pub(super) fn command(engine: &OcrEngine) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the engine is a program")]
    let mut command = Command::new(&engine.program);
    isolation::clean_environment(&mut command);
    if let Some(folder) = &engine.data_path {
        command.arg("--tessdata-dir").arg(folder);
    }
    command
}

/// Recognises one prepared page in the given languages (joined by `+`).
pub(super) fn run(
    image: &GrayImage,
    engine: &OcrEngine,
    languages: &str,
    limits: &Limits,
) -> Result<String, ReadError> {
    let child = command(engine)
        .args(["stdin", "stdout", "--dpi", "300", "--psm", "6", "-l"])
        .arg(languages)
        .args(["-c", "tessedit_create_tsv=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::OcrUnavailable("tesseract-ocr".to_owned()),
            _ => ReadError::OcrFailed(error.to_string()),
        })?;
    let mut running = Running(child);
    running.limit_cpu(limits.ocr_cpu_seconds);
    let ended = || ReadError::OcrFailed("its pipes are closed".to_owned());
    let mut input = running.0.stdin.take().ok_or_else(ended)?;
    let output = running.0.stdout.take().ok_or_else(ended)?;
    let complaints = running.0.stderr.take().ok_or_else(ended)?;
    std::thread::scope(|scope| {
        // An engine that stops reading ends the writing with a broken pipe, which says nothing more
        // than its exit does.
        scope.spawn(move || write_portable_graymap(&mut input, image).ok());
        let complaints = scope.spawn(move || bounded(complaints, COMPLAINT_BYTES));
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || sender.send(bounded(output, TABLE_BYTES + 1)).ok());
        let table = receiver.recv_timeout(Duration::from_secs(limits.ocr_wall_seconds));
        let status = match &table {
            Ok(Ok(bytes)) if bytes.len() as u64 <= TABLE_BYTES => running.0.wait(),
            _ => running.stop(),
        };
        let complaints = complaints.join().unwrap_or_else(|_| Ok(Vec::new())).unwrap_or_default();
        let table = match table {
            Err(_) => return Err(ReadError::LimitExceeded(Limit::Wall)),
            Ok(Err(error)) => return Err(ReadError::OcrFailed(error.to_string())),
            Ok(Ok(bytes)) if bytes.len() as u64 > TABLE_BYTES => {
                return Err(ReadError::LimitExceeded(Limit::Output));
            }
            Ok(Ok(bytes)) => bytes,
        };
        let status = status.map_err(|error| ReadError::OcrFailed(error.to_string()))?;
        if status.success() {
            return Ok(String::from_utf8_lossy(&table).into_owned());
        }
        Err(failure(status, &String::from_utf8_lossy(&complaints)))
    })
}

fn failure(status: ExitStatus, complaints: &str) -> ReadError {
    use std::os::unix::process::ExitStatusExt;
    let signal = status.signal();
    if signal == Some(rustix::process::Signal::XCPU.as_raw()) {
        return ReadError::LimitExceeded(Limit::Cpu);
    }
    if complaints.contains("bad_alloc") {
        return ReadError::LimitExceeded(Limit::Memory);
    }
    let last = complaints.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    ReadError::OcrFailed(format!("{status}: {}", last.trim()))
}

/// A process that does not outlive its owner.
struct Running(Child);

impl Running {
    /// The engine inherits the limits of this process and gets its own for CPU time.
    fn limit_cpu(&self, seconds: u64) {
        let limit = Rlimit { current: Some(seconds), maximum: Some(seconds.saturating_add(1)) };
        if let Err(error) = prlimit(Some(Pid::from_child(&self.0)), Resource::Cpu, limit) {
            // Either it has ended already or the inherited limit is lower, which also holds.
            tracing::debug!(%error, "the CPU limit of the OCR process stays as inherited");
        }
    }

    fn stop(&mut self) -> std::io::Result<ExitStatus> {
        // Fails only when the process has ended.
        self.0.kill().ok();
        self.0.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop().ok();
    }
}

fn bounded(from: impl Read, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    from.take(bytes).read_to_end(&mut read)?;
    Ok(read)
}

fn write_portable_graymap(to: &mut impl Write, image: &GrayImage) -> std::io::Result<()> {
    write!(to, "P5\n{} {}\n255\n", image.width(), image.height())?;
    to.write_all(image.as_raw())
}
