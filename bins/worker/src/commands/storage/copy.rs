//! `worker storage copy`: an office's documents from one storage to another.
//!
//! Each object goes through a temporary file, is read back where it arrived and compared by SHA-256.
//! Nothing is remembered outside the storages: what arrived is recognised by its hash, so a run that
//! was cut is finished by the same command.

use std::{fmt::Write as _, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use domain::TenantId;
use futures::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use storage::{
    Body, ObjectKey, ObjectMeta, ObjectStore, PutOptions, Sha256Digest, Spooler, StorageError,
    TenantScope,
};

use crate::{
    cli::CopyArgs,
    output::{self, cell},
    telemetry::chain,
};

/// Names that are asked for at once; what is held of a listing.
const PAGE: usize = 500;

/// What happened to one object.
#[derive(Debug)]
enum Moved {
    /// It was brought over.
    Copied(u64),
    /// The same content was there.
    Already,
    /// Another content is there.
    Differs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    storage_path: String,
    problem: String,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    copied: u64,
    copied_bytes: u64,
    already_there: u64,
    problems: Vec<Problem>,
}

/// From where to where.
#[derive(Debug)]
struct Way<'a> {
    from: &'a dyn ObjectStore,
    to: &'a dyn ObjectStore,
    spooler: Spooler,
    largest: u64,
    overwrite: bool,
}

/// Copies and prints what was done; exit code 1 when something could not be copied.
pub(super) fn run(args: &CopyArgs) -> anyhow::Result<ExitCode> {
    let (from, to) = (super::settings(&args.from)?, super::settings(&args.to)?);
    if from.backend.place() == to.backend.place() {
        bail!("--from and --to are the same storage: {}", from.backend.place());
    }
    let report = super::super::block_on(async {
        let (source, target) = (
            storage::open(&from.backend).await.context("--from")?,
            storage::open(&to.backend).await.context("--to")?,
        );
        source.check().await.with_context(|| format!("--from, {}", from.backend.place()))?;
        target.check().await.with_context(|| format!("--to, {}", to.backend.place()))?;
        let way = Way {
            from: source.as_ref(),
            to: target.as_ref(),
            spooler: Spooler::new(std::env::temp_dir()),
            largest: args.max_bytes,
            overwrite: args.overwrite,
        };
        copy(&way, args).await
    })?;
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print(&as_text(&report))?;
    }
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn copy(way: &Way<'_>, args: &CopyArgs) -> anyhow::Result<Report> {
    let scope =
        TenantScope::new(&TenantId::new(&args.tenant)).context("--tenant is no office's id")?;
    let progress = progress();
    // Names alone: a fraction of what copying asks for, and the only way to say how much is left.
    progress.set_message("counting");
    let total = way.count(&scope).await?;
    progress.set_length(total);
    let mut report = Report::default();
    let mut after = None;
    loop {
        let page = way.from.list(&scope.all(), after.as_ref(), PAGE).await?;
        let mut moving = stream::iter(page.objects)
            .map(async |meta| {
                let outcome = way.move_one(&meta).await;
                (meta.key, outcome)
            })
            .buffer_unordered(usize::from(args.parallel));
        while let Some((key, outcome)) = moving.next().await {
            report.note(&key, outcome);
            report.show(&progress, total);
        }
        drop(moving);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    progress.finish_and_clear();
    Ok(report)
}

impl Way<'_> {
    /// How many objects there are; some may come or go while they are copied.
    async fn count(&self, scope: &TenantScope) -> Result<u64, StorageError> {
        let (mut count, mut after) = (0, None);
        loop {
            let page = self.from.list(&scope.all(), after.as_ref(), PAGE).await?;
            count += page.objects.len() as u64;
            after = page.next;
            if after.is_none() {
                return Ok(count);
            }
        }
    }

    async fn move_one(&self, source: &ObjectMeta) -> Result<Moved, StorageError> {
        let key = &source.key;
        match self.to.head(key).await {
            Ok(there) if there.size == source.size => {
                if self.hash(self.from, key).await? == self.hash(self.to, key).await? {
                    return Ok(Moved::Already);
                }
                if !self.overwrite {
                    return Ok(Moved::Differs);
                }
            }
            Ok(_) if !self.overwrite => return Ok(Moved::Differs),
            Ok(_) | Err(StorageError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        let content = self.from.get_to_file(key, self.largest, &self.spooler).await?;
        let expected = content.stored();
        // Whoever writes there meanwhile is not overwritten.
        let options = PutOptions { if_absent: !self.overwrite };
        self.to.put(key, Body::File(content), options).await?;
        if self.read_hash(self.to, key).await? == expected.sha256 {
            Ok(Moved::Copied(expected.size))
        } else {
            Err(StorageError::Corrupt { key: key.clone() })
        }
    }

    /// The hash that was stored with the object when it was verified, or else that of its content.
    async fn hash(
        &self,
        store: &dyn ObjectStore,
        key: &ObjectKey,
    ) -> Result<Sha256Digest, StorageError> {
        match store.head(key).await?.sha256 {
            Some(sha256) => Ok(sha256),
            None => self.read_hash(store, key).await,
        }
    }

    async fn read_hash(
        &self,
        store: &dyn ObjectStore,
        key: &ObjectKey,
    ) -> Result<Sha256Digest, StorageError> {
        Ok(store.open_hashed(key, self.largest).await?.finish().await?.sha256)
    }
}

impl Report {
    fn note(&mut self, key: &ObjectKey, outcome: Result<Moved, StorageError>) {
        let problem = match outcome {
            Ok(Moved::Copied(bytes)) => {
                self.copied += 1;
                self.copied_bytes += bytes;
                return;
            }
            Ok(Moved::Already) => {
                self.already_there += 1;
                return;
            }
            Ok(Moved::Differs) => {
                "another content is there already; --overwrite replaces it".to_owned()
            }
            Err(error) => chain(&error),
        };
        self.problems.push(Problem { storage_path: key.storage_path().to_owned(), problem });
    }

    fn done(&self) -> u64 {
        self.copied + self.already_there + self.problems.len() as u64
    }

    /// A bar that moves on a terminal; elsewhere a line for each tenth of the way, and for each hundred
    /// objects of a long one.
    fn show(&self, progress: &ProgressBar, total: u64) {
        let done = self.done();
        let line = format!(
            "{} copied ({} kB), {} already there, {} with a problem",
            self.copied,
            self.copied_bytes / 1024,
            self.already_there,
            self.problems.len()
        );
        if progress.is_hidden()
            && (done.is_multiple_of(total.div_ceil(10).clamp(1, 100)) || done == total)
        {
            output::complain(&format!("{done} of {total}: {line}"));
        }
        progress.set_message(line);
        progress.set_position(done);
    }
}

fn progress() -> ProgressBar {
    let progress = ProgressBar::new(0);
    let template = "{spinner} {elapsed} {wide_bar} {pos} of {len}: {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}

fn as_text(report: &Report) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        let _ = writeln!(text, "{}: {}", cell(&problem.storage_path), cell(&problem.problem));
    }
    let _ = writeln!(
        text,
        "{} copied ({} bytes, each compared by SHA-256 where it arrived), {} already there, {} with a \
         problem",
        report.copied,
        report.copied_bytes,
        report.already_there,
        report.problems.len()
    );
    text
}
