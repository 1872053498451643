//! `cargo xtask dev`: the database kept, the worker restarted when sources change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use clap::Args;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{private_database, report, run, workspace};

const DATABASE: &str = "muhasebi";
const POLL: Duration = Duration::from_millis(700);
/// Longer than the worker's own grace period.
const STOP_LIMIT: Duration = Duration::from_mins(1);
const WATCHED: [&str; 4] = ["crates", "bins", "migrations", "Cargo.toml"];

/// How to develop.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Register the demo's offices too.
    #[arg(long)]
    demo: bool,
    /// Keep the database only; the worker is yours to start.
    #[arg(long)]
    database_only: bool,
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folder = workspace::root().join(".dev");
    let storage = folder.join("storage");
    fs::create_dir_all(&storage).with_context(|| format!("cannot make {}", storage.display()))?;
    let server = private_database::start(&folder.join("postgres"))?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let signals = Signals::new()?;
        if !server.has_database(DATABASE).await? {
            server.create_database(DATABASE, None).await?;
        }
        let url = server.url(DATABASE);
        private_database::prepare(&url).await?;
        if options.demo {
            crate::demo::register_offices(&url).await?;
        }
        anstream::println!("DATABASE_URL={url}");
        anstream::println!("STORAGE_BASE_PATH={}", storage.display());
        anstream::println!("Ctrl-C ends it.");
        if options.database_only {
            signals.next().await;
        } else {
            keep(&worker(&url, &storage), signals.next()).await?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Who asked for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Ctrl-C, which the terminal sends to the worker as well.
    Interrupt,
    /// SIGTERM, which only this process got.
    Terminate,
}

/// Listens from the start on: a signal that comes while something is built is seen after that.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
        }
    }
}

/// A process that is kept, and what it is made of.
struct Kept<'a> {
    /// Files and folders in which a change is looked for.
    watched: Vec<PathBuf>,
    /// How often.
    poll: Duration,
    /// Builds and starts it.
    start: Box<dyn Fn() -> Result<Child> + 'a>,
    /// Between the end of the old one and the start of the new one.
    changed: Box<dyn Fn() + 'a>,
}

fn worker<'a>(url: &'a str, storage: &'a Path) -> Kept<'a> {
    let root = workspace::root();
    Kept {
        watched: WATCHED.iter().map(|name| root.join(name)).collect(),
        poll: POLL,
        start: Box::new(move || start(&build()?, url, storage)),
        changed: Box::new(move || migrate(url)),
    }
}

/// Starts the process, and another one after each change; what does not start or has ended waits for
/// the next change.
async fn keep(kept: &Kept<'_>, stop_asked: impl Future<Output = Stop>) -> Result<()> {
    tokio::pin!(stop_asked);
    loop {
        let seen = newest_of(&kept.watched);
        let mut running = match (kept.start)() {
            Ok(child) => Some(child),
            Err(error) => {
                report::loudly(&format!("{error:#}; waiting for a change"));
                None
            }
        };
        loop {
            tokio::select! {
                asked = &mut stop_asked => {
                    let Some(mut child) = running else { return Ok(()) };
                    return match asked {
                        // It lets its documents finish; a second signal would cut that short.
                        Stop::Interrupt => ended_in_time(&mut child).await,
                        Stop::Terminate => stop(&mut child).await,
                    };
                }
                () = tokio::time::sleep(kept.poll) => {}
            }
            if let Some(child) = &mut running
                && let Some(status) = child.try_wait()?
            {
                report::loudly(&format!("the worker ended with {status}; waiting for a change"));
                running = None;
            }
            if newest_of(&kept.watched) > seen {
                break;
            }
        }
        anstream::println!("sources changed");
        if let Some(mut child) = running {
            stop(&mut child).await?;
        }
        (kept.changed)();
    }
}

fn build() -> Result<PathBuf> {
    run::visibly(workspace::cargo().args(["build", "--package", "worker", "--bin", "worker"]))?;
    Ok(workspace::target_directory()?.join("debug").join("worker"))
}

fn start(program: &Path, url: &str, storage: &Path) -> Result<Child> {
    Command::new(program)
        .arg("run")
        .envs(private_database::settings(url, storage))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}

/// Asks the worker to stop, and waits for it.
async fn stop(child: &mut Child) -> Result<()> {
    if let Some(id) = child.id() {
        run::succeeds(std::process::Command::new("kill").args(["-TERM", &id.to_string()]));
    }
    ended_in_time(child).await
}

async fn ended_in_time(child: &mut Child) -> Result<()> {
    if tokio::time::timeout(STOP_LIMIT, child.wait()).await.is_err() {
        report::loudly("the worker did not stop in time and is killed");
        child.kill().await?;
    }
    Ok(())
}

/// The migrations of the changed sources, which this running task does not have.
fn migrate(url: &str) {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--package", "xtask", "--", "migrate"]);
    if let Err(error) = run::visibly(cargo.env("DATABASE_URL", url).env("DIRECT_DATABASE_URL", url))
    {
        report::loudly(&format!("{error:#}"));
    }
}

