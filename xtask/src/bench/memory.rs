//! Memory of a worker that has nothing to do.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use dev_postgres::Server;

use super::figure::Figure;
use super::fresh;
use super::worker::{Worker, memory_of};

/// What an operator sees in the log when the loops run.
const STARTED: &str = "Worker jobs service starting";
const SETTLING: Duration = Duration::from_secs(12);

/// Resident memory after two polls with nothing due.
pub(super) async fn idle(server: &Server, worker: &Worker) -> Result<Vec<Figure>> {
    let url = fresh(server, "bench_idle").await?;
    worker.empty_storage()?;
    let mut child = worker.start(&url, &[])?;
    let began = Instant::now();
    while !fs::read_to_string(worker.log()).unwrap_or_default().contains(STARTED) {
        if child.try_wait()?.is_some() || began.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            bail!("the worker did not start; see {}", worker.log().display());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(SETTLING).await;
    let resident = memory_of(child.id(), "VmRSS");
    child.kill()?;
    child.wait()?;
    let Some(resident) = resident else { bail!("this system does not show a process's memory") };
    let note = format!("{} s after the start, two polls", SETTLING.as_secs());
    Ok(vec![Figure::new("memory, idle worker", resident, "MiB", note)])
}
