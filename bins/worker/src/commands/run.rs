//! `worker run`: the service.

use std::{process, process::ExitCode, sync::Arc, time::Duration};

use anomaly::Parameters;
use anyhow::{Context as _, bail};
use database::{
    Database,
    jobs::{DOCUMENT_PROCESSING, INTEGRATION_SYNC, Listener, PgJobStore},
    risk::{RISK_CALCULATION, RiskJob},
    schema_check,
};
use jobs_core::{
    Jitter, Queue, ReapRequest, Reaper, RetryPolicy, Runner, Shutdown, ShutdownHandle, StopPhase,
    Summary, Wakeups,
};
use risk_engine::alerts::Policy;
use storage::ObjectStore;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
    time::sleep,
};
use tracing::{error, info, warn};

use super::beside::Beside;
use crate::{
    cli::RunArgs,
    config::{IntegrationSettings, QueueSettings, Settings},
    handlers::{
        self, Charts, DocumentHandler, RiskHandler, Rules,
        sync::{SyncHandler, SyncSettings, environment},
    },
    reading, scoring,
    telemetry::{self, DOCUMENTS, RISK, SYNCS, Target},
};

/// Runs until stopped, or with `--once` until nothing is due.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let settings = Settings::load_for_service(&super::source(&args.settings))?;
    telemetry::install(settings.logs, Target::Service);
    super::block_on(serve(settings, args.once))
}

async fn serve(settings: Settings, once: bool) -> anyhow::Result<ExitCode> {
    let owner = owner();
    announce(&settings, &owner, once);
    let (handle, shutdown) = Shutdown::new();
    listen_to_signals(handle.clone())?;

    let database = super::database(&settings.database)?;
    let ready = async {
        let objects = storage::open(&settings.storage.backend)
            .await
            .context("the storage cannot be opened")?;
        wait_for_database(&database, once).await?;
        check_schema(&database).await?;
        anyhow::Ok(objects)
    };
    // Whatever it waits for, a signal ends the waiting.
    let objects = tokio::select! {
        biased;
        () = shutdown.reached(StopPhase::Draining) => {
            info!("Worker jobs service stopped");
            return Ok(exit_code(once, &shutdown, &Summary::default()));
        }
        ready = ready => ready?,
    };

    let wakeups = Wakeups::new();
    let rules = rules(&settings, &database)?;
    let documents = Arc::new(PgJobStore::documents(database.clone()));
    let handler = document_handler(&settings, &database, objects.clone(), rules.clone())?;
    let queue = document_queue(&settings.queue);
    let observer = Arc::new(DOCUMENTS);
    let runner =
        Runner::new(documents.clone(), Arc::new(handler), queue, &owner, &wakeups, observer);
    let companies = Arc::new(PgJobStore::risk(database.clone()));
    let risk = risk_runner(&settings, &database, companies.clone(), rules, &owner, &wakeups);
    let syncs = Arc::new(PgJobStore::syncs(database.clone()));
    let handler = Arc::new(sync_handler(&settings, &database, objects)?);
    let queue = sync_queue(&settings);
    let sync = Runner::new(syncs.clone(), handler, queue, &owner, &wakeups, Arc::new(SYNCS));
    let scheduler = handlers::schedules(&settings, &database, &owner);

    let mut whole = true;
    let summary = if once {
        let mut summary = runner.drain(shutdown.clone()).await?;
        if shutdown.phase() == StopPhase::Running {
            tokio::select! {
                _ = scheduler.run_due() => {}
                () = shutdown.reached(StopPhase::Now) => {}
            }
        }
        // What the schedules have made is due, too.
        if shutdown.phase() == StopPhase::Running {
            summary = summary + risk.drain(shutdown.clone()).await?;
        }
        if shutdown.phase() == StopPhase::Running {
            summary = summary + sync.drain(shutdown.clone()).await?;
        }
        summary
    } else {
        let every = settings.queue.reap_interval;
        let request = ReapRequest::default();
        let reap_documents = Reaper::new(documents, request, every, Arc::new(DOCUMENTS));
        let reap_companies = Reaper::new(companies, request, every, Arc::new(RISK));
        let reap_syncs = Reaper::new(syncs, request, every, Arc::new(SYNCS));
        let listener = Listener::new(database.clone(), wakeups.clone());
        let mut beside = Beside::new(shutdown.clone(), handle, settings.queue.grace);
        beside.spawn(|shutdown| async move { reap_documents.run_until(shutdown).await });
        beside.spawn(|shutdown| async move { reap_companies.run_until(shutdown).await });
        beside.spawn(|shutdown| async move { reap_syncs.run_until(shutdown).await });
        beside.spawn(|shutdown| async move { scheduler.run_until(shutdown).await });
        beside.spawn(|shutdown| async move { listener.run_until(shutdown).await });
        info!("Worker jobs service started");
        let (of_documents, of_risk, of_syncs, to_the_end) = tokio::join!(
            runner.run_until(shutdown.clone()),
            risk.run_until(shutdown.clone()),
            sync.run_until(shutdown.clone()),
            beside.ended()
        );
        whole = to_the_end;
        of_documents + of_risk + of_syncs
    };
    info!(
        succeeded = summary.succeeded,
        failed = summary.failed,
        retried = summary.retried,
        released = summary.released,
        lost = summary.lost,
        unrecorded = summary.unrecorded,
        "Worker jobs service stopped"
    );
    if !whole {
        return Ok(ExitCode::FAILURE);
    }
    Ok(exit_code(once, &shutdown, &summary))
}

