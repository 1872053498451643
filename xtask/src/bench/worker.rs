//! The worker under measurement, as a process of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::private_database;

/// A worker's program and where its files go.
pub(super) struct Worker {
    program: PathBuf,
    folder: PathBuf,
}

impl Worker {
    pub(super) fn new(program: PathBuf, folder: PathBuf) -> Self {
        Self { program, folder }
    }

    /// An empty folder for uploads.
    pub(super) fn empty_storage(&self) -> Result<PathBuf> {
        let storage = self.folder.join("storage");
        if storage.exists() {
            fs::remove_dir_all(&storage)?;
        }
        fs::create_dir_all(&storage)?;
        Ok(storage)
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("worker.log")
    }

    /// Starts it with `run` and these arguments.
    pub(super) fn start(&self, url: &str, arguments: &[&str]) -> Result<Child> {
        self.start_with(url, arguments, &[])
    }

    fn start_with(
        &self,
        url: &str,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Child> {
        let log = fs::File::create(self.log())?;
        Command::new(&self.program)
            .arg("run")
            .args(arguments)
            .envs(private_database::settings(url, &self.storage()))
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))
    }

    /// Lets it drain what is due; returns the most memory that its process had, in MiB.
    pub(super) async fn drain(&self, url: &str) -> Result<f64> {
        self.drain_with(url, &[]).await
    }

    /// As [`Self::drain`], with these settings.
    pub(super) async fn drain_with(&self, url: &str, settings: &[(&str, &str)]) -> Result<f64> {
        let mut child = self.start_with(url, &["--once"], settings)?;
        let mut peak = 0.0_f64;
        let status = loop {
            peak = memory_of(child.id(), "VmHWM").map_or(peak, |now| now.max(peak));
            if let Some(status) = child.try_wait()? {
                break status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        if !status.success() {
            bail!("the worker ended with {status}; see {}", self.log().display());
        }
        Ok(peak)
    }

    pub(super) fn storage(&self) -> PathBuf {
        self.folder.join("storage")
    }
}

/// A line of a process's memory figures, in MiB; only on Linux.
pub(super) fn memory_of(process: u32, key: &str) -> Option<f64> {
    let text =
        fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    let kib: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}
