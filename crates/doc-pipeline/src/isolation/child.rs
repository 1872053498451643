//! The child's side: limits first, then one document.

use std::{
    io::{Write, stdin, stdout},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use rustix::process::{
    Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit,
};

use super::frame::{self, Answer, FrameError};
use crate::{
    error::{Limit, ReadError},
    input::Context,
    limits::Limits,
};

/// Files that reading may have open: its pipes, and those of the OCR engines.
const OPEN_FILES: u64 = 64;

/// Reads one document from standard input and answers on standard output. To be called first in a
/// process of its own, before anything else is opened or started.
pub fn serve_child() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent reads this; when it is gone there is nobody to tell.
            writeln!(std::io::stderr(), "{error}").ok();
            ExitCode::FAILURE
        }
    }
}

fn serve() -> std::io::Result<()> {
    // The worker may be killed without a chance to clean up.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, OPEN_FILES)?;
    let mut input = stdin().lock();
    let context = frame::read(&mut input, frame::CONTEXT_BYTES).map_err(broken)?;
    let context: Context = serde_json::from_slice(&context)?;
    apply(&context.limits)?;
    let bytes = frame::read(&mut input, context.limits.input_bytes).map_err(broken)?;
    drop(input);

    let read = catch_unwind(AssertUnwindSafe(|| crate::read_in_process(&bytes, &context)));
    let answer: Answer = read.unwrap_or_else(|cause| {
        Err(ReadError::of_panic(&*cause, "the reader gave up in the middle"))
    });
    let mut json = serde_json::to_vec(&answer)?;
    if json.len() as u64 > context.limits.output_bytes {
        let answer: Answer = Err(ReadError::LimitExceeded(Limit::Output));
        json = serde_json::to_vec(&answer)?;
    }
    frame::write(&mut stdout().lock(), &json)
}

fn broken(error: FrameError) -> std::io::Error {
    match error {
        FrameError::Ended => std::io::ErrorKind::UnexpectedEof.into(),
        FrameError::TooLong => std::io::ErrorKind::InvalidData.into(),
        FrameError::Io(error) => error,
    }
}

fn apply(limits: &Limits) -> std::io::Result<()> {
    limit(Resource::As, limits.memory_bytes)?;
    limit(Resource::Cpu, limits.cpu_seconds)?;
    limit(Resource::Fsize, limits.output_bytes)
}

/// Lowers a limit. The hard limit of CPU time is a second above the soft one, whose signal names it.
fn limit(resource: Resource, value: u64) -> std::io::Result<()> {
    let most = getrlimit(resource).maximum;
    let hard = value.saturating_add(u64::from(matches!(resource, Resource::Cpu)));
    let below = |value: u64| most.map_or(value, |most| most.min(value));
    let new = Rlimit { current: Some(below(value)), maximum: Some(below(hard)) };
    Ok(setrlimit(resource, new)?)
}