/// A service that was told to stop did well. `--once` promises that everything due is done and
/// written: a caller must see when it was interrupted or could not write an end.
fn exit_code(once: bool, shutdown: &Shutdown, summary: &Summary) -> ExitCode {
    let interrupted = shutdown.phase() > StopPhase::Running;
    if once && (interrupted || summary.unrecorded > 0) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Host and process, for people who look at a lease.
pub(super) fn owner() -> String {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{host}/{}", process::id())
}

fn announce(settings: &Settings, owner: &str, once: bool) {
    info!(
        environment = settings.environment,
        version = env!("CARGO_PKG_VERSION"),
        owner,
        concurrency = settings.queue.concurrency,
        once,
        "Worker jobs service starting"
    );
    if !settings.empty.is_empty() {
        info!(names = %settings.empty.join(", "), "Settings with an empty value count as not set");
    }
}

/// The first signal drains, the second stops at once.
fn listen_to_signals(handle: ShutdownHandle) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened to")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened to")?;
    tokio::spawn(async move {
        let mut message = "Worker jobs service stopping";
        loop {
            let signal = tokio::select! {
                Some(()) = terminate.recv() => "SIGTERM",
                Some(()) = interrupt.recv() => "SIGINT",
                else => return,
            };
            info!(signal, "{message}");
            message = "Worker jobs service stopping at once";
            handle.signal();
        }
    });
    Ok(())
}

