//! The program `curl`.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use dev_storage::Feeder;

use super::{BUCKET, name};

/// One process for all objects of a measurement, with its connections.
pub(in super::super) struct Curl {
    base: String,
}

impl Curl {
    /// None where the program is missing.
    pub(in super::super) fn find(server: &Feeder) -> Option<Self> {
        let found = crate::run::succeeds(std::process::Command::new("curl").arg("--version"));
        found.then(|| Self { base: format!("{}/{BUCKET}", server.url()) })
    }

    /// Reads and drops objects; how long the first byte of each took.
    pub(in super::super) async fn read(
        &self,
        size: u64,
        at_once: usize,
        turns: u64,
    ) -> Result<Vec<Duration>> {
        let mut command = tokio::process::Command::new("curl");
        command.args(["--silent", "--fail", "--no-buffer"]);
        command.args(["--write-out", "%{time_starttransfer}\n"]);
        if at_once > 1 {
            command.args(["--parallel", "--parallel-immediate", "--parallel-max"]);
            command.arg(at_once.to_string());
        }
        for _ in 0..turns * at_once as u64 {
            command.arg(format!("{}/{}", self.base, name(size)));
            command.args(["--output", "/dev/null"]);
        }
        let output = command.stderr(Stdio::null()).output().await.context("curl")?;
        ensure!(output.status.success(), "curl ended with {}", output.status);
        let text = String::from_utf8(output.stdout)?;
        text.lines().map(|line| Ok(Duration::try_from_secs_f64(line.trim().parse()?)?)).collect()
    }
}
