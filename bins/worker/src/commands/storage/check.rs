//! `worker storage check`: writes, reads, lists and deletes a small object, and says what is wrong.

use std::{
    collections::hash_map::RandomState,
    fmt::Write as _,
    hash::{BuildHasher as _, Hasher as _},
    process::ExitCode,
};

use bytes::Bytes;
use domain::TenantId;
use serde::Serialize;
use storage::{Body, Config, ObjectKey, ObjectStore, PutOptions, StorageError, TenantScope};

use crate::{
    cli::ReportArgs,
    config::StorageSettings,
    output::{self, BAD, GOOD, WARN, cell, styled},
    telemetry::chain,
};

/// No office has this id, so nothing of an office is touched.
const PROBE_TENANT: &str = "worker-storage-check";
const CONTENT: &[u8] = b"worker storage check";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// The worker reads documents without it.
    Warning,
    Broken,
}

#[derive(Debug, Serialize)]
struct Step {
    #[serde(rename = "step")]
    name: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Debug, Serialize)]
struct Report {
    storage: String,
    steps: Vec<Step>,
}

/// Probes and prints; exit code 1 when the worker could not read documents.
pub(super) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let settings = StorageSettings::load(&super::super::source(&args.settings))?;
    let report = super::super::block_on(async { Ok(probe(&settings.backend).await) })?;
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print(&as_text(&report))?;
    }
    let broken = report.steps.iter().any(|step| step.state == State::Broken);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn probe(backend: &Config) -> Report {
    let mut steps = Vec::new();
    match storage::open(backend).await {
        Ok(store) => match key() {
            Ok(key) => every_step(store.as_ref(), &key, &mut steps).await,
            Err(error) => steps.push(step("open", Err(&error), "")),
        },
        Err(error) => steps.push(step("open", Err(&error), "")),
    }
    Report { storage: backend.place(), steps }
}

fn key() -> Result<ObjectKey, StorageError> {
    let scope = TenantScope::new(&TenantId::new(PROBE_TENANT))?;
    // Another check at the same time has another name.
    Ok(scope.key(&format!("probe-{:016x}", RandomState::new().build_hasher().finish()))?)
}

async fn every_step(store: &dyn ObjectStore, key: &ObjectKey, steps: &mut Vec<Step>) {
    let reached = store.check().await;
    steps.push(step("reach", reached.as_ref().map(drop), "bucket and credentials are right"));
    if reached.is_err() {
        return;
    }
    let written =
        store.put(key, Body::Bytes(Bytes::from_static(CONTENT)), PutOptions::default()).await;
    steps.push(changing(step("write", written.as_ref().map(drop), "a small object")));
    let is_there = written.is_ok();
    if is_there {
        let read = store.get(key, CONTENT.len() as u64).await.and_then(|object| {
            let same = object.bytes == CONTENT;
            if same { Ok(()) } else { Err(StorageError::Corrupt { key: key.clone() }) }
        });
        steps.push(step("read", read.as_ref().map(drop), "its content is the same"));
    }
    steps.push(list(store, key, is_there).await);
    if is_there {
        let deleted = match store.delete(key).await {
            Ok(()) => match store.head(key).await {
                Err(StorageError::NotFound { .. }) => Ok(()),
                Ok(_) => Err(StorageError::Corrupt { key: key.clone() }),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        steps.push(changing(step("delete", deleted.as_ref().map(drop), "it is gone")));
    }
}

async fn list(store: &dyn ObjectStore, key: &ObjectKey, is_there: bool) -> Step {
    let listed = match TenantScope::new(&TenantId::new(PROBE_TENANT)) {
        Ok(scope) => store.list(&scope.all(), None, 1_000).await,
        Err(error) => Err(error.into()),
    };
    let missing = listed.as_ref().is_ok_and(|page| {
        is_there && page.next.is_none() && page.objects.iter().all(|meta| meta.key != *key)
    });
    if missing {
        return Step {
            name: "list",
            state: State::Broken,
            detail: "the object that was just written is not listed".to_owned(),
            mend: Some("use a store that lists what was written before".to_owned()),
        };
    }
    step("list", listed.as_ref().map(drop), "in pages")
}

fn step(name: &'static str, outcome: Result<(), &StorageError>, fine: &str) -> Step {
    match outcome {
        Ok(()) => Step { name, state: State::Ok, detail: fine.to_owned(), mend: None },
        Err(error) => Step {
            name,
            state: State::Broken,
            detail: chain(error),
            mend: Some(mend(error).to_owned()),
        },
    }
}

/// A step that the worker does not need: it reads documents and writes none.
fn changing(mut step: Step) -> Step {
    if step.state == State::Broken {
        step.state = State::Warning;
        step.detail.push_str(" (the worker reads without it; copying to this storage needs it)");
    }
    step
}

const fn mend(error: &StorageError) -> &'static str {
    match error {
        StorageError::Denied { .. } => {
            "check the credentials, and that they may get, put, list and delete objects of this bucket; \
             a clock that is wrong by minutes spoils signatures too"
        }
        StorageError::BucketMissing { .. } => {
            "check STORAGE_BUCKET_NAME (and STORAGE_REGION, STORAGE_ENDPOINT), or make the bucket"
        }
        StorageError::Misconfigured(_) => "correct the setting that is named",
        StorageError::OutOfSpace => "make room",
        StorageError::Transient { .. } => {
            "check STORAGE_ENDPOINT, name service, firewall and proxy between here and the storage"
        }
        StorageError::NotFound { .. }
        | StorageError::TooLarge { .. }
        | StorageError::InvalidKey(_)
        | StorageError::AlreadyExists { .. }
        | StorageError::Corrupt { .. } => {
            "the storage does not keep what it is given; do not use it"
        }
    }
}

fn as_text(report: &Report) -> String {
    let mut text = format!("{}\n", cell(&report.storage));
    for step in &report.steps {
        let (style, word) = match step.state {
            State::Ok => (GOOD, "ok     "),
            State::Warning => (WARN, "warning"),
            State::Broken => (BAD, "broken "),
        };
        let _ = writeln!(text, "{} {}: {}", styled(style, word), step.name, cell(&step.detail));
        if let Some(mend) = &step.mend {
            let _ = writeln!(text, "        mend: {mend}");
        }
    }
    text
}