/// The database may come up later than the worker; `--once` does not wait.
async fn wait_for_database(database: &Database, once: bool) -> anyhow::Result<()> {
    let mut pause = Duration::from_millis(200);
    loop {
        match database.ping().await {
            Ok(()) => return Ok(()),
            Err(error) if once || !error.is_retryable() => {
                return Err(error).context("the database cannot be used");
            }
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                warn!(error = cause, "The database does not answer; waiting for it");
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

async fn check_schema(database: &Database) -> anyhow::Result<()> {
    let differences = schema_check::check(database).await.context("the schema cannot be read")?;
    let (fatal, others): (Vec<_>, Vec<_>) =
        differences.iter().partition(|difference| difference.is_fatal());
    for difference in others {
        warn!("The database differs from what the worker uses: {difference}");
    }
    for difference in &fatal {
        error!("The database differs from what the worker uses: {difference}");
    }
    if !fatal.is_empty() {
        bail!("the database does not fit this worker: {} difference(s), see above", fatal.len());
    }
    Ok(())
}

fn document_handler(
    settings: &Settings,
    database: &Database,
    objects: Arc<dyn ObjectStore>,
    rules: Arc<Rules>,
) -> anyhow::Result<DocumentHandler> {
    Ok(DocumentHandler {
        database: database.clone(),
        objects,
        reader: reading::reader()?,
        context: reading::context(&settings.reading),
        children: Semaphore::new(settings.reading.reader_processes),
        rules,
        outage_pause: settings.queue.retry_base,
    })
}

pub(super) fn rules(settings: &Settings, database: &Database) -> anyhow::Result<Arc<Rules>> {
    let thresholds = scoring::thresholds(&settings.severity)?;
    Ok(Arc::new(Rules::new(database.clone(), thresholds, settings.rules_cache)))
}

/// Companies are scored beside documents, a few at a time.
pub(super) fn risk_runner(
    settings: &Settings,
    database: &Database,
    store: Arc<PgJobStore<RiskJob>>,
    rules: Arc<Rules>,
    owner: &str,
    wakeups: &Wakeups,
) -> Runner<PgJobStore<RiskJob>> {
    let risk = settings.risk;
    let handler = RiskHandler {
        database: database.clone(),
        rules,
        charts: Charts::new(database.clone(), settings.rules_cache),
        parameters: Arc::new(Parameters {
            window_months: risk.window_months,
            ..Parameters::default()
        }),
        policy: Policy { per_day: risk.alerts_per_day, ..Policy::default() },
    };
    let queue = Queue {
        name: RISK_CALCULATION.queue.to_owned(),
        concurrency: risk.concurrency,
        // A company takes milliseconds: a claim for each would cost as much as its work.
        buffer: risk.concurrency * 8,
        ..document_queue(&settings.queue)
    };
    Runner::new(store, Arc::new(handler), queue, owner, wakeups, Arc::new(RISK))
}

fn sync_handler(
    settings: &Settings,
    database: &Database,
    objects: Arc<dyn ObjectStore>,
) -> anyhow::Result<SyncHandler> {
    let IntegrationSettings { keys, first_days, suspense_account, turn, .. } =
        settings.integrations.clone();
    Ok(SyncHandler {
        database: database.clone(),
        environment: environment(settings, objects)?,
        keys,
        settings: SyncSettings { first_days, suspense_account, page_size: PAGE, turn },
    })
}

/// Records of one page: a handful of statements either way, and a second's work to lose.
const PAGE: usize = 1_000;

fn sync_queue(settings: &Settings) -> Queue {
    let documents = document_queue(&settings.queue);
    Queue {
        name: INTEGRATION_SYNC.queue.to_owned(),
        concurrency: settings.integrations.concurrency,
        // A source is called when there is a place for the job, not sooner.
        buffer: 0,
        claims: 1,
        poll_interval: settings.intervals.integration_sync,
        // A turn, and the page that is under way when it ends.
        attempt_timeout: settings.integrations.turn + ONE_PAGE,
        ..documents
    }
}

/// How long one page may take beyond a job's turn: a source may be slow, and a file large.
const ONE_PAGE: Duration = Duration::from_mins(30);

fn document_queue(settings: &QueueSettings) -> Queue {
    Queue {
        concurrency: settings.concurrency,
        buffer: settings.buffer,
        poll_interval: settings.poll_interval,
        lease: settings.lease,
        attempt_timeout: settings.attempt_timeout,
        grace: settings.grace,
        retry: RetryPolicy {
            base: settings.retry_base,
            cap: settings.retry_cap,
            jitter: Jitter::Equal,
            ..RetryPolicy::default()
        },
        ..Queue::new(DOCUMENT_PROCESSING.queue)
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use jobs_core::{Shutdown, Summary};

    use super::exit_code;

    #[test]
    fn once_ends_well_only_when_everything_is_written() {
        // Exit codes can be told apart by their text alone.
        let ends_well = |once, stopped, unrecorded| {
            let (handle, shutdown) = Shutdown::new();
            if stopped {
                handle.stop();
            }
            let summary = Summary { unrecorded, ..Summary::default() };
            let code = exit_code(once, &shutdown, &summary);
            format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS)
        };
        assert!(ends_well(true, false, 0));
        assert!(!ends_well(true, false, 1), "an end that is not written");
        assert!(!ends_well(true, true, 0), "stopped before everything was done");
        assert!(ends_well(false, true, 0));
    }
}