fn newest_of(paths: &[PathBuf]) -> SystemTime {
    paths.iter().map(|path| newest_below(path)).max().unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest_below(path: &Path) -> SystemTime {
    let Ok(found) = fs::metadata(path) else { return SystemTime::UNIX_EPOCH };
    let own = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    if !found.is_dir() {
        return own;
    }
    let Ok(entries) = fs::read_dir(path) else { return own };
    entries
        .flatten()
        .map(|entry| newest_below(&entry.path()))
        .max()
        .map_or(own, |newest| newest.max(own))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::fs;
    use std::path::Path;
    use std::process::Stdio;
    use std::time::{Duration, SystemTime};

    use anyhow::bail;
    use tokio::process::Command;
    use tokio::sync::oneshot;

    use super::{Kept, Stop, keep, newest_below};

    /// Writes down when it starts and when it is asked to stop, and ends when told by a file.
    const STAND_IN: &str = "trap 'echo stopped >> log; exit 0' TERM
        echo started >> log
        while [ ! -e die ]; do sleep 0.02; done
        rm die; echo died >> log; exit 3";

    const PATIENCE: Duration = Duration::from_mins(1);

    async fn tick() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    async fn until(log: &Path, expected: &[&str]) {
        let reached = async {
            loop {
                let text = fs::read_to_string(log).unwrap_or_default();
                if text.lines().eq(expected.iter().copied()) {
                    break;
                }
                tick().await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, reached).await;
        assert!(in_time.is_ok(), "{expected:?} is not {:?}", fs::read_to_string(log));
    }

    #[tokio::test]
    async fn each_change_ends_the_old_worker_and_starts_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let (log, sources) = (folder.path().join("log"), folder.path().join("sources/deep"));
        fs::create_dir_all(&sources).unwrap();
        // Clocks of file systems are coarse; each change is one that nobody can miss.
        let moment = Cell::new(SystemTime::now());
        let change = |name: &str| {
            moment.set(moment.get() + Duration::from_secs(10));
            let file = fs::File::create(sources.join(name)).unwrap();
            file.set_modified(moment.get()).unwrap();
        };
        let (builds, compiles) = (Cell::new(0), Cell::new(true));
        let steps = RefCell::new(Vec::new());
        let kept = Kept {
            watched: vec![folder.path().join("sources"), folder.path().join("not-there")],
            poll: Duration::from_millis(10),
            start: Box::new(|| {
                builds.set(builds.get() + 1);
                if !compiles.get() {
                    bail!("it does not compile");
                }
                let mut command = Command::new("sh");
                command.args(["-c", STAND_IN]).current_dir(folder.path());
                Ok(command.stdin(Stdio::null()).kill_on_drop(true).spawn()?)
            }),
            changed: Box::new(|| steps.borrow_mut().push(fs::read_to_string(&log).unwrap())),
        };
        let (ask, asked) = oneshot::channel();
        let story = async {
            until(&log, &["started"]).await;
            change("one.rs");
            until(&log, &["started", "stopped", "started"]).await;

            // Ends by itself: nothing is started until something changes.
            fs::write(folder.path().join("die"), "").unwrap();
            until(&log, &["started", "stopped", "started", "died"]).await;
            compiles.set(false);
            change("two.rs");
            while builds.get() < 3 {
                tick().await;
            }
            compiles.set(true);
            change("three.rs");
            until(&log, &["started", "stopped", "started", "died", "started"]).await;
            ask.send(Stop::Terminate).unwrap();
        };
        let kept = keep(&kept, async { asked.await.unwrap() });
        let (ended, ()) = tokio::join!(kept, story);
        ended.unwrap();
        until(&log, &["started", "stopped", "started", "died", "started", "stopped"]).await;
        assert_eq!(builds.get(), 4);
        // Migrations run while no worker does.
        let before: Vec<_> =
            steps.borrow().iter().map(|log| log.lines().last().unwrap().to_owned()).collect();
        assert_eq!(before, ["stopped", "died", "died"]);
    }

    #[test]
    fn a_changed_file_deep_below_is_seen_and_a_removed_one_too() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let file = deep.join("c");
        fs::write(&file, "").unwrap();
        let long_ago = SystemTime::now() - Duration::from_hours(1);
        let set = |path: &Path, time| fs::File::open(path).unwrap().set_modified(time).unwrap();
        for path in [&file, &deep, &folder.path().join("a"), &folder.path().to_owned()] {
            set(path, long_ago);
        }
        assert_eq!(newest_below(folder.path()), long_ago);
        let later = long_ago + Duration::from_mins(1);
        set(&file, later);
        assert_eq!(newest_below(folder.path()), later);
        fs::remove_file(&file).unwrap();
        assert!(newest_below(folder.path()) > later);
        assert_eq!(newest_below(&file), SystemTime::UNIX_EPOCH);
    }
}
